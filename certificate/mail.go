package certificate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// MailKind says what a mail is about. The names are the guide's where it has one.
type MailKind uint8

// The mails.
const (
	_                      MailKind = iota
	MailActivation                  // "Aktivasi Akun", with a link
	MailAccountInformation          // "Informasi Akun"
	MailSetPassphrase               // "Set Passphrase", with a link
	MailCertificateIssued           // with the validity
	MailResetPassphrase             // "Reset Passphrase", with a link
	MailPassphraseChanged           // after a reset that kept the certificate
	MailRenewal                     // renewal opened, with a link to set the new passphrase
	MailWorkMailAsked               // to the old work mail: a change was asked for
	MailWorkMailProof               // to the new work mail, with a link
	MailWorkMailChanged             // to the old work mail: the change was made
	MailRejected                    // the operator refused the application
	MailSuspended
	MailResumed
	MailRevoked
	MailDestroyed
)

var mailKindNames = [...]string{
	MailActivation:         "activation",
	MailAccountInformation: "account_information",
	MailSetPassphrase:      "set_passphrase",
	MailCertificateIssued:  "certificate_issued",
	MailResetPassphrase:    "reset_passphrase",
	MailPassphraseChanged:  "passphrase_changed",
	MailRenewal:            "renewal",
	MailWorkMailAsked:      "work_mail_asked",
	MailWorkMailProof:      "work_mail_proof",
	MailWorkMailChanged:    "work_mail_changed",
	MailRejected:           "rejected",
	MailSuspended:          "suspended",
	MailResumed:            "resumed",
	MailRevoked:            "revoked",
	MailDestroyed:          "destroyed",
}

// MailKinds returns all kinds.
func MailKinds() []MailKind {
	all := make([]MailKind, 0, len(mailKindNames)-1)
	for k := MailActivation; int(k) < len(mailKindNames); k++ {
		all = append(all, k)
	}
	return all
}

// String returns the kind's name in lower case.
func (k MailKind) String() string { return wordOf(mailKindNames[:], k, "MailKind") }

// MarshalText writes the word of String.
func (k MailKind) MarshalText() ([]byte, error) { return marshalWord(mailKindNames[:], k) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not repeat
// it.
func (k *MailKind) UnmarshalText(text []byte) error { return unmarshalWord(mailKindNames[:], k, text) }

// purpose is the kind of link in the mail, or zero.
func (k MailKind) purpose() Purpose {
	switch k {
	case MailActivation:
		return PurposeActivation
	case MailSetPassphrase, MailRenewal:
		return PurposeSetPassphrase
	case MailResetPassphrase:
		return PurposeReset
	case MailWorkMailProof:
		return PurposeWorkMail
	}
	return 0
}

// ErrMailRefused is what a [Mailer] wraps when the transport will never take the mail: no such
// mailbox, refused content. The registrar gives it up at once; the person may ask for another.
var ErrMailRefused = errors.New("certificate: mail refused for good")

// Mailer hands a mail to the transport. Send returns nil once the transport has taken it;
// after an error other than [ErrMailRefused] the registrar tries again later with another link.
// The text of the error is masked before it is returned or logged: mail servers quote addresses.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Mail is a message about to be sent. Its link is a secret: a Mail prints, logs and marshals
// without it. Nothing in it can hold a line break, so no header can be injected: the address
// is an identity.Email, subjects are fixed texts, and names refuse control characters.
type Mail struct {
	ID        string // unique; good for a Message-ID and for dropping duplicates
	Kind      MailKind
	To        identity.Email
	Name      identity.Name // of the person
	CreatedAt time.Time
	Serial    Serial    // the certificate concerned; zero where there is none
	NotBefore time.Time // its validity; zero where there is none
	NotAfter  time.Time

	token   Token
	prefix  string
	expires time.Time
	zone    *time.Location
}

// Purpose is the purpose of the mail's link, zero without a link.
func (m Mail) Purpose() Purpose { return m.Kind.purpose() }

// Token is the secret of the link; zero without a link.
func (m Mail) Token() Token { return m.token }

// URL is the link in whole, empty without one.
func (m Mail) URL() string {
	if m.token.IsZero() {
		return ""
	}
	return m.prefix + m.token.Reveal()
}

// LinkExpires is the instant from which the link is refused; zero without a link.
func (m Mail) LinkExpires() time.Time { return m.expires }

// Subject is the subject line, without personal data.
func (m Mail) Subject(lang Lang) string {
	t := mailTexts[m.Kind]
	if lang == English {
		return t.subjectEN
	}
	return t.subjectID
}

// Text is the plain body, lines ending in "\n".
func (m Mail) Text(lang Lang) string {
	t := mailTexts[m.Kind]
	body, greeting, closing, closingLink := t.bodyID, "Yth. {name},\n\n", mailClosingID, mailClosingLinkID
	if lang == English {
		body, greeting, closing, closingLink = t.bodyEN, "Dear {name},\n\n", mailClosingEN, mailClosingLinkEN
	}
	if m.Purpose() != 0 {
		closing = closingLink
	}
	return strings.NewReplacer(
		"{name}", m.Name.Full(),
		"{link}", m.URL(),
		"{until}", mailTime(m.expires, m.zone, lang),
		"{from}", mailTime(m.NotBefore, m.zone, lang),
		"{to}", mailTime(m.NotAfter, m.zone, lang),
		"{serial}", m.Serial.String(),
	).Replace(greeting + body + closing)
}

// Format prints the kind and id alone.
func (m Mail) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mail %s %s", m.Kind, m.ID) }

// LogValue logs the kind and id alone.
func (m Mail) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID), slog.String("kind", m.Kind.String()))
}

// MarshalText writes the kind and id alone.
func (m Mail) MarshalText() ([]byte, error) { return fmt.Append(nil, m), nil }

var monthsID = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli",
	"Agustus", "September", "Oktober", "November", "Desember"}

// mailTime prints an instant as "2 Januari 2026 15.04 WIB", empty for the zero time.
func mailTime(t time.Time, zone *time.Location, lang Lang) string {
	if t.IsZero() {
		return ""
	}
	if zone != nil {
		t = t.In(zone)
	}
	if lang == English {
		return t.Format("2 January 2006 15:04 MST")
	}
	return fmt.Sprintf("%d %s %s", t.Day(), monthsID[t.Month()-1], t.Format("2006 15.04 MST"))
}
