package text

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unicode"
)

// wordGap is how near, in font sizes, characters of one word stand at most,
// beside what spaces the tag's own; the space between words is wider.
const wordGap = 0.15

// whole leaves out the hits of the page that are only part of a word, as "ttd1"
// in "ttd10": a tag of several characters is whole when no letter, digit or
// underscore goes on where it begins or ends in a letter or digit.
func (p *interpreter) whole(hits []Hit) ([]Hit, error) {
	before, after := isWord(p.tag[0]), isWord(p.tag[len(p.tag)-1])
	if len(hits) == 0 || len(p.tag) == 1 || !before && !after {
		return hits, nil
	}
	byX := make([]placedGlyph, len(p.glyphs))
	for i := range p.glyphs {
		g := &p.glyphs[i]
		x, y := g.middle()
		byX[i] = placedGlyph{g, x, y}
	}
	slices.SortFunc(byX, func(a, b placedGlyph) int { return cmp.Compare(a.x, b.x) })
	at := func(x float64) int {
		i, _ := slices.BinarySearchFunc(byX, x, func(g placedGlyph, x float64) int { return cmp.Compare(g.x, x) })
		return i
	}
	var whole []Hit
	compared := 0
	for _, h := range hits {
		near := byX[at(h.Rect.LLX-2*h.Size):at(h.Rect.URX+2*h.Size)]
		if compared += len(near); compared > maxCompared {
			return nil, fmt.Errorf("%w: the tag stands among too many characters", ErrLimit)
		}
		if left, right := goesOn(near, h); !(before && left || after && right) {
			whole = append(whole, h)
		}
	}
	return whole, nil
}

// placedGlyph is a character with its middle.
type placedGlyph struct {
	*glyph
	x, y float64
}

// isWord reports whether the tag goes on in a word beside the character.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// goesOn reports whether a character of a word, among those near a hit, touches
// it before its start, and behind its end.
func goesOn(glyphs []placedGlyph, h Hit) (left, right bool) {
	uy, ux := math.Sincos(h.Angle * math.Pi / 180)
	along := func(p point) float64 { return p.x*ux + p.y*uy }
	start, end, width, count, line := math.Inf(1), math.Inf(-1), 0.0, 0, 0.0
	var around []*glyph
	near := grown(h.Rect, 2*h.Size, 2*h.Size)
	for i := range glyphs {
		g := &glyphs[i]
		switch {
		case holds(h.Rect, g.x, g.y):
			start, end = min(start, along(g.start)), max(end, along(g.end))
			width += along(g.end) - along(g.start)
			line += g.start.y*ux - g.start.x*uy
			count++
		case holds(near, g.x, g.y) && (isWord(g.char) || g.char == '_'):
			around = append(around, g.glyph)
		}
	}
	if count == 0 {
		return false, false
	}
	line /= float64(count)
	gap := wordGap*h.Size + max(0, (end-start-width)/float64(count))
	for _, g := range around {
		vx, vy := g.direction()
		if vx*ux+vy*uy < 0.99 || math.Abs(g.start.y*ux-g.start.x*uy-line) > maxShift*h.Size {
			continue
		}
		left = left || math.Abs(start-along(g.end)) <= gap
		right = right || math.Abs(along(g.start)-end) <= gap
	}
	return left, right
}
