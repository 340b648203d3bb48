package text

import (
	"math"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Where strokes reach, in font sizes from the baseline: the usual text faces
// (Liberation Sans and Serif, Carlito, DejaVu Sans) with a little to spare.
const (
	inkDescender = -0.22
	inkBaseline  = -0.02
	inkSmall     = 0.56 // letters without ascender
	inkAscender  = 0.80
	inkAccent    = 0.95 // accents over capitals
)

// inkBand is how far below and above the baseline a character reaches. What is
// no ASCII reaches as far as any.
func inkBand(r rune) (low, high float64) {
	low, high = inkBaseline, inkAscender
	switch {
	case r > '~':
		return inkDescender, inkAccent
	case strings.ContainsRune("gjpqyQ,;()[]{}|/\\_@$", r):
		low = inkDescender
	}
	if strings.ContainsRune("acegmnopqrsuvwxyz.,_", r) {
		high = inkSmall
	}
	return low, high
}

// ink is where the strokes of a character are, roughly: from its start to its
// end along the baseline, and across it between two font sizes.
func (g glyph) ink(low, high float64) pdf.Rect {
	r := nowhere
	if g.hangs {
		dx, dy := g.direction()
		for _, v := range []float64{g.below - high, g.below - low} {
			for _, side := range []point{g.up, g.down} {
				x, y := g.start.x+v*g.size*dx+side.x, g.start.y+v*g.size*dy+side.y
				r = union(r, pdf.Rect{LLX: x, LLY: y, URX: x, URY: y})
			}
		}
		return r
	}
	ux, uy := g.up.x-g.down.x, g.up.y-g.down.y
	if l := length(ux, uy); l > 0 {
		ux, uy = ux/l*g.size, uy/l*g.size
	}
	for _, base := range []point{g.start, g.end} {
		for _, v := range []float64{low, high} {
			x, y := base.x+v*ux, base.y+v*uy
			r = union(r, pdf.Rect{LLX: x, LLY: y, URX: x, URY: y})
		}
	}
	return r
}

// nowhere adds nothing to a union.
var nowhere = pdf.Rect{LLX: math.Inf(1), LLY: math.Inf(1), URX: math.Inf(-1), URY: math.Inf(-1)}

// middle is the point halfway along a character and between its ascent and
// descent.
func (g glyph) middle() (x, y float64) {
	return (g.start.x + g.end.x + g.up.x + g.down.x) / 2, (g.start.y + g.end.y + g.up.y + g.down.y) / 2
}

func union(a, b pdf.Rect) pdf.Rect {
	return pdf.Rect{LLX: min(a.LLX, b.LLX), LLY: min(a.LLY, b.LLY), URX: max(a.URX, b.URX), URY: max(a.URY, b.URY)}
}

func grown(r pdf.Rect, x, y float64) pdf.Rect {
	return pdf.Rect{LLX: r.LLX - x, LLY: r.LLY - y, URX: r.URX + x, URY: r.URY + y}
}

// intersect reports whether two rectangles share more than an edge.
func intersect(a, b pdf.Rect) bool {
	return a.LLX < b.URX && b.LLX < a.URX && a.LLY < b.URY && b.LLY < a.URY
}

func holds(r pdf.Rect, x, y float64) bool {
	return x >= r.LLX && x <= r.URX && y >= r.LLY && y <= r.URY
}

// within reports whether a rectangle lies in another.
func within(a, b pdf.Rect) bool {
	return a.LLX >= b.LLX && a.URX <= b.URX && a.LLY >= b.LLY && a.URY <= b.URY
}

// inkSlack is how far, in points, strokes may reach over an edge: fonts differ
// from the estimate, and nobody misses so little.
const inkSlack = 0.5

// shrunk is a rectangle without an edge of inkSlack, its middle line at least.
func shrunk(r pdf.Rect) pdf.Rect {
	x, y := min(inkSlack, (r.URX-r.LLX)/2), min(inkSlack, (r.URY-r.LLY)/2)
	return grown(r, -x, -y)
}
