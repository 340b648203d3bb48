package certificate

import (
	"context"
	"errors"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// RequestReset is the portal's "Reset Passphrase": it queues a mail with a link and changes
// nothing else. Errors: [*TooSoonError] within a minute of the last, [*TransitionError] unless
// the status is ISSUE. For a page open to anybody use [Registrar.RequestResetByMail].
func (r *Registrar) RequestReset(ctx context.Context, id PersonID) error {
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		if _, err := Transition(rec.Status(now), EventReset); err != nil {
			return err
		}
		if err := r.ask(rec, MailResetPassphrase, rec.WorkMail(), now); err != nil {
			return err
		}
		rec.AddAudit(AuditEntry{At: now, Action: "reset_asked", Result: "ok"})
		return nil
	})
}

// RequestResetByMail is RequestReset for a page that anybody can open: answer and time are the
// same whether the address is known, the status allows a reset, or a link was sent a moment ago
// (OWASP Forgot Password; ASVS 5.0 section 6.3.8). It answers no sooner than
// [RegistrarConfig.PublicAnswerTime]. Only a failing store and an ended context are errors.
func (r *Registrar) RequestResetByMail(ctx context.Context, work identity.Email) error {
	answer := time.NewTimer(r.cfg.PublicAnswerTime)
	defer answer.Stop()
	err := r.requestResetByMail(ctx, work)
	select {
	case <-answer.C:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Registrar) requestResetByMail(ctx context.Context, work identity.Email) error {
	id, err := r.cfg.Store.Find(ctx, WorkMailIndex(work))
	if err == nil {
		err = r.RequestReset(ctx, id)
	}
	var (
		soon       *TooSoonError
		transition *TransitionError
	)
	if errors.Is(err, ErrNotFound) || errors.As(err, &soon) || errors.As(err, &transition) {
		return nil
	}
	return err
}

// ResetPassphrase takes the form behind the link "Reset Passphrase": a new passphrase, and the
// subscriber agreement accepted again. The old passphrase works until this succeeds. With a
// vault that can reset, the certificate stays; otherwise a new key and certificate are made
// and the old certificate is revoked as superseded in the same update. A lock by the limiter
// ends. Errors as for SetPassphrase, and [*AgreementError].
func (r *Registrar) ResetPassphrase(ctx context.Context, t Token, secret passphrase.Secret, given ...Acceptance) (Certificate, error) {
	o := issueOrder{token: t, purpose: PurposeReset, event: EventReset, secret: secret, given: given}
	vault, ok := r.cfg.Vault.(ResettingVault)
	o.keep = ok && vault.CanReset()
	cert, err := r.issue(ctx, o)
	if err != nil {
		return Certificate{}, err
	}
	if id, err := r.cfg.Store.Find(ctx, SerialIndex(cert.Serial)); err == nil {
		if err := r.cfg.Limiter.Release(ctx, id.String()); err != nil {
			r.cfg.Logger.WarnContext(ctx, "limiter not released after a reset", "person", id, "error", err)
		}
	}
	return cert, nil
}

// RequestPassphraseLink sends another link to set the passphrase, in status NEW or RENEW, for
// instance after the first expired. Errors: [*TooSoonError], [*TransitionError].
func (r *Registrar) RequestPassphraseLink(ctx context.Context, id PersonID) error {
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		status := rec.Status(now)
		if _, err := Transition(status, EventIssue); err != nil {
			return err
		}
		kind := MailSetPassphrase
		if status == StatusRenew {
			kind = MailRenewal
		}
		return r.ask(rec, kind, rec.WorkMail(), now)
	})
}
