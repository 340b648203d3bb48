package certificate

import (
	"regexp"
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
)

// foreignError is an error of a register, a mailer or an authority. Such errors quote what was
// asked, as a mail server does the recipient, and end up in logs; so its text is masked and
// cut. The cause hides in a function, into which no printer looks, and is there for errors.Is.
type foreignError struct {
	text  string
	cause func() error
}

func (e *foreignError) Error() string { return e.text }
func (e *foreignError) Unwrap() error { return e.cause() }

// maxForeign is how much of a foreign text is kept, in bytes.
const maxForeign = 500

var (
	addressLike = regexp.MustCompile(`[^\s<>"'(),:;]+@[^\s<>"'(),:;]+`)
	numberLike  = regexp.MustCompile(`[0-9]{6,}`) // NIK, NIP, phones; no port, status or version
)

// foreign wraps err under what. Masked are addresses, long numbers and what the caller names.
func foreign(what string, err error, personal ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	// Cut first, so that a long text costs little, and in the middle of no word to be masked.
	if len(text) > maxForeign {
		text = text[:maxForeign]
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i]
		}
		text += " ..."
	}
	text = addressLike.ReplaceAllString(strings.ToValidUTF8(text, "?"), "***")
	for _, s := range personal {
		if len(s) >= 4 { // a shorter one would mask half the text
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(s)).ReplaceAllLiteralString(text, "***")
		}
	}
	text = numberLike.ReplaceAllString(text, "***")
	return &foreignError{"certificate: " + what + ": " + text, func() error { return err }}
}

// spelled are the ways in which an answer could name the person, other than by numbers and
// whole addresses.
func (r *Record) spelled() []string {
	list := []string{r.Name.Full(), r.Name.Plain()}
	for _, mail := range []identity.Email{r.WorkMail(), r.NewWorkMail, r.SIASNMail} {
		list = append(list, localPart(mail))
	}
	return list
}

func localPart(e identity.Email) string {
	local, _, _ := strings.Cut(e.Address(), "@")
	return local
}
