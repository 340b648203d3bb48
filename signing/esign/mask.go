package esign

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxServerText bounds the text of a server that is kept, in bytes.
const maxServerText = 200

var (
	// Six digits and more are a number of somebody or something, also when
	// written in groups; what a server says about itself has four.
	digitRun = regexp.MustCompile(`[0-9](?:[ .\-/]?[0-9]){5,}`)
	address  = regexp.MustCompile(`[^\s"'<>,;:()]+@[^\s"'<>,;:()]+`)
)

// hide takes out every occurrence of a secret, in whatever case.
func hide(text string, secret []byte) string {
	if len(secret) == 0 {
		return text
	}
	re, err := regexp.Compile("(?i)" + regexp.QuoteMeta(string(secret)))
	if err != nil { // a secret that is not UTF-8
		return string(bytes.ReplaceAll([]byte(text), secret, []byte("[secret]")))
	}
	return re.ReplaceAllLiteralString(text, "[secret]")
}

// mask cuts a text of somebody else and takes out numbers, mail addresses and
// the given secrets.
func mask(text string, secrets ...[]byte) string {
	// Cut generously first: what is masked may straddle the final cut.
	if len(text) > 16*maxServerText {
		text = text[:16*maxServerText]
	}
	for _, s := range secrets {
		text = hide(text, s)
	}
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) && r != ' ' {
			return ' '
		}
		return r
	}, text)
	text = address.ReplaceAllString(text, "[mail]")
	text = digitRun.ReplaceAllString(text, "[number]")
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxServerText {
		return text
	}
	cut := maxServerText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
