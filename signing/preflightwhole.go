package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds on what [Preflight] looks at to see whether pages show all they should.
const (
	maxResourceBytes  = 64 << 20 // decoded, with the content
	maxResourceSteps  = 400_000  // entries, an object as several
	maxResourceNested = 40
	stepsOfObject     = 8
)

// wholeness looks for what pages show and what is missing or damaged.
type wholeness struct {
	doc    *pdf.Document
	seen   map[pdf.Ref]error
	shared map[int]error // resources that stand in a node above pages, by its number
	left   int64         // bytes
	steps  int
}

// missingError: a page refers to an object that does not exist.
type missingError struct{ ref pdf.Ref }

func (e missingError) Error() string { return fmt.Sprintf("object %d: missing", e.ref.Num) }

// whole looks at all that the pages show, as far as the bounds allow.
func (f *preflight) whole() error {
	w := &wholeness{doc: f.doc, seen: map[pdf.Ref]error{}, shared: map[int]error{}, left: maxResourceBytes}
	var pages []int
	var first error
	for i := range maxContentPages {
		page, err := f.doc.PageFrame(i)
		if errors.Is(err, pdf.ErrNoPage) {
			break
		}
		if err == nil {
			err = w.page(i, page)
		}
		if errors.Is(err, pdf.ErrLimit) {
			break
		}
		if err == nil {
			continue
		}
		if !isBroken(err) {
			return fromPDF(err)
		}
		if first == nil {
			first = err
		}
		pages = append(pages, i+1)
	}
	if first == nil {
		first = guessed(f.doc)
	}
	if first != nil {
		f.incomplete(first, pages...)
	}
	return nil
}

// maxEveryObject bounds the objects that are read only to see that they can be.
const maxEveryObject = 50_000

// everyObject reads what nothing shows, too: a verifier that finds there what
// two readers may read differently does not call the letter valid. What it cannot
// read at all changes nothing, since no reader can.
func (f *preflight) everyObject() error {
	count := 0
	for e := range f.doc.Entries() {
		if e.Kind == pdf.EntryFree {
			continue
		}
		if count++; count > maxEveryObject || f.doc.Overworked() {
			return nil
		}
		ref := pdf.Ref{Num: e.Num}
		if e.Kind == pdf.EntryInUse {
			ref.Gen = e.Gen
		}
		if _, err := f.doc.Get(ref); err != nil && !isBroken(err) {
			return fromPDF(err)
		}
	}
	return nil
}

// displaced warns of an object that is not where the cross-reference says: some
// readers then make one of their own.
func (f *preflight) displaced() {
	for _, r := range f.doc.Repairs() {
		if r.Kind == pdf.RepairPlace {
			f.warn(FindingAmbiguous, 0, r.String())
			return
		}
	}
}

// guessed is an object that had to be looked for, or one that had to be guessed
// in a document whose cross-reference had to be, too: bytes were lost or came in
// between, such as those of another upload.
func guessed(doc *pdf.Document) error {
	for _, r := range doc.Repairs() {
		switch r.Kind {
		case pdf.RepairPlace:
		case pdf.RepairLength, pdf.RepairSyntax, pdf.RepairPages:
			if !doc.Rebuilt() {
				continue
			}
		default:
			continue
		}
		return errors.New(r.String())
	}
	return nil
}

// incomplete warns of pages of which a part is missing; none where it is not
// known which.
func (f *preflight) incomplete(err error, pages ...int) {
	found := f.finding(FindingIncomplete, 0, err.Error())
	if len(pages) > 0 {
		found.Page = pages[0]
	}
	if len(pages) > 1 {
		found.Pages = pages
	}
	f.warnings = append(f.warnings, found)
}

// isBroken reports whether an error is about the document and not its source.
func isBroken(err error) bool {
	_, known := findingOf(fromPDF(err))
	_, missing := errors.AsType[missingError](err)
	return known || missing
}

// page is what is wrong with a page's content, its resources or what its
// annotations show.
func (w *wholeness) page(i int, page pdf.Page) error {
	err := w.walk(page.Dict["Contents"], 0)
	if err == nil {
		err = w.resources(i, page.Dict["Resources"])
	}
	if errors.Is(err, pdf.ErrLimit) {
		return err
	}
	list, broken := w.doc.Array(page.Dict["Annots"])
	if err := unlessBroken(broken); err != nil {
		return err
	}
	for _, a := range list {
		if broken := w.annotation(a); errors.Is(broken, pdf.ErrLimit) {
			return broken
		} else if err == nil {
			err = broken
		}
	}
	return err
}

// resources is what is wrong with the resources of page i, its own or the nearest
// above it. Pages that share them are looked at once.
func (w *wholeness) resources(i int, own pdf.Object) error {
	err := w.walk(own, 0)
	lost, missing := errors.AsType[missingError](err)
	if own != nil && !(missing && own == pdf.Object(lost.ref)) {
		return err
	}
	for node, above := range w.doc.Inheritable(i, "Resources") {
		if above == nil {
			continue
		}
		known, ok := w.shared[node]
		if !ok {
			known = w.walk(above, 0)
			w.shared[node] = known
		}
		return known
	}
	return err
}

// annotation is what is wrong with what an annotation shows. One that is not
// there shows nothing.
func (w *wholeness) annotation(a pdf.Object) error {
	if err := w.step(stepsOfObject); err != nil {
		return err
	}
	dict, err := w.doc.Dict(a)
	if err != nil {
		return unlessBroken(err)
	}
	return w.walk(dict["AP"], 0)
}

// step counts the work.
func (w *wholeness) step(n int) error {
	if w.steps += n; w.steps > maxResourceSteps {
		return pdf.ErrLimit
	}
	return nil
}

// aside are the entries that lead away from what a page shows.
var aside = map[pdf.Name]bool{
	"Alternates": true, "Length": true, "Metadata": true, "OC": true, "OPI": true, "P": true, "Parent": true,
	"PieceInfo": true, "Properties": true, "Ref": true,
}

// walk is the first thing wrong with an object or with one that it refers to.
func (w *wholeness) walk(o pdf.Object, depth int) (err error) {
	if depth > maxResourceNested {
		return pdf.ErrLimit
	}
	switch o := o.(type) {
	case pdf.Ref:
		return w.follow(o, depth)
	case pdf.Array:
		err = w.step(len(o))
		for i := 0; i < len(o) && err == nil; i++ {
			err = w.walk(o[i], depth+1)
		}
	case pdf.Dict:
		if err := w.step(len(o)); err != nil {
			return err
		}
		keys := o.Keys()
		for i := 0; i < len(keys) && err == nil; i++ {
			if !aside[keys[i]] {
				err = w.walk(o[keys[i]], depth+1)
			}
		}
	case *pdf.Stream:
		n, err := w.doc.CheckStream(o, w.left, true)
		if w.left -= n; err != nil {
			return err
		}
		return w.walk(o.Dict, depth+1)
	}
	return err
}

// follow walks on at an object; one that was met before counts as it did then.
func (w *wholeness) follow(ref pdf.Ref, depth int) error {
	if err, known := w.seen[ref]; known {
		return err
	}
	if err := w.step(stepsOfObject); err != nil {
		return err
	}
	w.seen[ref] = nil
	o, err := w.doc.Get(ref)
	switch {
	case err != nil:
	case o == nil:
		err = missingError{ref}
	default:
		err = w.walk(o, depth+1)
	}
	w.seen[ref] = err
	return err
}
