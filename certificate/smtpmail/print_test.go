package smtpmail_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/smtpmail"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// Whoever prints, logs or marshals any type of the package, as a template's author does while he
// looks for a fault, shows neither the link nor the person nor the password.
func TestNoTypePrintsASecret(t *testing.T) {
	const name, link, password = "Budi Contoh", "https://portal.example/reset/tautan-rahasia", "Sandi-Surel-71"
	part := smtpmail.Part{
		Lang: certificate.Indonesian, Subject: "Kepada " + name, Text: name + "\n\n" + link, Paragraphs: []string{name, link},
	}
	cfg := smtpmail.Config{
		Host: "mail.example", From: "portal@example.com", Username: "portal", Password: passphrase.FromString(password),
	}
	values := map[string]any{
		"Content":   smtpmail.Content{Kind: certificate.MailResetPassphrase, Name: name, Link: link, Parts: []smtpmail.Part{part}},
		"Part":      part,
		"Config":    cfg,
		"Mailer":    newMailer(t, cfg),
		"Templates": smtpmail.Templates{},
		"Error":     smtpmail.Error{Code: 550},
	}
	for typ, v := range values {
		t.Run(typ, func(t *testing.T) {
			p := reflect.New(reflect.TypeOf(v)) // &v would point to an interface
			p.Elem().Set(reflect.ValueOf(v))
			leaktest.Hides(t, leaktest.Printed(v, p.Interface()), name, link, password)
		})
	}
	names, err := leaktest.Structs(".")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, typ := range names {
		assert.Contains(t, values, typ, "a new type: print it here")
	}
}
