package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
	"strings"
)

// Email is a mail address local@domain (RFC 5321 section 4.1.2, without
// quoted local parts and address literals), in lower case: one mailbox belongs
// to one person, however it was typed.
//
// The zero Email is no address. Emails compare with ==. An Email prints, logs
// and marshals masked; [Email.Address] and [Email.Value] give it whole.
type Email struct{ address private }

// Limits of RFC 5321 section 4.5.3.1, in octets.
const (
	maxLocal   = 64
	maxAddress = 254
	maxLabel   = 63
)

// ParseEmail reads a bare address: ASCII only, no display name, no comment. The
// domain has at least two labels, no trailing dot and no numeric top level. Errors:
// [*ParseError].
func ParseEmail(s string) (Email, error) {
	if rule := emailRule(trim(s)); rule != "" {
		return Email{}, malformed(KindEmail, rule)
	}
	return Email{hide(strings.ToLower(trim(s)))}, nil
}

func emailRule(s string) Rule {
	switch {
	case s == "":
		return RuleEmpty
	case len(s) > maxAddress:
		return RuleLength
	}
	for i := range len(s) {
		if s[i] == '*' {
			return RuleMasked
		}
		if s[i] <= ' ' || s[i] > '~' {
			return RuleCharacters
		}
	}
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok || local == "" || strings.Contains(domain, "@"):
		return RuleAddress
	case len(local) > maxLocal:
		return RuleLength
	case !dotAtom(local):
		return RuleCharacters
	case !domainName(domain):
		return RuleDomain
	}
	return ""
}

// dotAtom is RFC 5322 section 3.2.3 without "*", which marks a masked form.
func dotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if !letterOrDigit(atom[i]) && !strings.ContainsRune("!#$%&'+-/=?^_`{|}~", rune(atom[i])) {
				return false
			}
		}
	}
	return true
}

func domainName(s string) bool {
	labels := 0
	letter := false
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		letter = false
		for i := range len(label) {
			if !letterOrDigit(label[i]) && label[i] != '-' {
				return false
			}
			letter = letter || !isDigit(label[i])
		}
		labels++
	}
	return labels >= 2 && letter
}

func letterOrDigit(b byte) bool {
	return isDigit(b) || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// Domain returns the part after @.
func (e Email) Domain() string {
	_, domain, _ := strings.Cut(e.address.text(), "@")
	return domain
}

// Local returns the part before @, whole.
func (e Email) Local() string {
	local, _, _ := strings.Cut(e.address.text(), "@")
	return local
}

// Under reports whether the address is of one of the domains or of a name below
// it, compared label by label without case.
func (e Email) Under(domains ...string) bool {
	have := e.Domain()
	if have == "" {
		return false
	}
	for _, d := range domains {
		d = strings.ToLower(d)
		if d != "" && (have == d || strings.HasSuffix(have, "."+d)) {
			return true
		}
	}
	return false
}

// Check returns [RuleMailCharacters] as [Doubtful] when the address holds
// anything but letters, digits, underscore, dot and @: a BSrE service has been
// seen to refuse such a mail field (status 4015).
func (e Email) Check() []Problem {
	for _, b := range []byte(e.address.text()) {
		if !letterOrDigit(b) && b != '_' && b != '.' && b != '@' {
			return []Problem{{RuleMailCharacters, Doubtful}}
		}
	}
	return nil
}

// Address returns the address whole, "" for the zero Email.
func (e Email) Address() string { return e.address.text() }

// IsZero reports whether e is no address.
func (e Email) IsZero() bool { return e.address.isZero() }

// String returns the address with its local part masked but for the first
// letter: b***@example.go.id.
func (e Email) String() string {
	if e.IsZero() {
		return zeroText
	}
	return e.address.text()[:1] + "***@" + e.Domain()
}

// Format prints the masked form under every verb.
func (e Email) Format(f fmt.State, verb rune) { formatMasked(f, verb, e.String()) }

// LogValue returns the masked form.
func (e Email) LogValue() slog.Value { return logMasked(e.String()) }

// MarshalText returns the masked form, so JSON shows no address.
func (e Email) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what [ParseEmail] reads; a masked form is [ErrMasked].
func (e *Email) UnmarshalText(text []byte) error { return scanText(e, KindEmail, text, ParseEmail) }

// Value implements [driver.Valuer]: the address whole; the zero Email is [ErrZero].
func (e Email) Value() (driver.Value, error) { return e.address.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (e *Email) Scan(src any) error { return scanText(e, KindEmail, src, ParseEmail) }
