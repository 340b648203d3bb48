package smtpmail_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/smtpmail"
	"github.com/sertel-id/sertel/passphrase"
)

func TestDelivery(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   kind
		change func(*smtpmail.Config)
		user   string
	}{
		{"STARTTLS and PLAIN", kind{}, nil, user},
		{"implicit TLS", kind{implicit: true}, func(c *smtpmail.Config) { c.ImplicitTLS = true }, user},
		{"SCRAM where the server has it", kind{mechanisms: []string{"PLAIN", "SCRAM-SHA-256"}}, nil, user},
		{"LOGIN where there is no PLAIN", kind{mechanisms: []string{"LOGIN"}}, nil, user},
		{"a relay without authentication", kind{noAuth: true}, func(c *smtpmail.Config) { c.Username, c.Password = "", passphrase.Secret{} }, ""},
		{"plaintext, named for its danger", kind{noTLS: true}, func(c *smtpmail.Config) {
			c.InsecurePlaintext, c.Username, c.Password = true, "", passphrase.Secret{}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.kind)
			cfg := s.config()
			if c.change != nil {
				c.change(&cfg)
			}
			w := newWorld(t, newMailer(t, cfg))
			w.register(t)
			sent, err := w.Deliver(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 1, sent)
			mails := s.taken()
			require.Len(t, mails, 1)
			got := mails[0]
			assert.Equal(t, "sertifikat@contoh.go.id", got.from)
			assert.Equal(t, []string{budi.WorkEmail}, got.to)
			assert.Equal(t, !c.kind.noTLS, got.tls)
			assert.Equal(t, c.user, got.user)
			require.NoError(t, w.redeem(t, parse(t, got.data).link(t)))
		})
	}
}

func TestMailAsItIsRead(t *testing.T) {
	s := newServer(t, kind{})
	mail := activationMail(t)
	require.NoError(t, newMailer(t, s.config()).Send(t.Context(), mail))
	r := parse(t, s.taken()[0].data)
	assert.Equal(t, "Aktivasi Akun / Account activation", r.subject)
	from, err := r.header.AddressList("From")
	require.NoError(t, err)
	assert.Equal(t, "Layanan Sertifikat — Contoh", from[0].Name)
	to, err := r.header.AddressList("To")
	require.NoError(t, err)
	assert.Equal(t, budi.WorkEmail, to[0].Address)
	reply, err := r.header.AddressList("Reply-To")
	require.NoError(t, err)
	assert.Equal(t, "bantuan@contoh.go.id", reply[0].Address)
	date, err := r.header.Date()
	require.NoError(t, err)
	assert.True(t, date.Equal(start))
	assert.Equal(t, "auto-generated", r.header.Get("Auto-Submitted"))
	assert.Equal(t, "id, en", r.header.Get("Content-Language"))
	assert.Regexp(t, `^<[0-9A-Za-z]+\.[0-9a-f]{16}@contoh\.go\.id>$`, r.header.Get("Message-ID"))
	assert.NotContains(t, r.header.Get("Message-ID"), mail.Token().Reveal())
	assert.Equal(t, []string{"text/plain", "text/html"}, r.types, "the better one last (RFC 2046 section 5.1.4)")

	assert.Equal(t, 2, strings.Count(r.text, mail.URL()), "in both languages")
	indonesian, english := strings.Index(r.text, "Yth. Budi Contoh"), strings.Index(r.text, "Dear Budi Contoh")
	assert.True(t, indonesian >= 0 && english > indonesian, "Indonesian first")
	assert.Contains(t, r.text, "3 Maret 2026 08.00 WIB")
	assert.Contains(t, r.html, `<a href="`+mail.URL()+`"`)
	assert.Contains(t, r.html, `<div lang="id">`)
	assert.Contains(t, r.html, `<div lang="en">`)
	assert.NotContains(t, r.html, "<no value>")
}

func TestOneLanguage(t *testing.T) {
	s := newServer(t, kind{})
	cfg := s.config()
	cfg.Languages = []certificate.Lang{certificate.English}
	require.NoError(t, newMailer(t, cfg).Send(t.Context(), activationMail(t)))
	r := parse(t, s.taken()[0].data)
	assert.Equal(t, "Account activation", r.subject)
	assert.NotContains(t, r.text+r.html, "Yth.")
	assert.Contains(t, r.html, `<html lang="en">`)
}

