package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// read reads the first page.
func read(t testing.TB, doc *pdf.Document) *text.Page {
	t.Helper()
	page, err := text.Read(doc, 0, pdf.Rect{}, text.Limits{})
	require.NoError(t, err)
	return page
}

// TestCovers looks at where covers end, in font sizes of 10 points around a tag
// whose baseline begins at 100, 700.
func TestCovers(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    pdf.Rect
	}{
		"alone": {"(^) Tj", pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.69, URY: 709}},
		"under letters that reach into its font's box": {"(^) Tj 0 10.5 Td (g) Tj", pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.69, URY: 710.5 - 2.2}},
		"under letters that end above it":              {"(^) Tj 0 10.5 Td (a) Tj", pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.69, URY: 709}},
		"over capitals":                                {"(^) Tj 0 -9.8 Td (B) Tj", pdf.Rect{LLX: 98, LLY: 698.2, URX: 106.69, URY: 709}},
		"between brackets":                             {"(^\\)) Tj -3.33 0 Td (\\() Tj", pdf.Rect{LLX: 100, LLY: 697.5, URX: 104.69, URY: 709}},
		"beside white space":                           {"(^ ) Tj", pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.69, URY: 709}},
		"drawn twice to look bold":                     {"(^) Tj 0.3 0 Td (^) Tj", pdf.Rect{LLX: 98, LLY: 697.5, URX: 106.99, URY: 709}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 10 Tf 100 700 Td "+c.content+" ET", winAnsi, "").file())
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
	t.Run("more work than any letter", func(t *testing.T) {
		doc := open(t, onePage("BT /F 10 Tf "+strings.Repeat("1 0 0 1 0 700 Tm ("+strings.Repeat("x", 100)+") Tj ", 501)+"ET", winAnsi, "").file())
		_, err := read(t, doc).Covers(make([]pdf.Rect, 1000))
		require.ErrorIs(t, err, text.ErrLimit)
	})
	t.Run("a tag that is not there", func(t *testing.T) {
		tag := pdf.Rect{LLX: 1, LLY: 2, URX: 3, URY: 4}
		got, err := read(t, open(t, onePage("", winAnsi, "").file())).Covers([]pdf.Rect{tag})
		require.NoError(t, err)
		require.Equal(t, []pdf.Rect{tag}, got)
	})
}
