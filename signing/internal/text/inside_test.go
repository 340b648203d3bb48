package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// inside reads the first page and asks what lies in an area.
func inside(t testing.TB, doc *pdf.Document, area pdf.Rect, except ...pdf.Rect) string {
	t.Helper()
	page, err := text.Read(doc, 0, area, text.Limits{})
	require.NoError(t, err)
	return page.Inside(area, except...)
}

func TestInside(t *testing.T) {
	doc := open(t, onePage("BT /F 10 Tf 100 700 Td (Budi ^ Contoh) Tj 0 -100 Td (lain) Tj ET", winAnsi, "").file())
	tag, err := text.Find(doc, "^", text.Limits{})
	require.NoError(t, err)
	area := pdf.Rect{LLX: 90, LLY: 690, URX: 200, URY: 720}
	for name, c := range map[string]struct {
		area   pdf.Rect
		except bool
		want   string
	}{
		"all but the tag": {area, true, "BudiContoh"},
		"with the tag":    {area, false, "Budi^Contoh"},
		"part":            {pdf.Rect{LLX: 90, LLY: 690, URX: 117, URY: 720}, false, "Bud"},
		"none":            {pdf.Rect{LLX: 300, LLY: 300, URX: 400, URY: 400}, false, ""},
	} {
		except := tag[0].Rect
		if !c.except {
			except = pdf.Rect{}
		}
		got := inside(t, doc, c.area, except)
		assert.Equal(t, c.want, got, name)
	}
	_, err = text.Read(doc, 1, area, text.Limits{})
	assert.ErrorIs(t, err, pdf.ErrNoPage)
	_, err = text.Read(doc, 0, area, text.Limits{Characters: 3})
	assert.ErrorIs(t, err, text.ErrLimit)
}

func TestBalance(t *testing.T) {
	for content, want := range map[string][2]int{
		"":                                {0, 0},
		"q Q":                             {0, 0},
		"q q Q":                           {0, 1},
		"Q Q":                             {2, 0},
		"Q q Q Q q q":                     {2, 2},
		"(q) Tj BI /W 1 ID q q EI % q\nq": {0, 1},
	} {
		doc := open(t, onePage(content, winAnsi, "").file())
		surplus, left, err := text.Balance(doc, 0, text.Limits{})
		require.NoError(t, err)
		assert.Equal(t, want, [2]int{surplus, left}, "%q", content)
		surplus, left = read(t, doc).Balance()
		assert.Equal(t, want, [2]int{surplus, left}, "read for its text: %q", content)
	}
}

