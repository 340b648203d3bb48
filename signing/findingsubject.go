package signing

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// maxSubject bounds a subject in characters.
const maxSubject = 80

// subject is a name as it may be shown to people.
func subject(name string) string {
	var out []rune
	for _, r := range name {
		if len(out) == maxSubject {
			return string(append(out, '…'))
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		out = append(out, r)
	}
	return string(out)
}

// named is a character as it may be shown to people, its code where nothing
// would be seen.
func named(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && r != utf8.RuneError {
		return string(r)
	}
	return fmt.Sprintf("%U", r)
}
