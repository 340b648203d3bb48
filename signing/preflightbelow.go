package signing

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// below looks at what the block would cover, and at what it leaves of its tag.
func (f *preflight) below(pl *place) error {
	if err := f.overSignature(pl); err != nil {
		return err
	}
	if err := f.overAnnotations(pl); err != nil {
		return err
	}
	return f.overText(pl)
}

// overText looks at the text of the page below the block, and at what is seen
// of the tag beside or through it.
func (f *preflight) overText(pl *place) error {
	number := pl.number + 1
	part := pdf.Rect{LLX: min(pl.rect.LLX, pl.tag.LLX), LLY: min(pl.rect.LLY, pl.tag.LLY),
		URX: max(pl.rect.URX, pl.tag.URX), URY: max(pl.rect.URY, pl.tag.URY)}
	page, err := text.Read(f.doc, pl.number, part, text.Limits{})
	if err != nil {
		return f.unread(fromText(err), number)
	}
	characters := func(s string) string { return fmt.Sprintf("%d characters", utf8.RuneCountInString(s)) }
	if under := page.Inside(pl.rect, pl.tag); under != "" {
		f.warn(FindingOverText, number, characters(under))
	}
	if f.opts.Placement.Anchor == "" {
		return nil
	}
	covered := pl.rect
	if f.opts.Block.Transparent {
		covered = pdf.Rect{}
	}
	if left := page.Outside(pl.tag, covered); left != "" {
		f.warn(FindingTagVisible, number, characters(left))
	}
	return nil
}

// unread warns of a page that Sign draws on without a look at what it shows,
// unless [preflight.whole] or a stop has said so.
func (f *preflight) unread(err error, page int) error {
	code, known := findingOf(err)
	switch {
	case !known:
		return err
	case code == FindingAmbiguous: // told of all pages
	case code != FindingDamaged:
		f.warn(code, page, err.Error())
	case !f.warnings.Has(FindingIncomplete) && !f.stops.Has(FindingDamaged):
		f.incomplete(err, page)
	}
	return nil
}

// overSignature looks for the visible signatures below the block, unless one of
// them stops.
func (f *preflight) overSignature(pl *place) error {
	if f.stops.Has(FindingPlaceSigned) {
		return nil
	}
	for _, s := range f.form.signed() {
		other, err := fieldPlace(f.doc, s)
		if err := unlessBroken(err); err != nil {
			return err
		}
		if err != nil {
			continue // on no page that can be read
		}
		if other.visible && !other.unlisted && other.number == pl.number && other.shown.overlaps(pl.shown) {
			f.warn(FindingOverSignature, pl.number+1, "")
			return nil
		}
	}
	return nil
}

// overAnnotations looks for what else lies on the page below the block: an empty
// signature field, and one thing of any other kind. Links show nothing, and
// pop-ups belong to something else.
func (f *preflight) overAnnotations(pl *place) error {
	fields := byRef(slices.Concat(f.form.fields, f.form.signed()))
	list, err := f.doc.Array(pl.page.Dict["Annots"])
	if err != nil {
		return unlessBroken(err)
	}
	empty, other := false, false
	for _, a := range list {
		dict, err := f.doc.Dict(a)
		if err != nil {
			if err := unlessBroken(err); err != nil {
				return err
			}
			continue
		}
		kind := dict.Name("Subtype")
		below, err := f.isBelow(dict, pl)
		if err != nil {
			return err
		}
		if !below {
			continue
		}
		switch s := fieldOf(a, dict, fields); {
		case s != nil && (s.value != nil || s == f.field):
		case s != nil && !empty:
			found := f.finding(FindingOverField, pl.number+1, "")
			found.Subject = subject(s.name)
			f.warnings, empty = append(f.warnings, found), true
		case s == nil && !other && kind != "Link" && kind != "Popup":
			f.warn(FindingOverNote, pl.number+1, string(kind))
			other = true
		}
	}
	return nil
}

// isBelow reports whether an annotation shows in the block's rectangle.
func (f *preflight) isBelow(annotation pdf.Dict, pl *place) (bool, error) {
	rect, area, err := f.doc.ReadRect(annotation["Rect"])
	if err != nil {
		return false, unlessBroken(err)
	}
	flags, _ := annotation.Int("F")
	return area && flags&unseen == 0 && toShown(pl.page, rect).overlaps(pl.shown), nil
}

// cropped looks for pages of which the CropBox leaves nothing. Here and by some
// readers such a page is taken as not cropped, but others show nothing of it.
func (f *preflight) cropped() error {
	var pages []int
	for i := range maxContentPages {
		page, err := f.doc.PageFrame(i)
		if err == nil {
			var empty bool
			if empty, err = f.cropsAll(i, page); empty {
				pages = append(pages, i+1)
			}
		}
		if errors.Is(err, pdf.ErrNoPage) || errors.Is(err, pdf.ErrLimit) {
			break
		}
		if err == nil {
			continue
		}
		if err := unlessBroken(err); err != nil {
			return err
		}
	}
	if len(pages) > 0 {
		f.incomplete(errCropped, pages...)
	}
	return nil
}

var errCropped = errors.New("the CropBox leaves nothing of the MediaBox")

// cropsAll reports whether the CropBox that holds for a page, its own or the
// nearest above it, has no part of the MediaBox. What is no box crops nothing.
func (f *preflight) cropsAll(i int, page pdf.Page) (bool, error) {
	box, err := f.doc.Resolve(page.Dict["CropBox"])
	if err != nil {
		return false, err
	}
	for _, value := range f.doc.Inheritable(i, "CropBox") {
		if box != nil {
			break
		}
		if box, err = f.doc.Resolve(value); err != nil {
			return false, err
		}
	}
	if box == nil {
		return false, nil
	}
	r, _, err := f.doc.ReadRect(box)
	if err != nil || r == (pdf.Rect{}) {
		return false, err
	}
	m := page.MediaBox
	return max(r.LLX, m.LLX) >= min(r.URX, m.URX) || max(r.LLY, m.LLY) >= min(r.URY, m.URY), nil
}

// unlessBroken passes over what is wrong with the document alone: a signature
// leaves the page's other annotations as they are.
func unlessBroken(err error) error {
	if err == nil {
		return nil
	}
	err = fromPDF(err)
	if _, known := findingOf(err); known {
		return nil
	}
	return err
}
