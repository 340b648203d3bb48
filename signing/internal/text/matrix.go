package text

import (
	"math"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// matrix is a PDF transformation matrix [a b c d e f] (ISO 32000-2, 8.3.3).
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{a: 1, d: 1}

// mul returns the matrix that transforms by m first and then by n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// point is a place in user space.
type point struct{ x, y float64 }

func (m matrix) apply(x, y float64) point {
	return point{m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f}
}

// around returns the rectangle that surrounds r transformed.
func (m matrix) around(r pdf.Rect) pdf.Rect {
	p := m.apply(r.LLX, r.LLY)
	out := pdf.Rect{LLX: p.x, LLY: p.y, URX: p.x, URY: p.y}
	for _, p := range []point{m.apply(r.LLX, r.URY), m.apply(r.URX, r.LLY), m.apply(r.URX, r.URY)} {
		out.LLX, out.LLY = math.Min(out.LLX, p.x), math.Min(out.LLY, p.y)
		out.URX, out.URY = math.Max(out.URX, p.x), math.Max(out.URY, p.y)
	}
	return out
}

// common returns what lies in both rectangles; when that is nothing, a
// rectangle that no other overlaps.
func common(a, b pdf.Rect) pdf.Rect {
	if !overlap(a, b) {
		none := math.Inf(1)
		return pdf.Rect{LLX: none, LLY: none, URX: -none, URY: -none}
	}
	return pdf.Rect{
		LLX: max(a.LLX, b.LLX), LLY: max(a.LLY, b.LLY),
		URX: min(a.URX, b.URX), URY: min(a.URY, b.URY),
	}
}

// overlap reports whether the rectangles have a point in common.
func overlap(a, b pdf.Rect) bool {
	return a.LLX <= b.URX && b.LLX <= a.URX && a.LLY <= b.URY && b.LLY <= a.URY
}

// finite reports whether the matrix puts things where a page can be.
func (m matrix) finite() bool {
	sum := m.a*0 + m.b*0 + m.c*0 + m.d*0 + m.e*0 + m.f*0
	return sum == 0 && math.Abs(m.e) < maxNumber && math.Abs(m.f) < maxNumber
}

// matrixOf reads six numbers; ok is false where o is something else.
func (p *interpreter) matrixOf(o pdf.Object) (m matrix, ok bool, err error) {
	list, err := p.array(o)
	if err != nil || len(list) != 6 {
		return identity, false, err
	}
	var v [6]float64
	for i, o := range list {
		if v[i], ok, err = p.number(o); err != nil || !ok {
			return identity, false, err
		}
	}
	return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}, true, nil
}

// rectOf reads a rectangle by two opposite corners; ok is false where o is
// something else.
func (p *interpreter) rectOf(o pdf.Object) (r pdf.Rect, ok bool, err error) {
	list, err := p.array(o)
	if err != nil || len(list) != 4 {
		return pdf.Rect{}, false, err
	}
	var v [4]float64
	for i, o := range list {
		if v[i], ok, err = p.number(o); err != nil || !ok {
			return pdf.Rect{}, false, err
		}
	}
	return pdf.Rect{
		LLX: math.Min(v[0], v[2]), LLY: math.Min(v[1], v[3]),
		URX: math.Max(v[0], v[2]), URY: math.Max(v[1], v[3]),
	}, true, nil
}

// operandNumbers returns the operands when all of them are numbers.
func operandNumbers(args []pdf.Object) ([]float64, bool) {
	if len(args) > 6 {
		return nil, false
	}
	v := make([]float64, len(args))
	for i, o := range args {
		n, ok := finite(o)
		if !ok {
			return nil, false
		}
		v[i] = n
	}
	return v, true
}

// operandMatrix returns the six operands of cm and Tm.
func operandMatrix(args []pdf.Object) (matrix, bool) {
	v, ok := operandNumbers(args)
	if !ok || len(v) != 6 {
		return identity, false
	}
	return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}, true
}

func length(x, y float64) float64 { return math.Hypot(x, y) }
