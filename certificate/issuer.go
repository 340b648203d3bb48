package certificate

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Issuer is the authority that makes certificates for the [Registrar].
// Package authority has one.
type Issuer interface {
	// Issue makes a certificate for the key that signed req.CSR. It is idempotent: a second
	// call with the same RequestID and key returns the same certificate and makes no other.
	// The same RequestID with another key is an error.
	Issue(ctx context.Context, req IssueRequest) (Issued, error)

	// Revoke ends a certificate at the given time. ReasonCertificateHold holds it and
	// ReasonRemoveFromCRL lifts the hold; every other reason is final. Repeating a call is
	// no error.
	Revoke(ctx context.Context, serial Serial, reason Reason, at time.Time) error

	// Cancel gives up a request whose certificate never reached the person's record, as after
	// a crash. A certificate already made under the id is revoked as superseded, and a later
	// Issue with the id fails. An unknown id is no error: it is remembered as cancelled.
	Cancel(ctx context.Context, requestID string, at time.Time) error
}

// IssueRequest asks for one certificate. It holds no NIK and no employee number: BSrE's
// certificates name only person and agency.
type IssueRequest struct {
	RequestID string // makes the request idempotent; at most 64 characters of [A-Z2-7]
	Subject   Subject
	CSR       []byte // PKCS#10 (RFC 2986), DER: the key and the proof of its possession; its names are empty
}

// Subject is what the certificate says of its owner. It prints, logs and marshals its ID
// alone. That protection ends where it, or an [IssueRequest], is put in an unexported field of
// another struct, which fmt prints raw.
type Subject struct {
	ID           string         // 16 characters, the same in every certificate of the person, without meaning
	CommonName   string         // name without titles, at most 64 characters (RFC 5280, ub-common-name)
	Organization string         // agency
	WorkMail     identity.Email // for profiles that name it
}

// Format prints the ID alone.
func (s Subject) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "subject %s", s.ID) }

// MarshalText writes the ID alone.
func (s Subject) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil }

// Issued is a certificate with the chain up to, and without, the root.
type Issued struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate
}

// Format prints the serial alone: the certificate names its owner.
func (i Issued) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "issued %s", serialText(i.Certificate)) }

// LogValue logs the serial alone.
func (i Issued) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(i)) }

// MarshalText writes the serial alone; what is to be stored is the certificate's Raw.
func (i Issued) MarshalText() ([]byte, error) { return fmt.Append(nil, i), nil }

// serialText is the serial of a certificate in hexadecimal, for messages.
func serialText(c *x509.Certificate) string {
	if c == nil {
		return "(none)"
	}
	return fmt.Sprintf("%x", c.SerialNumber)
}

// Format prints the request id alone: the CSR would tell nothing, the subject too much.
func (r IssueRequest) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "request %s", r.RequestID) }

// LogValue logs the request id alone.
func (r IssueRequest) LogValue() slog.Value {
	return slog.GroupValue(slog.String("request_id", r.RequestID))
}
