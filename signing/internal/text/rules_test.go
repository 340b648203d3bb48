package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// TestCoversEndAtRules looks at how far the cover reaches of a tag of 10 points
// that begins at 100, 700 and is 4.69 wide: 98 to 106.69 and 697.5 to 709 where
// nothing else is.
func TestCoversEndAtRules(t *testing.T) {
	whole := pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.69, URY: 709}
	with := func(change func(r *pdf.Rect)) pdf.Rect {
		r := whole
		change(&r)
		return r
	}
	left := with(func(r *pdf.Rect) { r.LLX = 99.3 }) // a rule that ends at 99, and the gap
	form := stream("/Type/XObject/Subtype/Form/BBox[0 0 600 800]", "98.5 690 0.5 30 re f")
	for name, c := range map[string]struct {
		content string
		want    pdf.Rect
	}{
		"filled, left of it":                   {"98.5 690 0.5 30 re f", left},
		"stroked, left of it":                  {"0.5 w 98.75 690 m 98.75 720 l S", left},
		"as wide as the scale makes it":        {"q 0.5 0 0 0.5 0 0 cm 1 w 197.5 1380 m 197.5 1440 l S Q", left},
		"one of several in a path":             {"98.5 690 0.5 30 re 300 690 0.5 30 re f", left},
		"of a path of lines":                   {"98.5 690 m 99 690 l 99 720 l 98.5 720 l f", left},
		"in a Form XObject":                    {"/X Do", left},
		"the frame of a cell":                  {"0.5 w 98.75 697.75 40 20 re S", with(func(r *pdf.Rect) { r.LLX, r.LLY = 99.3, 698.3 })},
		"right of it":                          {"105.7 690 0.5 30 re f", with(func(r *pdf.Rect) { r.URX = 105.4 })},
		"above it":                             {"90 708.6 100 0.5 re f", with(func(r *pdf.Rect) { r.URY = 708.3 })},
		"closed by the operator":               {"0.5 w 98.75 690 m 98.75 720 l 60 720 l s", left},
		"the line of the letter below it":      {"90 698 100 0.5 re f", with(func(r *pdf.Rect) { r.LLY = 698.8 })},
		"its own underline":                    {"100 698.5 4.69 0.5 re f", whole},
		"through it":                           {"90 703 100 0.5 re f", whole},
		"a cell's ground":                      {"0.9 g 90 690 100 30 re f 0 g", whole},
		"a ground that ends beside it":         {"0.9 g 99 690 100 30 re f 0 g", left},
		"not painted":                          {"98.5 690 0.5 30 re n", whole},
		"slanted":                              {"98.5 690 m 99 720 l S", whole},
		"a curve":                              {"98.5 690 m 98.5 700 98.5 710 98.5 720 c S", whole},
		"lines without a point to begin at":    {"98.5 690 l 98.5 720 l S", whole},
		"more than are noted":                  {strings.Repeat("0 0 1 1 re f ", 5000) + "98.5 690 0.5 30 re f", whole},
		"more in one path than are noted":      {strings.Repeat("0 0 1 1 re ", 6000) + "f 98.5 690 0.5 30 re f", whole},
		"operands that are missing or strange": {"re 1 re m l (a) (b) m 1 2 3 4 5 6 7 c 98.5 690 0.5 30 re f", left},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage(c.content+" BT /F 10 Tf 100 700 Td (^) Tj ET", winAnsi, "/XObject<</X 6 0 R>>", form).file())
			hits, err := text.Find(doc, "^", text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			got, err := read(t, doc).Covers([]pdf.Rect{hits[0].Rect})
			require.NoError(t, err)
			for _, side := range [][2]float64{{c.want.LLX, got[0].LLX}, {c.want.LLY, got[0].LLY}, {c.want.URX, got[0].URX}, {c.want.URY, got[0].URY}} {
				assert.InDelta(t, side[0], side[1], 0.005, "%+v", got[0])
			}
		})
	}
}
