package certificate

import (
	"errors"
	"fmt"
)

// errWord is returned when stored data hold a word that is none of its type's.
var errWord = errors.New("certificate: unknown word")

// wordOf returns the word of an enumerated value, or the type's name with the number.
func wordOf[T ~uint8](words []string, v T, kind string) string {
	if int(v) < len(words) && words[v] != "" {
		return words[v]
	}
	return fmt.Sprintf("%s(%d)", kind, uint8(v))
}

// marshalWord is wordOf for storage: an undefined value is an error.
func marshalWord[T ~uint8](words []string, v T) ([]byte, error) {
	if int(v) < len(words) && words[v] != "" {
		return []byte(words[v]), nil
	}
	return nil, fmt.Errorf("%w: %d", errWord, uint8(v))
}

// unmarshalWord reads what marshalWord wrote.
func unmarshalWord[T ~uint8](words []string, v *T, text []byte) error {
	for i, word := range words {
		if word != "" && word == string(text) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%w of %d bytes", errWord, len(text)) // it may be somebody's number, misplaced
}
