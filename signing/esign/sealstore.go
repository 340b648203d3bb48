package esign

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// SealStore keeps the activation of each seal for all nodes of a service, and
// is the lock under which one of them renews it. See [SealSession].
type SealStore interface {
	// Update calls f on the record of the seal, zero at the beginning, and
	// stores what f leaves, unless f fails. For each seal it is one
	// compare-and-swap; f may be called several times.
	Update(ctx context.Context, seal string, f func(*SealRecord) error) error
	// Record returns the record of the seal, zero for an unknown one.
	Record(ctx context.Context, seal string) (SealRecord, error)
}

// SealRecord is what is kept of a seal, at most a few kilobytes. It holds no
// secret that can be read without the key of the session.
type SealRecord struct {
	// Sealed is the activation code in an envelope of package passphrase;
	// empty without an activation.
	Sealed []byte
	// Expires is the end of the activation.
	Expires time.Time
	// Holder is the node that renews the activation, until Until: the lock. A
	// node that dies loses it with time. Empty while nobody does.
	Holder string
	Until  time.Time
}

// MemorySealStore is a [SealStore] in memory, for one node. A restart forgets
// it, and the seal has to be activated anew. The zero value is empty.
type MemorySealStore struct {
	mu      sync.Mutex
	records map[string]SealRecord
}

var _ SealStore = (*MemorySealStore)(nil)

// NewMemorySealStore returns an empty store.
func NewMemorySealStore() *MemorySealStore { return &MemorySealStore{} }

// Update implements [SealStore].
func (m *MemorySealStore) Update(ctx context.Context, seal string, f func(*SealRecord) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.records[seal].clone()
	if err := f(&r); err != nil {
		return err
	}
	if m.records == nil {
		m.records = make(map[string]SealRecord)
	}
	m.records[seal] = r.clone()
	return nil
}

// Record implements [SealStore].
func (m *MemorySealStore) Record(ctx context.Context, seal string) (SealRecord, error) {
	if err := ctx.Err(); err != nil {
		return SealRecord{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.records[seal].clone(), nil
}

func (r SealRecord) clone() SealRecord {
	r.Sealed = bytes.Clone(r.Sealed)
	return r
}
