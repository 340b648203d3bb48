package smtpmail_test

import (
	"fmt"
	"log"
	texttemplate "text/template"

	"github.com/sertel-id/sertel/certificate/smtpmail"
	"github.com/sertel-id/sertel/passphrase"
)

// The mailer goes into certificate.RegistrarConfig. A template of the agency's own is tried with
// every kind of mail before anything is sent.
func ExampleNew() {
	cfg := smtpmail.Config{
		Host: "mail.example.go.id", Username: "sertifikat", Password: passphrase.FromString("from the secret store"),
		From: "sertifikat@example.go.id", FromName: "Layanan Sertifikat Elektronik",
	}
	cfg.Templates.Text = texttemplate.Must(texttemplate.New("text").Parse("Yth. {{.Name}}, silakan buka tautan.\n"))
	_, err := smtpmail.New(cfg)
	fmt.Println(err)

	cfg.Templates.Text = texttemplate.Must(texttemplate.New("text").Parse(
		"Yth. {{.Name}},\n\n{{range .Parts}}{{.Subject}}.{{end}}{{with .Link}}\n\nTautan: {{.}}{{end}}\n"))
	if _, err := smtpmail.New(cfg); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	// Output:
	// smtpmail: template: text, mail activation: the link is missing
	// ready
}
