package identity

import (
	"database/sql/driver"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Name is a person's name with titles (gelar) kept apart: titles before the
// name stand without a comma, those after it follow commas, as in
// "Dr. Ir. Budi Contoh, S.T., M.Kom.". A name may be a single word.
//
// The zero Name is no name. Names compare with == as written; see
// [Name.SamePerson] for a looser comparison. A Name prints, logs and marshals
// masked; [Name.Full], [Name.Plain] and [Name.Value] give it whole.
type Name struct{ full private }

const (
	maxNameBytes  = 256
	nameSigns     = " .,'-/()"
	maxPlainRunes = 60 // Permendagri 73/2022; a certificate's common name ends at 64 (RFC 5280 appendix A)
)

// ParseName reads a name as it stands on an identity card or in a personnel
// register, with or without titles. Letters are Latin; apostrophe, hyphen, dot,
// slash and brackets may stand among them. Digits, control characters and look-alike letters
// of other scripts are refused.
func ParseName(s string) (Name, error) {
	s = trim(s)
	switch {
	case s == "":
		return Name{}, malformed(KindName, RuleEmpty)
	case len(s) > maxNameBytes:
		return Name{}, malformed(KindName, RuleLength)
	case strings.ContainsAny(s, "*•"):
		return Name{}, malformed(KindName, RuleMasked)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '’' || r == '‘' || r == '`':
			r = '\''
		case r == '\u00a0' || r == '\u202f':
			r = ' '
		case !latin(r) && !strings.ContainsRune(nameSigns, r):
			return Name{}, malformed(KindName, RuleCharacters)
		}
		b.WriteRune(r)
	}
	front, plain, back := splitTitles(b.String())
	if !strings.ContainsFunc(plain, latin) {
		return Name{}, malformed(KindName, RuleEmpty)
	}
	full := joinName(front, plain, back)
	if len(full) > maxNameBytes { // commas and titles gain blanks
		return Name{}, malformed(KindName, RuleLength)
	}
	return Name{hide(full)}, nil
}

// latin reports the letters of Indonesian and European names. The Latin script
// of Unicode also has full-width and letter-like signs, which are look-alikes.
func latin(r rune) bool {
	return (r < 0x250 || r >= 0x1e00 && r < 0x1f00) && (unicode.IsUpper(r) || unicode.IsLower(r)) && unicode.Is(unicode.Latin, r)
}

// frontTitle reports a title that stands before a name. Unknown
// abbreviations stay in the name: "M." and "Moh." are part of it.
func frontTitle(word string) bool {
	switch strings.ToLower(strings.ReplaceAll(word, ".", "")) {
	case "prof", "dr", "drg", "drh", "ir", "drs", "dra", "h", "hj", "kh", "apt", "ns", "ners", "pdt", "ust", "tgk":
		return strings.Contains(word, ".")
	}
	return false
}

func splitTitles(s string) (front []string, plain string, back []string) {
	head, tail, _ := strings.Cut(s, ",")
	for part := range strings.SplitSeq(tail, ",") {
		if part = strings.Join(strings.Fields(part), " "); strings.ContainsFunc(part, latin) {
			back = append(back, part)
		}
	}
	words := strings.Fields(spaceTitles(head))
	for len(words) > 1 && frontTitle(words[0]) {
		front = append(front, words[0])
		words = words[1:]
	}
	return front, strings.Join(words, " "), back
}

// spaceTitles parts titles typed without a blank, as in "Drs.H.Budi".
func spaceTitles(head string) string {
	for i := 0; i < len(head); i++ {
		if head[i] != '.' || i+1 == len(head) || head[i+1] == ' ' {
			continue
		}
		start := strings.LastIndexByte(head[:i], ' ') + 1
		if !frontTitle(head[start : i+1]) {
			return head
		}
		head = head[:i+1] + " " + head[i+1:]
	}
	return head
}

func joinName(front []string, plain string, back []string) string {
	s := plain
	if len(front) > 0 {
		s = strings.Join(front, " ") + " " + plain
	}
	for _, t := range back {
		s += ", " + t
	}
	return s
}

// Front returns the titles before the name.
func (n Name) Front() []string {
	front, _, _ := splitTitles(n.full.text())
	return front
}

// Back returns the titles after the name.
func (n Name) Back() []string {
	_, _, back := splitTitles(n.full.text())
	return back
}

// Plain returns the name whole without titles, as certificates carry it; ""
// for the zero Name.
func (n Name) Plain() string {
	_, plain, _ := splitTitles(n.full.text())
	return plain
}

// Full returns the name whole with titles, "" for the zero Name.
func (n Name) Full() string { return n.full.text() }

// Folded returns the name without titles in upper case, punctuation dropped and
// blanks collapsed: what registers can be compared by.
func (n Name) Folded() string {
	var b strings.Builder
	for _, r := range n.Plain() {
		switch {
		case latin(r) && unicode.ToLower(unicode.ToUpper(r)) != unicode.ToLower(r):
			b.WriteRune(r) // the dotless i and the long s look like letters that they are not
		case latin(r):
			b.WriteRune(unicode.ToUpper(r))
		case r == ' ' || r == '-' || r == '.':
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// SamePerson reports whether two names are equal after [Name.Folded]. Registers
// write Muhammad, Moh. and M. for one man, so false is a doubt and no proof.
func (n Name) SamePerson(other Name) bool {
	return !n.IsZero() && n.Folded() == other.Folded()
}

// Check returns [RuleLongName] as [Doubtful] for a plain name of more than 60
// characters (Permendagri 73/2022); older names stay as they are.
func (n Name) Check() []Problem {
	if len(n.full.text()) > maxPlainRunes && utf8.RuneCountInString(n.Plain()) > maxPlainRunes {
		return []Problem{{RuleLongName, Doubtful}}
	}
	return nil
}

// IsZero reports whether n is no name.
func (n Name) IsZero() bool { return n.full.isZero() }

// String returns the initials of the plain name: "B*** C***".
func (n Name) String() string {
	if n.IsZero() {
		return zeroText
	}
	words := strings.Fields(n.Plain())
	for i, w := range words {
		_, size := utf8.DecodeRuneInString(w)
		words[i] = w[:size] + "***"
	}
	return strings.Join(words, " ")
}

// Format prints the masked form under every verb.
func (n Name) Format(f fmt.State, verb rune) { formatMasked(f, verb, n.String()) }

// LogValue returns the masked form.
func (n Name) LogValue() slog.Value { return logMasked(n.String()) }

// MarshalText returns the masked form, so JSON shows no name.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what [ParseName] reads; a masked form is [ErrMasked].
func (n *Name) UnmarshalText(text []byte) error { return scanText(n, KindName, text, ParseName) }

// Value implements [driver.Valuer]: the name whole with titles; the zero Name is [ErrZero].
func (n Name) Value() (driver.Value, error) { return n.full.value() }

// Scan implements [database/sql.Scanner] for text columns.
func (n *Name) Scan(src any) error { return scanText(n, KindName, src, ParseName) }
