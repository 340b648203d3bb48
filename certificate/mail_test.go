package certificate_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func TestMailTexts(t *testing.T) {
	w := newWorld(t)
	w.issued(t, budi)
	_, err := w.Deliver(w.ctx)
	require.NoError(t, err)
	sent := map[certificate.MailKind]certificate.Mail{}
	for _, m := range w.inbox.mails {
		sent[m.Kind] = m
	}
	for _, kind := range certificate.MailKinds() {
		m, ok := sent[kind]
		if !ok {
			m = certificate.Mail{Kind: kind}
		}
		for _, lang := range []certificate.Lang{certificate.Indonesian, certificate.English} {
			subject, text := m.Subject(lang), m.Text(lang)
			assert.NotEmpty(t, subject, "%s %s", kind, lang)
			assert.NotContains(t, subject+text, "\r")
			assert.NotContains(t, subject, "\n")
			assert.NotContains(t, text, "{", "%s %s: a place was not filled", kind, lang)
			if ok {
				assert.Contains(t, text, "Budi Contoh")
			}
			assert.Equal(t, m.Purpose() != 0 && ok, strings.Contains(text, "https://portal.example/"), "%s %s", kind, lang)
			warning := map[certificate.Lang]string{
				certificate.Indonesian: "jangan berikan tautannya", certificate.English: "do not give its link",
			}[lang]
			assert.Equal(t, m.Purpose() != 0, strings.Contains(text, warning), "%s %s: warns of the link that it has", kind, lang)
		}
		assert.NotEqual(t, m.Subject(certificate.Indonesian), m.Subject(certificate.English), "%s", kind)
	}
	m := sent[certificate.MailActivation]
	assert.True(t, strings.HasPrefix(m.URL(), "https://portal.example/email/aktivasi/akun/"), "the guide's shape")
	assert.Equal(t, m.URL(), w.LinkPrefix(certificate.PurposeActivation)+m.Token().Reveal())
	assert.Contains(t, m.Text(certificate.Indonesian), "3 Maret 2026 08.00 WIB")
	assert.Contains(t, m.Text(certificate.English), "3 March 2026 08:00 WIB")
}

// What could break a header cannot get into a mail: the values refuse it where they are made.
func TestHeaderInjection(t *testing.T) {
	for _, evil := range []string{"\r\nBcc: x@example.com", "\nX", "\r", "\x00", "\u2028", "\u0085", "\u202e"} {
		_, err := identity.ParseName("Budi" + evil + "x")
		require.Error(t, err, "%q", evil)
		_, err = identity.ParseEmail("budi" + evil + "x@pns.magelangkota.go.id")
		require.Error(t, err, "%q", evil)
		_, err = identity.ParseEmail("budi@pns.magelangkota.go.id" + evil + "x")
		require.Error(t, err, "%q", evil)
	}
}

func TestMailPrintsWithoutLink(t *testing.T) {
	w := newWorld(t)
	w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	m, _ := w.inbox.last(certificate.MailActivation)
	blob, err := json.Marshal(struct{ M certificate.Mail }{m})
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("mail", "mail", m)
	for _, printed := range []string{string(blob), log.String(), fmt.Sprintf("%v %+v %#v %s %q %x %d", m, m, m, m, m, m, m),
		fmt.Sprintf("%+v", []any{m, &m, struct{ m certificate.Mail }{m}})} {
		leaktest.Hides(t, printed, token.Reveal(), "Budi", "budi.contoh")
	}
}
