package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds of the field tree.
const (
	maxFieldDepth = 64
	maxFields     = 40_000
	// maxFormWeight bounds the entries of all fields and widgets, a dictionary
	// counting 4 more.
	maxFormWeight = 500_000
	// fieldCost is what reading a field takes from the budget of comparisons.
	fieldCost = 12
)

// field is a terminal field of the form with its widgets (ISO 32000-2 section
// 12.7.4).
type field struct {
	name string
	ref  pdf.Ref // zero for a field that is not an object of its own
	kind pdf.Name
	dict pdf.Dict
	// flags are Ff, own or inherited.
	flags int64
	// value is V, own or inherited, unresolved; holder is the object that
	// holds it.
	value  pdf.Object
	holder pdf.Ref
	// doubtful: readers may disagree about its full name. strayed: it or a
	// widget of it names another parent than the one that lists it.
	doubtful, strayed bool
	// widgets are the field's own annotation, or its kids.
	widgets []widget
	above   *parentField // nil of one in the form's own list
}

// parentField is a field that another is a kid of.
type parentField struct {
	ref   pdf.Ref
	above *parentField
}

type widget struct {
	ref  pdf.Ref
	dict pdf.Dict
}

// form is the interactive form of one revision.
type form struct {
	fields []field
	// index finds the fields that are objects, names holds every full name.
	index map[pdf.Ref]int
	names map[string]bool
	// parents are the fields that only group others, by name.
	parents map[pdf.Ref]string
	// twice are the fields that are listed more than once, lent the widgets that
	// more than one field has.
	twice, lent map[pdf.Ref]bool
	// broken are the places that could not be read.
	broken []brokenField
}

// sureKind reports whether all readers take the field for the same kind, though
// some ask the parent that it names and others the one that lists it.
func (f *form) sureKind(of *field) bool {
	if !of.strayed && !f.twice[of.ref] {
		return true
	}
	merged := len(of.widgets) == 1 && of.widgets[0].ref == of.ref
	return merged && of.dict["FT"] != nil && (of.kind != "Btn" || of.dict["Ff"] != nil)
}

// lends reports whether another field has a widget of the field as well.
func (f *form) lends(of *field) bool {
	return slices.ContainsFunc(of.widgets, func(w widget) bool { return f.lent[w.ref] })
}

// groups reports whether a field has other fields below it.
func (f *form) groups(of *field) bool {
	_, ok := f.parents[of.ref]
	return ok
}

// sure reports whether all readers give the field the same full name.
func (f *form) sure(of *field) bool {
	if of.doubtful || of.strayed || of.name == "" || f.twice[of.ref] || f.lends(of) {
		return false
	}
	for up := of.above; up != nil; up = up.above {
		if f.twice[up.ref] {
			return false
		}
	}
	return true
}

type brokenField struct {
	name string
	err  error
}

var (
	errFieldDepth  = errors.New("the field tree is too deep or a name too long")
	errFieldCount  = errors.New("too many fields")
	errFieldObject = errors.New("a field is not a dictionary")
)

// byRef finds a field by its object, nil if it is none.
func (f *form) byRef(ref pdf.Ref) *field {
	i, ok := f.index[ref]
	if !ok {
		return nil
	}
	return &f.fields[i]
}

// formWalk walks a field tree once.
type formWalk struct {
	doc    *pdf.Document
	seen   map[pdf.Ref]bool
	shown  map[pdf.Ref]bool // the widgets
	form   form
	weight int
}

// inherited is what a field takes from its ancestors.
type inherited struct {
	name   string
	kind   pdf.Name
	flags  int64
	value  pdf.Object
	holder pdf.Ref
	depth  int
	above  *parentField

	doubtful, strayed bool
}

// readForm reads the fields of a revision. What cannot be read is listed, not
// skipped; only errors of the reader are returned.
func readForm(doc *pdf.Document) (form, error) {
	w := &formWalk{doc: doc, seen: make(map[pdf.Ref]bool), shown: make(map[pdf.Ref]bool), form: form{
		index: make(map[pdf.Ref]int), names: make(map[string]bool), parents: make(map[pdf.Ref]string),
		twice: make(map[pdf.Ref]bool), lent: make(map[pdf.Ref]bool),
	}}
	fields, err := w.rootFields()
	if err == nil {
		err = w.walkAll(fields, inherited{})
	}
	if err = w.note("", err); err != nil {
		return form{}, err
	}
	return w.form, nil
}

// rootFields is the form's own list of fields.
func (w *formWalk) rootFields() (pdf.Array, error) {
	form, err := acroForm(w.doc)
	if err != nil {
		return nil, err
	}
	return w.doc.Array(form["Fields"])
}

// acroForm is the interactive form of a revision, nil where there is none.
func acroForm(doc *pdf.Document) (pdf.Dict, error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil, err
	}
	return doc.Dict(catalog["AcroForm"])
}

// note keeps an error of the document and returns one of the reader.
func (w *formWalk) note(name string, err error) error {
	if err == nil {
		return nil
	}
	if !unreadable(err) && !errors.Is(err, errFieldDepth) && !errors.Is(err, errFieldCount) && !errors.Is(err, errFieldObject) {
		return err
	}
	w.form.broken = append(w.form.broken, brokenField{name, err})
	return nil
}

func (w *formWalk) walkAll(nodes pdf.Array, up inherited) error {
	for _, node := range nodes {
		if len(w.form.fields)+len(w.form.broken) >= maxFields || w.weight > maxFormWeight {
			return errFieldCount
		}
		if err := w.note(up.name, w.walk(node, up)); err != nil {
			return err
		}
	}
	return nil
}

