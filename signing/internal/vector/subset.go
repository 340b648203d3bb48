package vector

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// maxComponents bounds the components of one glyph and the depth at which
// composite glyphs refer to others.
const (
	maxComponents     = 64
	maxComponentDepth = 8
)

// Flags of a composite glyph's components (OpenType 1.9, "glyf").
const (
	argsAreWords     = 0x0001
	haveScale        = 0x0008
	moreComponents   = 0x0020
	haveXYScale      = 0x0040
	haveTwoByTwo     = 0x0080
	haveInstructions = 0x0100
)

// subset is a font file in the making that holds a few glyphs of another one,
// numbered anew. Hinting is dropped: it does nothing at print resolution and is
// most of a subset's size.
type subset struct {
	font   *Font
	glyphs [][]byte    // outlines by new number
	source []int       // old number by new number
	number map[int]int // new number of a component by its old one, filling while at work
}

const filling = -1

// newSubset returns a subset of .notdef, the wanted glyphs in their order from
// number 1 on, and then the parts of composite ones. A glyph wanted twice is
// there twice, so that two characters that share one keep their own text.
func newSubset(f *Font, wanted []int) (*subset, error) {
	s := &subset{
		font:   f,
		glyphs: make([][]byte, 1+len(wanted)),
		source: append([]int{0}, wanted...),
		number: map[int]int{},
	}
	for id := range s.glyphs {
		if err := s.fill(id, 0); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// fill copies the outline of the glyph numbered id, and adds the components
// that it is made of.
func (s *subset) fill(id, depth int) error {
	outline, err := s.font.outline(s.source[id])
	if err != nil {
		return err
	}
	if len(outline) >= 10 && int16(binary.BigEndian.Uint16(outline)) < 0 {
		outline, err = s.composite(outline, depth)
	} else {
		outline, err = dropInstructions(outline)
	}
	s.glyphs[id] = outline
	return err
}

// component returns the new number of a glyph that others are made of.
func (s *subset) component(g, depth int) (int, error) {
	switch id, ok := s.number[g]; {
	case id == filling:
		return 0, fmt.Errorf("%w: glyph %d contains itself", ErrFont, g)
	case ok:
		return id, nil
	}
	id := len(s.glyphs)
	if id > 0xFFFF {
		return 0, fmt.Errorf("%w: too many glyphs in use", ErrFont)
	}
	s.glyphs, s.source = append(s.glyphs, nil), append(s.source, g)
	s.number[g] = filling
	err := s.fill(id, depth)
	s.number[g] = id
	return id, err
}

// composite copies a composite glyph with its components numbered anew.
func (s *subset) composite(outline []byte, depth int) ([]byte, error) {
	if depth >= maxComponentDepth {
		return nil, fmt.Errorf("%w: composite glyphs nested deeper than %d", ErrFont, maxComponentDepth)
	}
	be := binary.BigEndian
	out := append([]byte(nil), outline...)
	p := 10
	for range maxComponents {
		if len(out) < p+4 {
			return nil, fmt.Errorf("%w: composite glyph is cut off", ErrFont)
		}
		flags := be.Uint16(out[p:])
		id, err := s.component(int(be.Uint16(out[p+2:])), depth+1)
		if err != nil {
			return nil, err
		}
		be.PutUint16(out[p:], flags&^haveInstructions)
		be.PutUint16(out[p+2:], uint16(id))
		if p += 4 + componentArgs(flags); len(out) < p {
			return nil, fmt.Errorf("%w: composite glyph is cut off", ErrFont)
		}
		if flags&moreComponents == 0 {
			return out[:p], nil
		}
	}
	return nil, fmt.Errorf("%w: glyph of more than %d components", ErrFont, maxComponents)
}

// componentArgs returns how many bytes follow a component's glyph number.
func componentArgs(flags uint16) int {
	n := 2
	if flags&argsAreWords != 0 {
		n = 4
	}
	switch {
	case flags&haveScale != 0:
		n += 2
	case flags&haveXYScale != 0:
		n += 4
	case flags&haveTwoByTwo != 0:
		n += 8
	}
	return n
}

// dropInstructions copies a simple glyph without its hinting.
func dropInstructions(outline []byte) ([]byte, error) {
	if len(outline) == 0 {
		return nil, nil
	}
	if len(outline) < 10 {
		return nil, fmt.Errorf("%w: glyph is cut off", ErrFont)
	}
	contours := int(binary.BigEndian.Uint16(outline))
	if contours == 0 {
		return nil, nil
	}
	at := 10 + 2*contours
	if len(outline) < at+2 {
		return nil, fmt.Errorf("%w: glyph is cut off", ErrFont)
	}
	rest := at + 2 + int(binary.BigEndian.Uint16(outline[at:]))
	if len(outline) < rest {
		return nil, fmt.Errorf("%w: glyph is cut off", ErrFont)
	}
	out := append([]byte(nil), outline[:at]...)
	out = append(out, 0, 0)
	return append(out, outline[rest:]...), nil
}

// outline returns a glyph's data in the glyf table, empty for a blank one.
func (f *Font) outline(g int) ([]byte, error) {
	if g >= f.glyphs {
		return nil, fmt.Errorf("%w: glyph %d of %d", ErrFont, g, f.glyphs)
	}
	be, loca := binary.BigEndian, f.tables["loca"]
	var from, to uint64
	if f.longLoca {
		from, to = uint64(be.Uint32(loca[4*g:])), uint64(be.Uint32(loca[4*g+4:]))
	} else {
		from, to = 2*uint64(be.Uint16(loca[2*g:])), 2*uint64(be.Uint16(loca[2*g+2:]))
	}
	if from > to || to > uint64(len(f.tables["glyf"])) {
		return nil, fmt.Errorf("%w: glyph %d lies outside its table", ErrFont, g)
	}
	return f.tables["glyf"][from:to], nil
}

// file writes the subset as a TrueType file with the tables that a PDF reader
// needs of a CIDFontType2 program (ISO 32000-2, 9.9.1).
func (s *subset) file() []byte {
	be := binary.BigEndian
	n := len(s.glyphs)
	var glyf, loca, hmtx []byte
	for id, outline := range s.glyphs {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = be.AppendUint16(hmtx, uint16(s.font.glyphAdvance(s.source[id])))
		hmtx = be.AppendUint16(hmtx, uint16(s.font.sideBearing(s.source[id])))
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))

	head := append([]byte(nil), s.font.tables["head"][:54]...)
	be.PutUint32(head[8:], 0)  // checkSumAdjustment, set below
	be.PutUint16(head[50:], 1) // long loca
	hhea := append([]byte(nil), s.font.tables["hhea"][:36]...)
	be.PutUint16(hhea[34:], uint16(n))
	maxp := append([]byte(nil), s.font.tables["maxp"]...)
	be.PutUint16(maxp[4:], uint16(n))

	return assemble([]table{{"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// sideBearing returns the left side bearing of a glyph in font units.
func (f *Font) sideBearing(g int) int16 {
	hmtx := f.tables["hmtx"]
	if g < f.hmetrics {
		return int16(binary.BigEndian.Uint16(hmtx[4*g+2:]))
	}
	return int16(binary.BigEndian.Uint16(hmtx[4*f.hmetrics+2*(g-f.hmetrics):]))
}

type table struct {
	tag  string
	data []byte
}

// assemble joins tables, sorted by tag, into a font file.
func assemble(tables []table) []byte {
	be := binary.BigEndian
	count := len(tables)
	power := bits.Len(uint(count)) - 1
	out := be.AppendUint32(nil, 0x00010000)
	out = be.AppendUint16(out, uint16(count))
	out = be.AppendUint16(out, uint16(16<<power))
	out = be.AppendUint16(out, uint16(power))
	out = be.AppendUint16(out, uint16(16*count-16<<power))
	at, head := 12+16*count, 0
	var body []byte
	for _, t := range tables {
		if t.tag == "head" {
			head = at
		}
		out = append(out, t.tag...)
		padded := append([]byte(nil), t.data...)
		for len(padded)%4 != 0 {
			padded = append(padded, 0)
		}
		out = be.AppendUint32(out, checksum(padded))
		out = be.AppendUint32(out, uint32(at))
		out = be.AppendUint32(out, uint32(len(t.data)))
		body = append(body, padded...)
		at += len(padded)
	}
	out = append(out, body...)
	be.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

// checksum adds the data, a multiple of four bytes, as big-endian words.
func checksum(data []byte) (sum uint32) {
	for i := 0; i < len(data); i += 4 {
		sum += binary.BigEndian.Uint32(data[i:])
	}
	return sum
}
