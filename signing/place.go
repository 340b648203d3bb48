package signing

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// place is a placement found in a document.
type place struct {
	number  int // of the page, from 0
	page    pdf.Page
	visible bool
	shown   Rect     // on the page as it is shown
	rect    pdf.Rect // the same in the page's user space
	tag     pdf.Rect // the anchor that it was found by, in user space
	// unlisted: the widget of an existing field is not among the page's
	// annotations, and so not shown.
	unlisted bool
}

// pagesError is an error with the pages that it is about, from 1.
type pagesError struct {
	error
	pages []int
}

func (e *pagesError) Unwrap() error { return e.error }

func onPages(err error, pages ...int) error { return &pagesError{err, pages} }

// findPlace turns a placement into a page and a rectangle.
func findPlace(doc *pdf.Document, p Placement) (*place, error) {
	if p.Anchor != "" {
		return findAnchor(doc, p)
	}
	pl := &place{visible: !p.invisible()}
	if pl.visible {
		var err error
		if pl.number, err = pageNumber(doc, p.Page); err != nil {
			return nil, err
		}
	}
	if err := pl.open(doc); err != nil {
		return nil, err
	}
	if !pl.visible {
		return pl, nil
	}
	w, h := shownSize(pl.page)
	pl.shown = p.Corner.lowerLeft(p.Rect, w, h)
	return pl, pl.fit()
}

// pageNumber counts a page as a Placement does, from 1 or from the end, and
// gives it from 0.
func pageNumber(doc *pdf.Document, page int) (int, error) {
	if page > 0 {
		return page - 1, nil
	}
	n, err := doc.PageCount()
	if err != nil {
		return 0, fromPDF(err)
	}
	if page == 0 || -page > n {
		return 0, fmt.Errorf("%w: page %d of %d", ErrNoPage, page, n)
	}
	return n + page, nil
}

// open reads the page, whose Annots will be changed.
func (pl *place) open(doc *pdf.Document) error {
	var err error
	if pl.page, err = doc.Page(pl.number); err != nil {
		return fromPDF(err)
	}
	if pl.page.Ref.IsZero() {
		return fmt.Errorf("%w: page %d is not an object of its own", ErrDamaged, pl.number+1)
	}
	return nil
}

// fit puts the shown rectangle into user space and refuses one that is not
// wholly on the visible page.
func (pl *place) fit() error {
	if err := pl.inside(); err != nil {
		return err
	}
	pl.rect = toUser(pl.page, pl.shown)
	return nil
}

// inside is an error for a shown rectangle that is not wholly on the visible
// page.
func (pl *place) inside() error {
	const slack = 0.01 // points: rounding in other programs' coordinates
	w, h := shownSize(pl.page)
	r := pl.shown
	if r.X < -slack || r.Y < -slack || r.X+r.Width > w+slack || r.Y+r.Height > h+slack {
		return onPages(fmt.Errorf("%w: %.6gx%.6g at %.6g,%.6g on page %d of %.6gx%.6g points",
			ErrOutsidePage, r.Width, r.Height, r.X, r.Y, pl.number+1, w, h), pl.number+1)
	}
	return nil
}

// offPage reports whether nothing of the shown rectangle is on the visible page.
func (pl *place) offPage() bool {
	w, h := shownSize(pl.page)
	return !pl.shown.overlaps(Rect{Width: w, Height: h})
}

// unseen are the flags of an annotation that is not shown: Invisible, Hidden,
// NoView (ISO 32000-2, table 167).
const unseen = 1 | 2 | 32

// fieldPlace is the place of an existing field, whose rectangle stays.
func fieldPlace(doc *pdf.Document, f *sigField) (*place, error) {
	pl := &place{}
	var listed bool
	var err error
	if pl.number, listed, err = pageOf(doc, f); err != nil {
		return nil, err
	}
	pl.unlisted = !listed
	if err := pl.open(doc); err != nil {
		return nil, err
	}
	rect, area, err := doc.ReadRect(f.dict["Rect"])
	if err != nil {
		return nil, fromPDF(err)
	}
	pl.rect = rect
	pl.shown = toShown(pl.page, pl.rect)
	flags, _ := f.dict.Int("F")
	pl.visible = area && flags&unseen == 0
	return pl, nil
}