// A mail store may drop the second copy of a notice, and must not drop a newer link.
func TestMessageIDs(t *testing.T) {
	s := newServer(t, kind{})
	m := newMailer(t, s.config())
	first, second := activationMail(t), activationMail(t)
	second.ID = first.ID
	notice := certificate.Mail{ID: "N/1 <x>", Kind: certificate.MailSuspended, To: first.To, Name: first.Name}
	for _, mail := range []certificate.Mail{first, first, second, notice, notice} {
		require.NoError(t, m.Send(t.Context(), mail))
	}
	var ids []string
	for _, mail := range s.taken() {
		ids = append(ids, parse(t, mail.data).header.Get("Message-ID"))
	}
	assert.Equal(t, ids[0], ids[1])
	assert.NotEqual(t, ids[0], ids[2], "another link")
	assert.Equal(t, "<N-1--x-@contoh.go.id>", ids[3])
	assert.Equal(t, ids[3], ids[4])
}

func TestEveryKindIsSent(t *testing.T) {
	s := newServer(t, kind{})
	m := newMailer(t, s.config())
	known := activationMail(t)
	for _, kind := range certificate.MailKinds() {
		mail := certificate.Mail{ID: "A", Kind: kind, To: known.To, Name: known.Name, Serial: known.Serial, NotBefore: start, NotAfter: start.AddDate(2, 0, 0)}
		if mail.Purpose() != 0 {
			require.ErrorIs(t, m.Send(t.Context(), mail), smtpmail.ErrMail, "%s: a link is missing", kind)
			mail = known
			mail.Kind = kind
		}
		require.NoError(t, m.Send(t.Context(), mail), "%s", kind)
		mails := s.taken()
		r := parse(t, mails[len(mails)-1].data)
		assert.Equal(t, mail.Subject(certificate.Indonesian)+" / "+mail.Subject(certificate.English), r.subject)
		assert.Contains(t, r.text, strings.TrimSpace(mail.Text(certificate.Indonesian)))
		assert.Contains(t, r.text, strings.TrimSpace(mail.Text(certificate.English)))
		assert.NotContains(t, r.text+r.html, "{", "%s: a place was not filled", kind)
	}
	require.ErrorIs(t, m.Send(t.Context(), certificate.Mail{}), smtpmail.ErrMail)
	noAddress := known
	noAddress.To = certificate.Mail{}.To
	require.ErrorIs(t, m.Send(t.Context(), noAddress), smtpmail.ErrMail)
}

