package esign

import (
	"errors"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// errContent: the bytes that were sent stand, but the answer's updates replace
// parts of the document that a signature does not need.
var errContent = errors.New("the answer replaces parts of the document")

// unchanged holds the updates of an answer against the document that was sent:
// of what was there, a box may change the catalog's form, the list of
// annotations of a page, an empty signature field and the document
// information. A later change of a signed document is judged by package verify;
// this is for the first signature, which covers whatever the box put before it.
func unchanged(before, after *pdf.Document) error {
	for i, rev := range after.Revisions() {
		if rev.Start < before.Size() {
			continue
		}
		for e := range after.RevisionEntries(i) {
			old, ok := before.Entry(e.Num)
			if !ok || old.Kind == pdf.EntryFree {
				continue
			}
			same, err := lawful(before, after, e.Num)
			if err != nil {
				return err
			}
			if !same {
				return errContent
			}
		}
	}
	return nil
}

// lawful reports whether an object that existed before may have become what it
// is.
func lawful(before, after *pdf.Document, num uint32) (bool, error) {
	was, err := current(before, num)
	if err != nil {
		return false, err
	}
	is, err := current(after, num)
	if err != nil {
		return false, err
	}
	if pdf.Equal(was, is) {
		return true, nil
	}
	catalog, err := before.Catalog()
	if err != nil {
		return false, err
	}
	switch was := was.(type) {
	case pdf.Array:
		is, ok := is.(pdf.Array)
		listed, err := annotations(before, num)
		return ok && len(is) >= len(was) && pdf.Equal(was, is[:len(was)]) && (listed || isFields(before, catalog, num)), err
	case pdf.Dict:
		is, ok := is.(pdf.Dict)
		if !ok {
			return false, nil
		}
		return lawfulDict(before, was, is, num, catalog)
	}
	return false, nil
}

func lawfulDict(before *pdf.Document, was, is pdf.Dict, num uint32, catalog pdf.Dict) (bool, error) {
	info, _ := before.Trailer()["Info"].(pdf.Ref)
	form, _ := catalog["AcroForm"].(pdf.Ref)
	var free []pdf.Name
	switch {
	case num == info.Num && num != 0:
		return true, nil
	case num == before.CatalogRef().Num:
		free = []pdf.Name{"AcroForm", "DSS", "Perms", "Extensions", "Version", "Metadata"}
	case num == form.Num && num != 0:
		free = []pdf.Name{"Fields", "SigFlags", "DA", "DR", "NeedAppearances"}
	case was.Name("Type") == "Page":
		free = []pdf.Name{"Annots", "Tabs", "LastModified"}
	case was.Name("FT") == "Sig" && was["V"] == nil:
		return true, nil
	default:
		return false, nil
	}
	for _, key := range slices.Concat(was.Keys(), is.Keys()) {
		if !slices.Contains(free, key) && !pdf.Equal(was[key], is[key]) {
			return false, nil
		}
	}
	return true, nil
}

// current is the object of a number, whatever its generation.
func current(doc *pdf.Document, num uint32) (pdf.Object, error) {
	e, ok := doc.Entry(num)
	if !ok || e.Kind == pdf.EntryFree {
		return nil, nil
	}
	ref := pdf.Ref{Num: num}
	if e.Kind == pdf.EntryInUse {
		ref.Gen = e.Gen
	}
	return doc.Get(ref)
}

// annotations reports whether a number is that of a page's list of
// annotations.
func annotations(doc *pdf.Document, num uint32) (bool, error) {
	n, err := doc.PageCount()
	if err != nil {
		return false, err
	}
	for i := range n {
		page, err := doc.PageFrame(i)
		if err != nil {
			return false, err
		}
		if ref, ok := page.Dict["Annots"].(pdf.Ref); ok && ref.Num == num {
			return true, nil
		}
	}
	return false, nil
}

// isFields reports whether a number is that of the form's list of fields.
func isFields(doc *pdf.Document, catalog pdf.Dict, num uint32) bool {
	form, err := doc.Dict(catalog["AcroForm"])
	if err != nil {
		return false
	}
	ref, ok := form["Fields"].(pdf.Ref)
	return ok && ref.Num == num
}
