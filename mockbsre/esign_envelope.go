package mockbsre

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// fileKeys are the members of a request whose texts are files in base64.
var fileKeys = []string{"file", "imageBase64"}

// maxEnvelope bounds what is not a file in a JSON request, in bytes.
const maxEnvelope = 1 << 20

// envelope takes a JSON body apart as it arrives: files are decoded at once, and
// the rest, which is small, is kept with a file's number in its place. So a body
// is in memory once, and without its base64.
type envelope struct {
	r     *bufio.Reader
	hint  int64 // how many bytes the body is said to have; -1 for not said
	rest  []byte
	files []jsonFile

	depth, commas int
	object        [maxDepth + 1]bool // by depth: an object, not an array
	file          [maxDepth + 1]bool // by depth: the last key is one of fileKeys
	key           bool               // the next text is a key
}

// read reads the body to its end. It bounds depth and number of members, for an
// empty element costs the decoder more than the two bytes it takes. Whether it
// is JSON at all is the decoder's to say.
func (v *envelope) read() error {
	for {
		b, err := v.r.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fromBody(err)
		}
		if b == '"' {
			if err := v.text(); err != nil {
				return err
			}
			continue
		}
		if err := v.structure(b); err != nil {
			return err
		}
	}
}

// structure takes a byte outside texts.
func (v *envelope) structure(b byte) error {
	switch b {
	case '{', '[':
		if v.depth++; v.depth > maxDepth {
			return errTooLarge
		}
		v.object[v.depth] = b == '{'
		v.file[v.depth] = b == '[' && v.file[v.depth-1]
		v.key = b == '{'
	case '}', ']':
		if v.depth--; v.depth < 0 {
			return errBody
		}
	case ',':
		if v.commas++; v.commas > maxCommas {
			return errTooLarge
		}
		v.key = v.object[v.depth]
	case ':':
		v.key = false
	}
	return v.keep(b)
}

func (v *envelope) keep(b ...byte) error {
	if v.rest = append(v.rest, b...); len(v.rest) > maxEnvelope {
		return errTooLarge
	}
	return nil
}

// text takes a text after its opening quote.
func (v *envelope) text() error {
	if !v.key && v.file[v.depth] {
		f, err := v.decode()
		if err != nil {
			return err
		}
		v.files = append(v.files, f)
		return v.keep(strconv.AppendQuote(nil, strconv.Itoa(len(v.files)))...)
	}
	start := len(v.rest)
	if err := v.keep('"'); err != nil {
		return err
	}
	for {
		b, err := v.r.ReadByte()
		if err != nil {
			return fromBody(err)
		}
		if err := v.keep(b); err != nil {
			return err
		}
		switch {
		case b == '"':
			if v.key {
				v.noteKey(v.rest[start:])
			}
			return nil
		case len(v.rest)-start > maxFieldSize:
			return errTooLarge
		case b != '\\':
			continue
		}
		if b, err = v.r.ReadByte(); err != nil {
			return fromBody(err)
		}
		if err := v.keep(b); err != nil {
			return err
		}
	}
}

// noteKey notes whether a key is one of a file, as encoding/json compares keys.
func (v *envelope) noteKey(quoted []byte) {
	var key string
	_ = json.Unmarshal(quoted, &key) // what is no text is found later
	v.file[v.depth] = slices.ContainsFunc(fileKeys, func(k string) bool { return strings.EqualFold(k, key) })
}

// decode takes a file after its opening quote.
func (v *envelope) decode() (jsonFile, error) {
	t := base64Text{hint: v.hint / 4 * 3}
	for {
		if _, err := v.r.Peek(1); err != nil {
			return jsonFile{}, fromBody(err)
		}
		piece, _ := v.r.Peek(v.r.Buffered())
		end := bytes.IndexByte(piece, '"')
		if end >= 0 {
			piece = piece[:end]
		}
		escape := bytes.IndexByte(piece, '\\')
		if escape >= 0 {
			piece = piece[:escape]
		}
		for _, b := range piece {
			if b < ' ' {
				return jsonFile{}, errBody
			}
		}
		t.write(piece)
		_, _ = v.r.Discard(len(piece))
		switch {
		case escape >= 0:
			if err := v.escaped(&t); err != nil {
				return jsonFile{}, err
			}
		case end >= 0:
			_, _ = v.r.Discard(1)
			return t.finish(), nil
		}
	}
}

