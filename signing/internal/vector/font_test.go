package vector_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

func fontFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../../appearance/font/" + name)
	require.NoError(t, err)
	return data
}

func regular(t testing.TB) *vector.Font {
	t.Helper()
	f, err := vector.ParseFont(fontFile(t, "LiberationSans-Regular.ttf"))
	require.NoError(t, err)
	return f
}

// tableAt returns the place of a font table.
func tableAt(t testing.TB, data []byte, tag string) int {
	t.Helper()
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		e := data[12+16*i:]
		if string(e[:4]) == tag {
			return int(binary.BigEndian.Uint32(e[8:]))
		}
	}
	t.Fatalf("no table %s", tag)
	return 0
}

func TestParseFontRefuses(t *testing.T) {
	whole := fontFile(t, "LiberationSans-Regular.ttf")
	changed := func(change func(d []byte)) []byte {
		d := append([]byte(nil), whole...)
		change(d)
		return d
	}
	for name, data := range map[string][]byte{
		"empty":                   nil,
		"not a font":              []byte("%PDF-1.7 this is no font at all"),
		"CFF outlines":            changed(func(d []byte) { copy(d, "OTTO") }),
		"collection":              changed(func(d []byte) { copy(d, "ttcf") }),
		"directory cut off":       whole[:40],
		"table beyond the end":    whole[:len(whole)/2],
		"too many tables":         changed(func(d []byte) { binary.BigEndian.PutUint16(d[4:], 60000) }),
		"embedding forbidden":     changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "OS/2")+8:], 2) }),
		"subsets forbidden":       changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "OS/2")+8:], 0x0108) }),
		"bitmaps alone allowed":   changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "OS/2")+8:], 0x0204) }),
		"no units per em":         changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "head")+18:], 0) }),
		"more glyphs than tables": changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "maxp")+4:], 65535) }),
		"no horizontal metrics":   changed(func(d []byte) { binary.BigEndian.PutUint16(d[tableAt(t, d, "hhea")+34:], 0) }),
		"larger than the limit":   make([]byte, vector.MaxFontSize+1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vector.ParseFont(data)
			assert.ErrorIs(t, err, vector.ErrFont)
		})
	}
}

// What the licence bits allow, or a version of the table that did not have them.
func TestParseFontAllows(t *testing.T) {
	for name, c := range map[string]struct{ version, bits uint16 }{
		"embedding to print":                    {4, 0x0004},
		"the less strict of two, as of old":     {2, 0x000A},
		"a bit before it meant that no subsets": {1, 0x0100},
	} {
		data := bytes.Clone(fontFile(t, "LiberationSans-Regular.ttf"))
		at := tableAt(t, data, "OS/2")
		binary.BigEndian.PutUint16(data[at:], c.version)
		binary.BigEndian.PutUint16(data[at+8:], c.bits)
		_, err := vector.ParseFont(data)
		assert.NoError(t, err, name)
	}
}

func TestTextThatCannotBeDrawn(t *testing.T) {
	f := regular(t)
	for name, c := range map[string]struct {
		text   string
		char   rune
		reason vector.Reason
	}{
		"line feed":                        {"Budi\nContoh", '\n', vector.Control},
		"null":                             {"Budi\x00", 0, vector.Control},
		"override right to left":           {"Budi \u202Ehotnoc", '\u202E', vector.Control},
		"isolate":                          {"Budi \u2067x", '\u2067', vector.Control},
		"zero width space":                 {"Bu\u200Bdi", '\u200B', vector.Control},
		"line separator":                   {"Budi\u2028Contoh", '\u2028', vector.Control},
		"Hebrew":                           {"Budi \u05D0", '\u05D0', vector.RightToLeft},
		"Arabic":                           {"Budi \u0628", '\u0628', vector.RightToLeft},
		"no glyph":                         {"Budi 签", '签', vector.NoGlyph},
		"emoji":                            {"Budi 😀", '😀', vector.NoGlyph},
		"mark without a letter of its own": {"Budi q\u0303", '\u0303', vector.LooseMark},
		"second mark":                      {"Budi o\u0302\u0323\u0331", '\u0331', vector.LooseMark},
		"enclosing mark":                   {"1\u20E3", '\u20E3', vector.LooseMark},
		"Thai vowel":                       {"\u0E01\u0E34", '\u0E01', vector.NoGlyph},
		"Javanese":                         {"Budi ꦧꦸꦢꦶ", 'ꦧ', vector.JoinedScript},
		"Balinese":                         {"Budi ᬩᬸ", 'ᬩ', vector.JoinedScript},
		"Devanagari":                       {"Budi बु", 'ब', vector.JoinedScript},
		"Devanagari's own sign":            {"Budi \u093F", '\u093F', vector.JoinedScript},
		"parts of Hangul":                  {"Budi \u1100\u1100", '\u1100', vector.JoinedScript},
		"not UTF-8":                        {"Budi \xff", '\uFFFD', vector.InvalidUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Width(c.text, 9)
			var got *vector.CharacterError
			require.ErrorAs(t, err, &got)
			assert.Equal(t, vector.CharacterError{Char: c.char, Reason: c.reason}, *got)
			assert.NotContains(t, err.Error(), "Budi", "the text itself stays out of errors")
		})
	}
}

