package passphrase

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"github.com/ccojocar/zxcvbn-go/frequency"
	"golang.org/x/text/unicode/norm"
)

// The two lists are this project's own compilation, one word a line, the most
// usual first. The estimator's lists of leaked passwords and English words come
// on top.
var (
	//go:embed words_id.txt
	wordsID string
	//go:embed words_en.txt
	wordsEN string
)

var indonesianWords = sync.OnceValue(func() []string { return strings.Fields(wordsID) })

var commonWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, list := range [][]string{
		indonesianWords(), strings.Fields(wordsEN),
		frequency.Lists["Passwords"].List, frequency.Lists["English"].List,
	} {
		for _, word := range list {
			set[fold(word)] = true
		}
	}
	return set
})

// decoration is how many characters around a common word do not make it
// uncommon: a year and a few signs.
const decoration = 8

// isCommon reports whether typed is a common word or password, also with
// look-alike digits and a few characters before and after it, or a plain run
// such as 123456 or aaaaaa.
func isCommon(typed string) bool {
	folded := fold(typed)
	if isRun(folded) {
		return true
	}
	if word, ok := onlyWord(folded); ok && commonWords()[word] {
		return true
	}
	length := len([]rune(folded))
	for _, core := range []string{
		folded,
		strings.TrimRightFunc(folded, notLetter),
		strings.TrimLeftFunc(folded, notLetter),
		strings.TrimFunc(folded, notLetter),
	} {
		kept := len([]rune(core))
		if kept < 4 || length-kept > decoration {
			continue
		}
		set := commonWords()
		if set[core] || set[lookAlikeI.Replace(core)] || set[lookAlikeL.Replace(core)] {
			return true
		}
	}
	return false
}

// onlyWord returns the one word of four letters and more in folded when there is
// nothing else but at most two more letters and a little decoration, half of it
// when the word is there more than once: people set a letter behind the year when
// upper case is asked for, and type a word twice when length is.
func onlyWord(folded string) (string, bool) {
	words := strings.FieldsFunc(folded, notLetter)
	longest, around := "", len([]rune(folded))
	for _, word := range words {
		around -= len([]rune(word))
		if len([]rune(word)) > len([]rune(longest)) {
			longest = word
		}
	}
	others, times := 0, 0
	for _, word := range words {
		if word == longest {
			times++
		} else {
			others += len([]rune(word))
		}
	}
	allowed := decoration
	if times > 1 {
		allowed /= 2
	}
	return longest, len([]rune(longest)) >= 4 && others <= 2 && around+others <= allowed
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// isRun reports whether all neighbours differ by the same step of 0, 1 or -1,
// digits counting on from 9 to 0.
func isRun(folded string) bool {
	runes := []rune(folded)
	if len(runes) < 3 {
		return false
	}
	step := func(a, b rune) rune {
		switch {
		case a == '9' && b == '0':
			return 1
		case a == '0' && b == '9':
			return -1
		}
		return b - a
	}
	first := step(runes[0], runes[1])
	if first < -1 || first > 1 {
		return false
	}
	for i := 2; i < len(runes); i++ {
		if step(runes[i-1], runes[i]) != first {
			return false
		}
	}
	return true
}

// fold is the form in which words are compared: NFKC and lower case.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

var (
	lookAlikeI = strings.NewReplacer(append([]string{"1", "i", "!", "i", "|", "i"}, lookAlikes...)...)
	lookAlikeL = strings.NewReplacer(append([]string{"1", "l", "!", "l", "|", "l"}, lookAlikes...)...)
	lookAlikes = []string{
		"0", "o", "2", "z", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s",
		"6", "g", "7", "t", "+", "t", "8", "b", "9", "g", "(", "c",
	}
)
