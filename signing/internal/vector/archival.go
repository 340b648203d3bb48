package vector

import (
	"image"
	"image/color"
	"image/draw"
)

// Archival returns the form as PDF/A-1 allows it (ISO 19005-1, 6.4 and
// 6.3.5): pictures are laid on white instead of having a soft mask, and each
// font lists the characters of its subset.
func (f *Form) Archival() *Form {
	flat := &Form{width: f.width, height: f.height, archival: true, ops: make([]op, len(f.ops))}
	done := map[*Image]*Image{}
	for i, o := range f.ops {
		if p, ok := o.(picture); ok && !p.image.opaque {
			if done[p.image] == nil {
				done[p.image] = p.image.onWhite()
			}
			p.image = done[p.image]
			o = p
		}
		flat.ops[i] = o
	}
	return flat
}

func (img *Image) onWhite() *Image {
	out := *img
	out.pixels = image.NewNRGBA(img.pixels.Rect)
	draw.Draw(out.pixels, out.pixels.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out.pixels, out.pixels.Rect, img.pixels, img.pixels.Rect.Min, draw.Over)
	out.opaque = true
	return &out
}

// cidSet is the bit map of the characters 0 to n-1, all of which are in the
// subset (ISO 32000-1, table 124).
func cidSet(n int) []byte {
	out := make([]byte, (n+7)/8)
	for i := range n {
		out[i/8] |= 0x80 >> (i % 8)
	}
	return out
}
