package main

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/sertel-id/sertel/signing"
)

// foundTag is an anchor tag of a letter.
type foundTag struct {
	Tag   string `json:"tag"`
	Pages []int  `json:"pages"` // one entry for each time it stands there
}

// usualTags are what Indonesian templates mark the place of a signature with.
func usualTags() []string {
	return []string{"^", "~", "#", "$", "*", "[[qr]]", "${ttd_pengirim}", "${ttd_pengirim1}", "${ttd_pengirim2}"}
}

// maxTagHits is how often a tag may stand in a letter to be offered: more often
// it is part of the text.
const maxTagHits = 20

// findTags lists the usual tags that a letter has. A signed letter is
// signing.ErrSigned: nothing can be prepared in it any more.
func findTags(ctx context.Context, document []byte) ([]foundTag, error) {
	var out []foundTag
	for _, tag := range usualTags() {
		layout, err := signing.PrepareLetter(ctx, io.Discard, bytes.NewReader(document), int64(len(document)), signing.LetterOptions{
			KeepTags: true,
			Roles: []signing.LetterRole{{Role: tag, Placement: signing.Placement{
				Anchor: tag, Which: signing.AllTags, Width: 1, Height: 1,
			}}},
		})
		switch {
		case errors.Is(err, signing.ErrTagNotFound), errors.Is(err, signing.ErrOutsidePage),
			errors.Is(err, signing.ErrOverlap), errors.Is(err, signing.ErrLimit):
			continue
		case err != nil:
			return nil, err
		case len(layout.Places) > maxTagHits:
			continue
		}
		found := foundTag{Tag: tag}
		for _, place := range layout.Places {
			found.Pages = append(found.Pages, place.Page)
		}
		out = append(out, found)
	}
	return out, nil
}
