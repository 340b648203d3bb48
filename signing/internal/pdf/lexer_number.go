package pdf

import (
	"math"
	"strconv"
)

func (l *lexer) number(t *token) {
	if l.shortInteger(t) {
		return
	}
	l.take(stopNumber)
	if c := l.peek(); c >= 0 && classes[c] == regular && l.strict {
		l.complain(t.off, "number runs into other characters")
	}
	if n, ok := parseInteger(l.text); ok {
		t.kind, t.num = tokInteger, n
		return
	}
	t.kind = tokReal
	var clean bool
	if t.real, clean = parseReal(l.text); !clean {
		l.complain(t.off, "bad number")
	}
}

// shortInteger reads an integer of few digits that ends within the block.
func (l *lexer) shortInteger(t *token) bool {
	var n int64
	i := l.i
	for ; i < len(l.buf) && i-l.i < 18; i++ {
		c := l.buf[i] - '0'
		if c > 9 {
			break
		}
		n = n*10 + int64(c)
	}
	if i == l.i || i == len(l.buf) || i-l.i == 18 || classes[l.buf[i]] == regular {
		return false
	}
	l.i = i
	t.kind, t.num = tokInteger, n
	return true
}

// reference reads what follows an integer when that makes it a reference: a
// generation and R. known is false when the block ends too soon to tell.
func (l *lexer) reference() (gen uint16, ok, known bool) {
	i := l.i
	i += spaces(l.buf[i:])
	begin, n := i, 0
	for i < len(l.buf) && i-begin < 6 && l.buf[i]-'0' <= 9 {
		n = n*10 + int(l.buf[i]-'0')
		i++
	}
	digits := i - begin
	gap := spaces(l.buf[i:])
	i += gap
	if i+1 >= len(l.buf) || l.buf[i] == '%' {
		return 0, false, false
	}
	if c := l.buf[i]; begin > l.i && (digits == 0 && (c == '+' || c == '-') || digits > 0 && gap == 0 && (c == 'R' || isDigit(c))) {
		// What is written oddly is left to the tokens: other readers take it for
		// a reference too.
		return 0, false, false
	}
	if begin == l.i || digits == 0 || gap == 0 || n > 65535 || l.buf[i] != 'R' || classes[l.buf[i+1]] == regular {
		return 0, false, true
	}
	l.i = i + 1
	return uint16(n), true, true
}

// maybeR reports whether the next token may be R, as far as can be told without
// reading it.
func (l *lexer) maybeR() bool {
	i := l.i + spaces(l.buf[l.i:])
	return i >= len(l.buf) || l.buf[i] == 'R' || l.buf[i] == '%'
}

// parseInteger reads an optional sign and digits that fit int64.
func parseInteger(b []byte) (int64, bool) {
	neg := false
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		neg = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 64 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}

// parseReal reads a real; clean is false when readers disagree about it and
// only its beginning counts.
func parseReal(b []byte) (v float64, clean bool) {
	if len(b) > 1024 {
		return 0, false
	}
	if v, err := strconv.ParseFloat(string(b), 64); err == nil {
		return v, true
	}
	i := 0
	for i+1 < len(b) && (b[i] == '-' || b[i] == '+') && (b[i+1] == '-' || b[i+1] == '+') {
		i++
	}
	j, dot := i, false
	for j < len(b) && (b[j] >= '0' && b[j] <= '9' || j == i && (b[j] == '-' || b[j] == '+') || b[j] == '.' && !dot) {
		dot = dot || b[j] == '.'
		j++
	}
	v, err := strconv.ParseFloat(string(b[i:j]), 64)
	if err != nil {
		return 0, false
	}
	return v, false
}
