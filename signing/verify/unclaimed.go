package verify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxHitRevisions bounds the revisions that are opened to explain hits.
const maxHitRevisions = 64

// checkHits explains every place where the key of a byte range stands. A
// signature dictionary there that no field of the newest form shows was
// removed by a later revision or never belonged to the form; either way it is
// reported, not passed over.
func (v *verifier) checkHits(hits []int64) error {
	if len(hits) > maxHits {
		v.findings = append(v.findings, finding(CodeTooManySignatures, fmt.Sprint(maxHits)))
		return nil
	}
	revisions := make(map[int][]pdf.Entry)
	seen := v.knownOffsets()
	for _, hit := range hits {
		rev := slices.IndexFunc(v.revs, func(r pdf.Revision) bool { return r.Start <= hit && hit < r.End })
		if rev < 0 {
			continue // bytes after the last revision are a finding of their own
		}
		if revisions[rev] == nil {
			if len(revisions) >= maxHitRevisions {
				v.findings = append(v.findings, finding(CodeTooManySignatures, fmt.Sprint(maxHitRevisions)))
				return nil
			}
			revisions[rev] = v.entriesByOffset(rev)
		}
		entry, ok := entryAt(revisions[rev], hit)
		if !ok || seen[entry.Offset] {
			continue
		}
		seen[entry.Offset] = true
		if err := v.unclaimed(rev, pdf.Ref{Num: entry.Num, Gen: entry.Gen}); err != nil {
			return err
		}
	}
	return nil
}

// knownOffsets are the places of the objects of signatures already under
// judgment, and of a usage rights signature, which is nobody's signature of
// the content (ISO 32000-1 section 12.8.2.3, withdrawn in ISO 32000-2).
func (v *verifier) knownOffsets() map[int64]bool {
	known := make(map[int64]bool)
	add := func(ref pdf.Ref) {
		if e, ok := v.doc.Entry(ref.Num); ok && e.Kind == pdf.EntryInUse {
			known[e.Offset] = true
		}
	}
	for _, s := range v.sigs {
		add(s.place.holder)
	}
	if catalog, err := v.doc.Catalog(); err == nil {
		if perms, err := v.doc.Dict(catalog["Perms"]); err == nil {
			for _, key := range []pdf.Name{"UR", "UR3"} {
				if ref, ok := perms[key].(pdf.Ref); ok {
					add(ref)
				}
			}
		}
	}
	return known
}

func (v *verifier) entriesByOffset(rev int) []pdf.Entry {
	entries := []pdf.Entry{}
	for e := range v.doc.RevisionEntries(rev) {
		if e.Kind == pdf.EntryInUse {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b pdf.Entry) int { return cmp.Compare(a.Offset, b.Offset) })
	return entries
}

// entryAt is the last entry that begins at or before the offset.
func entryAt(entries []pdf.Entry, offset int64) (pdf.Entry, bool) {
	i, found := slices.BinarySearchFunc(entries, offset, func(e pdf.Entry, o int64) int { return cmp.Compare(e.Offset, o) })
	if !found {
		i--
	}
	if i < 0 {
		return pdf.Entry{}, false
	}
	return entries[i], true
}

// unclaimed reports the object if it is or holds a signature dictionary.
func (v *verifier) unclaimed(rev int, ref pdf.Ref) error {
	doc, err := v.revision(rev)
	if err == nil {
		var object pdf.Object
		if object, err = doc.Get(ref); err == nil {
			dict, _ := object.(pdf.Dict)
			if value, ok := dict["V"].(pdf.Dict); ok {
				dict = value
			}
			if dict["ByteRange"] == nil || dict["Contents"] == nil {
				return nil
			}
			return v.addUnclaimed(doc, ref, dict)
		}
	}
	if unreadable(err) {
		return nil // what cannot be read shows no signature to anyone
	}
	return err
}

func (v *verifier) addUnclaimed(doc *pdf.Document, ref pdf.Ref, dict pdf.Dict) error {
	if v.full() {
		return nil
	}
	then, err := v.formOf(doc)
	if errors.Is(err, errBudget) {
		then, err = &form{}, nil // reported by its object
	}
	if err != nil {
		return err
	}
	if doc != v.doc {
		delete(v.forms, doc) // it may be large
	}
	s := v.add("")
	s.Object = int(ref.Num)
	s.place.dict = dict
	v.describe(s)
	for i := range then.fields {
		if f := &then.fields[i]; f.kind == "Sig" && f.value != nil && f.holderOf() == ref {
			s.Field = printable(f.name)
			s.find(CodeSignatureRemoved, f.name)
			return nil
		}
	}
	s.find(CodeUnreachable, ref.String())
	return nil
}
