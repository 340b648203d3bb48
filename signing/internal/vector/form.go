// Package vector draws small graphics, text and QR codes among them, once, and
// gives them out twice: as a PDF Form XObject with embedded font subsets
// ([Form.AddTo]) and as pixels ([Form.Render]).
//
// Lengths are points (1/72 inch), the origin is the lower left corner and y
// grows upwards, as in PDF user space (ISO 32000-2, 8.3.2).
package vector

import (
	"fmt"
	"math"
)

// Color is an opaque sRGB colour.
type Color struct{ R, G, B uint8 }

// Black and White are the colours of print.
var (
	Black = Color{}
	White = Color{255, 255, 255}
)

// MaxSide is the largest width or height of a form in points: the page limit
// of ISO 32000-2, annex C.
const MaxSide = 14400

// Form is a drawing of fixed size. It is not safe for concurrent use while it
// is drawn to; afterwards it may be given out by several goroutines.
type Form struct {
	width, height float64
	archival      bool // keeps the rules of PDF/A-1
	ops           []op
}

// op is one element of the drawing, in the order of painting.
type op interface{ isOp() }

type (
	fillRect struct {
		x, y, w, h float64
		color      Color
	}
	textRun struct {
		font       *Font
		size, x, y float64
		text       []char
		color      Color
	}
	qrCode struct {
		x, y, module float64
		code         *QR
	}
	picture struct {
		x, y, w, h float64
		image      *Image // at most MaxDPI
		given      *Image
	}
)

func (fillRect) isOp() {}
func (textRun) isOp()  {}
func (qrCode) isOp()   {}
func (picture) isOp()  {}

// New returns an empty form of the given size, more than 0 and at most MaxSide
// points each way.
func New(width, height float64) (*Form, error) {
	if !(width > 0 && width <= MaxSide && height > 0 && height <= MaxSide) {
		return nil, fmt.Errorf("vector: size %g x %g points is out of range", width, height)
	}
	return &Form{width: width, height: height}, nil
}

// Size returns the width and height of the form in points. Its bounding box
// starts at the origin.
func (f *Form) Size() (width, height float64) { return f.width, f.height }

// FillRect fills a rectangle given by its lower left corner and size.
func (f *Form) FillRect(x, y, w, h float64, c Color) {
	f.ops = append(f.ops, fillRect{x, y, w, h, c})
}

// Frame draws a frame whose outer edge is the given rectangle. It is filled
// bars rather than a stroke, so that both outputs place it alike.
func (f *Form) Frame(x, y, w, h, width float64, c Color) {
	f.FillRect(x, y, w, width, c)
	f.FillRect(x, y+h-width, w, width, c)
	f.FillRect(x, y, width, h, c)
	f.FillRect(x+w-width, y, width, h, c)
}

// Text draws one line of text with its baseline starting at (x, y) and returns
// its width. It returns a *CharacterError when the text cannot be drawn.
func (f *Form) Text(font *Font, size, x, y float64, s string, c Color) (float64, error) {
	text, err := font.shape(s)
	if err != nil {
		return 0, err
	}
	f.ops = append(f.ops, textRun{font, size, x, y, text, c})
	return font.advance(text) * size, nil
}

// QR draws the code with its quiet zone into the square of the given side
// whose lower left corner is (x, y).
func (f *Form) QR(x, y, side float64, code *QR) {
	module := side / float64(code.Modules()+2*QuietZone)
	f.FillRect(x, y, side, side, White)
	f.ops = append(f.ops, qrCode{x + QuietZone*module, y + QuietZone*module, module, code})
}

// MaxDPI is the resolution in dots per inch that finer pictures are reduced to
// when they are drawn: no printer of an office shows more.
const MaxDPI = 600

// Image draws img into the rectangle with its aspect ratio kept, centred.
func (f *Form) Image(x, y, w, h float64, img *Image) {
	iw, ih := float64(img.width), float64(img.height)
	scale := math.Min(w/iw, h/ih)
	dw, dh := iw*scale, ih*scale
	f.ops = append(f.ops, picture{x + (w-dw)/2, y + (h-dh)/2, dw, dh, img.within(dw*MaxDPI/72, dh*MaxDPI/72), img})
}

// TextSize returns the size in points of the smallest text that was drawn, not of
// blank lines; zero without text.
func (f *Form) TextSize() float64 {
	least := 0.0
	for _, o := range f.ops {
		if t, ok := o.(textRun); ok && len(t.text) > 0 && (least == 0 || t.size < least) {
			least = t.size
		}
	}
	return least
}

// Resolution returns the least and the most dots per inch that the pictures
// have at their sizes as they were given, and the pixels of the largest one.
// All are zero without pictures.
func (f *Form) Resolution() (least, most float64, pixels int) {
	for _, o := range f.ops {
		p, ok := o.(picture)
		if !ok {
			continue
		}
		dpi := float64(p.given.width) * 72 / p.w
		if least == 0 || dpi < least {
			least = dpi
		}
		most = max(most, dpi)
		pixels = max(pixels, p.given.width*p.given.height)
	}
	return least, most, pixels
}
