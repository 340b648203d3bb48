package signing

import (
	"context"
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// growing is a document to which updates are appended one after another. Each
// is written against the document with those before it. Nothing is written out
// before begin.
type growing struct {
	base     io.ReaderAt
	size     int64
	password passphrase.Secret

	tail    []byte // the updates
	out     *stream
	written int // of tail
	begun   bool
	input   [32]byte // SHA-256 of the base, once begun
}

// length is the size of the document with its updates.
func (g *growing) length() int64 { return g.size + int64(len(g.tail)) }

// open reads the document as it is by now.
func (g *growing) open() (*pdf.Document, error) {
	password := g.password.Reveal()
	defer clear(password)
	doc, err := pdf.Open(&appended{base: g.base, size: g.size, tail: g.tail}, g.length(), pdf.Options{Password: password})
	if err != nil {
		return nil, fromPDF(err)
	}
	return doc, nil
}

// begin copies the document out, and after it what was appended so far.
func (g *growing) begin(ctx context.Context) (err error) {
	if g.begun {
		return nil
	}
	g.begun = true
	if g.input, err = g.out.copy(ctx, g.base, g.size); err != nil {
		return err
	}
	return g.flush()
}

// append adds a finished update.
func (g *growing) append(update []byte) error {
	// A reader of the document before may still hold the old tail.
	g.tail = append(g.tail[:len(g.tail):len(g.tail)], update...)
	if !g.begun {
		return nil
	}
	return g.flush()
}

func (g *growing) flush() error {
	part := g.tail[g.written:]
	g.written = len(g.tail)
	if len(part) == 0 {
		return nil
	}
	return g.out.append(part)
}

// appended is a document with updates after it that are not in the file yet.
type appended struct {
	base io.ReaderAt
	size int64
	tail []byte
}

// ReadAt implements io.ReaderAt.
func (a *appended) ReadAt(p []byte, off int64) (n int, err error) {
	if off < a.size {
		part := p[:min(int64(len(p)), a.size-off)]
		if n, err = a.base.ReadAt(part, off); n < len(part) {
			return n, err
		}
		off, p = a.size, p[n:]
	}
	if len(p) == 0 {
		return n, nil
	}
	if off-a.size >= int64(len(a.tail)) {
		return n, io.EOF
	}
	m := copy(p, a.tail[off-a.size:])
	if m < len(p) {
		return n + m, io.EOF
	}
	return n + m, nil
}
