package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
)

// NIPPPK is the number (NI PPPK) of an employee by work agreement, 18 digits:
// birth date, year of first appointment, 2 and the number of the agreement or
// scheme, sex, serial (BKN). It holds for one agency and formation: the same
// person gets another with another agency, so key persons by [NIK].
//
// The zero NIPPPK is no number. NIPPPKs compare with ==. A NIPPPK prints, logs
// and marshals masked; [NIPPPK.Digits], [NIPPPK.Spaced] and [NIPPPK.Value]
// give it whole.
type NIPPPK struct{ nipppk private }

const (
	firstPPPKIntake = 2019 // first national intake
	pppkLegalAge    = 20   // PP 49/2018 art. 16
)

// ParseNIPPPK reads a NI PPPK, with or without blanks, dots and hyphens
// between its digits. A PNS number is refused with [RuleOtherKind]. The error
// is a [*ParseError] with every rule that is broken.
func ParseNIPPPK(s string) (NIPPPK, error) {
	d, rules := eighteenDigits(s)
	if rules == nil {
		rules = nipppkRules(d)
	}
	if len(rules) > 0 {
		return NIPPPK{}, malformed(KindNIPPPK, rules...)
	}
	return NIPPPK{hide(d)}, nil
}

func nipppkRules(d string) []Rule {
	if !pppkNumber(d) {
		if m := number(d[12:14]); m >= 1 && m <= 12 {
			return []Rule{RuleOtherKind}
		}
	}
	var rules []Rule
	birth := birthOf(d)
	if birth.IsZero() {
		rules = append(rules, RuleBirthDate)
	}
	// Only the year is known, so the birthday counts as passed.
	if !birth.IsZero() && number(d[8:12])-birth.Year() < minAppointmentAge {
		rules = append(rules, RuleAppointedYoung)
	}
	if !pppkNumber(d) {
		rules = append(rules, RuleAgreement)
	}
	return append(rules, sexAndSerial(d)...)
}

// Check returns what the day asOf adds: a year of appointment beyond the next
// is [Malformed]; one before 2019, an appointment below the age of 20, and an
// owner older than 65, are [Doubtful].
func (n NIPPPK) Check(asOf Date) []Problem {
	if n.IsZero() || asOf.IsZero() {
		return nil
	}
	var list []Problem
	if n.AppointmentYear() > asOf.Year()+1 {
		list = append(list, Problem{RuleAppointedAhead, Malformed})
	}
	if n.AppointmentYear() < firstPPPKIntake {
		list = append(list, Problem{RuleAppointedOld, Doubtful})
	}
	if n.AppointmentYear()-n.BirthDate().Year() < pppkLegalAge {
		list = append(list, Problem{RuleAppointedMinor, Doubtful})
	}
	return append(list, retirement(n.BirthDate(), asOf)...)
}

// BirthDate returns digits 1-8, the zero Date for the zero NIPPPK.
func (n NIPPPK) BirthDate() Date {
	if n.IsZero() {
		return Date{}
	}
	return birthOf(n.nipppk.text())
}

// AppointmentYear returns digits 9-12, 0 for the zero NIPPPK.
func (n NIPPPK) AppointmentYear() int { return number(cut(n.nipppk.text(), 8, 12)) }

// Agreement returns digit 14, from 1 to 9: the number of the work agreement or
// of the scheme. Sources differ on its meaning since part-time PPPK came in 2025.
func (n NIPPPK) Agreement() int { return number(cut(n.nipppk.text(), 13, 14)) }

// Sex returns digit 15.
func (n NIPPPK) Sex() Sex { return sexOf(n.nipppk.text()) }

// Serial returns digits 16-18.
func (n NIPPPK) Serial() string { return cut(n.nipppk.text(), 15, 18) }

// Digits returns the 18 digits whole, "" for the zero NIPPPK.
func (n NIPPPK) Digits() string { return n.nipppk.text() }

// Spaced returns the number whole as letters print it, 19900101 202121 2 001;
// "" for the zero NIPPPK.
func (n NIPPPK) Spaced() string { return spaced(n.nipppk.text()) }

// EmployeeNumber returns the NI PPPK as the wider type.
func (n NIPPPK) EmployeeNumber() EmployeeNumber { return EmployeeNumber{n.nipppk} }

// IsZero reports whether n is no number.
func (n NIPPPK) IsZero() bool { return n.nipppk.isZero() }

// String returns the number masked but for its last three digits.
func (n NIPPPK) String() string { return n.nipppk.tail(3) }

// Format prints the masked form under every verb.
func (n NIPPPK) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n NIPPPK) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (n NIPPPK) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseNIPPPK] reads; a masked form is [ErrMasked].
func (n *NIPPPK) UnmarshalText(text []byte) error {
	return scanText(n, KindNIPPPK, text, ParseNIPPPK)
}

// Value implements [driver.Valuer]: the digits whole; the zero NIPPPK is [ErrZero].
func (n NIPPPK) Value() (driver.Value, error) { return n.nipppk.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *NIPPPK) Scan(src any) error { return scanText(n, KindNIPPPK, src, ParseNIPPPK) }
