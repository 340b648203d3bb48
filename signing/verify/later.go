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

// lookAtSigned reads everything from the first signature on by the letter of
// the standard, and warns of what was prepared before it.
func (v *verifier) lookAtSigned(ctx context.Context) error {
	v.listRepairs()
	first := v.firstSigned()
	if first < 0 {
		return nil
	}
	v.steps = make([]step, len(v.revs))
	for i := first; i < min(len(v.revs), first+maxLater); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.checkSigned(i, first); err != nil {
			if !unreadable(err) {
				return err
			}
			if errors.Is(err, pdf.ErrWork) {
				v.steps[i].unjudged = true
				continue
			}
			v.steps[i].err = err
		}
	}
	return v.lookForPrepared(ctx, first)
}

// checkSigned reads revision i strictly. What the first signer found behind the
// end of the file, and signed along, is read over as it would be without him.
func (v *verifier) checkSigned(i, first int) error {
	if i != first || i == 0 {
		return v.doc.CheckRevision(i)
	}
	leading, err := v.doc.CheckFirstSigned(i)
	if leading > 0 && err == nil {
		v.findings = append(v.findings, finding(CodeRepaired, pdf.RepairTrailing.String()))
	}
	return err
}

// judgeLater compares each later revision with the one before it, and tells
// every signature what followed it.
func (v *verifier) judgeLater(ctx context.Context) error {
	first := v.firstSigned()
	if first < 0 {
		return nil
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

// firstSigned is the first revision that is soundly signed, -1 when none is.
func (v *verifier) firstSigned() int {
	first := -1
	for _, s := range v.sigs {
		if r := s.place.revision; s.place.sound() && (first < 0 || r < first) {
			first = r
		}
	}
	return first
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
	for i := first; i < len(v.revs) && v.steps[i].err == nil && !v.steps[i].unjudged && i < first+maxLater; i++ {
		if i > 0 && v.revs[i].Sections == 1 { // the base is read with repair, and may hold what overlaps
			uses.strict.add(v.doc, i, v.revs[i])
		}
	}
	for i := first + 1; i < len(v.revs); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i-2 >= first {
			v.forget(i-2, i-2 > first)
		}
		if v.steps[i].err != nil || v.steps[i].unjudged {
			uses.forget() // what this revision refers to is not known
			continue
		}
		if uses.tooMany || i >= first+maxLater {
			v.steps[i].unjudged = true
			continue
		}
		changes, err := v.compareRevisions(i, uses)
		if errors.Is(err, errBudget) || (err == nil || unreadable(err)) && v.doc.Overworked() {
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

// forget lets go of what was read of a revision and, if asked to, of itself.
func (v *verifier) forget(i int, itself bool) {
	delete(v.forms, v.docs[i])
	delete(v.pages, v.docs[i])
	if itself {
		delete(v.docs, i)
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
		case step.unjudged || !v.spendPermits(step, allowed):
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

// spendPermits takes the cost of asking for each change whether it is permitted.
func (v *verifier) spendPermits(step step, allowed permissions) bool {
	v.spent += len(step.changes) * len(allowed.locks)
	return len(allowed.locks) == 0 || v.spent <= maxSpent
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
		if other.Kind == DocumentTimestamp {
			continue // nobody's permission; what it forbids is its own affair
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
		if errors.Is(err, pdf.ErrWork) {
			s.find(CodeCompareBudget, "") // nothing is judged by what was not read
			p = permissions{}
		} else {
			s.find(CodePermissionsUnusable, err.Error())
			p = permissions{certifies: PermitNothing}
		}
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
		if err != nil {
			return false
		}
		method, err := doc.Resolve(reference["TransformMethod"])
		return err == nil && method == pdf.Object(pdf.Name("DocMDP"))
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
	if len(v.revs) > 1 && v.doc.MaybeLinearised() {
		v.findings = append(v.findings, finding(CodeAmbiguous, "linearised for a length that only a later revision gave it"))
	}
	seen := make(map[string]bool)
	for _, doc := range docs {
		// What is not where the cross-reference says makes some readers rebuild
		// it, and what they find then may change with every revision.
		for _, repair := range doc.Repairs() {
			if text := repair.String(); repair.Kind == pdf.RepairPlace && !seen[text] && len(seen) < maxRepairs {
				seen[text] = true
				v.findings = append(v.findings, finding(CodeAmbiguous, text))
			}
		}
		for _, a := range doc.Ambiguities() {
			if text := a.Error(); !seen[text] && len(seen) < maxRepairs {
				seen[text] = true
				v.findings = append(v.findings, finding(CodeAmbiguous, text))
			}
		}
	}
	return nil
}
