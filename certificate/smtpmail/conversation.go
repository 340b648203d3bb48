package smtpmail

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// deliver has one conversation with the server about one mail.
func (m *Mailer) deliver(ctx context.Context, to string, msg *gomail.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, m.cfg.Timeout)
	defer cancel()
	step, err := m.converse(ctx, to, msg)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx) // what a connection says that was cut off for it is less clear
	}
	return failed(step, err)
}

// converse returns the step that failed.
func (m *Mailer) converse(ctx context.Context, to string, msg *gomail.Msg) (Step, error) {
	raw, err := m.cfg.DialContext(ctx, "tcp", net.JoinHostPort(m.cfg.Host, strconv.Itoa(m.cfg.Port)))
	if err != nil {
		return StepConnect, err
	}
	defer raw.Close()
	// The context ends the conversation wherever it is; nobody else sets deadlines.
	defer context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })()
	var conn net.Conn = &boundedConn{Conn: raw, left: maxAnswers}
	if m.cfg.ImplicitTLS {
		secured := tls.Client(conn, m.tls)
		if err := secured.HandshakeContext(ctx); err != nil {
			return StepConnect, err
		}
		conn = secured
	}
	client, err := smtp.NewClient(conn, m.cfg.Host)
	if err != nil {
		return StepConnect, err
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	if err := client.Hello(domain); err != nil {
		return StepConnect, err
	}
	if !m.cfg.ImplicitTLS && !m.cfg.InsecurePlaintext {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return StepTLS, ErrNoTLS
		}
		if err := client.StartTLS(m.tls); err != nil {
			return StepTLS, err
		}
	}
	if err := m.authenticate(client); err != nil {
		return StepAuth, err
	}
	step, err := m.transfer(client, to, msg)
	if err == nil { // the mail is taken, whatever the server says now, or how late
		_ = raw.SetDeadline(time.Now().Add(quitTime))
		_ = client.Quit()
	}
	return step, err
}

func (m *Mailer) authenticate(client *smtp.Client) error {
	if m.cfg.Username == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	secret := m.cfg.Password.Reveal()
	defer clear(secret)
	user, password := m.cfg.Username, string(secret)
	switch {
	case slices.Contains(mechanisms, "SCRAM-SHA-256"):
		return client.Auth(smtp.ScramSHA256Auth(user, password))
	case slices.Contains(mechanisms, "PLAIN"):
		return client.Auth(smtp.PlainAuth("", user, password, m.cfg.Host, false))
	case slices.Contains(mechanisms, "LOGIN"):
		return client.Auth(smtp.LoginAuth(user, password, m.cfg.Host, false))
	}
	return ErrNoAuth
}

// transfer hands the mail over. When it returns nil the server has taken it.
func (m *Mailer) transfer(client *smtp.Client, to string, msg *gomail.Msg) (Step, error) {
	client.SkipSMTPUTF8(true) // addresses are ASCII
	if err := client.Mail("<" + m.from.Address + ">"); err != nil {
		return StepSender, err
	}
	if err := client.Rcpt("<" + to + ">"); err != nil {
		return StepRecipient, err
	}
	w, err := client.Data()
	if err != nil {
		return StepContent, err
	}
	if _, err := msg.WriteTo(w); err != nil {
		return StepContent, err
	}
	return StepContent, w.Close()
}

// quitTime is how long a server may take for its farewell.
const quitTime = time.Second

// maxAnswers bounds what is read in one conversation, with TLS around it.
const maxAnswers = 1 << 20

// boundedConn reads no more than it may, and leaves deadlines to the context.
type boundedConn struct {
	net.Conn
	left int
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, ErrAnswer
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// SetDeadline does nothing.
func (*boundedConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (*boundedConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (*boundedConn) SetWriteDeadline(time.Time) error { return nil }
