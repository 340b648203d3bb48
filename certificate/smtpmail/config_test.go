package smtpmail_test

import (
	htmltemplate "html/template"
	"strings"
	"testing"
	texttemplate "text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/smtpmail"
	"github.com/sertel-id/sertel/passphrase"
)

func TestConfigRefused(t *testing.T) {
	good := smtpmail.Config{Host: host, From: "sertifikat@contoh.go.id"}
	_, err := smtpmail.New(good)
	require.NoError(t, err)
	for _, c := range []struct {
		name   string
		change func(*smtpmail.Config)
	}{
		{"no host", func(c *smtpmail.Config) { c.Host = "" }},
		{"a line break in the host", func(c *smtpmail.Config) { c.Host = "mail.example\r\nRSET" }},
		{"a port beyond", func(c *smtpmail.Config) { c.Port = 70000 }},
		{"negative time", func(c *smtpmail.Config) { c.Timeout = -1 }},
		{"plaintext and TLS", func(c *smtpmail.Config) { c.InsecurePlaintext, c.ImplicitTLS = true, true }},
		{"a password in the clear", func(c *smtpmail.Config) {
			c.InsecurePlaintext, c.Username, c.Password = true, user, passphrase.FromString(password)
		}},
		{"user without password", func(c *smtpmail.Config) { c.Username = user }},
		{"password without user", func(c *smtpmail.Config) { c.Password = passphrase.FromString(password) }},
		{"no sender", func(c *smtpmail.Config) { c.From = "" }},
		{"a header behind the sender", func(c *smtpmail.Config) { c.From = "a@contoh.go.id\r\nBcc: x@example.com" }},
		{"two senders", func(c *smtpmail.Config) { c.From = "a@contoh.go.id, b@contoh.go.id" }},
		{"a header behind the name", func(c *smtpmail.Config) { c.FromName = "Layanan\r\nBcc: x@example.com" }},
		{"a long name", func(c *smtpmail.Config) { c.FromName = strings.Repeat("a", 201) }},
		{"a header behind the reply address", func(c *smtpmail.Config) { c.ReplyTo = "a@contoh.go.id\nBcc: x@example.com" }},
		{"an unknown language", func(c *smtpmail.Config) { c.Languages = []certificate.Lang{"jv"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := good
			c.change(&cfg)
			_, err := smtpmail.New(cfg)
			require.ErrorIs(t, err, smtpmail.ErrConfig)
			assert.NotContains(t, err.Error(), password)
		})
	}
}

func text(s string) *texttemplate.Template {
	return texttemplate.Must(texttemplate.New("t").Parse(s))
}

func TestTemplatesAreTried(t *testing.T) {
	for _, c := range []struct {
		name      string
		templates smtpmail.Templates
	}{
		{"a field that does not exist", smtpmail.Templates{Text: text("{{.Passphrase}} {{.Link}}")}},
		{"a text without the link", smtpmail.Templates{Text: text("Yth. {{.Name}}")}},
		{"an HTML body without the link", smtpmail.Templates{HTML: htmltemplate.Must(htmltemplate.New("h").Parse("<p>{{.Name}}</p>"))}},
		{"only one kind of mail has the link", smtpmail.Templates{Text: text(`{{if eq .Kind.String "activation"}}{{.Link}}{{end}}`)}},
		{"a template that is only defined", smtpmail.Templates{Text: texttemplate.New("empty")}},
		{"an empty subject", smtpmail.Templates{Subject: text("")}},
		{"a subject of two lines", smtpmail.Templates{Subject: text("Sertifikat\r\nBcc: x@example.com")}},
		{"a long subject", smtpmail.Templates{Subject: text(strings.Repeat("a", 201))}},
		{"a subject that gives the link away", smtpmail.Templates{Subject: text("{{.Kind}} {{.Link}}")}},
		{"a text without end", smtpmail.Templates{Text: text("{{.Link}}" + strings.Repeat("{{.Name}}", 20_000))}},
		{"a text that is not UTF-8", smtpmail.Templates{Text: text("{{.Link}} \xff")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := smtpmail.New(smtpmail.Config{Host: host, From: "sertifikat@contoh.go.id", Templates: c.templates})
			require.ErrorIs(t, err, smtpmail.ErrTemplate)
		})
	}
}

func TestTemplatesReplaced(t *testing.T) {
	s := newServer(t, kind{})
	cfg := s.config()
	cfg.Templates = smtpmail.Templates{
		Subject: text("[Contoh] {{(index .Parts 0).Subject}}"),
		Text:    text("Kepada {{.Name}}: {{.Link}}\n.\n{{.Agency}}, {{.Kind}}"),
		HTML:    htmltemplate.Must(htmltemplate.New("h").Parse(`<p title="{{.Name}}">{{.Name}}</p><a href="{{.Link}}">buka</a>`)),
	}
	mail := activationMail(t)
	require.NoError(t, newMailer(t, cfg).Send(t.Context(), mail))
	r := parse(t, s.taken()[0].data)
	assert.Equal(t, "[Contoh] Aktivasi Akun", r.subject)
	assert.Equal(t, "Kepada Budi Contoh: "+mail.URL()+"\n.\nLayanan Sertifikat — Contoh, activation", strings.TrimRight(r.text, "\n"), "a lone full stop ends no mail")
	assert.Contains(t, r.html, `<p title="Budi Contoh">`)
}

// A template that fails with this mail alone: typed, and without what it was filled with.
func TestTemplateThatFailsLater(t *testing.T) {
	s := newServer(t, kind{})
	cfg := s.config()
	cfg.Templates.Text = text(`{{if eq .Name "Budi Contoh"}}{{template "x" .Name}}{{end}}{{.Link}}{{define "x"}}{{index . 1000}}{{end}}`)
	mail := activationMail(t)
	err := newMailer(t, cfg).Send(t.Context(), mail)
	require.ErrorIs(t, err, smtpmail.ErrTemplate)
	var failed *smtpmail.Error
	require.NotErrorAs(t, err, &failed)
	for _, secret := range []string{"Budi Contoh", mail.Token().Reveal()} {
		assert.NotContains(t, err.Error(), secret)
	}
	assert.Empty(t, s.taken())
}
