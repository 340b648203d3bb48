package authority

import (
	"context"
	"errors"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Errors of [Authority.Revoke].
var (
	// ErrRevoked means that the certificate is revoked for another reason; a
	// revocation is final.
	ErrRevoked = errors.New("authority: certificate already revoked for another reason")
	// ErrNotHeld means that a hold was to be lifted that is not there.
	ErrNotHeld = errors.New("authority: certificate is not held")
	// ErrRevocationTime means a time of revocation that lies in the future.
	ErrRevocationTime = errors.New("authority: time of revocation lies in the future")
)

// Revoke revokes or holds a certificate, or lifts a hold with the reason
// removeFromCRL. It implements certificate.Issuer. The revocation date is the
// authority's clock; an earlier time given becomes the invalidity date
// (RFC 5280 section 5.3.2). A hold may be followed by a final reason. Saying
// the same again changes nothing and is no error.
//
// Errors: [ErrNotFound], [ErrRevoked], [ErrNotHeld], [ErrRevocationTime],
// certificate.ErrReason, and those of the ledger.
func (a *Authority) Revoke(ctx context.Context, serial certificate.Serial, reason certificate.Reason, at time.Time) error {
	now := a.now()
	at = at.UTC().Truncate(time.Second)
	switch {
	case serial.IsZero():
		return certificate.ErrSerial
	case !reason.Valid():
		return certificate.ErrReason
	case at.After(now):
		return ErrRevocationTime
	}
	err := a.cfg.Ledger.ChangeRevocation(ctx, serial, func(e Entry) (*Revocation, error) {
		return nextRevocation(e.Revocation, reason, now, at)
	})
	if err != nil {
		return err
	}
	for _, i := range a.issuers() {
		i.crl.invalidate()
	}
	return nil
}

// Cancel gives up a request: a certificate already made under its id is
// revoked as superseded, and a later Issue with the id is [ErrCancelled]. An
// unknown id is barred too. It implements certificate.Issuer. Errors:
// [ErrRequest], [ErrRevocationTime], and those of the ledger.
func (a *Authority) Cancel(ctx context.Context, requestID string, at time.Time) error {
	if err := checkRequestID(requestID); err != nil {
		return err
	}
	entry, err := a.cfg.Ledger.Cancel(ctx, requestID)
	if err != nil || entry.Serial.IsZero() {
		return err
	}
	// A certificate that was signed but not yet stored is revoked like one
	// that was: somebody may have seen it.
	err = a.Revoke(ctx, entry.Serial, certificate.ReasonSuperseded, at)
	if errors.Is(err, ErrRevoked) {
		return nil
	}
	return err
}

// nextRevocation is what becomes of a revocation.
func nextRevocation(old *Revocation, reason certificate.Reason, now, at time.Time) (*Revocation, error) {
	held := old != nil && old.Reason == certificate.ReasonCertificateHold
	switch {
	case reason == certificate.ReasonRemoveFromCRL && held:
		return nil, nil
	case reason == certificate.ReasonRemoveFromCRL:
		return nil, ErrNotHeld
	case old != nil && old.Reason == reason:
		return old, nil
	case old != nil && !held:
		return nil, ErrRevoked
	}
	next := &Revocation{At: now, Reason: reason}
	if at.Before(now) {
		next.InvalidityDate = at
	}
	if held {
		// The certificate was not to be relied on from the hold on.
		next.At = old.At
		if next.InvalidityDate.IsZero() || !next.InvalidityDate.Before(old.At) {
			next.InvalidityDate = old.InvalidityDate
		}
	}
	return next, nil
}
