package authority

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Name is a distinguished name with the attributes that BSrE's certificates
// have. It is encoded in the order of its fields, which is the order found
// there; empty fields are left out.
type Name struct {
	Description        string // at most 128 characters
	CommonName         string // required; at most 64 characters, as the others
	OrganizationalUnit string
	Organization       string
	Country            string // two capital letters; empty means ID
}

// ErrName is matched by every [*NameError].
var ErrName = errors.New("authority: name refused")

// NameError says which part of a name was refused and why. It never holds the
// name.
type NameError struct {
	Field string // such as "commonName"
	Rule  string // such as "longer than 64 characters"
}

// Error describes the refusal.
func (e *NameError) Error() string {
	return fmt.Sprintf("authority: name refused: %s: %s", e.Field, e.Rule)
}

// Is makes every NameError match [ErrName].
func (e *NameError) Is(target error) bool { return target == ErrName }

// Upper bounds of RFC 5280 appendix A.1; names over them are refused, never
// cut. X.520 allows 1,024 characters for a description.
const (
	maxNameRunes        = 64
	maxDescriptionRunes = 128
)

var nameAttributes = []struct {
	field string
	oid   asn1.ObjectIdentifier
	max   int
	value func(Name) string
}{
	{"description", asn1.ObjectIdentifier{2, 5, 4, 13}, maxDescriptionRunes, func(n Name) string { return n.Description }},
	{"commonName", asn1.ObjectIdentifier{2, 5, 4, 3}, maxNameRunes, func(n Name) string { return n.CommonName }},
	{"organizationalUnitName", asn1.ObjectIdentifier{2, 5, 4, 11}, maxNameRunes, func(n Name) string { return n.OrganizationalUnit }},
	{"organizationName", asn1.ObjectIdentifier{2, 5, 4, 10}, maxNameRunes, func(n Name) string { return n.Organization }},
	{"countryName", asn1.ObjectIdentifier{2, 5, 4, 6}, 2, func(n Name) string { return n.country() }},
}

const countryField = "countryName"

func (n Name) country() string {
	if n.Country == "" {
		return "ID"
	}
	return n.Country
}

// check returns a *NameError for the first rule that the name breaks.
func (n Name) check() error {
	if n.CommonName == "" {
		return &NameError{"commonName", "empty"}
	}
	for _, a := range nameAttributes {
		if v := a.value(n); v != "" {
			if rule := checkText(v, a.max); rule != "" {
				return &NameError{a.field, rule}
			}
		}
	}
	if c := n.country(); len(c) != 2 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return &NameError{countryField, "not two capital letters"}
	}
	return nil
}

// checkText returns the rule that a value breaks, or "".
func checkText(v string, maximum int) string {
	switch {
	case !utf8.ValidString(v):
		return "not UTF-8"
	case utf8.RuneCountInString(v) > maximum:
		return fmt.Sprintf("longer than %d characters", maximum)
	case strings.TrimSpace(v) != v, strings.Contains(v, "  "):
		return "blanks at an end or in a row"
	case !strings.ContainsFunc(v, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "neither letters nor digits"
	case hasPersonalNumber(v):
		return "holds eight digits or more in a row, as a NIK or NIP does"
	}
	for _, r := range v {
		// Format characters change the direction or the look of what stands
		// around them; private and unassigned ones look different everywhere.
		if r == utf8.RuneError || r == '\uFEFF' || !unicode.IsGraphic(r) || unicode.IsSpace(r) && r != ' ' {
			return "control, format or unassigned characters"
		}
	}
	return ""
}

// hasPersonalNumber looks for a run of eight digits (NRP 8, NIK 16, NIP 18),
// also when it is grouped by single blanks, dots or dashes.
func hasPersonalNumber(v string) bool {
	run, gap := 0, 0
	for _, r := range v {
		switch {
		case unicode.IsDigit(r):
			run, gap = run+1, 0
		case strings.ContainsRune(" .-", r) && gap == 0:
			gap = 1
		default:
			run, gap = 0, 0
		}
		if run >= 8 {
			return true
		}
	}
	return false
}

// der encodes a checked name: each attribute a set of its own, countryName a
// PrintableString and all else UTF8String (RFC 5280 section 4.1.2.4).
func (n Name) der() ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, a := range nameAttributes {
			v := a.value(n)
			if v == "" {
				continue
			}
			tag := cbasn1.UTF8String
			if a.field == countryField {
				tag = cbasn1.PrintableString
			}
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(a.oid)
					b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(v)) })
				})
			})
		}
	})
	return b.Bytes()
}
