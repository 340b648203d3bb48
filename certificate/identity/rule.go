package identity

import (
	"errors"
	"strings"
)

// Kind names a kind of value that this package parses.
type Kind string

// The kinds of value. They appear in [ParseError] and [EmployeeNumber.Kind].
const (
	KindNIK            Kind = "nik"
	KindNIP            Kind = "nip"
	KindNIPPPK         Kind = "nippppk"
	KindNRP            Kind = "nrp"
	KindEmployeeNumber Kind = "employee_number"
	KindPhone          Kind = "phone"
	KindEmail          Kind = "email"
	KindName           Kind = "name"
	KindDate           Kind = "date"
)

// Rule is the stable code of one rule. A rule never tells the value that broke it.
type Rule string

// Rules that make a value malformed: it can never be right.
const (
	RuleEmpty          Rule = "empty"           // nothing was given
	RuleLength         Rule = "length"          // too few or too many digits or characters
	RuleCharacters     Rule = "characters"      // a character that the value cannot hold
	RuleMasked         Rule = "masked"          // a masked form was given back as input
	RuleSpreadsheet    Rule = "spreadsheet"     // a spreadsheet turned the digits into 1.23E+15
	RuleType           Rule = "type"            // a database column that is not text
	RuleOtherNumber    Rule = "other_number"    // a NIP where a NIK is asked for, or the reverse
	RuleOldNumber      Rule = "old_number"      // a NIP of nine digits, out of use since 2009
	RuleOtherKind      Rule = "other_kind"      // the number of another kind of employee
	RuleProvince       Rule = "province"        // digits 1-2 are no province code
	RuleRegency        Rule = "regency"         // digits 3-4 are neither regency nor city
	RuleCalendar       Rule = "calendar"        // no such day in the calendar
	RuleBirthDate      Rule = "birth_date"      // no such day in the calendar
	RuleBirthMonth     Rule = "birth_month"     // no such month
	RuleAppointment    Rule = "appointment"     // month or year of appointment impossible
	RuleAppointedYoung Rule = "appointed_young" // appointed before the age of 15
	RuleAppointedAhead Rule = "appointed_ahead" // appointed more than a year from now
	RuleAgreement      Rule = "agreement"       // digits 13-14 of a NI PPPK
	RuleSex            Rule = "sex"             // neither 1 nor 2
	RuleSerial         Rule = "serial"          // serial of zeros
	RuleNotMobile      Rule = "not_mobile"      // a telephone number that is not a mobile one
	RuleAddress        Rule = "address"         // not of the form local@domain
	RuleDomain         Rule = "domain"          // not a domain name of at least two labels
)

// Rules that make a value doubtful: lawful, but unlikely. Honest people have
// doubtful numbers; the caller decides what follows.
const (
	RuleRegionUnknown   Rule = "region_unknown"   // digits 1-4 are in no list we have
	RuleProvinceRetired Rule = "province_retired" // 54, once East Timor
	RuleDistrict        Rule = "district"         // district 00 is not in use
	RuleCentury         Rule = "century"          // no century gives an age from 17 to 100
	RuleAppointedMinor  Rule = "appointed_minor"  // appointed below the legal minimum age
	RuleAppointedOld    Rule = "appointed_old"    // PPPK appointed before the first intake of 2019
	RuleRetired         Rule = "retired"          // older than 65, the last age of retirement
	RuleOperator        Rule = "operator"         // mobile prefix of no known operator
	RuleMailCharacters  Rule = "mail_characters"  // characters that BSrE has refused in a mail field
	RuleLongName        Rule = "long_name"        // longer than a certificate's common name or the register allows
)

// Class says how bad a broken rule is.
type Class uint8

// The two classes of result. The zero Class is neither.
const (
	ClassUnknown Class = iota
	Malformed          // can never be right; stops a registration
	Doubtful           // lawful but unlikely; the caller's policy decides
)

// String returns "malformed", "doubtful" or "unknown".
func (c Class) String() string {
	switch c {
	case Malformed:
		return "malformed"
	case Doubtful:
		return "doubtful"
	}
	return "unknown"
}

// MarshalText returns the word of [Class.String].
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Problem is one rule that a well-formed value breaks on a given day.
type Problem struct {
	Rule  Rule
	Class Class
}

var (
	// ErrMalformed matches every [*ParseError]: the text cannot be a value of its kind.
	ErrMalformed = errors.New("identity: malformed")
	// ErrMasked matches a [*ParseError] for a masked form given as input, such
	// as what String or JSON gave out earlier. Nothing can be read from it.
	ErrMasked = errors.New("identity: masked value cannot be read back")
	// ErrZero is returned when the zero value of a type is to be stored.
	ErrZero = errors.New("identity: zero value")
)

// ParseError tells which rules a text broke. It never holds the text.
type ParseError struct {
	Kind  Kind
	Rules []Rule // at least one, in the order of the digits
}

// Error lists kind and rules.
func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString("identity: malformed ")
	b.WriteString(string(e.Kind))
	for i, r := range e.Rules {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(string(r))
	}
	return b.String()
}

// Is reports whether target is [ErrMalformed], or [ErrMasked] for a masked form.
func (e *ParseError) Is(target error) bool {
	switch target {
	case ErrMalformed:
		return true
	case ErrMasked:
		return len(e.Rules) == 1 && e.Rules[0] == RuleMasked
	}
	return false
}

func malformed(k Kind, rules ...Rule) error { return &ParseError{Kind: k, Rules: rules} }
