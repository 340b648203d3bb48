package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Object is a PDF object (ISO 32000-2, 7.3): nil (null), bool, [Integer],
// [Real], [String], [Name], [Array], [Dict], [*Stream], [Ref], or, in an
// update only, [*Placeholder].
type Object any

// Integer is an integer number. Numbers outside int64 are read as [Real].
type Integer int64

// Real is a real number. Text is the number as it stands in the file, so that
// a dictionary written again keeps it; when empty, Value is written.
type Real struct {
	Value float64
	Text  string
}

// String is a string object, already decrypted. Hex tells that it stands, or
// is to be written, in hexadecimal form.
type String struct {
	Bytes []byte
	Hex   bool
	odd   bool   // encrypted in a way that readers decrypt differently
	raw   []byte // of an odd string, as it stands
	// ends are the line ends other than LF in a literal string, which some readers
	// leave as they are: for each how far it is behind the last, and whether it is
	// CR LF.
	ends string
}

// Name is a name without its slash, escapes resolved (ISO 32000-2, 7.3.5).
type Name string

// Array is an array of direct objects and references.
type Array []Object

// Dict is a dictionary. A key whose value is null is absent (7.3.7).
type Dict map[Name]Object

// Ref is an indirect reference. The zero Ref names no object.
type Ref struct {
	Num uint32
	Gen uint16
}

// IsZero reports whether the reference names no object.
func (r Ref) IsZero() bool { return r == Ref{} }

// String returns the reference as it stands in a file, "12 0 R".
func (r Ref) String() string {
	return strconv.FormatUint(uint64(r.Num), 10) + " " + strconv.FormatUint(uint64(r.Gen), 10) + " R"
}

// Stream is a stream object. One that was read holds only the place of its
// bytes; [Document.StreamData] and [Document.RawData] load them.
type Stream struct {
	Dict Dict

	data   []byte // of a new stream: encoded bytes, not encrypted
	ref    Ref    // of a stream that was read: the object it is
	offset int64  // of a stream that was read: first byte, absolute
	length int64  // of a stream that was read: number of bytes in the file
	read   bool
	doc    *Document // of a stream that was read: whose key decrypts it
}

// NewStream returns a stream of bytes that are already encoded as the
// dictionary's Filter says. Length is set when the stream is written.
func NewStream(dict Dict, encoded []byte) *Stream {
	return &Stream{Dict: dict, data: encoded}
}

// Extent returns the first byte and the number of bytes that a stream that was
// read has in its file; ok is false for a new stream.
func (s *Stream) Extent() (offset, length int64, ok bool) {
	return s.offset, s.length, s.read
}

// Clone returns a copy of o whose arrays and dictionaries can be changed
// without changing o. The bytes of streams and strings are shared.
func Clone(o Object) Object {
	switch v := o.(type) {
	case Array:
		c := make(Array, len(v))
		for i, e := range v {
			c[i] = Clone(e)
		}
		return c
	case Dict:
		return v.Clone()
	case *Stream:
		c := *v
		c.Dict = v.Dict.Clone()
		return &c
	}
	return o
}

// Clone returns a deep copy of the dictionary.
func (d Dict) Clone() Dict {
	c := make(Dict, len(d))
	for k, v := range d {
		c[k] = Clone(v)
	}
	return c
}

// Keys returns the keys in ascending order.
func (d Dict) Keys() []Name {
	return slices.Sorted(maps.Keys(d))
}

// Name returns the value of key when it is a direct name, else "".
func (d Dict) Name(key Name) Name {
	n, _ := d[key].(Name)
	return n
}

// Int returns the value of key when it is a direct integer.
func (d Dict) Int(key Name) (int64, bool) {
	n, ok := d[key].(Integer)
	return int64(n), ok
}

// Number returns o as a float64 when it is an [Integer] or a [Real].
func Number(o Object) (float64, bool) {
	switch v := o.(type) {
	case Integer:
		return float64(v), true
	case Real:
		return v.Value, true
	}
	return 0, false
}

// Equal reports whether two objects are the same by value: numbers by value,
// strings by their bytes whatever their form, references by number and
// generation, dictionaries without regard to order or to keys that are null.
// Streams are never equal here unless they are the same place of the same
// file: comparing their bytes is the caller's affair.
func Equal(a, b Object) bool {
	switch x := a.(type) {
	case Integer, Real:
		p, _ := Number(a)
		q, ok := Number(b)
		return ok && p == q
	case String:
		y, ok := b.(String)
		return ok && x.odd == y.odd && x.ends == y.ends && bytes.Equal(x.Bytes, y.Bytes) && bytes.Equal(x.raw, y.raw)
	case Array:
		y, ok := b.(Array)
		return ok && slices.EqualFunc(x, y, func(a, b Object) bool { return Equal(a, b) })
	case Dict:
		y, ok := b.(Dict)
		return ok && equalDict(x, y)
	case *Stream:
		y, ok := b.(*Stream)
		if !ok {
			return false
		}
		return x == y || x.read && y.read && x.offset == y.offset && x.length == y.length && equalDict(x.Dict, y.Dict)
	}
	return a == b
}

func equalDict(x, y Dict) bool {
	for k, v := range x {
		if !Equal(v, y[k]) {
			return false
		}
	}
	for k, v := range y {
		if _, ok := x[k]; !ok && v != nil {
			return false
		}
	}
	return true
}

// kindOf names an object's type in error messages.
func kindOf(o Object) string {
	switch o.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case Integer:
		return "integer"
	case Real:
		return "real"
	case String:
		return "string"
	case Name:
		return "name"
	case Array:
		return "array"
	case Dict:
		return "dictionary"
	case *Stream:
		return "stream"
	case Ref:
		return "reference"
	case *Placeholder:
		return "placeholder"
	}
	return fmt.Sprintf("%T", o)
}
