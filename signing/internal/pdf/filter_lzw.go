package pdf

import (
	"bufio"
	"io"
)

// lzwReader decodes LZWDecode (ISO 32000-2, 7.4.4): codes of 9 to 12 bits,
// most significant bit first.
type lzwReader struct {
	r       *bufio.Reader
	early   int // 1 when codes grow one code early
	bits    uint32
	nbits   uint
	width   uint
	next    int // next free code
	prev    int // previous code, -1 after a clear
	prefix  [4096]uint16
	suffix  [4096]byte
	length  [4096]uint16 // bytes of a code's string
	out     [4096]byte
	pending []byte
	err     error
}

const (
	lzwClear = 256
	lzwEnd   = 257
	lzwFirst = 258
)

func newLZWReader(r io.Reader, early bool) io.Reader {
	l := &lzwReader{r: bufio.NewReader(r), width: 9, next: lzwFirst, prev: -1}
	if early {
		l.early = 1
	}
	for i := range 256 {
		l.suffix[i], l.length[i] = byte(i), 1
	}
	return l
}

// Read implements io.Reader.
func (l *lzwReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(l.pending) == 0 {
			if l.err != nil {
				break
			}
			l.step()
			continue
		}
		c := copy(p[n:], l.pending)
		l.pending = l.pending[c:]
		n += c
	}
	if n == 0 && len(p) > 0 {
		return 0, l.err
	}
	return n, nil
}

// step reads one code and puts its string into pending.
func (l *lzwReader) step() {
	for l.nbits < l.width {
		c, err := l.r.ReadByte()
		if err != nil {
			l.err = damaged("LZW", err)
			return
		}
		l.bits = l.bits<<8 | uint32(c)
		l.nbits += 8
	}
	l.nbits -= l.width
	code := int(l.bits >> l.nbits & (1<<l.width - 1))
	switch {
	case code == lzwClear:
		l.width, l.next, l.prev = 9, lzwFirst, -1
		return
	case code == lzwEnd:
		l.err = io.EOF
		return
	case code > l.next, code == l.next && l.prev < 0, code >= 4096:
		l.err = damagedf("LZW", "code that does not exist yet")
		return
	}
	// A code that is about to be made is the previous string and its first byte.
	known := code
	if code == l.next {
		known = l.prev
	}
	n := int(l.length[known])
	for i, c := n-1, known; i >= 0; i-- {
		l.out[i] = l.suffix[c]
		c = int(l.prefix[c])
	}
	first := l.out[0]
	if code == l.next {
		if n == len(l.out) {
			l.err = damagedf("LZW", "string too long")
			return
		}
		l.out[n] = first
		n++
	}
	l.pending = l.out[:n]
	if l.prev >= 0 && l.next < 4096 {
		l.prefix[l.next], l.suffix[l.next] = uint16(l.prev), first
		l.length[l.next] = l.length[l.prev] + 1
		l.next++
	}
	l.prev = code
	if l.next+l.early >= 1<<l.width && l.width < 12 {
		l.width++
	}
}
