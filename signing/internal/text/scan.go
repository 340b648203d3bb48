package text

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds on a content stream's syntax.
const (
	maxNesting  = 32      // arrays and dictionaries in each other
	maxOperands = 1 << 10 // operands before one operator
	maxElements = 1 << 20 // elements of one array or dictionary
)

// scanner splits a content stream or a CMap into operators with their operands
// (ISO 32000-2, 7.8.2). It reads over what is no PDF syntax, as readers do.
type scanner struct {
	data       []byte
	at         int
	operands   []pdf.Object   // room for those of the next operation
	absent     map[string]int // from where on find has found none
	noImageEnd bool           // no EI behind at has content after it
	cut        bool           // the data ends within a string, an array, a dictionary or an inline image
}

// keyword is an operator; the other objects are operands.
type keyword string

// Closing delimiters, which end an array or dictionary and are nothing else.
const (
	closeArray keyword = "]"
	closeDict  keyword = ">>"
)

// operation reads up to the next operator. ok is false at the end. The operands
// are there until the next call.
func (s *scanner) operation() (op keyword, operands []pdf.Object, ok bool, err error) {
	operands = s.operands[:0]
	defer func() { s.operands = operands }()
	for {
		o, more, err := s.object(0)
		if err != nil || !more {
			return "", nil, false, err
		}
		if op, isOp := o.(keyword); isOp {
			if op == closeArray || op == closeDict {
				continue
			}
			if op == "BI" {
				if err := s.skipInlineImage(); err != nil {
					return "", nil, false, err
				}
				operands = operands[:0]
				continue
			}
			return op, operands, true, nil
		}
		if operands = append(operands, o); len(operands) > maxOperands {
			return "", nil, false, fmt.Errorf("%w: more than %d operands", ErrLimit, maxOperands)
		}
	}
}

// ended is an error when the data ended within an object: what is drawn after
// it would belong to that object.
func (s *scanner) ended() error {
	if s.cut {
		return fmt.Errorf("%w: it ends within a string, an array, a dictionary or an inline image", ErrContent)
	}
	return nil
}

// object reads the next operand or operator.
func (s *scanner) object(depth int) (o pdf.Object, more bool, err error) {
	if depth > maxNesting {
		return nil, false, fmt.Errorf("%w: objects nested deeper than %d", ErrLimit, maxNesting)
	}
	s.skipSpace()
	if s.at >= len(s.data) {
		return nil, false, nil
	}
	switch c := s.data[s.at]; {
	case c == '/':
		s.at++
		return s.name(), true, nil
	case c == '(':
		s.at++
		return s.literal(), true, nil
	case c == '<' && s.peek(1) == '<':
		s.at += 2
		return s.dict(depth)
	case c == '<':
		s.at++
		return s.hexString(), true, nil
	case c == '>' && s.peek(1) == '>':
		s.at += 2
		return closeDict, true, nil
	case c == '[':
		s.at++
		elements, err := s.until(closeArray, depth)
		return pdf.Array(elements), true, err
	case c == ']':
		s.at++
		return closeArray, true, nil
	case isDelimiter(c):
		s.at++
		return keyword(c), true, nil
	}
	return s.word(), true, nil
}

// until reads the elements of an array or dictionary.
func (s *scanner) until(end keyword, depth int) ([]pdf.Object, error) {
	var elements []pdf.Object
	for {
		o, more, err := s.object(depth + 1)
		if err != nil || !more || o == pdf.Object(end) {
			s.cut = s.cut || err == nil && !more
			return elements, err
		}
		if elements = append(elements, o); len(elements) > maxElements {
			return nil, fmt.Errorf("%w: more than %d elements", ErrLimit, maxElements)
		}
	}
}

func (s *scanner) dict(depth int) (pdf.Object, bool, error) {
	elements, err := s.until(closeDict, depth)
	d := pdf.Dict{}
	for i := 0; i+1 < len(elements); i += 2 {
		if key, ok := elements[i].(pdf.Name); ok {
			d[key] = elements[i+1]
		}
	}
	return d, true, err
}

func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.data) {
		return s.data[s.at+n]
	}
	return 0
}

