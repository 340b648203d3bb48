package esign

import (
	"bytes"
	"context"
	"errors"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// raise adds the validation material for every signature that has a time-stamp
// and lacks it. What fails is a doubt: the document is signed.
func (c *Client) raise(ctx context.Context, j *job) {
	if c.cfg.Extend == nil || j.req.MoreSigners {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeouts.Sign)
	defer cancel()
	if err := c.raiseAll(ctx, j); err != nil {
		j.result.Doubt(DoubtNotRaised)
	}
}

func (c *Client) raiseAll(ctx context.Context, j *job) error {
	src, size := j.got.document()
	report, err := c.judge(ctx, src, size)
	if err != nil {
		return err
	}
	tail := j.got.tail
	for _, s := range report.Signatures {
		if s.Kind == verify.DocumentTimestamp || s.Level != verify.LevelBT {
			continue
		}
		extended := &pdf.Appended{Base: j.src, Size: j.size, Tail: tail}
		more := &beyond{skip: j.size + int64(len(tail))}
		_, err := signing.Extend(ctx, more, extended, more.skip, signing.ExtendOptions{
			Field: s.Field, Evidence: c.cfg.Extend, Password: j.req.DocumentPassword, Now: c.cfg.Now,
		})
		if err != nil {
			return err
		}
		tail = append(tail[:len(tail):len(tail)], more.buf.Bytes()...)
	}
	return c.raised(ctx, j, tail)
}

// raised judges the result before it takes the place of what the box sent.
func (c *Client) raised(ctx context.Context, j *job, tail []byte) error {
	doc := &pdf.Appended{Base: j.src, Size: j.size, Tail: tail}
	report, err := c.judge(ctx, doc, j.size+int64(len(tail)))
	if err != nil {
		return err
	}
	for i := range report.Signatures {
		s := &report.Signatures[i]
		if s.Kind != verify.DocumentTimestamp && s.Later == verify.ModificationFound {
			return errors.New("the material spoils a signature")
		}
		if s.Field == j.result.Field {
			if s.Level < verify.LevelBLT {
				return errors.New("the signature did not reach B-LT")
			}
			j.receipt(s)
		}
	}
	j.got.tail = tail
	return nil
}

// beyond holds what is written after the first skip bytes.
type beyond struct {
	skip    int64
	skipped int64
	buf     bytes.Buffer
}

// Write implements io.Writer.
func (b *beyond) Write(p []byte) (int, error) {
	n := len(p)
	if cut := min(int64(n), b.skip-b.skipped); cut > 0 {
		b.skipped += cut
		p = p[cut:]
	}
	b.buf.Write(p)
	return n, nil
}
