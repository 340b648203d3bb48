package esign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// Error is every failure of this package, for the program and for the help
// desk. It matches its Code; a wrong passphrase also [signing.ErrCredential],
// a refusal of the document also the errors of package signing.
//
// No field holds a secret or a personal number.
type Error struct {
	Code    Code    `json:"code"`
	Outcome Outcome `json:"outcome"`
	// AttemptID names the attempt to sign in logs, ledger, audit and
	// quarantine; empty for an error of another call.
	AttemptID string `json:"attempt_id,omitempty"`
	// Key is the ledger's key of the signature, for [Client.Reconcile].
	Key string `json:"key,omitempty"`
	// HTTPStatus, ServerCode and ServerText are what the server answered, zero
	// when it did not. The text is cut to 200 bytes; digit runs, addresses and
	// what the request held are masked.
	HTTPStatus int    `json:"http_status,omitempty"`
	ServerCode int    `json:"server_code,omitempty"`
	ServerText string `json:"server_text,omitempty"`
	Scope      Scope  `json:"scope"`
	Helper     Helper `json:"helper"`
	Retry      Retry  `json:"retry"`
	// Causes are what may have made the service fail, as far as the document
	// tells.
	Causes []Cause `json:"causes,omitempty"`
	// Quarantined: the bytes that came were kept by [Config.Quarantine].
	Quarantined bool `json:"quarantined,omitempty"`

	cause error
}

// newError makes an Error as the catalogue has it. The cause stays reachable
// for errors.Is and errors.As.
func newError(code Code, outcome Outcome, cause error) *Error {
	e := code.entry()
	return &Error{Code: code, Outcome: outcome, Scope: e.scope, Helper: e.helper, Retry: e.retry, cause: cause}
}

// local is a refusal by the client itself: nothing was sent.
func local(code Code, cause error) *Error { return newError(code, OutcomeRefused, cause) }

func unsupported(feature string) *Error {
	return local(CodeUnsupported, &signing.UnsupportedError{Feature: feature})
}

// bare strips what net/http puts around errors: the address asked, which holds
// a NIK in several calls.
func bare(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("esign: " + e.Code.entry().en)
	fmt.Fprintf(&b, " (%s", string(e.Code))
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&b, ", HTTP %d", e.HTTPStatus)
	}
	if e.ServerCode != 0 {
		fmt.Fprintf(&b, ", code %d", e.ServerCode)
	}
	if e.AttemptID != "" {
		fmt.Fprintf(&b, ", attempt %s", e.AttemptID)
	}
	b.WriteByte(')')
	if e.ServerText != "" {
		fmt.Fprintf(&b, ": server says %q", e.ServerText)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %s", e.cause)
	}
	return b.String()
}

// FailureScope returns Scope, for [signing.ScopeOf].
func (e *Error) FailureScope() signing.Scope { return e.Scope }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether target is the error's code, [signing.ErrCredential] for a
// refused passphrase or one-time code, or what package signing calls the same
// refusal of a ledger.
func (e *Error) Is(target error) bool {
	for _, r := range ledgerRefusals {
		if target == r.err {
			return e.Code == r.code
		}
	}
	if target == signing.ErrCredential {
		return e.Code == CodePassphraseWrong || e.Code == CodeOneTimeCodeWrong
	}
	return target == error(e.Code)
}

// Text explains the failure to an end user and says what to do.
func (e *Error) Text(lang Lang) string {
	text, help := e.Code.entry().sentences(lang)
	say := func(id, en string) {
		if lang == passphrase.English {
			id = en
		}
		text += " " + id
	}
	if e.Code == CodeServiceFault && e.AttemptID != "" && e.Outcome == OutcomeRefused {
		say("Dokumen belum ditandatangani.", "The document was not signed.")
		if e.Key != "" { // it was sent, so the fault may be in it
			say("Periksa dokumen dan gambarnya.", "Check the document and its picture.")
		}
	}
	for _, c := range e.Causes {
		say(c.Text(passphrase.Indonesian), c.Text(passphrase.English))
	}
	say(help, help)
	switch {
	case e.Quarantined:
		say("Berkas yang diterima disimpan di karantina.", "The file that came is kept in quarantine.")
	case slices.Contains(codesWithFile, e.Code):
		say("Berkas yang diterima tidak disimpan.", "The file that came was not kept.")
	}
	return text
}

// codesWithFile are those of an answer that was not what was asked for.
var codesWithFile = []Code{CodeOtherDocument, CodeNotSigned, CodeEarlierSignature, CodeOtherSigner, CodeNotDelivered}

// Format prints the error's message under every verb: with %#v the cause would
// otherwise be printed by its fields.
func (e *Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue gives the fields to slog.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("code", string(e.Code)), slog.String("outcome", e.Outcome.String())}
	if e.AttemptID != "" {
		attrs = append(attrs, slog.String("attempt", e.AttemptID))
	}
	if e.HTTPStatus != 0 {
		attrs = append(attrs, slog.Int("http_status", e.HTTPStatus), slog.Int("server_code", e.ServerCode))
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON adds the texts for people.
func (e *Error) MarshalJSON() ([]byte, error) {
	type plain Error
	return json.Marshal(struct {
		*plain
		ID string `json:"text_id"`
		EN string `json:"text_en"`
	}{(*plain)(e), e.Text("id"), e.Text("en")})
}

// asError gives any error the package's shape.
func asError(err error, code Code, outcome Outcome) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return newError(code, outcome, foreign(err))
}

// foreign wraps an error that others wrote, a transport or a ledger, and that
// may tell more than it should: it prints masked.
func foreign(err error) error {
	if err == nil {
		return nil
	}
	return &foreignError{bare(err)}
}

type foreignError struct{ error }

// Error implements error.
func (e *foreignError) Error() string { return mask(e.error.Error()) }

// Unwrap returns the error as it is.
func (e *foreignError) Unwrap() error { return e.error }

// Format prints the masked text under every verb.
func (e *foreignError) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }
