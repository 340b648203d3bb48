package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
	"strings"
)

// Phone is an Indonesian mobile number, kept as E.164: +62, then 9 to 12
// digits of which the first is 8.
//
// The zero Phone is no number. Phones compare with ==. A Phone prints, logs
// and marshals masked; [Phone.E164], [Phone.National] and [Phone.Value] give
// it whole.
type Phone struct{ e164 private }

// ParsePhone reads 08…, 628… or +628…, with or without blanks, dots, hyphens
// and brackets. Fixed lines are refused with [RuleNotMobile].
func ParsePhone(s string) (Phone, error) {
	s = trim(s)
	if len(s) > maxNumberInput {
		return Phone{}, malformed(KindPhone, RuleLength)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "(", ""), ")", "")
	d, rule := digitsOf(strings.TrimPrefix(s, "+"))
	if rule != "" {
		return Phone{}, malformed(KindPhone, rule)
	}
	national, ok := strings.CutPrefix(d, "62")
	if !ok && s[0] != '+' {
		national, ok = strings.CutPrefix(d, "0")
	}
	switch {
	case !ok || national == "" || national[0] != '8':
		return Phone{}, malformed(KindPhone, RuleNotMobile)
	case len(national) < 9 || len(national) > 12:
		return Phone{}, malformed(KindPhone, RuleLength)
	}
	return Phone{hide("+62" + national)}, nil
}

// Operator returns the brand that the prefix was given to, "" when the prefix
// is in no list. Numbers can be moved and blocks are new each year: use it to
// warn, not to refuse.
func (p Phone) Operator() string {
	if p.IsZero() {
		return ""
	}
	switch prefix := number(p.e164.text()[3:6]); {
	case prefix >= 811 && prefix <= 813, prefix >= 821 && prefix <= 823, prefix >= 851 && prefix <= 853:
		return "Telkomsel"
	case prefix >= 814 && prefix <= 816, prefix >= 855 && prefix <= 858:
		return "Indosat"
	case prefix >= 817 && prefix <= 819, prefix == 859, prefix == 877, prefix == 878:
		return "XL"
	case prefix >= 831 && prefix <= 833, prefix == 838:
		return "Axis"
	case prefix >= 895 && prefix <= 899:
		return "Tri"
	case prefix >= 881 && prefix <= 889:
		return "Smartfren"
	}
	return ""
}

// Check returns [RuleOperator] as [Doubtful] for a prefix of no known operator.
func (p Phone) Check() []Problem {
	if !p.IsZero() && p.Operator() == "" {
		return []Problem{{RuleOperator, Doubtful}}
	}
	return nil
}

// E164 returns the number whole as +6281234567890, "" for the zero Phone.
func (p Phone) E164() string { return p.e164.text() }

// National returns the number whole as people write it, 0812-3456-7890; "" for
// the zero Phone.
func (p Phone) National() string {
	s := p.e164.text()
	if s == "" {
		return ""
	}
	s = "0" + s[3:]
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
}

// IsZero reports whether p is no number.
func (p Phone) IsZero() bool { return p.e164.isZero() }

// String returns the number masked but for +62 and its last three digits.
func (p Phone) String() string {
	if p.IsZero() {
		return zeroText
	}
	return "+62" + p.e164.tail(3)[3:]
}

// Format prints the masked form under every verb.
func (p Phone) Format(f fmt.State, verb rune) { formatMasked(f, verb, p.String()) }

// LogValue returns the masked form.
func (p Phone) LogValue() slog.Value { return logMasked(p.String()) }

// MarshalText returns the masked form, so JSON shows no number.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [ParsePhone] reads; a masked form is [ErrMasked].
func (p *Phone) UnmarshalText(text []byte) error { return scanText(p, KindPhone, text, ParsePhone) }

// Value implements [driver.Valuer]: the number in E.164; the zero Phone is [ErrZero].
func (p Phone) Value() (driver.Value, error) { return p.e164.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (p *Phone) Scan(src any) error { return scanText(p, KindPhone, src, ParsePhone) }