func refusal(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

func TestRefusals(t *testing.T) {
	quote := "for " + budi.WorkEmail // servers quote addresses
	for _, c := range []struct {
		name string
		kind kind
		hook hooks
		want smtpmail.Error
	}{
		{"sender refused: an administrator must act", kind{}, hooks{mail: func() error { return refusal(550, smtp.EnhancedCode{5, 7, 1}, quote) }},
			smtpmail.Error{Step: smtpmail.StepSender, Code: 550, Enhanced: "5.7.1"}},
		{"greylisted", kind{}, hooks{rcpt: func(string) error { return refusal(451, smtp.EnhancedCode{4, 7, 1}, quote) }},
			smtpmail.Error{Step: smtpmail.StepRecipient, Code: 451, Enhanced: "4.7.1"}},
		{"no such mailbox", kind{}, hooks{rcpt: func(string) error { return refusal(550, smtp.EnhancedCode{5, 1, 1}, quote) }},
			smtpmail.Error{Step: smtpmail.StepRecipient, Code: 550, Enhanced: "5.1.1", Permanent: true}},
		{"mailbox full", kind{}, hooks{rcpt: func(string) error { return refusal(552, smtp.EnhancedCode{5, 2, 2}, quote) }},
			smtpmail.Error{Step: smtpmail.StepRecipient, Code: 552, Enhanced: "5.2.2"}},
		{"content refused for good", kind{}, hooks{data: func(_ *smtp.Conn, data []byte) error {
			return refusal(554, smtp.EnhancedCode{5, 6, 0}, quote+" "+string(link.Find(data)))
		}}, smtpmail.Error{Step: smtpmail.StepContent, Code: 554, Enhanced: "5.6.0", Permanent: true}},
		{"disk full at the server", kind{}, hooks{data: func(*smtp.Conn, []byte) error { return refusal(452, smtp.EnhancedCode{4, 3, 1}, quote) }},
			smtpmail.Error{Step: smtpmail.StepContent, Code: 452, Enhanced: "4.3.1"}},
		{"wrong password: an administrator must act", kind{}, hooks{}, smtpmail.Error{Step: smtpmail.StepAuth, Code: 535, Enhanced: "5.7.8"}},
		{"the same with SCRAM", kind{mechanisms: []string{"SCRAM-SHA-256"}}, hooks{}, smtpmail.Error{Step: smtpmail.StepAuth, Code: 535, Enhanced: "5.7.8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.kind)
			s.set(c.hook)
			cfg := s.config()
			if c.want.Step == smtpmail.StepAuth {
				cfg.Password = passphrase.FromString("Lain#Sama Sekali 9")
			}
			mail := activationMail(t)
			err := newMailer(t, cfg).Send(t.Context(), mail)
			var got *smtpmail.Error
			require.ErrorAs(t, err, &got)
			assert.Equal(t, c.want, smtpmail.Error{Step: got.Step, Code: got.Code, Enhanced: got.Enhanced, Permanent: got.Permanent})
			assert.Equal(t, c.want.Permanent, errors.Is(err, certificate.ErrMailRefused))
			assert.Empty(t, s.taken())
			for _, printed := range []string{err.Error(), fmt.Sprintf("%+v %#v %s", err, err, got), fmt.Sprint(errors.Unwrap(err))} {
				for _, secret := range []string{budi.WorkEmail, mail.Token().Reveal(), password, "Lain#Sama", user} {
					assert.NotContains(t, printed, secret)
				}
			}
		})
	}
}

func TestNothingLeavesWithoutTLS(t *testing.T) {
	mail := activationMail(t)
	_, strangers := selfMade(t, host)
	for _, c := range []struct {
		name   string
		kind   kind
		change func(*smtpmail.Config)
		step   smtpmail.Step
		check  func(error) bool
	}{
		{"the server offers none", kind{noTLS: true}, func(*smtpmail.Config) {}, smtpmail.StepTLS,
			func(err error) bool { return errors.Is(err, smtpmail.ErrNoTLS) }},
		{"a certificate nobody trusts", kind{}, func(c *smtpmail.Config) { c.RootCAs = strangers }, smtpmail.StepTLS, isUnknownAuthority},
		{"the same with implicit TLS", kind{implicit: true}, func(c *smtpmail.Config) { c.RootCAs, c.ImplicitTLS = strangers, true }, smtpmail.StepConnect, isUnknownAuthority},
		{"a certificate for another name", kind{}, func(c *smtpmail.Config) {
			dial := c.DialContext
			c.Host = "other.example"
			c.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, host+":25") }
		}, smtpmail.StepTLS, func(err error) bool { return errors.As(err, new(x509.HostnameError)) }},
		{"a server that speaks plaintext where TLS should begin", kind{noTLS: true}, func(c *smtpmail.Config) { c.ImplicitTLS = true }, smtpmail.StepConnect,
			func(err error) bool { return err != nil }},
		{"no mechanism that is supported", kind{mechanisms: []string{"GSSAPI"}}, func(*smtpmail.Config) {}, smtpmail.StepAuth,
			func(err error) bool { return errors.Is(err, smtpmail.ErrNoAuth) }},
		{"no authentication at all", kind{noAuth: true}, func(*smtpmail.Config) {}, smtpmail.StepAuth,
			func(err error) bool { return errors.Is(err, smtpmail.ErrNoAuth) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, c.kind)
			cfg := s.config()
			c.change(&cfg)
			err := newMailer(t, cfg).Send(t.Context(), mail)
			var got *smtpmail.Error
			require.ErrorAs(t, err, &got)
			assert.Equal(t, c.step, got.Step)
			assert.True(t, c.check(err), "%v", err)
			assert.False(t, got.Permanent)
			assert.Empty(t, s.taken())
		})
	}
}

func isUnknownAuthority(err error) bool { return errors.As(err, new(x509.UnknownAuthorityError)) }

// The server has the mail, its answer is lost: the registrar sends another, whose link voids the
// first one's.
func TestLostAnswerCostsASecondMail(t *testing.T) {
	s := newServer(t, kind{})
	s.set(hooks{kept: func(c *smtp.Conn) { c.Conn().Close() }})
	w := newWorld(t, newMailer(t, s.config()))
	w.register(t)
	_, err := w.Deliver(t.Context())
	var failed *smtpmail.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, smtpmail.StepContent, failed.Step)
	assert.False(t, failed.Permanent)
	require.NotErrorIs(t, err, certificate.ErrMailRefused)

	s.set(hooks{})
	w.advance(time.Minute)
	sent, err := w.Deliver(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, sent)
	mails := s.taken()
	require.Len(t, mails, 2, "at least once")
	require.ErrorIs(t, w.redeem(t, parse(t, mails[0].data).link(t)), certificate.ErrTokenSuperseded)
	require.NoError(t, w.redeem(t, parse(t, mails[1].data).link(t)))
}

