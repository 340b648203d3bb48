package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// step is what one revision did to the one before it.
type step struct {
	changes []Change
	// err says why the revision has no strict reading, or cannot be compared.
	err error
	// unjudged: there was too much to compare.
	unjudged bool
}

// judgeLater reads everything from the first signature on by the letter of
// the standard, compares each later revision with the one before it, and
// tells every signature what followed it.
func (v *verifier) judgeLater(ctx context.Context) error {
	v.listRepairs()
	first := -1
	for _, s := range v.sigs {
		if r := s.place.revision; s.place.sound() && (first < 0 || r < first) {
			first = r
		}
	}
	if first < 0 {
		return nil
	}
	v.steps = make([]step, len(v.revs))
	for i := first; i < min(len(v.revs), first+maxLater); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.doc.CheckRevision(i); err != nil {
			if !unreadable(err) {
				return err
			}
			v.steps[i].err = err
		}
	}
	if err := v.lookForPrepared(ctx, first); err != nil {
		return err
	}
	if err := v.compareAll(ctx, first); err != nil {
		return err
	}
	for _, s := range v.sigs {
		if s.place.sound() {
			if err := v.tellLater(s, first); err != nil {
				return err
			}
		}
	}
	return v.listAmbiguities(first)
}

// compareAll compares each revision after the first signed one with the one
// before it.
func (v *verifier) compareAll(ctx context.Context, first int) error {
	if first == len(v.revs)-1 {
		return nil
	}
	if v.findEarly(first); len(v.early) == maxEarly {
		for i := first + 1; i < len(v.revs); i++ {
			v.steps[i].unjudged = true
		}
		return nil
	}
	uses := &references{ctx: ctx, loose: &v.loose}
	for i := first; i < len(v.revs) && v.steps[i].err == nil && i < first+maxLater; i++ {
		if i > 0 && v.revs[i].Sections == 1 { // the base is read with repair, and may hold what overlaps
			uses.strict.add(v.doc, i, v.revs[i])
		}
	}
	for i := first + 1; i < len(v.revs); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if v.steps[i].err != nil {
			uses.forget() // what this revision refers to is not known
			continue
		}
		if uses.tooMany || i >= first+maxLater {
			v.steps[i].unjudged = true
			continue
		}
		changes, err := v.compareRevisions(i, uses)
		if errors.Is(err, errBudget) {
			v.steps[i].unjudged = true
			uses.forget()
			continue
		}
		if err := v.stepError(i, err); err != nil {
			return err
		}
		if v.steps[i].err != nil {
			uses.forget()
		}
		v.steps[i].changes = append(v.steps[i].changes, changes...)
		v.forget(i - 1)
	}
	return nil
}

// Bounds of the comparison: the revisions that are judged, and the
// cross-reference entries of all of them together.
const (
	maxLater = 256
	maxSpent = 4_000_000
)

var errBudget = errors.New("too much to compare")

// spend takes the cost of comparing revision i from the budget.
func (v *verifier) spend(i int) bool {
	if v.entries == 0 {
		v.entries = v.doc.EntryCount()
	}
	v.spent += v.doc.RevisionEntryCount(i) + v.entries
	return v.spent <= maxSpent
}

// forget lets go of a revision that no signature covers.
func (v *verifier) forget(i int) {
	covers := func(s *signature) bool { return s.place.revision == i }
	if doc := v.docs[i]; doc != nil && !slices.ContainsFunc(v.sigs, covers) {
		delete(v.docs, i)
		delete(v.forms, doc)
		delete(v.pages, doc)
	}
}

// stepError keeps an error of the document and returns one of the reader.
func (v *verifier) stepError(i int, err error) error {
	if err != nil && (unreadable(err) || errors.Is(err, errPageTree)) {
		v.steps[i].err = err
		v.steps[i].changes = []Change{{Kind: ChangeUnreadable}}
		return nil
	}
	return err
}

