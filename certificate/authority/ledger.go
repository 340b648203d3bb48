package authority

import (
	"context"
	"errors"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Entry is a ledger's record of one serial number.
type Entry struct {
	// Serial is unique in the ledger, across all its issuers.
	Serial certificate.Serial
	// Issuer is the key id of the authority that signs: 40 hexadecimal digits.
	Issuer string
	// RequestID is unique in the ledger.
	RequestID string
	// RequestDigest is what was asked for under the request id; another
	// request under the same id is refused by it.
	RequestDigest [32]byte
	// Profile is the name of the profile.
	Profile string
	// TBS is the exact DER that is signed, as it was checked.
	TBS []byte
	// Certificate is the DER of the certificate; nil until it was signed.
	Certificate []byte
	// NotAfter is the end of the certificate's validity.
	NotAfter time.Time
	// Revocation is nil while the certificate is not revoked or held.
	Revocation *Revocation
}

// Revocation says since when and why a certificate is revoked.
type Revocation struct {
	// At is when the authority was told, in whole seconds.
	At     time.Time
	Reason certificate.Reason
	// InvalidityDate is the earlier instant from which the certificate is not
	// to be relied on; zero when there is none (RFC 5280 section 5.3.2).
	InvalidityDate time.Time
}

// Errors of a [Ledger].
var (
	// ErrSerialTaken is returned by Begin for a serial that was recorded
	// before.
	ErrSerialTaken = errors.New("authority: serial already in the ledger")
	// ErrNotFound is returned for a serial or request id that was never
	// recorded.
	ErrNotFound = errors.New("authority: not in the ledger")
	// ErrCancelled is returned for a request id that was cancelled.
	ErrCancelled = errors.New("authority: request was cancelled")
)

// Ledger remembers every serial number before it is signed, and what became
// of it. Implementations are safe for concurrent use, across processes when
// they are shared, and copy what they take and give. Package ledgertest checks
// one.
type Ledger interface {
	// Begin records an entry without certificate and revocation. When the
	// request id was recorded before, it changes nothing and returns that
	// entry; when the serial was, it returns [ErrSerialTaken]; when the
	// request was cancelled, [ErrCancelled].
	Begin(ctx context.Context, e Entry) (Entry, error)
	// Complete stores the certificate of a serial, unless there is one
	// already, and returns the entry as it is then, or [ErrNotFound] or
	// [ErrCancelled].
	Complete(ctx context.Context, serial certificate.Serial, der []byte) (Entry, error)
	// Find returns the entry of a serial, or [ErrNotFound].
	Find(ctx context.Context, serial certificate.Serial) (Entry, error)
	// FindRequest returns the entry of a request id, or [ErrNotFound] or
	// [ErrCancelled].
	FindRequest(ctx context.Context, requestID string) (Entry, error)
	// Cancel bars a request id for good, also one that was never recorded, and
	// returns its entry, which is zero when there is none. Doing it again
	// changes nothing.
	Cancel(ctx context.Context, requestID string) (Entry, error)
	// ChangeRevocation replaces the revocation of a serial by what change
	// makes of it, in one step; an error of change is returned as it is and
	// changes nothing. Change may be called more than once.
	ChangeRevocation(ctx context.Context, serial certificate.Serial, change func(Entry) (*Revocation, error)) error
	// Revoked calls yield for every revoked or held entry of an issuer, in any
	// order, until it returns false.
	Revoked(ctx context.Context, issuer string, yield func(certificate.Serial, Revocation) bool) error
	// NextCRLNumber returns a number larger than all it returned for the
	// issuer before; the first is 1.
	NextCRLNumber(ctx context.Context, issuer string) (int64, error)
}
