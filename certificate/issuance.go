package certificate

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// ErrIssued is returned when the authority's certificate is not the one asked for.
var ErrIssued = errors.New("certificate: authority returned an unusable certificate")

// SetPassphrase takes the form behind the link "Buat Passphrase". It makes the key, sealed
// under the passphrase, has the certificate issued, and in one update uses the link up,
// records the certificate and makes the status ISSUE. After an error, or a crash, the same
// link works again until it expires. In status RENEW the certificate before is superseded.
// Errors: *passphrase.PolicyError with every rule broken, those of [ErrTokenRefused], the
// vault's and the authority's own.
func (r *Registrar) SetPassphrase(ctx context.Context, t Token, secret passphrase.Secret) (Certificate, error) {
	return r.issue(ctx, issueOrder{token: t, purpose: PurposeSetPassphrase, event: EventIssue, secret: secret})
}

// issueOrder is what the two forms have in common.
type issueOrder struct {
	token   Token
	purpose Purpose
	event   Event
	secret  passphrase.Secret
	given   []Acceptance
	keep    bool // the vault rebinds the key, the certificate stays
}

func (r *Registrar) issue(ctx context.Context, o issueOrder) (Certificate, error) {
	rec, _, err := r.live(ctx, o.token, o.purpose)
	if err != nil {
		return Certificate{}, err
	}
	if err := r.cfg.Policy.Check(o.secret, personalWords(rec)...); err != nil {
		return Certificate{}, fmt.Errorf("certificate: new passphrase: %w", err)
	}
	rec, err = r.beginIssuance(ctx, o, "")
	if err != nil {
		return Certificate{}, err
	}
	if o.keep {
		cert, err := r.rebind(ctx, o, rec)
		if !errors.Is(err, ErrResetUnsupported) {
			return cert, err
		}
		o.keep = false // a key from before the vault could reset
		if rec, err = r.beginIssuance(ctx, o, ""); err != nil {
			return Certificate{}, err
		}
	}
	key, rec, err := r.ensureKey(ctx, o, rec)
	if err != nil {
		return Certificate{}, err
	}
	defer key.Close()
	issued, err := r.obtain(ctx, rec, key)
	if err != nil {
		if r.dropIssuance(ctx, rec) {
			err = ErrConcurrent // who came in between had the request cancelled
		}
		return Certificate{}, err
	}
	return r.finish(ctx, o, rec, func(rec *Record, now time.Time) error {
		if old := rec.certificate(); old != nil {
			rec.endCertificate(old, ReasonSuperseded, now)
		}
		rec.Certificates = append(rec.Certificates, newCertificate(issued, rec.Issuance.KeyID, now))
		return nil
	}, MailCertificateIssued)
}

// personalWords are what a passphrase must not be made of.
func personalWords(rec *Record) []string {
	words := []string{rec.NIK.Digits(), rec.Name.Full(), rec.SIASNMail.Address(), rec.Phone.National(), rec.Agency}
	for _, n := range rec.Numbers {
		words = append(words, n.Value.Digits())
	}
	for _, m := range rec.WorkMails {
		words = append(words, m.Value.Address())
	}
	return words
}

// beginIssuance records the intent to issue, or takes up the one begun before; abandon names
// a request that was found useless. It checks link, agreements and transition, and changes
// neither link nor status.
func (r *Registrar) beginIssuance(ctx context.Context, o issueOrder, abandon KeyID) (*Record, error) {
	var snapshot *Record
	err := r.redeem(ctx, o.token, o.purpose, func(rec *Record, _ *StoredToken, now time.Time) error {
		if _, err := Transition(rec.Status(now), o.event); err != nil {
			return err
		}
		if o.event == EventReset {
			if _, err := accepted(r.cfg.Agreements, o.given, now, SubscriberAgreement); err != nil {
				return err
			}
		}
		if i := rec.Issuance; i != nil && (i.KeyID == abandon || o.keep || i.RequestID == "") {
			rec.abandonIssuance(now)
		}
		if rec.Issuance == nil {
			rec.Issuance = &Issuance{KeyID: KeyID(newID()), StartedAt: now}
			if !o.keep {
				rec.Issuance.RequestID = newID()
			}
		}
		var err error
		snapshot, err = rec.clone()
		return err
	})
	return snapshot, err
}

// ensureKey returns the key of the issuance under way, made now or by an attempt that broke
// off. A key sealed under another passphrase, typed in that attempt, is given up.
func (r *Registrar) ensureKey(ctx context.Context, o issueOrder, rec *Record) (UnlockedKey, *Record, error) {
	f := Factor{Passphrase: o.secret}
	for range 3 {
		id := rec.Issuance.KeyID
		key, err := r.cfg.Vault.Generate(ctx, rec.ID, id, f)
		if errors.Is(err, ErrKeyExists) {
			key, err = r.cfg.Vault.Unlock(ctx, id, f)
		}
		if err == nil {
			return key, rec, nil
		}
		if !errors.Is(err, ErrWrongFactor) {
			return nil, nil, fmt.Errorf("certificate: make key: %w", err)
		}
		if rec, err = r.beginIssuance(ctx, o, id); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, ErrConcurrent
}

// obtain asks the authority for the certificate and checks that it can be used.
func (r *Registrar) obtain(ctx context.Context, rec *Record, key UnlockedKey) (Issued, error) {
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return Issued{}, fmt.Errorf("certificate: request: %w", err)
	}
	issued, err := r.cfg.Issuer.Issue(ctx, IssueRequest{
		RequestID: rec.Issuance.RequestID,
		Subject: Subject{
			ID: rec.SubjectID, CommonName: rec.Name.Plain(), Organization: rec.Agency, WorkMail: rec.WorkMail(),
		},
		CSR: csr,
	})
	if err != nil {
		return Issued{}, foreign("issue", err, rec.spelled()...)
	}
	return issued, checkIssued(issued, key, r.now())
}

