package text

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/image/font/sfnt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds on the parts of a font.
const (
	maxCMapBytes    = 4 << 20
	maxProgramBytes = 8 << 20
	cidMapBytes     = 2 << 16 // two for each CID
	maxCIDMapBytes  = 1 << 20 // some maps are longer than they need be
	maxDifferences  = 1 << 10
	maxFontEntries  = 1 << 22 // widths and code names of all fonts together
	maxNumber       = 1 << 31
)

// font turns the bytes of a shown string into glyphs. Lengths are in
// thousandths of an em.
type font struct {
	composite bool
	encoding  encoding // of a simple font
	codes     *cmap    // of a composite font: codes and CIDs; nil is two bytes, identity
	unicode   bool     // of a composite font: codes are UTF-16
	ascii     []uint32 // with unicode: the CIDs from U+0020 to U+007E, if known
	vertical  bool
	hang      hanging            // in vertical writing, of a CID that hanging lacks; its x is half the width
	hanging   map[uint32]hanging // by CID
	toUnicode *cmap              // may be nil
	glyphs    map[uint32]string  // texts by CID
	widths    map[uint32]float64
	width     float64 // of a code that widths lacks
	scale     float64 // of a Type 3 font's glyph space; else a thousandth
	ascent    float64
	descent   float64
}

// shown is one character code of a shown string.
type shown struct {
	text    string
	advance float64 // in ems; the width also in vertical writing
	hanging hanging // in ems, in vertical writing
	space   bool    // the one byte code 32, to which word spacing applies
}

// loadFont reads a font dictionary. What is missing or broken is replaced as
// readers do; only limits and a document that cannot be read are errors.
func (p *interpreter) loadFont(o pdf.Object) (*font, error) {
	if err := p.charge(256); err != nil { // the work of any font
		return nil, err
	}
	dict, err := p.dict(o)
	if err != nil {
		return nil, err
	}
	f := &font{scale: 0.001, ascent: 800, descent: -200, widths: map[uint32]float64{}}
	if f.toUnicode, err = p.cmap(dict["ToUnicode"]); err != nil {
		return nil, err
	}
	if dict.Name("Subtype") == "Type0" {
		return f, p.loadComposite(f, dict)
	}
	return f, p.loadSimple(f, dict)
}

// dict resolves o to a dictionary, an empty one where it is something else.
func (p *interpreter) dict(o pdf.Object) (pdf.Dict, error) {
	v, err := p.doc.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case pdf.Dict:
		return v, nil
	case *pdf.Stream:
		return v.Dict, nil
	}
	return pdf.Dict{}, nil
}

// array resolves o to an array, nil where it is something else.
func (p *interpreter) array(o pdf.Object) (pdf.Array, error) {
	v, err := p.doc.Resolve(o)
	a, _ := v.(pdf.Array)
	return a, err
}

// number resolves o to a number; ok is false where it is something else.
func (p *interpreter) number(o pdf.Object) (n float64, ok bool, err error) {
	v, err := p.doc.Resolve(o)
	if err != nil {
		return 0, false, err
	}
	n, ok = finite(v)
	return n, ok, nil
}

// charge counts entries of fonts, which many fonts can share and one can
// repeat.
func (p *interpreter) charge(entries int) error {
	if p.entriesLeft -= entries; p.entriesLeft < 0 {
		return fmt.Errorf("%w: fonts of more than %d entries", ErrLimit, maxFontEntries)
	}
	return nil
}

// finite returns a number that can be calculated with: one beyond maxNumber,
// which no page needs, counts as none.
func finite(o pdf.Object) (float64, bool) {
	n, ok := pdf.Number(o)
	if !ok || !(n >= -maxNumber && n <= maxNumber) {
		return 0, false
	}
	return n, true
}

// cmap reads a CMap stream; nil where o is none. A stream that cannot be
// decoded counts as none.
func (p *interpreter) cmap(o pdf.Object) (*cmap, error) {
	data, err := p.partData(o, maxCMapBytes)
	if err != nil || data == nil {
		return nil, err
	}
	return parseCMap(data)
}

