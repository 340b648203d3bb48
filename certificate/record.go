package certificate

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Dated is a value that held from one instant to another; a zero Until means now.
type Dated[T any] struct {
	Value T         `json:"value"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Record is everything that is kept of one person: the unit of storage and of change. The
// [Registrar] writes it inside [Store] Update; a program that reads it must treat names,
// numbers and addresses as personal data. A Record prints, logs and marshals to JSON without
// them; [Record.MarshalBinary] is for stores.
type Record struct {
	ID        PersonID
	SubjectID string // what certificates say in place of a number

	NIK        identity.NIK
	Name       identity.Name
	SIASNMail  identity.Email
	Phone      identity.Phone
	Employment Employment
	Agency     string // name of one of the registrar's agencies

	Numbers   []Dated[identity.EmployeeNumber] // oldest first; empty for contract people
	WorkMails []Dated[identity.Email]
	Offices   []Dated[Office]

	State        Status // never EXPIRED; see Status
	History      []Change
	Certificates []Certificate
	Agreements   []Acceptance
	Tokens       []StoredToken
	Activation   *Activation // progress of an activation under way
	Issuance     *Issuance   // an issue begun and not yet recorded
	NewWorkMail  identity.Email
	Asked        map[Purpose]time.Time // when a link was last asked for
	Barred       bool                  // may not register again until an operator readmits

	Mails []MailIntent
	Tasks []Task

	newAudit []AuditEntry
}

// Change is one step of the life cycle.
type Change struct {
	At     time.Time `json:"at"`
	Event  Event     `json:"event"`
	From   Status    `json:"from"`
	To     Status    `json:"to"`
	Serial Serial    `json:"serial,omitzero"` // the certificate in use afterwards
}

// Activation is how far a person has come with the three steps of the portal.
type Activation struct {
	PersonalData bool      `json:"personal_data,omitempty"`
	Name         Match     `json:"name,omitempty"`  // the register's answer about the name
	Found        *Office   `json:"found,omitempty"` // looked up, to be confirmed
	Confirmed    bool      `json:"confirmed,omitempty"`
	Selfies      int       `json:"selfies,omitempty"` // pictures compared so far; none is kept
	Selfie       Match     `json:"selfie,omitempty"`
	SelfieAt     time.Time `json:"selfie_at,omitzero"`
}

// Issuance is the intent that makes issuing safe against a crash: it is recorded before the
// key is made and removed together with the link's use.
type Issuance struct {
	RequestID string    `json:"request_id,omitempty"` // empty when a reset keeps the certificate
	KeyID     KeyID     `json:"key_id"`
	StartedAt time.Time `json:"started_at"`
}

// Task is something that the authority or the vault has yet to be told.
type Task struct {
	ID        string    `json:"id"`
	Kind      TaskKind  `json:"kind"`
	Serial    Serial    `json:"serial,omitzero"`
	Reason    Reason    `json:"reason,omitempty"`
	At        time.Time `json:"at,omitzero"`
	RequestID string    `json:"request_id,omitempty"`
	KeyID     KeyID     `json:"key_id,omitempty"`
	NotBefore time.Time `json:"not_before,omitzero"` // not to be tried earlier
	Attempts  int       `json:"attempts,omitempty"`
}

// TaskKind is the kind of a [Task].
type TaskKind string

// The tasks.
const (
	TaskRevoke     TaskKind = "revoke"      // Issuer.Revoke, also to hold and to lift a hold
	TaskCancel     TaskKind = "cancel"      // Issuer.Cancel
	TaskDestroyKey TaskKind = "destroy_key" // Vault.Destroy
)

// MailIntent is a mail to be sent. Its link is made at delivery, so no token rests here.
type MailIntent struct {
	ID        string
	Kind      MailKind
	To        identity.Email
	CreatedAt time.Time
	Serial    Serial
	NotBefore time.Time // not to be tried earlier: another worker has it, or the last try failed
	Attempts  int
}

// current returns the value that holds now, or the zero value.
func current[T any](list []Dated[T]) T {
	if n := len(list); n > 0 && list[n-1].Until.IsZero() {
		return list[n-1].Value
	}
	var zero T
	return zero
}

// setCurrent ends the value that holds now and begins another, unless v is zero. With replace
// the old one was never confirmed and leaves no trace.
func setCurrent[T comparable](list []Dated[T], v T, now time.Time, replace bool) []Dated[T] {
	if n := len(list); n > 0 && list[n-1].Until.IsZero() {
		switch {
		case list[n-1].Value == v:
			return list
		case replace:
			list = list[:n-1]
		default:
			list[n-1].Until = now
		}
	}
	var zero T
	if v == zero {
		return list
	}
	return append(list, Dated[T]{Value: v, From: now})
}

// Number is the employee number now in use; zero for contract people.
func (r *Record) Number() identity.EmployeeNumber { return current(r.Numbers) }

// WorkMail is the work mail now in use.
func (r *Record) WorkMail() identity.Email { return current(r.WorkMails) }

// Office is the office now held.
func (r *Record) Office() Office { return current(r.Offices) }

// Certificate returns the certificate in use, and false when there is none or it is revoked.
func (r *Record) Certificate() (Certificate, bool) {
	c := r.certificate()
	if c == nil {
		return Certificate{}, false
	}
	return *c, true
}

// certificate returns the certificate in use for a change in place: the newest unless revoked.
func (r *Record) certificate() *Certificate {
	if n := len(r.Certificates); n > 0 && r.Certificates[n-1].RevokedAt.IsZero() {
		return &r.Certificates[n-1]
	}
	return nil
}

// Expiry is when the certificate in use ends; zero without one. A revoked one has none.
func (r *Record) Expiry() time.Time {
	if c := r.certificate(); c != nil {
		return c.NotAfter
	}
	return time.Time{}
}

// HasOutbox reports whether mails or tasks are waiting, due or not.
func (r *Record) HasOutbox() bool { return len(r.Mails) > 0 || len(r.Tasks) > 0 }

// Indexes returns the unique keys of the record. Who is not registered holds only the NIK and
// the tokens, so a mistyped work mail blocks nobody for long.
func (r *Record) Indexes() []Index {
	var list []Index
	if !r.NIK.IsZero() {
		list = append(list, NIKIndex(r.NIK))
	}
	if r.State > StatusNotRegistered {
		if n := r.Number(); !n.IsZero() {
			list = append(list, NumberIndex(n))
		}
		if m := r.WorkMail(); !m.IsZero() {
			list = append(list, WorkMailIndex(m))
		}
	}
	for i := range r.Tokens {
		list = append(list, TokenIndex(r.Tokens[i].Hash))
	}
	for i := range r.Certificates {
		list = append(list, SerialIndex(r.Certificates[i].Serial))
	}
	return list
}

// NewAudit returns the entries added during this Update. The store appends them to the
// person's trail in the same step.
func (r *Record) NewAudit() []AuditEntry { return slices.Clone(r.newAudit) }

// AddAudit adds an entry to the person's trail, stored with the Update under way.
func (r *Record) AddAudit(e AuditEntry) { r.newAudit = append(r.newAudit, e) }

// newID returns a random name for mails, tasks and requests: 128 bits in base32.
func newID() string { return rand.Text() }

// Format prints id and state alone.
func (r Record) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "record %s %s", r.ID, r.State) }

// LogValue logs id and state alone.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", r.ID.String()), slog.String("state", r.State.String()))
}

// MarshalText writes id and state alone, so that no JSON holds a record in whole.
func (r Record) MarshalText() ([]byte, error) { return fmt.Append(nil, r), nil }
