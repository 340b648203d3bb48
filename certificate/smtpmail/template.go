package smtpmail

import (
	"embed"
	"errors"
	"fmt"
	"html"
	htmltemplate "html/template"
	"io"
	"log/slog"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sertel-id/sertel/certificate"
)

// ErrTemplate is returned by [New] for a template that cannot be executed with every kind of
// mail, gives an unusable subject or leaves the link out, and by [Mailer.Send] should it happen
// with a mail.
var ErrTemplate = errors.New("smtpmail: template")

// Templates are the texts of a mail. Each is executed with [Content]; nil means the one built in.
type Templates struct {
	// Subject gives one line without control characters, at most 200 characters.
	Subject *texttemplate.Template
	// Text gives the plain body and HTML the other one. Both hold the link where there is one.
	Text *texttemplate.Template
	HTML *htmltemplate.Template
}

// Content is what a template gets. It prints, logs and marshals its kind alone. That protection
// ends where it is put in an unexported field of another struct, which fmt prints raw.
type Content struct {
	Kind      certificate.MailKind
	Name      string // of the person, with titles
	Agency    string // the configured name of the sender
	Link      string // a secret; empty when the kind has none
	Expires   time.Time
	Serial    string // of the certificate concerned; empty when there is none
	NotBefore time.Time
	NotAfter  time.Time
	Parts     []Part // one for each configured language
}

// Format prints the kind alone under every verb: the link is a secret and the name personal.
func (c Content) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "content of mail %s", c.Kind) }

// LogValue logs the kind alone.
func (c Content) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// MarshalText writes the kind alone.
func (c Content) MarshalText() ([]byte, error) { return fmt.Append(nil, c), nil }

// Part is the mail in one language. Like [Content] it prints nothing of what it holds: its text
// has the link in it.
type Part struct {
	Lang       certificate.Lang
	Subject    string
	Text       string   // the whole body
	Paragraphs []string // the same, taken apart at empty lines; one of them is the link alone
}

// Format prints the language alone under every verb.
func (p Part) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "mail in %s", p.Lang) }

// LogValue logs the language alone.
func (p Part) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }

// MarshalText writes the language alone.
func (p Part) MarshalText() ([]byte, error) { return fmt.Append(nil, p), nil }

//go:embed mail.txt mail.html
var builtIn embed.FS

func (t Templates) orBuiltIn() Templates {
	if t.Subject == nil {
		t.Subject = texttemplate.Must(texttemplate.New("subject").Parse(
			`{{range $i, $p := .Parts}}{{if $i}} / {{end}}{{$p.Subject}}{{end}}`))
	}
	if t.Text == nil {
		t.Text = texttemplate.Must(texttemplate.ParseFS(builtIn, "mail.txt"))
	}
	if t.HTML == nil {
		t.HTML = htmltemplate.Must(htmltemplate.ParseFS(builtIn, "mail.html"))
	}
	return t
}

// Bounds of what a template gives.
const (
	maxSubject = 200       // characters
	maxBody    = 256 << 10 // bytes
)

// body is an executed set of templates.
type body struct{ subject, text, html string }

// execute fills the templates in and checks what comes out.
func (t Templates) execute(c Content) (body, error) {
	var b body
	for _, part := range []struct {
		name     string
		template interface {
			Execute(io.Writer, any) error
		}
		out *string
	}{{"subject", t.Subject, &b.subject}, {"text", t.Text, &b.text}, {"HTML", t.HTML, &b.html}} {
		w := &boundedWriter{left: maxBody}
		if err := part.template.Execute(w, c); err != nil {
			return body{}, fmt.Errorf("%w: %s, mail %s: %w", ErrTemplate, part.name, c.Kind, hidden{err})
		}
		*part.out = w.String()
		if !utf8.ValidString(*part.out) {
			return body{}, fmt.Errorf("%w: %s, mail %s: not UTF-8", ErrTemplate, part.name, c.Kind)
		}
	}
	switch {
	case b.subject == "" || utf8.RuneCountInString(b.subject) > maxSubject || strings.ContainsFunc(b.subject, unicode.IsControl):
		return body{}, fmt.Errorf("%w: subject, mail %s: empty, over %d characters or with control characters", ErrTemplate, c.Kind, maxSubject)
	case c.Link == "":
		return b, nil
	case strings.Contains(b.subject, c.Link):
		return body{}, fmt.Errorf("%w: subject, mail %s: holds the link", ErrTemplate, c.Kind)
	case !strings.Contains(b.text, c.Link):
		return body{}, fmt.Errorf("%w: text, mail %s: the link is missing", ErrTemplate, c.Kind)
	case !strings.Contains(html.UnescapeString(b.html), c.Link):
		return body{}, fmt.Errorf("%w: HTML, mail %s: the link is missing", ErrTemplate, c.Kind)
	}
	return b, nil
}

// hidden keeps the cause for errors.Is and out of texts: a template's error may quote the mail.
type hidden struct{ cause error }

func (hidden) Error() string   { return "not executable" }
func (h hidden) Unwrap() error { return h.cause }

var errTooLong = fmt.Errorf("over %d bytes", maxBody)

// boundedWriter refuses what no mail should be.
type boundedWriter struct {
	strings.Builder
	left int
}

func (w *boundedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errTooLong
	}
	return w.Builder.Write(p)
}

// try executes the templates for every kind of mail with made-up content.
func (m *Mailer) try() error {
	sample := Content{
		Name: "Budi Contoh, S.Kom.", Agency: m.from.Name, Serial: "0f",
		Expires:   time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC),
		NotBefore: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), NotAfter: time.Date(2028, 3, 2, 1, 0, 0, 0, time.UTC),
	}
	for _, kind := range certificate.MailKinds() {
		c := sample
		c.Kind = kind
		mail := certificate.Mail{Kind: kind}
		if mail.Purpose() != 0 {
			c.Link = "https://portal.example/link/contoh-tautan"
		}
		for _, lang := range m.cfg.Languages {
			c.Parts = append(c.Parts, part(lang, mail.Subject(lang), mail.Text(lang)+"\n"+c.Link))
		}
		if _, err := m.cfg.Templates.execute(c); err != nil {
			return err
		}
	}
	return nil
}

func part(lang certificate.Lang, subject, text string) Part {
	p := Part{Lang: lang, Subject: subject, Text: text}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			p.Paragraphs = append(p.Paragraphs, paragraph)
		}
	}
	return p
}
