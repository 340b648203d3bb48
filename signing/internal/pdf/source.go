package pdf

import (
	"bytes"
	"fmt"
	"io"
)

const (
	blockSize  = 16 << 10
	blockCount = 8
)

// source reads a file in aligned blocks and keeps the last few, so that
// parsing neighbouring objects costs one read. A slice that block returns is
// valid until the next call.
type source struct {
	r      io.ReaderAt
	size   int64
	blocks [blockCount]block
	tick   uint64
}

type block struct {
	data []byte
	off  int64
	used uint64
}

func newSource(r io.ReaderAt, size int64) *source { return &source{r: r, size: size} }

// block returns the bytes from pos to the end of its block; none at or after
// the end of the file.
func (s *source) block(pos int64) ([]byte, error) {
	if pos < 0 || pos >= s.size {
		return nil, nil
	}
	s.tick++
	start := pos &^ (blockSize - 1)
	oldest := &s.blocks[0]
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.off == start && len(b.data) > 0 {
			b.used = s.tick
			return b.data[pos-start:], nil
		}
		if b.used < oldest.used {
			oldest = b
		}
	}
	n := min(blockSize, s.size-start)
	if int64(cap(oldest.data)) < n {
		oldest.data = make([]byte, n)
	}
	data := oldest.data[:n]
	oldest.data = data[:0]
	if err := readFull(s.r, data, start); err != nil {
		return nil, err
	}
	oldest.data, oldest.off, oldest.used = data, start, s.tick
	return data[pos-start:], nil
}

// bytes returns a copy of up to n bytes at pos, fewer at the end of the file.
func (s *source) bytes(pos int64, n int64) ([]byte, error) {
	if pos < 0 || pos >= s.size {
		return nil, nil
	}
	p := make([]byte, min(n, s.size-pos))
	return p, readFull(s.r, p, pos)
}

// InMemory hands the first size bytes of r to use where they lie, not a copy,
// if that can be done: r is a [bytes.Reader]. They must not be changed, or kept
// after use has returned.
func InMemory(r io.ReaderAt, size int64, use func([]byte) error) (ok bool, err error) {
	m, ok := r.(*bytes.Reader)
	if !ok || size <= 0 || m.Size() < size {
		return false, nil
	}
	own := *m // its position is nobody else's
	if _, err := own.Seek(0, io.SeekStart); err != nil {
		return true, err
	}
	_, err = own.WriteTo(writerFunc(func(b []byte) (int, error) { return len(b), use(b[:size]) }))
	return true, err
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func readFull(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || err == io.EOF {
		return fmt.Errorf("%w: nothing at byte %d: %w", ErrShort, off+int64(n), io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("pdf: reading at byte %d: %w", off, err)
}
