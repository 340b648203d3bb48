package signing

import (
	"fmt"
	"math"
)

// Placement says where a signature shows. The zero value is invisible.
//
// It is either a page and a rectangle, or an anchor tag: a character or word
// printed in the document where the block belongs.
type Placement struct {
	// Page counts from 1, or from the end: LastPage is the last one, -2 the one
	// before.
	Page int

	// Rect is where on that page.
	Rect Rect

	// Corner is the corner of the page that Rect's X and Y count from, to the
	// same corner of the block. Zero: the lower left one.
	Corner Corner

	// Anchor is the tag to look for, instead of Page and Rect, such as "#" or
	// "${ttd_camat}". A longer tag that begins or ends in a letter or digit is
	// found as a whole word only: "ttd1" is not in "ttd10".
	Anchor string

	// Which of several tags is meant. Zero: there must be exactly one.
	Which Which

	// Width and Height are the block's size at an anchor, in points. With a QR code
	// 240 x 80 keep the usual block at 8 to 9 points of text, see
	// [appearance.Block].
	Width, Height float64

	// Align says which point of the block lies on the tag. Zero: the top left
	// corners coincide.
	Align Align

	// Vacant refuses, with [ErrPlaceSigned], a place of which an earlier
	// signature takes half or more. Places of a [Layout] have it, so that no
	// role is signed twice.
	Vacant bool
}

// LastPage is the page number of a document's last page.
const LastPage = -1

// Rect is a rectangle on a page as it is shown: in points (1/72 inch) from
// the lower left corner of the visible page, y upwards, whatever the page's
// rotation and boxes. X and Y are its lower left corner, unless
// [Placement.Corner] says otherwise.
type Rect struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Which chooses among several anchor tags.
type Which int

// Choices.
const (
	OnlyTag  Which = iota // more than one is ErrTagAmbiguous
	FirstTag              // in reading order of the pages
	LastTag               // as several Indonesian systems do
	AllTags               // for PrepareLetter alone: each is a place of its own
)

// maxSide is the largest side of a block in points: the page limit of
// ISO 32000-2, annex C.
const maxSide = 14400

// invisible reports whether nothing is to be shown.
func (p Placement) invisible() bool { return p == Placement{} }

func (p Placement) check(block bool) error {
	if p.invisible() {
		return nil
	}
	if !block {
		return fmt.Errorf("%w: no block to show there", ErrPlacement)
	}
	w, h := p.Rect.Width, p.Rect.Height
	if p.Anchor != "" {
		if p.Page != 0 || p.Rect != (Rect{}) || p.Corner != BottomLeft {
			return fmt.Errorf("%w: both anchor and page", ErrPlacement)
		}
		w, h = p.Width, p.Height
	} else if p.Width != 0 || p.Height != 0 || p.Which != OnlyTag || p.Align != AlignTopLeft {
		return fmt.Errorf("%w: size or choice without anchor", ErrPlacement)
	}
	if !(w > 0 && w <= maxSide && h > 0 && h <= maxSide) {
		return fmt.Errorf("%w: size %g x %g points", ErrPlacement, w, h)
	}
	if math.IsNaN(p.Rect.X) || math.IsNaN(p.Rect.Y) || math.IsInf(p.Rect.X, 0) || math.IsInf(p.Rect.Y, 0) {
		return fmt.Errorf("%w: position is not a number", ErrPlacement)
	}
	if p.Which == AllTags {
		return fmt.Errorf("%w: a signature shows at one place", ErrPlacement)
	}
	return p.checkChoices()
}

func (p Placement) checkChoices() error {
	if p.Which < OnlyTag || p.Which > AllTags || p.Align < AlignTopLeft || p.Align > AlignRight ||
		p.Corner < BottomLeft || p.Corner > TopRight {
		return fmt.Errorf("%w: unknown choice", ErrPlacement)
	}
	return nil
}
