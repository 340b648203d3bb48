package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
)

// Service is the force that gave an [NRP].
type Service uint8

// The services. The zero Service is unknown.
const (
	ServiceUnknown Service = iota
	Polri                  // police
	TNI                    // armed forces
)

// String returns "Polri", "TNI" or "unknown".
func (s Service) String() string {
	switch s {
	case Polri:
		return "Polri"
	case TNI:
		return "TNI"
	}
	return "unknown"
}

// NRP is a register number (Nomor Registrasi Pokok). Of the police it has 8
// digits, year and month of birth and 4 of register (Perkap 3/2018); it may
// begin with 0. The armed forces have no uniform form: 5 to 14 digits, of
// which nothing is known but that they are digits.
//
// The zero NRP is no number. NRPs compare with ==. An NRP prints, logs and
// marshals masked; [NRP.Digits] and [NRP.Value] give it whole.
type NRP struct{ nrp private }

// ParseNRP reads an NRP, with or without blanks, dots and hyphens between its
// digits. Eight digits whose third and fourth are a month are the police's;
// see [NRP.Service]. Use [ParsePolriNRP] where only the police may come. Errors:
// [*ParseError].
func ParseNRP(s string) (NRP, error) {
	d, rule := digitsOf(s)
	switch {
	case rule != "":
		return NRP{}, malformed(KindNRP, rule)
	case len(d) == 16 || len(d) == 18:
		return NRP{}, malformed(KindNRP, RuleOtherNumber)
	case len(d) < 5 || len(d) > 14:
		return NRP{}, malformed(KindNRP, RuleLength)
	}
	return NRP{hide(d)}, nil
}

// ParsePolriNRP reads the 8 digits of a police NRP. Errors: [*ParseError].
func ParsePolriNRP(s string) (NRP, error) {
	n, err := ParseNRP(s)
	switch {
	case err != nil:
		return NRP{}, err
	case len(n.nrp.text()) != 8:
		return NRP{}, malformed(KindNRP, RuleLength)
	case n.Service() != Polri:
		return NRP{}, malformed(KindNRP, RuleBirthMonth)
	}
	return n, nil
}

// Service tells police numbers from all others by their form.
func (n NRP) Service() Service {
	d := n.nrp.text()
	switch {
	case d == "":
		return ServiceUnknown
	case len(d) != 8:
		return TNI
	}
	if m := number(d[2:4]); m < 1 || m > 12 {
		return TNI
	}
	return Polri
}

// BirthMonth returns the first day of the month of birth in a police number,
// with the century chosen as in [NIK.BirthDate]; the zero Date for others.
func (n NRP) BirthMonth(asOf Date) (first Date, certain bool) {
	if n.Service() != Polri || asOf.IsZero() {
		return Date{}, false
	}
	d := n.nrp.text()
	return resolveCentury(number(d[:2]), number(d[2:4]), 1, asOf)
}

// BornIn reports whether the birth digits of a police number agree with the
// NIK's: month and the last two digits of the year.
func (n NRP) BornIn(nik NIK) bool {
	s := nik.nik.text()
	if n.Service() != Polri || s == "" {
		return false
	}
	_, month, yy := nikBirth(s)
	d := n.nrp.text()
	return number(d[:2]) == yy && number(d[2:4]) == month
}

// Check returns what is doubtful on the day asOf: no century in which the
// owner of a police number is from 17 to 100 years old.
func (n NRP) Check(asOf Date) []Problem {
	if n.Service() != Polri || asOf.IsZero() {
		return nil
	}
	if _, certain := n.BirthMonth(asOf); !certain {
		return []Problem{{RuleCentury, Doubtful}}
	}
	return nil
}

// Digits returns the digits whole, "" for the zero NRP.
func (n NRP) Digits() string { return n.nrp.text() }

// EmployeeNumber returns the NRP as the wider type.
func (n NRP) EmployeeNumber() EmployeeNumber { return EmployeeNumber{n.nrp} }

// IsZero reports whether n is no number.
func (n NRP) IsZero() bool { return n.nrp.isZero() }

// String returns the number masked but for its last two digits.
func (n NRP) String() string { return n.nrp.tail(2) }

// Format prints the masked form under every verb.
func (n NRP) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n NRP) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (n NRP) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseNRP] reads; a masked form is [ErrMasked].
func (n *NRP) UnmarshalText(text []byte) error { return scanText(n, KindNRP, text, ParseNRP) }

// Value implements [driver.Valuer]: the digits whole; the zero NRP is [ErrZero].
func (n NRP) Value() (driver.Value, error) { return n.nrp.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *NRP) Scan(src any) error { return scanText(n, KindNRP, src, ParseNRP) }
