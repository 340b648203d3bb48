package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// tagBleed is how far, in points, a block reaches beyond the tag that it covers:
// renderers spread edges over whole dots, which shows at the resolutions of
// screens.
const tagBleed = 0.5

// grown is the rectangle with an edge all around.
func (r Rect) grown(by float64) Rect {
	return Rect{X: r.X - by, Y: r.Y - by, Width: r.Width + 2*by, Height: r.Height + 2*by}
}

// findAnchor places a block on the one tag that is meant, which it alone covers.
func findAnchor(doc *pdf.Document, p Placement) (*place, error) {
	places, err := findAnchors(doc, p)
	if err != nil {
		return nil, err
	}
	pl := places[0]
	pl.shown = p.Align.on(toShown(pl.page, pl.tag).grown(tagBleed), p.Width, p.Height)
	return pl, pl.fit()
}

// findAnchors places a block on the tags that are meant: one of them, unless
// that is all. Whether each is on the page is not looked at.
func findAnchors(doc *pdf.Document, p Placement) ([]*place, error) {
	hits, err := findTags(doc, p)
	if err != nil {
		return nil, err
	}
	places := make([]*place, len(hits))
	for i, hit := range hits {
		pl := &place{number: hit.Page, visible: true, tag: hit.Rect}
		if err := pl.open(doc); err != nil {
			return nil, err
		}
		pl.shown = p.Align.on(toShown(pl.page, hit.Rect), p.Width, p.Height)
		places[i] = pl
	}
	return places, nil
}

// findTags finds the tags that are meant, one at least. The first and the last
// are found however many there are.
func findTags(doc *pdf.Document, p Placement) ([]text.Hit, error) {
	one := text.First
	switch p.Which {
	case LastTag:
		one = text.Last
		fallthrough
	case FirstTag:
		hit, ok, err := one(doc, p.Anchor, text.Limits{})
		if err != nil {
			return nil, fromText(err)
		}
		if !ok {
			return nil, fmt.Errorf("%w: %.80q", ErrTagNotFound, p.Anchor)
		}
		return []text.Hit{hit}, nil
	}
	hits, err := text.Find(doc, p.Anchor, text.Limits{})
	switch {
	case p.Which == OnlyTag && errors.Is(err, text.ErrHits):
		return nil, fmt.Errorf("%w: %.80q: %w", ErrTagAmbiguous, p.Anchor, err)
	case err != nil:
		return nil, fromText(err)
	case len(hits) == 0:
		return nil, fmt.Errorf("%w: %.80q", ErrTagNotFound, p.Anchor)
	case p.Which == OnlyTag && len(hits) > 1:
		pages := pagesOf(hits)
		return nil, onPages(fmt.Errorf("%w: %.80q, %d times on %d pages, first on page %d",
			ErrTagAmbiguous, p.Anchor, len(hits), len(pages), pages[0]), pages...)
	}
	return hits, nil
}

// pagesOf are the pages of hits, from 1, each once.
func pagesOf(hits []text.Hit) []int {
	var pages []int
	for _, h := range hits {
		if n := len(pages); n == 0 || pages[n-1] != h.Page+1 {
			pages = append(pages, h.Page+1)
		}
	}
	return pages
}

// fromText gives an error of the text search this package's name for it.
func fromText(err error) error {
	switch {
	case errors.Is(err, text.ErrTag):
		return fmt.Errorf("%w: %w", ErrPlacement, err)
	case errors.Is(err, text.ErrLimit):
		return fmt.Errorf("%w: %w", ErrLimit, err)
	case errors.Is(err, text.ErrContent):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fromPDF(err)
}
