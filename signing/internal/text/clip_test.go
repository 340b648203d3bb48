package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// Text that no reader shows is no tag: a printer's note outside the crop box,
// what a form's box cuts off.
func TestFindOnlyWhatIsShown(t *testing.T) {
	const seen = "BT /F 10 Tf 1 0 0 1 100 400 Tm (^) Tj ET "
	cropped := func(content string) objects {
		o := onePage(content, winAnsi, "")
		o[2] = strings.Replace(o[2], "/MediaBox", "/CropBox[40 40 560 760]/MediaBox", 1)
		return o
	}
	form := func(box, content string) objects {
		return onePage("q 2 0 0 2 0 0 cm /X Do Q "+seen, winAnsi, "/XObject<</X 6 0 R>>",
			stream("/Subtype/Form/Matrix[0 1 -1 0 300 0]"+box, content))
	}
	const inForm = "BT /F 10 Tf 1 0 0 1 50 60 Tm (^) Tj ET"
	for name, c := range map[string]struct {
		doc  objects
		hits int
	}{
		"below the crop box":                {cropped(seen + "BT /F 10 Tf 1 0 0 1 100 20 Tm (^) Tj ET"), 1},
		"left of the crop box":              {cropped(seen + "BT /F 10 Tf 1 0 0 1 30 400 Tm (^) Tj ET"), 1},
		"on the edge of the crop box":       {cropped(seen + "BT /F 10 Tf 1 0 0 1 38 400 Tm (^) Tj ET"), 2},
		"within a turned form":              {form("/BBox[0 0 100 100]", inForm), 2},
		"corners in another order":          {form("/BBox[100 0 0 100]", inForm), 2},
		"cut off by a turned form":          {form("/BBox[0 0 100 40]", inForm), 1},
		"cut off by a form, and the next":   {form("/BBox[0 0 100 40]", inForm+" q BT /F 10 Tf 1 0 0 1 50 10 Tm (^) Tj ET Q"), 2},
		"form whose box is not in its page": {form("/BBox[5000 0 6000 100]", inForm), 1},
		"form without a box":                {form("", inForm), 2},
	} {
		t.Run(name, func(t *testing.T) {
			hits, err := text.Find(open(t, c.doc.file()), "^", text.Limits{})
			require.NoError(t, err)
			assert.Len(t, hits, c.hits)
		})
	}
}