// partData decodes a stream that text can be found without: nil when it is
// missing or damaged.
func (p *interpreter) partData(o pdf.Object, limit int64) ([]byte, error) {
	v, err := p.doc.Resolve(o)
	if err != nil {
		return nil, err
	}
	s, ok := v.(*pdf.Stream)
	if !ok {
		return nil, nil
	}
	data, err := p.doc.StreamData(s, min(limit, p.bytesLeft))
	if errors.Is(err, pdf.ErrLimit) {
		return nil, err
	}
	if err != nil {
		return nil, nil
	}
	p.bytesLeft -= int64(len(data))
	return data, nil
}

// loadSimple reads a Type 1, TrueType or Type 3 font (9.6).
func (p *interpreter) loadSimple(f *font, dict pdf.Dict) error {
	descriptor, err := p.dict(dict["FontDescriptor"])
	if err != nil {
		return err
	}
	if err := p.loadHeight(f, descriptor); err != nil {
		return err
	}
	if err := p.loadEncoding(f, dict, descriptor); err != nil {
		return err
	}
	if dict.Name("Subtype") == "Type3" {
		if err := p.loadType3(f, dict); err != nil {
			return err
		}
	}
	if f.width, _, err = p.number(descriptor["MissingWidth"]); err != nil {
		return err
	}
	widths, err := p.array(dict["Widths"])
	if err != nil {
		return err
	}
	if widths == nil {
		f.standardWidths(string(dict.Name("BaseFont")))
		return nil
	}
	first, _, err := p.number(dict["FirstChar"])
	if err != nil {
		return err
	}
	widths = widths[:min(len(widths), 256)]
	if err := p.charge(len(widths)); err != nil {
		return err
	}
	for i, o := range widths {
		w, ok, err := p.number(o)
		if err != nil {
			return err
		}
		if c := int(max(-256, min(first, 256))) + i; ok && c >= 0 && c < 256 {
			f.widths[uint32(c)] = w
		}
	}
	return nil
}

// loadEncoding builds the code table of a simple font: named encoding, or the
// font program's own, with differences.
func (p *interpreter) loadEncoding(f *font, dict, descriptor pdf.Dict) error {
	o, err := p.doc.Resolve(dict["Encoding"])
	if err != nil {
		return err
	}
	name, _ := o.(pdf.Name)
	differences, _ := o.(pdf.Dict)
	if differences != nil {
		base, err := p.doc.Resolve(differences["BaseEncoding"])
		if err != nil {
			return err
		}
		name, _ = base.(pdf.Name)
	}
	f.encoding = baseEncoding(name)
	if name == "" {
		program, err := p.partData(descriptor["FontFile"], maxProgramBytes)
		if err != nil {
			return err
		}
		f.encoding.applyBuiltIn(program)
	}
	list, err := p.array(differences["Differences"])
	if err != nil {
		return err
	}
	list = list[:min(len(list), maxDifferences)]
	f.encoding.apply(list)
	if dict.Name("Subtype") == "Type3" && f.toUnicode == nil {
		f.encoding.applyNumbers(list)
	}
	return p.charge(len(list))
}

// loadHeight takes ascent and descent from the descriptor where they make sense.
func (p *interpreter) loadHeight(f *font, descriptor pdf.Dict) error {
	ascent, _, err := p.number(descriptor["Ascent"])
	if err != nil {
		return err
	}
	descent, _, err := p.number(descriptor["Descent"])
	if err != nil {
		return err
	}
	if ascent > 0 && ascent <= 2000 && descent <= 0 && descent >= -1000 {
		f.ascent, f.descent = ascent, descent
	}
	return nil
}

