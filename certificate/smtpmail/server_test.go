package smtpmail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/smtpmail"
	"github.com/sertel-id/sertel/passphrase"
)

const (
	host     = "mail.example"
	user     = "sertifikat"
	password = "Kata#Sandi Surat 7"
)

// delivered is a mail as the server took it.
type delivered struct {
	from string
	to   []string
	data []byte
	tls  bool
	user string
}

// server is a real SMTP server in this process. Its hooks say what goes wrong.
type server struct {
	addr  string
	roots *x509.CertPool

	mu    sync.Mutex
	mails []delivered
	hooks hooks
}

// hooks are called in place of success; nil means success.
type hooks struct {
	mail     func() error
	rcpt     func(to string) error
	data     func(c *smtp.Conn, data []byte) error // after the mail was read
	kept     func(c *smtp.Conn)                    // after the mail was kept, before the answer
	answered func()                                // after the answer
}

func (s *server) set(h hooks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = h
}

func (s *server) hook() hooks {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks
}

func (s *server) taken() []delivered {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]delivered(nil), s.mails...)
}

type kind struct {
	implicit, noTLS, noAuth bool
	mechanisms              []string
}

func newServer(t testing.TB, k kind) *server {
	cert, roots := selfMade(t, host)
	s := &server{roots: roots}
	srv := smtp.NewServer(backend{s, k})
	srv.Domain, srv.AllowInsecureAuth = host, k.noTLS
	srv.ReadTimeout, srv.WriteTimeout = time.Minute, time.Minute
	srv.ErrorLog = log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	if !k.noTLS && !k.implicit {
		srv.TLSConfig = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = listener.Addr().String()
	if k.implicit {
		listener = tls.NewListener(listener, config)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(listener) }()
	t.Cleanup(func() {
		listener.Close() // Serve may not have begun: then srv does not know it yet
		_ = srv.Close()
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

// selfMade returns a certificate for a name, and the pool that trusts it.
func selfMade(t testing.TB, name string) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}

// config is for a mailer of this server.
func (s *server) config() smtpmail.Config {
	return smtpmail.Config{
		Host: host, RootCAs: s.roots, Username: user, Password: passphrase.FromString(password),
		From: "sertifikat@contoh.go.id", FromName: "Layanan Sertifikat — Contoh", ReplyTo: "bantuan@contoh.go.id",
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			name, _, err := net.SplitHostPort(address)
			if err != nil || name != host {
				return nil, errors.New("dialled another host")
			}
			return new(net.Dialer).DialContext(ctx, network, s.addr)
		},
		Timeout: 5 * time.Minute, // machines under load are slow; the tests end by themselves
		Now:     func() time.Time { return start },
	}
}

type backend struct {
	s *server
	k kind
}

func (b backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	ses := &session{backend: b, conn: c}
	if b.k.noAuth {
		return ses, nil
	}
	return &authSession{ses}, nil
}

type session struct {
	backend
	conn *smtp.Conn
	mail delivered
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if f := s.s.hook().mail; f != nil {
		return f()
	}
	s.mail.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if f := s.s.hook().rcpt; f != nil {
		return f(to)
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	h := s.s.hook()
	if h.data != nil {
		if err := h.data(s.conn, data); err != nil {
			return err
		}
	}
	_, secured := s.conn.TLSConnectionState()
	s.mail.data, s.mail.tls = data, secured
	s.s.mu.Lock()
	s.s.mails = append(s.s.mails, s.mail)
	s.s.mu.Unlock()
	if h.kept != nil {
		h.kept(s.conn)
	}
	return nil
}

// Reset is called when a mail was answered.
func (s *session) Reset() {
	s.mail.from, s.mail.to = "", nil
	if f := s.s.hook().answered; f != nil {
		f()
	}
}

func (s *session) Logout() error { return nil }

// authSession offers AUTH.
type authSession struct{ *session }

func (s *authSession) AuthMechanisms() []string {
	if s.k.mechanisms != nil {
		return s.k.mechanisms
	}
	return []string{sasl.Plain, sasl.Login}
}

var errWrongPassword = &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password for " + user}

func (s *authSession) check(name, given string) error {
	if name != user || given != password {
		return errWrongPassword
	}
	s.mail.user = name
	return nil
}

func (s *authSession) Auth(mech string) (sasl.Server, error) {
	switch mech {
	case sasl.Login:
		return &loginServer{check: s.check}, nil
	case "SCRAM-SHA-256":
		return &scramServer{check: s.check}, nil
	}
	return sasl.NewPlainServer(func(_, name, given string) error { return s.check(name, given) }), nil
}

// loginServer speaks LOGIN: user name, then password.
type loginServer struct {
	check func(name, password string) error
	asked int
	name  string
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.name = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.name, string(response))
}
