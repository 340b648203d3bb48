package signing

import (
	"context"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// Sign signs the size bytes of a PDF at src and writes the signed file to
// dst: the original bytes, then an incremental update.
//
// Everything that can fail without the document's digest is done before the
// first byte is written. What fails later returns an error, and what was
// written is to be thrown away; [SignFile] does so. The original is read once
// for its digest, and only the update is held in memory.
func Sign(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts Options) (Receipt, error) {
	if err := opts.check(); err != nil {
		return Receipt{}, err
	}
	p, err := newPlan(src, size, opts)
	if err != nil {
		return Receipt{}, err
	}
	return p.sign(ctx, dst, src, opts.Key)
}

// sign does the rest once the key is open.
func (p *plan) sign(ctx context.Context, dst io.Writer, src io.ReaderAt, key *Key) (Receipt, error) {
	if err := key.check(p.when); err != nil {
		return Receipt{}, err
	}
	b, err := p.builder(key.Certificate, key.Chain)
	if err != nil {
		return Receipt{}, err
	}
	room, err := p.room(b)
	if err != nil {
		return Receipt{}, err
	}
	u, err := p.build(room)
	if err != nil {
		return Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, fmt.Errorf("signing: %w", err)
	}
	r := p.receipt(key.Certificate)
	out := newStream(dst, b.Hash())
	if p.opts.Archive {
		out.stampBy(b.Hash())
	}
	if r.InputSHA256, err = out.copy(ctx, src, p.doc.Size()); err != nil {
		return Receipt{}, err
	}
	attrs, err := b.SignedAttributes(out.digest(u))
	if err != nil {
		return Receipt{}, fromCMS(err)
	}
	raw, err := key.sign(ctx, b.Digest(attrs), b.SignerOpts())
	if err != nil {
		return Receipt{}, fmt.Errorf("signing: the signer failed: %w", err)
	}
	message, err := p.assemble(ctx, b, attrs, raw, &r)
	if err != nil {
		return Receipt{}, err
	}
	return p.finish(ctx, out, src, u, message, r)
}

// assemble makes the message, which checks the raw signature, and gets the
// time-stamp.
func (p *plan) assemble(ctx context.Context, b *cms.Builder, attrs, raw []byte, r *Receipt) ([]byte, error) {
	var token []byte
	if p.opts.Timestamper != nil {
		// A wrong signature is found before an authority is asked about it.
		err := b.CheckSignature(attrs, raw)
		if err != nil {
			return nil, fromCMS(err)
		}
		if token, err = p.timestamp(ctx, b.Hash(), raw, r); err != nil {
			return nil, err
		}
	}
	message, err := b.Assemble(attrs, raw, token)
	if err != nil {
		return nil, fromCMS(err)
	}
	return message, nil
}

// finish embeds the message, writes the update and, where asked for, the
// evidence after it.
func (p *plan) finish(ctx context.Context, out *stream, src io.ReaderAt, u *unsigned, message []byte, r Receipt) (Receipt, error) {
	if err := u.fill(message); err != nil {
		return Receipt{}, err
	}
	if err := out.append(u.bytes); err != nil {
		return Receipt{}, err
	}
	r.OutputSize = u.start + int64(len(u.bytes))
	if p.opts.Evidence != nil {
		more, err := p.evidence(ctx, src, u, message)
		if err != nil {
			return Receipt{}, err
		}
		if err := out.append(more); err != nil {
			return Receipt{}, err
		}
		r.OutputSize += int64(len(more))
		r.Level = LevelBLT
		if p.opts.Archive {
			if r.OutputSize, err = p.archive(ctx, out, src, u, more); err != nil {
				return Receipt{}, err
			}
			r.Level = LevelBLTA
		}
	}
	r.OutputSHA256, r.Outcome = out.sum(), OutcomeSigned
	return r, nil
}
