package text

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds on the graphics states that q saves, the fonts kept loaded, and the
// text of one page.
const (
	maxSaved          = 1 << 12
	maxFonts          = 1 << 9
	maxPageCharacters = 200_000
)

// interpreter runs content streams as far as text depends on them.
type interpreter struct {
	doc         *pdf.Document
	tag         []rune
	limits      Limits
	bytesLeft   int64
	opsLeft     int
	charsLeft   int
	entriesLeft int
	fonts       map[fontKey]loadedFont
	glyphs      []glyph // of the page being run
	rules       *rules  // noted unless nil
	state       state
	saved       []state
	tm, tlm     matrix // text matrix and text line matrix
}

// state is what q saves of the graphics state.
type state struct {
	ctm                     matrix
	clip                    pdf.Rect // what lies outside is not shown
	font                    *font
	size, char, word, scale float64
	leading, rise           float64
	line                    float64 // width of strokes
}

func newInterpreter(doc *pdf.Document, limits Limits, tag []rune) *interpreter {
	return &interpreter{
		doc: doc, tag: tag, limits: limits,
		bytesLeft: limits.ContentBytes, opsLeft: limits.Operators,
		charsLeft: limits.Characters, entriesLeft: maxFontEntries,
		fonts: map[fontKey]loadedFont{},
	}
}

// runPage runs the content of a page.
func (p *interpreter) runPage(page pdf.Page) error {
	data, err := p.pageContent(page)
	if err != nil {
		return err
	}
	p.state = state{ctm: identity, clip: page.CropBox, scale: 1, line: 1}
	p.saved = p.saved[:0]
	return p.run(data, page.Resources, nil)
}

// pageContent decodes the content of a page: one stream, or several that count
// as one.
func (p *interpreter) pageContent(page pdf.Page) ([]byte, error) {
	contents, err := p.doc.Resolve(page.Dict["Contents"])
	if err != nil {
		return nil, err
	}
	parts := pdf.Array{contents}
	if list, ok := contents.(pdf.Array); ok {
		parts = list
	}
	var data []byte
	for _, part := range parts {
		o, err := p.doc.Resolve(part)
		if err != nil {
			return nil, err
		}
		s, ok := o.(*pdf.Stream)
		if !ok {
			continue // an empty page, or a dangling part
		}
		d, err := p.content(s)
		if err != nil {
			return nil, err
		}
		data = append(append(data, d...), '\n')
	}
	return data, nil
}

// content decodes a stream against what is left of the limit.
func (p *interpreter) content(s *pdf.Stream) ([]byte, error) {
	data, err := p.doc.StreamData(s, p.bytesLeft)
	switch {
	case errors.Is(err, pdf.ErrLimit):
		return nil, fmt.Errorf("%w: %w", ErrLimit, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrContent, err)
	}
	p.bytesLeft -= int64(len(data))
	return data, nil
}

// run runs a content stream. forms are the Form XObjects that it stands in.
func (p *interpreter) run(data []byte, resources pdf.Dict, forms []*pdf.Stream) error {
	s := &scanner{data: data}
	p.tm, p.tlm = identity, identity
	floor := len(p.saved)
	for {
		op, operands, ok, err := s.operation()
		if err != nil || !ok {
			p.saved = p.saved[:floor]
			return err
		}
		if p.opsLeft--; p.opsLeft < 0 {
			return fmt.Errorf("%w: more than %d operators", ErrLimit, p.limits.Operators)
		}
		if err := p.operate(op, operands, resources, forms, floor); err != nil {
			return err
		}
	}
}

// operate runs one operator. Operands that are missing or of another kind make
// it do nothing.
func (p *interpreter) operate(op keyword, args []pdf.Object, resources pdf.Dict, forms []*pdf.Stream, floor int) error {
	switch op {
	case "q":
		if len(p.saved) >= maxSaved {
			return fmt.Errorf("%w: more than %d saved graphics states", ErrLimit, maxSaved)
		}
		p.saved = append(p.saved, p.state)
	case "Q":
		if n := len(p.saved); n > floor {
			p.state, p.saved = p.saved[n-1], p.saved[:n-1]
		}
	case "cm":
		if m, ok := operandMatrix(args); ok {
			p.state.ctm = m.mul(p.state.ctm)
		}
	case "BT":
		p.tm, p.tlm = identity, identity
	case "Do":
		return p.paint(args, resources, forms)
	case "Tf":
		if len(args) == 2 {
			return p.setFont(args[0], args[1], resources)
		}
	case "gs":
		return p.applyState(args, resources)
	case "Tj", "'", "\"", "TJ":
		return p.showOperator(op, args)
	default:
		p.textState(op, args)
		if p.rules != nil {
			p.rules.note(op, args, &p.state)
		}
	}
	return nil
}

