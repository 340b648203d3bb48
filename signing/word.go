package signing

import "fmt"

// wordOf returns the word of an enumerated value, or the type's name with the
// number.
func wordOf[T ~int](words []string, v T, kind string) string {
	if v >= 0 && int(v) < len(words) {
		return words[v]
	}
	return fmt.Sprintf("%s(%d)", kind, int(v))
}

// marshalWord is wordOf for storage: an undefined value is an error.
func marshalWord[T ~int](words []string, v T, kind string) ([]byte, error) {
	if v >= 0 && int(v) < len(words) {
		return []byte(words[v]), nil
	}
	return nil, fmt.Errorf("signing: %s %d does not exist", kind, int(v))
}

// unmarshalWord reads what marshalWord wrote.
func unmarshalWord[T ~int](words []string, v *T, text []byte, kind string) error {
	for i, word := range words {
		if word == string(text) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("signing: unknown %s of %d bytes", kind, len(text)) // it may be somebody's number, misplaced
}

var (
	levelWords         = [...]string{"unknown", "B-B", "B-T", "B-LT", "B-LTA"}
	timeSourceWords    = [...]string{"unknown", "claimed", "authority"}
	certificationWords = [...]string{"none", "no changes", "form filling", "annotations"}
	whichWords         = [...]string{"only tag", "first tag", "last tag", "all tags"}
	cornerWords        = [...]string{"bottom left", "bottom right", "top left", "top right"}
	alignWords         = [...]string{
		"top left", "center", "bottom left", "top right", "bottom right", "top", "bottom", "left", "right",
	}
)

// MarshalText writes the word of String. Numbers that are no level are an
// error.
func (l Level) MarshalText() ([]byte, error) { return marshalWord(levelWords[:], l, "level") }

// UnmarshalText reads what MarshalText wrote. Another word is an error.
func (l *Level) UnmarshalText(text []byte) error {
	return unmarshalWord(levelWords[:], l, text, "level")
}

// String returns the source in a word.
func (s TimeSource) String() string { return wordOf(timeSourceWords[:], s, "TimeSource") }

// MarshalText writes the word of String. Numbers that are no source are an
// error.
func (s TimeSource) MarshalText() ([]byte, error) {
	return marshalWord(timeSourceWords[:], s, "time source")
}

// UnmarshalText reads what MarshalText wrote. Another word is an error.
func (s *TimeSource) UnmarshalText(text []byte) error {
	return unmarshalWord(timeSourceWords[:], s, text, "time source")
}

// String says what may change after the signature.
func (c Certification) String() string { return wordOf(certificationWords[:], c, "Certification") }

// String says which tag is taken.
func (w Which) String() string { return wordOf(whichWords[:], w, "Which") }

// String names the corner.
func (c Corner) String() string { return wordOf(cornerWords[:], c, "Corner") }

// String names the place on the tag.
func (a Align) String() string { return wordOf(alignWords[:], a, "Align") }
