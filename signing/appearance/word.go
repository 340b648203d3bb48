package appearance

import "fmt"

// wordOf returns the word of an enumerated value, or the type's name with the
// number.
func wordOf[T ~uint8](words []string, v T, kind string) string {
	if int(v) < len(words) && words[v] != "" {
		return words[v]
	}
	return fmt.Sprintf("%s(%d)", kind, uint8(v))
}
