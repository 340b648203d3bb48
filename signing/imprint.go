package signing

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// errImprint means a document timestamp over other bytes.
var errImprint = errors.New("time-stamp is not over this document")

// imprints holds the document timestamps against the bytes that they say they
// cover. A token is easily copied into another document, and one that is
// believed here decides as of when certificates are judged. The document is
// read once more, whatever the number of time-stamps.
func (r *raiser) imprints(ctx context.Context) error {
	var stamps []*judgedProof
	running := make(map[crypto.Hash]hash.Hash)
	for _, p := range r.stamps {
		if !p.document || p.broken {
			continue
		}
		h, err := p.info.Hash()
		if err != nil {
			p.fail(ErrTimestamp, err)
			continue
		}
		running[h] = h.New()
		stamps = append(stamps, p)
	}
	slices.SortStableFunc(stamps, func(a, b *judgedProof) int { return cmp.Compare(a.hole[0], b.hole[0]) })
	w := make([]io.Writer, 0, len(running))
	for _, h := range running {
		w = append(w, h)
	}
	before := io.MultiWriter(w...)
	// What follows each hole is read anew: a few hundred bytes, unless somebody
	// wants to keep us busy.
	at, after := int64(0), r.doc.size+maxAfterHoles
	for _, p := range stamps {
		h, _ := p.info.Hash() // as above
		rest := p.end - p.hole[1]
		if after -= rest; after < 0 {
			p.fail(ErrTimestamp, errImprint)
			continue
		}
		if err := r.digest(ctx, before, at, p.hole[0]); err != nil {
			return err
		}
		at = p.hole[0]
		sum, err := continued(running[h])
		if err != nil {
			return err
		}
		if err := r.digest(ctx, sum, p.hole[1], p.end); err != nil {
			return err
		}
		if !bytes.Equal(sum.Sum(nil), p.info.HashedMessage) {
			p.fail(ErrTimestamp, errImprint)
		}
	}
	return nil
}

const maxAfterHoles = 16 << 20

// digest hashes the bytes of the document between two positions.
func (r *raiser) digest(ctx context.Context, w io.Writer, from, to int64) error {
	for from < to {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("signing: %w", err)
		}
		n := min(to-from, 16*copySize)
		if _, err := io.Copy(w, io.NewSectionReader(r.doc.base, from, n)); err != nil {
			return fmt.Errorf("signing: read document: %w", err)
		}
		from += n
	}
	return nil
}
