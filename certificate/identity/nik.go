package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
)

// NIK is the population number (Nomor Induk Kependudukan) of 16 digits: region
// of first registration, district, birth date (women: day plus 40), serial. It
// has no check digit and never changes, not even when a birth date is
// corrected (PP 40/2019 art. 30). A NIK of the right form need not exist;
// only the population register can tell.
//
// The zero NIK is no number. NIKs compare with ==. A NIK prints, logs and
// marshals masked; [NIK.Digits] and [NIK.Value] give it whole.
type NIK struct{ nik private }

// ParseNIK reads a NIK, with or without blanks, dots and hyphens between its
// digits. It judges form only; see [NIK.Check] for what needs a date. The
// error is a [*ParseError] with every rule that is broken.
func ParseNIK(s string) (NIK, error) {
	d, rule := digitsOf(s)
	if rule != "" {
		return NIK{}, malformed(KindNIK, rule)
	}
	if rules := nikRules(d); len(rules) > 0 {
		return NIK{}, malformed(KindNIK, rules...)
	}
	return NIK{hide(d)}, nil
}

func nikRules(d string) []Rule {
	switch len(d) {
	case 16:
	case 18:
		return []Rule{RuleOtherNumber}
	default:
		return []Rule{RuleLength}
	}
	var rules []Rule
	if _, ok := LookupRegion(d[:2]); !ok && d[:2] != eastTimor {
		rules = append(rules, RuleProvince)
	}
	if d[2:4] == "00" || d[2:4] == "70" {
		rules = append(rules, RuleRegency)
	}
	day, month, yy := nikBirth(d)
	// 29 February is asked of both centuries: 2000 has one, 1900 has none.
	if !realDate(1900+yy, month, day) && !realDate(2000+yy, month, day) {
		rules = append(rules, RuleBirthDate)
	}
	if d[12:] == "0000" {
		rules = append(rules, RuleSerial)
	}
	return rules
}

// nikBirth takes the birth digits apart, the day without a woman's 40. Days 32
// to 40 and 72 to 99 come out as no day of any month.
func nikBirth(d string) (day, month, yy int) {
	day = number(d[6:8])
	if day > 40 {
		day -= 40
	}
	return day, number(d[8:10]), number(d[10:12])
}

// Check returns what is doubtful about the number on the day asOf: a region in
// no list, the retired province 54, district 00, or no century in which the
// owner is from 17 to 100 years old. A regency code that is retired but known
// is in order.
func (n NIK) Check(asOf Date) []Problem {
	d := n.nik.text()
	if d == "" || asOf.IsZero() {
		return nil
	}
	var list []Problem
	switch _, known := n.Region(); {
	case d[:2] == eastTimor:
		list = append(list, Problem{RuleProvinceRetired, Doubtful})
	case !known:
		list = append(list, Problem{RuleRegionUnknown, Doubtful})
	}
	if d[4:6] == "00" {
		list = append(list, Problem{RuleDistrict, Doubtful})
	}
	if _, certain := n.BirthDate(asOf); !certain {
		list = append(list, Problem{RuleCentury, Doubtful})
	}
	return list
}

// Youngest and oldest age at which the century of a two-digit year is certain.
const (
	minStaffAge = 17
	maxStaffAge = 100
)

// BirthDate returns the birth date in the one century that makes the owner
// from 17 to 100 years old on asOf. When there is none, certain is false and
// the date is the latest not after asOf, as public registers read it; it may
// then be off by a century. Where a NIP is known, its year is better evidence:
// see [NIK.BornOn].
func (n NIK) BirthDate(asOf Date) (date Date, certain bool) {
	d := n.nik.text()
	if d == "" || asOf.IsZero() {
		return Date{}, false
	}
	day, month, yy := nikBirth(d)
	return resolveCentury(yy, month, day, asOf)
}

// resolveCentury chooses between 19yy and 20yy; only real dates take part.
func resolveCentury(yy, month, day int, asOf Date) (date Date, certain bool) {
	for _, century := range [...]int{2000, 1900} {
		d := civil(century+yy, month, day)
		if d.IsZero() || d.After(asOf) {
			continue
		}
		if age := d.AgeOn(asOf); age >= minStaffAge && age <= maxStaffAge {
			return d, true
		}
		if date.IsZero() {
			date = d
		}
	}
	return date, false
}

// BornOn reports whether the birth digits of the NIK agree with a full date,
// such as that of a NIP: day, month and the last two digits of the year.
func (n NIK) BornOn(d Date) bool {
	s := n.nik.text()
	if s == "" || d.IsZero() {
		return false
	}
	day, month, yy := nikBirth(s)
	return day == d.Day() && month == int(d.Month()) && yy == d.Year()%100
}

// Sex returns the sex: a day above 40 is a woman's.
func (n NIK) Sex() Sex {
	d := n.nik.text()
	switch {
	case d == "":
		return SexUnknown
	case d[6] >= '4':
		return Female
	}
	return Male
}

// Region returns the regency or city of first registration, by today's or a
// retired code. It is neither place of birth nor of residence: do not compare
// it with an agency's region.
func (n NIK) Region() (Region, bool) {
	d := n.nik.text()
	if d == "" {
		return Region{}, false
	}
	return LookupRegion(d[:4])
}

// Province returns the province of first registration.
func (n NIK) Province() (Region, bool) {
	d := n.nik.text()
	if d == "" {
		return Region{}, false
	}
	return LookupRegion(d[:2])
}

// District returns digits 5-6, the district (kecamatan) within the regency.
func (n NIK) District() string { return cut(n.nik.text(), 4, 6) }

// Serial returns digits 13-16.
func (n NIK) Serial() string { return cut(n.nik.text(), 12, 16) }

// cut returns s[from:to], or "" of the zero value's empty text.
func cut(s string, from, to int) string {
	if s == "" {
		return ""
	}
	return s[from:to]
}

// Digits returns the 16 digits whole, "" for the zero NIK.
func (n NIK) Digits() string { return n.nik.text() }

// Dotted returns the number whole as 33.71.99.410185.0001, "" for the zero NIK.
func (n NIK) Dotted() string {
	d := n.nik.text()
	if d == "" {
		return ""
	}
	return d[:2] + "." + d[2:4] + "." + d[4:6] + "." + d[6:12] + "." + d[12:]
}

// IsZero reports whether n is no number.
func (n NIK) IsZero() bool { return n.nik.isZero() }

// String returns the number masked but for its last four digits.
func (n NIK) String() string { return n.nik.tail(4) }

// Format prints the masked form under every verb.
func (n NIK) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n NIK) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (n NIK) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseNIK] reads; a masked form is [ErrMasked].
func (n *NIK) UnmarshalText(text []byte) error { return scanText(n, KindNIK, text, ParseNIK) }

// Value implements [driver.Valuer]: the digits whole; the zero NIK is [ErrZero].
func (n NIK) Value() (driver.Value, error) { return n.nik.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *NIK) Scan(src any) error { return scanText(n, KindNIK, src, ParseNIK) }
