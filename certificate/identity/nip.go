package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
)

// NIP is the employee number of a PNS, 18 digits: birth date, year and month
// of appointment, sex, serial (Peraturan Kepala BKN 22/2007). It is never
// given to another person. The number of a PPPK looks alike; that is [NIPPPK].
//
// The zero NIP is no number. NIPs compare with ==. A NIP prints, logs and
// marshals masked; [NIP.Digits], [NIP.Spaced] and [NIP.Value] give it whole.
type NIP struct{ nip private }

// minAppointmentAge is the age below which no appointment can be right. The
// legal minimum is 18 (PP 11/2017 art. 23); below [legalAge] is doubtful.
const (
	minAppointmentAge = 15
	legalAge          = 18
	lastRetirementAge = 65 // UU 20/2023 art. 55
	oldestBirthYear   = 1900
)

// ParseNIP reads a NIP, with or without blanks, dots and hyphens between its
// digits. A PPPK's number is refused with [RuleOtherKind]. The error is a
// [*ParseError] with every rule that is broken.
func ParseNIP(s string) (NIP, error) {
	d, rules := eighteenDigits(s)
	if rules == nil {
		rules = nipRules(d)
	}
	if len(rules) > 0 {
		return NIP{}, malformed(KindNIP, rules...)
	}
	return NIP{hide(d)}, nil
}

// eighteenDigits is the part that PNS and PPPK numbers have in common.
func eighteenDigits(s string) (string, []Rule) {
	d, rule := digitsOf(s)
	if rule != "" {
		return "", []Rule{rule}
	}
	switch len(d) {
	case 18:
		return d, nil
	case 16:
		return "", []Rule{RuleOtherNumber}
	case 9:
		return "", []Rule{RuleOldNumber}
	}
	return "", []Rule{RuleLength}
}

// pppkNumber tells the two kinds apart: digits 13-14 are 01-12 for a PNS, 21-29
// for a PPPK.
func pppkNumber(d string) bool { return d[12] == '2' && d[13] != '0' }

func nipRules(d string) []Rule {
	if pppkNumber(d) {
		return []Rule{RuleOtherKind}
	}
	var rules []Rule
	birth := birthOf(d)
	if birth.IsZero() {
		rules = append(rules, RuleBirthDate)
	}
	appointed := civil(number(d[8:12]), number(d[12:14]), 1)
	switch {
	case appointed.IsZero():
		rules = append(rules, RuleAppointment)
	case !birth.IsZero() && birth.AgeOn(endOfMonth(appointed)) < minAppointmentAge:
		rules = append(rules, RuleAppointedYoung)
	}
	return append(rules, sexAndSerial(d)...)
}

// birthOf returns the birth date in digits 1-8, or the zero Date.
func birthOf(d string) Date {
	if number(d[:4]) < oldestBirthYear {
		return Date{}
	}
	return civil(number(d[:4]), number(d[4:6]), number(d[6:8]))
}

// endOfMonth gives a month the benefit of its last day.
func endOfMonth(d Date) Date { return civil(d.Year(), int(d.month), daysIn(d.Year(), int(d.month))) }

func sexAndSerial(d string) []Rule {
	var rules []Rule
	if sexDigit(d[14]) == SexUnknown {
		rules = append(rules, RuleSex)
	}
	if d[15:] == "000" {
		rules = append(rules, RuleSerial)
	}
	return rules
}

// Check returns what the day asOf adds: an appointment more than a year ahead
// is [Malformed]; one below the age of 18, and an owner older than 65, are
// [Doubtful].
func (n NIP) Check(asOf Date) []Problem {
	if n.IsZero() || asOf.IsZero() {
		return nil
	}
	var list []Problem
	if n.Appointed().After(nextYear(asOf)) {
		list = append(list, Problem{RuleAppointedAhead, Malformed})
	}
	if n.BirthDate().AgeOn(endOfMonth(n.Appointed())) < legalAge {
		list = append(list, Problem{RuleAppointedMinor, Doubtful})
	}
	return append(list, retirement(n.BirthDate(), asOf)...)
}

func nextYear(d Date) Date { return Date{d.year + 1, d.month, d.day} }

func retirement(birth, asOf Date) []Problem {
	if birth.AgeOn(asOf) > lastRetirementAge {
		return []Problem{{RuleRetired, Doubtful}}
	}
	return nil
}

// BirthDate returns digits 1-8, the zero Date for the zero NIP.
func (n NIP) BirthDate() Date {
	if n.IsZero() {
		return Date{}
	}
	return birthOf(n.nip.text())
}

// Appointed returns the first day of the month of appointment as candidate
// (CPNS), digits 9-14; the zero Date for the zero NIP.
func (n NIP) Appointed() Date {
	d := n.nip.text()
	if d == "" {
		return Date{}
	}
	return civil(number(d[8:12]), number(d[12:14]), 1)
}

// Sex returns digit 15.
func (n NIP) Sex() Sex { return sexOf(n.nip.text()) }

func sexOf(d string) Sex {
	if d == "" {
		return SexUnknown
	}
	return sexDigit(d[14])
}

// Serial returns digits 16-18.
func (n NIP) Serial() string { return cut(n.nip.text(), 15, 18) }

// Digits returns the 18 digits whole, "" for the zero NIP.
func (n NIP) Digits() string { return n.nip.text() }

// Spaced returns the number whole as letters print it, 19850101 201001 1 001;
// "" for the zero NIP.
func (n NIP) Spaced() string { return spaced(n.nip.text()) }

func spaced(d string) string {
	if d == "" {
		return ""
	}
	return d[:8] + " " + d[8:14] + " " + d[14:15] + " " + d[15:]
}

// EmployeeNumber returns the NIP as the wider type.
func (n NIP) EmployeeNumber() EmployeeNumber { return EmployeeNumber{n.nip} }

// IsZero reports whether n is no number.
func (n NIP) IsZero() bool { return n.nip.isZero() }

// String returns the number masked but for its last three digits.
func (n NIP) String() string { return n.nip.tail(3) }

// Format prints the masked form under every verb.
func (n NIP) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n NIP) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (n NIP) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseNIP] reads; a masked form is [ErrMasked].
func (n *NIP) UnmarshalText(text []byte) error { return scanText(n, KindNIP, text, ParseNIP) }

// Value implements [driver.Valuer]: the digits whole; the zero NIP is [ErrZero].
func (n NIP) Value() (driver.Value, error) { return n.nip.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *NIP) Scan(src any) error { return scanText(n, KindNIP, src, ParseNIP) }
