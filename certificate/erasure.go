package certificate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

var (
	// ErrNotEnded is returned by [Registrar.Erase] for somebody who is registered or has a
	// certificate.
	ErrNotEnded = errors.New("certificate: the person is registered or has a certificate")
	// ErrUnsettled is returned by [Registrar.Erase] while mails wait or authority and vault have
	// yet to be told something: see [Registrar.Deliver] and [Registrar.Settle].
	ErrUnsettled = errors.New("certificate: mails or tasks of the person are waiting")
)

// Erase removes all that is kept of a person, as the owner of the data may ask (UU 27/2022 art. 8)
// or a time limit demands (art. 43 and 44): only who is NOT_REGISTERED, EXPIRED or REVOKE. The key
// of an expired certificate is destroyed first. The audit trail stays under the person's id,
// which then stands for nobody; the authority's ledger of serials is not touched. Somebody barred
// is refused until readmitted, since a bar could not be kept without the NIK. Errors:
// [ErrOperatorRequired], [ErrNotFound], [ErrNotEnded], [ErrBarred], [ErrUnsettled].
func (r *Registrar) Erase(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	err := r.update(ctx, id, func(rec *Record, now time.Time) error {
		if err := rec.erasable(now); err != nil {
			return err
		}
		if c := rec.certificate(); c != nil && !slices.ContainsFunc(rec.Tasks, func(t Task) bool { return t.KeyID == c.KeyID }) {
			rec.task(Task{Kind: TaskDestroyKey, KeyID: c.KeyID})
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		if err := rec.erasable(now); err != nil {
			return err
		}
		if rec.HasOutbox() {
			return ErrUnsettled
		}
		from := rec.Status(now)
		*rec = Record{ID: rec.ID, newAudit: rec.newAudit}
		rec.AddAudit(AuditEntry{At: now, Action: "erase", Result: "ok", Actor: op.ID, From: from, To: StatusNotRegistered})
		return nil
	})
}

// erasable says whether nothing depends on the record any more.
func (r *Record) erasable(now time.Time) error {
	switch r.Status(now) {
	case StatusNotRegistered, StatusExpired, StatusRevoke:
	default:
		return ErrNotEnded
	}
	if r.Barred {
		return ErrBarred
	}
	return nil
}

// lastNeeded is the last instant at which the record was of use to the person: the last change,
// the end of the last certificate, of a link never used.
func (r *Record) lastNeeded() time.Time {
	var last time.Time
	for _, c := range r.History {
		last = later(last, c.At)
	}
	for _, c := range r.Certificates {
		if c.RevokedAt.IsZero() {
			last = later(last, c.NotAfter)
		} else {
			last = later(last, c.RevokedAt)
		}
	}
	for i := range r.Tokens {
		if r.Tokens[i].State == TokenLive {
			last = later(last, r.Tokens[i].ExpiresAt)
		}
	}
	return last
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Retention says for how long personal data are kept. Zero keeps them without end: which time is
// right is the agency's decision (UU 27/2022 art. 16, its own records schedule), not this
// package's.
type Retention struct {
	// Unused is for who never got a certificate, from the end of the last registration.
	Unused time.Duration
	// Ended is for who had one, from the end of the last certificate: its expiry or revocation.
	Ended time.Duration
	// Former is for a person's former numbers, work mails and offices, from the day they ended.
	// Without them [Record] cannot say who held an office earlier than that.
	Former time.Duration
}

// Purged counts what [Registrar.Purge] did.
type Purged struct {
	Erased  int // people
	Thinned int // people of whom former values were removed
}

// Purge erases everybody whose time is over and removes former values, for a daily run. People of
// whom something is still waiting, or who are barred, are left for another day. The error joins
// what went wrong; who could be purged was. Errors: [ErrOperatorRequired], [ErrConfig] for a
// negative time, the store's.
func (r *Registrar) Purge(ctx context.Context, keep Retention, op Operator) (Purged, error) {
	if err := op.check(); err != nil {
		return Purged{}, err
	}
	if keep.Unused < 0 || keep.Ended < 0 || keep.Former < 0 {
		return Purged{}, fmt.Errorf("%w: negative retention", ErrConfig)
	}
	var (
		done   Purged
		failed []error
	)
	for after := (PersonID{}); ; {
		page, err := r.cfg.Store.People(ctx, after, outboxPage)
		if err != nil || len(page) == 0 {
			return done, errors.Join(append(failed, err)...)
		}
		for _, id := range page {
			err := r.purge(ctx, id, keep, op, &done)
			if ctx.Err() != nil {
				return done, errors.Join(append(failed, err)...)
			}
			if err != nil && !errors.Is(err, ErrUnsettled) && !errors.Is(err, ErrNotFound) {
				failed = append(failed, err)
			}
		}
		after = page[len(page)-1]
	}
}

// purge is Purge for one person.
func (r *Registrar) purge(ctx context.Context, id PersonID, keep Retention, op Operator, done *Purged) error {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return err
	}
	now := r.now()
	limit := keep.Unused
	if len(rec.Certificates) > 0 {
		limit = keep.Ended
	}
	if limit > 0 && rec.erasable(now) == nil && rec.lastNeeded().Add(limit).Before(now) {
		if err := r.Erase(ctx, id, op); err != nil {
			return err
		}
		done.Erased++
		return nil
	}
	if keep.Former == 0 || !rec.thin(now.Add(-keep.Former)) {
		return nil
	}
	err = r.update(ctx, id, func(rec *Record, now time.Time) error {
		if rec.thin(now.Add(-keep.Former)) {
			rec.AddAudit(AuditEntry{At: now, Action: "thin", Result: "ok", Actor: op.ID})
		}
		return nil
	})
	if err == nil {
		done.Thinned++
	}
	return err
}

// thin removes what ended before the instant, and reports whether there was anything.
func (r *Record) thin(before time.Time) bool {
	n := len(r.Numbers) + len(r.WorkMails) + len(r.Offices)
	r.Numbers = stillKept(r.Numbers, before)
	r.WorkMails = stillKept(r.WorkMails, before)
	r.Offices = stillKept(r.Offices, before)
	return len(r.Numbers)+len(r.WorkMails)+len(r.Offices) < n
}

func stillKept[T any](list []Dated[T], before time.Time) []Dated[T] {
	return slices.DeleteFunc(list, func(d Dated[T]) bool { return !d.Until.IsZero() && d.Until.Before(before) })
}
