package signing

import "fmt"

// Corner is a corner of the page as it is shown.
type Corner int

// Corners. X grows away from the corner's vertical side and Y from its
// horizontal one.
const (
	BottomLeft Corner = iota
	BottomRight
	TopLeft
	TopRight
)

// lowerLeft gives a rectangle counted from the corner as one from the lower
// left corner of a page of that size.
func (c Corner) lowerLeft(r Rect, width, height float64) Rect {
	if c == BottomRight || c == TopRight {
		r.X = width - r.X - r.Width
	}
	if c == TopLeft || c == TopRight {
		r.Y = height - r.Y - r.Height
	}
	return r
}

// Align is the point of the block that lies on the same point of the tag. For a
// block that itself covers the tag, with [Sign] and [Stamp], the tag counts with
// half a point around it: a renderer spreads its edges.
type Align int

// Alignments: the corners, the middle, and the middles of the sides.
const (
	AlignTopLeft Align = iota
	AlignCenter
	AlignBottomLeft
	AlignTopRight
	AlignBottomRight
	AlignTop
	AlignBottom
	AlignLeft
	AlignRight
)

// on places a block of a size on a tag.
func (a Align) on(tag Rect, width, height float64) Rect {
	r := Rect{X: tag.X + (tag.Width-width)/2, Y: tag.Y + (tag.Height-height)/2, Width: width, Height: height}
	switch a {
	case AlignTopLeft, AlignLeft, AlignBottomLeft:
		r.X = tag.X
	case AlignTopRight, AlignRight, AlignBottomRight:
		r.X = tag.X + tag.Width - width
	}
	switch a {
	case AlignTopLeft, AlignTop, AlignTopRight:
		r.Y = tag.Y + tag.Height - height
	case AlignBottomLeft, AlignBottom, AlignBottomRight:
		r.Y = tag.Y
	}
	return r
}

// PlacementV1 reads the geometry of version 1 of BSrE's Esign Client API:
// xAxis and yAxis are the lower left corner of the block, width and height, for
// all their names, its upper right one, in points from the page's lower left
// corner. Where they do not lie beyond the first corner they are [ErrPlacement];
// an application that has always sent sizes there places by [Placement.Rect].
func PlacementV1(page int, xAxis, yAxis, width, height float64) (Placement, error) {
	if !(width > xAxis && height > yAxis) {
		return Placement{}, fmt.Errorf("%w: upper right corner %g,%g is not beyond the lower left one %g,%g",
			ErrPlacement, width, height, xAxis, yAxis)
	}
	return Placement{Page: page, Rect: Rect{X: xAxis, Y: yAxis, Width: width - xAxis, Height: height - yAxis}}, nil
}

// PlacementV2 reads the geometry of version 2 of BSrE's Esign Client API: the
// block's upper left corner from the page's upper left corner, y downwards, and
// its size, in points.
func PlacementV2(page int, originX, originY, width, height float64) Placement {
	return Placement{Page: page, Corner: TopLeft, Rect: Rect{X: originX, Y: originY, Width: width, Height: height}}
}
