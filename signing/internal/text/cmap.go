package text

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf16"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxMappings bounds the entries of one CMap.
const maxMappings = 1 << 18

// cmap maps character codes of one to four bytes to text, or to CIDs (ISO
// 32000-2, 9.7.5 and 9.10.3).
type cmap struct {
	spaces []codespace
	chars  map[code]string
	texts  []textRange
	cids   []cidRange
}

// code is a character code with its length in bytes.
type code struct {
	value uint32
	size  int
}

type codespace struct {
	low, high uint32
	size      int
}

type textRange struct {
	low, high uint32
	size      int
	first     []rune // its last rune grows along the range
}

type cidRange struct {
	low, high uint32
	size      int
	first     uint32
}

// parseCMap reads a CMap file. What it does not understand is passed over:
// a broken map gives less text, not an error.
func parseCMap(data []byte) (*cmap, error) {
	m := &cmap{chars: map[code]string{}}
	s := &scanner{data: data}
	for entries := 0; ; {
		op, operands, ok, err := s.cmapOperation()
		if err != nil {
			return nil, err
		}
		if !ok {
			m.sort()
			return m, nil
		}
		if entries += len(operands); entries > 3*maxMappings {
			return nil, fmt.Errorf("%w: CMap of more than %d entries", ErrLimit, maxMappings)
		}
		switch op {
		case "endcodespacerange":
			m.addSpaces(operands)
		case "endbfchar":
			m.addChars(operands)
		case "endbfrange":
			m.addTexts(operands)
		case "endcidchar":
			m.addCIDs(operands, 2)
		case "endcidrange":
			m.addCIDs(operands, 3)
		}
	}
}

// cmapOperation reads one operation, whose operands may be many more than a
// content stream's.
func (s *scanner) cmapOperation() (op keyword, operands []pdf.Object, ok bool, err error) {
	for {
		o, more, err := s.object(0)
		if err != nil || !more {
			return "", nil, false, err
		}
		if op, isOp := o.(keyword); isOp {
			return op, operands, true, nil
		}
		if operands = append(operands, o); len(operands) > 3*maxMappings {
			return "", nil, false, fmt.Errorf("%w: CMap of more than %d entries", ErrLimit, maxMappings)
		}
	}
}

// codeOf reads a code written as a string.
func codeOf(o pdf.Object) (c code, ok bool) {
	s, ok := o.(pdf.String)
	if !ok || len(s.Bytes) == 0 || len(s.Bytes) > 4 {
		return code{}, false
	}
	for _, b := range s.Bytes {
		c.value = c.value<<8 | uint32(b)
	}
	c.size = len(s.Bytes)
	return c, true
}

// utf16Text decodes the big-endian UTF-16 of a CMap's destination.
func utf16Text(b []byte) []rune {
	if len(b) == 1 { // against the standard, but written
		return []rune{rune(b[0])}
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return utf16.Decode(units)
}

func (m *cmap) addSpaces(operands []pdf.Object) {
	for i := 0; i+1 < len(operands); i += 2 {
		low, ok1 := codeOf(operands[i])
		high, ok2 := codeOf(operands[i+1])
		if ok1 && ok2 && low.size == high.size && len(m.spaces) < 256 {
			m.spaces = append(m.spaces, codespace{low.value, high.value, low.size})
		}
	}
}

func (m *cmap) addChars(operands []pdf.Object) {
	for i := 0; i+1 < len(operands); i += 2 {
		c, ok := codeOf(operands[i])
		dst, isText := operands[i+1].(pdf.String)
		if ok && isText {
			m.chars[c] = string(utf16Text(dst.Bytes))
		}
	}
}

func (m *cmap) addTexts(operands []pdf.Object) {
	for i := 0; i+2 < len(operands); i += 3 {
		low, ok1 := codeOf(operands[i])
		high, ok2 := codeOf(operands[i+1])
		if !ok1 || !ok2 || high.value < low.value {
			continue
		}
		switch dst := operands[i+2].(type) {
		case pdf.String:
			if r := utf16Text(dst.Bytes); len(r) > 0 {
				m.texts = append(m.texts, textRange{low.value, high.value, low.size, r})
			}
		case pdf.Array:
			for j, o := range dst {
				if s, ok := o.(pdf.String); ok && uint64(low.value)+uint64(j) <= uint64(high.value) {
					m.chars[code{low.value + uint32(j), low.size}] = string(utf16Text(s.Bytes))
				}
			}
		}
	}
}

// addCIDs adds entries of a code or two, and the CID of the first.
func (m *cmap) addCIDs(operands []pdf.Object, each int) {
	for i := 0; i+each <= len(operands); i += each {
		low, ok1 := codeOf(operands[i])
		high, ok2 := codeOf(operands[i+each-2])
		cid, ok3 := operands[i+each-1].(pdf.Integer)
		if ok1 && ok2 && ok3 && cid >= 0 && cid <= 0xFFFF {
			m.cids = append(m.cids, cidRange{low.value, high.value, low.size, uint32(cid)})
		}
	}
}

// sort orders the ranges for look-ups; of two that start alike the later wins.
func (m *cmap) sort() {
	slices.SortStableFunc(m.texts, func(a, b textRange) int { return cmp.Compare(a.low, b.low) })
	slices.SortStableFunc(m.cids, func(a, b cidRange) int { return cmp.Compare(a.low, b.low) })
}

// text returns the text of a code.
func (m *cmap) text(c code) (string, bool) {
	if s, ok := m.chars[c]; ok {
		return s, true
	}
	i, _ := slices.BinarySearchFunc(m.texts, c.value, func(r textRange, v uint32) int {
		if r.low <= v {
			return -1
		}
		return 1
	})
	if i == 0 {
		return "", false
	}
	r := m.texts[i-1]
	if c.value > r.high || r.size != c.size {
		return "", false
	}
	text := slices.Clone(r.first)
	text[len(text)-1] += rune(c.value - r.low)
	return string(text), true
}

// cid returns the CID of a code, 0 when the map has none.
func (m *cmap) cid(c code) uint32 {
	i, _ := slices.BinarySearchFunc(m.cids, c.value, func(r cidRange, v uint32) int {
		if r.low <= v {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	r := m.cids[i-1]
	if c.value > r.high || r.size != c.size {
		return 0
	}
	return r.first + c.value - r.low
}

// next splits the first code off a string by the code spaces (9.7.6.3). Bytes
// outside all of them are taken as one code of the shortest length.
func (m *cmap) next(b []byte) code {
	shortest := 4
	c := code{}
	for n := 1; n <= min(4, len(b)); n++ {
		c = code{c.value<<8 | uint32(b[n-1]), n}
		for _, s := range m.spaces {
			shortest = min(shortest, s.size)
			if s.size == n && s.holds(c.value) {
				return c
			}
		}
	}
	if len(m.spaces) == 0 {
		shortest = 2
	}
	c = code{}
	for _, x := range b[:min(shortest, len(b))] {
		c = code{c.value<<8 | uint32(x), c.size + 1}
	}
	return c
}

// holds compares byte by byte, as the standard defines a code space.
func (s codespace) holds(v uint32) bool {
	for shift := 0; shift < 8*s.size; shift += 8 {
		b := v >> shift & 0xFF
		if b < s.low>>shift&0xFF || b > s.high>>shift&0xFF {
			return false
		}
	}
	return true
}
