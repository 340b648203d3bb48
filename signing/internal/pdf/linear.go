package pdf

import "bytes"

// Some readers begin at the cross-reference behind the file's first object when
// that is a linearization parameter dictionary and the length that it gives is
// the file's (ISO 32000-2 annex F.3.3), and at the end of the file otherwise.
// They look for that object behind the line of the header (poppler, pdf.js) or
// behind its first nine bytes (PDFium), and know only some of our rules.

// linearText is how far an object that cannot be read is looked through.
const linearText = 1 << 20

// MaybeLinearised reports whether some reader may take the file, as long as it
// is now, for one that was linearised with this length.
func (d *Document) MaybeLinearised() bool {
	line, err := d.src.bytes(d.header, headerWindow)
	if err != nil {
		return false
	}
	behind := int64(len(line))
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		behind = int64(i)
	}
	return d.maybeLinear(d.header+behind) || d.maybeLinear(d.header+int64(len("%PDF-1.7\n")))
}

// maybeLinear looks at the object at or after a position.
func (d *Document) maybeLinear(at int64) bool {
	at, err := d.skipSpace(at)
	if err != nil {
		return false
	}
	opts := d.opts
	opts.Strict = true
	strict := newDocument(d.r, d.size, opts)
	strict.header, strict.base, strict.level, strict.work = d.header, d.base, d.level, d.work
	strict.sections = d.sections
	in, err := strict.readIndirect(at)
	if err == nil {
		dict := dictOf(in.object)
		length, ok := dict["L"].(Integer)
		_, linear := dict["Linearized"]
		// To some readers the bytes before the header do not count.
		return linear && (!ok || int64(length) == d.size || int64(length) == d.size-d.header)
	}
	// What is no plain object to us may be one to others, if it begins as one.
	p := strict.newParser(at)
	defer strict.release(p)
	if p.read().kind != tokInteger {
		return false
	}
	quiet := d.quiet
	d.quiet = true
	in, err = d.readIndirect(at)
	d.quiet = quiet
	size := int64(linearText)
	if s, ok := in.object.(*Stream); ok {
		size = min(size, s.offset-at) // what follows are data
	}
	text, readErr := d.src.bytes(at, size)
	if readErr != nil {
		return false
	}
	// After endobj a damaged object may go on for some.
	if closed := int(in.end - at); err == nil && closed < len(text) {
		if i := bytes.Index(text[closed:], endObjectWord); i >= 0 {
			text = text[:closed+i]
		}
	}
	return namesLinear(text)
}

// dictOf is the dictionary of an object, also of a stream.
func dictOf(o Object) Dict {
	if s, ok := o.(*Stream); ok {
		return s.Dict
	}
	dict, _ := o.(Dict)
	return dict
}

// namesLinear reports whether the name Linearized stands in an object, with or
// without escapes.
func namesLinear(text []byte) bool {
	if !bytes.ContainsRune(text, '#') {
		return bytes.Contains(text, []byte("/Linearized"))
	}
	var plain []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '#' && i+2 < len(text) && hexDigit(text[i+1]) >= 0 && hexDigit(text[i+2]) >= 0 {
			c = byte(hexDigit(text[i+1])<<4 | hexDigit(text[i+2]))
			i += 2
		}
		plain = append(plain, c)
	}
	return bytes.Contains(plain, []byte("/Linearized"))
}
