package certificate

import (
	"log/slog"
	"time"
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
