package certificate

import (
	"context"
	"errors"
	"time"
)

// Delivery of the outbox: how long one worker may take for one mail or task before another
// takes over, and how long to wait after a failure.
const (
	leaseTime    = 2 * time.Minute
	firstBackoff = 30 * time.Second
	maxBackoff   = time.Hour
	maxTries     = 50 // for a mail: about two days; a task is never given up
	outboxPage   = 200
	deadTokens   = 30 * 24 * time.Hour // how long a dead token is told from an unknown one
)

func backoff(attempts int) time.Duration {
	d := firstBackoff
	for range attempts - 1 {
		if d *= 2; d >= maxBackoff {
			return maxBackoff
		}
	}
	return d
}

// Deliver sends the mails that wait and are due, and returns how many were taken by the
// transport. The link of a mail is made here, its hash stored before the mail goes out, and a
// newer link voids the older; so a crash between the two costs the person nothing but a second
// mail. A mail that fails is tried again later, with growing pauses for about two days, unless it
// was refused for good ([ErrMailRefused]); the error joins what went wrong. Several workers may run it at once. Call it after each request
// or from a loop.
func (r *Registrar) Deliver(ctx context.Context) (sent int, err error) {
	err = r.eachOutbox(ctx, func(id PersonID) error {
		n, err := r.DeliverTo(ctx, id)
		sent += n
		return err
	})
	return sent, err
}

// DeliverTo is Deliver for one person. Errors: [ErrNotFound], and those of the mails that were
// not sent, joined.
func (r *Registrar) DeliverTo(ctx context.Context, id PersonID) (sent int, err error) {
	var failed []error
	for {
		m, err := r.takeMail(ctx, id)
		if err != nil {
			return sent, errors.Join(append(failed, err)...)
		}
		if m.ID == "" {
			return sent, errors.Join(failed...)
		}
		if err := r.send(ctx, id, m); err != nil {
			failed = append(failed, err)
			if ctx.Err() != nil {
				return sent, errors.Join(failed...)
			}
			continue
		}
		sent++
	}
}

// takeMail takes the oldest mail that is due, makes its link, and keeps others away from it
// for the lease. A zero Mail means that there is none.
func (r *Registrar) takeMail(ctx context.Context, id PersonID) (Mail, error) {
	var out Mail
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil || !rec.mailDue(r.now()) {
		return out, err
	}
	err = r.update(ctx, id, func(rec *Record, now time.Time) error {
		out = Mail{}
		for i := range rec.Mails {
			intent := &rec.Mails[i]
			if intent.NotBefore.After(now) {
				continue
			}
			intent.NotBefore = now.Add(leaseTime)
			intent.Attempts++
			out = r.compose(rec, *intent, now)
			return nil
		}
		return nil
	})
	return out, err
}

func (r *Record) mailDue(now time.Time) bool {
	for i := range r.Mails {
		if !r.Mails[i].NotBefore.After(now) {
			return true
		}
	}
	return false
}

// compose makes the mail and, where it has one, mints its link into the record.
func (r *Registrar) compose(rec *Record, intent MailIntent, now time.Time) Mail {
	m := Mail{ID: intent.ID, Kind: intent.Kind, To: intent.To, Name: rec.Name, CreatedAt: intent.CreatedAt, Serial: intent.Serial}
	if agency, ok := r.agency(rec.Agency); ok {
		m.zone = agency.Zone
	}
	if m.zone == nil {
		m.zone = time.FixedZone("WIB", 7*60*60)
	}
	for _, c := range rec.Certificates {
		if c.Serial == intent.Serial && !intent.Serial.IsZero() {
			m.NotBefore, m.NotAfter = c.NotBefore, c.NotAfter
		}
	}
	p := intent.Kind.purpose()
	if p == 0 {
		return m
	}
	life := r.cfg.PassphraseLife
	if p == PurposeActivation || p == PurposeWorkMail {
		life = r.cfg.ActivationLife
	}
	m.token, m.prefix, m.expires = GenerateToken(), r.LinkPrefix(p), now.Add(life)
	rec.mint(StoredToken{Hash: m.token.Hash(), Purpose: p, State: TokenLive, CreatedAt: now, ExpiresAt: m.expires}, now)
	return m
}

// mint adds a token, voids the older ones of its purpose and forgets those long dead.
func (r *Record) mint(t StoredToken, now time.Time) {
	kept := r.Tokens[:0]
	for _, old := range r.Tokens {
		if old.Purpose == t.Purpose && old.State == TokenLive {
			old.State = TokenSuperseded
		}
		if now.Sub(old.ExpiresAt) < deadTokens {
			kept = append(kept, old)
		}
	}
	r.Tokens = append(kept, t)
}

// send hands a mail to the transport and takes it out of the outbox, or puts it back with a
// pause.
func (r *Registrar) send(ctx context.Context, id PersonID, m Mail) error {
	limited, cancel := context.WithTimeout(ctx, leaseTime/2)
	defer cancel()
	sendErr := r.cfg.Mailer.Send(limited, m)
	err := r.update(context.WithoutCancel(ctx), id, func(rec *Record, now time.Time) error {
		rec.settleMail(m, sendErr, now)
		return nil
	})
	sendErr = foreign("send "+m.Kind.String(), sendErr, m.Name.Full(), m.Name.Plain(), localPart(m.To), m.token.Reveal())
	return errors.Join(sendErr, err)
}

func (r *Record) settleMail(m Mail, sendErr error, now time.Time) {
	for i := range r.Mails {
		intent := &r.Mails[i]
		if intent.ID != m.ID {
			continue
		}
		result := "sent"
		switch {
		case errors.Is(sendErr, ErrMailRefused):
			result = "refused"
		case sendErr != nil && intent.Attempts < maxTries:
			intent.NotBefore = now.Add(backoff(intent.Attempts))
			return
		case sendErr != nil:
			result = "given up"
		}
		r.Mails = append(r.Mails[:i], r.Mails[i+1:]...)
		r.AddAudit(AuditEntry{At: now, Action: "mail", Result: result, Serial: m.Serial, Detail: m.Kind.String()})
		return
	}
}

// eachOutbox visits everybody with something waiting and joins the errors.
func (r *Registrar) eachOutbox(ctx context.Context, f func(PersonID) error) error {
	var failed []error
	for after := (PersonID{}); ; {
		page, err := r.cfg.Store.Outbox(ctx, after, outboxPage)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		if len(page) == 0 {
			return errors.Join(failed...)
		}
		for _, id := range page {
			if err := f(id); err != nil {
				failed = append(failed, err)
			}
			if ctx.Err() != nil {
				return errors.Join(append(failed, ctx.Err())...)
			}
		}
		after = page[len(page)-1]
	}
}
