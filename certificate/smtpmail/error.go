package smtpmail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"

	"github.com/sertel-id/sertel/certificate"
)

// Step is where a delivery ended.
type Step string

// The steps.
const (
	StepConnect   Step = "connect"   // the connection, implicit TLS and the greeting
	StepTLS       Step = "starttls"  // TLS on the connection
	StepAuth      Step = "auth"      // user and password
	StepSender    Step = "sender"    // MAIL FROM
	StepRecipient Step = "recipient" // RCPT TO
	StepContent   Step = "content"   // DATA; the server may have taken the mail when its answer got lost
)

var (
	// ErrNoTLS: the server does not offer STARTTLS.
	ErrNoTLS = errors.New("smtpmail: the server offers no STARTTLS")
	// ErrNoAuth: the server offers none of SCRAM-SHA-256, PLAIN and LOGIN.
	ErrNoAuth = errors.New("smtpmail: the server offers no way to authenticate that is supported")
	// ErrAnswer: the server's answer was too long, or not in the form of the protocol.
	ErrAnswer = errors.New("smtpmail: unusable answer")
)

// Error says why a mail was not taken. Its text holds the server's codes and never its words,
// which quote addresses and may quote the link.
type Error struct {
	Step     Step
	Code     int    // the server's reply (RFC 5321 section 4.2); 0 when none came
	Enhanced string // its enhanced status code (RFC 3463), such as "5.1.1"; empty when none came

	// Permanent means that the server refused recipient or mail for good; the error then
	// matches certificate.ErrMailRefused. Everything else may succeed later, some of it only
	// after an administrator acted.
	Permanent bool

	cause error // holds no words of the server
}

// Error implements error.
func (e *Error) Error() string {
	text := "smtpmail: " + string(e.Step)
	switch {
	case e.Enhanced != "":
		text += fmt.Sprintf(": the server answered %d %s", e.Code, e.Enhanced)
	case e.Code != 0:
		text += fmt.Sprintf(": the server answered %d", e.Code)
	case e.cause != nil:
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause where it is an error of the network, of TLS or of the context, one of
// this package, or certificate.ErrMailRefused; otherwise nil.
func (e *Error) Unwrap() error { return e.cause }

// enhancedCode begins the text of a reply (RFC 2034).
var enhancedCode = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)

// failed makes the error of a step.
func failed(step Step, err error) *Error {
	var reply *textproto.Error
	var protocol textproto.ProtocolError
	e := &Error{Step: step}
	switch {
	case errors.As(err, &reply):
		e.Code, e.Enhanced = reply.Code, enhancedCode.FindString(reply.Msg)
		e.Permanent = (step == StepRecipient || step == StepContent) && final(e.Code, e.Enhanced)
		if e.Permanent {
			e.cause = certificate.ErrMailRefused
		}
	case errors.As(err, &protocol):
		e.cause = ErrAnswer
	case step == StepConnect || step == StepTLS || wordless(err):
		e.cause = err
	}
	return e
}

// wordless reports errors whose text is not the server's, also after it has seen the mail.
func wordless(err error) bool {
	for _, known := range []error{ErrNoAuth, ErrAnswer, context.Canceled, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, known) {
			return true
		}
	}
	var network net.Error
	return errors.As(err, &network)
}

// final reports whether trying again is pointless: 5yz, but for a full mailbox, which RFC 3463
// section 3.3 calls a persistent transient failure.
func final(code int, enhanced string) bool {
	return code >= 500 && code < 600 && code != 552 && enhanced != "5.2.2"
}
