package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// pages looks through the annotations of every page for signature fields that
// the field tree does not list. Some programs write them so, and readers show
// them as signatures: they count as signed before. What cannot be read as
// pages or annotations nobody sees as a signature.
func (w *fieldWalk) pages() error {
	count := 0
	for i := 0; ; i++ {
		_, page, err := w.doc.PageObject(i)
		if errors.Is(err, pdf.ErrNoPage) || errors.Is(err, pdf.ErrMalformed) {
			return nil
		}
		if err != nil {
			return err
		}
		annots, err := w.doc.Array(page["Annots"])
		if err != nil && !errors.Is(err, pdf.ErrMalformed) {
			return err
		}
		if count += len(annots); count > maxAnnotations {
			return fmt.Errorf("%w: more than %d annotations", ErrLimit, maxAnnotations)
		}
		for _, a := range annots {
			if err := w.annotation(a); err != nil && !errors.Is(err, pdf.ErrMalformed) {
				return err
			}
		}
	}
}

// annotation notes a widget that shows a signature from outside the tree.
func (w *fieldWalk) annotation(a pdf.Object) error {
	ref, _ := a.(pdf.Ref)
	if !ref.IsZero() {
		if w.seen[ref] {
			return nil
		}
		w.seen[ref] = true
	}
	dict, err := w.doc.Dict(a)
	if err != nil || dict.Name("Subtype") != "Widget" {
		return err
	}
	from, listed, err := w.ancestry(dict)
	if err != nil || listed || from.fieldType != "Sig" {
		return err
	}
	w.form.names[from.name] = true
	field := &sigField{name: from.name, ref: ref, dict: dict}
	field.where, _ = from.value.(pdf.Ref)
	if field.value, err = w.doc.Dict(from.value); err != nil || field.value == nil {
		return err
	}
	w.form.loose = append(w.form.loose, field)
	return nil
}

// ancestry reads from a widget upwards what the tree walk reads downwards. A
// widget below a field of the tree is listed: it was seen there.
func (w *fieldWalk) ancestry(node pdf.Dict) (from inherited, listed bool, err error) {
	for depth := 0; node != nil && depth <= maxFieldDepth; depth++ {
		if w.count++; w.count > maxFields {
			return from, false, fmt.Errorf("%w: more than %d form fields", ErrLimit, maxFields)
		}
		title, err := w.doc.Resolve(node["T"])
		if err != nil {
			return from, false, err
		}
		if t, ok := title.(pdf.String); ok {
			if from.name != "" {
				from.name = "." + from.name
			}
			if from.name = pdf.Text(t) + from.name; len(from.name) > maxText {
				return from, false, fmt.Errorf("%w: form field name", ErrLimit)
			}
		}
		if from.fieldType == "" {
			from.fieldType = node.Name("FT")
		}
		if from.value == nil {
			from.value = node["V"]
		}
		parent, _ := node["Parent"].(pdf.Ref)
		if w.seen[parent] {
			return from, true, nil
		}
		if node, err = w.doc.Dict(node["Parent"]); err != nil {
			return from, false, err
		}
	}
	return from, false, nil
}
