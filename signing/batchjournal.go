package signing

import (
	"context"
	"time"
)

// BatchJournal remembers what was signed. It is safe for concurrent use. An
// attempt whose answer was lost is not in it: a client of a signing service
// keeps those in a ledger of its own.
type BatchJournal interface {
	// Find returns the last entry under a key.
	Find(ctx context.Context, key BatchKey) (entry BatchEntry, found bool, err error)
	// Record keeps an entry for good before it returns, in place of an earlier
	// one under the key.
	Record(ctx context.Context, key BatchKey, entry BatchEntry) error
}

// BatchKey names a signature by what it is under and what for.
type BatchKey struct {
	Purpose string
	SHA256  [32]byte // of the document before it was signed
}

// BatchStage is how far a signature had come when it was recorded.
type BatchStage string

// The stages, of which a signature passes each.
const (
	BatchBegun   BatchStage = "begun"   // nothing is known to be signed
	BatchPending BatchStage = "pending" // signed, and perhaps not in its place
	BatchDone    BatchStage = ""        // signed and in its place
)

// BatchEntry is what a journal keeps of a signature.
type BatchEntry struct {
	Stage BatchStage
	// Held is the name of the file, in the folder of the output, that holds the
	// signed document until it is in its place. Empty: there is none.
	Held string

	// Not set for BatchBegun.
	OutputSHA256 [32]byte
	InputSize    int64
	OutputSize   int64
	Field        string
	Time         time.Time
}

func entryOf(r Receipt) BatchEntry {
	return BatchEntry{OutputSHA256: r.OutputSHA256, InputSize: r.InputSize, OutputSize: r.OutputSize, Field: r.Field, Time: r.Time}
}

func (e *BatchEntry) receipt(key BatchKey) Receipt {
	return Receipt{Outcome: OutcomeSigned, InputSHA256: key.SHA256, OutputSHA256: e.OutputSHA256, InputSize: e.InputSize, OutputSize: e.OutputSize,
		Field: e.Field, Time: e.Time}
}
