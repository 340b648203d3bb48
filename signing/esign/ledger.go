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
)

// Ledger remembers attempts to sign. A signature is named by its key: a keyed
// hash of the document's digest, the signer and the purpose, so that the ledger
// holds no number of a person.
type Ledger interface {
	// Update calls f on the entry of the key, empty at the beginning, and
	// stores what f leaves, unless f fails. For each key it is one
	// compare-and-swap; f may be called several times.
	Update(ctx context.Context, key string, f func(*Entry) error) error
	// Entry returns the entry of the key, empty for an unknown one.
	Entry(ctx context.Context, key string) (Entry, error)
	// Unsettled returns up to limit keys after the given one, in their order,
	// whose last attempt has the outcome unknown and no decision. Attempts
	// still under way are among them.
	Unsettled(ctx context.Context, after string, limit int) ([]string, error)
}

// Entry is all that was tried for one signature, oldest first.
type Entry struct {
	Attempts []Attempt `json:"attempts"`
}

// Attempt is one try.
type Attempt struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	// Ended is zero while the attempt is under way, and stays so when the
	// program ended in the middle.
	Ended time.Time `json:"ended,omitzero"`
	// Outcome is unknown until it is known.
	Outcome  Outcome `json:"outcome"`
	Code     Code    `json:"code,omitempty"`
	InSHA256 string  `json:"in_sha256"`
	// OutSHA256 and OutSize are of the signed document that was handed on,
	// Certificate is the SHA-256 of the signer's.
	OutSHA256   string `json:"out_sha256,omitempty"`
	OutSize     int64  `json:"out_size,omitempty"`
	Certificate string `json:"certificate,omitempty"`
	// Decision settles an unknown outcome.
	Decision Decision  `json:"decision,omitempty"`
	Decided  time.Time `json:"decided,omitzero"`
}

// Decision is what a person makes of an unknown outcome.
type Decision string

// The decisions.
const (
	// Abandon gives the signature up.
	Abandon Decision = "abandon"
	// SignAgain lets the next call sign the same original bytes once more,
	// with a credential asked for anew. The document at the box, if it was
	// signed there, is lost.
	SignAgain Decision = "sign-again"
)

// Unsettled reports whether the last attempt waits for a decision or is under
// way.
func (e Entry) Unsettled() bool {
	n := len(e.Attempts)
	return n > 0 && e.Attempts[n-1].Outcome == OutcomeUnknown && e.Attempts[n-1].Decision == ""
}

// signed is the first attempt that gave a result.
func (e Entry) signed() (Attempt, bool) {
	for _, a := range e.Attempts {
		if a.Outcome == OutcomeSigned {
			return a, true
		}
	}
	return Attempt{}, false
}

// maxRefused bounds the refused attempts that an entry keeps; older ones give
// way. Others are never dropped.
const maxRefused = 50

// begin notes an attempt before anything leaves, or says why there must be
// none.
func (e *Entry) begin(a Attempt, under time.Duration) error {
	if _, ok := e.signed(); ok {
		return local(CodeAlreadySaved, nil)
	}
	if n := len(e.Attempts); n > 0 {
		switch last := e.Attempts[n-1]; {
		case last.Decision == Abandon:
			return local(CodeAbandoned, nil)
		case last.Outcome != OutcomeUnknown || last.Decision == SignAgain:
		case last.Ended.IsZero() && a.Started.Before(last.Started.Add(under)):
			return local(CodeInFlight, nil)
		default:
			return local(CodeUnsettled, nil)
		}
	}
	e.Attempts = append(e.Attempts, a)
	refused := 0
	for i := len(e.Attempts) - 1; i >= 0; i-- {
		if e.Attempts[i].Outcome != OutcomeRefused {
			continue
		}
		if refused++; refused > maxRefused {
			e.Attempts = append(e.Attempts[:i:i], e.Attempts[i+1:]...)
		}
	}
	return nil
}

// end notes how an attempt ended.
func (e *Entry) end(a Attempt) error {
	for i := range e.Attempts {
		if e.Attempts[i].ID == a.ID {
			a.Decision, a.Decided = e.Attempts[i].Decision, e.Attempts[i].Decided
			e.Attempts[i] = a
			return nil
		}
	}
	return errors.New("the attempt is not in the ledger")
}

// key names a signature in the ledger.
func (c *Client) key(id Identity, digest [32]byte, purpose string) string {
	secret := c.cfg.LedgerKey.Reveal()
	defer clear(secret)
	h := hmac.New(sha256.New, secret)
	fmt.Fprintf(h, "sertel/esign/1\n%x\n%s\n%s", digest, id.known(), purpose)
	return hex.EncodeToString(h.Sum(nil))
}

func randomKey() passphrase.Secret {
	var b [32]byte
	rand.Read(b[:])
	return passphrase.New(b[:])
}

func newAttemptID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// patience is how long an attempt may seem under way: both its requests and a
// margin for what is done around them.
func (c *Client) patience() time.Duration { return 2*c.cfg.Timeouts.Sign + time.Minute }

// inLedger does something with the ledger that must not be lost when the
// caller gives up.
func (c *Client) inLedger(ctx context.Context, key string, f func(*Entry) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := c.cfg.Ledger.Update(ctx, key, f)
	if err == nil {
		return nil
	}
	return asError(err, CodeLedger, OutcomeRefused)
}

// Reconcile settles an attempt whose outcome is unknown, by a person's
// decision. It asks nobody: the box offers no look-up. key is [Error.Key].
//
// It returns [CodeNotUnsettled] when there is nothing to decide,
// [CodeInFlight] while the attempt may still be under way. A signature that
// was given up can be taken up again with SignAgain.
func (c *Client) Reconcile(ctx context.Context, key string, d Decision) error {
	if d != Abandon && d != SignAgain {
		return local(CodeRequest, fmt.Errorf("decision %.20q does not exist", d))
	}
	now := c.cfg.Now().UTC()
	err := c.cfg.Ledger.Update(ctx, key, func(e *Entry) error {
		n := len(e.Attempts)
		if n == 0 {
			return local(CodeNotUnsettled, nil)
		}
		last := &e.Attempts[n-1]
		switch {
		case last.Outcome != OutcomeUnknown, last.Decision == d:
			return local(CodeNotUnsettled, nil)
		case last.Ended.IsZero() && now.Before(last.Started.Add(c.patience())):
			return local(CodeInFlight, nil)
		}
		last.Decision, last.Decided = d, now
		return nil
	})
	if err != nil {
		return asError(err, CodeLedger, OutcomeRefused)
	}
	return nil
}
