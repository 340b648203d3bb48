package pdf

import "encoding/binary"

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokInteger
	tokReal
	tokString
	tokHex
	tokName
	tokArrayOpen
	tokArrayClose
	tokDictOpen
	tokDictClose
	tokKeyword
)

// token is a lexical token (ISO 32000-2, 7.2). text is valid until the next
// token is read.
type token struct {
	kind     tokenKind
	off, end int64
	num      int64
	real     float64
	text     []byte
	ends     []byte // of a literal string, see String
}

func (t token) is(keyword string) bool {
	return t.kind == tokKeyword && string(t.text) == keyword
}

// maxToken bounds one string, name or keyword in bytes.
const maxToken = 16 << 20

// character classes of ISO 32000-2, table 1 and 2.
const (
	regular = iota
	space
	delimiter
)

var classes = func() (c [256]uint8) {
	for _, b := range "\x00\t\n\f\r " {
		c[b] = space
	}
	for _, b := range "()<>[]{}/%" {
		c[b] = delimiter
	}
	return c
}()

// lexer splits a file, or a piece of memory, into tokens.
type lexer struct {
	src    *source // nil: memory only
	buf    []byte
	i      int
	base   int64 // position of buf[0]
	end    int64 // where reading stops
	text   []byte
	err    error     // of the reader, a limit, or in strict reading a fault
	strict bool      // refuse what is else read over
	doc    *Document // told of what is read over; may be nil
	num    uint32    // the object that is read, for reports
	place  int64     // in memory: where it comes from, for reports
}

// seek puts the lexer at pos and forgets the block it looked at.
func (l *lexer) seek(pos int64) {
	if l.src == nil {
		l.i = int(min(max(pos-l.base, 0), int64(len(l.buf))))
		return
	}
	l.charge()
	l.buf, l.i, l.base = nil, 0, pos
}

// charge counts what was read of the current block as the document's work.
func (l *lexer) charge() {
	if l.doc == nil {
		return
	}
	if err := l.doc.work.lex(int64(l.i)); err != nil && l.err == nil {
		l.err = err
	}
}

func (l *lexer) pos() int64 { return l.base + int64(l.i) }

// peek returns the next byte, or -1 at the end.
func (l *lexer) peek() int {
	if l.i < len(l.buf) {
		return int(l.buf[l.i])
	}
	if !l.fill() {
		return -1
	}
	return int(l.buf[l.i])
}

func (l *lexer) fill() bool {
	if l.src == nil || l.err != nil {
		return false
	}
	pos := l.pos()
	if pos >= l.end {
		return false
	}
	l.charge()
	b, err := l.src.block(pos)
	if err != nil {
		l.err = err
		return false
	}
	if int64(len(b)) > l.end-pos {
		b = b[:l.end-pos]
	}
	l.buf, l.i, l.base = b, 0, pos
	return len(b) > 0
}

// at is the position to report for off.
func (l *lexer) at(off int64) int64 {
	if l.src == nil {
		return l.place
	}
	return off
}

// complain reports a departure from the rules, or makes it the lexer's error
// when reading strictly.
func (l *lexer) complain(off int64, detail string) {
	switch {
	case l.err != nil:
	case l.strict:
		l.err = syntaxErrorf(l.at(off), "%s", detail)
	case l.doc != nil:
		l.err = l.doc.repair(RepairSyntax, l.at(off), detail)
	}
}

// fault makes a departure from the rules that cannot be read over the lexer's
// error.
func (l *lexer) fault(off int64, detail string) {
	if l.err == nil {
		l.err = syntaxErrorf(l.at(off), "%s", detail)
	}
}

// skipSpace passes white space and comments.
func (l *lexer) skipSpace() {
	comment := false
	for {
		for ; l.i < len(l.buf); l.i++ {
			c := l.buf[l.i]
			switch {
			case comment:
				comment = c != '\r' && c != '\n'
			case c == '%':
				comment = true
			case classes[c] != space:
				return
			}
		}
		if !l.fill() {
			return
		}
	}
}

// take appends bytes to text up to the next one that stop names, which it
// returns unread; -1 at the end.
func (l *lexer) take(stop *[256]bool) int {
	for len(l.text) <= maxToken {
		i := l.i
		for i < len(l.buf) && !stop[l.buf[i]] {
			i++
		}
		l.text = append(l.text, l.buf[l.i:i]...)
		l.i = i
		if i < len(l.buf) {
			return int(l.buf[i])
		}
		if !l.fill() {
			return -1
		}
	}
	return -1
}

func stopAt(stop func(c byte) bool) *[256]bool {
	var t [256]bool
	for i := range t {
		t[i] = stop(byte(i))
	}
	return &t
}

