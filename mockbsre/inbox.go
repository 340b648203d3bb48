package mockbsre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// ErrNoMail means that no mail fits what was asked for.
var ErrNoMail = errors.New("mockbsre: no such mail")

// Message is a mail in the [Inbox], as its reader sees it. It prints, logs and
// marshals without its text, which holds a link.
type Message struct {
	To      string
	At      time.Time
	Kind    certificate.MailKind
	Subject string
	Text    string   // Indonesian
	Links   []string // taken out of Text
}

// Format prints the kind alone.
func (m Message) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "mockbsre.Message("+m.Kind.String()+")")
}

// MarshalText returns the kind alone, which encoding/json and slog write too.
func (m Message) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%v", m), nil }

// Token is the secret of the message's one link. It fails with [ErrNoMail] when
// there is not exactly one.
func (m Message) Token() (certificate.Token, error) {
	if len(m.Links) != 1 {
		return certificate.Token{}, fmt.Errorf("%w: %d links in it", ErrNoMail, len(m.Links))
	}
	link := m.Links[0]
	return certificate.ParseToken(link[strings.LastIndexByte(link, '/')+1:])
}

// Inbox holds every mail that the fake sent, whoever it is for. Looking into it
// delivers what waits.
type Inbox struct {
	mu       sync.Mutex
	messages []Message
	deliver  func()
	now      func() time.Time
}

// Query says which mails are meant; empty fields fit all.
type Query struct {
	To   string // the address, in any case
	Kind certificate.MailKind
	Text string // occurs in subject or text, in any case
}

// List returns all mails, oldest first.
func (b *Inbox) List() []Message { return b.Search(Query{}) }

// Search returns the mails that fit, oldest first.
func (b *Inbox) Search(q Query) []Message {
	b.deliver()
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []Message
	for _, m := range b.messages {
		if q.fits(m) {
			m.Links = slices.Clone(m.Links)
			found = append(found, m)
		}
	}
	return found
}

// Latest returns the newest mail that fits, or [ErrNoMail].
func (b *Inbox) Latest(q Query) (Message, error) {
	found := b.Search(q)
	if len(found) == 0 {
		return Message{}, ErrNoMail
	}
	return found[len(found)-1], nil
}

// Clear empties the box.
func (b *Inbox) Clear() {
	b.deliver()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = nil
}

func (q Query) fits(m Message) bool {
	text := strings.ToLower(q.Text)
	return (q.To == "" || strings.EqualFold(q.To, m.To)) &&
		(q.Kind == 0 || q.Kind == m.Kind) &&
		(strings.Contains(strings.ToLower(m.Subject), text) || strings.Contains(strings.ToLower(m.Text), text))
}

var linkPattern = regexp.MustCompile(`https?://\S+`)

// mailer is the registrar's way into the box.
type mailer struct{ box *Inbox }

// Send implements [certificate.Mailer].
func (m mailer) Send(ctx context.Context, mail certificate.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text := mail.Text(certificate.Indonesian)
	m.box.mu.Lock()
	defer m.box.mu.Unlock()
	m.box.messages = append(m.box.messages, Message{
		To: mail.To.Address(), At: m.box.now(), Kind: mail.Kind,
		Subject: mail.Subject(certificate.Indonesian), Text: text,
		Links: linkPattern.FindAllString(text, -1),
	})
	return nil
}
