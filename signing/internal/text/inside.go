package text

import (
	"fmt"
	"math"
	"slices"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Inside returns the characters whose strokes reach into a rectangle within the
// part that was read, by estimate and by more than half a point, in the order of
// showing. Those whose middle lies in one of the exceptions are left out, as are
// white space and what the page itself paints over later, as a covered tag.
// White and invisible text counts: it may lie on a picture of itself.
func (p *Page) Inside(area pdf.Rect, except ...pdf.Rect) string {
	area = shrunk(area)
	var out []rune
	for i, g := range p.glyphs {
		strokes := g.ink(inkBand(g.char))
		if unicode.IsSpace(g.char) || !intersect(strokes, area) || g.middleIn(except) || p.covered(i, strokes) {
			continue
		}
		out = append(out, g.char)
	}
	return string(out)
}

// Outside returns the characters of a tag, which is the rectangle of a hit within
// the part that was read, of which one still sees something when the area is
// covered. Its characters reach no higher than their font says, since a block
// stands up to there. White and invisible ones, and those that the page paints over, are
// not seen anyway.
func (p *Page) Outside(tag, area pdf.Rect) string {
	var out []rune
	for i, g := range p.glyphs {
		if unicode.IsSpace(g.char) || p.blank[i] || !g.middleIn([]pdf.Rect{tag}) {
			continue
		}
		low, high := inkBand(g.char)
		if strokes := g.ink(low, min(high, max(g.ascent(), minAscent))); !within(shrunk(strokes), area) && !p.covered(i, strokes) {
			out = append(out, g.char)
		}
	}
	return string(out)
}

// minAscent is the least ascent, in font sizes, that is believed: capitals are
// higher than that in any text face.
const minAscent = 0.65

// ascent is the font's, in font sizes; unknown in vertical writing.
func (g glyph) ascent() float64 {
	if g.hangs {
		return math.Inf(1)
	}
	return length(g.up.x, g.up.y) / g.size
}

// middleIn reports whether a character belongs to one of the rectangles.
func (g glyph) middleIn(rects []pdf.Rect) bool {
	x, y := g.middle()
	return slices.ContainsFunc(rects, func(r pdf.Rect) bool { return holds(r, x, y) })
}

// Balance tells how a page's content leaves the stack of graphics states:
// surplus counts the Q that have no q before them, open the q without their Q.
// Whoever adds content must make up for both. Content that ends within an object
// is ErrContent: it would swallow what is added.
func Balance(doc *pdf.Document, number int, limits Limits) (surplus, open int, err error) {
	page, err := doc.Page(number)
	if err != nil {
		return 0, 0, err
	}
	in := newInterpreter(doc, limits.withDefaults(), nil)
	data, err := in.pageContent(page)
	if err != nil {
		return 0, 0, fmt.Errorf("page %d: %w", number+1, err)
	}
	s := &scanner{data: data}
	for {
		op, _, ok, err := s.operation()
		if err == nil && !ok {
			err = s.ended()
		}
		if err != nil || !ok {
			return surplus, open, err
		}
		switch {
		case op == "q":
			open++
		case op == "Q" && open > 0:
			open--
		case op == "Q":
			surplus++
		}
		if open > maxSaved || surplus > maxSaved {
			return 0, 0, fmt.Errorf("%w: more than %d saved graphics states", ErrLimit, maxSaved)
		}
	}
}
