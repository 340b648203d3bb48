package verify_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// countingReader counts the bytes that are read.
type countingReader struct {
	io.ReaderAt
	read int64
}

func (c *countingReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.read += int64(n)
	return n, err
}

// However many signatures and revisions there are, the bytes of the file are
// gone over once; what is read again does not grow with the file.
func TestOnePassOverTheBytes(t *testing.T) {
	const perRevision = 256 << 10
	w := newWorld(t)
	beyond := func(document []byte) int64 {
		r := &countingReader{ReaderAt: bytes.NewReader(document)}
		report, err := verify.Verify(t.Context(), r, int64(len(document)), w.online())
		require.NoError(t, err)
		require.NoError(t, report.Err(), "%v", codes(report))
		return r.read - int64(len(document))
	}
	small, large := bigLetter(500, 1<<20), bigLetter(500, 5<<20)
	revisions := int64(1)
	for range 3 {
		small, large = w.sign(small, w.optionsBLT(w.budi)), w.sign(large, w.optionsBLT(w.sari))
		revisions += 2
		again := beyond(large)
		assert.Positive(t, again)
		assert.Less(t, again, revisions*perRevision)
		assert.InDelta(t, beyond(small), again, float64(revisions)*(16<<10), "grows with the file")
	}
}

// Every revision is read strictly, with a document of its own: that must not
// cost the work of all the others each time.
func TestManyRevisionsAreLinear(t *testing.T) {
	w := newWorld(t)
	signed := w.sign(letter(), w.optionsBB(w.budi))
	read := func(revisions int) int64 {
		document := signed
		for range revisions {
			document = edit(t, document, func(_ *pdf.Document, u *pdf.Update) {
				set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{}} })
			})
		}
		r := &countingReader{ReaderAt: bytes.NewReader(document)}
		report, err := verify.Verify(t.Context(), r, int64(len(document)), w.online())
		require.NoError(t, err)
		require.NoError(t, report.Err(), "%v", codes(report))
		return r.read
	}
	first, second, third := read(40), read(80), read(120)
	assert.Less(t, third-second, (second-first)*5/4)
}
