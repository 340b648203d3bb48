package vector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// MaxFontSize is the largest font file accepted, in bytes.
const MaxFontSize = 32 << 20

// ErrFont is returned by ParseFont for a file that is not a TrueType font that
// can be embedded.
var ErrFont = errors.New("vector: unusable font")

// Reason says why a character cannot be drawn.
type Reason uint8

// Reasons of a CharacterError.
const (
	NoGlyph      Reason = iota + 1 // the font has no glyph for the character
	Control                        // control, format or bidirectional override character
	RightToLeft                    // script written from right to left, which is not laid out
	InvalidUTF8                    // the text is not UTF-8
	LooseMark                      // mark that Unicode composes with no letter, and that is not put over one here
	JoinedScript                   // script whose letters join or change places, which is not laid out
)

// CharacterError names the first character of a text that cannot be drawn.
type CharacterError struct {
	Char   rune
	Reason Reason
}

func (e *CharacterError) Error() string {
	switch e.Reason {
	case NoGlyph:
		return fmt.Sprintf("vector: font has no glyph for %U %q", e.Char, e.Char)
	case Control:
		return fmt.Sprintf("vector: control character %U", e.Char)
	case RightToLeft:
		return fmt.Sprintf("vector: right-to-left character %U", e.Char)
	case LooseMark:
		return fmt.Sprintf("vector: combining mark %U", e.Char)
	case JoinedScript:
		return fmt.Sprintf("vector: character %U of a joined script", e.Char)
	default:
		return "vector: text is not UTF-8"
	}
}

// Font is a TrueType font. It is immutable and safe for concurrent use.
type Font struct {
	sfnt     *sfnt.Font
	tables   map[string][]byte
	name     string
	upem     int
	glyphs   int
	hmetrics int
	ascent   int
	descent  int
	cap      int
	bbox     [4]int
	italic   float64
	bold     bool
	longLoca bool
}

// ParseFont reads a TrueType font (glyf outlines). CFF outlines, collections
// and fonts whose licence bits forbid embedding a subset are refused with
// ErrFont. The data must not change afterwards.
func ParseFont(data []byte) (*Font, error) {
	if len(data) > MaxFontSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFont, len(data), MaxFontSize)
	}
	tables, err := fontTables(data)
	if err != nil {
		return nil, err
	}
	parsed, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFont, err)
	}
	f := &Font{sfnt: parsed, tables: tables}
	if err := f.readMetrics(); err != nil {
		return nil, err
	}
	f.readName()
	return f, nil
}

// fontTables splits the file into its tables (OpenType 1.9, "Table Directory").
func fontTables(data []byte) (map[string][]byte, error) {
	be := binary.BigEndian
	if len(data) < 12 || be.Uint32(data) != 0x00010000 && string(data[:4]) != "true" {
		return nil, fmt.Errorf("%w: not a TrueType file", ErrFont)
	}
	count := int(be.Uint16(data[4:]))
	if count > 256 || len(data) < 12+16*count {
		return nil, fmt.Errorf("%w: table directory of %d entries", ErrFont, count)
	}
	tables := make(map[string][]byte, count)
	for i := range count {
		e := data[12+16*i:]
		off, n := uint64(be.Uint32(e[8:])), uint64(be.Uint32(e[12:]))
		if off+n > uint64(len(data)) {
			return nil, fmt.Errorf("%w: table %q ends beyond the file", ErrFont, e[:4])
		}
		tables[string(e[:4])] = data[off : off+n : off+n]
	}
	return tables, nil
}