// What is added to content that ends within an object is swallowed by it.
func TestContentEndsWithinAnObject(t *testing.T) {
	for _, end := range []string{
		"(abc", "(a(b)", `(a\`, "<41", "[ (a) ", "[ (a", "/Artifact <</A", "<< /A [ <41> ",
		"BI /W 1 /H 1 ID abc", "BI /W 1 /H 1 /F /Fl ID \x9c\x01", "BI /W 1 /H 1", "BI /W 9 /H 9 /BPC 8 /CS /G ID abc",
		"BI", "BI /W 1 /H 1 /F /AHx ID 41>", "BI /W 1 /H 1 /F /Fl ID EI\x01 BI /W 1 /H 1 /F /Fl ID \x01",
	} {
		doc := open(t, onePage("q Q "+end, winAnsi, "").file())
		_, _, err := text.Balance(doc, 0, text.Limits{})
		assert.ErrorIs(t, err, text.ErrContent, end)
		_, err = text.Read(doc, 0, pdf.Rect{}, text.Limits{})
		assert.ErrorIs(t, err, text.ErrContent, end)
	}
}

// strip is a rectangle across the line of TestInsideStrokes, from a height
// above its baseline at 700 on.
func strip(low, high float64) pdf.Rect {
	return pdf.Rect{LLX: 90, LLY: 700 + low, URX: 400, URY: 700 + high}
}

// TestInsideStrokes: a character counts when part of its strokes would be
// covered, and the white around them does not.
func TestInsideStrokes(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		area    pdf.Rect
		want    string
	}{
		"lower half of the line":            {"(Nama) Tj", strip(-30, 6), "Nama"},
		"upper part of its capitals":        {"(Nama) Tj", strip(12, 40), "N"},
		"descenders":                        {"(Pegawai) Tj", strip(-30, -2), "g"},
		"the white below the letters":       {"(Nama) Tj", strip(-30, -1), ""},
		"less than half a point of them":    {"(Nama) Tj", strip(-30, 0.05), ""},
		"accents stand above the capitals":  {"(\\301) Tj", strip(16, 40), "Á"},
		"between two lines":                 {"(Nama) Tj 0 24 Td (Camat) Tj", strip(17, 20), ""},
		"the line turned upside down":       {"-1 0 0 -1 300 700 Tm (Nama) Tj", strip(-30, -12), "N"},
		"white space":                       {"(   ) Tj", strip(-30, 30), ""},
		"a hair's breadth is an area still": {"(Nama) Tj", strip(6, 6.1), "Nama"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 20 Tf 100 700 Td "+c.content+" ET", winAnsi, "").file())
			got := inside(t, doc, c.area)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestPaintedOver: only what surely hides a character makes it one that is not
// there.
func TestPaintedOver(t *testing.T) {
	const word = "BT /F 20 Tf 100 700 Td (tanda) Tj ET "
	const over = "90 690 100 40 re f "
	for name, c := range map[string]struct {
		content string
		hidden  bool
	}{
		"by a white area":                  {word + "/Artifact BMC q 1 g " + over + "Q EMC", true},
		"by a black one":                   {word + over, true},
		"by one drawn backwards":           {word + "190 730 -100 -40 re f", true},
		"on a page of turned coordinates":  {word + "0 1 -1 0 200 600 cm 90 10 40 100 re f", true},
		"by its own background":            {over + word, false},
		"by half":                          {word + "90 690 30 40 re f", false},
		"by a frame":                       {word + "90 690 100 40 re S", false},
		"by a slanted area":                {word + "1 0.1 0 1 0 0 cm " + over, false},
		"by a ring":                        {word + "90 690 100 40 re 95 695 90 30 re f*", false},
		"by a path that is no rectangle":   {word + "90 690 m 190 690 l 190 730 l f", false},
		"by a path that only begins so":    {word + "90 690 100 40 re 0 0 m 9 9 l 9 0 l f", false},
		"by nothing after a path":          {word + "90 690 100 40 re n f", false},
		"by a pattern":                     {word + "/Pattern cs /P scn " + over, false},
		"by what may be transparent":       {word + "/G gs " + over, false},
		"by what was transparent before":   {word + "q /G gs Q " + over, true},
		"by what is clipped":               {word + "0 0 5 5 re W n " + over, false},
		"by a layer that can be off":       {word + "/OC /L BDC /Span BMC EMC " + over + " EMC", false},
		"after a layer that can be off":    {word + "/OC /L BDC EMC " + over, true},
		"by more areas than are looked at": {word + over + strings.Repeat("90 690 1 1 re f ", 1000), false},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage(c.content, winAnsi, "").file())
			got := inside(t, doc, pdf.Rect{LLX: 90, LLY: 690, URX: 200, URY: 730})
			assert.Equal(t, c.hidden, got == "", "%q", got)
		})
	}
}

func TestOutside(t *testing.T) {
	wide := pdf.Rect{LLX: 90, LLY: 600, URX: 300, URY: 730}
	narrow := wide
	narrow.URX = 130
	for name, c := range map[string]struct {
		content string
		area    pdf.Rect
		want    string
	}{
		"a block over all of it":     {"(#tanda) Tj", wide, ""},
		"a block that is too narrow": {"(#tanda) Tj", narrow, "nda"},
		"no block":                   {"(#tanda) Tj", pdf.Rect{}, "#tanda"},
		"white":                      {"1 g (#tanda) Tj", narrow, ""},
		"white in red, green, blue":  {"1 1 1 rg (#tanda) Tj", narrow, ""},
		"white on paper":             {"0 0 0 0 k (#tanda) Tj", narrow, ""},
		"nearly white":               {"0.9 g (#tanda) Tj", narrow, "nda"},
		"black":                      {"0 0 0 1 k (#tanda) Tj", narrow, "nda"},
		"black by another name":      {"1 g /C cs 0 sc (#tanda) Tj", narrow, "nda"},
		"white with an outline":      {"1 g 2 Tr (#tanda) Tj", narrow, "nda"},
		"invisible":                  {"3 Tr (#tanda) Tj", narrow, ""},
		"white in part":              {"1 g (#ta) Tj 0 g (nda) Tj", pdf.Rect{}, "nda"},
		"covered by the page":        {"(#tanda) Tj ET 1 g 90 690 100 40 re f BT", narrow, ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 20 Tf 100 700 Td "+c.content+" ET", winAnsi, "").file())
			hits, err := text.Find(doc, "#tanda", text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			page, err := text.Read(doc, 0, hits[0].Rect, text.Limits{})
			require.NoError(t, err)
			assert.Equal(t, c.want, page.Outside(hits[0].Rect, c.area))
		})
	}
}

// TestOutsideOfALowFont: fonts whose ascent is below what is guessed of others,
// as TeX's, are covered up to that ascent.
func TestOutsideOfALowFont(t *testing.T) {
	for name, c := range map[string]struct {
		ascent int
		tag    string
		top    float64 // of the block, above the baseline
		want   string
	}{
		"as high as the font says":     {694, "#", 13.88, ""},
		"an accent":                    {694, "^", 13.88, ""},
		"lower than the font says":     {694, "#", 12, "#"},
		"a font that says what is odd": {300, "#", 6, "#"},
		"a font that says more":        {1100, "#", 15.6, ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 20 Tf 100 700 Td ("+c.tag+") Tj ET",
				fmt.Sprintf("<</Type/Font/Subtype/Type1/BaseFont/CMR10/Encoding/WinAnsiEncoding/FirstChar 35/Widths[833]/FontDescriptor<</Ascent %d/Descent -194/MissingWidth 500>>>>", c.ascent), "").file())
			hits, err := text.Find(doc, c.tag, text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			page, err := text.Read(doc, 0, hits[0].Rect, text.Limits{})
			require.NoError(t, err)
			assert.Equal(t, c.want, page.Outside(hits[0].Rect, pdf.Rect{LLX: 90, LLY: 600, URX: 300, URY: 700 + c.top}))
		})
	}
}