// tellLater draws the conclusions for one signature.
func (v *verifier) tellLater(s *signature, first int) error {
	own := s.place.revision
	switch err := v.steps[own].err; {
	case err == nil:
	case own == 0 && !v.doc.Rebuilt():
		// Nothing was signed before: this is the base, which may be read with
		// repair, and the signature covers all of it.
		s.find(CodeRepaired, err.Error())
	default:
		s.find(CodeRevisionUnreadable, err.Error())
	}
	allowed, err := v.permissionsOf(s, first)
	if err != nil {
		return err
	}
	s.Later = ModificationNone
	raise := func(m Modification) { s.Later = max(s.Later, m) }
	unjudged := false
	for i := own + 1; i < len(v.revs); i++ {
		step := v.steps[i]
		number := fmt.Sprint(i + 1)
		switch {
		case step.err != nil:
			raise(ModificationFound)
			s.find(CodeLaterUnreadable, number)
		case step.unjudged:
			unjudged = true
		case slices.ContainsFunc(step.changes, func(c Change) bool { return !c.Vouched }):
			raise(ModificationFound)
			s.find(CodeModified, number)
		case slices.ContainsFunc(step.changes, func(c Change) bool { return !allowed.permits(c) }):
			raise(ModificationFound)
			s.find(CodeChangeNotPermitted, number)
		default:
			raise(ModificationPermitted)
		}
	}
	if end := v.revs[len(v.revs)-1].End; v.size > end {
		raise(ModificationFound)
		s.find(CodeTrailingBytes, fmt.Sprint(v.size-end))
	}
	if unjudged && s.Later != ModificationFound {
		s.Later = ModificationUnknown
		s.find(CodeCompareBudget, "")
	}
	return nil
}

// permissionsOf reads what the signature permits, joined with the document's
// certification, which binds everything after it.
func (v *verifier) permissionsOf(s *signature, first int) (permissions, error) {
	own, err := v.ownPermissions(s)
	if err != nil {
		return own, err
	}
	if s.Kind == Certification && s.place.revision != first {
		s.find(CodeCertificationLate, "")
	}
	for _, other := range v.sigs {
		if other == s || !other.place.sound() || other.place.revision > s.place.revision {
			continue
		}
		earlier, err := v.ownPermissions(other)
		if err != nil {
			return own, err
		}
		if own.certifies == PermitUnstated || earlier.certifies != PermitUnstated && earlier.certifies < own.certifies {
			own.certifies = earlier.certifies
		}
	}
	return own, nil
}

// ownPermissions reads a signature's own transforms, once.
func (v *verifier) ownPermissions(s *signature) (permissions, error) {
	if s.permits != nil {
		return *s.permits, nil
	}
	doc, err := v.revision(s.place.revision)
	var p permissions
	if err == nil {
		p, err = readPermissions(doc, s.place.dict, s.place.field.dict)
	}
	if err != nil {
		if !unreadable(err) && !errors.Is(err, errPermissions) {
			return p, err
		}
		s.find(CodePermissionsUnusable, err.Error())
		p = permissions{certifies: PermitNothing}
	}
	if s.Kind == Approval && certifies(doc, s.place.dict) {
		s.Kind, s.Permits = Certification, p.certifies
	}
	s.permits = &p
	return p, nil
}

// certifies reports whether the signature dictionary has a DocMDP transform.
func certifies(doc *pdf.Document, dict pdf.Dict) bool {
	if doc == nil {
		return false
	}
	references, err := doc.Array(dict["Reference"])
	if err != nil {
		return false
	}
	return slices.ContainsFunc(references, func(value pdf.Object) bool {
		reference, err := doc.Dict(value)
		return err == nil && reference.Name("TransformMethod") == "DocMDP"
	})
}

// maxRepairs bounds the repairs that are listed.
const maxRepairs = 20

// listRepairs warns of departures from the rules that were read over. In
// signed revisions they are findings of the strict reading.
func (v *verifier) listRepairs() {
	for i, repair := range v.doc.Repairs() {
		if i == maxRepairs {
			break
		}
		v.findings = append(v.findings, finding(CodeRepaired, repair.String()))
	}
}

// listAmbiguities reports what other readers may read differently.
func (v *verifier) listAmbiguities(first int) error {
	docs := []*pdf.Document{v.doc}
	if first < len(v.revs)-1 {
		if signed, ok := v.docs[first]; ok {
			docs = append(docs, signed)
		}
	}
	seen := make(map[string]bool)
	for _, doc := range docs {
		for _, a := range doc.Ambiguities() {
			if text := a.Error(); !seen[text] && len(seen) < maxRepairs {
				seen[text] = true
				v.findings = append(v.findings, finding(CodeAmbiguous, text))
			}
		}
	}
	return nil
}