// checkIssued refuses a certificate for another key or one that is over.
func checkIssued(issued Issued, key crypto.Signer, now time.Time) error {
	if issued.Certificate == nil {
		return fmt.Errorf("%w: none", ErrIssued)
	}
	if !samePublicKey(issued.Certificate.PublicKey, key.Public()) {
		return fmt.Errorf("%w: for another key", ErrIssued)
	}
	if _, err := SerialOf(issued.Certificate); err != nil {
		return fmt.Errorf("%w: %w", ErrIssued, err)
	}
	if now.After(issued.Certificate.NotAfter) {
		return fmt.Errorf("%w: expired", ErrIssued)
	}
	return nil
}

func samePublicKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

func newCertificate(issued Issued, key KeyID, now time.Time) Certificate {
	leaf := issued.Certificate
	serial, _ := SerialOf(leaf) // checked by checkIssued
	c := Certificate{
		Serial: serial, KeyID: key, DER: leaf.Raw, IssuedAt: now,
		NotBefore: leaf.NotBefore.UTC(), NotAfter: leaf.NotAfter.UTC(),
	}
	for _, ca := range issued.Chain {
		c.Chain = append(c.Chain, ca.Raw)
	}
	return c
}

// rebind keeps the certificate and puts its key under the new passphrase, as a copy that
// takes the place of the old key in the same update that uses the link up.
func (r *Registrar) rebind(ctx context.Context, o issueOrder, rec *Record) (Certificate, error) {
	old := rec.certificate()
	if old == nil {
		return Certificate{}, &TransitionError{From: rec.State, Event: o.event}
	}
	grant := ResetGrant{person: rec.ID, from: old.KeyID, to: rec.Issuance.KeyID}
	if err := r.cfg.Vault.(ResettingVault).Reset(ctx, grant, Factor{Passphrase: o.secret}); err != nil {
		return Certificate{}, fmt.Errorf("certificate: reset key: %w", err)
	}
	return r.finish(ctx, o, rec, func(rec *Record, _ time.Time) error {
		c := rec.certificate()
		if c == nil || c.KeyID != grant.from {
			return ErrConcurrent
		}
		rec.task(Task{Kind: TaskDestroyKey, KeyID: c.KeyID})
		c.KeyID = grant.to
		return nil
	}, MailPassphraseChanged)
}

// finish is the one update in which everything becomes true: link used, certificate recorded
// by change, status moved, mail queued.
func (r *Registrar) finish(ctx context.Context, o issueOrder, begun *Record, change func(rec *Record, now time.Time) error, mail MailKind) (Certificate, error) {
	var done Certificate
	err := r.update(ctx, begun.ID, func(rec *Record, now time.Time) error {
		// The link was in time when the attempt began; what may have happened since is that
		// it was used, or a newer one sent.
		tok, err := rec.token(o.token.Hash(), o.purpose, begun.Issuance.StartedAt)
		if err != nil {
			return err
		}
		if rec.Issuance == nil || rec.Issuance.KeyID != begun.Issuance.KeyID {
			return ErrConcurrent
		}
		from := rec.Status(now)
		if _, err := Transition(from, o.event); err != nil {
			return err
		}
		if err := change(rec, now); err != nil {
			return err
		}
		if err := rec.applyFrom(from, o.event, now, "", ""); err != nil {
			return err
		}
		if o.event == EventReset {
			consent, err := accepted(r.cfg.Agreements, o.given, now, SubscriberAgreement)
			if err != nil {
				return err
			}
			rec.Agreements = append(rec.Agreements, consent...)
		}
		tok.State = TokenUsed
		rec.void(PurposeSetPassphrase, PurposeReset)
		rec.Issuance = nil
		rec.queue(mail, rec.WorkMail(), now)
		done = *rec.certificate()
		return nil
	})
	if err != nil {
		r.dropIssuance(ctx, begun)
		return Certificate{}, err
	}
	r.settleNow(ctx, begun.ID)
	return done, nil
}

// dropIssuance cleans up after an attempt that failed, unless it can be taken up again or has
// been finished by another: the attempt may have been given up by others before its key and
// certificate existed. It reports whether it was.
func (r *Registrar) dropIssuance(ctx context.Context, begun *Record) (overtaken bool) {
	i := *begun.Issuance
	err := r.update(context.WithoutCancel(ctx), begun.ID, func(rec *Record, now time.Time) error {
		overtaken = rec.Issuance == nil || rec.Issuance.KeyID != i.KeyID
		if !overtaken {
			return nil
		}
		for _, c := range rec.Certificates {
			if c.KeyID == i.KeyID {
				return nil
			}
		}
		rec.dropAttempt(i, now)
		return nil
	})
	if err != nil {
		r.cfg.Logger.WarnContext(ctx, "failed attempt not cleaned up", "person", begun.ID.String(), "error", err)
		return overtaken
	}
	r.settleNow(ctx, begun.ID)
	return overtaken
}

// endCertificate revokes a certificate in the record and leaves the rest to the outbox.
func (r *Record) endCertificate(c *Certificate, reason Reason, now time.Time) {
	c.lift(now)
	c.RevokedAt, c.Reason = now, reason
	r.task(Task{Kind: TaskRevoke, Serial: c.Serial, Reason: reason, At: now})
	r.task(Task{Kind: TaskDestroyKey, KeyID: c.KeyID})
	r.AddAudit(AuditEntry{At: now, Action: "certificate_ended", Result: "ok", Serial: c.Serial, Detail: reason.String()})
}
