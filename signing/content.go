package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds on what is decoded to see whether a document's pages can be read. What
// lies beyond is signed unseen.
const (
	maxContentPages   = 500
	maxContentStreams = 10_000
	maxContentBytes   = 16 << 20 // decoded
	// Of a document that is read as it stands: what damages an upload mostly
	// leaves more to repair than the content, and most letters are short.
	soundPages = 8
	soundBytes = 1 << 20
)

// readable refuses a document whose pages have content that cannot be decoded or
// is not where it should be: an upload that was damaged on its way. Signed, it
// would be a letter that nobody can read.
func readable(doc *pdf.Document) error {
	pages, left, streams := maxContentPages, int64(maxContentBytes), 0
	if len(doc.Repairs()) == 0 {
		pages, left = soundPages, soundBytes
	}
	for i := range pages {
		_, dict, err := doc.PageObject(i)
		if errors.Is(err, pdf.ErrNoPage) {
			return nil
		}
		if err == nil {
			err = eachContent(doc, dict, func(s *pdf.Stream) error {
				if streams++; streams > maxContentStreams {
					return pdf.ErrLimit
				}
				n, err := doc.CheckStream(s, left, false)
				left -= n
				return err
			})
		}
		switch {
		case errors.Is(err, pdf.ErrLimit):
			return nil
		case errors.Is(err, pdf.ErrMalformed):
			return onPages(fmt.Errorf("%w: the content of page %d: %w", ErrDamaged, i+1, err), i+1)
		case err != nil:
			return fromPDF(err)
		}
	}
	return nil
}

// eachContent yields the streams of a page's content.
func eachContent(doc *pdf.Document, page pdf.Dict, yield func(*pdf.Stream) error) error {
	o, err := doc.Resolve(page["Contents"])
	if err != nil {
		return err
	}
	parts, ok := o.(pdf.Array)
	if !ok {
		parts = pdf.Array{o}
	}
	for _, part := range parts {
		if o, err = doc.Resolve(part); err != nil {
			return err
		}
		if s, ok := o.(*pdf.Stream); ok {
			if err := yield(s); err != nil {
				return err
			}
		}
	}
	return nil
}
