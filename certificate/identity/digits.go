package identity

import "strings"

// maxNumberInput bounds what is looked at, in bytes. The longest number with
// all its separators stays far below.
const maxNumberInput = 64

// trim removes white space, as pasted from tables and letters, at both ends.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u00a0' || r == '\u202f'
	})
}

// digitsOf removes the separators that offices print between digits (blank,
// dot, hyphen) and refuses everything else: a letter among the digits is a
// mistake to show, not to repair.
func digitsOf(s string) (string, Rule) {
	s = trim(s)
	switch {
	case s == "":
		return "", RuleEmpty
	case len(s) > maxNumberInput:
		return "", RuleLength
	}
	var buf [maxNumberInput]byte
	n, stars, xs, other := 0, 0, 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			buf[n] = byte(r)
			n++
		case r == ' ' || r == '.' || r == '-' || r == '\u00a0' || r == '\u202f':
		case r == '*' || r == '•':
			stars++
		case r == 'x' || r == 'X':
			xs++
		default:
			other++
		}
	}
	edges := isDigit(s[0]) && isDigit(s[len(s)-1])
	switch {
	case other > 0 && scientific(s):
		return "", RuleSpreadsheet
	case other == 0 && (stars > 0 || xs > 1):
		return "", RuleMasked
	case other > 0 || xs > 0 || !edges:
		return "", RuleCharacters
	}
	return string(buf[:n]), ""
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// scientific reports a number as spreadsheets show long digits: 3.37199E+15.
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	return ok && strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// number reads ASCII digits; the caller has checked them and their count.
func number(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
