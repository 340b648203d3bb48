package text

import (
	"math"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxRules is how many edges of a page are noted; the others are painted over
// where a cover reaches them.
const maxRules = 20_000

// ruleGap is how far, in points, covers stay away from rules: renderers move
// thin lines to the next dot.
const ruleGap = 0.3

// rules are the edges of what a page paints, Form XObjects included, that run
// along an axis of user space: those of tables above all. Curves and slanted
// edges are left out, and no clip is looked at.
type rules struct {
	edges       []pdf.Rect
	path        []pdf.Rect // the straight edges of the path being made
	start, last point      // of its subpath
	open        bool       // there is a subpath
}

// note follows the operators that make paths and paint them.
func (r *rules) note(op keyword, args []pdf.Object, st *state) {
	switch op {
	case "m", "l", "c", "v", "y", "re":
		if v, ok := operandNumbers(args); ok {
			r.draw(op, v, st.ctm)
		}
	case "h":
		r.lineTo(r.start)
	case "s", "b", "b*":
		r.lineTo(r.start)
		r.paint(st.strokeWidth() / 2)
	case "S", "B", "B*":
		r.paint(st.strokeWidth() / 2)
	case "f", "F", "f*":
		r.lineTo(r.start)
		r.paint(0)
	case "n":
		r.path, r.open = r.path[:0], false
	}
}

// draw adds to the path.
func (r *rules) draw(op keyword, v []float64, ctm matrix) {
	switch {
	case op == "re" && len(v) == 4:
		r.moveTo(ctm.apply(v[0], v[1]))
		r.lineTo(ctm.apply(v[0]+v[2], v[1]))
		r.lineTo(ctm.apply(v[0]+v[2], v[1]+v[3]))
		r.lineTo(ctm.apply(v[0], v[1]+v[3]))
		r.lineTo(r.start)
	case op == "m" && len(v) == 2:
		r.moveTo(ctm.apply(v[0], v[1]))
	case op == "l" && len(v) == 2:
		r.lineTo(ctm.apply(v[0], v[1]))
	case len(v) >= 4: // a curve
		r.last = ctm.apply(v[len(v)-2], v[len(v)-1])
	}
}

func (r *rules) moveTo(p point) { r.start, r.last, r.open = p, p, true }

func (r *rules) lineTo(p point) {
	from := r.last
	r.last = p
	const slant = 0.01 // what reals written short may deviate by
	if !r.open || from == p || math.Abs(from.x-p.x) > slant && math.Abs(from.y-p.y) > slant || len(r.path) >= maxRules {
		return
	}
	r.path = append(r.path, pdf.Rect{LLX: min(from.x, p.x), LLY: min(from.y, p.y), URX: max(from.x, p.x), URY: max(from.y, p.y)})
}

// paint notes the edges of the path with so much of a stroke on each side.
func (r *rules) paint(stroke float64) {
	for _, e := range r.path[:min(len(r.path), maxRules-len(r.edges))] {
		r.edges = append(r.edges, grown(e, stroke, stroke))
	}
	r.path, r.open = r.path[:0], false
}

// strokeWidth is the width of lines in user space, roughly where its axes are
// scaled apart.
func (s *state) strokeWidth() float64 {
	return s.line * math.Sqrt(math.Abs(s.ctm.a*s.ctm.d-s.ctm.b*s.ctm.c))
}

// beside returns the rules at which a cover may end: an edge that crosses the
// tag's own strokes is no neighbour of theirs, nor is one that ends where the
// cover does, such as the line under the tag.
func (r *rules) beside(most, least pdf.Rect) []pdf.Rect {
	var out []pdf.Rect
	for _, e := range r.edges {
		if intersect(e, grown(most, ruleGap, ruleGap)) && !intersect(e, least) && !within(e, most) {
			out = append(out, grown(e, ruleGap, ruleGap))
		}
	}
	return out
}