// loadType3 takes the glyph space from the font matrix (9.6.4).
func (p *interpreter) loadType3(f *font, dict pdf.Dict) error {
	m, ok, err := p.matrixOf(dict["FontMatrix"])
	if err != nil || !ok {
		return err
	}
	if m.a != 0 {
		f.scale = m.a
	}
	box, err := p.array(dict["FontBBox"])
	if err != nil || len(box) != 4 {
		return err
	}
	low, _, err := p.number(box[1])
	if err != nil {
		return err
	}
	high, _, err := p.number(box[3])
	if err == nil && high > low {
		f.ascent, f.descent = high*m.d*1000, low*m.d*1000
	}
	return err
}

// loadComposite reads a Type 0 font with its descendant (9.7).
func (p *interpreter) loadComposite(f *font, dict pdf.Dict) error {
	f.composite, f.width = true, 1000
	encodingName, err := p.doc.Resolve(dict["Encoding"])
	if err != nil {
		return err
	}
	switch e := encodingName.(type) {
	case pdf.Name:
		f.vertical = strings.HasSuffix(string(e), "-V")
		if f.unicode = strings.Contains(string(e), "UCS2") || strings.Contains(string(e), "UTF16"); f.unicode {
			f.ascii = asciiCIDs(string(e))
		}
	case *pdf.Stream:
		if f.codes, err = p.cmap(e); err != nil {
			return err
		}
		mode, _ := e.Dict.Int("WMode")
		f.vertical = mode == 1
	}
	descendants, err := p.array(dict["DescendantFonts"])
	if err != nil || len(descendants) == 0 {
		return err
	}
	cid, err := p.dict(descendants[0])
	if err != nil {
		return err
	}
	descriptor, err := p.dict(cid["FontDescriptor"])
	if err != nil {
		return err
	}
	if err := p.loadHeight(f, descriptor); err != nil {
		return err
	}
	if w, ok, err := p.number(cid["DW"]); err != nil {
		return err
	} else if ok {
		f.width = w
	}
	if err := p.loadCIDWidths(f, cid["W"]); err != nil {
		return err
	}
	if err := p.loadVertical(f, cid); err != nil {
		return err
	}
	if f.toUnicode == nil && !f.unicode {
		return p.loadGlyphTexts(f, cid, descriptor)
	}
	return nil
}

// loadCIDWidths reads a W array: "c [w1 w2 ...]" and "first last w" (9.7.4.3).
func (p *interpreter) loadCIDWidths(f *font, o pdf.Object) error {
	list, err := p.array(o)
	if err != nil {
		return err
	}
	return p.eachCIDRange(list, 1, func(first, last int, numbers pdf.Array) error {
		w, _, err := p.number(numbers[0])
		if err != nil {
			return err
		}
		return p.setRange(f, first, last, w)
	})
}

// eachCIDRange goes through a W or W2 array, which has so many numbers for each
// character or range.
func (p *interpreter) eachCIDRange(list pdf.Array, size int, set func(first, last int, numbers pdf.Array) error) error {
	for len(list) >= 2 {
		start, _, err := p.number(list[0])
		if err != nil {
			return err
		}
		second, err := p.doc.Resolve(list[1])
		if err != nil {
			return err
		}
		first := int(max(0, min(start, 0xFFFF)))
		if each, ok := second.(pdf.Array); ok {
			for ; len(each) >= size && first <= 0xFFFF; each, first = each[size:], first+1 {
				if err := set(first, first, each[:size]); err != nil {
					return err
				}
			}
			list = list[2:]
			continue
		}
		if len(list) < 2+size {
			return nil
		}
		last, _ := finite(second)
		if err := set(first, int(max(0, min(last, 0xFFFF))), list[2:2+size]); err != nil {
			return err
		}
		list = list[2+size:]
	}
	return nil
}

func (p *interpreter) setRange(f *font, first, last int, w float64) error {
	if err := p.charge(max(0, last-first) + 1); err != nil {
		return err
	}
	for cid := first; cid <= last; cid++ {
		f.widths[uint32(cid)] = w
	}
	return nil
}

