package verify

import (
	"errors"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// checkOwnRevision makes sure that the revision that the signature covers
// shows it in the same field: otherwise a later revision has made it one.
func (v *verifier) checkOwnRevision(s *signature) error {
	p := &s.place
	if p.revision == len(v.revs)-1 {
		return nil
	}
	own, err := v.revision(p.revision)
	if err != nil {
		if unreadable(err) {
			s.find(CodeRevisionUnreadable, err.Error())
			return nil
		}
		return err
	}
	before, was := own.Entry(p.holder.Num)
	if now, is := v.doc.Entry(p.holder.Num); !was || !is || before != now {
		s.find(CodeNotInOwnRevision, "")
		return nil
	}
	shown, err := v.shownIn(own, p.field)
	switch {
	case errors.Is(err, errBudget), err == nil && !shown && v.doc.Overworked():
		s.find(CodeCompareBudget, "")
	case err != nil:
		return err
	case !shown:
		s.find(CodeNotInOwnRevision, "")
	}
	return nil
}

// shownIn reports whether the form of an older revision has the field, with the
// same signature. Almost always it is where it is now: then no other field need
// be read.
func (v *verifier) shownIn(own *pdf.Document, f *field) (bool, error) {
	if found, err := (&formWalk{doc: own}).leadsTo(f); found || err != nil {
		return found, err
	}
	then, err := v.formOf(own)
	if err != nil {
		return false, err
	}
	delete(v.forms, own)
	return slices.ContainsFunc(then.fields, f.sameAs), nil
}

// sameAs reports whether both are a field of that name with that signature.
func (f *field) sameAs(other field) bool {
	return other.name == f.name && other.kind == "Sig" && other.value != nil && other.holderOf() == f.holderOf()
}

// leadsTo reports whether the lists of fields lead to f by the same objects as
// in the revision that it was read from. What cannot be read leads nowhere;
// errors are of the reader.
func (w *formWalk) leadsTo(f *field) (bool, error) {
	list, err := w.rootFields()
	here := inherited{}
	var dict pdf.Dict
	for _, ref := range f.path() {
		if err != nil || ref.IsZero() || !slices.Contains(list, pdf.Object(ref)) {
			return false, w.note("", err)
		}
		if dict, err = w.doc.Dict(ref); err != nil {
			return false, w.note("", err)
		}
		if here, err = w.inherit(ref, dict, here); err == nil {
			list, err = w.doc.Array(dict["Kids"])
		}
	}
	if err != nil || dict == nil {
		return false, w.note("", err)
	}
	widgets, fields, err := w.split(list, dict.Name("FT"))
	if err != nil || len(fields) > 0 && len(widgets) == 0 {
		return false, w.note("", err)
	}
	return f.sameAs(field{name: here.name, kind: here.kind, value: here.value, holder: here.holder}), nil
}

// path is the objects from the form's list of fields to the field.
func (f *field) path() []pdf.Ref {
	path := []pdf.Ref{f.ref}
	for up := f.above; up != nil; up = up.above {
		path = append(path, up.ref)
	}
	slices.Reverse(path)
	return path
}