func TestConnectionCutBeforeTheMailWasTaken(t *testing.T) {
	s := newServer(t, kind{})
	s.set(hooks{data: func(c *smtp.Conn, _ []byte) error { c.Conn().Close(); return io.ErrUnexpectedEOF }})
	w := newWorld(t, newMailer(t, s.config()))
	w.register(t)
	_, err := w.Deliver(t.Context())
	require.Error(t, err)
	s.set(hooks{})
	w.advance(time.Minute)
	_, err = w.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, s.taken(), 1)
	require.NoError(t, w.redeem(t, parse(t, s.taken()[0].data).link(t)))
}

// What goes wrong after the server took the mail is no failure: it would cost a second one.
func TestFarewellThatFailsIsNoFailure(t *testing.T) {
	s := newServer(t, kind{})
	cfg := s.config()
	dial, conns := cfg.DialContext, make(chan net.Conn, 1)
	cfg.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err == nil {
			conns <- conn
		}
		return conn, err
	}
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	// The server answers that it has the mail and then hears nothing more, no farewell either.
	s.set(hooks{kept: func(*smtp.Conn) { s.set(hooks{answered: func() { <-released }}) }})
	require.NoError(t, newMailer(t, cfg).Send(t.Context(), activationMail(t)))
	require.Len(t, s.taken(), 1)
	_, err := (<-conns).Write([]byte("x"))
	require.ErrorIs(t, err, net.ErrClosed, "the connection is not left open")
}

func TestSlowServer(t *testing.T) {
	mail := activationMail(t)
	reached, released := make(chan struct{}, 1), make(chan struct{})
	t.Cleanup(func() { close(released) })
	s := newServer(t, kind{})
	s.set(hooks{rcpt: func(string) error {
		reached <- struct{}{}
		<-released
		return nil
	}})
	t.Run("the caller's context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-reached
			cancel()
		}()
		err := newMailer(t, s.config()).Send(ctx, mail)
		require.ErrorIs(t, err, context.Canceled)
		var got *smtpmail.Error
		require.ErrorAs(t, err, &got)
		assert.Equal(t, smtpmail.StepRecipient, got.Step)
	})
	t.Run("the time limit", func(t *testing.T) {
		cfg := s.config()
		cfg.Timeout = 100 * time.Millisecond
		require.ErrorIs(t, newMailer(t, cfg).Send(t.Context(), mail), context.DeadlineExceeded)
	})
	t.Run("a context that ended before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, newMailer(t, s.config()).Send(ctx, mail), context.Canceled)
	})
	t.Run("nobody listens", func(t *testing.T) {
		cfg := s.config()
		refused := errors.New("connection refused")
		cfg.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, refused }
		require.ErrorIs(t, newMailer(t, cfg).Send(t.Context(), mail), refused)
	})
}

func TestHostileServer(t *testing.T) {
	mail := activationMail(t)
	for _, c := range []struct {
		name  string
		serve func(net.Conn)
		check func(error) bool
	}{
		{"an endless line", func(c net.Conn) { forever(c, "220-") }, isAnswer},
		{"endless lines", func(c net.Conn) { forever(c, "220-hello\r\n") }, isAnswer},
		{"another protocol", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, isAnswer},
		{"nothing", func(net.Conn) {}, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"refused at the door", func(c net.Conn) { _, _ = io.WriteString(c, "554 5.7.1 go away\r\n") }, func(err error) bool {
			var e *smtpmail.Error
			return errors.As(err, &e) && e.Code == 554 && !e.Permanent
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, srv := net.Pipe()
			go func() {
				defer srv.Close()
				c.serve(srv)
			}()
			cfg := (&server{}).config()
			cfg.DialContext = func(context.Context, string, string) (net.Conn, error) { return client, nil }
			err := newMailer(t, cfg).Send(t.Context(), mail)
			var got *smtpmail.Error
			require.ErrorAs(t, err, &got)
			assert.Equal(t, smtpmail.StepConnect, got.Step)
			assert.True(t, c.check(err), "%v", err)
		})
	}
}

func isAnswer(err error) bool { return errors.Is(err, smtpmail.ErrAnswer) }

// forever writes until nobody reads.
func forever(c net.Conn, text string) {
	block := []byte(strings.Repeat(text, 1000))
	for {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

func TestConcurrentMails(t *testing.T) {
	s := newServer(t, kind{})
	m := newMailer(t, s.config())
	mail := activationMail(t)
	const n = 16
	errs := make(chan error, n)
	for range n {
		go func() { errs <- m.Send(t.Context(), mail) }()
	}
	for range n {
		require.NoError(t, <-errs)
	}
	assert.Len(t, s.taken(), n)
}
