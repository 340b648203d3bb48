package passphrase

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrPolicy matches every [*PolicyError].
var ErrPolicy = errors.New("passphrase breaks the policy")

// Policy is the rule for passphrases that are about to be set. It never applies
// to one being used: then the bytes go as typed.
//
// Whatever the fields say, a passphrase must be valid UTF-8 without control or
// invisible characters, because it could not be typed again with certainty.
// Length is counted in code points as typed. NFKC serves comparisons with words
// only.
type Policy struct {
	// Min is the least number of code points; zero means 1.
	Min int
	// Max is the greatest number of bytes; zero and anything above it mean
	// [MaxBytes].
	Max int
	// Upper, Lower, Digit and Symbol ask for at least one such character. A
	// symbol is any printable character that is neither letter, digit nor
	// space.
	Upper, Lower, Digit, Symbol bool
	// Common refuses common passwords and words of Indonesian and English,
	// also when decorated with digits and symbols or written with look-alike
	// digits.
	Common bool
	// Personal refuses words and numbers of the person, given to Check.
	Personal bool
	// MinScore is the least [Strength.Score]; zero asks for none.
	MinScore int
}

// GuidePolicy is the rule of BSrE's portal: at least 8 characters with upper
// case, lower case, digit and symbol (Panduan Pengelolaan Sertifikat Elektronik
// melalui MyASN BKN, Kota Magelang, version 1.0).
func GuidePolicy() Policy {
	return Policy{Min: 8, Upper: true, Lower: true, Digit: true, Symbol: true}
}

// DefaultPolicy is [GuidePolicy] that also refuses common and personal words,
// as OWASP ASVS 5.0 section 6.2 asks.
func DefaultPolicy() Policy {
	p := GuidePolicy()
	p.Common, p.Personal = true, true
	return p
}

// StrictPolicy asks for 15 code points without composition and refuses common
// and personal words, as NIST SP 800-63B-4 section 3.1.1 does for a passphrase
// that is the only factor. A score of 3 keeps rows of keys and repeated words
// out, which no list can hold.
func StrictPolicy() Policy {
	return Policy{Min: 15, Common: true, Personal: true, MinScore: 3}
}

// Check returns nil when s meets the policy, else a [*PolicyError] with every
// violation. personal are the person's own data, such as name, mail addresses,
// numbers and agency; they are compared by words of four letters and more and
// by runs of six digits, and never appear in the error.
func (p Policy) Check(s Secret, personal ...string) error {
	typed := s.Reveal()
	defer clear(typed)
	var broken []Violation
	add := func(rule Rule, limit int) { broken = append(broken, Violation{rule, limit}) }

	if limit := p.maxBytes(); len(typed) > limit {
		// Nothing else is looked at: it could be of any size.
		add(RuleMax, limit)
		return &PolicyError{broken}
	}
	if !utf8.Valid(typed) {
		add(RuleEncoding, 0)
		return &PolicyError{broken}
	}
	c := classify(typed)
	if least := max(p.Min, 1); c.count < least {
		add(RuleMin, least)
	}
	for _, ask := range []struct {
		asked, has bool
		rule       Rule
	}{
		{p.Upper, c.upper, RuleUpper},
		{p.Lower, c.lower, RuleLower},
		{p.Digit, c.digit, RuleDigit},
		{p.Symbol, c.symbol, RuleSymbol},
	} {
		if ask.asked && !ask.has {
			add(ask.rule, 0)
		}
	}
	if c.control {
		add(RuleControl, 0)
	}
	if p.Common && isCommon(string(typed)) {
		add(RuleCommon, 0)
	}
	if p.Personal && containsPersonal(string(typed), personal) {
		add(RulePersonal, 0)
	}
	if p.MinScore > 0 && Estimate(s, personal...).Score < p.MinScore {
		add(RuleWeak, p.MinScore)
	}
	if broken != nil {
		return &PolicyError{broken}
	}
	return nil
}

func (p Policy) maxBytes() int {
	if p.Max <= 0 || p.Max > MaxBytes {
		return MaxBytes
	}
	return p.Max
}

type classes struct {
	count                       int
	upper, lower, digit, symbol bool
	control                     bool
}

func classify(typed []byte) classes {
	var c classes
	for rest := typed; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		c.count++
		switch {
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			c.upper = true
		case unicode.IsLower(r):
			c.lower = true
		case unicode.IsLetter(r), unicode.IsMark(r):
		case unicode.IsDigit(r):
			c.digit = true
		case unicode.IsSpace(r) && unicode.IsGraphic(r):
		case unicode.IsPrint(r):
			c.symbol = true
		case r == '\u200c' || r == '\u200d':
			// The joiners are part of how some scripts and emoji are typed.
		default:
			c.control = true
		}
	}
	return c
}

// PolicyError lists every rule that a passphrase breaks. It never holds the
// passphrase or personal data.
type PolicyError struct {
	// Violations are in the order of the rules' declaration, at least one.
	Violations []Violation
}

// Error names the broken rules; for people, see [Violation.Text].
func (e *PolicyError) Error() string {
	names := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		names[i] = string(v.Rule)
	}
	return "passphrase: breaks the policy: " + strings.Join(names, ", ")
}

// Is reports whether target is [ErrPolicy].
func (e *PolicyError) Is(target error) bool { return target == ErrPolicy }

// Texts returns the texts of all violations in one language.
func (e *PolicyError) Texts(lang Lang) []string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Text(lang)
	}
	return texts
}
