package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// What follows an inline image is found, what looks like text within it is not.
func TestInlineImages(t *testing.T) {
	const after = " Q BT /F 10 Tf 100 700 Td (^) Tj ET"
	for name, image := range map[string]string{
		"raw, EI right behind":          "BI /W 1 /H 1 /BPC 8 /CS /G ID \x41EI",
		"raw, rows in whole bytes":      "BI /W 9 /H 2 /IM true ID \x00EI EI",
		"raw, an EI in its data":        "BI /Width 5 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB ID 0 EI Q(^)Tj    EI",
		"raw, palette":                  "BI /W 4 /H 1 /BPC 8 /CS [/I /RGB 1 <000000FFFFFF>] ID \x00 EIEI",
		"of a stated length":            "BI /W 1 /H 1 /F /Fl /L 9 ID x EI Q  yEI",
		"hexadecimal, EI right behind":  "BI /W 1 /H 1 /BPC 8 /CS /G /F /AHx ID 41>EI",
		"base 85, EI right behind":      "BI /W 1 /H 1 /BPC 8 /CS /G /F [/A85] ID 5l~>EI",
		"base 85, an EI ends a line":    "BI /W 1 /H 1 /BPC 8 /CS /G /F /ASCII85Decode ID 5lEI\n(^)Tj 5l5l5l5l~>\nEI",
		"compressed, EI right behind":   "BI /W 1 /H 1 /F /Fl ID \x9c\x01EI",
		"a length that is wrong":        "BI /W 3 /H 3 /BPC 8 /CS /RGB ID \x41\x41 EI",
		"a size that no picture has":    "BI /W 9223372036854775807 /H 2 /BPC 8 /CS /G ID \x41 EI",
		"without data":                  "BI EI",
		"the next string is binary":     "BI /W 1 /H 1 /F /Fl ID \x9c\x01 EI BT /F 9 Tf (\x01\x02) Tj ET",
		"nothing printable after an EI": "BI /W 1 /H 1 /F /Fl ID \x9c\x01 EI\n% \x01\x02\n",
	} {
		t.Run(name, func(t *testing.T) {
			hits, err := text.Find(open(t, onePage("q "+image+after, winAnsi, "").file()), "^", text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			assert.InDelta(t, 100, hits[0].Rect.LLX, 0.01)
		})
	}
}

// A search that reaches the end is not made again for each of many images.
func TestManyInlineImages(t *testing.T) {
	for _, image := range []string{"BI ID EI\x01", "BI/F/A85 ID ", "BI/F/AHx ID ", "BI/W 1/H 1/BPC 8/CS/G ID xEI ", "BI ID "} {
		doc := open(t, onePage(strings.Repeat(image, 200_000), winAnsi, "").file())
		budgettest.File.Keep(t, func() {
			hits, err := text.Find(doc, "^", text.Limits{})
			require.NoError(t, err)
			assert.Empty(t, hits)
		})
	}
}
