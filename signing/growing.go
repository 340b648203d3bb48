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
	doc, err := pdf.Open(&pdf.Appended{Base: g.base, Size: g.size, Tail: g.tail}, g.length(), pdf.Options{Password: password})
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
