package signing_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// twoPages has pages of different sizes.
var twoPages = raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
	"<< /Type /Page /Parent 2 0 R /Resources << >> /MediaBox [0 0 595 842] >>",
	"<< /Type /Page /Parent 2 0 R /Resources << >> /MediaBox [0 0 600 900] /CropBox [50 100 550 800] /Rotate 90 >>")

func TestPlacementFromAnyCornerAndEnd(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	v1, err := signing.PlacementV1(1, 141.9, 191.1, 410.2, 252.2)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		at   signing.Placement
		page int
		want signing.Rect
	}{
		"lower left":  {signing.Placement{Page: 1, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}, 1, signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}},
		"lower right": {signing.Placement{Page: 1, Corner: signing.BottomRight, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}, 1, signing.Rect{X: 365, Y: 40, Width: 200, Height: 80}},
		"upper left":  {signing.Placement{Page: 1, Corner: signing.TopLeft, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}, 1, signing.Rect{X: 30, Y: 722, Width: 200, Height: 80}},
		"upper right": {signing.Placement{Page: 1, Corner: signing.TopRight, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}, 1, signing.Rect{X: 365, Y: 722, Width: 200, Height: 80}},
		"last page, turned and cropped": {signing.Placement{Page: signing.LastPage, Corner: signing.TopRight, Rect: signing.Rect{X: 0, Y: 0, Width: 200, Height: 80}}, 2,
			signing.Rect{X: 500, Y: 420, Width: 200, Height: 80}},
		"last but one": {signing.Placement{Page: -2, Rect: signing.Rect{Width: 200, Height: 80}}, 1, signing.Rect{Width: 200, Height: 80}},
		"version 1":    {v1, 1, signing.Rect{X: 141.9, Y: 191.1, Width: 268.3, Height: 61.1}},
		"version 2":    {signing.PlacementV2(1, 30.9843, 30.2047, 200, 80), 1, signing.Rect{X: 30.9843, Y: 842 - 30.2047 - 80, Width: 200, Height: 80}},
	} {
		t.Run(name, func(t *testing.T) {
			_, r, err := sign(t, twoPages, signing.Options{Key: key, Block: block(), Placement: c.at})
			require.NoError(t, err)
			require.Equal(t, c.page, r.Page)
			require.InDeltaSlice(t, []float64{c.want.X, c.want.Y, c.want.Width, c.want.Height}, []float64{r.Rect.X, r.Rect.Y, r.Rect.Width, r.Rect.Height}, 1e-6)
		})
	}
	for name, v := range map[string][4]float64{
		"sizes, as many applications send": {300, 40, 80, 80}, "corners in the wrong order": {100, 200, 50, 300}, "no number": {0, 0, math.NaN(), 1},
	} {
		_, err := signing.PlacementV1(1, v[0], v[1], v[2], v[3])
		require.ErrorIs(t, err, signing.ErrPlacement, name)
	}
	require.ErrorIs(t, refused(t, twoPages, signing.Options{Block: block(), Placement: signing.Placement{Page: 1, Corner: 9, Rect: corner.Rect}}), signing.ErrPlacement)
	require.ErrorIs(t, refused(t, twoPages, signing.Options{Block: block(), Placement: signing.Placement{Anchor: "^", Corner: 1, Width: 200, Height: 80}}), signing.ErrPlacement)
}

// TestAlignments checks which point of the block lies on the tag, half a point
// of edge included.
func TestAlignments(t *testing.T) {
	in := page("BT /F 10 Tf 300 400 Td (XX) Tj ET", "")
	key := person(t, "Budi Contoh", p256())
	at := func(a signing.Align) signing.Rect {
		_, r, err := sign(t, in, signing.Options{Key: key, Block: block(),
			Placement: signing.Placement{Anchor: "XX", Width: 200, Height: 80, Align: a}})
		require.NoError(t, err)
		return r.Rect
	}
	corner := at(signing.AlignBottomLeft)
	opposite := at(signing.AlignTopRight)
	w, h := opposite.X+200-corner.X, opposite.Y+80-corner.Y // of the tag
	require.InDelta(t, 300-0.5, corner.X, 0.01)
	require.InDelta(t, 13.34+1, w, 0.01, "two X of Helvetica")
	require.InDelta(t, 10+1, h, 3)
	for a, want := range map[signing.Align][2]float64{
		signing.AlignTopLeft: {0, h - 80}, signing.AlignTop: {(w - 200) / 2, h - 80}, signing.AlignTopRight: {w - 200, h - 80},
		signing.AlignLeft: {0, (h - 80) / 2}, signing.AlignCenter: {(w - 200) / 2, (h - 80) / 2}, signing.AlignRight: {w - 200, (h - 80) / 2},
		signing.AlignBottomLeft: {0, 0}, signing.AlignBottom: {(w - 200) / 2, 0}, signing.AlignBottomRight: {w - 200, 0},
	} {
		got := at(a)
		require.InDelta(t, corner.X+want[0], got.X, 0.01, "align %d", a)
		require.InDelta(t, corner.Y+want[1], got.Y, 0.01, "align %d", a)
	}
}
