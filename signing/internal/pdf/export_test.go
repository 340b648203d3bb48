package pdf

import "io"

// OpenUnread is a document whose structure was not read.
func OpenUnread(r io.ReaderAt, size int64) (*Document, error) {
	d := newDocument(r, size, Options{})
	return d, d.readHeader()
}

// ReadAt reads the object at an offset.
func (d *Document) ReadAt(offset int64) (Object, error) {
	in, err := d.readIndirect(offset)
	return in.object, err
}

// ParseObject parses one object out of memory.
func ParseObject(data []byte, strict bool) (Object, error) {
	p := &parser{lexer: lexer{buf: data, end: int64(len(data)), strict: strict}}
	return p.object()
}

// FormatObject writes one object.
func FormatObject(o Object) (string, error) {
	w := &writer{places: map[*Placeholder]int{}}
	err := w.object(o)
	return w.buf.String(), err
}

// Probe looks an object up, section after section or in the index.
func (d *Document) Probe(num uint32, indexed bool) (Entry, bool) {
	if indexed {
		d.index()
	}
	e, ok := d.lookup(num)
	return e.export(), ok
}
