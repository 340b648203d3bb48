package esign

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// key names a signature in the ledger: a keyed hash, so that the ledger holds
// no number of a person. It is of the document's digest, the signer and the
// purpose, or of the caller's own name for the signature and the signer.
func (c *Client) key(id Identity, digest [32]byte, req *Request) string {
	secret := c.cfg.LedgerKey.Reveal()
	defer clear(secret)
	h := hmac.New(sha256.New, secret)
	if req.DedupeKey != "" {
		fmt.Fprintf(h, "sertel/esign/2\n%s\n%s", id.known(), req.DedupeKey)
	} else {
		fmt.Fprintf(h, "sertel/esign/1\n%x\n%s\n%s", digest, id.known(), req.Purpose)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func randomKey() passphrase.Secret {
	var b [32]byte
	rand.Read(b[:])
	return passphrase.New(b[:])
}

// patience is how long an attempt may seem under way: both its requests and a
// margin for what is done around them.
func (c *Client) patience() time.Duration { return 2*c.cfg.Timeouts.Sign + time.Minute }

// inLedger does something with the ledger that must not be lost when the
// caller gives up.
func (c *Client) inLedger(ctx context.Context, key string, f func(*Entry) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return ledgerError(c.cfg.Ledger.Update(ctx, key, f))
}

// ledgerError gives an error of a ledger, or a refusal by its entry, this
// package's shape.
func ledgerError(err error) error {
	if err == nil {
		return nil
	}
	for _, r := range ledgerRefusals {
		if errors.Is(err, r.err) {
			return local(r.code, nil)
		}
	}
	if errors.Is(err, signing.ErrDecision) {
		return local(CodeRequest, err)
	}
	return asError(err, CodeLedger, OutcomeRefused)
}

// ledgerRefusals are the errors of package signing that codes match.
var ledgerRefusals = [...]struct {
	err  error
	code Code
}{
	{signing.ErrAlreadySigned, CodeAlreadySaved},
	{signing.ErrInFlight, CodeInFlight},
	{signing.ErrUnsettled, CodeUnsettled},
	{signing.ErrAbandoned, CodeAbandoned},
	{signing.ErrDedupeKey, CodeDedupeKey},
	{signing.ErrNotUnsettled, CodeNotUnsettled},
	{signing.ErrLedger, CodeLedger},
}

// Reconcile settles an attempt whose outcome is unknown, by a person's
// decision. It asks nobody: the box offers no look-up. key is [Error.Key].
//
// It returns [CodeNotUnsettled] when there is nothing to decide,
// [CodeInFlight] while the attempt may still be under way. A signature that
// was given up can be taken up again with SignAgain.
func (c *Client) Reconcile(ctx context.Context, key string, d Decision) error {
	now := c.cfg.Now().UTC()
	return ledgerError(c.cfg.Ledger.Update(ctx, key, func(e *Entry) error {
		return e.Decide(d, now, c.patience())
	}))
}
