package smtpmail

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/sertel-id/sertel/certificate"
)

// ErrMail is returned for a mail that no registrar composed: without recipient or id, or without
// the link that its kind must have.
var ErrMail = errors.New("smtpmail: not a mail of a registrar")

// compose makes the message with its headers.
func (m *Mailer) compose(mail certificate.Mail) (*gomail.Msg, error) {
	if mail.ID == "" || mail.To.IsZero() || (mail.Purpose() != 0) != (mail.URL() != "") {
		return nil, ErrMail
	}
	b, err := m.cfg.Templates.execute(m.content(mail))
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&m.from)
	msg.ToMailAddress(&netmail.Address{Address: mail.To.Address()})
	if m.reply.Address != "" {
		msg.ReplyToMailAddress(&m.reply)
	}
	msg.Subject(b.subject)
	msg.SetDateWithValue(m.cfg.Now())
	msg.SetMessageIDWithValue(m.messageID(mail))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834
	langs := make([]string, len(m.cfg.Languages))
	for i, lang := range m.cfg.Languages {
		langs[i] = string(lang)
	}
	msg.SetGenHeader(gomail.HeaderContentLang, strings.Join(langs, ", "))
	msg.SetBodyString(gomail.TypeTextPlain, b.text)
	msg.AddAlternativeString(gomail.TypeTextHTML, b.html)
	return msg, nil
}

func (m *Mailer) content(mail certificate.Mail) Content {
	c := Content{
		Kind: mail.Kind, Name: mail.Name.Full(), Agency: m.from.Name, Link: mail.URL(), Expires: mail.LinkExpires(),
		Serial: mail.Serial.String(), NotBefore: mail.NotBefore, NotAfter: mail.NotAfter,
	}
	for _, lang := range m.cfg.Languages {
		c.Parts = append(c.Parts, part(lang, mail.Subject(lang), mail.Text(lang)))
	}
	return c
}

// messageID tells apart the tries of a mail with a link: a mail store that drops copies must not
// drop the one whose link works. Of the link it shows a hash, as the person's record does.
func (m *Mailer) messageID(mail certificate.Mail) string {
	id := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, mail.ID)
	if link := mail.URL(); link != "" {
		sum := sha256.Sum256([]byte("message " + link))
		id += "." + hex.EncodeToString(sum[:8])
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	return fmt.Sprintf("%s@%s", id, domain)
}
