package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

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
	hits, err := text.Find(doc, p.Anchor, text.Limits{})
	if err != nil {
		return nil, fromText(err)
	}
	switch {
	case len(hits) == 0:
		return nil, fmt.Errorf("%w: %.80q", ErrTagNotFound, p.Anchor)
	case p.Which == OnlyTag && len(hits) > 1:
		return nil, fmt.Errorf("%w: %.80q, %d times", ErrTagAmbiguous, p.Anchor, len(hits))
	case p.Which == LastTag:
		hits = hits[len(hits)-1:]
	case p.Which == FirstTag:
		hits = hits[:1]
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
