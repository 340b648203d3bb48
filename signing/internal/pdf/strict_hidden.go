package pdf

import "bytes"

// Readers that find a fault in the cross-reference look through the whole file
// for objects and trailers, and show what they find: in the data of a stream, in
// a string, in a comment. What is a fault to one is none to another. So a
// revision that is read strictly must not hold, anywhere, what looks like an
// object or a trailer but is none of its own.

const (
	hiddenBlock = 64 << 10
	// hiddenAround is how far the head of an object, or what follows a trailer,
	// is followed over the edge of a block. What is longer counts as one.
	hiddenAround = 4 << 10
	hiddenLines  = 16 // of comment within one
)

var objWord, trailerWord = []byte("obj"), []byte("trailer")

// noHidden also makes sure that every object begins as plainly as all readers
// want it: two numbers and the keyword, with white space between them.
func (c *revisionCheck) noHidden(stops map[int64]int64) error {
	plain := make(map[int64]bool, len(c.at))
	for pos := c.rev.Start; pos < c.rev.End; pos += hiddenBlock {
		base := max(c.rev.Start, pos-hiddenAround)
		b, err := c.doc.src.bytes(base, min(pos+hiddenBlock+hiddenAround, c.rev.End)-base)
		if err != nil {
			return err
		}
		own := int(min(pos+hiddenBlock, c.rev.End) - base)
		w := hiddenWindow{b: b, base: base, from: int(pos - base), to: own, cut: base > c.rev.Start}
		if err := c.hiddenObjects(w, stops, plain); err != nil {
			return err
		}
		if err := c.hiddenTrailers(w); err != nil {
			return err
		}
	}
	for _, at := range c.places() {
		if !plain[at] {
			return syntaxErrorf(at, "object %d has an irregular head", c.at[at].num)
		}
	}
	return nil
}

// hiddenWindow is a piece of the file. Keywords are looked at that begin in
// b[from:to]; b[0] stands at base, and cut tells that something is before it.
type hiddenWindow struct {
	b        []byte
	base     int64
	from, to int
	cut      bool
}

// each calls use with the places of a word.
func (w hiddenWindow) each(word []byte, use func(i int) error) error {
	for i := w.from; i < w.to; i += len(word) {
		n := bytes.Index(w.b[i:], word)
		if n < 0 || i+n >= w.to {
			return nil
		}
		i += n
		if err := use(i); err != nil {
			return err
		}
	}
	return nil
}

func (c *revisionCheck) hiddenObjects(w hiddenWindow, stops map[int64]int64, plain map[int64]bool) error {
	return w.each(objWord, func(i int) error {
		if start, ok := plainHead(w.b, i); ok {
			at := w.base + int64(start)
			_, isObject := c.at[at]
			_, isSection := stops[at]
			if isObject || isSection {
				plain[at] = true
				return nil
			}
		}
		if w.likeHead(i, 2) {
			return syntaxErrorf(w.base+int64(i), "an object that no cross-reference names is hidden here")
		}
		return nil
	})
}

// plainHead is where the head of an object begins whose keyword is at b[end:].
func plainHead(b []byte, end int) (start int, ok bool) {
	i := end
	for range 2 {
		blank := i
		for i > 0 && classes[b[i-1]] == space {
			i--
		}
		digits := i
		for i > 0 && isDigit(b[i-1]) {
			i--
		}
		if i == digits || digits == blank {
			return i, false
		}
	}
	return i, i == 0 || classes[b[i-1]] == space
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// likeHead reports whether some reader may see so many numbers before b[end:],
// signs and comments allowed.
func (w hiddenWindow) likeHead(end, numbers int) bool {
	i, more := end, true
	for lines := 0; more; lines++ {
		i, more = w.overBlank(i)
		if i == 0 && w.cut || lines == hiddenLines {
			return true // too long to tell
		}
		digits := i
		for digits > 0 && isDigit(w.b[digits-1]) {
			digits--
		}
		if digits < i && (i < end || numbers == 2) {
			if digits > 0 && (w.b[digits-1] == '+' || w.b[digits-1] == '-') {
				digits--
			}
			if numbers == 1 || w.likeHead(digits, numbers-1) {
				return true
			}
		}
		if !more {
			break
		}
		// The line may be a comment: what is before it counts.
		line := bytes.LastIndexAny(w.b[:i], "\r\n") + 1
		percent := bytes.IndexByte(w.b[line:i], '%')
		if line == 0 && w.cut {
			return true
		}
		if more = percent >= 0; more {
			i = line + percent
		}
	}
	return false
}

// overBlank goes back over white space, and tells whether a line ended in it.
func (w hiddenWindow) overBlank(i int) (before int, line bool) {
	for i > 0 && classes[w.b[i-1]] == space {
		i--
		line = line || w.b[i] == '\n' || w.b[i] == '\r'
	}
	return i, line
}

func (c *revisionCheck) hiddenTrailers(w hiddenWindow) error {
	return w.each(trailerWord, func(i int) error {
		after := bytes.TrimLeft(w.b[i+len(trailerWord):], "\x00\t\n\f\r ")
		if len(after) > 0 && after[0] != '<' && after[0] != '%' {
			return nil
		}
		at := w.base + int64(i)
		for _, s := range c.doc.sections[:c.rev.Sections] {
			if s.offset <= at && at < s.end {
				return nil
			}
		}
		return syntaxErrorf(at, "a trailer that nothing leads to is hidden here")
	})
}
