package esign

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// errJSON: an answer is not the JSON object it should be, or exceeds a bound.
var errJSON = errors.New("not the JSON that the API answers")

const (
	maxKey   = 256      // bytes of a key as written
	maxKeys  = 64       // members of the object
	maxValue = 64 << 10 // bytes of a value that is kept
	maxDepth = 32       // of a value that is kept
)

// scanner reads a JSON object (RFC 8259) member by member, so that documents in
// it can be decoded without being held.
type scanner struct{ r *bufio.Reader }

func newScanner(r io.Reader) *scanner { return &scanner{bufio.NewReaderSize(r, 32<<10)} }

// next is the next byte that is not white space.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, nil
		}
	}
}

func (s *scanner) expect(want byte) error {
	c, err := s.next()
	if err == nil && c != want {
		err = fmt.Errorf("%w: %q instead of %q", errJSON, c, want)
	}
	return err
}

// object reads an object to its end and the end of the input. It calls member
// for each key; member must read the value.
func (s *scanner) object(member func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	for n := 0; ; n++ {
		c, err := s.next()
		if err != nil {
			return err
		}
		if c == '}' && n == 0 {
			break
		}
		if c != '"' || n >= maxKeys {
			return fmt.Errorf("%w: no key", errJSON)
		}
		key, err := s.key()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		if c, err = s.next(); err != nil {
			return err
		}
		if c == '}' {
			break
		}
		if c != ',' {
			return fmt.Errorf("%w: no comma", errJSON)
		}
	}
	return s.end()
}

// end accepts white space up to the end of the input.
func (s *scanner) end() error {
	for {
		switch c, err := s.r.ReadByte(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case c != ' ' && c != '\t' && c != '\n' && c != '\r':
			return fmt.Errorf("%w: more than one value", errJSON)
		}
	}
}

// key reads the rest of a key after its quotation mark.
func (s *scanner) key() (string, error) {
	raw := []byte{'"'}
	if err := s.quoted(&raw, maxKey); err != nil {
		return "", err
	}
	var key string
	if err := json.Unmarshal(raw, &key); err != nil {
		return "", fmt.Errorf("%w: key", errJSON)
	}
	return key, nil
}

// quoted appends a string as written, after its first quotation mark and with
// its last.
func (s *scanner) quoted(raw *[]byte, limit int) error {
	for {
		c, err := s.byte(raw, limit)
		switch {
		case err != nil:
			return err
		case c == '"':
			return nil
		case c == '\\':
			if _, err := s.byte(raw, limit); err != nil {
				return err
			}
		}
	}
}

func (s *scanner) byte(raw *[]byte, limit int) (byte, error) {
	c, err := s.r.ReadByte()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return 0, err
	}
	if len(*raw) >= limit {
		return 0, fmt.Errorf("%w: too long", errJSON)
	}
	*raw = append(*raw, c)
	return c, nil
}

// value reads one value as written.
func (s *scanner) value() (json.RawMessage, error) {
	c, err := s.next()
	if err != nil {
		return nil, err
	}
	raw, depth := []byte{c}, 0
	for {
		switch c {
		case '"':
			err = s.quoted(&raw, maxValue)
		case '{', '[':
			if depth++; depth > maxDepth {
				err = fmt.Errorf("%w: too deep", errJSON)
			}
		case '}', ']':
			depth--
		}
		if err != nil {
			return nil, err
		}
		if depth <= 0 && s.ends(c) {
			break
		}
		if c, err = s.byte(&raw, maxValue); err != nil {
			return nil, err
		}
	}
	if !json.Valid(raw) {
		return nil, errJSON
	}
	return raw, nil
}

// ends reports whether a value at the outermost level ends with c: a string,
// object or array does by itself, a number or word where the next member or
// the object's end begins.
func (s *scanner) ends(c byte) bool {
	if c == '"' || c == '}' || c == ']' {
		return true
	}
	after, err := s.r.Peek(1)
	return err != nil || after[0] == ',' || after[0] == '}' || after[0] == ' ' ||
		after[0] == '\n' || after[0] == '\r' || after[0] == '\t'
}

