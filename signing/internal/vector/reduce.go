package vector

import (
	"image"
	"math"
)

// within returns the picture with at most so many pixels each way; itself where
// it has no more. A pixel of the smaller picture is the mean of the area that it
// takes the place of.
func (img *Image) within(width, height float64) *Image {
	w := min(img.width, max(1, int(math.Ceil(width))))
	h := min(img.height, max(1, int(math.Ceil(height))))
	if w == img.width && h == img.height {
		return img
	}
	out := &Image{w, h, image.NewNRGBA(image.Rect(0, 0, w, h)), img.opaque}
	columns, rows := shares(img.width, w), shares(img.height, h)
	sums := make([][4]float64, w)
	for y, s := range rows {
		clear(sums)
		for from := s.first(); s.part(from) > 0; from++ {
			img.addRow(sums, columns, from, s.part(from))
		}
		for x, sum := range sums {
			if a := sum[3]; a > 0 {
				to := out.pixels.Pix[out.pixels.PixOffset(x, y):]
				to[0], to[1], to[2], to[3] = uint8(sum[0]/a+0.5), uint8(sum[1]/a+0.5), uint8(sum[2]/a+0.5), uint8(a+0.5)
			}
		}
	}
	return out
}

// addRow adds a part of a row of pixels to the sums: the colours times the
// opacity, and the opacity.
func (img *Image) addRow(sums [][4]float64, columns []share, y int, part float64) {
	row := img.pixels.Pix[y*img.pixels.Stride:][:4*img.width]
	for x, s := range columns {
		var r, g, b, a float64
		for from := s.first(); 4*from < len(row); from++ {
			of := s.part(from)
			if of <= 0 {
				break
			}
			p := row[4*from : 4*from+4]
			of *= float64(p[3])
			r, g, b, a = r+of*float64(p[0]), g+of*float64(p[1]), b+of*float64(p[2]), a+of
		}
		sum := &sums[x]
		sum[0], sum[1], sum[2], sum[3] = sum[0]+part*r, sum[1]+part*g, sum[2]+part*b, sum[3]+part*a
	}
}

// share is what one of fewer pixels takes of the many, each of which is so much
// of it.
type share struct{ low, high, each float64 }

func shares(many, fewer int) []share {
	out := make([]share, fewer)
	size := float64(many) / float64(fewer)
	for i := range out {
		low, high := float64(i)*size, math.Min(float64(i+1)*size, float64(many))
		out[i] = share{low, high, 1 / (high - low)}
	}
	return out
}

// first is the first of the many pixels that the share has a part of.
func (s share) first() int { return int(s.low) }

// part is how much of the share lies in pixel p; all parts are 1 together.
func (s share) part(p int) float64 {
	return (min(s.high, float64(p+1)) - max(s.low, float64(p))) * s.each
}