func (s *scanner) skipSpace() {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case isSpace(c):
			s.at++
		case c == '%':
			for s.at < len(s.data) && s.data[s.at] != '\n' && s.data[s.at] != '\r' {
				s.at++
			}
		default:
			return
		}
	}
}

// regular reads the bytes up to white space or a delimiter.
func (s *scanner) regular() []byte {
	start := s.at
	for s.at < len(s.data) && !isSpace(s.data[s.at]) && !isDelimiter(s.data[s.at]) {
		s.at++
	}
	return s.data[start:s.at]
}

func (s *scanner) name() pdf.Name {
	raw := s.regular()
	if bytes.IndexByte(raw, '#') < 0 {
		return pdf.Name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			hi, lo := hexDigit(raw[i+1]), hexDigit(raw[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return pdf.Name(out)
}

// word reads a number or an operator.
func (s *scanner) word() pdf.Object {
	raw := s.regular()
	switch c := raw[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return number(raw)
	}
	switch string(raw) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return keyword(raw)
}

// number reads a number; one that is none counts as zero, as in other readers.
func number(raw []byte) pdf.Object {
	if o, ok := plainNumber(raw); ok {
		return o
	}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return pdf.Integer(n)
	}
	for len(raw) > 1 && raw[0] == '-' && raw[1] == '-' { // written by some old producers
		raw = raw[1:]
	}
	end := 0
	for end < len(raw) && (raw[end] >= '0' && raw[end] <= '9' || raw[end] == '.' || end == 0) {
		end++
	}
	v, err := strconv.ParseFloat(string(raw[:end]), 64)
	if err != nil {
		v = 0
	}
	return pdf.Real{Value: v}
}

// maxPlainDigits is how many digits a float64 holds exactly.
const maxPlainDigits = 15

// plainNumber reads what nearly all numbers are: digits, at most one point, and
// a minus. The quotient of two exact numbers is rounded as it must be.
func plainNumber(raw []byte) (pdf.Object, bool) {
	digits := raw
	if raw[0] == '-' {
		digits = raw[1:]
	}
	if len(digits) == 0 || len(digits) > maxPlainDigits {
		return nil, false
	}
	n, divisor, point := int64(0), int64(1), false
	for _, c := range digits {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return nil, false
		default:
			n = n*10 + int64(c-'0')
			if point {
				divisor *= 10
			}
		}
	}
	if len(digits) < len(raw) {
		n = -n
	}
	if !point {
		return pdf.Integer(n), true
	}
	return pdf.Real{Value: float64(n) / float64(divisor)}, len(digits) > 1
}

// literal reads a string in parentheses (7.3.4.2).
func (s *scanner) literal() pdf.String {
	var out []byte
	for depth := 1; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; c {
		case '(':
			depth++
			out = append(out, c)
		case ')':
			if depth--; depth == 0 {
				s.at++
				return pdf.String{Bytes: out}
			}
			out = append(out, c)
		case '\\':
			s.at++
			out = s.escape(out)
		default:
			out = append(out, c)
		}
	}
	s.cut = true
	return pdf.String{Bytes: out}
}

// escape reads what follows a backslash and leaves the scanner on its last byte.
func (s *scanner) escape(out []byte) []byte {
	if s.at >= len(s.data) {
		return out
	}
	switch c := s.data[s.at]; c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if s.peek(1) == '\n' {
			s.at++
		}
		return out
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := int(c - '0')
		for range 2 {
			if d := s.peek(1); d >= '0' && d <= '7' {
				v = v<<3 | int(d-'0')
				s.at++
			}
		}
		return append(out, byte(v))
	default:
		return append(out, c)
	}
}

// hexString reads a string in angle brackets; an odd digit is followed by zero.
func (s *scanner) hexString() pdf.String {
	var out []byte
	high := -1
	s.cut = bytes.IndexByte(s.data[s.at:], '>') < 0
	for ; s.at < len(s.data); s.at++ {
		c := s.data[s.at]
		if c == '>' {
			s.at++
			break
		}
		switch d := hexDigit(c); {
		case d < 0:
		case high < 0:
			high = d
		default:
			out, high = append(out, byte(high<<4|d)), -1
		}
	}
	if high >= 0 {
		out = append(out, byte(high<<4))
	}
	return pdf.String{Bytes: out, Hex: true}
}

func isSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
