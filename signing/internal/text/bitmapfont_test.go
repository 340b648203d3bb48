package text_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// TestFindInBitmapFonts: pdfTeX names the characters of its bitmap fonts by their
// codes, and writes no ToUnicode.
func TestFindInBitmapFonts(t *testing.T) {
	for name, c := range map[string]struct {
		subtype, differences, more string
		want                       int
	}{
		"names of pdfTeX":               {"Type3", "94/a94", "", 1},
		"all characters of a text":      {"Type3", "36/a36/a37 94/a94 123/a123 133/a133", "", 1},
		"another letter":                {"Type3", "94/g94", "", 1},
		"a number that is not the code": {"Type3", "94/g17", "", 0},
		"a name among them":             {"Type3", "65/A 94/a94", "", 0},
		"a name that says it":           {"Type3", "65/A 94/asciicircum", "", 1},
		"numbers that are written long": {"Type3", "94/a094", "", 0},
		"one letter":                    {"Type3", "94/a", "", 0},
		"codes that there are not":      {"Type3", "256/a256/a256 94/a94", "", 1},
		"a font of outlines":            {"Type1", "94/a94", "", 0},
		"a ToUnicode that says more":    {"Type3", "94/a94", "/ToUnicode 6 0 R", 0},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 10 Tf 100 700 Td (^) Tj ET",
				"<</Type/Font/Subtype/"+c.subtype+"/FontMatrix[1 0 0 1 0 0]/FontBBox[0 0 0.6 0.7]/FirstChar 94/Widths[0.6]/CharProcs<<>>/Encoding<</Differences["+c.differences+"]>>"+c.more+">>", "",
				stream("", "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <5E> <0041> endbfchar")).file())
			hits, err := text.Find(doc, "^", text.Limits{})
			require.NoError(t, err)
			assert.Len(t, hits, c.want)
		})
	}
}
