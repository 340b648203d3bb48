package signing

import (
	"context"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/appearance"
)

// described is what is read aloud in place of a block.
func described(b *appearance.Block) string {
	if text := spoken(b); text != "" {
		return text
	}
	return "Tanda tangan elektronik"
}

// StampOptions says what [Stamp] draws. Block and Placement are required.
type StampOptions struct {
	// Block is drawn as part of the page. Lines for the time of signing are
	// left out unless they have text: it is not known yet.
	Block *appearance.Block

	// Placement says where, and must be visible.
	Placement Placement

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret
}

// Stamp writes the document to dst with a block drawn as content of a page, in
// an incremental update: for the first or only signer, who then signs
// invisibly, where readers are to see the block even without forms. An anchor
// tag below it is covered. In a tagged document the block becomes an element of
// the structure, a figure whose text is read aloud (ISO 32000-2, 14.9.3).
//
// A stamp looks like a signature and is none: it is to be drawn just before its
// signer signs, and never on a draft. A document that carries a signature is
// [ErrSigned]; refusals of document and placement are those of [Sign].
func Stamp(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts StampOptions) (LayoutPlace, error) {
	if opts.Block == nil || opts.Placement.invisible() {
		return LayoutPlace{}, fmt.Errorf("%w: a stamp needs a block and a place", ErrPlacement)
	}
	if err := opts.Placement.check(true); err != nil {
		return LayoutPlace{}, err
	}
	l, err := openLetter(src, size, opts.Password)
	if err != nil {
		return LayoutPlace{}, err
	}
	pl, err := findPlace(l.doc, opts.Placement)
	if err != nil {
		return LayoutPlace{}, err
	}
	form, err := drawBlock(l.doc, l.catalog, *opts.Block, pl.shown.Width, pl.shown.Height)
	if err != nil {
		return LayoutPlace{}, err
	}
	s := l.sheet(pl)
	if opts.Placement.Anchor != "" {
		s.tags = append(s.tags, pl.tag)
	}
	s.forms = append(s.forms, drawn{form: form, at: pl.shown, alt: described(opts.Block)})
	if _, _, err := l.write(ctx, dst, src); err != nil {
		return LayoutPlace{}, err
	}
	return LayoutPlace{Anchor: opts.Placement.Anchor, Page: pl.number + 1, Rect: pl.shown}, nil
}
