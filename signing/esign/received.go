package esign

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Failures of an answer's bytes.
var (
	errOther   = errors.New("the answer does not begin with the bytes that were sent")
	errShorter = errors.New("the answer is shorter than what was sent")
	errGrowth  = errors.New("the answer exceeds its bound")
)

// received takes the bytes of one signed document as they are decoded. While
// they repeat the original they are only compared; what follows it is held.
type received struct {
	src   io.ReaderAt
	size  int64
	limit int64 // of the tail
	// keep is opened, once, when the bytes turn out not to be the original's
	// successor, and takes all of them. Nil: they are dropped.
	keep func() (io.WriteCloser, error)

	same int64 // bytes that repeated the original
	tail []byte
	kept io.WriteCloser
	all  int64 // bytes taken
	err  error
	buf  []byte
}

// Write implements io.Writer. After a difference it goes on taking bytes, within
// the bound, for the quarantine and so that what follows in the answer can be
// read.
func (r *received) Write(p []byte) (int, error) {
	n := len(p)
	if r.all += int64(n); r.all > r.size+r.limit {
		r.err = errGrowth
		return 0, errGrowth
	}
	if r.err == nil && r.same < r.size {
		var err error
		if p, err = r.compare(p); err != nil {
			return 0, err
		}
	}
	switch {
	case r.err == nil:
		r.tail = append(r.tail, p...)
	case r.kept != nil:
		if _, err := r.kept.Write(p); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// compare holds bytes against the original and returns what follows it, or
// what differs.
func (r *received) compare(p []byte) ([]byte, error) {
	if r.buf == nil {
		r.buf = make([]byte, 16<<10)
	}
	for len(p) > 0 && r.same < r.size {
		n := int(min(int64(len(p)), int64(len(r.buf)), r.size-r.same))
		if m, err := r.src.ReadAt(r.buf[:n], r.same); m < n {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("read the original again: %w", err)
		}
		if bytes.Equal(p[:n], r.buf[:n]) {
			p, r.same = p[n:], r.same+int64(n)
			continue
		}
		equal := 0
		for p[equal] == r.buf[equal] {
			equal++
		}
		r.same += int64(equal)
		return p[equal:], r.differ()
	}
	return p, nil
}

// differ gives up comparing and begins to keep.
func (r *received) differ() error {
	r.err = errOther
	if r.keep == nil {
		return nil
	}
	w, err := r.keep()
	if err != nil {
		return err
	}
	r.kept = w
	_, err = io.Copy(w, io.NewSectionReader(r.src, 0, r.same))
	return err
}

// done tells whether the bytes can be the document: the original and more.
func (r *received) done() error {
	switch {
	case r.err != nil:
		return r.err
	case r.same < r.size:
		return errShorter
	}
	return nil
}

// document is the original with the tail after it.
func (r *received) document() (io.ReaderAt, int64) {
	return &pdf.Appended{Base: r.src, Size: r.size, Tail: r.tail}, r.size + int64(len(r.tail))
}

// save puts what came into the quarantine, if there is one and anything came.
func (r *received) save() (saved bool, err error) {
	if r.kept != nil {
		err = r.kept.Close()
		r.kept = nil
		return err == nil, err
	}
	if r.keep == nil || r.all == 0 || r.err != nil && !errors.Is(r.err, errGrowth) {
		return false, nil
	}
	w, err := r.keep()
	if err != nil {
		return false, err
	}
	_, err = io.Copy(w, io.NewSectionReader(r.src, 0, r.same))
	if err == nil {
		_, err = w.Write(r.tail)
	}
	err = errors.Join(err, w.Close())
	return err == nil, err
}
