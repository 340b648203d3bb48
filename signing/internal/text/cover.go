package text

import (
	"fmt"
	"math"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// How far a cover reaches where nothing else stands, in font sizes: at the
// resolutions of screens renderers shift characters by up to a dot, and slanted
// strokes lean out of their width.
const (
	coverLow   = -0.25 // from the baseline
	coverHigh  = 0.9   // from the baseline
	coverAlong = 0.2   // before and after the tag
)

// maxCompared bounds the characters and edges of pages times the tags on them: a
// second's work.
const maxCompared = 50_000_000

// Covers returns a rectangle for each tag that hides all of it and nothing of
// the characters around it: where lines stand so close that the boxes of their
// fonts overlap, it ends at the neighbour's strokes, and so it does at the rules
// of a table. Tags are the rectangles of hits.
//
// It returns ErrLimit for more tags than any letter has.
func (p *Page) Covers(tags []pdf.Rect) ([]pdf.Rect, error) {
	var signs []sign
	for _, g := range p.glyphs {
		if !unicode.IsSpace(g.char) {
			signs = append(signs, signOf(g))
		}
	}
	if (len(signs)+len(p.rules.edges))*len(tags) > maxCompared {
		return nil, fmt.Errorf("%w: %d tags among %d characters and %d edges", ErrLimit, len(tags), len(signs), len(p.rules.edges))
	}
	covers := make([]pdf.Rect, len(tags))
	for i, tag := range tags {
		covers[i] = cover(tag, signs, p.rules)
	}
	return covers, nil
}

// sign is what is asked of a character for each tag.
type sign struct {
	x, y           float64  // its middle
	strokes, reach pdf.Rect // what must be covered, and what better is
}

func signOf(g glyph) sign {
	s := sign{strokes: g.ink(inkBand(g.char)), reach: g.ink(coverLow, coverHigh)}
	s.x, s.y = g.middle()
	switch dx, dy := g.direction(); {
	case g.hangs: // in a font that may be another than the widths are for
		s.reach = grown(s.reach, coverAlong*g.size, coverAlong*g.size)
	case math.Abs(dx) >= math.Abs(dy):
		s.reach = grown(s.reach, coverAlong*g.size, 0)
	default:
		s.reach = grown(s.reach, 0, coverAlong*g.size)
	}
	return s
}

// cover is the rectangle for one tag: as large as the strokes of its neighbours
// and the rules around it allow, and no smaller than its own.
func cover(tag pdf.Rect, signs []sign, lines *rules) pdf.Rect {
	most, least := tag, nowhere
	for i := range signs {
		if s := &signs[i]; holds(tag, s.x, s.y) {
			most, least = union(most, s.reach), union(least, s.strokes)
		}
	}
	if least == nowhere {
		return tag
	}
	for _, rule := range lines.beside(most, least) {
		if intersect(most, rule) {
			most = trimmed(most, least, rule)
		}
	}
	for i := range signs {
		if s := &signs[i]; intersect(most, s.strokes) && !holds(tag, s.x, s.y) {
			most = trimmed(most, least, s.strokes)
		}
	}
	return union(most, least)
}

// trimmed cuts a rectangle back to where another begins: on the side of its
// inner part on which that lies, or else where it takes the least.
func trimmed(r, inner, other pdf.Rect) pdf.Rect {
	top, bottom := r.URY-other.LLY, other.URY-r.LLY
	right, left := r.URX-other.LLX, other.URX-r.LLX
	least := min(top, bottom, right, left)
	switch {
	case other.LLY >= inner.URY:
		least = top
	case other.URY <= inner.LLY:
		least = bottom
	case other.LLX >= inner.URX:
		least = right
	case other.URX <= inner.LLX:
		least = left
	}
	switch least {
	case top:
		r.URY = other.LLY
	case bottom:
		r.LLY = other.URY
	case right:
		r.URX = other.LLX
	default:
		r.LLX = other.URX
	}
	return r
}
