package text_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/sertel-id/sertel/signing/internal/text"
)

const longTag = "${ttd_pengirim1}"

// toUnicode returns a CMap stream with the given sections.
func toUnicode(sections string) string {
	return stream("", "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"+
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"+sections+
		"\nendcmap CMapName currentdict /CMap defineresource pop end end")
}

// composite returns objects 5 to 7 of a document: a Type 0 font whose
// ToUnicode is object 7.
func composite(encoding, widths, cmap string) (font string, further []string) {
	return "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding" + encoding + "/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
		[]string{"<</Type/Font/Subtype/CIDFontType2/BaseFont/X" + widths + "/FontDescriptor<</Ascent 900/Descent -200>>>>", cmap}
}

// one is where a single hit must be: the left end of the tag's baseline, its
// width and its size.
type one struct{ x, y, width, size float64 }

func TestFindOne(t *testing.T) {
	cmapFont, cmapObjects := composite("/Identity-H", "/DW 500/W[1[250 600]3 5 700 32 35 0]", toUnicode("2 beginbfchar <0001> <005E> <0002> <0041> endbfchar 4 beginbfchar <0020> <200B> <0021> <00AD> <0022> <2060> <0023> <FEFF> endbfchar 1 beginbfchar <0003> <0062> endbfchar 1 beginbfrange <0010> <0012> <0061> endbfrange"))
	for name, c := range map[string]struct {
		doc  objects
		tag  string
		want one
	}{
		"Tj, by the widths of Helvetica": {
			onePage("BT /F 10 Tf 100 700 Td (AB ^) Tj ET", winAnsi, ""), "^",
			one{100 + 6.67*2 + 2.78, 700, 4.69, 10}},
		"own widths": {
			onePage("BT /F 10 Tf 100 700 Td (AB^) Tj ET", "<</Type/Font/Subtype/TrueType/Encoding/WinAnsiEncoding/FirstChar 65/Widths[1000 500]/FontDescriptor<</MissingWidth 300>>>>", ""), "^",
			one{115, 700, 3, 10}},
		"split over runs": {
			onePage("BT /F 10 Tf 100 700 Td ($) Tj ({ttd) Tj (_pengirim1}) Tj ET", winAnsi, ""), longTag,
			one{100, 700, 5.56 + 3.34 + 2.78 + 2.78 + 5.56 + 5.56 + 5.56*4 + 2.22 + 3.33 + 2.22 + 8.33 + 5.56 + 3.34, 10}},
		"kerned": {
			onePage("BT /F 10 Tf 100 700 Td [($)-20({t)10(td_)-5(pengirim1})] TJ ET", winAnsi, ""), longTag,
			one{100, 700, 5.56 + 3.34 + 2.78 + 2.78 + 5.56 + 5.56 + 5.56*4 + 2.22 + 3.33 + 2.22 + 8.33 + 5.56 + 3.34 + 0.15, 10}},
		"each run placed by itself, out of order": {
			onePage("BT /F 10 Tf 1 0 0 1 115.56 700 Tm (cd) Tj 1 0 0 1 104.9 700 Tm (ab) Tj ET", winAnsi, ""), "abcd",
			one{104.9, 700, 21.22, 10}},
		"drawn twice to look bold": {
			onePage("BT /F 10 Tf 100 700 Td (ab^cd) Tj -0.2 0 Td (ab^cd) Tj ET", winAnsi, ""), "ab^cd",
			one{99.8, 700, 5.56*4 + 4.69 - 0.56, 10}},
		"letter and word spacing": {
			onePage("BT /F 10 Tf 2 Tc 5 Tw 100 700 Td (A ^) Tj ET", winAnsi, ""), "^",
			one{100 + 6.67 + 2 + 2.78 + 7, 700, 4.69, 10}},
		"horizontal scaling and rise": {
			onePage("BT /F 10 Tf 50 Tz 3 Ts 100 700 Td (A^) Tj ET", winAnsi, ""), "^",
			one{100 + 3.335, 703, 2.345, 10}},
		"leading and next lines": {
			onePage("BT /F 10 Tf 14 TL 100 700 Td (A) Tj T* (B) Tj (C) ' 1 2 (^) \" ET", winAnsi, ""), "^",
			one{100, 658, 4.69, 10}},
		"TD sets the leading": {
			onePage("BT /F 10 Tf 100 700 Td 5 -20 TD (A) Tj T* (^) Tj ET", winAnsi, ""), "^",
			one{105, 660, 4.69, 10}},
		"graphics state saved and restored": {
			onePage("q 2 0 0 2 50 50 cm q 3 0 0 3 0 0 cm Q BT /F 10 Tf 100 200 Td (^) Tj ET Q", winAnsi, ""), "^",
			one{250, 450, 9.38, 20}},
		"text outside of BT": {
			onePage("/F 10 Tf (^) Tj", winAnsi, ""), "^", one{0, 0, 4.69, 10}},
		"invisible text": {
			onePage("BT 3 Tr /F 10 Tf 100 700 Td (^) Tj ET", winAnsi, ""), "^", one{100, 700, 4.69, 10}},
		"font from the graphics state": {
			onePage("/G gs BT 100 700 Td (^) Tj ET", winAnsi, "/ExtGState<</G<</Font[5 0 R 10]>>>>"), "^",
			one{100, 700, 4.69, 10}},
		"escapes in strings": {
			onePage("BT /F 10 Tf 100 700 Td (\\101\\(\\)\\\n\\136) Tj ET", winAnsi, ""), "^",
			one{100 + 6.67 + 3.33*2, 700, 4.69, 10}},
		"hexadecimal string": {
			onePage("BT /F 10 Tf 100 700 Td <41 5 E> Tj ET", winAnsi, ""), "^", one{106.67, 700, 4.69, 10}},
		"inline image that holds an operator": {
			onePage("BI /W 2 /H 2 /BPC 8 /CS /G ID \x00EI \xff\xfe (^) Tj EI BT /F 10 Tf 100 700 Td (^) Tj ET", winAnsi, ""), "^",
			one{100, 700, 4.69, 10}},
		"contents in several streams": {
			objects{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
				"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents[4 0 R 6 0 R 9 0 R]/Resources<</Font<</F 5 0 R>>>>>>",
				stream("", "BT /F 10 Tf 100"), winAnsi, stream("", "700 Td (^) Tj ET")}, "^",
			one{100, 700, 4.69, 10}},
		"StandardEncoding has other quotes": {
			onePage("BT /F 10 Tf 100 700 Td ('^) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", ""), "’^",
			one{100, 700, 2.22 + 4.69, 10}},
		"MacRomanEncoding": {
			onePage("BT /F 10 Tf 100 700 Td (\x8e) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/MacRomanEncoding>>", ""), "é",
			one{100, 700, 5.56, 10}},
		"Differences": {
			onePage("BT /F 10 Tf 100 700 Td (abcd) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[97/asciicircum/dollar 100/uni007B]>>>>", ""), "^$c{",
			one{100, 700, 4.69 + 5.56 + 5 + 3.34, 10}},
		"encoding of the font program": {
			onePage("BT /F 10 Tf 100 700 Td (z) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/XYZ/FontDescriptor<</FontFile 6 0 R/MissingWidth 500>>/Widths[]>>", "",
				stream("", "%!FontType1\n/Encoding 256 array dup 122 /asciicircum put readonly def currentfile eexec dup 122 /dollar put")), "^",
			one{100, 700, 5, 10}},
		"the accent that TeX shows": {
			onePage("BT /F 10 Tf 100 700 Td (x) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[120/circumflex]>>>>", ""), "^",
			one{100, 700, 3.33, 10}},
		"ToUnicode goes before the encoding": {
			onePage("BT /F 10 Tf 100 700 Td (A) Tj ET", "<</Type/Font/Subtype/TrueType/Encoding/WinAnsiEncoding/FirstChar 65/Widths[400]/ToUnicode 6 0 R>>", "",
				stream("", "begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <41> <005E> endbfchar endcmap")), "^",
			one{100, 700, 4, 10}},
		"ligature in ToUnicode": {
			onePage("BT /F 10 Tf 100 700 Td (A) Tj ET", "<</Type/Font/Subtype/TrueType/FirstChar 65/Widths[900]/ToUnicode 6 0 R>>", "",
				stream("", "1 beginbfchar <41> <00660066005E> endbfchar")), "^",
			one{106, 700, 3, 10}},
		"CID font, bfchar and W": {
			onePage("BT /F 10 Tf 100 700 Td <00020001> Tj ET", cmapFont, "", cmapObjects...), "^",
			one{106, 700, 2.5, 10}},
		"CID font, bfrange and DW": {
			onePage("BT /F 10 Tf 100 700 Td [<00030010> -1000 <00110012>] TJ ET", cmapFont, "", cmapObjects...), "bc",
			one{122, 700, 10, 10}},
		"bfrange with an array": func() (c struct {
			doc  objects
			tag  string
			want one
		}) {
			f, o := composite("/Identity-H", "", toUnicode("1 beginbfrange <0001> <0003> [<0024> <007B> <005E>] endbfrange"))
			c.doc, c.tag, c.want = onePage("BT /F 10 Tf 100 700 Td <000100020003> Tj ET", f, "", o...), "${^", one{100, 700, 30, 10}
			return c
		}(),
		"CMap of the document": func() (c struct {
			doc  objects
			tag  string
			want one
		}) {
			f, o := composite(" 8 0 R", "/W[7[300]]", stream("", "1 beginbfchar <41> <005E> endbfchar"))
			o = append(o, stream("/Type/CMap", "2 begincodespacerange <00> <7F> <8000> <FFFF> endcodespacerange 1 begincidrange <40> <50> 6 endcidrange 1 begincidchar <8001> 9 endcidchar"))
			c.doc, c.tag, c.want = onePage("BT /F 10 Tf 100 700 Td <800141> Tj ET", f, "", o...), "^", one{110, 700, 3, 10}
			return c
		}(),
		"Identity without ToUnicode, by the font program": {
			onePage("BT /F 10 Tf 100 700 Td <0024> Tj ET", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[6 0 R]>>", "",
				"<</Type/Font/Subtype/CIDFontType2/FontDescriptor<</FontFile2 7 0 R>>/DW 800>>", stream("", string(goregular.TTF))), "A",
			one{100, 700, 8, 10}},
		"Identity without ToUnicode, CIDs that are not the glyphs": {
			onePage("BT /F 10 Tf 100 700 Td <00240001> Tj ET", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[6 0 R]>>", "",
				"<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap 8 0 R/FontDescriptor<</FontFile2 7 0 R>>/DW 800>>", stream("", string(goregular.TTF)),
				stream("", "\x00\x00\x00\x24")), "A",
			one{108, 700, 8, 10}},
		"Identity without ToUnicode, a map of more than all CIDs": {
			onePage("BT /F 10 Tf 100 700 Td <00240001> Tj ET", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[6 0 R]>>", "",
				"<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap 8 0 R/FontDescriptor<</FontFile2 7 0 R>>/DW 800>>", stream("", string(goregular.TTF)),
				stream("", "\x00\x00\x00\x24"+strings.Repeat("\x00", 2<<16))), "A",
			one{108, 700, 8, 10}},
		"Identity without ToUnicode, a map of far more than all CIDs": {
			onePage("BT /F 10 Tf 100 700 Td <00240001> Tj ET", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[6 0 R]>>", "",
				"<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap 8 0 R/FontDescriptor<</FontFile2 7 0 R>>/DW 800>>", stream("", string(goregular.TTF)),
				stream("", "\x00\x00\x00\x24"+strings.Repeat("\x00", 1<<20))), "A",
			one{100, 700, 8, 10}},
		"a zero width space, a soft hyphen and a word joiner within": {
			onePage("BT /F 10 Tf 100 700 Td <0001002000020021> Tj <002200230003> Tj ET", cmapFont, "", cmapObjects...), "^Ab",
			one{100, 700, 2.5 + 6 + 7, 10}},
		"a no-break space is as wide as a space": {
			onePage("BT /F 10 Tf 100 700 Td (\xa0\xa0\xa0\xa0^) Tj ET", winAnsi, ""), "^",
			one{100 + 4*2.78, 700, 4.69, 10}},
		"the no-break space of Mac OS": {
			onePage("BT /F 10 Tf 100 700 Td (\xca^) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/MacRomanEncoding>>", ""), "^",
			one{102.78, 700, 4.69, 10}},
		"a no-break space by its name": {
			onePage("BT /F 10 Tf 100 700 Td (a^) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[97/nbspace]>>>>", ""), "^",
			one{102.78, 700, 4.69, 10}},
		"the second hyphen of Windows": {
			onePage("BT /F 10 Tf 100 700 Td (a\xadb) Tj ET", winAnsi, ""), "a-b",
			one{100, 700, 5.56*2 + 3.33, 10}},
		"Type 3 font": {
			onePage("BT /F 1 Tf 100 700 Td (a^) Tj ET", "<</Type/Font/Subtype/Type3/FontMatrix[0.1 0 0 0.1 0 0]/FontBBox[0 -2 10 8]/FirstChar 94/Widths[60 0 0 70]/Encoding<</Differences[94/asciicircum 97/a]>>/CharProcs<<>>>>", ""), "^",
			one{107, 700, 6, 1}},
		"Form XObject with its own matrix and font": {
			onePage("q 1 0 0 1 10 20 cm /X Do Q", winAnsi, "/XObject<</X 6 0 R>>",
				stream("/Type/XObject/Subtype/Form/BBox[0 0 100 100]/Matrix[2 0 0 2 5 5]/Resources<</Font<</G 5 0 R>>>>", "BT /G 10 Tf 30 40 Td (^) Tj ET")), "^",
			one{75, 105, 9.38, 20}},
		"Form XObject that uses the page's resources": {
			onePage("/X Do", winAnsi, "/XObject<</X 6 0 R>>",
				stream("/Subtype/Form/BBox[0 0 100 100]", "BT /F 10 Tf 30 40 Td (^) Tj ET")), "^",
			one{30, 40, 4.69, 10}},
		"Form XObject within itself": {
			onePage("/X Do", winAnsi, "/XObject<</X 6 0 R>>",
				stream("/Subtype/Form/BBox[0 0 100 100]/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>", "/X Do BT /F 10 Tf 30 40 Td (^) Tj ET")), "^",
			one{30, 40, 4.69, 10}},
		"state of a form does not leak": {
			onePage("/X Do BT /F 10 Tf 100 700 Td (^) Tj ET", winAnsi, "/XObject<</X 6 0 R>>",
				stream("/Subtype/Form/BBox[0 0 100 100]", "q q 9 0 0 9 0 0 cm 30 Tc Q 5 Ts Q Q Q")), "^",
			one{100, 700, 4.69, 10}},
		"garbage around": {
			onePage(">> ] } ) 1 2 3 cm /Nope Do /Nope gs /Nope 10 Tf 1 0 0 Tm (x Tj) Q Q Q BT /F 10 Tf 100 700 Td (^) Tj ET", winAnsi, ""), "^",
			one{100, 700, 4.69, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			hits, err := text.Find(open(t, c.doc.file()), c.tag, text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			h := hits[0]
			assert.Equal(t, 0, h.Page)
			assert.InDelta(t, c.want.x, h.Rect.LLX, 0.01, "left")
			assert.InDelta(t, c.want.width, h.Rect.URX-h.Rect.LLX, 0.01, "width")
			assert.InDelta(t, c.want.size, h.Size, 0.01, "size")
			assert.True(t, h.Rect.LLY <= c.want.y && h.Rect.URY > c.want.y && h.Rect.URY-h.Rect.LLY <= 1.3*h.Size,
				"baseline %g in %v", c.want.y, h.Rect)
			assert.Zero(t, h.Angle)
		})
	}
}

func TestFindNone(t *testing.T) {
	for name, c := range map[string]struct{ content, tag string }{
		"no text":                        {"0 0 10 10 re f", "^"},
		"other text":                     {"BT /F 10 Tf (Budi) Tj ET", "^"},
		"parts on two lines":             {"BT /F 10 Tf 100 700 Td (ab) Tj 0 -14 Td (cd) Tj ET", "abcd"},
		"parts far from each other":      {"BT /F 10 Tf 100 700 Td (ab) Tj 200 0 Td (cd) Tj ET", "abcd"},
		"a space between":                {"BT /F 10 Tf 100 700 Td (ab cd) Tj ET", "abcd"},
		"parts at right angles":          {"BT /F 10 Tf 100 700 Td (a) Tj 0 1 -1 0 105.56 700 Tm (b) Tj ET", "ab"},
		"no font":                        {"BT 100 700 Td (^) Tj ET", "^"},
		"in a picture's data":            {"BI /W 1 /H 1 ID (^) Tj EI", "^"},
		"matrix of impossible numbers":   {"BT /F 10 Tf 1e9 0 0 99999999999999999999999999 0 0 Tm 99999999999 0 0 1 0 0 cm (\\000) Tj ET", "^"},
		"inline image that never ends":   {"BI /W 1 /H 1 ID (^) Tj", "^"},
		"font size of zero":              {"BT /F 0 Tf 100 700 Td (^) Tj ET", "^"},
		"matrix of zeros":                {"BT /F 10 Tf 0 0 0 0 100 700 Tm (^) Tj ET", "^"},
		"string that never ends":         {"BT /F 10 Tf (^", "$"},
		"tag is longer than what stands": {"BT /F 10 Tf (^) Tj ET", "^^"},
	} {
		t.Run(name, func(t *testing.T) {
			hits, err := text.Find(open(t, onePage(c.content, winAnsi, "").file()), c.tag, text.Limits{})
			require.NoError(t, err)
			assert.Empty(t, hits)
		})
	}
}

// Hits come in the order in which a reader meets them on the turned page.
func TestReadingOrder(t *testing.T) {
	content := "BT /F 10 Tf " +
		"1 0 0 1 500 101 Tm (^) Tj 1 0 0 1 100 100 Tm (^) Tj " + // lower line: right, left
		"1 0 0 1 500 700 Tm (^) Tj 1 0 0 1 100 699 Tm (^) Tj ET" // upper line: right, left
	for rotate, want := range map[int][][2]float64{
		0:   {{100, 699}, {500, 700}, {100, 100}, {500, 101}},
		90:  {{100, 100}, {100, 699}, {500, 101}, {500, 700}},
		180: {{500, 101}, {100, 100}, {500, 700}, {100, 699}},
		270: {{500, 700}, {500, 101}, {100, 699}, {100, 100}},
	} {
		o := onePage(content, winAnsi, "")
		o[2] = strings.Replace(o[2], "/MediaBox", fmt.Sprintf("/Rotate %d/MediaBox", rotate), 1)
		hits, err := text.Find(open(t, o.file()), "^", text.Limits{})
		require.NoError(t, err)
		require.Len(t, hits, 4)
		for i, h := range hits {
			assert.InDelta(t, want[i][0], h.Rect.LLX, 0.01, "rotate %d, hit %d", rotate, i)
			assert.InDelta(t, want[i][1]-2, h.Rect.LLY, 0.01, "rotate %d, hit %d", rotate, i)
		}
	}
}

func TestRotatedText(t *testing.T) {
	for angle, matrix := range map[float64]string{90: "0 1 -1 0", 180: "-1 0 0 -1", -90: "0 -1 1 0"} {
		hits, err := text.Find(open(t, onePage("BT /F 10 Tf "+matrix+" 300 400 Tm (${x}) Tj ET", winAnsi, "").file()), "${x}", text.Limits{})
		require.NoError(t, err)
		require.Len(t, hits, 1)
		assert.Equal(t, angle, hits[0].Angle)
		assert.InDelta(t, 10, hits[0].Size, 0.01)
	}
}

func TestFindRefusesTags(t *testing.T) {
	doc := open(t, onePage("", winAnsi, "").file())
	for name, tag := range map[string]string{
		"empty":     "",
		"invisible": "\u200b\u00ad",
		"space":     "tanda tangan",
		"control":   "a\x01",
		"too long":  strings.Repeat("a", text.MaxTagLength+1),
		"not UTF-8": "\xff",
	} {
		_, err := text.Find(doc, tag, text.Limits{})
		assert.ErrorIs(t, err, text.ErrTag, name)
	}
}

func TestLimits(t *testing.T) {
	nested := func(depth int) objects {
		var further []string
		for i := range depth {
			further = append(further, stream(fmt.Sprintf("/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X %d 0 R>>>>", 7+i), "/X Do /X Do"))
		}
		return onePage("/X Do", winAnsi, "/XObject<</X 6 0 R>>", further...)
	}
	for name, c := range map[string]struct {
		doc    objects
		limits text.Limits
	}{
		"hits":                         {onePage("BT /F 10 Tf (^) Tj 0 20 Td (^) Tj ET", winAnsi, ""), text.Limits{Hits: 1}},
		"operators":                    {onePage(strings.Repeat("q Q ", 100), winAnsi, ""), text.Limits{Operators: 150}},
		"characters":                   {onePage("BT /F 10 Tf ("+strings.Repeat("a", 200)+") Tj ET", winAnsi, ""), text.Limits{Characters: 100}},
		"content":                      {onePage(strings.Repeat("q Q ", 100), winAnsi, ""), text.Limits{ContentBytes: 100}},
		"pages":                        {onePage("", winAnsi, ""), text.Limits{Pages: -1}},
		"forms in each other":          {nested(20), text.Limits{}},
		"forms that double":            {nested(15), text.Limits{Operators: 10_000}},
		"saved states":                 {onePage(strings.Repeat("q ", 5000), winAnsi, ""), text.Limits{}},
		"widths given again and again": {onePage("/F 10 Tf", "<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</W["+strings.Repeat("0 65535 1 ", 1000)+"]>>]>>", ""), text.Limits{}},
		"operands":                     {onePage(strings.Repeat("1 ", 2000)+"m", winAnsi, ""), text.Limits{}},
		"arrays in each other":         {onePage(strings.Repeat("[", 100), winAnsi, ""), text.Limits{}},
		"dictionaries in others":       {onePage("/A "+strings.Repeat("<</A ", 100), winAnsi, ""), text.Limits{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := text.Find(open(t, c.doc.file()), "^", c.limits)
			assert.ErrorIs(t, err, text.ErrLimit)
			assert.Equal(t, name == "hits", errors.Is(err, text.ErrHits))
		})
	}
}

func TestUnreadableContent(t *testing.T) {
	o := onePage("", winAnsi, "")
	o[3] = stream("/Filter/FlateDecode", "this is not compressed")
	_, err := text.Find(open(t, o.file()), "^", text.Limits{})
	assert.ErrorIs(t, err, text.ErrContent)
}

// The example's letter has its tag once, where pdftotext -bbox says.
func TestFindInLetter(t *testing.T) {
	data, err := os.ReadFile("../../../examples/naskahdinas/letter/surat-undangan.pdf")
	require.NoError(t, err)
	hits, err := text.Find(open(t, data), "^", text.Limits{})
	require.NoError(t, err)
	require.Len(t, hits, 1)
	assert.Equal(t, 0, hits[0].Page)
	assert.InDelta(t, 294.9, hits[0].Rect.LLX, 0.1)
	assert.InDelta(t, 297.71, hits[0].Rect.URX, 0.1)
	assert.InDelta(t, 6, hits[0].Size, 0.01)

	for word, count := range map[string]int{"elektronik": 9, "elektroniknya": 1, "Tembusan:": 1, "“Informasi": 2} {
		hits, err := text.Find(open(t, data), word, text.Limits{})
		require.NoError(t, err)
		assert.Len(t, hits, count, word)
	}
}

// Letters by other producers, each with three tags; how they were made stands
// in the source beside each.
func TestFindInLettersOfOthers(t *testing.T) {
	files, err := filepath.Glob("testdata/producers/*.pdf")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			above := 1000.0
			for _, tag := range []string{"^", longTag, "#"} {
				hits, err := text.Find(open(t, data), tag, text.Limits{})
				require.NoError(t, err)
				require.Len(t, hits, 1, tag)
				r := hits[0].Rect
				assert.Greater(t, r.LLX, 150.0, tag)
				assert.Less(t, r.LLY, above, "one below the other")
				assert.InDelta(t, 11, hits[0].Size, 3.5, tag)
				above = r.LLY
			}
		})
	}
}

// A tag that a page break splits is none: nothing could stand on it.
func TestTagSplitOverPages(t *testing.T) {
	page := func(contents int) string {
		return fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 7 0 R>>>>>>", contents)
	}
	doc := open(t, objects{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>",
		page(4), stream("", "BT /F 10 Tf 100 20 Td (surat ${ttd_) Tj ET"),
		page(6), stream("", "BT /F 10 Tf 100 780 Td (camat} ${ttd_lurah}) Tj ET"), winAnsi,
	}.file())
	hits, err := text.Find(doc, "${ttd_camat}", text.Limits{})
	require.NoError(t, err)
	assert.Empty(t, hits)
	hits, err = text.Find(doc, "${ttd_lurah}", text.Limits{})
	require.NoError(t, err)
	require.Len(t, hits, 1, "the search goes on behind it")
	assert.Equal(t, 1, hits[0].Page)
}
