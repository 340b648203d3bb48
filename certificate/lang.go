package certificate

import "github.com/sertel-id/sertel/passphrase"

// Lang is the language of a text to people.
type Lang = passphrase.Lang

// The languages of all texts. Any other Lang gives Indonesian.
const (
	Indonesian = passphrase.Indonesian
	English    = passphrase.English
)

func choose(lang Lang, id, en string) string {
	if lang == English {
		return en
	}
	return id
}
