package pdf

import "io"

// Appended is a file with bytes after it that are not in it: a document with
// updates that were not written yet.
type Appended struct {
	Base io.ReaderAt
	Size int64 // of Base, in bytes
	Tail []byte
}

// ReadAt implements io.ReaderAt.
func (a *Appended) ReadAt(p []byte, off int64) (n int, err error) {
	if off < a.Size {
		part := p[:min(int64(len(p)), a.Size-off)]
		if n, err = a.Base.ReadAt(part, off); n < len(part) {
			return n, err
		}
		off, p = a.Size, p[n:]
	}
	if len(p) == 0 {
		return n, nil
	}
	m := 0
	if at := off - a.Size; at < int64(len(a.Tail)) {
		m = copy(p, a.Tail[at:])
	}
	if m < len(p) {
		return n + m, io.EOF
	}
	return n + m, nil
}