// where runs of bytes of one sort end.
var (
	stopRegular = stopAt(func(c byte) bool { return classes[c] != regular })
	stopNumber  = stopAt(func(c byte) bool { return (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' })
	stopLiteral = stopAt(func(c byte) bool { return c == '(' || c == ')' || c == '\\' || c == '\r' })
)

// next reads a token. At the end of input, and after an error, it is tokEOF.
func (l *lexer) next() token {
	if l.err != nil {
		return token{off: l.pos(), end: l.pos()}
	}
	l.skipSpace()
	t := token{off: l.pos()}
	l.text = l.text[:0]
	switch c := l.peek(); {
	case c < 0:
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		l.number(&t)
	case c == '/':
		l.i++
		l.name(&t)
	case c == '(':
		l.i++
		l.literal(&t)
	case c == '<':
		l.i++
		if l.peek() == '<' {
			l.i++
			t.kind = tokDictOpen
		} else {
			l.hex(&t)
		}
	case c == '>':
		l.i++
		if l.peek() == '>' {
			l.i++
			t.kind = tokDictClose
		} else {
			t.kind, l.text = tokKeyword, append(l.text, '>')
		}
	case c == '[':
		l.i++
		t.kind = tokArrayOpen
	case c == ']':
		l.i++
		t.kind = tokArrayClose
	case classes[c] == delimiter:
		l.i++
		t.kind, l.text = tokKeyword, append(l.text, byte(c))
	default:
		t.kind = tokKeyword
		l.take(stopRegular)
	}
	if len(l.text) > maxToken {
		l.err = limitErrorf("token at byte %d longer than %d bytes", t.off, maxToken)
	}
	t.end, t.text = l.pos(), l.text
	if l.err != nil {
		return token{off: t.off, end: t.end}
	}
	return t
}

func (l *lexer) name(t *token) {
	t.kind = tokName
	l.take(stopRegular)
	out := l.text[:0]
	for i := 0; i < len(l.text); i++ {
		c := l.text[i]
		if c == '#' {
			if i+2 < len(l.text) && hexDigit(l.text[i+1]) >= 0 && hexDigit(l.text[i+2]) >= 0 {
				c = byte(hexDigit(l.text[i+1])<<4 | hexDigit(l.text[i+2]))
				i += 2
			} else {
				l.complain(t.off, "bad escape in a name")
			}
		}
		out = append(out, c)
	}
	l.text = out
}

// hexValues are what hexadecimal digits stand for, -1 for other bytes.
var hexValues = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range 10 {
		t['0'+i] = int8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = int8(10+i), int8(10+i)
	}
	return t
}()

func hexDigit(c byte) int { return int(hexValues[c]) }

func (l *lexer) hex(t *token) {
	t.kind = tokHex
	high := -1
	for len(l.text) <= maxToken {
		if high < 0 {
			l.hexPairs()
		}
		c := l.peek()
		if c < 0 {
			l.fault(t.off, "hexadecimal string has no end")
			return
		}
		l.i++
		if c == '>' {
			break
		}
		n := hexDigit(byte(c))
		if n < 0 {
			if classes[c] != space {
				l.complain(l.pos()-1, "bad character in a hexadecimal string")
			}
			continue
		}
		if high < 0 {
			high = n
			continue
		}
		l.text = append(l.text, byte(high<<4|n))
		high = -1
	}
	if high >= 0 {
		l.text = append(l.text, byte(high<<4))
	}
}

// hexPairs reads whole bytes as long as nothing but digits stands in what was
// read of the file. The value of a signature is mostly that.
func (l *lexer) hexPairs() {
	i, text := l.i, l.text
	for i+1 < len(l.buf) && len(text) <= maxToken {
		high, low := hexValues[l.buf[i]], hexValues[l.buf[i+1]]
		if high|low < 0 {
			break
		}
		text = append(text, byte(high)<<4|byte(low))
		i += 2
	}
	l.i, l.text = i, text
}

func (l *lexer) literal(t *token) {
	t.kind = tokString
	before := 0 // where the last such line end is
	for depth := 1; depth > 0; {
		c := l.take(stopLiteral)
		if c < 0 {
			l.fault(t.off, "string has no end")
			return
		}
		l.i++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return
			}
		case '\r':
			end := uint64(len(l.text)-before) << 1
			if l.peek() == '\n' {
				l.i++
				end |= 1
			}
			t.ends = binary.AppendUvarint(t.ends, end)
			c, before = '\n', len(l.text)
		case '\\':
			l.escape()
			continue
		}
		l.text = append(l.text, byte(c))
	}
}

// escape reads what follows a backslash in a literal string (7.3.4.2).
func (l *lexer) escape() {
	c := l.peek()
	if c < 0 {
		return
	}
	l.i++
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case '\n':
		return
	case '\r':
		if l.peek() == '\n' {
			l.i++
		}
		return
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := c - '0'
		for range 2 {
			d := l.peek()
			if d < '0' || d > '7' {
				break
			}
			n = n<<3 | (d - '0')
			l.i++
		}
		c = n & 0xff
	}
	l.text = append(l.text, byte(c))
}
