package certificate

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// SigningKey is a person's key, unlocked, with the certificate that belongs to it. Close it
// after use.
type SigningKey struct {
	Signer      crypto.Signer       // refuses after Close
	Certificate *x509.Certificate   // of the key; names the owner
	Chain       []*x509.Certificate // issuer first, without the root
	Serial      Serial              // of Certificate

	close func() error
}

// Format prints the serial alone: the certificate names its owner.
func (k SigningKey) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "signing key %s", k.Serial) }

// LogValue logs the serial alone.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(k)) }

// MarshalText writes the serial alone.
func (k SigningKey) MarshalText() ([]byte, error) { return fmt.Append(nil, k), nil }

// Close ends the use of the key and wipes what can be wiped. Errors are the vault's; a second
// call does nothing.
func (k *SigningKey) Close() error {
	if k == nil || k.close == nil {
		return nil
	}
	err := k.close()
	k.close, k.Signer = nil, nil
	return err
}

// unlockError looks like a wrong passphrase outside, and says inside why no try was allowed.
type unlockError struct{ cause error }

func (e *unlockError) Error() string        { return ErrWrongFactor.Error() }
func (e *unlockError) Is(target error) bool { return target == ErrWrongFactor }
func (e *unlockError) Unwrap() error        { return e.cause }

// Unlock opens a person's key for signing. Every try is counted before the vault is asked,
// for the person and for each origin (such as a network address) given; a factor that holds
// nothing is no try and not counted. A wrong passphrase, an empty one and a lock look alike:
// [ErrWrongFactor]; errors.Is with passphrase.ErrLimited and passphrase.ErrEmpty tells them
// apart for the service's own records. A status in which nobody may sign is a
// [*TransitionError], before the passphrase is looked at.
func (r *Registrar) Unlock(ctx context.Context, id PersonID, f Factor, origins ...string) (*SigningKey, error) {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return nil, err
	}
	cert, err := r.signing(rec, r.now())
	if err != nil {
		return nil, err
	}
	key, err := r.open(ctx, rec.ID, cert.KeyID, f, origins)
	if err != nil {
		r.noteRefusal(ctx, id, cert.Serial, err)
		return nil, err
	}
	signing, err := r.bindKey(ctx, id, cert, key)
	if err != nil {
		key.Close()
		return nil, err
	}
	return signing, nil
}

// signing returns the certificate that may sign now.
func (r *Registrar) signing(rec *Record, now time.Time) (Certificate, error) {
	status := rec.Status(now)
	cert, ok := rec.Certificate()
	if status == StatusRenew && r.cfg.SignWhileRenewing && ok && !now.After(cert.NotAfter) {
		return cert, nil
	}
	if _, err := Transition(status, EventSign); err != nil {
		return Certificate{}, err
	}
	if !ok {
		return Certificate{}, &TransitionError{From: status, Event: EventSign}
	}
	return cert, nil
}

// open asks the vault, within the limiter. A factor with nothing in it is no guess.
func (r *Registrar) open(ctx context.Context, person PersonID, id KeyID, f Factor, origins []string) (UnlockedKey, error) {
	if f.Passphrase.IsZero() && f.OneTimeCode.IsZero() {
		return nil, &unlockError{fmt.Errorf("certificate: unlock: %w", passphrase.ErrEmpty)}
	}
	attempt, err := r.cfg.Limiter.Reserve(ctx, person.String(), origins...)
	if errors.Is(err, passphrase.ErrLimited) {
		return nil, &unlockError{err}
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: unlock: %w", err)
	}
	key, err := r.cfg.Vault.Unlock(ctx, id, f)
	if errors.Is(err, ErrWrongFactor) {
		return nil, &unlockError{err} // the same words as for a lock
	}
	if err != nil {
		return nil, fmt.Errorf("certificate: unlock: %w", err)
	}
	if err := attempt.Succeed(ctx); err != nil {
		key.Close()
		return nil, fmt.Errorf("certificate: unlock: %w", err)
	}
	return key, nil
}

// bindKey joins key and certificate, after a last look at the status: it may have changed
// while the vault was busy. The audit entry is stored in the same step.
func (r *Registrar) bindKey(ctx context.Context, id PersonID, cert Certificate, key UnlockedKey) (*SigningKey, error) {
	issued, err := cert.X509()
	if err != nil {
		return nil, err
	}
	if !samePublicKey(issued.Certificate.PublicKey, key.Public()) {
		return nil, fmt.Errorf("certificate: unlock: key and certificate %s do not belong together", cert.Serial)
	}
	err = r.update(ctx, id, func(rec *Record, now time.Time) error {
		again, err := r.signing(rec, now)
		if err != nil {
			return err
		}
		if again.KeyID != cert.KeyID {
			return ErrConcurrent
		}
		rec.AddAudit(AuditEntry{At: now, Action: "unlock", Result: "ok", Serial: cert.Serial})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &SigningKey{
		Signer: key, Certificate: issued.Certificate, Chain: issued.Chain, Serial: cert.Serial, close: key.Close,
	}, nil
}

// noteRefusal puts a wrong passphrase into the audit trail; the limiter bounds how many there
// can be. What was not counted as a try, turned away by the limiter or empty, only goes to the
// log.
func (r *Registrar) noteRefusal(ctx context.Context, id PersonID, serial Serial, refusal error) {
	switch {
	case errors.Is(refusal, passphrase.ErrLimited), errors.Is(refusal, passphrase.ErrEmpty):
		r.cfg.Logger.InfoContext(ctx, "unlock turned away", "person", id.String())
		return
	case !errors.Is(refusal, ErrWrongFactor):
		return
	}
	err := r.update(context.WithoutCancel(ctx), id, func(rec *Record, now time.Time) error {
		rec.AddAudit(AuditEntry{At: now, Action: "unlock", Result: "wrong factor", Serial: serial})
		return nil
	})
	if err != nil {
		r.cfg.Logger.WarnContext(ctx, "refused unlock not recorded", "person", id.String(), "error", err)
	}
}

// ReleaseLock ends a lock by the limiter, on an operator's word. Errors:
// [ErrOperatorRequired], [ErrNotFound], and the limiter's.
func (r *Registrar) ReleaseLock(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	err := r.update(ctx, id, func(rec *Record, now time.Time) error {
		rec.AddAudit(AuditEntry{At: now, Action: "release_lock", Result: "ok", Actor: op.ID})
		return nil
	})
	if err != nil {
		return err
	}
	return r.cfg.Limiter.Release(ctx, id.String())
}
