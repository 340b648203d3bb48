package mockbsre

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// wireMail is a mail with everything in it.
type wireMail struct {
	ID      int       `json:"id"`
	To      string    `json:"to"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // "code" for a mail with a one-time code
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Links   []string  `json:"links"`
	Codes   []string  `json:"codes"`
}

func mailOnWire(m Message) wireMail {
	kind := "code"
	if m.Kind != 0 {
		kind = m.Kind.String()
	}
	return wireMail{
		m.ID, m.To, m.At.UTC(), kind, m.Subject, m.Text, append([]string{}, m.Links...), append([]string{}, m.Codes...),
	}
}

// mailQuery reads to, kind and text.
func mailQuery(r *http.Request) (Query, error) {
	values := r.URL.Query()
	q := Query{To: values.Get("to"), Text: values.Get("text")}
	if word := values.Get("kind"); word != "" {
		var kind certificate.MailKind
		if err := kind.UnmarshalText([]byte(word)); err != nil {
			return q, fmt.Errorf("%w: kind must be one of %v", errAdmin, certificate.MailKinds())
		}
		q.Kind = kind
	}
	return q, nil
}

func (s *Server) adminMails(r *http.Request) (any, error) {
	q, err := mailQuery(r)
	if err != nil {
		return nil, err
	}
	found, err := newestOf(r, s.Inbox.Search(q))
	if err != nil {
		return nil, err
	}
	mails := make([]wireMail, len(found))
	for i, m := range found {
		mails[i] = mailOnWire(m)
	}
	return map[string]any{"mails": mails}, nil
}

func (s *Server) adminLatest(r *http.Request) (any, error) {
	q, err := mailQuery(r)
	if err != nil {
		return nil, err
	}
	m, err := s.Inbox.Latest(q)
	if err != nil {
		return nil, err
	}
	return mailOnWire(m), nil
}

// mailID reads the id in the path; what is no number is nobody's.
func mailID(r *http.Request) int {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return 0
	}
	return id
}

func (s *Server) adminMail(r *http.Request) (any, error) {
	m, err := s.Inbox.Message(mailID(r))
	if err != nil {
		return nil, err
	}
	return mailOnWire(m), nil
}

func (s *Server) adminDeleteMail(r *http.Request) (any, error) {
	return nil, s.Inbox.Delete(mailID(r))
}

func (s *Server) adminDeleteMails(r *http.Request) (any, error) {
	q, err := mailQuery(r)
	if err != nil {
		return nil, err
	}
	return map[string]int{"removed": s.Inbox.Remove(q)}, nil
}
