package pdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// writer writes objects in one form only: keys in ascending order, one space
// between tokens.
type writer struct {
	buf     bytes.Buffer
	convert func([]byte) ([]byte, error) // encrypts strings; nil: as they are
	places  map[*Placeholder]int         // where placeholders begin in buf
	depth   int
}

func (w *writer) object(o Object) error {
	switch v := o.(type) {
	case nil:
		w.buf.WriteString("null")
	case bool:
		w.buf.WriteString(strconv.FormatBool(v))
	case Integer:
		w.buf.WriteString(strconv.FormatInt(int64(v), 10))
	case Real:
		return w.real(v)
	case String:
		return w.string(v)
	case Name:
		w.name(v)
	case Ref:
		w.buf.WriteString(v.String())
	case *Placeholder:
		if _, twice := w.places[v]; twice {
			panic("pdf: placeholder used twice in one update")
		}
		w.places[v] = w.buf.Len()
		w.buf.Write(v.text)
	case Array, Dict:
		return w.nested(o)
	default:
		return fmt.Errorf("pdf: cannot write a %s inside an object", kindOf(o))
	}
	return nil
}

func (w *writer) nested(o Object) error {
	// An object made by the program may contain itself.
	if w.depth++; w.depth > 2*maxDepth {
		return limitErrorf("object is nested too deeply to be written")
	}
	defer func() { w.depth-- }()
	if a, ok := o.(Array); ok {
		return w.array(a)
	}
	return w.dict(o.(Dict))
}

func (w *writer) array(a Array) error {
	w.buf.WriteByte('[')
	for i, e := range a {
		if i > 0 {
			w.buf.WriteByte(' ')
		}
		if err := w.object(e); err != nil {
			return err
		}
	}
	w.buf.WriteByte(']')
	return nil
}

func (w *writer) dict(d Dict) error {
	plain := plainContents(d)
	w.buf.WriteString("<<")
	for _, k := range d.Keys() {
		w.buf.WriteByte(' ')
		w.name(k)
		w.buf.WriteByte(' ')
		convert := w.convert
		if plain && k == "Contents" {
			w.convert = nil
		}
		err := w.object(d[k])
		w.convert = convert
		if err != nil {
			return err
		}
	}
	w.buf.WriteString(" >>")
	return nil
}

func (w *writer) real(r Real) error {
	// A number that was read over, such as a lone dot, is written as it was understood.
	if text := []byte(r.Text); len(bytes.Trim(text, "+-.0123456789")) == 0 {
		if _, clean := parseReal(text); clean {
			w.buf.Write(text)
			return nil
		}
	}
	if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
		return fmt.Errorf("pdf: cannot write the number %v", r.Value)
	}
	s := strconv.AppendFloat(nil, r.Value, 'f', 6, 64)
	s = bytes.TrimRight(bytes.TrimRight(s, "0"), ".")
	if string(s) == "-0" {
		s = []byte("0")
	}
	w.buf.Write(s)
	return nil
}

const hexDigits = "0123456789abcdef"

func (w *writer) name(n Name) {
	w.buf.WriteByte('/')
	for i := range len(n) {
		c := n[i]
		if c <= ' ' || c > '~' || c == '#' || classes[c] != regular {
			w.buf.Write([]byte{'#', hexDigits[c>>4], hexDigits[c&15]})
			continue
		}
		w.buf.WriteByte(c)
	}
}

// lineEnds goes through the line ends of a string that are to stand as they stood.
type lineEnds struct {
	rest string
	last int
}

// at is the line end that byte i stands for, nothing if it stands for itself.
func (e *lineEnds) at(i int) string {
	if e.rest == "" {
		return ""
	}
	end, n := binary.Uvarint([]byte(e.rest[:min(len(e.rest), binary.MaxVarintLen64)]))
	if n <= 0 || i != e.last+int(end>>1) {
		return ""
	}
	e.rest, e.last = e.rest[n:], i
	if end&1 == 1 {
		return "\r\n"
	}
	return "\r"
}

func (w *writer) string(s String) error {
	b := s.Bytes
	if w.convert != nil && s.odd {
		b = s.raw
	} else if w.convert != nil {
		var err error
		if b, err = w.convert(b); err != nil {
			return err
		}
	}
	odd := 0
	for _, c := range b {
		if c < ' ' || c > '~' {
			odd++
		}
	}
	// A text that speaks of objects must not look like one to a reader that
	// rebuilds damaged files.
	ends := lineEnds{rest: s.ends}
	if w.convert != nil {
		ends.rest = ""
	}
	if ends.rest == "" && (s.Hex || odd > len(b)/4 || bytes.Contains(b, objWord) || bytes.Contains(b, trailerWord)) {
		w.buf.WriteByte('<')
		for _, c := range b {
			w.buf.Write([]byte{hexDigits[c>>4], hexDigits[c&15]})
		}
		w.buf.WriteByte('>')
		return nil
	}
	w.buf.WriteByte('(')
	for i, c := range b {
		if end := ends.at(i); end != "" {
			w.buf.WriteString(end)
			continue
		}
		switch {
		case c == '(' || c == ')' || c == '\\':
			w.buf.Write([]byte{'\\', c})
		case c < ' ' || c > '~':
			w.buf.Write([]byte{'\\', '0' + c>>6, '0' + c>>3&7, '0' + c&7})
		default:
			w.buf.WriteByte(c)
		}
	}
	w.buf.WriteByte(')')
	return nil
}
