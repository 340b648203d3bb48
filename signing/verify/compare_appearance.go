package verify

import (
	"math"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Where an annotation has no proper rectangle, or its appearance no proper box,
// readers differ: some draw nothing, some at another size, some over the whole
// page. What a field draws must stay in its rectangle for all of them.

// Bounds of what readers take alike: a larger number overflows in some, a
// smaller side is none to some.
const (
	maxCoordinate = 1e6
	minSide       = 1e-3
)

// appearanceKeys are the entries of a form that draws nothing. With others it
// could be something else.
var appearanceKeys = []pdf.Name{
	"BBox", "DecodeParms", "Filter", "FormType", "Group", "Length", "Matrix", "Name", "Resources", "Subtype", "Type",
}

// numbersOf reads an array of n numbers.
func numbersOf(doc *pdf.Document, value pdf.Object, n int) ([]float64, bool) {
	array, err := doc.Array(value)
	if err != nil || len(array) != n {
		return nil, false
	}
	numbers := make([]float64, n)
	for i, e := range array {
		object, err := doc.Resolve(e)
		if err != nil {
			return nil, false
		}
		number, ok := pdf.Coordinate(object)
		if !ok || !(math.Abs(number) <= maxCoordinate) {
			return nil, false
		}
		numbers[i] = number
	}
	return numbers, true
}

// boxOf reads a rectangle of four numbers, which may have no area.
func boxOf(doc *pdf.Document, value pdf.Object) (box pdf.Rect, ok bool) {
	n, ok := numbersOf(doc, value, 4)
	if !ok {
		return box, false
	}
	return pdf.Rect{LLX: min(n[0], n[2]), LLY: min(n[1], n[3]), URX: max(n[0], n[2]), URY: max(n[1], n[3])}, true
}

func hasArea(r pdf.Rect) bool { return r.URX-r.LLX >= minSide && r.URY-r.LLY >= minSide }

// framed reports whether an annotation has a rectangle, and what it draws with
// stays in it.
func (c *comparison) framed(annotation pdf.Dict) bool {
	doc := c.new
	rect, ok := boxOf(doc, annotation["Rect"])
	if !ok {
		return false
	}
	appearances, err := doc.Dict(annotation["AP"])
	if err != nil {
		return false
	}
	for _, key := range []pdf.Name{"N", "R", "D"} {
		object, err := doc.Resolve(appearances[key])
		if err != nil {
			return false
		}
		states, isStates := object.(pdf.Dict)
		if !isStates {
			states = pdf.Dict{"": appearances[key]}
		}
		for _, state := range states {
			if !c.framedForm(state, hasArea(rect)) {
				return false
			}
		}
	}
	return true
}

// framedForm reports whether an appearance is a form whose box has an area if
// the rectangle has one, or else is a point, and that leaves nothing behind, or
// that draws nothing.
func (c *comparison) framedForm(value pdf.Object, area bool) bool {
	doc := c.new
	object, err := doc.Resolve(value)
	if err != nil {
		return false
	}
	stream, ok := object.(*pdf.Stream)
	if !ok {
		return object == nil
	}
	if !isForm(stream) {
		return false
	}
	box, ok := boxOf(doc, stream.Dict["BBox"])
	if isPoint := box.LLX == box.URX && box.LLY == box.URY; !ok || !turns(doc, stream.Dict["Matrix"]) ||
		area && !hasArea(box) || !area && !isPoint { // PDFium draws a line for a side of none
		return blankAppearance(doc, value)
	}
	return c.balanced(value)
}

// isForm tells a form from an image, which some readers draw all the same.
func isForm(stream *pdf.Stream) bool {
	kind := stream.Dict["Type"]
	return stream.Dict.Name("Subtype") == "Form" && (kind == nil || kind == pdf.Object(pdf.Name("XObject")))
}

// turns reports whether a matrix is missing, or one that keeps an area.
func turns(doc *pdf.Document, value pdf.Object) bool {
	if value == nil {
		return true
	}
	m, ok := numbersOf(doc, value, 6)
	return ok && math.Abs(m[0]*m[3]-m[1]*m[2]) >= minSide*minSide
}

// framedField reports whether each widget of a field that differs draws in its
// rectangle. Appearances that were signed stay as they were, and a field that is
// no annotation needs no rectangle while it draws nothing.
func (c *comparison) framedField(now *field) bool {
	return !slices.ContainsFunc(now.widgets, func(w widget) bool {
		if c.redrawn(w) {
			return !c.framed(w.dict)
		}
		_, ok := boxOf(c.new, w.dict["Rect"])
		return !ok && (w.dict["Subtype"] != nil || w.dict["AP"] != nil)
	})
}

// redrawn reports whether a widget draws with something else than before.
func (c *comparison) redrawn(w widget) bool {
	if o := c.modified(w.ref.Num); o != nil {
		before, _ := o.before.(pdf.Dict)
		if !pdf.Identical(before["AP"], w.dict["AP"]) || !pdf.Identical(before["Rect"], w.dict["Rect"]) {
			return true
		}
	}
	changed := false
	meet := func(ref pdf.Ref) { changed = changed || c.modified(ref.Num) != nil }
	if ref, ok := w.dict["AP"].(pdf.Ref); ok {
		meet(ref)
	}
	appearances, err := c.new.Dict(w.dict["AP"])
	if err != nil {
		return true
	}
	for _, key := range []pdf.Name{"N", "R", "D"} {
		eachRef(appearances[key], meet)
		states, err := c.new.Resolve(appearances[key])
		if err != nil {
			return true
		}
		if isDict(states) {
			eachRef(states, meet)
		}
	}
	return changed
}