// textState runs the operators that set the text state and move the line, and
// the one that sets the width of strokes.
func (p *interpreter) textState(op keyword, args []pdf.Object) {
	if op == "T*" {
		p.nextLine(0, -p.state.leading)
		return
	}
	if op == "Tm" {
		if m, ok := operandMatrix(args); ok {
			p.tm, p.tlm = m, m
		}
		return
	}
	v, ok := operandNumbers(args)
	if !ok {
		return
	}
	switch {
	case op == "Td" && len(v) == 2:
		p.nextLine(v[0], v[1])
	case op == "TD" && len(v) == 2:
		p.state.leading = -v[1]
		p.nextLine(v[0], v[1])
	case len(v) != 1:
	case op == "Tc":
		p.state.char = v[0]
	case op == "Tw":
		p.state.word = v[0]
	case op == "Tz":
		p.state.scale = v[0] / 100
	case op == "TL":
		p.state.leading = v[0]
	case op == "Ts":
		p.state.rise = v[0]
	case op == "w":
		p.state.line = max(v[0], 0)
	}
}

func (p *interpreter) nextLine(x, y float64) {
	p.tlm = matrix{1, 0, 0, 1, x, y}.mul(p.tlm)
	p.tm = p.tlm
}

// showOperator runs the operators that show text (9.4.3).
func (p *interpreter) showOperator(op keyword, args []pdf.Object) error {
	if len(args) == 0 {
		return nil
	}
	last := args[len(args)-1]
	switch op {
	case "'":
		p.nextLine(0, -p.state.leading)
	case "\"":
		if v, ok := operandNumbers(args[:len(args)-1]); ok && len(v) == 2 {
			p.state.word, p.state.char = v[0], v[1]
		}
		p.nextLine(0, -p.state.leading)
	case "TJ":
		list, _ := last.(pdf.Array)
		for _, o := range list {
			if err := p.showPart(o); err != nil {
				return err
			}
		}
		return nil
	}
	return p.showPart(last)
}

// showPart shows a string, or moves by a number of a TJ array.
func (p *interpreter) showPart(o pdf.Object) error {
	if s, ok := o.(pdf.String); ok && p.state.font != nil {
		r := p.newRun()
		return p.state.font.split(s.Bytes, func(s shown) error { return p.showGlyph(&r, s) })
	}
	if n, ok := finite(o); ok {
		move := -n / 1000 * p.state.size
		if p.state.font != nil && p.state.font.vertical {
			p.tm = matrix{1, 0, 0, 1, 0, move}.mul(p.tm)
		} else {
			p.tm = matrix{1, 0, 0, 1, move * p.state.scale, 0}.mul(p.tm)
		}
	}
	return nil
}

// run is what the glyphs of one string have in common.
type run struct {
	text  matrix // from text space to user space
	glyph matrix // from ems to user space, without the place
	like  glyph  // its vectors and size
}

func (p *interpreter) newRun() run {
	st := &p.state
	r := run{text: p.tm.mul(st.ctm)}
	r.glyph = matrix{st.size * st.scale, 0, 0, st.size, 0, 0}.mul(r.text)
	r.glyph.e, r.glyph.f = 0, 0
	r.like.up = r.glyph.apply(0, st.font.ascent/1000)
	r.like.down = r.glyph.apply(0, st.font.descent/1000)
	r.like.size = length(r.glyph.c, r.glyph.d)
	return r
}

// showGlyph records one character code and moves on (9.4.4).
func (p *interpreter) showGlyph(r *run, s shown) error {
	st := &p.state
	extra := st.char
	if s.space {
		extra += st.word
	}
	m := r.glyph
	origin := r.text.apply(0, st.rise)
	m.e, m.f = origin.x, origin.y
	x, y := (s.advance*st.size+extra)*st.scale, 0.0
	g, starts, ends := r.like, origin, m.apply(s.advance, 0)
	if st.font.vertical {
		x, y = 0, s.hanging.advance*st.size+extra
		middle := s.advance/2 - s.hanging.x
		starts, ends = m.apply(middle, 0), m.apply(middle, s.hanging.advance)
		g.up, g.down = r.glyph.apply(s.advance/2, 0), r.glyph.apply(-s.advance/2, 0)
		g.hangs, g.below = true, s.hanging.y
	}
	next, moved := p.tm.apply(x, y), r.text.apply(x, y)
	p.tm.e, p.tm.f = next.x, next.y
	r.text.e, r.text.f = moved.x, moved.y
	if s.text == "" || !m.finite() {
		return nil
	}
	return p.record(g, starts, ends, s.text)
}

// record keeps the characters of a glyph, which share its width.
func (p *interpreter) record(g glyph, origin, ends point, text string) error {
	if len(text) == 1 { // ASCII
		g.char, g.start, g.end = rune(text[0]), origin, ends
		return p.keep(&g)
	}
	chars := []rune(fold(text))
	for i, r := range chars {
		from, to := float64(i)/float64(len(chars)), float64(i+1)/float64(len(chars))
		g.char = r
		g.start = point{origin.x + (ends.x-origin.x)*from, origin.y + (ends.y-origin.y)*from}
		g.end = point{origin.x + (ends.x-origin.x)*to, origin.y + (ends.y-origin.y)*to}
		if err := p.keep(&g); err != nil {
			return err
		}
	}
	return nil
}

