package signing

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// copySize is how much of a document is read, hashed and written at once. It
// fits the second level cache.
const copySize = 64 << 10

// stream copies a document while digesting it.
type stream struct {
	dst  io.Writer
	sig  hash.Hash   // of what is signed
	file hash.Hash   // SHA-256 of the file; the same as sig while they agree
	long hash.Hash   // of the file, for document timestamps; nil: file
	by   crypto.Hash // of document timestamps
}

// newStream begins an output whose signature uses the hash.
func newStream(dst io.Writer, h crypto.Hash) *stream {
	s := &stream{dst: dst, sig: h.New(), by: crypto.SHA256}
	s.file = s.sig
	if h != crypto.SHA256 {
		s.file = sha256.New()
	}
	return s
}

// stampBy makes document timestamps use the hash. It comes before the first
// byte.
func (s *stream) stampBy(h crypto.Hash) {
	s.by = h
	if h != crypto.SHA256 {
		s.long = h.New()
	}
}

// copy writes the size bytes of the source through to the output and returns
// their SHA-256.
func (s *stream) copy(ctx context.Context, src io.ReaderAt, size int64) (sum [32]byte, err error) {
	inMemory, err := pdf.InMemory(src, size, func(b []byte) error { return s.chunks(ctx, b) })
	if !inMemory {
		err = s.read(ctx, src, size)
	}
	if err != nil {
		return sum, err
	}
	s.file.Sum(sum[:0])
	return sum, s.part()
}

// digestOf is the SHA-256 of a document that is only read.
func digestOf(ctx context.Context, src io.ReaderAt, size int64) (sum [32]byte, err error) {
	return newStream(io.Discard, crypto.SHA256).copy(ctx, src, size)
}

// chunks passes bytes through in pieces that stay in the cache between
// hashing and writing.
func (s *stream) chunks(ctx context.Context, b []byte) error {
	for len(b) > 0 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("signing: %w", err)
		}
		n := min(len(b), copySize)
		if err := s.pass(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// read passes a source through that is somewhere else.
func (s *stream) read(ctx context.Context, src io.ReaderAt, size int64) error {
	buf := make([]byte, min(copySize, max(size, 1)))
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("signing: %w", err)
		}
		n, err := src.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				return fmt.Errorf("%w: input is shorter than its size: nothing at byte %d: %w", ErrSource, at, io.ErrUnexpectedEOF)
			}
			return fmt.Errorf("signing: read document: %w", err)
		}
		if err := s.pass(buf[:n]); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

// pass digests bytes and writes them.
func (s *stream) pass(b []byte) error {
	s.sig.Write(b)
	if s.file != s.sig {
		s.file.Write(b)
	}
	if s.long != nil {
		s.long.Write(b)
	}
	if _, err := s.dst.Write(b); err != nil {
		return fmt.Errorf("signing: write document: %w", err)
	}
	return nil
}

// part ends the time in which the file's digest and the signed one are the
// same: the Contents belongs to the file only.
func (s *stream) part() error {
	if s.file != s.sig {
		return nil
	}
	clone, err := continued(s.sig)
	if err != nil {
		return err
	}
	s.file = clone
	return nil
}

// continued copies a digest so that both can go on.
func continued(h hash.Hash) (hash.Hash, error) {
	c, ok := h.(hash.Cloner)
	if !ok {
		return nil, errors.New("signing: a digest cannot be continued")
	}
	clone, err := c.Clone()
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return clone, nil
}

// digest is the digest of the byte range: the document before, and the update
// without the Contents.
func (s *stream) digest(u *unsigned) []byte {
	s.sig.Write(u.before())
	s.sig.Write(u.after())
	return s.sig.Sum(nil)
}

// stampDigest is the digest that a document timestamp in this update is over:
// all that was written, and the update without the Contents.
func (s *stream) stampDigest(u *unsigned) ([]byte, error) {
	from := s.file
	if s.long != nil {
		from = s.long
	}
	h, err := continued(from)
	if err != nil {
		return nil, err
	}
	h.Write(u.before())
	h.Write(u.after())
	return h.Sum(nil), nil
}

// append writes a finished update.
func (s *stream) append(b []byte) error {
	s.file.Write(b)
	if s.long != nil {
		s.long.Write(b)
	}
	if _, err := s.dst.Write(b); err != nil {
		return fmt.Errorf("signing: write document: %w", err)
	}
	return nil
}

// sum is the SHA-256 of all that was written.
func (s *stream) sum() (out [32]byte) {
	s.file.Sum(out[:0])
	return out
}
