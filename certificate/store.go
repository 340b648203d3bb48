package certificate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of stores.
var (
	// ErrNotFound: no person under this id or key.
	ErrNotFound = errors.New("certificate: person not found")
	// ErrDuplicate: a NIK, number, work mail, token or serial belongs to another person
	// already. It comes as a [*DuplicateError].
	ErrDuplicate = errors.New("certificate: belongs to another person already")
)

// DuplicateError names the look-up that two records would share, never the value.
type DuplicateError struct {
	Kind IndexKind // the look-up that is taken
}

// Error implements error.
func (e *DuplicateError) Error() string {
	return fmt.Sprintf("certificate: %s belongs to another person already", string(e.Kind))
}

// Is makes the error match [ErrDuplicate].
func (e *DuplicateError) Is(target error) bool { return target == ErrDuplicate }

// Store keeps one [Record] for each person. Package storetest has the suite that every
// implementation must pass; [NewMemoryStore] is the simplest one.
type Store interface {
	// Update reads the record of a person, or an empty one with only its ID set, calls f on a
	// copy and, when f returns nil, stores the copy in one atomic step: record, look-ups
	// ([Record.Indexes]) and new audit entries ([Record.NewAudit]). If another Update of the
	// same person came between, f is called again on the newer record. So f must have no
	// effects outside the record; it may be called any number of times. When f returns an
	// error nothing is stored and the error is returned unwrapped or wrapped. A look-up that
	// another person holds is a [*DuplicateError].
	//
	// A record that f leaves without a NIK is removed: the person is found and listed no more,
	// the audit entries stay, and those new are added ([Registrar.Erase]).
	Update(ctx context.Context, id PersonID, f func(*Record) error) error

	// View returns a copy of the record, or [ErrNotFound].
	View(ctx context.Context, id PersonID) (*Record, error)

	// Find returns the person who holds the key, or [ErrNotFound].
	Find(ctx context.Context, key Index) (PersonID, error)

	// Audit returns the person's audit entries, oldest first; none for an unknown person.
	Audit(ctx context.Context, id PersonID) ([]AuditEntry, error)

	// Outbox returns up to limit people, after the given id in the order of ids, whose
	// records have something to send or settle ([Record.HasOutbox]).
	Outbox(ctx context.Context, after PersonID, limit int) ([]PersonID, error)

	// People returns up to limit people, after the given id in the order of ids.
	People(ctx context.Context, after PersonID, limit int) ([]PersonID, error)

	// Waiting returns up to limit people, after the given id in the order of ids, whose stored
	// State is WAITING_FOR_VERIFICATION.
	Waiting(ctx context.Context, after PersonID, limit int) ([]PersonID, error)

	// Expiring returns up to limit people, after the given id in the order of ids, whose
	// [Record.Expiry] lies from the first instant up to, and without, the second.
	Expiring(ctx context.Context, from, to time.Time, after PersonID, limit int) ([]PersonID, error)
}