// minSize is the font size below which nothing can be seen, however large the
// unit of the page.
const minSize = 0.001

// keep adds a character to those of the page, unless no reader shows it.
func (p *interpreter) keep(g *glyph) error {
	if p.charsLeft--; p.charsLeft < 0 {
		return fmt.Errorf("%w: more than %d characters", ErrLimit, p.limits.Characters)
	}
	if g.size < minSize || !overlap(g.box(), p.state.clip) {
		return nil
	}
	if len(p.glyphs) >= maxPageCharacters {
		return fmt.Errorf("%w: more than %d characters on a page", ErrLimit, maxPageCharacters)
	}
	p.glyphs = append(p.glyphs, *g)
	return nil
}

// setFont selects a font by its name among the resources.
func (p *interpreter) setFont(name, size pdf.Object, resources pdf.Dict) error {
	n, ok := finite(size)
	key, isName := name.(pdf.Name)
	if !ok || !isName {
		return nil
	}
	p.state.size = n
	fonts, err := p.dict(resources["Font"])
	if err != nil {
		return err
	}
	return p.useFont(fonts[key])
}

// fontKey tells loaded fonts apart: an indirect object by its number, a direct
// dictionary by its identity.
type fontKey struct {
	ref    pdf.Ref
	direct uintptr
}

// loadedFont keeps the object that it was loaded from, so that its identity
// is not given to another.
type loadedFont struct {
	font *font
	from pdf.Object
}

func (p *interpreter) useFont(o pdf.Object) error {
	var key fontKey
	switch o := o.(type) {
	case pdf.Ref:
		key.ref = o
	case pdf.Dict:
		key.direct = reflect.ValueOf(o).Pointer()
	}
	loaded, known := p.fonts[key]
	if !known {
		f, err := p.loadFont(o)
		if err != nil {
			return err
		}
		if len(p.fonts) >= maxFonts {
			clear(p.fonts)
		}
		loaded = loadedFont{f, o}
		p.fonts[key] = loaded
	}
	p.state.font = loaded.font
	return nil
}

// applyState takes the font from a graphics state dictionary (8.4.5).
func (p *interpreter) applyState(args []pdf.Object, resources pdf.Dict) error {
	states, err := p.dict(resources["ExtGState"])
	if err != nil || len(args) != 1 {
		return err
	}
	name, _ := args[0].(pdf.Name)
	gs, err := p.dict(states[name])
	if err != nil {
		return err
	}
	list, err := p.array(gs["Font"])
	if err != nil || len(list) != 2 {
		return err
	}
	size, ok, err := p.number(list[1])
	if err != nil || !ok {
		return err
	}
	p.state.size = size
	return p.useFont(list[0])
}

// paint runs a Form XObject (8.10). One within itself is passed over.
func (p *interpreter) paint(args []pdf.Object, resources pdf.Dict, forms []*pdf.Stream) error {
	objects, err := p.dict(resources["XObject"])
	if err != nil || len(args) != 1 {
		return err
	}
	name, _ := args[0].(pdf.Name)
	o, err := p.doc.Resolve(objects[name])
	if err != nil {
		return err
	}
	form, ok := o.(*pdf.Stream)
	if !ok || form.Dict.Name("Subtype") != "Form" {
		return nil
	}
	for _, outer := range forms {
		if outer == form || pdf.Equal(outer, form) {
			return nil
		}
	}
	if len(forms) >= p.limits.Depth {
		return fmt.Errorf("%w: Form XObjects nested deeper than %d", ErrLimit, p.limits.Depth)
	}
	return p.runForm(form, resources, append(forms[:len(forms):len(forms)], form))
}

func (p *interpreter) runForm(form *pdf.Stream, resources pdf.Dict, forms []*pdf.Stream) error {
	m, _, err := p.matrixOf(form.Dict["Matrix"])
	if err != nil {
		return err
	}
	own, err := p.doc.Resolve(form.Dict["Resources"])
	if err != nil {
		return err
	}
	if d, ok := own.(pdf.Dict); ok {
		resources = d // else those of the page, as old files have it (7.8.3)
	}
	box, boxed, err := p.rectOf(form.Dict["BBox"])
	if err != nil {
		return err
	}
	data, err := p.content(form)
	if err != nil {
		return err
	}
	outside, tm, tlm := p.state, p.tm, p.tlm
	p.state.ctm = m.mul(p.state.ctm)
	if boxed {
		p.state.clip = common(p.state.clip, p.state.ctm.around(box))
	}
	err = p.run(data, resources, forms)
	p.state, p.tm, p.tlm = outside, tm, tlm
	return err
}
