package pdf

import (
	"bytes"
	"errors"
)

// readStream finds the extent of a stream whose keyword ends at offset. end is
// the byte after "endstream".
func (d *Document) readStream(ref Ref, dict Dict, offset int64) (s *Stream, end int64, err error) {
	start, err := d.streamStart(offset)
	if err != nil {
		return nil, 0, err
	}
	s = &Stream{Dict: dict, ref: ref, offset: start, read: true, doc: d}
	n, err := d.streamLength(dict["Length"])
	if err != nil {
		return nil, 0, err
	}
	if n >= 0 && n <= d.size-start {
		s.length = n
		if end, err = d.endStream(start + s.length); end > 0 || err != nil {
			return s, end, err
		}
	}
	if err := d.repair(RepairLength, start, ""); err != nil {
		return nil, 0, err
	}
	s.length, end, err = d.searchEndStream(start)
	return s, end, err
}

// streamLength returns a stream's Length, or -1 where it says none. A length
// in an object stream is not followed when it is that of an object stream.
func (d *Document) streamLength(o Object) (int64, error) {
	ref, ok := o.(Ref)
	if ok {
		e, found := d.lookup(ref.Num)
		if !found || e.gen != ref.Gen || d.measuring {
			return -1, nil
		}
		var err error
		switch e.kind {
		case EntryInUse:
			o, err = d.readInteger(ref, e.pos)
		case EntryCompressed:
			d.measuring = true
			o, err = d.storedObject(ref.Num, e)
			d.measuring = false
		}
		if errors.Is(err, ErrMalformed) || errors.Is(err, ErrLimit) {
			return -1, nil
		}
		if err != nil {
			return 0, err
		}
	}
	if n, ok := o.(Integer); ok {
		return int64(n), nil
	}
	return -1, nil
}

// readInteger reads the object at offset when it is an integer.
func (d *Document) readInteger(ref Ref, offset int64) (Object, error) {
	p := d.newParser(offset)
	defer d.release(p)
	in, err := d.readHead(p, offset)
	if err != nil || in.ref != ref {
		return nil, err
	}
	if t := p.read(); t.kind == tokInteger {
		return Integer(t.num), p.err
	}
	return nil, p.err
}

// streamStart returns where data begins after the keyword "stream" (7.3.8.1).
func (d *Document) streamStart(offset int64) (int64, error) {
	b, err := d.src.bytes(offset, 64)
	if err != nil {
		return 0, err
	}
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	odd := i > 0
	switch {
	case i < len(b) && b[i] == '\n':
		i++
	case i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n':
		i += 2
	case i < len(b) && b[i] == '\r':
		i++
		odd = true
	default:
		odd = true
	}
	if odd {
		if err := d.repair(RepairSyntax, offset, "no proper end of line after stream"); err != nil {
			return 0, err
		}
	}
	return offset + int64(i), nil
}

var (
	endStreamWord = []byte("endstream")
	endObjectWord = []byte("endobj")
)

// endStream returns the byte after the keyword endstream when only white space
// stands between offset and it, else 0.
func (d *Document) endStream(offset int64) (int64, error) {
	b, err := d.src.bytes(offset, 32)
	if err != nil {
		return 0, err
	}
	i := 0
	for i < len(b) && classes[b[i]] == space {
		i++
	}
	if !bytes.HasPrefix(b[i:], endStreamWord) {
		return 0, nil
	}
	return offset + int64(i+len(endStreamWord)), nil
}

// searchEndStream finds the end of a stream by its keyword, or by that of the
// object where it comes first. The end-of-line before the keyword is not data.
func (d *Document) searchEndStream(start int64) (length, end int64, err error) {
	at, word, err := d.find(start, endStreamWord, endObjectWord)
	if err != nil {
		return 0, 0, err
	}
	if at < 0 {
		return 0, 0, syntaxErrorf(start, "stream has no end")
	}
	if end = at; bytes.Equal(word, endStreamWord) {
		end += int64(len(word))
	}
	tail, err := d.src.bytes(max(start, at-2), min(2, at-start))
	if err != nil {
		return 0, 0, err
	}
	switch {
	case bytes.HasSuffix(tail, []byte("\r\n")):
		at -= 2
	case bytes.HasSuffix(tail, []byte("\n")), bytes.HasSuffix(tail, []byte("\r")):
		at--
	}
	return at - start, end, nil
}

// readWindow returns n bytes of a buffer that is kept for such passes.
func (d *Document) readWindow(n int64) []byte {
	if int64(len(d.window)) < n {
		d.window = make([]byte, n)
	}
	return d.window[:n]
}

const searchBlock = 64 << 10

// find returns the position of the first of some words at or after start, and
// which; -1 when there is none. What all searches of a document may read
// together is bounded.
func (d *Document) find(start int64, words ...[]byte) (int64, []byte, error) {
	buf := d.readWindow(searchBlock)
	for pos := start; pos < d.size; {
		b := buf[:min(int64(len(buf)), d.size-pos)]
		if err := readFull(d.r, b, pos); err != nil {
			return 0, nil, err
		}
		if err := d.work.search(int64(len(b))); err != nil {
			return 0, nil, err
		}
		whole, longest := len(b), 0
		var found []byte
		for _, w := range words {
			if i := bytes.Index(b, w); i >= 0 {
				b, found = b[:i], w
			}
			longest = max(longest, len(w))
		}
		if found != nil {
			return pos + int64(len(b)), found, nil
		}
		if whole < len(buf) {
			break
		}
		pos += int64(whole - longest + 1)
	}
	return -1, nil, nil
}
