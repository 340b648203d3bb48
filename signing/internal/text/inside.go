package text

import (
	"fmt"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Inside returns the characters of a page, counted from 0, whose middle lies in
// the rectangle, in the order of showing; those in one of the exceptions are
// left out, as is white space. White and invisible text counts.
//
// It returns ErrLimit, ErrContent, or an error of the document.
func Inside(doc *pdf.Document, number int, area pdf.Rect, except []pdf.Rect, limits Limits) (string, error) {
	page, err := doc.Page(number)
	if err != nil {
		return "", err
	}
	in := newInterpreter(doc, limits.withDefaults(), nil)
	if err := in.runPage(page); err != nil {
		return "", fmt.Errorf("page %d: %w", number+1, err)
	}
	var out []rune
	for _, g := range in.glyphs {
		x := (g.start.x + g.end.x + g.up.x + g.down.x) / 2
		y := (g.start.y + g.end.y + g.up.y + g.down.y) / 2
		if unicode.IsSpace(g.char) || !holds(area, x, y) {
			continue
		}
		hidden := false
		for _, e := range except {
			hidden = hidden || holds(e, x, y)
		}
		if !hidden {
			out = append(out, g.char)
		}
	}
	return string(out), nil
}

func holds(r pdf.Rect, x, y float64) bool {
	return x >= r.LLX && x <= r.URX && y >= r.LLY && y <= r.URY
}

// Balance tells how a page's content leaves the stack of graphics states:
// surplus counts the Q that have no q before them, open the q without their Q.
// Whoever adds content must make up for both.
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
