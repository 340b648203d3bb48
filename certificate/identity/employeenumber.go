package identity

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
)

// EmployeeNumber is a [NIP], a [NIPPPK] or an [NRP]: what the portals ask for
// under "NIP / NRP". Its kind follows from its digits.
//
// The zero EmployeeNumber is no number. EmployeeNumbers compare with ==. One
// prints, logs and marshals masked; [EmployeeNumber.Digits],
// [EmployeeNumber.Grouped] and [EmployeeNumber.Value] give it whole.
type EmployeeNumber struct{ number private }

// ParseEmployeeNumber reads a NIP, NI PPPK or NRP, told apart by the count of
// digits and, of 18, by digits 13-14. Errors: [*ParseError].
func ParseEmployeeNumber(s string) (EmployeeNumber, error) {
	d, rule := digitsOf(s)
	if rule != "" {
		return EmployeeNumber{}, malformed(KindEmployeeNumber, rule)
	}
	var rules []Rule
	switch {
	case len(d) == 18 && pppkNumber(d):
		rules = nipppkRules(d)
	case len(d) == 18:
		rules = nipRules(d)
	default:
		_, err := ParseNRP(d)
		if broken := (*ParseError)(nil); errors.As(err, &broken) {
			rules = broken.Rules
		}
	}
	if len(rules) > 0 {
		return EmployeeNumber{}, malformed(KindEmployeeNumber, rules...)
	}
	return EmployeeNumber{hide(d)}, nil
}

// Kind returns [KindNIP], [KindNIPPPK] or [KindNRP]; "" for the zero value.
func (n EmployeeNumber) Kind() Kind {
	d := n.number.text()
	switch {
	case d == "":
		return ""
	case len(d) != 18:
		return KindNRP
	case pppkNumber(d):
		return KindNIPPPK
	}
	return KindNIP
}

// Label returns the word that letters print before the number: "NIP",
// "NI PPPK" or "NRP".
func (n EmployeeNumber) Label() string {
	switch n.Kind() {
	case KindNIP:
		return "NIP"
	case KindNIPPPK:
		return "NI PPPK"
	case KindNRP:
		return "NRP"
	}
	return ""
}

// NIP returns the number of a PNS.
func (n EmployeeNumber) NIP() (NIP, bool) {
	if n.Kind() != KindNIP {
		return NIP{}, false
	}
	return NIP{n.number}, true
}

// NIPPPK returns the number of a PPPK.
func (n EmployeeNumber) NIPPPK() (NIPPPK, bool) {
	if n.Kind() != KindNIPPPK {
		return NIPPPK{}, false
	}
	return NIPPPK{n.number}, true
}

// NRP returns the number of police or armed forces.
func (n EmployeeNumber) NRP() (NRP, bool) {
	if n.Kind() != KindNRP {
		return NRP{}, false
	}
	return NRP{n.number}, true
}

// BirthDate returns the birth date in a number of 18 digits, else the zero Date.
func (n EmployeeNumber) BirthDate() Date {
	if d := n.number.text(); len(d) == 18 {
		return birthOf(d)
	}
	return Date{}
}

// Sex returns the sex in a number of 18 digits, else [SexUnknown].
func (n EmployeeNumber) Sex() Sex {
	if d := n.number.text(); len(d) == 18 {
		return sexOf(d)
	}
	return SexUnknown
}

// Check returns what the Check of the number's own type returns.
func (n EmployeeNumber) Check(asOf Date) []Problem {
	switch n.Kind() {
	case KindNIP:
		return NIP{n.number}.Check(asOf)
	case KindNIPPPK:
		return NIPPPK{n.number}.Check(asOf)
	case KindNRP:
		return NRP{n.number}.Check(asOf)
	}
	return nil
}

// Digits returns the digits whole, "" for the zero value.
func (n EmployeeNumber) Digits() string { return n.number.text() }

// Grouped returns the number whole as letters print it: 18 digits in groups,
// an NRP plain.
func (n EmployeeNumber) Grouped() string {
	if d := n.number.text(); len(d) == 18 {
		return spaced(d)
	}
	return n.number.text()
}

// IsZero reports whether n is no number.
func (n EmployeeNumber) IsZero() bool { return n.number.isZero() }

// String returns the masked form of the number's own type.
func (n EmployeeNumber) String() string {
	if n.Kind() == KindNRP {
		return NRP{n.number}.String()
	}
	return n.number.tail(3)
}

// Format prints the masked form under every verb.
func (n EmployeeNumber) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n EmployeeNumber) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (n EmployeeNumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseEmployeeNumber] reads; a masked form is [ErrMasked].
func (n *EmployeeNumber) UnmarshalText(text []byte) error {
	return scanText(n, KindEmployeeNumber, text, ParseEmployeeNumber)
}

// Value implements [driver.Valuer]: the digits whole; the zero value is [ErrZero].
func (n EmployeeNumber) Value() (driver.Value, error) { return n.number.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *EmployeeNumber) Scan(src any) error {
	return scanText(n, KindEmployeeNumber, src, ParseEmployeeNumber)
}
