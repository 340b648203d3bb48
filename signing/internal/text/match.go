package text

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// glyph is a shown character: where its baseline begins and ends, and the
// vectors from the baseline up to its ascent and down to its descent. In vertical
// writing the column's middle line stands for the baseline, and the vectors lead
// to the sides of the character.
type glyph struct {
	char       rune
	start, end point
	up, down   point
	size       float64
	hangs      bool    // in vertical writing
	below      float64 // how far below its start its own baseline is then, in font sizes
}

// Tolerances between the characters of one tag, in font sizes.
const (
	maxGap     = 0.5 // along the baseline, either way
	maxShift   = 0.3 // across it
	sameSpot   = 0.2 // of two characters drawn twice to look bold
	lineHeight = 0.5 // hits nearer than this are on one line
)

// fold brings compatibility forms together, and the accents that TeX fonts show
// for the ASCII signs, and drops what no reader shows: word processors put such
// characters into long words.
func fold(s string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		switch {
		case r == 'ˆ':
			return '^'
		case r == '˜':
			return '~'
		case r > unicode.MaxASCII && ignorable(r):
			return -1
		}
		return r
	}, s))
}

// ignorable reports whether Unicode has the character invisible by default, as
// a soft hyphen or a zero width space (Default_Ignorable_Code_Point).
func ignorable(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// match finds the tag in the order of showing and in the order on the page;
// either may be torn where the other is not.
func match(glyphs []glyph, tag []rune) []Hit {
	hits := matchSequence(glyphs, tag)
	if len(tag) > 1 && holdsAll(glyphs, tag) {
		hits = append(hits, matchSequence(inLines(glyphs), tag)...)
	}
	return hits
}

// holdsAll reports whether every character of the tag is among the glyphs.
func holdsAll(glyphs []glyph, tag []rune) bool {
	missing := map[rune]bool{}
	for _, r := range tag {
		missing[r] = true
	}
	for i := 0; i < len(glyphs) && len(missing) > 0; i++ {
		delete(missing, glyphs[i].char)
	}
	return len(missing) == 0
}

// matchSequence finds the tag where its characters follow each other both in
// the sequence and on the page.
func matchSequence(glyphs []glyph, tag []rune) []Hit {
	var hits []Hit
	for i := range glyphs {
		if glyphs[i].char != tag[0] {
			continue
		}
		n := 1
		for n < len(tag) && i+n < len(glyphs) &&
			glyphs[i+n].char == tag[n] && follows(glyphs[i+n-1], glyphs[i+n]) {
			n++
		}
		if n == len(tag) {
			hits = append(hits, hitOf(glyphs[i:i+n]))
		}
	}
	return hits
}

// follows reports whether b stands where a ends, on the same line.
func follows(a, b glyph) bool {
	size := math.Max(a.size, b.size)
	ux, uy := a.direction()
	vx, vy := b.direction()
	dx, dy := b.start.x-a.end.x, b.start.y-a.end.y
	along, across := dx*ux+dy*uy, dy*ux-dx*uy
	return ux*vx+uy*vy > 0.99 && math.Abs(along) <= maxGap*size && math.Abs(across) <= maxShift*size
}

// direction is the unit vector along the baseline; of a character without
// width it is taken from the ascent.
func (g glyph) direction() (x, y float64) {
	dx, dy := g.end.x-g.start.x, g.end.y-g.start.y
	l := math.Hypot(dx, dy)
	if l < 0.01*g.size {
		dx, dy = g.up.y, -g.up.x
		l = math.Hypot(dx, dy)
	}
	if l == 0 {
		return 1, 0
	}
	return dx / l, dy / l
}

func hitOf(glyphs []glyph) Hit {
	h := Hit{Size: glyphs[0].size, Rect: glyphs[0].box()}
	for i := range glyphs[1:] {
		h.Rect = union(h.Rect, glyphs[1+i].box())
	}
	x, y := glyphs[0].direction()
	h.Angle = math.Round(math.Atan2(y, x)*180/math.Pi*100) / 100
	return h
}

// box surrounds the glyph from its descent to its ascent.
func (g *glyph) box() pdf.Rect {
	return pdf.Rect{
		LLX: min(g.start.x, g.end.x) + min(g.up.x, g.down.x), LLY: min(g.start.y, g.end.y) + min(g.up.y, g.down.y),
		URX: max(g.start.x, g.end.x) + max(g.up.x, g.down.x), URY: max(g.start.y, g.end.y) + max(g.up.y, g.down.y),
	}
}

// inLines sorts characters by the line that they stand on and along it, and
// drops those drawn a second time at the same spot.
func inLines(glyphs []glyph) []glyph {
	type placed struct {
		*glyph
		angle, line, along float64
	}
	sorted := make([]placed, len(glyphs))
	for i := range glyphs {
		g := &glyphs[i]
		x, y := g.direction()
		sorted[i] = placed{
			glyph: g,
			angle: math.Round(math.Atan2(y, x) * 180 / math.Pi),
			line:  g.start.y*x - g.start.x*y,
			along: g.start.x*x + g.start.y*y,
		}
	}
	slices.SortStableFunc(sorted, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.angle, b.angle), cmp.Compare(b.line, a.line))
	})
	out := make([]glyph, 0, len(sorted))
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to].angle == sorted[from].angle &&
			sorted[from].line-sorted[to].line <= maxShift*sorted[from].size {
			to++
		}
		line := sorted[from:to]
		slices.SortStableFunc(line, func(a, b placed) int { return cmp.Compare(a.along, b.along) })
		for i, g := range line {
			if i > 0 && g.char == line[i-1].char && g.along-line[i-1].along < sameSpot*g.size {
				continue
			}
			out = append(out, *g.glyph)
		}
		from = to
	}
	return out
}

// distinct drops hits that lie on an earlier one.
func distinct(hits []Hit) []Hit {
	byPlace := slices.Clone(hits)
	slices.SortStableFunc(byPlace, func(a, b Hit) int { return cmp.Compare(a.Rect.LLX, b.Rect.LLX) })
	var out []Hit
	for _, h := range byPlace {
		same := false
		for i := len(out) - 1; i >= 0 && !same && h.Rect.LLX-out[i].Rect.LLX <= sameSpot*h.Size; i-- {
			same = math.Abs(h.Rect.LLY-out[i].Rect.LLY) <= sameSpot*h.Size
		}
		if !same {
			out = append(out, h)
		}
	}
	return out
}

// inReadingOrder sorts the hits of a page from the top and from the left as the
// page is turned for display.
func inReadingOrder(hits []Hit, rotate int) []Hit {
	place := func(h Hit) (down, right float64) {
		x, y := (h.Rect.LLX+h.Rect.URX)/2, (h.Rect.LLY+h.Rect.URY)/2
		switch rotate {
		case 90:
			return x, y
		case 180:
			return y, -x
		case 270:
			return -x, -y
		}
		return -y, x
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		da, _ := place(a)
		db, _ := place(b)
		return cmp.Compare(da, db)
	})
	for from := 0; from < len(hits); {
		top, _ := place(hits[from])
		to := from + 1
		for to < len(hits) {
			if down, _ := place(hits[to]); down-top > lineHeight*hits[from].Size {
				break
			}
			to++
		}
		slices.SortStableFunc(hits[from:to], func(a, b Hit) int {
			_, ra := place(a)
			_, rb := place(b)
			return cmp.Compare(ra, rb)
		})
		from = to
	}
	return hits
}
