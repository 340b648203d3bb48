package pdf

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
