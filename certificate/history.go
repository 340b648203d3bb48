package certificate

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"time"
)

// Certificate is one certificate of a person, with its history.
type Certificate struct {
	Serial    Serial        `json:"serial"`
	KeyID     KeyID         `json:"key_id"`
	DER       []byte        `json:"der"`
	Chain     [][]byte      `json:"chain,omitempty"` // DER, issuer first, without the root
	IssuedAt  time.Time     `json:"issued_at"`
	NotBefore time.Time     `json:"not_before"`
	NotAfter  time.Time     `json:"not_after"` // the last second of validity (RFC 5280 section 4.1.2.5)
	Holds     []Dated[bool] `json:"holds,omitempty"`
	RevokedAt time.Time     `json:"revoked_at,omitzero"`
	Reason    Reason        `json:"reason,omitempty"`
}

// Format prints serial and validity alone: the certificate names its owner.
func (c Certificate) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "certificate %s, %s to %s", c.Serial, c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339))
}

// LogValue logs what Format prints.
func (c Certificate) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// X509 parses the certificate and its chain. An error means that what was stored is no
// certificate.
func (c Certificate) X509() (Issued, error) {
	leaf, err := x509.ParseCertificate(c.DER)
	if err != nil {
		return Issued{}, fmt.Errorf("certificate: stored certificate %s: %w", c.Serial, err)
	}
	issued := Issued{Certificate: leaf}
	for _, der := range c.Chain {
		ca, err := x509.ParseCertificate(der)
		if err != nil {
			return Issued{}, fmt.Errorf("certificate: stored chain of %s: %w", c.Serial, err)
		}
		issued.Chain = append(issued.Chain, ca)
	}
	return issued, nil
}

// StatusAt returns NO_CERTIFICATE before the issue, then ISSUE, SUSPEND, EXPIRED or REVOKE.
// Revocation wins over expiry.
func (c Certificate) StatusAt(t time.Time) Status {
	switch {
	case t.Before(c.IssuedAt):
		return StatusNoCertificate
	case !c.RevokedAt.IsZero() && !t.Before(c.RevokedAt):
		return StatusRevoke
	}
	for _, h := range c.Holds {
		if !t.Before(h.From) && (h.Until.IsZero() || t.Before(h.Until)) {
			return StatusSuspend
		}
	}
	if t.After(c.NotAfter) {
		return StatusExpired
	}
	return StatusIssue
}

// hold begins a hold; lift ends the one under way.
func (c *Certificate) hold(now time.Time) {
	c.Holds = append(c.Holds, Dated[bool]{Value: true, From: now})
}

func (c *Certificate) lift(now time.Time) {
	if n := len(c.Holds); n > 0 && c.Holds[n-1].Until.IsZero() {
		c.Holds[n-1].Until = now
	}
}

// Status is the person's status at now: the stored state, with EXPIRED and the lapse of an
// activation link computed from the clock.
func (r *Record) Status(now time.Time) Status {
	switch r.State {
	case StatusUnknown:
		return StatusNotRegistered
	case StatusNoCertificate:
		if r.activationLapsed(now) {
			return StatusNotRegistered
		}
	case StatusIssue:
		if c := r.certificate(); c == nil || now.After(c.NotAfter) {
			return StatusExpired
		}
	}
	return r.State
}

// activationLapsed reports whether the newest activation link is past its time and no other
// is on its way.
func (r *Record) activationLapsed(now time.Time) bool {
	for _, m := range r.Mails {
		if m.Kind == MailActivation {
			return false
		}
	}
	for i := range r.Tokens {
		if t := &r.Tokens[i]; t.Purpose == PurposeActivation && t.refusal(PurposeActivation, now) == nil {
			return false
		}
	}
	return true
}

// StatusAt answers for the past: the status at t as the history has it. Before the first
// registration it is NOT_REGISTERED. For t after the last change it computes EXPIRED as
// Status does, but not the lapse of a link.
func (r *Record) StatusAt(t time.Time) Status {
	status, serial := StatusNotRegistered, Serial{}
	for _, c := range r.History {
		if c.At.After(t) {
			break
		}
		status, serial = c.To, c.Serial
	}
	if status != StatusIssue {
		return status
	}
	for _, c := range r.Certificates {
		if c.Serial == serial && t.After(c.NotAfter) {
			return StatusExpired
		}
	}
	return status
}

// apply lets an event happen: the table decides, history and audit are written.
func (r *Record) apply(e Event, now time.Time, actor, detail string) error {
	return r.applyFrom(r.Status(now), e, now, actor, detail)
}

// applyFrom is apply from a given status. Times never run backwards in the history, whatever
// the clock does.
func (r *Record) applyFrom(from Status, e Event, now time.Time, actor, detail string) error {
	to, err := Transition(from, e)
	if err != nil {
		return err
	}
	at := now
	if n := len(r.History); n > 0 && at.Before(r.History[n-1].At) {
		at = r.History[n-1].At
	}
	// A loop on a computed status must not be stored: EXPIRED would outlive a clock set right.
	if to != from {
		r.State = to
	}
	entry := AuditEntry{At: at, Action: e.String(), Result: "ok", Actor: actor, From: from, To: to, Detail: detail}
	if c := r.certificate(); c != nil {
		entry.Serial = c.Serial
	}
	r.History = append(r.History, Change{At: at, Event: e, From: from, To: to, Serial: entry.Serial})
	r.AddAudit(entry)
	return nil
}
