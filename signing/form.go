package signing

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

const (
	maxFieldDepth  = 64      // levels of the field tree
	maxFields      = 200_000 // nodes of the field tree
	maxAnnotations = 1 << 18 // on all pages
)

// form is the document's interactive form (ISO 32000-2, 12.7.3) as far as
// signing needs it.
type form struct {
	ref    pdf.Ref  // of the AcroForm dictionary; zero when direct or missing
	dict   pdf.Dict // nil when the document has no form
	names  map[string]bool
	fields []*sigField
	loose  []*sigField // signed, and listed by a page only
}

// sigField is a signature field (12.7.5.5).
type sigField struct {
	name  string // fully qualified
	ref   pdf.Ref
	dict  pdf.Dict
	value pdf.Dict // the signature dictionary; nil while unsigned
	where pdf.Ref  // of value; zero when it stands in the field
}

// readForm walks the field tree, and the pages for signatures that the tree
// leaves out. Fields that stand directly in Kids, against the rules, are walked
// over: their names count, but none can be signed.
func readForm(doc *pdf.Document, catalog pdf.Dict) (*form, error) {
	f := &form{names: make(map[string]bool)}
	f.ref, _ = catalog["AcroForm"].(pdf.Ref)
	var err error
	if f.dict, err = doc.Dict(catalog["AcroForm"]); err != nil {
		return nil, err
	}
	// An XFA form is a second document in the first: who reads it sees its
	// template, in which our field is missing, and not the pages that were
	// signed. PDF 2.0 has dropped it.
	if xfa, err := doc.Resolve(f.dict["XFA"]); err != nil {
		return nil, err
	} else if xfa != nil {
		return nil, &UnsupportedError{Feature: "XFA form"}
	}
	roots, err := doc.Array(f.dict["Fields"])
	if err != nil {
		return nil, err
	}
	w := fieldWalk{doc: doc, form: f, seen: make(map[pdf.Ref]bool)}
	if err := w.walk(roots, inherited{}, 0); err != nil {
		return nil, err
	}
	return f, w.pages()
}

// inherited is what a field takes from its ancestors (12.7.4.1, 12.7.4.2).
type inherited struct {
	name      string
	fieldType pdf.Name
	value     pdf.Object
}

type fieldWalk struct {
	doc   *pdf.Document
	form  *form
	seen  map[pdf.Ref]bool
	count int
}

func (w *fieldWalk) walk(nodes pdf.Array, from inherited, depth int) error {
	if depth > maxFieldDepth {
		return fmt.Errorf("%w: form fields nested deeper than %d", ErrLimit, maxFieldDepth)
	}
	for _, node := range nodes {
		if w.count++; w.count > maxFields {
			return fmt.Errorf("%w: more than %d form fields", ErrLimit, maxFields)
		}
		ref, _ := node.(pdf.Ref)
		if !ref.IsZero() {
			if w.seen[ref] {
				continue // listed twice: the same field still
			}
			w.seen[ref] = true
		}
		obj, err := w.doc.Resolve(node)
		if err != nil {
			return err
		}
		switch v := obj.(type) {
		case nil: // deleted
		case pdf.Dict:
			if err := w.field(ref, v, from, depth); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%w: the form lists what is no field", ErrDamaged)
		}
	}
	return nil
}

func (w *fieldWalk) field(ref pdf.Ref, dict pdf.Dict, from inherited, depth int) error {
	name, err := w.doc.Resolve(dict["T"])
	if err != nil {
		return err
	}
	if t, ok := name.(pdf.String); ok {
		if from.name != "" {
			from.name += "."
		}
		if from.name += pdf.Text(t); len(from.name) > maxText {
			return fmt.Errorf("%w: form field name", ErrLimit)
		}
		w.form.names[from.name] = true
	}
	if ft, err := w.doc.Resolve(dict["FT"]); err != nil {
		return err
	} else if n, ok := ft.(pdf.Name); ok {
		from.fieldType = n
	}
	if v := dict["V"]; v != nil {
		from.value = v
	}
	kids, err := w.doc.Array(dict["Kids"])
	if err != nil {
		return err
	}
	fieldKids, err := w.fieldsAmong(kids)
	if err != nil {
		return err
	}
	if len(fieldKids) > 0 {
		return w.walk(fieldKids, from, depth+1)
	}
	if from.fieldType != "Sig" {
		return nil
	}
	field := &sigField{name: from.name, ref: ref, dict: dict}
	field.where, _ = from.value.(pdf.Ref)
	if field.value, err = w.doc.Dict(from.value); err != nil {
		return err
	}
	if field.value == nil && from.value != nil {
		return fmt.Errorf("%w: the signature of field %.80q is gone", ErrDamaged, from.name)
	}
	w.form.fields = append(w.form.fields, field)
	return nil
}

// fieldsAmong leaves out kids that are only widgets: a field has a partial
// name or kids of its own.
func (w *fieldWalk) fieldsAmong(kids pdf.Array) (fields pdf.Array, err error) {
	if w.count += len(kids); w.count > maxFields {
		return nil, fmt.Errorf("%w: more than %d form fields", ErrLimit, maxFields)
	}
	for _, k := range kids {
		obj, err := w.doc.Resolve(k)
		if err != nil {
			return nil, err
		}
		if d, ok := obj.(pdf.Dict); ok && (d["T"] != nil || d["Kids"] != nil) {
			fields = append(fields, k)
		}
	}
	return fields, nil
}

// signed lists the fields that carry a signature.
func (f *form) signed() []*sigField {
	out := f.loose[:len(f.loose):len(f.loose)]
	for _, s := range f.fields {
		if s.value != nil {
			out = append(out, s)
		}
	}
	return out
}

// target finds the field to sign: an empty signature field of that name, or
// nil for a new one, whose name is then free.
func (f *form) target(name string) (*sigField, string, error) {
	if name == "" {
		for n := 1; ; n++ {
			if made := "Signature" + strconv.Itoa(n); !f.names[made] {
				return nil, made, nil
			}
		}
	}
	if !f.names[name] {
		// 12.7.4.2: a partial name has no full stop.
		if strings.Contains(name, ".") {
			return nil, "", fmt.Errorf("%w: new name %.80q has a full stop", ErrField, name)
		}
		return nil, name, nil
	}
	var found *sigField
	for _, s := range f.fields {
		if s.name != name {
			continue
		}
		if found != nil {
			return nil, "", fmt.Errorf("%w: %.80q exists twice", ErrField, name)
		}
		found = s
	}
	switch {
	case found == nil:
		return nil, "", fmt.Errorf("%w: %.80q is not a signature field", ErrField, name)
	case found.value != nil:
		return nil, "", fmt.Errorf("%w: %.80q is signed already", ErrField, name)
	case found.ref.IsZero():
		return nil, "", fmt.Errorf("%w: %.80q is not an object of its own", ErrField, name)
	case found.dict.Name("Subtype") != "Widget":
		// Lawful, but readers look for the signature in the widget.
		return nil, "", &UnsupportedError{Feature: "signature field apart from its widget"}
	}
	return found, name, nil
}
