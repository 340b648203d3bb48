package certificate

import (
	"context"
	"time"
)

// RequestRenewal begins a renewal, before or after the certificate expired: the personnel
// register is asked again (except about contract people), the status becomes RENEW and a link
// to set a new passphrase is mailed. Setting it makes a new key and serial; then the old
// certificate is revoked as superseded. Errors: [ErrNumberNotFound], [*MismatchError],
// [*TransitionError], [*TooSoonError].
func (r *Registrar) RequestRenewal(ctx context.Context, id PersonID) error {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return err
	}
	if _, err := Transition(rec.Status(r.now()), EventRenew); err != nil {
		return err
	}
	number, office := rec.Number(), rec.Office()
	if !rec.Employment.ThroughOffice() {
		if office, err = r.lookUpOffice(ctx, rec, number); err != nil {
			return err
		}
	}
	return r.act(ctx, id, EventRenew, Operator{}, "", func(rec *Record, now time.Time) error {
		if rec.Number() != number {
			return ErrConcurrent
		}
		rec.Offices = setCurrent(rec.Offices, office, now, false)
		rec.void(PurposeReset)
		rec.abandonIssuance(now)
		return r.ask(rec, MailRenewal, rec.WorkMail(), now)
	})
}

// CancelRenewal gives a renewal up: the old certificate counts again, EXPIRED if it is over.
// Errors: [ErrNotFound], [*TransitionError].
func (r *Registrar) CancelRenewal(ctx context.Context, id PersonID) error {
	err := r.act(ctx, id, EventCancelRenewal, Operator{}, "", func(rec *Record, now time.Time) error {
		rec.void(PurposeSetPassphrase)
		rec.abandonIssuance(now)
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return nil
}

// Due is a certificate that ends soon.
type Due struct {
	Person   PersonID
	Serial   Serial
	NotAfter time.Time
	Status   Status
}

// Due returns the certificates that end from now up to, and without, before: whom to remind.
// It asks the store page by page; reminding once or daily is the caller's choice. Errors are
// the store's.
func (r *Registrar) Due(ctx context.Context, before time.Time) ([]Due, error) {
	now := r.now()
	var list []Due
	for after := (PersonID{}); ; {
		page, err := r.cfg.Store.Expiring(ctx, now, before, after, 500)
		if err != nil || len(page) == 0 {
			return list, err
		}
		for _, id := range page {
			rec, err := r.cfg.Store.View(ctx, id)
			if err != nil {
				return nil, err
			}
			if c, ok := rec.Certificate(); ok && c.NotAfter.Before(before) && !c.NotAfter.Before(now) {
				list = append(list, Due{Person: id, Serial: c.Serial, NotAfter: c.NotAfter, Status: rec.Status(now)})
			}
		}
		after = page[len(page)-1]
	}
}
