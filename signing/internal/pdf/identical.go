package pdf

import (
	"math"
	"slices"
	"strings"
)

// Identical is [Equal] as every reader sees it: a flag that is written as a real
// is none to some, numbers beyond what they hold become others, and so do those
// that are written at length or badly; a null is not always as good as nothing.
// Coordinates of boxes are compared by value.
func Identical(a, b Object) bool {
	switch x := a.(type) {
	case Integer:
		y, ok := b.(Integer)
		return ok && x == y
	case Real:
		y, ok := b.(Real)
		return ok && x.Value == y.Value && (x.Text == y.Text || x.plain() && y.plain())
	case Array:
		y, ok := b.(Array)
		return ok && slices.EqualFunc(x, y, Identical)
	case Dict:
		y, ok := b.(Dict)
		return ok && identicalDict(x, y) && identicalDict(y, x)
	case *Stream:
		y, ok := b.(*Stream)
		return ok && Identical(x.Dict, y.Dict) && Equal(a, b)
	}
	return Equal(a, b)
}

func identicalDict(x, y Dict) bool {
	for key, value := range x {
		if other, ok := y[key]; !ok || !IdenticalUnder(key, value, other) {
			return false
		}
	}
	return true
}

// plain reports whether all readers take the number for the same real.
func (r Real) plain() bool {
	digits := strings.TrimLeft(r.Text, "+-")
	return math.Abs(r.Value) < 1<<31 && (r.Text == "" || len(r.Text) <= maxPlain && len(r.Text)-len(digits) <= 1 &&
		strings.Count(digits, ".") == 1 && len(digits) > 1 && strings.Trim(digits, ".0123456789") == "")
}

// maxPlain is the length of a number that is not written to be misread.
const maxPlain = 32

// Coordinate is [Number] where all readers see the same.
func Coordinate(o Object) (float64, bool) {
	switch v := o.(type) {
	case Integer:
		return float64(v), v < 1<<31 && v > -1<<31
	case Real:
		return v.Value, v.plain()
	}
	return 0, false
}

// boxKeys are arrays of coordinates, and of colours.
var boxKeys = []Name{"BC", "BG", "MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox", "Rect", "BBox", "Matrix", "QuadPoints", "C"}

// IdenticalUnder is [Identical] for the values of a key.
func IdenticalUnder(key Name, a, b Object) bool {
	return Identical(a, b) || slices.Contains(boxKeys, key) && sameCoordinates(a, b)
}

func sameCoordinates(a, b Object) bool {
	x, _ := a.(Array)
	y, ok := b.(Array)
	return ok && len(x) > 0 && slices.EqualFunc(x, y, func(a, b Object) bool {
		p, isNumber := Coordinate(a)
		q, ok := Coordinate(b)
		return isNumber && ok && p == q
	})
}
