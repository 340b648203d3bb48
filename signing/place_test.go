package signing_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func TestPlacements(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	rect := signing.Rect{X: 20, Y: 20, Width: 200, Height: 80}
	at := func(f func(*signing.Placement)) signing.Placement {
		p := signing.Placement{Anchor: "^", Width: 200, Height: 80}
		f(&p)
		return p
	}
	tests := []struct {
		name  string
		place signing.Placement
		want  error
	}{
		{"no such page", signing.Placement{Page: 99, Rect: rect}, signing.ErrNoPage},
		{"page before the first", signing.Placement{Page: -99, Rect: rect}, signing.ErrNoPage},
		{"rectangle without page", signing.Placement{Rect: rect}, signing.ErrNoPage},
		{"left of the page", signing.Placement{Page: 1, Rect: signing.Rect{X: -30, Width: 200, Height: 80}}, signing.ErrOutsidePage},
		{"over the top", signing.Placement{Page: 1, Rect: signing.Rect{Y: 800, Width: 200, Height: 80}}, signing.ErrOutsidePage},
		{"without size", signing.Placement{Page: 1}, signing.ErrPlacement},
		{"not a number", signing.Placement{Page: 1, Rect: signing.Rect{X: math.NaN(), Width: 200, Height: 80}}, signing.ErrPlacement},
		{"endless", signing.Placement{Page: 1, Rect: signing.Rect{Width: math.Inf(1), Height: 80}}, signing.ErrPlacement},
		{"page and anchor", at(func(p *signing.Placement) { p.Page = 1 }), signing.ErrPlacement},
		{"anchor without size", at(func(p *signing.Placement) { p.Width = 0 }), signing.ErrPlacement},
		{"unknown choice", at(func(p *signing.Placement) { p.Which = 9 }), signing.ErrPlacement},
		{"choice without anchor", signing.Placement{Page: 1, Rect: rect, Which: signing.LastTag}, signing.ErrPlacement},
		{"no tag", at(func(p *signing.Placement) { p.Anchor = "${ttd_pengirim}" }), signing.ErrTagNotFound},
		{"a tag with white space", at(func(p *signing.Placement) { p.Anchor = "a b" }), signing.ErrPlacement},
		{"tag twice", at(func(p *signing.Placement) { p.Anchor, p.Width, p.Height = "Contoh", 60, 40 }), signing.ErrTagAmbiguous},
		{"block at the tag leaves the page", at(func(p *signing.Placement) { p.Width = 580 }), signing.ErrOutsidePage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.ErrorIs(t, refused(t, letter, signing.Options{Block: block(), Placement: tt.place}), tt.want)
		})
	}
	t.Run("a block too small to read", func(t *testing.T) {
		tiny := signing.Placement{Page: 1, Rect: signing.Rect{Width: 20, Height: 8}}
		require.ErrorIs(t, refused(t, letter, signing.Options{Block: block(), Placement: tiny}), appearance.ErrTooSmall)
	})
	t.Run("a place but nothing to show", func(t *testing.T) {
		require.ErrorIs(t, refused(t, letter, signing.Options{Placement: corner}), signing.ErrPlacement)
	})
	t.Run("a block but nowhere to show it", func(t *testing.T) {
		require.ErrorIs(t, refused(t, letter, signing.Options{Block: block()}), signing.ErrPlacement)
	})
}

// TestAnchor places the block at the letter's tag in each way.
func TestAnchor(t *testing.T) {
	letter := producer(t, "chrome.pdf")
	key := person(t, "Budi Contoh", p256())
	place := func(align signing.Align, which signing.Which, tag string) signing.Receipt {
		_, r, err := sign(t, letter, signing.Options{Key: key, Block: block(),
			Placement: signing.Placement{Anchor: tag, Width: 160, Height: 60, Align: align, Which: which}})
		require.NoError(t, err)
		return r
	}
	top, mid, bottom := place(signing.AlignTopLeft, 0, "^"), place(signing.AlignCenter, 0, "^"), place(signing.AlignBottomLeft, 0, "^")
	require.Equal(t, top.Page, bottom.Page)
	require.InDelta(t, top.Rect.X, bottom.Rect.X, 0.001)
	require.InDelta(t, 60, bottom.Rect.Y-top.Rect.Y, 25, "the tag's height lies between")
	require.InDelta(t, (top.Rect.Y+bottom.Rect.Y)/2, mid.Rect.Y, 0.001)
	require.Less(t, mid.Rect.X, top.Rect.X)
	first, last := place(0, signing.FirstTag, "Contoh"), place(0, signing.LastTag, "Contoh")
	require.NotEqual(t, first.Rect, last.Rect)
}