// loadGlyphTexts finds the characters of the searched tag in an embedded
// TrueType program, for Identity fonts without ToUnicode.
func (p *interpreter) loadGlyphTexts(f *font, cid, descriptor pdf.Dict) error {
	program, err := p.partData(descriptor["FontFile2"], maxProgramBytes)
	if err != nil || program == nil {
		return err
	}
	parsed, err := sfnt.Parse(program)
	if err != nil {
		return nil
	}
	glyphs := map[uint32]string{}
	var buf sfnt.Buffer
	for _, r := range p.tag {
		if g, err := parsed.GlyphIndex(&buf, r); err == nil && g != 0 {
			glyphs[uint32(g)] = string(r)
		}
	}
	cids, err := p.cidMap(cid["CIDToGIDMap"])
	if err != nil || cids == nil { // by default a CID is its glyph
		f.glyphs = glyphs
		return err
	}
	f.glyphs = map[uint32]string{}
	for i := 0; i+1 < len(cids); i += 2 {
		if t, ok := glyphs[uint32(cids[i])<<8|uint32(cids[i+1])]; ok {
			f.glyphs[uint32(i/2)] = t
		}
	}
	return nil
}

// cidMap reads the glyphs of the CIDs. What goes on behind the last CID is cut
// off, and what is longer than any such map counts as none.
func (p *interpreter) cidMap(o pdf.Object) ([]byte, error) {
	roomy := p.bytesLeft >= maxCIDMapBytes
	data, err := p.partData(o, maxCIDMapBytes)
	if roomy && errors.Is(err, pdf.ErrLimit) && !errors.Is(err, pdf.ErrWork) {
		p.bytesLeft -= maxCIDMapBytes // it was read, however many fonts have one
		return nil, nil
	}
	return data[:min(len(data), cidMapBytes)], err
}

// split calls yield for each character code of a shown string.
func (f *font) split(b []byte, yield func(shown) error) error {
	for len(b) > 0 {
		c := code{uint32(b[0]), 1}
		if f.composite {
			c = f.nextCode(b)
		}
		b = b[c.size:]
		if err := yield(f.show(c)); err != nil {
			return err
		}
	}
	return nil
}

func (f *font) nextCode(b []byte) code {
	if f.codes != nil {
		return f.codes.next(b)
	}
	if len(b) == 1 {
		return code{uint32(b[0]), 1}
	}
	return code{uint32(b[0])<<8 | uint32(b[1]), 2}
}

func (f *font) show(c code) shown {
	s := shown{space: c.size == 1 && c.value == ' '}
	id, known := f.cid(c)
	s.text = f.text(c, id)
	w, ok := f.widths[id]
	if !ok || !known {
		w = f.width
	}
	s.advance = w * f.scale
	if f.vertical {
		s.hanging = f.hangingOf(id, w)
	}
	return s
}

// cid returns the CID of a code, which in a simple font is the code itself. It is
// unknown beyond ASCII where the document names a CMap without holding it.
func (f *font) cid(c code) (id uint32, known bool) {
	switch {
	case f.codes != nil && len(f.codes.cids) > 0:
		return f.codes.cid(c), true
	case !f.unicode:
		return c.value, true
	case c.value >= ' ' && c.value <= '~' && f.ascii != nil:
		return f.ascii[c.value-' '], true
	}
	return 0, false
}

// text returns what a code stands for (9.10.2).
func (f *font) text(c code, id uint32) string {
	if f.toUnicode != nil {
		if t, ok := f.toUnicode.text(c); ok {
			return t
		}
		// Some producers write two byte codes for a simple font.
		if t, ok := f.toUnicode.text(code{c.value, 3 - c.size}); ok && c.size < 3 {
			return t
		}
	}
	switch {
	case !f.composite:
		return f.encoding[c.value]
	case f.unicode:
		return string(rune(c.value))
	}
	return f.glyphs[id]
}
