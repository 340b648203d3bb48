package smtpmail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// ErrConfig is returned by [New] for a configuration that cannot work.
var ErrConfig = errors.New("smtpmail: configuration")

// Config configures a [Mailer].
type Config struct {
	// Host is the name of the mail server, to which its certificate must be issued; required.
	Host string
	// Port of the server; zero means 587 (RFC 6409), with ImplicitTLS 465 (RFC 8314), with
	// InsecurePlaintext 25.
	Port int
	// ImplicitTLS begins with TLS; otherwise STARTTLS is required (RFC 3207).
	ImplicitTLS bool
	// InsecurePlaintext sends links in the clear, for a relay on the same host alone. It
	// excludes ImplicitTLS and Username.
	InsecurePlaintext bool
	// RootCAs judges the server's certificate; nil means the system's.
	RootCAs *x509.CertPool

	// Username and Password for SCRAM-SHA-256, PLAIN or LOGIN, the first that the server has. An
	// empty name means no authentication.
	Username string
	Password passphrase.Secret

	// From is the sender's address, for the header and the envelope; required. FromName stands
	// beside it in the header; empty means none.
	From     string
	FromName string
	// ReplyTo is where answers go; empty means From.
	ReplyTo string

	// Languages of the texts, in their order; nil means Indonesian and English.
	Languages []certificate.Lang
	// Templates of the texts; the zero value means the ones built in.
	Templates Templates

	// Timeout bounds one mail from connecting to the server's answer; zero means 30 seconds. The
	// registrar gives a mail a minute.
	Timeout time.Duration
	// DialContext connects; nil means net.Dialer's.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock of the Date header; nil means time.Now.
	Now func() time.Time
}

// Mailer is a [certificate.Mailer] over SMTP. It is safe for concurrent use and holds no
// connection between mails.
type Mailer struct {
	cfg   Config
	from  netmail.Address
	reply netmail.Address // zero when answers go to from
	tls   *tls.Config
}

var _ certificate.Mailer = (*Mailer)(nil)

// New checks the configuration and tries the templates; it does not connect. Errors match
// [ErrConfig] or [ErrTemplate].
func New(cfg Config) (*Mailer, error) {
	if cfg.Host == "" || strings.ContainsFunc(cfg.Host, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return nil, fmt.Errorf("%w: Host is required", ErrConfig)
	}
	if cfg.Port < 0 || cfg.Port > 65535 || cfg.Timeout < 0 {
		return nil, fmt.Errorf("%w: Port or Timeout out of range", ErrConfig)
	}
	if cfg.InsecurePlaintext && (cfg.ImplicitTLS || cfg.Username != "") {
		return nil, fmt.Errorf("%w: InsecurePlaintext excludes ImplicitTLS and Username", ErrConfig)
	}
	if (cfg.Username == "") != cfg.Password.IsZero() {
		return nil, fmt.Errorf("%w: Username and Password go together", ErrConfig)
	}
	m := &Mailer{cfg: cfg}
	var err error
	if m.from, err = address(cfg.From, cfg.FromName); err != nil {
		return nil, fmt.Errorf("%w: From: %w", ErrConfig, err)
	}
	if cfg.ReplyTo != "" {
		if m.reply, err = address(cfg.ReplyTo, ""); err != nil {
			return nil, fmt.Errorf("%w: ReplyTo: %w", ErrConfig, err)
		}
	}
	m.defaults()
	for _, lang := range m.cfg.Languages {
		if lang != certificate.Indonesian && lang != certificate.English {
			return nil, fmt.Errorf("%w: unknown language", ErrConfig)
		}
	}
	m.tls = &tls.Config{ServerName: cfg.Host, RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
	return m, m.try()
}

func (m *Mailer) defaults() {
	c := &m.cfg
	if c.Port == 0 {
		switch {
		case c.InsecurePlaintext:
			c.Port = 25
		case c.ImplicitTLS:
			c.Port = 465
		default:
			c.Port = 587
		}
	}
	if len(c.Languages) == 0 {
		c.Languages = []certificate.Lang{certificate.Indonesian, certificate.English}
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.DialContext == nil {
		c.DialContext = new(net.Dialer).DialContext
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Templates = c.Templates.orBuiltIn()
}

// address checks what goes into a header.
func address(addr, name string) (netmail.Address, error) {
	email, err := identity.ParseEmail(addr)
	if err != nil {
		return netmail.Address{}, err
	}
	if len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return netmail.Address{}, errors.New("name over 200 bytes or with control characters")
	}
	return netmail.Address{Name: name, Address: email.Address()}, nil
}

// Send implements [certificate.Mailer]. Errors are [*Error], or match [ErrTemplate] or
// [ErrMail].
func (m *Mailer) Send(ctx context.Context, mail certificate.Mail) error {
	msg, err := m.compose(mail)
	if err != nil {
		return err
	}
	return m.deliver(ctx, mail.To.Address(), msg)
}
