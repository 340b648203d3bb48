package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Sources of this module's records. A program may write its own under another name.
const (
	SourceCertificate = "certificate" // the life cycle: package certificate
	SourceSigning     = "signing"     // attempts to sign: package signing
	SourceAudit       = "audit"       // the trail itself: a purge
)

// Bounds of a [Record].
const (
	MaxText   = 200      // bytes of each text
	MaxDetail = 16 << 10 // bytes of Detail
)

// ErrRecord is returned for a record that cannot be an entry.
var ErrRecord = errors.New("audit: unusable record")

// Record says who did what to whom, and how it ended. It holds no name, number, mail address,
// passphrase or token: people stand in it as an opaque id or a keyed hash. Texts are valid UTF-8
// without control characters, at most [MaxText] bytes.
type Record struct {
	At      time.Time       `json:"at"`                // by the writer's clock; kept in UTC and microseconds, years 1 to 9999
	Source  string          `json:"source"`            // what wrote it, such as [SourceSigning]; required
	Action  string          `json:"action"`            // such as "register" or "sign"; required
	Result  string          `json:"result"`            // "ok" or a short reason
	Subject string          `json:"subject,omitempty"` // whom it concerns
	Actor   string          `json:"actor,omitempty"`   // who acted, where it was not the subject
	Serial  string          `json:"serial,omitempty"`  // the certificate concerned
	Detail  json.RawMessage `json:"detail,omitempty"`  // what else the source says: a JSON object, or nothing
}

// Canonical returns the record as an entry holds it: time in UTC and cut to microseconds, which
// is what PostgreSQL keeps, and Detail without white space. Errors match [ErrRecord] and name the
// field.
func (r Record) Canonical() (Record, error) {
	if y := r.At.UTC().Year(); r.At.IsZero() || y < 1 || y > 9999 {
		return Record{}, fmt.Errorf("%w: at is not a time in the years 1 to 9999", ErrRecord)
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	for _, f := range []struct{ name, text string }{
		{"source", r.Source}, {"action", r.Action}, {"result", r.Result},
		{"subject", r.Subject}, {"actor", r.Actor}, {"serial", r.Serial},
	} {
		if f.text == "" && (f.name == "source" || f.name == "action") {
			return Record{}, fmt.Errorf("%w: %s is required", ErrRecord, f.name)
		}
		if len(f.text) > MaxText || !utf8.ValidString(f.text) || strings.ContainsFunc(f.text, unicode.IsControl) {
			return Record{}, fmt.Errorf("%w: %s is over %d bytes, not UTF-8 or has control characters", ErrRecord, f.name, MaxText)
		}
	}
	if len(r.Detail) == 0 {
		r.Detail = nil
		return r, nil
	}
	if len(r.Detail) > MaxDetail || !utf8.Valid(r.Detail) || !bytes.HasPrefix(bytes.TrimLeft(r.Detail, " \t\r\n"), []byte("{")) {
		return Record{}, fmt.Errorf("%w: detail is not a JSON object of at most %d bytes", ErrRecord, MaxDetail)
	}
	compact, err := json.Marshal(r.Detail)
	if err != nil || len(compact) > MaxDetail { // escaping may lengthen it
		return Record{}, fmt.Errorf("%w: detail is not a JSON object of at most %d bytes", ErrRecord, MaxDetail)
	}
	r.Detail = compact
	return r, nil
}

// LogValue groups the record for a log.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Time("at", r.At), slog.String("source", r.Source), slog.String("action", r.Action),
		slog.String("result", r.Result), slog.String("subject", r.Subject), slog.String("actor", r.Actor),
		slog.String("serial", r.Serial), slog.String("detail", string(r.Detail)))
}
