package signing

import (
	"bytes"
	"io"
)

// MemoryDocument is a [BatchDocument] in memory.
type MemoryDocument struct {
	ID   string
	Data []byte
	// Signed is the signed document after it was committed, nil before.
	Signed []byte
}

// Name implements [BatchDocument].
func (d *MemoryDocument) Name() string { return d.ID }

// Open implements [BatchDocument].
func (d *MemoryDocument) Open() (BatchSource, error) {
	return memorySource{bytes.NewReader(d.Data)}, nil
}

// Create implements [BatchDocument].
func (d *MemoryDocument) Create() (BatchSink, error) {
	s := &memorySink{document: d}
	s.Grow(len(d.Data) + 64<<10)
	return s, nil
}

type memorySource struct{ *bytes.Reader }

func (memorySource) Close() error { return nil }

// readerOf gives a document in memory as what it is, which spares copying it.
func readerOf(src BatchSource) io.ReaderAt {
	if m, ok := src.(memorySource); ok {
		return m.Reader
	}
	return src
}

type memorySink struct {
	bytes.Buffer
	document *MemoryDocument
}

func (s *memorySink) Commit() error {
	s.document.Signed = s.Bytes()
	return nil
}

func (s *memorySink) Discard() error { return nil }
