package certificate

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/sertel-id/sertel/certificate/audit"
)

// AuditEntry is one line of a person's audit trail. It holds no name, number, mail address,
// passphrase or token. Entries are stored in the same step as what they report.
type AuditEntry struct {
	At     time.Time `json:"at"`
	Action string    `json:"action"`           // such as "register", "unlock", "link_refused"
	Result string    `json:"result"`           // "ok" or a short reason
	Actor  string    `json:"actor,omitempty"`  // the operator, where one acted; empty for the person
	Serial Serial    `json:"serial,omitzero"`  // the certificate concerned
	From   Status    `json:"from,omitempty"`   // status before, for a transition
	To     Status    `json:"to,omitempty"`     // status after
	Detail string    `json:"detail,omitempty"` // purpose of a link, reason of a revocation
}

// LogValue groups the entry for a log.
func (e AuditEntry) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Time("at", e.At), slog.String("action", e.Action), slog.String("result", e.Result),
		slog.String("actor", e.Actor), slog.String("serial", e.Serial.String()),
		slog.String("from", e.From.String()), slog.String("to", e.To.String()), slog.String("detail", e.Detail))
}

// auditDetail is what an entry says beyond the columns of an audit.Record.
type auditDetail struct {
	From   Status `json:"from,omitempty"`
	To     Status `json:"to,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Record returns the entry in the common shape of package audit, for a chain: its subject is the
// person's id. Errors match [audit.ErrRecord].
func (e AuditEntry) Record(person PersonID) (audit.Record, error) {
	r := audit.Record{At: e.At, Source: audit.SourceCertificate, Action: e.Action, Result: e.Result,
		Subject: person.String(), Actor: e.Actor, Serial: e.Serial.String()}
	if d := (auditDetail{e.From, e.To, e.Detail}); d != (auditDetail{}) {
		var err error
		if r.Detail, err = json.Marshal(d); err != nil {
			return audit.Record{}, fmt.Errorf("certificate: audit entry: %w", err)
		}
	}
	r, err := r.Canonical()
	if err != nil {
		return audit.Record{}, fmt.Errorf("certificate: audit entry: %w", err)
	}
	return r, nil
}

// AuditEntryOf reads what [AuditEntry.Record] returned. Errors match [ErrRecord].
func AuditEntryOf(r audit.Record) (PersonID, AuditEntry, error) {
	e := AuditEntry{At: r.At, Action: r.Action, Result: r.Result, Actor: r.Actor}
	person, err := ParsePersonID(r.Subject)
	if err != nil || r.Source != audit.SourceCertificate {
		return PersonID{}, AuditEntry{}, fmt.Errorf("%w: not an audit entry of a person", ErrRecord)
	}
	if r.Serial != "" {
		if e.Serial, err = ParseSerial(r.Serial); err != nil {
			return PersonID{}, AuditEntry{}, fmt.Errorf("%w: serial of an audit entry", ErrRecord)
		}
	}
	var d auditDetail
	if len(r.Detail) > 0 {
		if err := json.Unmarshal(r.Detail, &d); err != nil {
			return PersonID{}, AuditEntry{}, fmt.Errorf("%w: detail of an audit entry", ErrRecord)
		}
	}
	e.From, e.To, e.Detail = d.From, d.To, d.Detail
	return person, e, nil
}
