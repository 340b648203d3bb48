package signing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Refusals by a ledger, before the credential is used.
var (
	// ErrAlreadySigned: the signature was made; the receipt is that of the
	// first one, as far as the ledger has it.
	ErrAlreadySigned = errors.New("signing: this was signed already")
	// ErrInFlight: the same signature is being made.
	ErrInFlight = errors.New("signing: the same signature is being made")
	// ErrUnsettled: an earlier attempt ended unknown and waits for a decision.
	ErrUnsettled = errors.New("signing: an earlier attempt is unsettled")
	// ErrAbandoned: somebody gave the signature up.
	ErrAbandoned = errors.New("signing: the signature was given up")
	// ErrDedupeKey: the key names a signature under another document.
	ErrDedupeKey = errors.New("signing: the dedupe key belongs to another document")
	// ErrNotUnsettled: there is nothing to decide.
	ErrNotUnsettled = errors.New("signing: there is nothing to decide")
	// ErrDecision: there is no such decision.
	ErrDecision = errors.New("signing: unknown decision")
	// ErrLedger: the ledger itself failed.
	ErrLedger = errors.New("signing: ledger failed")
)

// Ledger remembers attempts to sign. A signature is named by its key, a hash
// that a signer makes, so that the ledger holds no number of a person. It is
// safe for concurrent use.
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
	// Outcome is unknown until it is known. Code is a stable word for why
	// nothing was signed.
	Outcome  Outcome `json:"outcome"`
	Code     string  `json:"code,omitempty"`
	InSHA256 string  `json:"in_sha256"`
	// OutSHA256 and OutSize are of the signed document that was handed on,
	// Field is its new signature's, Certificate the SHA-256 of the signer's.
	OutSHA256   string `json:"out_sha256,omitempty"`
	OutSize     int64  `json:"out_size,omitempty"`
	Field       string `json:"field,omitempty"`
	Certificate string `json:"certificate,omitempty"`
	// Decision settles an unknown outcome.
	Decision Decision  `json:"decision,omitempty"`
	Decided  time.Time `json:"decided,omitzero"`
}

// Note puts down a signed document.
func (a *Attempt) Note(r Receipt) {
	a.Outcome = OutcomeSigned
	a.OutSHA256, a.OutSize, a.Field = hex.EncodeToString(r.OutputSHA256[:]), r.OutputSize, r.Field
	if r.Certificate != nil {
		sum := sha256.Sum256(r.Certificate.Raw)
		a.Certificate = hex.EncodeToString(sum[:])
	}
}

// Receipt gives back what Note and the attempt's beginning put down.
func (a *Attempt) Receipt() Receipt {
	r := Receipt{Outcome: a.Outcome, AttemptID: a.ID, Field: a.Field, OutputSize: a.OutSize}
	for _, d := range []struct {
		to   *[32]byte
		from string
	}{{&r.InputSHA256, a.InSHA256}, {&r.OutputSHA256, a.OutSHA256}} {
		if sum, err := hex.DecodeString(d.from); err == nil && len(sum) == len(d.to) {
			copy(d.to[:], sum)
		}
	}
	return r
}

// Decision is what a person makes of an unknown outcome.
type Decision string

// The decisions.
const (
	// Abandon gives the signature up.
	Abandon Decision = "abandon"
	// SignAgain lets the next call sign the same original bytes once more,
	// with a credential asked for anew. The document that an earlier attempt
	// may have made is lost.
	SignAgain Decision = "sign-again"
)

// Unsettled reports whether the last attempt waits for a decision or is under
// way.
func (e Entry) Unsettled() bool {
	n := len(e.Attempts)
	return n > 0 && e.Attempts[n-1].Outcome == OutcomeUnknown && e.Attempts[n-1].Decision == ""
}

// Signed is the first attempt that gave a result.
func (e Entry) Signed() (a Attempt, found bool) {
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

// Begin notes an attempt before the credential is used, or says why there must
// be none: [ErrDedupeKey], [ErrAlreadySigned], [ErrAbandoned], [ErrInFlight]
// while an earlier one may still be under way, which is so for the given time,
// [ErrUnsettled] afterwards.
func (e *Entry) Begin(a Attempt, patience time.Duration) error {
	for _, earlier := range e.Attempts {
		if earlier.Outcome != OutcomeRefused && earlier.InSHA256 != a.InSHA256 {
			return ErrDedupeKey
		}
	}
	if _, ok := e.Signed(); ok {
		return ErrAlreadySigned
	}
	if n := len(e.Attempts); n > 0 {
		switch last := e.Attempts[n-1]; {
		case last.Decision == Abandon:
			return ErrAbandoned
		case last.Outcome != OutcomeUnknown || last.Decision == SignAgain:
		case last.Ended.IsZero() && a.Started.Before(last.Started.Add(patience)):
			return ErrInFlight
		default:
			return ErrUnsettled
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

// End notes how an attempt ended. A decision that was taken meanwhile stays.
// An attempt that the entry does not have is an error.
func (e *Entry) End(a Attempt) error {
	for i := range e.Attempts {
		if e.Attempts[i].ID == a.ID {
			a.Decision, a.Decided = e.Attempts[i].Decision, e.Attempts[i].Decided
			e.Attempts[i] = a
			return nil
		}
	}
	return errors.New("the attempt is not in the ledger")
}

// Decide settles the last attempt. It is [ErrNotUnsettled] when there is
// nothing to decide, [ErrInFlight] while the attempt may still be under way. A
// signature that was given up can be taken up again with SignAgain.
func (e *Entry) Decide(d Decision, now time.Time, patience time.Duration) error {
	if d != Abandon && d != SignAgain {
		return fmt.Errorf("%w: %.20q", ErrDecision, d)
	}
	n := len(e.Attempts)
	if n == 0 {
		return ErrNotUnsettled
	}
	last := &e.Attempts[n-1]
	switch {
	case last.Outcome != OutcomeUnknown, last.Decision == d:
		return ErrNotUnsettled
	case last.Ended.IsZero() && now.Before(last.Started.Add(patience)):
		return ErrInFlight
	}
	last.Decision, last.Decided = d, now
	return nil
}
