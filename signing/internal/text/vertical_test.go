package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// vertical is a page with vertical writing in a font of 10 points from 100, 700
// down.
func vertical(content, metrics string) objects {
	return onePage("BT /F 10 Tf 100 700 Td "+content+" ET",
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/UniJIS-UCS2-V/DescendantFonts[6 0 R]>>", "",
		"<</Type/Font/Subtype/CIDFontType0/BaseFont/X/W[1 95 500]"+metrics+">>")
}

// TestFindInVerticalWriting: characters hang below their origin, in the middle of
// the column.
func TestFindInVerticalWriting(t *testing.T) {
	for name, c := range map[string]struct {
		shown, metrics, tag string
		want                pdf.Rect
	}{
		"one character":              {inUTF16("^") + " Tj", "", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 700}},
		"as wide as the default":     {inUTF16("漢") + " Tj", "", "漢", pdf.Rect{LLX: 95, LLY: 690, URX: 105, URY: 700}},
		"the next below":             {inUTF16("a^") + " Tj", "", "^", pdf.Rect{LLX: 97.5, LLY: 680, URX: 102.5, URY: 690}},
		"several":                    {inUTF16("a${ttd}") + " Tj", "", "${ttd}", pdf.Rect{LLX: 97.5, LLY: 630, URX: 102.5, URY: 690}},
		"moved by TJ":                {"[" + inUTF16("a") + " 500 " + inUTF16("^") + "] TJ", "", "^", pdf.Rect{LLX: 97.5, LLY: 675, URX: 102.5, URY: 685}},
		"character spacing":          {"-2 Tc " + inUTF16("a^") + " Tj", "", "^", pdf.Rect{LLX: 97.5, LLY: 678, URX: 102.5, URY: 688}},
		"another default":            {inUTF16("a^") + " Tj", "/DW2[800 -500]", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 695}},
		"its own":                    {inUTF16("a^") + " Tj", "/W2[66[-600 300 880]]", "^", pdf.Rect{LLX: 97.5, LLY: 684, URX: 102.5, URY: 694}},
		"beside the column":          {inUTF16("^") + " Tj", "/W2[63 64 -600 500 880]", "^", pdf.Rect{LLX: 95, LLY: 694, URX: 100, URY: 700}},
		"a range":                    {inUTF16("a^") + " Tj", "/W2[1 66 -600 250 880]", "^", pdf.Rect{LLX: 97.5, LLY: 688, URX: 102.5, URY: 694}},
		"metrics that are cut off":   {inUTF16("^") + " Tj", "/DW2[7]/W2[1 66 -600 250]", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 700}},
		"metrics of other kinds":     {inUTF16("^") + " Tj", "/DW2[(a)(b)]/W2(x)", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 700}},
		"metrics for no CID at all":  {inUTF16("^") + " Tj", "/W2[70000[-600 250 880]-5 -9 1 2 3 (a)]", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 700}},
		"larger metrics than a page": {inUTF16("^a") + " Tj", "/W2[66[-2000000000 2000000000 9]]", "^", pdf.Rect{LLX: 97.5, LLY: 690, URX: 102.5, URY: 700}},
	} {
		t.Run(name, func(t *testing.T) {
			hits, err := text.Find(open(t, vertical(c.shown, c.metrics).file()), c.tag, text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			got := hits[0].Rect
			for _, side := range [][2]float64{{c.want.LLX, got.LLX}, {c.want.LLY, got.LLY}, {c.want.URX, got.URX}, {c.want.URY, got.URY}} {
				assert.InDelta(t, side[0], side[1], 0.005, "%+v", got)
			}
			assert.InDelta(t, -90, hits[0].Angle, 0.005)
		})
	}
	_, err := text.Find(open(t, vertical(inUTF16("^")+" Tj", "/W2["+strings.Repeat("0 65535 -1 1 1 ", 1000)+"]").file()), "^", text.Limits{})
	require.ErrorIs(t, err, text.ErrLimit)
}

// TestCoversInVerticalWriting: a character's strokes reach below its cell by what
// its descender does.
func TestCoversInVerticalWriting(t *testing.T) {
	doc := open(t, vertical(inUTF16("a")+" Tj "+inUTF16("^")+" Tj "+inUTF16("a")+" Tj", "").file())
	hits, err := text.Find(doc, "^", text.Limits{})
	require.NoError(t, err)
	require.Len(t, hits, 1)
	got, err := read(t, doc).Covers([]pdf.Rect{hits[0].Rect})
	require.NoError(t, err)
	// Baselines at 691.2, 681.2 and 671.2: below the strokes of the first letter,
	// above those of the last.
	assert.InDelta(t, 95.5, got[0].LLX, 0.005)
	assert.InDelta(t, 104.5, got[0].URX, 0.005)
	assert.InDelta(t, 691, got[0].URY, 0.005)
	assert.InDelta(t, 671.2+5.6, got[0].LLY, 0.005)
	page, err := text.Read(doc, 0, pdf.Rect{LLX: 0, LLY: 0, URX: 600, URY: 800}, text.Limits{})
	require.NoError(t, err)
	assert.Equal(t, "^", page.Inside(pdf.Rect{LLX: 90, LLY: 682, URX: 110, URY: 688}))
	assert.Empty(t, page.Outside(hits[0].Rect, pdf.Rect{LLX: 90, LLY: 680, URX: 110, URY: 690}))
	assert.Equal(t, "^", page.Outside(hits[0].Rect, pdf.Rect{LLX: 90, LLY: 680, URX: 110, URY: 686}))
}