// array reads an array and calls element for each, which must read it. A null
// is an empty array.
func (s *scanner) array(element func(i int) error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c == 'n' {
		return s.word("ull")
	}
	if c != '[' {
		return fmt.Errorf("%w: no array", errJSON)
	}
	if c, err = s.next(); err != nil || c == ']' {
		return err
	}
	if err := s.r.UnreadByte(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := element(i); err != nil {
			return err
		}
		if c, err = s.next(); err != nil || c == ']' {
			return err
		}
		if c != ',' {
			return fmt.Errorf("%w: no comma", errJSON)
		}
	}
}

func (s *scanner) word(rest string) error {
	for i := range len(rest) {
		c, err := s.r.ReadByte()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err == nil && c != rest[i] {
			err = errJSON
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// document reads a string of base64 (RFC 4648, section 4) and writes what it
// holds to w. A null writes nothing.
func (s *scanner) document(w io.Writer) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c == 'n' {
		return s.word("ull")
	}
	if c != '"' {
		return fmt.Errorf("%w: no text", errJSON)
	}
	d := newDecoder(w)
	for {
		if _, err := s.r.Peek(1); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		run, _ := s.r.Peek(s.r.Buffered())
		for _, stop := range []byte(`"\`) {
			if i := bytes.IndexByte(run, stop); i >= 0 {
				run = run[:i]
			}
		}
		if err := d.take(run); err != nil {
			return err
		}
		_, _ = s.r.Discard(len(run))
		if s.r.Buffered() == 0 {
			continue
		}
		if c, _ = s.r.ReadByte(); c == '"' {
			return d.flush()
		}
		if c, err = s.escaped(); err != nil {
			return err
		}
		if c != '\n' { // else broken into lines, as RFC 2045 has it
			if err := d.take([]byte{c}); err != nil {
				return err
			}
		}
	}
}

// decoder decodes base64 that comes in pieces.
type decoder struct {
	w    io.Writer
	in   []byte // its capacity is a multiple of 4
	out  []byte
	done bool // padding was seen: nothing may follow
}

func newDecoder(w io.Writer) *decoder {
	return &decoder{w: w, in: make([]byte, 0, 16<<10), out: make([]byte, 12<<10)}
}

func (d *decoder) take(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), cap(d.in)-len(d.in))
		d.in, p = append(d.in, p[:n]...), p[n:]
		if len(d.in) == cap(d.in) {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush decodes what was taken, in the end of the text or in whole groups of
// four. The library's decoder skips line breaks; a raw one is no JSON.
func (d *decoder) flush() error {
	if len(d.in) == 0 {
		return nil
	}
	if d.done || bytes.IndexByte(d.in, '\r') >= 0 || bytes.IndexByte(d.in, '\n') >= 0 {
		return fmt.Errorf("%w: base64", errJSON)
	}
	n, err := base64.StdEncoding.Strict().Decode(d.out, d.in)
	if err != nil {
		return fmt.Errorf("%w: base64", errJSON)
	}
	d.done = d.in[len(d.in)-1] == '='
	d.in = d.in[:0]
	_, err = d.w.Write(d.out[:n])
	return err
}

// escaped reads an escape as it can occur in base64: other characters do not
// belong there.
func (s *scanner) escaped() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	switch c {
	case '/':
		return '/', nil
	case 'n', 'r':
		return '\n', nil
	case 'u':
		var hex [4]byte
		if _, err := io.ReadFull(s.r, hex[:]); err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		v, err := strconv.ParseUint(string(hex[:]), 16, 16)
		if err == nil && v < 0x80 {
			return byte(v), nil
		}
	}
	return 0, fmt.Errorf("%w: escape in base64", errJSON)
}
