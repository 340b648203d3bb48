package signing_test

import (
	"fmt"
	"image"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"

	"github.com/sertel-id/sertel/signing"
)

// TestCoverHidesTheTagAlone compares a prepared letter, dot by dot, with the
// same letter written without its tag.
func TestCoverHidesTheTagAlone(t *testing.T) {
	lines := func(tag string, lead float64, name string) string {
		return fmt.Sprintf("BT /F 11 Tf %g TL 100 500 Td (Kepala Bagian Pengujian gypqj,) Tj T* (%s) Tj T* (%s, S.T., M.Kom.) Tj ET", lead, tag, name)
	}
	const accents, plain = "\\301\\311 BUDI CONTOH", "BUDI CONTOH"
	for name, c := range map[string]struct{ tag, with, without string }{
		"lines as word processors space them": {"${ttd_pengirim1}", lines("${ttd_pengirim1}", 12.65, accents), lines("", 12.65, accents)},
		"lines set closer than the font asks": {"${ttd_pengirim1}", lines("${ttd_pengirim1}", 11.6, plain), lines("", 11.6, plain)},
		"one character between lines":         {"^", lines("^", 12.65, accents), lines("", 12.65, accents)},
		"between brackets": {"^", "BT /F 11 Tf 100 500 Td (gjpqy\\(^\\)gypqj) Tj ET",
			"BT /F 11 Tf 100 500 Td [(gjpqy\\() -469 (\\)gypqj)] TJ ET"},
		"text that runs upwards": {"${ttd}", "BT /F 11 Tf 0 1 -1 0 100 300 Tm (gjpqy ) Tj (${ttd}) Tj ( gypqj) Tj 1 0 0 1 102.5 300 Tm 0 1 -1 0 113 300 Tm (Pengujian) Tj ET",
			"BT /F 11 Tf 0 1 -1 0 100 300 Tm (gjpqy ) Tj [-2336] TJ ( gypqj) Tj 1 0 0 1 102.5 300 Tm 0 1 -1 0 113 300 Tm (Pengujian) Tj ET"},
		"in a cell with rules around": {"${ttd}", "0.5 w 97 496.5 60 14 re S BT /F 11 Tf 100 500 Td (${ttd}) Tj ET", "0.5 w 97 496.5 60 14 re S"},
		"slanted":                     {"ttd_f", "BT /F 11 Tf 1 0 0.25 1 100 500 Tm (ttd_f) Tj ET", ""},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := prepareLetter(printed(t, c.with), signing.LetterOptions{Roles: []signing.LetterRole{
				{Role: "camat", Placement: signing.Placement{Anchor: c.tag, Width: 30, Height: 10}}}})
			require.NoError(t, err)
			for _, dpi := range []int{96, 150} {
				want := render(t, printed(t, c.without), dpi)
				assert.Zero(t, differing(want, render(t, out, dpi)), "%d dpi", dpi)
			}
		})
	}
}

// printed is a page like [page] with its font embedded, so that every renderer
// shows it with the strokes that its widths are for.
func printed(t testing.TB, content string) []byte {
	t.Helper()
	file, err := os.ReadFile("appearance/font/LiberationSans-Regular.ttf")
	require.NoError(t, err)
	font, err := sfnt.Parse(file)
	require.NoError(t, err)
	var widths strings.Builder
	for c := range 256 {
		g, err := font.GlyphIndex(nil, charmap.Windows1252.DecodeByte(byte(c)))
		require.NoError(t, err)
		w, err := font.GlyphAdvance(nil, g, fixed.I(1000), 0)
		require.NoError(t, err)
		fmt.Fprintf(&widths, "%d ", w.Round())
	}
	return raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /TrueType /BaseFont /LiberationSans /Encoding /WinAnsiEncoding /FirstChar 0 /LastChar 255 /Widths ["+widths.String()+
			"] /FontDescriptor << /Type /FontDescriptor /FontName /LiberationSans /Flags 32 /Ascent 905 /Descent -212 /CapHeight 729 /ItalicAngle 0 /StemV 80 /FontBBox [-544 -303 1302 980] /FontFile2 6 0 R >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(file), file))
}

// differing counts the dots in which two pictures differ to the eye.
func differing(a, b image.Image) int {
	const faint = 40 << 8 // of 255: renderers put characters and edges on parts of dots
	n := 0
	for y := range a.Bounds().Max.Y {
		for x := range a.Bounds().Max.X {
			v, _, _, _ := a.At(x, y).RGBA()
			w, _, _, _ := b.At(x, y).RGBA()
			if max(v, w)-min(v, w) > faint {
				n++
			}
		}
	}
	return n
}
