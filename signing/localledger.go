package signing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// localPatience is how long an attempt with a key at hand may seem under way.
const localPatience = 10 * time.Minute

// signOnce signs unless the ledger knows the request's dedupe key.
func (a *localAttempt) signOnce(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64) (Receipt, error) {
	if err := a.req.Check(); err != nil {
		return Receipt{}, err
	}
	digest, err := digestOf(ctx, src, size)
	if err != nil {
		return Receipt{}, err
	}
	key := a.ledgerKey()
	try := Attempt{ID: a.id, Started: a.begun.UTC(), InSHA256: hex.EncodeToString(digest[:])}
	var entry Entry
	err = a.inLedger(ctx, key, func(e *Entry) error {
		entry = *e
		return e.Begin(try, localPatience)
	})
	if errors.Is(err, ErrAlreadySigned) {
		first, _ := entry.Signed()
		r := first.Receipt()
		r.Key, r.InputSize = key, size
		return r, err
	}
	if err != nil {
		return Receipt{Key: key}, err
	}
	r, err := a.sign(ctx, dst, src, size)
	if err == nil && r.InputSHA256 != digest {
		// It was read anew for signing.
		err = fmt.Errorf("%w: it changed while it was being signed", ErrWrongDocument)
	}
	r.Key = key
	try.Ended, try.Outcome = a.cfg.Now().UTC(), OutcomeRefused
	if err == nil {
		try.Note(r)
	} else {
		try.Code = failureCode(err)
	}
	if e := a.inLedger(ctx, key, func(e *Entry) error { return e.End(try) }); e != nil {
		r.Doubt(DoubtNotNoted)
	}
	return r, err
}

// ledgerKey names the signature. The signer is in it, so that people can share
// a ledger.
func (a *localAttempt) ledgerKey() string {
	sum := sha256.Sum256([]byte("sertel/local/1\n" + a.cfg.Signer + "\n" + a.req.DedupeKey))
	return hex.EncodeToString(sum[:])
}

// ledgerTimeout bounds one call of a ledger.
const ledgerTimeout = 10 * time.Second

// inLedger does something with the ledger that must not be lost when the
// caller gives up. The refusals of an entry come back as they are.
func (l *Local) inLedger(ctx context.Context, key string, f func(*Entry) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ledgerTimeout)
	defer cancel()
	err := l.cfg.Ledger.Update(ctx, key, f)
	if err == nil {
		return nil
	}
	for _, known := range []error{ErrAlreadySigned, ErrInFlight, ErrUnsettled, ErrAbandoned, ErrDedupeKey, ErrNotUnsettled, ErrDecision} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrLedger, err)
}

// Reconcile settles an attempt that a program did not live to see the end of,
// by a person's decision: whether a signed document was handed on can only be
// seen where it would lie. key is [Receipt.Key]. The error is one of
// [ErrNotUnsettled], [ErrInFlight], [ErrDecision], [ErrLedger].
func (l *Local) Reconcile(ctx context.Context, key string, d Decision) error {
	now := l.cfg.Now().UTC()
	return l.inLedger(ctx, key, func(e *Entry) error { return e.Decide(d, now, localPatience) })
}