// pageOf finds the page of a field: the one whose Annots lists it and that shows
// it, else the one its P names.
func pageOf(doc *pdf.Document, f *sigField) (page int, listed bool, err error) {
	n, err := doc.PageCount()
	if err != nil {
		return 0, false, fromPDF(err)
	}
	want, _ := f.dict["P"].(pdf.Ref)
	named := -1
	for i := range n {
		page, err := doc.PageFrame(i)
		if err != nil {
			return 0, false, fromPDF(err)
		}
		if !want.IsZero() && page.Ref == want && named < 0 {
			named = i
		}
		annots, err := doc.Array(page.Dict["Annots"])
		if err != nil && (want.IsZero() || !errors.Is(err, pdf.ErrMalformed)) {
			return 0, false, fromPDF(err)
		}
		if slices.Contains(annots, pdf.Object(f.ref)) {
			return i, true, nil
		}
	}
	if named < 0 {
		return 0, false, fmt.Errorf("%w: %.80q is on no page", ErrField, f.name)
	}
	return named, false, nil
}

// shownSize is the size in points of the page as it is shown.
func shownSize(p pdf.Page) (w, h float64) {
	w = (p.CropBox.URX - p.CropBox.LLX) * p.UserUnit
	h = (p.CropBox.URY - p.CropBox.LLY) * p.UserUnit
	if p.Rotate%180 != 0 {
		return h, w
	}
	return w, h
}

// toUser maps a rectangle on the page as shown to user space (ISO 32000-2,
// 8.3.2.3, and Rotate, table 31: clockwise).
func toUser(p pdf.Page, r Rect) pdf.Rect {
	cw, ch := p.CropBox.URX-p.CropBox.LLX, p.CropBox.URY-p.CropBox.LLY
	point := func(x, y float64) (float64, float64) {
		x, y = x/p.UserUnit, y/p.UserUnit
		switch p.Rotate {
		case 90:
			x, y = cw-y, x
		case 180:
			x, y = cw-x, ch-y
		case 270:
			x, y = y, ch-x
		}
		return p.CropBox.LLX + x, p.CropBox.LLY + y
	}
	x1, y1 := point(r.X, r.Y)
	x2, y2 := point(r.X+r.Width, r.Y+r.Height)
	return pdf.Rect{LLX: min(x1, x2), LLY: min(y1, y2), URX: max(x1, x2), URY: max(y1, y2)}
}

// toShown is the inverse of toUser.
func toShown(p pdf.Page, r pdf.Rect) Rect {
	cw, ch := p.CropBox.URX-p.CropBox.LLX, p.CropBox.URY-p.CropBox.LLY
	point := func(x, y float64) (float64, float64) {
		x, y = x-p.CropBox.LLX, y-p.CropBox.LLY
		switch p.Rotate {
		case 90:
			x, y = y, cw-x
		case 180:
			x, y = cw-x, ch-y
		case 270:
			x, y = ch-y, x
		}
		return x * p.UserUnit, y * p.UserUnit
	}
	x1, y1 := point(r.LLX, r.LLY)
	x2, y2 := point(r.URX, r.URY)
	return Rect{X: min(x1, x2), Y: min(y1, y2), Width: math.Abs(x2 - x1), Height: math.Abs(y2 - y1)}
}

// upright is the matrix that turns an appearance against the page's rotation.
func upright(rotate int) pdf.Array {
	switch rotate {
	case 90:
		return pdf.Array{pdf.Integer(0), pdf.Integer(1), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}
	case 180:
		return pdf.Array{pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0)}
	case 270:
		return pdf.Array{pdf.Integer(0), pdf.Integer(-1), pdf.Integer(1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}
	}
	return nil
}
