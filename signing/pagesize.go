package signing

import (
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// PageSize returns the size of a page in points as it is shown, which is what
// the rectangles of [Placement] lie on. The page counts as in Placement.Page;
// the password opens an encrypted document, zero is the empty one. It fails as [Sign] does for a document that cannot be read, and with
// [ErrNoPage].
func PageSize(src io.ReaderAt, size int64, password passphrase.Secret, page int) (width, height float64, err error) {
	key := password.Reveal()
	defer clear(key)
	doc, err := pdf.Open(src, size, pdf.Options{Password: key})
	if err != nil {
		return 0, 0, fromPDF(err)
	}
	number, err := pageNumber(doc, page)
	if err != nil {
		return 0, 0, err
	}
	p, err := doc.PageFrame(number)
	if err != nil {
		return 0, 0, fromPDF(err)
	}
	width, height = shownSize(p)
	return width, height, nil
}
