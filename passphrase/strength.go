package passphrase

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/match"
	"github.com/ccojocar/zxcvbn-go/matching"
)

// scored is how many code points are looked at: the estimator's time grows
// faster than its input.
const scored = 100

// Strength is an estimate of how hard a passphrase is to guess, by the zxcvbn
// method (Wheeler, USENIX Security 2016).
type Strength struct {
	// Score is 0 (risky) to 4 (strong).
	Score int
	// Bits is the estimated entropy.
	Bits float64
	// Advice is what would make it stronger, without repeating any part of
	// it; empty for a score of 3 and more.
	Advice []Advice
}

// Advice is one way to a stronger passphrase.
type Advice string

// The kinds of advice.
const (
	AdviceLonger   Advice = "longer"   // add words
	AdviceWord     Advice = "word"     // a common word or password is in it
	AdvicePersonal Advice = "personal" // a word of the person is in it
	AdviceKeyboard Advice = "keyboard" // a row of keys is in it
	AdviceRepeat   Advice = "repeat"   // repeated characters are in it
	AdviceSequence Advice = "sequence" // a sequence such as abc is in it
	AdviceDate     Advice = "date"     // a date is in it
)

var adviceTexts = map[Advice][2]string{
	AdviceLonger:   {"Tambahkan satu atau dua kata yang tidak berhubungan.", "Add a word or two that are unrelated."},
	AdviceWord:     {"Hindari kata dan sandi yang umum, juga bila diganti angka mirip huruf.", "Avoid common words and passwords, also with look-alike digits."},
	AdvicePersonal: {"Hindari nama dan data pribadi Anda.", "Avoid your name and personal data."},
	AdviceKeyboard: {"Hindari deretan tombol papan ketik.", "Avoid rows of keys."},
	AdviceRepeat:   {"Hindari karakter yang berulang.", "Avoid repeated characters."},
	AdviceSequence: {"Hindari urutan seperti abc atau 123.", "Avoid sequences such as abc or 123."},
	AdviceDate:     {"Hindari tanggal dan tahun.", "Avoid dates and years."},
}

// Text returns the advice for a person.
func (a Advice) Text(lang Lang) string {
	texts, ok := adviceTexts[a]
	switch {
	case !ok:
		return string(a)
	case lang == English:
		return texts[1]
	}
	return texts[0]
}

// Estimate scores the first 100 code points of s. personal are the person's own
// data, as for [Policy.Check].
func Estimate(s Secret, personal ...string) Strength {
	typed := s.Reveal()
	defer clear(typed)
	if len(typed) == 0 {
		return Strength{Advice: []Advice{AdviceLonger}}
	}
	own := append(personalWords(personal), indonesianWords()...)
	text := forEstimator(typed)
	// The estimator's own way with look-alike digits tries every combination
	// and can take seconds; the plain spelling is scored beside it instead.
	result := zxcvbn.PasswordStrength(text, own, matching.FilterL33tMatcher)
	if plain := lookAlikeI.Replace(text); plain != text {
		if r := zxcvbn.PasswordStrength(plain, own, matching.FilterL33tMatcher); r.Entropy < result.Entropy {
			result = r
		}
	}
	strength := Strength{Score: result.Score, Bits: result.Entropy}
	if strength.Score >= 3 {
		return strength
	}
	for _, m := range result.MatchSequence {
		if a := adviceFor(m, personal); a != "" && !slices.Contains(strength.Advice, a) {
			strength.Advice = append(strength.Advice, a)
		}
	}
	strength.Advice = append(strength.Advice, AdviceLonger)
	return strength
}

// forEstimator cuts to the scored length and writes every character outside
// ASCII as one byte, because the estimator counts bytes. The stand-in is a
// control character, which matches no dictionary and no pattern but repetition
// of itself; to the estimator an unusual character is worth no more than any
// other.
func forEstimator(typed []byte) string {
	var b strings.Builder
	for n := 0; n < scored && len(typed) > 0; n++ {
		r, size := utf8.DecodeRune(typed)
		typed = typed[size:]
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
		} else {
			b.WriteByte(byte(1 + r%31))
		}
	}
	return b.String()
}

func adviceFor(m match.Match, personal []string) Advice {
	switch m.Pattern {
	case "dictionary":
		if m.DictionaryName == "user_inputs" && containsPersonal(m.Token, personal) {
			return AdvicePersonal
		}
		return AdviceWord
	case "spatial":
		return AdviceKeyboard
	case "repeat":
		return AdviceRepeat
	case "sequence":
		return AdviceSequence
	case "date":
		return AdviceDate
	}
	return ""
}