// TestTagIsAWholeWord: "ttd1" is not the beginning of "ttd10", whichever is
// asked for.
func TestTagIsAWholeWord(t *testing.T) {
	letter := page("BT /F 11 Tf 60 700 Td (ttd1) Tj 0 -200 Td (ttd10) Tj 0 -200 Td (ttd2x) Tj ET", "")
	for _, which := range []signing.Which{signing.OnlyTag, signing.FirstTag, signing.LastTag} {
		place := atTag("ttd1")
		place.Which = which
		_, r, err := sign(t, letter, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: place})
		require.NoError(t, err)
		require.InDelta(t, 629, r.Rect.Y, 2, "%d", which)
	}
	require.ErrorIs(t, refused(t, letter, signing.Options{Block: block(), Placement: atTag("ttd2")}), signing.ErrTagNotFound)
}

// TestRotatedPages checks by a renderer of its own that a block at one place of
// the page as shown is there and upright, whatever the page's rotation and
// boxes.
func TestRotatedPages(t *testing.T) {
	pdftoppm := tool(t, "pdftoppm")
	for _, tt := range []struct {
		name, page string
		unit       float64 // which the renderer does not know
	}{
		{"upright", "/MediaBox [0 0 595 842]", 1},
		{"turned by 90", "/MediaBox [0 0 595 842] /Rotate 90", 1},
		{"turned by 180", "/MediaBox [0 0 595 842] /Rotate 180", 1},
		{"turned by -90", "/MediaBox [0 0 595 842] /Rotate -90", 1},
		{"crop box off the origin", "/MediaBox [0 0 595 842] /CropBox [50 60 550 800]", 1},
		{"turned, cropped and off the origin", "/MediaBox [-100 -50 500 750] /CropBox [-90 -20 480 700] /Rotate 90", 1},
		{"larger units", "/MediaBox [0 0 300 420] /UserUnit 2", 2},
		{"larger units, turned by -90", "/MediaBox [10 20 300 420] /UserUnit 1.5 /Rotate 270", 1.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, r, err := sign(t, blank(tt.page), signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(),
				Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}})
			require.NoError(t, err)
			require.Equal(t, 1, r.Page)
			file := write(t, out)
			text, code := run(t, pdftoppm, "-r", "72", "-gray", "-cropbox", "-singlefile", file, file)
			require.Zero(t, code, text)
			img, err := os.ReadFile(file + ".pgm")
			require.NoError(t, err)
			var w, h, depth int
			_, err = fmt.Sscanf(string(img[:20]), "P5\n%d %d\n%d\n", &w, &h, &depth)
			require.NoError(t, err)
			pixels := img[len(img)-w*h:]
			left, right, top, bottom, dark := w, 0, h, 0, [2]int{}
			for i, v := range pixels {
				if v > 128 {
					continue
				}
				x, y := i%w, i/w
				left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
				half := 0
				if float64(x)*tt.unit > 30+80 {
					half = 1
				}
				dark[half]++
			}
			require.GreaterOrEqual(t, float64(left), math.Floor(30/tt.unit))
			require.LessOrEqual(t, float64(right), math.Ceil(230/tt.unit))
			require.GreaterOrEqual(t, float64(top), math.Floor(float64(h)-120/tt.unit))
			require.LessOrEqual(t, float64(bottom), math.Ceil(float64(h)-40/tt.unit))
			require.Greater(t, right-left, bottom-top, "it lies")
			require.Greater(t, dark[0], 4*dark[1], "the QR code is at the left")
		})
	}
}

func rectangle(v ...int64) pdf.Array {
	var a pdf.Array
	for _, n := range v {
		a = append(a, pdf.Integer(n))
	}
	return a
}

// TestLastOfManyTags: a letter full of a tag still has a first and a last one.
func TestLastOfManyTags(t *testing.T) {
	var content strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&content, "1 0 0 1 %d %d Tm (#) Tj ", 60+i%30*8, 700-i/30*8)
	}
	letter := page("BT /F 8 Tf "+content.String()+"ET", "")
	for which, y := range map[signing.Which]float64{signing.FirstTag: 627, signing.LastTag: 315} {
		place := atTag("#")
		place.Which = which
		_, r, err := sign(t, letter, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: place})
		require.NoError(t, err)
		require.InDelta(t, y, r.Rect.Y, 2, "%d", which)
	}
	require.ErrorIs(t, refused(t, letter, signing.Options{Block: block(), Placement: atTag("#")}), signing.ErrTagAmbiguous)
	all := atTag("#")
	all.Which = signing.AllTags
	_, _, err := prepareLetter(letter, signing.LetterOptions{Roles: []signing.LetterRole{{Role: "camat", Placement: all}}})
	require.ErrorIs(t, err, signing.ErrLimit)
}
