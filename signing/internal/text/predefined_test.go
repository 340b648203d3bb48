package text_test

import (
	"fmt"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// inUTF16 writes a string of a predefined Unicode CMap.
func inUTF16(s string) string {
	out := "<"
	for _, u := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04X", u)
	}
	return out + ">"
}

// TestWidthsOfPredefinedCMaps: W is by CID, which the CMap gives and the document
// does not hold. A font of the collection gives two widths; the rest is 1000.
func TestWidthsOfPredefinedCMaps(t *testing.T) {
	for name, c := range map[string]struct {
		encoding, widths, shown, tag string
		want                         one
	}{
		"Adobe-GB1":                           {"UniGB-UCS2-H", "[1 95 500]", "ab^", "^", one{110, 700, 5, 10}},
		"Adobe-GB1, in UTF-16":                {"UniGB-UTF16-H", "[1 95 500]", "a~^", "^", one{110, 700, 5, 10}},
		"Adobe-CNS1":                          {"UniCNS-UCS2-H", "[1 62 600 63 63 500 64 95 600]", "ab^", "^", one{112, 700, 5, 10}},
		"Adobe-Korea1":                        {"UniKS-UTF16-H", "[1 94 500 95 95 700]", "~^", "^", one{107, 700, 5, 10}},
		"Adobe-Japan1":                        {"UniJIS-UCS2-H", "[1 95 500 97 97 300]", "\\~^", "^", one{108, 700, 5, 10}},
		"Adobe-Japan1, in UTF-16":             {"UniJIS-UTF16-H", "[1 93 500 94[330] 95 98 1 99[260] 100[440]]", "|}~^", "^", one{110.3, 700, 5, 10}},
		"Adobe-Japan1 of 2004":                {"UniJIS2004-UTF16-H", "[1 95 500 97 97 300]", "\\^", "^", one{103, 700, 5, 10}},
		"half an em wide":                     {"UniJIS-UCS2-HW-H", "[1 95 300 231 632 500 8719[400]]", "\\~^", "^", one{109, 700, 5, 10}},
		"beyond ASCII there is the default":   {"UniGB-UCS2-H", "[1 95 500 28450[100]]", "漢^", "^", one{110, 700, 5, 10}},
		"a CMap that is none of these":        {"UniHojo-UCS2-H", "[1 95 500]", "a^", "^", one{110, 700, 10, 10}},
		"a control character has the default": {"UniGB-UCS2-H", "[0 95 500]", "\x1f^", "^", one{110, 700, 5, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 10 Tf 100 700 Td "+inUTF16(c.shown)+" Tj ET",
				"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/"+c.encoding+"/DescendantFonts[6 0 R]>>", "",
				"<</Type/Font/Subtype/CIDFontType0/BaseFont/X/W"+c.widths+">>").file())
			hits, err := text.Find(doc, c.tag, text.Limits{})
			require.NoError(t, err)
			require.Len(t, hits, 1)
			assert.InDelta(t, c.want.x, hits[0].Rect.LLX, 0.005)
			assert.InDelta(t, c.want.width, hits[0].Rect.URX-hits[0].Rect.LLX, 0.005)
		})
	}
}
