package vector

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"
	raster "golang.org/x/image/vector"
)

// MaxPixels bounds the pictures that Render makes.
const MaxPixels = 16 << 20

// Render draws the form at a resolution in dots per inch. What the form does
// not paint stays transparent. It returns ErrImage for more than MaxPixels.
func (f *Form) Render(dpi float64) (*image.NRGBA, error) {
	scale := dpi / 72
	const slack = 1e-6 // pixels: rounding of the scale
	w, h := math.Ceil(f.width*scale-slack), math.Ceil(f.height*scale-slack)
	if !(w >= 1 && h >= 1 && w*h <= MaxPixels) {
		return nil, fmt.Errorf("%w: %g x %g pixels, at most %d in all", ErrImage, w, h, MaxPixels)
	}
	c := &canvas{
		pix:   image.NewRGBA(image.Rect(0, 0, int(w), int(h))),
		scale: scale,
		top:   f.height,
	}
	for _, o := range f.ops {
		if err := c.draw(o); err != nil {
			return nil, err
		}
	}
	out := image.NewNRGBA(c.pix.Rect)
	draw.Draw(out, out.Rect, c.pix, image.Point{}, draw.Src)
	return out, nil
}

// canvas turns points, y upwards, into pixels, y downwards.
type canvas struct {
	pix   *image.RGBA
	scale float64
	top   float64
	mask  raster.Rasterizer
	from  image.Point // pixel that the mask starts at
	buf   sfnt.Buffer
}

func (c *canvas) draw(o op) error {
	switch o := o.(type) {
	case fillRect:
		c.path(o.color, o.x, o.y, o.w, o.h, func() { c.rect(o.x, o.y, o.w, o.h) })
	case textRun:
		return c.text(o)
	case qrCode:
		c.qr(o)
	case picture:
		c.picture(o)
	}
	return nil
}

// path fills what build adds to the mask, all of it within the given rectangle.
func (c *canvas) path(col Color, x, y, w, h float64, build func()) {
	bounds := image.Rect(
		int(math.Floor(x*c.scale)), int(math.Floor((c.top-y-h)*c.scale)),
		int(math.Ceil((x+w)*c.scale)), int(math.Ceil((c.top-y)*c.scale)),
	).Intersect(c.pix.Rect)
	if bounds.Empty() {
		return
	}
	c.from = bounds.Min
	c.mask.Reset(bounds.Dx(), bounds.Dy())
	build()
	c.mask.Draw(c.pix, bounds, image.NewUniform(color.RGBA{col.R, col.G, col.B, 255}), image.Point{})
}

// at returns a point's place in the mask.
func (c *canvas) at(x, y float64) (float32, float32) {
	return float32(x*c.scale - float64(c.from.X)), float32((c.top-y)*c.scale - float64(c.from.Y))
}

func (c *canvas) polygon(points ...[2]float64) {
	c.mask.MoveTo(c.at(points[0][0], points[0][1]))
	for _, p := range points[1:] {
		c.mask.LineTo(c.at(p[0], p[1]))
	}
	c.mask.ClosePath()
}

func (c *canvas) rect(x, y, w, h float64) {
	c.polygon([2]float64{x, y}, [2]float64{x + w, y}, [2]float64{x + w, y + h}, [2]float64{x, y + h})
}

func (c *canvas) qr(q qrCode) {
	n := q.code.Modules()
	side := float64(n) * q.module
	c.path(Black, q.x, q.y, side, side, func() {
		q.code.runs(func(x, y, length int) {
			c.rect(q.x+float64(x)*q.module, q.y+float64(n-1-y)*q.module, float64(length)*q.module, q.module)
		})
	})
}

// text fills the glyphs' outlines, one glyph at a time: outlines that overlap
// would cut holes into each other.
func (c *canvas) text(t textRun) error {
	x, em := t.x, t.size/float64(t.font.upem)
	box := t.font.bbox
	for _, ch := range t.text {
		segments, err := t.font.sfnt.LoadGlyph(&c.buf, sfnt.GlyphIndex(ch.glyph), fixed.I(t.font.upem), nil)
		if err != nil {
			return fmt.Errorf("%w: glyph of %U: %v", ErrFont, ch.r, err)
		}
		c.path(t.color, x+float64(box[0])*em, t.y+float64(box[1])*em,
			float64(box[2]-box[0])*em, float64(box[3]-box[1])*em,
			func() { c.outline(segments, x, t.y, em) })
		x += float64(t.font.glyphAdvance(ch.glyph)) * em
	}
	return nil
}

// outline adds a glyph whose segments are in font units, y downwards.
func (c *canvas) outline(segments sfnt.Segments, x, y, scale float64) {
	at := func(p fixed.Point26_6) (float32, float32) {
		return c.at(x+float64(p.X)/64*scale, y-float64(p.Y)/64*scale)
	}
	for _, s := range segments {
		ax, ay := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			c.mask.ClosePath()
			c.mask.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			c.mask.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			c.mask.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := at(s.Args[1])
			ex, ey := at(s.Args[2])
			c.mask.CubeTo(ax, ay, bx, by, ex, ey)
		}
	}
	c.mask.ClosePath()
}

func (c *canvas) picture(p picture) {
	sx := p.w * c.scale / float64(p.image.width)
	sy := p.h * c.scale / float64(p.image.height)
	m := f64.Aff3{sx, 0, p.x * c.scale, 0, sy, (c.top - p.y - p.h) * c.scale}
	draw.CatmullRom.Transform(c.pix, m, p.image.pixels, p.image.pixels.Rect, draw.Over, nil)
}
