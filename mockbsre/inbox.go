package mockbsre

import (
	"cmp"
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
	ID      int // in the order of arrival, from 1; never given twice
	To      string
	At      time.Time
	Kind    certificate.MailKind // zero for a mail with a one-time code
	Subject string
	Text    string   // Indonesian
	Links   []string // taken out of Text
	Codes   []string // one-time codes of six digits, taken out of Text
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

// maxInbox bounds the box; the oldest mails go.
const maxInbox = 10_000

// Inbox holds every mail that the fake sent, whoever it is for; of a long run
// the last 10,000. Looking into it delivers what waits.
type Inbox struct {
	mu       sync.Mutex
	messages []Message
	last     int // the id given last
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
			found = append(found, m.clone())
		}
	}
	return found
}

// Latest returns the newest mail that fits, or [ErrNoMail].
func (b *Inbox) Latest(q Query) (Message, error) {
	b.deliver()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range slices.Backward(b.messages) {
		if q.fits(m) {
			return m.clone(), nil
		}
	}
	return Message{}, ErrNoMail
}

// Message returns the mail with an id, or [ErrNoMail].
func (b *Inbox) Message(id int) (Message, error) {
	b.deliver()
	b.mu.Lock()
	defer b.mu.Unlock()
	i, ok := b.find(id)
	if !ok {
		return Message{}, ErrNoMail
	}
	return b.messages[i].clone(), nil
}

// Delete takes one mail out of the box, or fails with [ErrNoMail].
func (b *Inbox) Delete(id int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, ok := b.find(id)
	if !ok {
		return ErrNoMail
	}
	b.messages = slices.Delete(b.messages, i, i+1)
	return nil
}

// Remove takes all mails that fit out of the box and returns how many they were.
func (b *Inbox) Remove(q Query) int {
	b.deliver()
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.messages)
	b.messages = slices.DeleteFunc(b.messages, q.fits)
	return before - len(b.messages)
}

// Clear empties the box.
func (b *Inbox) Clear() { b.Remove(Query{}) }

// find returns the place of a mail. The ids ascend.
func (b *Inbox) find(id int) (int, bool) {
	return slices.BinarySearchFunc(b.messages, id, func(m Message, id int) int { return cmp.Compare(m.ID, id) })
}

// put adds a mail, with its id and what is to be taken out of its text.
func (b *Inbox) put(m Message) {
	m.Links = linkPattern.FindAllString(m.Text, -1)
	for _, found := range codePattern.FindAllStringSubmatch(m.Text, -1) {
		m.Codes = append(m.Codes, found[1])
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	m.ID = b.last
	if b.messages = append(b.messages, m); len(b.messages) > maxInbox+maxInbox/10 {
		b.messages = slices.Clone(b.messages[len(b.messages)-maxInbox:])
	}
}

func (m Message) clone() Message {
	m.Links, m.Codes = slices.Clone(m.Links), slices.Clone(m.Codes)
	return m
}

func (q Query) fits(m Message) bool {
	if q.To != "" && !strings.EqualFold(q.To, m.To) || q.Kind != 0 && q.Kind != m.Kind {
		return false
	}
	text := strings.ToLower(q.Text)
	return text == "" || strings.Contains(strings.ToLower(m.Subject), text) || strings.Contains(strings.ToLower(m.Text), text)
}

var (
	linkPattern = regexp.MustCompile(`https?://\S+`)
	// A code stands at the end of a line, so that no number within a sentence,
	// link or serial is taken for one.
	codePattern = regexp.MustCompile(`(?m)(?:^|[ \t])([0-9]{6})[ \t]*$`)
)

// mailer is the registrar's way into the box.
type mailer struct{ box *Inbox }

// Send implements [certificate.Mailer].
func (m mailer) Send(ctx context.Context, mail certificate.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.box.put(Message{
		To: mail.To.Address(), At: m.box.now(), Kind: mail.Kind,
		Subject: mail.Subject(certificate.Indonesian), Text: mail.Text(certificate.Indonesian),
	})
	return nil
}
