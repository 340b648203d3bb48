package verify

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds of the field tree.
const (
	maxFieldDepth = 64
	maxFields     = 100_000
	// fieldCost is what reading a field takes from the budget of comparisons.
	fieldCost = 20
)

// field is a terminal field of the form with its widgets (ISO 32000-2 section
// 12.7.4).
type field struct {
	name string
	ref  pdf.Ref // zero for a field that is not an object of its own
	kind pdf.Name
	dict pdf.Dict
	// value is V, own or inherited, unresolved; holder is the object that
	// holds it.
	value  pdf.Object
	holder pdf.Ref
	// widgets are the field's own annotation, or its kids.
	widgets []widget
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
	// broken are the places that could not be read.
	broken []brokenField
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
	doc  *pdf.Document
	seen map[pdf.Ref]bool
	form form
}

// inherited is what a field takes from its ancestors.
type inherited struct {
	name   string
	kind   pdf.Name
	value  pdf.Object
	holder pdf.Ref
	depth  int
}

// readForm reads the fields of a revision. What cannot be read is listed, not
// skipped; only errors of the reader are returned.
func readForm(doc *pdf.Document) (form, error) {
	w := &formWalk{doc: doc, seen: make(map[pdf.Ref]bool), form: form{
		index: make(map[pdf.Ref]int), names: make(map[string]bool), parents: make(map[pdf.Ref]string),
	}}
	catalog, err := doc.Catalog()
	if err == nil {
		var acroForm pdf.Dict
		if acroForm, err = doc.Dict(catalog["AcroForm"]); err == nil {
			var fields pdf.Array
			if fields, err = doc.Array(acroForm["Fields"]); err == nil {
				err = w.walkAll(fields, inherited{})
			}
		}
	}
	if err = w.note("", err); err != nil {
		return form{}, err
	}
	return w.form, nil
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
		if len(w.form.fields)+len(w.form.broken) >= maxFields {
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
			return nil // listed twice: the same field still
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
	widgets, fields, err := w.split(kids)
	if err != nil {
		return err
	}
	if len(fields) > 0 {
		w.form.parents[ref] = here.name
		// Widgets beside named kids belong to this field.
		if err := w.walkAll(fields, here); err != nil {
			return err
		}
		if len(widgets) == 0 {
			return nil
		}
	}
	if len(widgets) == 0 {
		widgets = []widget{{ref, dict}}
	}
	if !ref.IsZero() {
		w.form.index[ref] = len(w.form.fields)
	}
	w.form.names[here.name] = true
	w.form.fields = append(w.form.fields, field{
		name: here.name, ref: ref, kind: here.kind, dict: dict,
		value: here.value, holder: here.holder, widgets: widgets,
	})
	return nil
}

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
		here.name += pdf.Text(t)
	}
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
	if value := dict["V"]; value != nil {
		here.value, here.holder = value, ref
	}
	return here, nil
}

// split tells the kids that are only widgets from those that are fields.
func (w *formWalk) split(kids pdf.Array) (widgets []widget, fields pdf.Array, err error) {
	for _, kid := range kids {
		object, err := w.doc.Resolve(kid)
		if err != nil {
			return nil, nil, err
		}
		dict, ok := object.(pdf.Dict)
		if ok && dict["T"] == nil && dict["Kids"] == nil && dict["V"] == nil && dict["FT"] == nil {
			ref, _ := kid.(pdf.Ref)
			widgets = append(widgets, widget{ref, dict})
			continue
		}
		fields = append(fields, kid)
	}
	return widgets, fields, nil
}

// formOf reads the form of a revision, once.
func (v *verifier) formOf(doc *pdf.Document) (*form, error) {
	if f, ok := v.forms[doc]; ok {
		return f, nil
	}
	f, err := readForm(doc)
	if err != nil {
		return nil, err
	}
	v.spent += fieldCost * len(f.fields)
	v.forms[doc] = &f
	return &f, nil
}
