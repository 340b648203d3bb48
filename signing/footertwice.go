package signing

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sertel-id/sertel/signing/appearance"
)

// ErrFooterTwice is an [ErrOverText]: the page has the words of one of the
// footer's points already, so that the footer is to be left out there.
var ErrFooterTwice = fmt.Errorf("%w: it has the words of the footer already", ErrOverText)

// minFooterWords is the length in characters from which a text tells a footer: a
// shorter one, such as a name, may stand in any letter.
const minFooterWords = 24

// footerWords are the texts that tell a page's own footer: the points, and of the
// usual sentences what agencies leave as it is, whatever they put around it.
func footerWords(f appearance.Footer) []string {
	issuer, _, _ := strings.Cut(appearance.IssuerSentence, " yang diterbitkan")
	var words []string
	for _, point := range f.Points {
		for _, usual := range []string{appearance.LegalSentence, issuer} {
			if strings.Contains(point, usual) {
				point = usual
			}
		}
		if utf8.RuneCountInString(point) >= minFooterWords {
			words = append(words, point)
		}
	}
	return words
}
