package vector_test

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// embedded draws a picture into a form of so many points and returns the sizes
// in pixels with which it is in a document.
func embedded(t *testing.T, img image.Image, width, height float64) (w, h int64) {
	t.Helper()
	parsed, err := vector.ParseImage(pngOf(t, img))
	require.NoError(t, err)
	form, err := vector.New(width, height)
	require.NoError(t, err)
	form.Image(0, 0, width, height, parsed)
	file := formPage(t, form)
	doc, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Options{})
	require.NoError(t, err)
	for n := range uint32(20) {
		o, err := doc.Resolve(pdf.Ref{Num: n})
		if s, ok := o.(*pdf.Stream); err == nil && ok && s.Dict.Name("Subtype") == "Image" && s.Dict.Name("ColorSpace") == "DeviceRGB" {
			w, _ = s.Dict.Int("Width")
			h, _ = s.Dict.Int("Height")
			return w, h
		}
	}
	t.Fatal("no picture")
	return 0, 0
}

// A picture keeps the pixels that a printer shows at its size, and no more.
func TestPicturesAreReducedByTheirSize(t *testing.T) {
	for name, c := range map[string]struct {
		image         image.Point
		width, height float64
		want          [2]int64
	}{
		"a wide card at 390 dpi stays":    {image.Pt(2980, 813), 550, 150, [2]int64{2980, 813}},
		"a logo at 1,200 dpi":             {image.Pt(1000, 1000), 60, 60, [2]int64{500, 500}},
		"not by a whole number":           {image.Pt(700, 350), 72, 36, [2]int64{600, 300}},
		"a line stays one pixel high":     {image.Pt(4_000_000, 1), 72, 72, [2]int64{600, 1}},
		"a small one is not made larger":  {image.Pt(10, 10), 72, 72, [2]int64{10, 10}},
		"centred in more room than it is": {image.Pt(3000, 300), 72, 72, [2]int64{600, 60}},
	} {
		t.Run(name, func(t *testing.T) {
			w, h := embedded(t, image.NewGray(image.Rectangle{Max: c.image}), c.width, c.height)
			assert.Equal(t, c.want, [2]int64{w, h})
		})
	}
}

// What is clear has no colour of its own to mix in, and a pixel is the mean of
// those that it stands for.
func TestReducedColours(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	for y := range 20 {
		for x := range 30 {
			c := color.NRGBA{R: 200, A: 255}
			switch {
			case x >= 15: // right half: every second column is clear, and green
				c = color.NRGBA{R: 200, A: 255}
				if x%2 == 0 {
					c = color.NRGBA{G: 255}
				}
			case y >= 10:
				c = color.NRGBA{R: 100, B: 100, A: 255}
			}
			src.SetNRGBA(x, y, c)
		}
	}
	parsed, err := vector.ParseImage(pngOf(t, src))
	require.NoError(t, err)
	w, h, at := parsed.Within(10, 3)
	require.Equal(t, [2]int{10, 3}, [2]int{w, h})
	assert.Equal(t, [4]uint8{200, 0, 0, 255}, at(1, 0))
	assert.Equal(t, [4]uint8{150, 0, 50, 255}, at(1, 1), "half of each")
	assert.Equal(t, [4]uint8{100, 0, 100, 255}, at(1, 2))
	assert.Equal(t, [4]uint8{200, 0, 0, 170}, at(5, 1), "two of three")
	assert.Equal(t, [4]uint8{200, 0, 0, 85}, at(6, 1), "one of three")
}
