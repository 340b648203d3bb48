package passphrase

import (
	"strings"
	"time"
	"unicode"
)

const (
	personalLetters = 4 // shorter words are too frequent inside others
	personalDigits  = 6 // as many as a date of birth in a NIK
)

// generic words occur in everybody's data and, as "kota" in "kotak", inside
// innocent words.
var generic = map[string]bool{
	"kota": true, "kabupaten": true, "provinsi": true, "pemerintah": true, "dinas": true, "badan": true,
	"kantor": true, "mail": true, "email": true, "surel": true, "gmail": true, "yahoo": true, "outlook": true,
}

// containsPersonal reports whether typed holds a word of four letters and more,
// or six digits in a row, of the person's data.
func containsPersonal(typed string, personal []string) bool {
	folded := fold(typed)
	plain := lookAlikeI.Replace(folded)
	for _, word := range personalWords(personal) {
		if strings.Contains(folded, word) || strings.Contains(plain, word) {
			return true
		}
	}
	return false
}

// personalWords takes the person's data apart into what may not occur in a
// passphrase. It looks at the first 64 strings and 256 bytes of each.
func personalWords(personal []string) []string {
	var words []string
	for _, datum := range personal[:min(len(personal), 64)] {
		datum = fold(datum[:min(len(datum), 256)])
		for _, word := range strings.FieldsFunc(datum, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len([]rune(word)) >= personalLetters && !generic[word] {
				words = append(words, word)
			}
		}
		words = append(words, digitRuns(datum)...)
	}
	return words
}

// digitRuns returns every run of six digits in a number, whatever separates its
// groups, and the other ways of writing a date of birth at its start, as in a
// NIP.
func digitRuns(datum string) []string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, datum)
	var runs []string
	for i := 0; i+personalDigits <= len(digits); i++ {
		runs = append(runs, digits[i:i+personalDigits])
	}
	if len(digits) >= 8 {
		if born, err := time.Parse("20060102", digits[:8]); err == nil && born.Year() >= 1900 && born.Year() < 2100 {
			runs = append(runs, born.Format("02012006"), born.Format("020106"), born.Format("060102"))
		}
	}
	return runs
}
