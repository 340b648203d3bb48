package verify

import (
	"context"
	"io"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// One pass goes over the bytes of the file, however many signatures there are.
// To digest them takes most of the time of a verification, and nothing that it
// finds is needed until the end: so it goes on beside the search through the
// same bytes and what the search leads to.

const (
	// passChunk stays in the cache of a processor between reading and hashing.
	passChunk = 64 << 10
	// passAhead is how many chunks may wait to be digested.
	passAhead = 3
	// passAlone is the size of a file that is not worth a goroutine.
	passAlone = 256 << 10
)

// goOver searches the bytes of the file and digests them. It returns when the
// search is done; wait returns when the digests are, and must be called.
func (v *verifier) goOver(ctx context.Context, d *digests, s *search) (wait func() error) {
	var searched error
	digested := make(chan error, 1)
	inMemory, _ := pdf.InMemory(v.r, v.size, func(b []byte) error {
		digest := func() {
			_, err := pdf.InMemory(v.r, v.size, func(b []byte) error {
				return eachChunk(ctx, b, func(at, end int) { d.take(int64(at), b[at:end]) })
			})
			digested <- err
		}
		if v.size < passAlone {
			digest()
		} else {
			go digest()
		}
		searched = eachChunk(ctx, b, func(at, end int) {
			base := max(0, at-lookBack)
			s.take(b[base:end], at-base, int64(base))
		})
		return nil
	})
	if !inMemory {
		searched = v.goOverReader(ctx, d, s, digested)
	}
	return func() error {
		if err := <-digested; err != nil {
			return err
		}
		if searched == nil {
			v.sha256 = d.finish(v.size)
		}
		return searched
	}
}

// eachChunk goes over bytes in memory.
func eachChunk(ctx context.Context, b []byte, use func(at, end int)) error {
	for at := 0; at < len(b); at += passChunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		use(at, min(len(b), at+passChunk))
	}
	return nil
}

// goOverReader is goOver for bytes that are read. Each buffer begins with the
// end of the one before, for what stands across.
func (v *verifier) goOverReader(ctx context.Context, d *digests, s *search, digested chan<- error) error {
	type chunk struct {
		buf    []byte
		offset int64
		data   []byte
	}
	free, full := make(chan []byte, passAhead), make(chan chunk, passAhead)
	for range passAhead {
		free <- make([]byte, lookBack+min(passChunk, max(v.size, 1)))
	}
	go func() {
		for c := range full {
			d.take(c.offset, c.data)
			free <- c.buf
		}
		digested <- nil
	}()
	defer close(full)
	var last []byte
	for offset := int64(0); offset < v.size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		buf := <-free
		kept := copy(buf, last[max(0, len(last)-lookBack):])
		n, err := v.r.ReadAt(buf[kept:][:min(int64(len(buf)-kept), v.size-offset)], offset)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		last = buf[:kept+n]
		full <- chunk{buf, offset, last[kept:]}
		s.take(last, kept, offset-int64(kept))
		offset += int64(n)
	}
	return nil
}
