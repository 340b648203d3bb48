package esign

import (
	"fmt"
	"io"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// place is where a block shows, on a page that both versions are known to
// read as signing.Rect does: points from the lower left corner.
type place struct {
	page       int // from 1
	rect       signing.Rect
	pageHeight float64
}

// v1 gives the fields of version 1: y upwards, and two corners, or a corner
// and a size.
func (p place) v1(sizes bool) (x, y, width, height float64) {
	r := p.rect
	if sizes {
		return r.X, r.Y, r.Width, r.Height
	}
	return r.X, r.Y, r.X + r.Width, r.Y + r.Height
}

// v2 gives the fields of version 2: the upper left corner from the page's
// upper left corner, y downwards, and a size.
func (p place) v2() (x, y, width, height float64) {
	r := p.rect
	return r.X, p.pageHeight - r.Y - r.Height, r.Width, r.Height
}

// findPlace puts a rectangle on the page as shown into a place. How a box
// treats rotated pages, a crop box, an offset origin or a user unit is not
// known, so such pages are refused: the credential would pay for a signature at
// a wrong place.
func findPlace(doc *pdf.Document, page int, rect signing.Rect) (place, error) {
	pg, err := doc.PageFrame(page - 1)
	if err != nil {
		return place{}, local(CodeDocument, err)
	}
	var feature string
	switch {
	case pg.Rotate != 0:
		feature = "visible signature on a rotated page"
	case pg.CropBox != pg.MediaBox:
		feature = "visible signature on a cropped page"
	case pg.MediaBox.LLX != 0 || pg.MediaBox.LLY != 0:
		feature = "visible signature on a page whose origin is not its corner"
	case pg.UserUnit != 1:
		feature = "visible signature on a page with a user unit"
	}
	if feature != "" {
		return place{}, unsupported(fmt.Sprintf("%s (page %d)", feature, page))
	}
	return place{page: page, rect: rect, pageHeight: pg.MediaBox.URY}, nil
}

// openPDF reads a document's structure.
func openPDF(src io.ReaderAt, size int64, password []byte) (*pdf.Document, error) {
	return pdf.Open(src, size, pdf.Options{Password: password})
}
