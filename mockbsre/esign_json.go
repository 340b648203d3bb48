package mockbsre

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// jsonText is a text; numbers and truth values are taken for their text, null
// for the empty one, as the service's JSON library does.
type jsonText string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *jsonText) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, (*string)(t))
	case '{', '[':
		return errBody
	case 'n':
		*t = ""
		return nil
	}
	*t = jsonText(raw)
	return nil
}

// jsonNumber is a number, also one written as text; null and the empty text
// mean that none is given.
type jsonNumber struct {
	value float64
	given bool
	raw   string
}

// UnmarshalJSON implements [json.Unmarshaler].
func (n *jsonNumber) UnmarshalJSON(raw []byte) error {
	var text jsonText
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	n.raw = strings.TrimSpace(string(text))
	if n.raw == "" {
		return nil
	}
	v, ok := parseNumber(n.raw)
	if !ok {
		return errBody
	}
	n.value, n.given = v, true
	return nil
}

// orElse sets a number that was not given.
func (n *jsonNumber) orElse(value float64) {
	if !n.given {
		n.value, n.given = value, true
	}
}

// parseNumber reads a finite decimal number.
func parseNumber(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// whole returns a number as a count, if it is one.
func (n jsonNumber) whole() (int, bool) {
	if !n.given || n.value != math.Trunc(n.value) || math.Abs(n.value) > 1e6 {
		return 0, false
	}
	return int(n.value), true
}

// jsonFile is a file in base64. What is no base64 leaves it bad, which is the
// application's matter and not the parser's.
type jsonFile struct {
	data   []byte
	bad    bool
	number int // of the envelope's file, from 1, until it is filled in
}

// UnmarshalJSON implements [json.Unmarshaler] for what [envelope] left.
func (f *jsonFile) UnmarshalJSON(raw []byte) error {
	var number string
	if raw[0] == '"' && json.Unmarshal(raw, &number) == nil {
		f.number, _ = strconv.Atoi(number)
	}
	return nil
}

// jsonFiles is a list of files.
type jsonFiles []jsonFile

// bad reports whether there is no file, too many, or one that is none.
func (f jsonFiles) bad() bool {
	for _, file := range f {
		if file.bad {
			return true
		}
	}
	return len(f) == 0 || len(f) > maxFiles
}