// readMetrics takes the numbers that a PDF font descriptor and the subsetter
// need, and checks that the tables they come from are long enough.
func (f *Font) readMetrics() error {
	for _, need := range []struct {
		tag string
		min int
	}{{"head", 54}, {"hhea", 36}, {"maxp", 6}, {"OS/2", 78}, {"hmtx", 4}, {"loca", 4}, {"glyf", 0}} {
		t, ok := f.tables[need.tag]
		if !ok || len(t) < need.min {
			return fmt.Errorf("%w: table %q missing or short", ErrFont, need.tag)
		}
	}
	be := binary.BigEndian
	i16 := func(table string, off int) int { return int(int16(be.Uint16(f.tables[table][off:]))) }
	f.upem = int(be.Uint16(f.tables["head"][18:]))
	f.bbox = [4]int{i16("head", 36), i16("head", 38), i16("head", 40), i16("head", 42)}
	f.longLoca = i16("head", 50) != 0
	f.ascent, f.descent = i16("hhea", 4), i16("hhea", 6)
	f.hmetrics = int(be.Uint16(f.tables["hhea"][34:]))
	f.glyphs = int(be.Uint16(f.tables["maxp"][4:]))
	f.bold = be.Uint16(f.tables["OS/2"][62:])&0x20 != 0
	f.cap = f.ascent
	if i16("OS/2", 0) >= 2 && len(f.tables["OS/2"]) >= 90 {
		f.cap = i16("OS/2", 88)
	}
	if post := f.tables["post"]; len(post) >= 8 {
		f.italic = float64(int32(be.Uint32(post[4:]))) / 65536
	}

	entry := 2
	if f.longLoca {
		entry = 4
	}
	switch {
	case f.upem < 16 || f.upem > 16384:
		return fmt.Errorf("%w: %d units per em", ErrFont, f.upem)
	case f.glyphs == 0 || f.hmetrics == 0 || f.hmetrics > f.glyphs,
		len(f.tables["hmtx"]) < 4*f.hmetrics+2*(f.glyphs-f.hmetrics),
		len(f.tables["loca"]) < entry*(f.glyphs+1):
		return fmt.Errorf("%w: glyph tables disagree on %d glyphs", ErrFont, f.glyphs)
	}
	return checkLicence(f.tables["OS/2"])
}

// checkLicence looks at the licence bits, fsType (OpenType 1.9, "OS/2"): what is
// embedded is a subset of the outlines.
func checkLicence(os2 []byte) error {
	version, bits := binary.BigEndian.Uint16(os2), binary.BigEndian.Uint16(os2[8:])
	if version < 2 {
		bits &= 0x000F // the others had no meaning yet
	}
	switch {
	case bits&0x000E == 0x0002:
		return fmt.Errorf("%w: its licence forbids embedding", ErrFont)
	case bits&0x0100 != 0:
		return fmt.Errorf("%w: its licence forbids subsets", ErrFont)
	case bits&0x0200 != 0:
		return fmt.Errorf("%w: its licence allows bitmaps alone to be embedded", ErrFont)
	}
	return nil
}

// readName keeps of the PostScript name what a PDF font name may hold.
func (f *Font) readName() {
	var buf sfnt.Buffer
	raw, err := f.sfnt.Name(&buf, sfnt.NameIDPostScript)
	if err != nil {
		raw = ""
	}
	name := make([]byte, 0, 63)
	for i := 0; i < len(raw) && len(name) < cap(name); i++ {
		c := raw[i]
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' {
			name = append(name, c)
		}
	}
	if f.name = string(name); f.name == "" {
		f.name = "Font"
	}
}

// Width returns the width of the text in points at the given size, or a
// *CharacterError.
func (f *Font) Width(s string, size float64) (float64, error) {
	text, err := f.shape(s)
	if err != nil {
		return 0, err
	}
	return f.advance(text) * size, nil
}

// CapHeight returns the height of capital letters in points at the given size.
func (f *Font) CapHeight(size float64) float64 {
	return float64(f.cap) / float64(f.upem) * size
}

// char is a character with its glyph in a font.
type char struct {
	r     rune
	glyph int
}

// shape composes the text (NFC) and checks that every character of it can be
// drawn one after another from left to right.
func (f *Font) shape(s string) ([]char, error) {
	if !utf8.ValidString(s) {
		return nil, &CharacterError{utf8.RuneError, InvalidUTF8}
	}
	var buf sfnt.Buffer
	text := make([]char, 0, len(s))
	for _, r := range norm.NFC.String(s) {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return nil, &CharacterError{r, Control}
		}
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == bidi.R || c == bidi.AL || c == bidi.AN {
			return nil, &CharacterError{r, RightToLeft}
		}
		if reason := misplaced(r); reason != 0 {
			return nil, &CharacterError{r, reason}
		}
		g, err := f.sfnt.GlyphIndex(&buf, r)
		if err != nil || g == 0 || int(g) >= f.glyphs {
			return nil, &CharacterError{r, NoGlyph}
		}
		text = append(text, char{r, int(g)})
	}
	return text, nil
}

// advance returns the width of shaped text in ems.
func (f *Font) advance(text []char) float64 {
	total := 0
	for _, c := range text {
		total += f.glyphAdvance(c.glyph)
	}
	return float64(total) / float64(f.upem)
}

// glyphAdvance returns the advance of a glyph in font units.
func (f *Font) glyphAdvance(g int) int {
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*min(g, f.hmetrics-1):]))
}
