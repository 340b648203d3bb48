package signing

import (
	"context"
	"slices"
	"sync"
)

// MemoryLedger is a [Ledger] in memory. A restart forgets it: a service that
// must not sign a document twice keeps its ledger elsewhere. The zero value is
// empty.
type MemoryLedger struct {
	mu      sync.Mutex
	entries map[string]Entry
}

var _ Ledger = (*MemoryLedger)(nil)

// NewMemoryLedger returns an empty ledger.
func NewMemoryLedger() *MemoryLedger { return &MemoryLedger{} }

// Update implements [Ledger].
func (m *MemoryLedger) Update(ctx context.Context, key string, f func(*Entry) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := Entry{Attempts: slices.Clone(m.entries[key].Attempts)}
	if err := f(&e); err != nil {
		return err
	}
	if m.entries == nil {
		m.entries = make(map[string]Entry)
	}
	m.entries[key] = Entry{Attempts: slices.Clone(e.Attempts)}
	return nil
}

// Entry implements [Ledger].
func (m *MemoryLedger) Entry(ctx context.Context, key string) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return Entry{Attempts: slices.Clone(m.entries[key].Attempts)}, nil
}

// Unsettled implements [Ledger].
func (m *MemoryLedger) Unsettled(ctx context.Context, after string, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for key, e := range m.entries {
		if key > after && e.Unsettled() {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), max(limit, 0))], nil
}