func TestWidthIsTheFontsOwn(t *testing.T) {
	f := regular(t)
	// Liberation Sans has 2048 units per em; A is 1366 wide, the space 569.
	w, err := f.Width("A A", 2048)
	require.NoError(t, err)
	assert.Equal(t, 1366.0+569+1366, w)

	composed, err := f.Width("é", 10)
	require.NoError(t, err)
	decomposed, err := f.Width("e\u0301", 10)
	require.NoError(t, err)
	assert.Equal(t, composed, decomposed, "combining accents are composed")
}

// The subset's glyphs must be those of the whole font, composite ones too.
func TestSubsetKeepsOutlines(t *testing.T) {
	for name, data := range map[string][]byte{
		"Liberation Sans": fontFile(t, "LiberationSans-Regular.ttf"),
		"bold":            fontFile(t, "LiberationSans-Bold.ttf"),
		"Go":              goregular.TTF,
	} {
		t.Run(name, func(t *testing.T) {
			const text = "Budi Contoh, S.T. é Ç ỹ Ω Ж ½ ﬁ–\u00A0"
			f, err := vector.ParseFont(data)
			require.NoError(t, err)
			whole, err := sfnt.Parse(data)
			require.NoError(t, err)

			var drawable string
			for _, r := range text {
				if _, err := f.Width(string(r), 1); err == nil {
					drawable += string(r)
				}
			}
			require.Contains(t, drawable, "é", "a composite glyph is among them")
			file, err := vector.Subset(f, drawable)
			require.NoError(t, err)
			assert.Less(t, len(file), len(data)/10)
			sub, err := sfnt.Parse(withNothingElse(file))
			require.NoError(t, err)

			var a, b sfnt.Buffer
			for i, r := range []rune(drawable) {
				g, err := whole.GlyphIndex(&a, r)
				require.NoError(t, err)
				want, err := whole.LoadGlyph(&a, g, fixed.I(1000), nil)
				require.NoError(t, err)
				got, err := sub.LoadGlyph(&b, sfnt.GlyphIndex(i+1), fixed.I(1000), nil)
				require.NoError(t, err)
				assert.Equal(t, want, got, "%c", r)
				wantWidth, err := whole.GlyphAdvance(&a, g, fixed.I(1000), font.HintingNone)
				require.NoError(t, err)
				gotWidth, err := sub.GlyphAdvance(&b, sfnt.GlyphIndex(i+1), fixed.I(1000), font.HintingNone)
				require.NoError(t, err)
				assert.Equal(t, wantWidth, gotWidth, "%c", r)
			}
		})
	}
}

// withNothingElse adds the tables that sfnt insists on and PDF does not need.
func withNothingElse(file []byte) []byte {
	be := binary.BigEndian
	count := int(be.Uint16(file[4:]))
	type entry struct {
		tag  string
		data []byte
	}
	tables := []entry{
		{"cmap", []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12, 0, 4, 0, 24, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 1, 0, 0}},
		{"name", []byte{0, 0, 0, 0, 0, 6}},
		{"post", append([]byte{0, 3, 0, 0}, make([]byte, 28)...)},
		{"OS/2", make([]byte, 96)},
	}
	for i := range count {
		e := file[12+16*i:]
		off, n := be.Uint32(e[8:]), be.Uint32(e[12:])
		tables = append(tables, entry{string(e[:4]), file[off : off+n]})
	}
	for i := range tables {
		for j := i; j > 0 && tables[j].tag < tables[j-1].tag; j-- {
			tables[j], tables[j-1] = tables[j-1], tables[j]
		}
	}
	out := be.AppendUint16(be.AppendUint32(nil, 0x00010000), uint16(len(tables)))
	out = append(out, make([]byte, 6)...)
	var body []byte
	for _, e := range tables {
		out = append(out, e.tag...)
		out = be.AppendUint32(out, 0)
		out = be.AppendUint32(out, uint32(12+16*len(tables)+len(body)))
		out = be.AppendUint32(out, uint32(len(e.data)))
		body = append(body, e.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}
