package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
	"unique"
)

// private holds the text of a personal value behind a pointer. fmt calls no
// method of a value in an unexported field of another struct and prints its
// content; of a nested pointer it prints the address alone. The canonical
// handle keeps values comparable with == and usable as map keys.
type private struct{ h unique.Handle[string] }

func hide(s string) private { return private{unique.Make(s)} }

func (p private) isZero() bool { return p == private{} }

// text returns the whole value, or "" for the zero value.
func (p private) text() string {
	if p.isZero() {
		return ""
	}
	return p.h.Value()
}

func (p private) value() (driver.Value, error) {
	if p.isZero() {
		return nil, ErrZero
	}
	return p.text(), nil
}

// zeroText is what the zero value of every type prints.
const zeroText = "(none)"

// tail masks all but the last n bytes of an ASCII text.
func (p private) tail(n int) string {
	s := p.text()
	if s == "" {
		return zeroText
	}
	b := make([]byte, len(s))
	for i := range b {
		if i < len(s)-n {
			b[i] = '*'
		} else {
			b[i] = s[i]
		}
	}
	return string(b)
}

// formatMasked prints the masked text under every verb; width and flags hold.
func formatMasked(f fmt.State, verb rune, masked string) {
	if verb != 'q' {
		verb = 's'
	}
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), masked)
}

func logMasked(masked string) slog.Value { return slog.StringValue(masked) }

// scanText gives the text of a database column to parse.
func scanText[T any](dst *T, k Kind, src any, parse func(string) (T, error)) error {
	var s string
	switch v := src.(type) {
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		// Numbers are refused: they lose leading zeros, and floats lose digits.
		return malformed(k, RuleType)
	}
	v, err := parse(s)
	if err != nil {
		return err
	}
	*dst = v
	return nil
}
