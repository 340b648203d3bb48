package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Log keeps a chain. Nothing but Purge removes an entry, and nothing changes one. Package
// audittest has the suite that every implementation must pass; [NewMemoryLog] is the simplest
// one. A log may also take entries in its own way, such as in one transaction with what they
// report.
type Log interface {
	// Append adds the records in their order, in one atomic step, and returns the new head.
	// Without records it returns the present one. Errors match [ErrRecord], or are the
	// storage's.
	Append(ctx context.Context, records ...Record) (Checkpoint, error)

	// Entries returns up to limit entries with numbers above after, in their order; none at the
	// end.
	Entries(ctx context.Context, after uint64, limit int) ([]Entry, error)

	// Anchor returns where the chain begins: a zero position before the first purge.
	Anchor(ctx context.Context) (Checkpoint, error)

	// Head returns the last position, which is that of the anchor when no entry is left.
	Head(ctx context.Context) (Checkpoint, error)

	// Purge removes the entries before the first one that is not older than the instant, moves
	// the anchor and appends [PurgeRecord], all in one atomic step, and returns the anchor. When
	// nothing is old enough it changes nothing. What it would remove is checked first: a broken
	// chain is a [*BrokenError] and stays as evidence. The actor is 1 to [MaxText] bytes.
	Purge(ctx context.Context, before time.Time, actor string) (Checkpoint, error)
}

// ErrActor is returned by [Log] Purge when nobody is named for it.
var ErrActor = errors.New("audit: a purge needs an actor")

// PurgeRecord is the entry by which a purge shows: from and to are the first and the last entry
// that it removed. Errors match [ErrActor] and [ErrRecord].
func (c *Chain) PurgeRecord(from, to Entry, before time.Time, actor string) (Record, error) {
	if actor == "" {
		return Record{}, ErrActor
	}
	detail, err := json.Marshal(struct {
		From   uint64    `json:"from"`
		To     uint64    `json:"to"`
		Before time.Time `json:"before"`
	}{from.Seq, to.Seq, before.UTC()})
	if err != nil {
		return Record{}, fmt.Errorf("%w: before: %w", ErrRecord, err)
	}
	return Record{At: c.cfg.Now(), Source: SourceAudit, Action: "purge", Result: "ok", Actor: actor, Detail: detail}.Canonical()
}
