package signing_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// TestFrameIsWhole: renderers put a thin line on the next dot, where the edge of
// the appearance can clip it away.
func TestFrameIsWhole(t *testing.T) {
	blank, key := page("", ""), person(t, "Budi Contoh", p256())
	for _, dpi := range []int{60, 72, 96} {
		for i := range 6 {
			x, y := 100+0.37*float64(i), 500+0.43*float64(i)
			t.Run(fmt.Sprintf("%d dpi at %.2f, %.2f", dpi, x, y), func(t *testing.T) {
				out := mustSign(t, blank, signing.Options{Key: key,
					Block:     &appearance.Block{Lines: []appearance.Line{{Text: "Budi"}}, Border: true},
					Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: x, Y: y, Width: 240, Height: 80}}})
				img := render(t, out, dpi)
				line := func(left, lower, right, upper float64) int {
					s := float64(dpi) / 72
					return ink(img, image.Rect(int(left*s), int((842-upper)*s), int(right*s)+1, int((842-lower)*s)+1))
				}
				assert.Positive(t, line(x-4, y+45, x+4, y+50), "left")
				assert.Positive(t, line(x+236, y+45, x+244, y+50), "right")
				assert.Positive(t, line(x+150, y-4, x+155, y+4), "lower")
				assert.Positive(t, line(x+150, y+76, x+155, y+84), "upper")
			})
		}
	}
}
