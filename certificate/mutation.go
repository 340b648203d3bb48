package certificate

import (
	"context"
	"errors"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// ErrWorkMail is returned for a new work mail that is not one of the agency's for the person's
// employment, or is the present one.
var ErrWorkMail = errors.New("certificate: not a new work mail of the person's agency")

// RequestWorkMail begins the change to another work mail: a link goes to the new address, and
// the old one is told. Nothing changes until the link is used. Errors: [ErrWorkMail],
// [*TooSoonError], [*TransitionError].
func (r *Registrar) RequestWorkMail(ctx context.Context, id PersonID, changed identity.Email) error {
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		if _, err := Transition(rec.Status(now), EventChangeMail); err != nil {
			return err
		}
		agency, ok := r.agency(rec.Agency)
		if changed.IsZero() || changed == rec.WorkMail() || !ok || !agency.AcceptsMail(rec.Employment, changed) {
			return ErrWorkMail
		}
		rec.void(PurposeWorkMail) // an earlier link proves another address
		if err := r.ask(rec, MailWorkMailProof, changed, now); err != nil {
			return err
		}
		rec.NewWorkMail = changed
		rec.queue(MailWorkMailAsked, rec.WorkMail(), now)
		rec.AddAudit(AuditEntry{At: now, Action: "work_mail_asked", Result: "ok"})
		return nil
	})
}

// ConfirmWorkMail is the link in the new mailbox: from now on everything goes there, all other
// open links are void, and the old address is told. The certificate in use stays as it is; the
// next one names the new address where the profile names one. Errors: [*DuplicateError] when
// the address meanwhile belongs to somebody else, those of [ErrTokenRefused].
func (r *Registrar) ConfirmWorkMail(ctx context.Context, t Token) error {
	return r.redeem(ctx, t, PurposeWorkMail, func(rec *Record, tok *StoredToken, now time.Time) error {
		if rec.NewWorkMail.IsZero() {
			return ErrTokenSuperseded
		}
		old := rec.WorkMail()
		if err := rec.apply(EventChangeMail, now, "", ""); err != nil {
			return err
		}
		tok.State = TokenUsed
		rec.void(allPurposes...)
		rec.WorkMails = setCurrent(rec.WorkMails, rec.NewWorkMail, now, false)
		rec.NewWorkMail = identity.Email{}
		rec.queue(MailWorkMailChanged, old, now)
		return nil
	})
}

// ChangeNumber records a new employee number, as after a move from PPPK to PNS or a new work
// agreement: the personnel register must know it, in the same agency. The kind of employment
// follows from the number; a work mail that no longer fits stays until
// [Registrar.RequestWorkMail]. An operator does it. A move to another agency is not a
// mutation: the certificate is revoked with affiliationChanged and the person registers there.
// Errors: [ErrOperatorRequired], [ErrNumberNotFound], [*MismatchError], [*DuplicateError],
// [*TransitionError].
func (r *Registrar) ChangeNumber(ctx context.Context, id PersonID, number identity.EmployeeNumber, op Operator) error {
	employment := employmentOf(number)
	if employment == EmploymentUnknown {
		return &MismatchError{FieldEmployeeNumber}
	}
	return r.changeOffice(ctx, id, op, "number", func(rec *Record, now time.Time) error {
		agency, ok := r.agency(rec.Agency)
		if !ok || !agency.Serves(employment) {
			return &MismatchError{FieldEmployment}
		}
		rec.Employment = employment
		rec.Numbers = setCurrent(rec.Numbers, number, now, false)
		return nil
	}, func(*Record) identity.EmployeeNumber { return number })
}

// RefreshOffice records unit and position as the personnel register has them now, for
// instance after a promotion. Errors as for ChangeNumber.
func (r *Registrar) RefreshOffice(ctx context.Context, id PersonID, op Operator) error {
	return r.changeOffice(ctx, id, op, "office", func(*Record, time.Time) error { return nil }, (*Record).Number)
}

func (r *Registrar) changeOffice(ctx context.Context, id PersonID, op Operator, detail string, change func(*Record, time.Time) error, number func(*Record) identity.EmployeeNumber) error {
	if err := op.check(); err != nil {
		return err
	}
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return err
	}
	if _, err := Transition(rec.Status(r.now()), EventChangeOffice); err != nil {
		return err
	}
	n := number(rec)
	if n.IsZero() {
		return &MismatchError{FieldEmployeeNumber}
	}
	office, err := r.cfg.Personnel.LookUp(ctx, n)
	if err != nil {
		return foreign("look up number", err, rec.spelled()...)
	}
	if !sameAgency(office.Agency, rec.Agency) {
		return &MismatchError{FieldAgency}
	}
	return r.act(ctx, id, EventChangeOffice, op, detail, func(rec *Record, now time.Time) error {
		if err := change(rec, now); err != nil {
			return err
		}
		if rec.Number() != n {
			return ErrConcurrent
		}
		rec.Offices = setCurrent(rec.Offices, office, now, false)
		return nil
	})
}
