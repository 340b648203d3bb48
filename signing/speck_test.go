package signing_test

import (
	"image"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestTagLeavesNoSpeck looks, at the resolutions of screens, for what is left of
// a tag along the upper and left edge of the block that stands on it.
func TestTagLeavesNoSpeck(t *testing.T) {
	tags, resolutions := []string{"$"}, []int{72}
	if os.Getenv("SERTEL_CI") == "1" {
		tags, resolutions = []string{"$", "#", "^", "|", "Ttd", "${ttd_lurah}"}, []int{50, 72, 96, 150}
	}
	const faint = 245 // of 255: nobody sees less
	for _, tag := range tags {
		t.Run(tag, func(t *testing.T) {
			in := page("BT /F 11 Tf 100.3 500.4 Td ("+tag+") Tj ET", "")
			place := signing.Placement{Anchor: tag, Width: 200, Height: 80}
			signed, r, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: place})
			require.NoError(t, err)
			stamped, p, err := stamp(in, signing.StampOptions{Block: block(), Placement: place})
			require.NoError(t, err)
			require.InDelta(t, r.Rect.X, p.Rect.X, 0.001)
			require.InDelta(t, r.Rect.Y, p.Rect.Y, 0.001)
			for _, dpi := range resolutions {
				dots := float64(dpi) / 72
				for name, out := range map[string][]byte{"signed": signed, "stamped": stamped} {
					img := render(t, out, dpi)
					left, top := int(r.Rect.X*dots), int(float64(img.Bounds().Max.Y)-(r.Rect.Y+r.Rect.Height)*dots)
					around := image.Rect(left-int(4*dots), top-int(4*dots), left+int(8*dots), top+int(12*dots))
					inner := image.Rect(left+2, top+2, around.Max.X, around.Max.Y)
					for y := around.Min.Y; y < around.Max.Y; y++ {
						for x := around.Min.X; x < around.Max.X; x++ {
							if g, _, _, _ := img.At(x, y).RGBA(); !image.Pt(x, y).In(inner) {
								require.GreaterOrEqual(t, g>>8, uint32(faint), "%s at %d dpi, dot %d,%d", name, dpi, x-left, y-top)
							}
						}
					}
				}
			}
		})
	}
}