// escaped takes an escape sequence in a file: PHP writes a slash with one.
func (v *envelope) escaped(t *base64Text) error {
	sequence := []byte{'"'}
	for n := 2; len(sequence) <= n; {
		b, err := v.r.ReadByte()
		if err != nil {
			return fromBody(err)
		}
		if sequence = append(sequence, b); len(sequence) == 3 && b == 'u' {
			n = 6
		}
	}
	var text string
	if json.Unmarshal(append(sequence, '"'), &text) != nil {
		return errBody
	}
	if text != "\n" && text != "\r" { // lines of base64
		t.write([]byte(text))
	}
	return nil
}

// fill gives every file of a request its content.
func (v *envelope) fill(into any) { v.fillValue(reflect.ValueOf(into)) }

var jsonFileType = reflect.TypeFor[jsonFile]()

func (v *envelope) fillValue(at reflect.Value) {
	switch {
	case at.Type() == jsonFileType:
		f := at.Addr().Interface().(*jsonFile)
		if f.number > 0 && f.number <= len(v.files) {
			*f = v.files[f.number-1]
		} else {
			f.bad = true
		}
	case at.Kind() == reflect.Pointer && !at.IsNil():
		v.fillValue(at.Elem())
	case at.Kind() == reflect.Struct:
		for i := range at.NumField() {
			if at.Type().Field(i).IsExported() {
				v.fillValue(at.Field(i))
			}
		}
	case at.Kind() == reflect.Slice && at.Type().Elem().Kind() == reflect.Struct:
		for i := range at.Len() {
			v.fillValue(at.Index(i))
		}
	}
}

// base64Text decodes base64 that comes in pieces. Padding may be missing.
type base64Text struct {
	hint   int64 // how large the file will be at most; 0 or less for not known
	out    []byte
	quad   []byte // characters that are not yet four
	padded bool
	bad    bool
}

func (t *base64Text) write(p []byte) {
	if i := bytes.IndexByte(p, '='); i >= 0 || t.padded {
		rest := p[max(i, 0):]
		t.bad = t.bad || len(bytes.Trim(rest, "=")) > 0
		if t.padded {
			return
		}
		p, t.padded = p[:i], true
	}
	for len(t.quad) > 0 && len(t.quad) < 4 && len(p) > 0 {
		t.quad, p = append(t.quad, p[0]), p[1:]
	}
	if len(t.quad) == 4 {
		t.decode(t.quad)
		t.quad = t.quad[:0]
	}
	whole := len(p) &^ 3
	t.decode(p[:whole])
	t.quad = append(t.quad, p[whole:]...)
}

func (t *base64Text) decode(p []byte) {
	if t.bad || len(p) == 0 {
		return
	}
	t.out = room(t.out, base64.RawStdEncoding.DecodedLen(len(p)), t.hint)
	n, err := base64.RawStdEncoding.Decode(t.out[len(t.out):cap(t.out)], p)
	t.out, t.bad = t.out[:len(t.out)+n], err != nil
}

func (t *base64Text) finish() jsonFile {
	t.decode(t.quad)
	return jsonFile{data: t.out, bad: t.bad}
}

// maxHint bounds what is believed of a request's length, in bytes.
const maxHint = 64 << 20

// sizeHint is how long the body says that it is; -1 for not said.
func (c *call) sizeHint() int64 { return min(c.ContentLength, maxHint) }

// room makes sure that n bytes can be appended. The hint, how large it will be
// at most, is believed eight times as far as bytes have come: who only claims a
// large request costs little.
func room(b []byte, n int, hint int64) []byte {
	need := len(b) + n
	if need <= cap(b) {
		return b
	}
	size := max(need, 2*cap(b), 64<<10)
	if claimed := int(min(hint, 8*int64(size))); claimed >= need {
		size = claimed
	}
	grown := make([]byte, len(b), size)
	copy(grown, b)
	return grown
}

// readFile reads to the end.
func readFile(r io.Reader, hint int64) ([]byte, error) {
	var b []byte
	for {
		b = room(b, 1, hint)
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, fromBody(err)
		}
	}
}