func (w *formWalk) walk(node pdf.Object, up inherited) error {
	ref, _ := node.(pdf.Ref)
	if !ref.IsZero() {
		if w.seen[ref] {
			w.form.twice[ref] = true
			return nil // the same field still
		}
		w.seen[ref] = true
	}
	if up.depth > maxFieldDepth {
		return errFieldDepth
	}
	object, err := w.doc.Resolve(node)
	if err != nil {
		return err
	}
	if object == nil {
		return nil // deleted, which a reader passes over
	}
	dict, ok := object.(pdf.Dict)
	if !ok {
		return errFieldObject
	}
	here, err := w.inherit(ref, dict, up)
	if err != nil {
		return err
	}
	kids, err := w.doc.Array(dict["Kids"])
	if err != nil {
		return fmt.Errorf("kids of %q: %w", here.name, err)
	}
	widgets, fields, err := w.split(kids, dict.Name("FT"))
	if err != nil {
		return err
	}
	w.weigh(dict)
	for _, widget := range widgets {
		w.weigh(widget.dict)
	}
	if len(fields) > 0 {
		w.form.parents[ref] = here.name
		here.above = &parentField{ref, up.above}
		// Widgets beside named kids belong to this field.
		if err := w.walkAll(fields, here); err != nil {
			return err
		}
		if len(widgets) == 0 {
			return nil
		}
	}
	for _, widget := range widgets {
		here.leadsBack(widget.dict, ref)
	}
	if len(widgets) == 0 {
		widgets = []widget{{ref, dict}}
	}
	for _, widget := range widgets {
		if w.shown[widget.ref] {
			w.form.lent[widget.ref] = true
		}
		w.shown[widget.ref] = !widget.ref.IsZero()
	}
	if !ref.IsZero() {
		w.form.index[ref] = len(w.form.fields)
	}
	w.form.names[here.name] = true
	w.form.fields = append(w.form.fields, field{
		name: here.name, ref: ref, kind: here.kind, flags: here.flags, dict: dict,
		value: here.value, holder: here.holder, widgets: widgets, above: up.above,
		doubtful: here.doubtful, strayed: here.strayed,
	})
	return nil
}

// weigh counts what a dictionary that is kept takes of memory.
func (w *formWalk) weigh(dict pdf.Dict) { w.weight += 4 + len(dict) }

// inherit adds what a field says itself to what it takes from above.
func (w *formWalk) inherit(ref pdf.Ref, dict pdf.Dict, up inherited) (inherited, error) {
	here := up
	here.depth++
	title, err := w.doc.Resolve(dict["T"])
	if err != nil {
		return here, err
	}
	if t, ok := title.(pdf.String); ok {
		if here.name != "" {
			here.name += "."
		}
		part, plain := plainName(t)
		here.name += part
		here.doubtful = here.doubtful || !plain || strings.Contains(part, ".")
	} else {
		here.doubtful = here.doubtful || title != nil
	}
	above := pdf.Ref{}
	if up.above != nil {
		above = up.above.ref
	}
	here.leadsBack(dict, above)
	if len(here.name) > 4096 {
		return here, errFieldDepth
	}
	kind, err := w.doc.Resolve(dict["FT"])
	if err != nil {
		return here, err
	}
	if k, ok := kind.(pdf.Name); ok {
		here.kind = k
	}
	flags, err := w.doc.Resolve(dict["Ff"])
	if err != nil {
		return here, err
	}
	if n, ok := flags.(pdf.Integer); ok {
		here.flags = int64(n)
	}
	if value := dict["V"]; value != nil {
		here.value, here.holder = value, ref
	}
	return here, nil
}

// leadsBack notes whether a kid names the parent that lists it: some readers take
// the name and what is inherited from there.
func (here *inherited) leadsBack(kid pdf.Dict, parent pdf.Ref) {
	ref, isRef := kid["Parent"].(pdf.Ref)
	here.doubtful = here.doubtful || ref != parent
	here.strayed = here.strayed || kid["Parent"] != nil && (!isRef || ref != parent)
}

// plainName decodes the name of a field; plain is false for one that readers
// may decode differently, or cut off.
func plainName(s pdf.String) (name string, plain bool) {
	name = pdf.Text(s)
	wide := bytes.HasPrefix(s.Bytes, []byte{0xfe, 0xff})
	plain = name != "" && !bytes.HasPrefix(s.Bytes, []byte{0xff, 0xfe}) &&
		(!wide || len(s.Bytes)%2 == 0) && (wide || !bytes.ContainsRune(s.Bytes, '\x1b')) &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) })
	return name, plain
}

// split tells the kids that are only widgets from those that are fields. Some
// programs give the widgets of radio buttons their field's own kind again.
func (w *formWalk) split(kids pdf.Array, kind pdf.Name) (widgets []widget, fields pdf.Array, err error) {
	for _, kid := range kids {
		object, err := w.doc.Resolve(kid)
		if err != nil {
			return nil, nil, err
		}
		dict, ok := object.(pdf.Dict)
		if ok && dict["T"] == nil && dict["Kids"] == nil && dict["V"] == nil && (dict["FT"] == nil || kind != "" && dict.Name("FT") == kind) {
			ref, _ := kid.(pdf.Ref)
			widgets = append(widgets, widget{ref, dict})
			continue
		}
		fields = append(fields, kid)
	}
	return widgets, fields, nil
}

// formOf reads the form of a revision, once; errBudget when too many were read.
func (v *verifier) formOf(doc *pdf.Document) (*form, error) {
	if f, ok := v.forms[doc]; ok {
		return f, nil
	}
	if v.spent > maxSpent {
		return nil, errBudget
	}
	f, err := readForm(doc)
	if err != nil {
		return nil, err
	}
	v.spent += fieldCost * len(f.fields)
	v.forms[doc] = &f
	return &f, nil
}
