package text

import (
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Page is the text of a page with what can be told of what one sees of it in the
// end: characters that have no colour, and those under an area painted later.
// In doubt a character is seen: within Form XObjects nothing is noted, and no
// area counts that may be transparent, clipped or switched off.
type Page struct {
	*interpreter
	part   pdf.Rect // areas that do not touch this are passed over
	paint  paint
	paints []paint    // saved by q
	spare  int        // Q without a q before them
	path   []pdf.Rect // of one rectangle, in user space; else what is painted is unknown
	odd    bool       // the path has something else
	marks  int        // marked content being open
	hidden int        // the mark from which on content is optional; zero: none
	blank  []bool     // by glyph: shown without colour
	areas  []area

	inOrder, lined string // see Holds; empty before it
}

// paint is what q saves of the graphics state as far as paint depends on it.
type paint struct {
	white, flat bool // the fill colour: white, and a plain colour
	doubtful    bool // clipped, or perhaps transparent
	mode        int  // text rendering mode (9.3.6)
}

// area is painted over the first glyphs of the page.
type area struct {
	rect   pdf.Rect
	glyphs int
}

// maxAreas is how many of the last painted areas are looked at.
const maxAreas = 500

// Read reads a page, counted from 0, of which a part will be asked about.
//
// It returns ErrLimit, ErrContent, also for content that ends within an object,
// or an error of the document.
func Read(doc *pdf.Document, number int, part pdf.Rect, limits Limits) (*Page, error) {
	page, err := doc.Page(number)
	if err != nil {
		return nil, err
	}
	p := &Page{interpreter: newInterpreter(doc, limits.withDefaults(), nil), part: part, paint: paint{flat: true}}
	p.rules = &rules{}
	// A page without content sets the state that each page begins with.
	if err = p.runPage(pdf.Page{CropBox: page.CropBox}); err == nil {
		var data []byte
		if data, err = p.pageContent(page); err == nil {
			err = p.runPainted(data, page.Resources)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("page %d: %w", number+1, err)
	}
	return p, nil
}

// Balance is what [Balance] gives.
func (p *Page) Balance() (surplus, open int) { return p.spare, len(p.paints) }

// runPainted runs the content of a page.
func (p *Page) runPainted(data []byte, resources pdf.Dict) error {
	s := &scanner{data: data}
	for {
		op, args, ok, err := s.operation()
		if err == nil && !ok {
			err = s.ended()
		}
		if err != nil || !ok {
			return err
		}
		if p.opsLeft--; p.opsLeft < 0 {
			return fmt.Errorf("%w: more than %d operators", ErrLimit, p.limits.Operators)
		}
		if err := p.operate(op, args, resources, nil, 0); err != nil {
			return err
		}
		if p.colour(op, args); p.spare > maxSaved {
			return fmt.Errorf("%w: more than %d saved graphics states", ErrLimit, maxSaved)
		}
		p.shape(op, args)
		blank := op != "Do" && (p.paint.mode == 3 || p.paint.mode == 7 || p.paint.mode%4 == 0 && p.paint.white)
		for len(p.blank) < len(p.glyphs) {
			p.blank = append(p.blank, blank)
		}
	}
}

// colour notes the operators that change what a fill looks like.
func (p *Page) colour(op keyword, args []pdf.Object) {
	switch op {
	case "q":
		p.paints = append(p.paints, p.paint)
	case "Q":
		if n := len(p.paints); n > 0 {
			p.paint, p.paints = p.paints[n-1], p.paints[:n-1]
		} else {
			p.spare++
		}
	case "g", "rg":
		v, ok := operandNumbers(args)
		p.paint.flat, p.paint.white = true, ok && len(v) > 0 && slices.Min(v) >= 1
	case "k":
		v, ok := operandNumbers(args)
		p.paint.flat, p.paint.white = true, ok && len(v) > 0 && slices.Max(v) <= 0
	case "cs", "sc", "scn":
		p.paint.flat, p.paint.white = false, false
	case "gs", "W", "W*":
		p.paint.doubtful = true
	case "Tr":
		if v, ok := operandNumbers(args); ok && len(v) == 1 {
			p.paint.mode = int(v[0])
		}
	case "BMC", "BDC":
		p.marks++
		if len(args) > 0 && args[0] == pdf.Name("OC") && p.hidden == 0 {
			p.hidden = p.marks
		}
	case "EMC":
		if p.marks == p.hidden {
			p.hidden = 0
		}
		p.marks = max(p.marks-1, 0)
	}
}

// shape notes the operators that make paths and paint them.
func (p *Page) shape(op keyword, args []pdf.Object) {
	switch op {
	case "re":
		v, ok := operandNumbers(args)
		c := p.state.ctm
		upright := c.b == 0 && c.c == 0 || c.a == 0 && c.d == 0
		if !ok || len(v) != 4 || !upright || len(p.path) > 0 {
			p.odd = true
			return
		}
		a, b := c.apply(v[0], v[1]), c.apply(v[0]+v[2], v[1]+v[3])
		p.path = append(p.path, pdf.Rect{LLX: min(a.x, b.x), LLY: min(a.y, b.y), URX: max(a.x, b.x), URY: max(a.y, b.y)})
	case "m", "l", "c", "v", "y":
		p.odd = true
	case "f", "F", "f*", "B", "B*", "b", "b*":
		p.fill()
		p.path, p.odd = p.path[:0], false
	case "S", "s", "n":
		p.path, p.odd = p.path[:0], false
	}
}

// fill notes an area that surely hides what lies below.
func (p *Page) fill() {
	if p.odd || len(p.path) != 1 || !p.paint.flat || p.paint.doubtful || p.hidden != 0 || !intersect(p.path[0], p.part) {
		return
	}
	if len(p.areas) >= 2*maxAreas {
		p.areas = append(p.areas[:0], p.areas[maxAreas:]...)
	}
	p.areas = append(p.areas, area{p.path[0], len(p.glyphs)})
}

// covered reports whether a later area hides a character's strokes, all but an
// edge.
func (p *Page) covered(glyph int, strokes pdf.Rect) bool {
	inner := shrunk(strokes)
	for i := len(p.areas) - 1; i >= 0 && p.areas[i].glyphs > glyph; i-- {
		if within(inner, p.areas[i].rect) {
			return true
		}
	}
	return false
}
