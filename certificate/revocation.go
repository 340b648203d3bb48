package certificate

import (
	"context"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// RevokeByOwner ends the certificate on the owner's word: an owner must report at once what
// may have compromised the key (UU ITE art. 12), so no passphrase is asked for. The reason is
// final: unspecified, keyCompromise, affiliationChanged, superseded or cessationOfOperation.
// Errors: [ErrReason], [ErrNotFound], [*TransitionError].
func (r *Registrar) RevokeByOwner(ctx context.Context, id PersonID, reason Reason) error {
	if !reason.final() || reason == ReasonCACompromise || reason == ReasonPrivilegeWithdrawn {
		return fmt.Errorf("%w: %s", ErrReason, reason)
	}
	return r.revoke(ctx, id, reason, Operator{}, MailRevoked)
}

// Revoke ends the certificate on an operator's word, for a final reason of RFC 5280. After
// cessationOfOperation and privilegeWithdrawn the person may not register again until an
// operator readmits. The record is changed at once and the private key destroyed; the
// authority is told now or, if it does not answer, by [Registrar.Settle]. Revoked is final.
// Errors: [ErrOperatorRequired], [ErrReason], [ErrNotFound], [*TransitionError].
func (r *Registrar) Revoke(ctx context.Context, id PersonID, reason Reason, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	if !reason.final() {
		return fmt.Errorf("%w: %s", ErrReason, reason)
	}
	return r.revoke(ctx, id, reason, op, MailRevoked)
}

// Destroy is the destruction (pemusnahan) that the guide leaves to the owner: the certificate
// is revoked with cessationOfOperation and the private key destroyed. The passphrase proves
// the owner, within the limiter as in Unlock; who forgot it asks an operator to revoke.
// Errors: [ErrNotFound], [*TransitionError], [ErrWrongFactor], [passphrase.ErrLimited],
// [passphrase.ErrEmpty], and the vault's.
func (r *Registrar) Destroy(ctx context.Context, id PersonID, f Factor, origins ...string) error {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return err
	}
	status := rec.Status(r.now())
	if _, err := Transition(status, EventRevoke); err != nil {
		return err
	}
	cert, ok := rec.Certificate()
	if !ok {
		return &TransitionError{From: status, Event: EventRevoke}
	}
	key, err := r.open(ctx, id, cert.KeyID, f, origins)
	if err != nil {
		r.noteRefusal(ctx, id, cert.Serial, err)
		return err
	}
	key.Close()
	return r.revoke(ctx, id, ReasonCessationOfOperation, Operator{}, MailDestroyed)
}

func (r *Registrar) revoke(ctx context.Context, id PersonID, reason Reason, op Operator, mail MailKind) error {
	err := r.act(ctx, id, EventRevoke, op, reason.String(), func(rec *Record, now time.Time) error {
		if c := rec.certificate(); c != nil {
			rec.endCertificate(c, reason, now)
		}
		rec.abandonIssuance(now)
		rec.void(allPurposes...)
		rec.NewWorkMail = identity.Email{}
		rec.Barred = op.ID != "" && (reason == ReasonCessationOfOperation || reason == ReasonPrivilegeWithdrawn)
		rec.queue(mail, rec.WorkMail(), now)
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return nil
}

// Suspend holds the certificate, for instance during an investigation: no signing, no reset,
// open links void, a renewal under way given up. Resume lifts it. Errors:
// [ErrOperatorRequired], [ErrNotFound], [*TransitionError].
func (r *Registrar) Suspend(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	err := r.act(ctx, id, EventSuspend, op, ReasonCertificateHold.String(), func(rec *Record, now time.Time) error {
		rec.abandonIssuance(now)
		rec.void(allPurposes...)
		rec.NewWorkMail = identity.Email{}
		if c := rec.certificate(); c != nil {
			c.hold(now)
			rec.task(Task{Kind: TaskRevoke, Serial: c.Serial, Reason: ReasonCertificateHold, At: now})
		}
		rec.queue(MailSuspended, rec.WorkMail(), now)
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return nil
}

// Resume lifts the hold of Suspend. A certificate that ran out meanwhile is EXPIRED then.
// Errors: [ErrOperatorRequired], [ErrNotFound], [*TransitionError].
func (r *Registrar) Resume(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	err := r.act(ctx, id, EventResume, op, ReasonRemoveFromCRL.String(), func(rec *Record, now time.Time) error {
		if c := rec.certificate(); c != nil {
			c.lift(now)
			rec.task(Task{Kind: TaskRevoke, Serial: c.Serial, Reason: ReasonRemoveFromCRL, At: now})
		}
		rec.queue(MailResumed, rec.WorkMail(), now)
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return nil
}
