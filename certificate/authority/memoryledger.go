package authority

import (
	"bytes"
	"context"
	"sync"

	"github.com/sertel-id/sertel/certificate"
)

// MemoryLedger is a [Ledger] that lives as long as the process. The zero value is
// empty.
type MemoryLedger struct {
	mu        sync.Mutex
	entries   map[certificate.Serial]*Entry
	requests  map[string]certificate.Serial
	cancelled map[string]struct{}
	revoked   map[string]map[certificate.Serial]struct{}
	crlNumber map[string]int64
}

var _ Ledger = (*MemoryLedger)(nil)

// NewMemoryLedger returns an empty ledger.
func NewMemoryLedger() *MemoryLedger { return &MemoryLedger{} }

// put makes the map when it is needed.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

func (e Entry) clone() Entry {
	e.TBS, e.Certificate = bytes.Clone(e.TBS), bytes.Clone(e.Certificate)
	if e.Revocation != nil {
		r := *e.Revocation
		e.Revocation = &r
	}
	return e
}

// Begin implements [Ledger].
func (l *MemoryLedger) Begin(ctx context.Context, e Entry) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.cancelled[e.RequestID]; ok {
		return Entry{}, ErrCancelled
	}
	if serial, ok := l.requests[e.RequestID]; ok {
		return l.entries[serial].clone(), nil
	}
	if _, ok := l.entries[e.Serial]; ok {
		return Entry{}, ErrSerialTaken
	}
	e = e.clone()
	e.Certificate, e.Revocation = nil, nil
	put(&l.entries, e.Serial, &e)
	put(&l.requests, e.RequestID, e.Serial)
	return e.clone(), nil
}

// Complete implements [Ledger].
func (l *MemoryLedger) Complete(ctx context.Context, serial certificate.Serial, der []byte) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[serial]
	if !ok {
		return Entry{}, ErrNotFound
	}
	if _, ok := l.cancelled[e.RequestID]; ok {
		return Entry{}, ErrCancelled
	}
	if e.Certificate == nil {
		e.Certificate = bytes.Clone(der)
	}
	return e.clone(), nil
}

// Find implements [Ledger].
func (l *MemoryLedger) Find(ctx context.Context, serial certificate.Serial) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[serial]
	if !ok {
		return Entry{}, ErrNotFound
	}
	return e.clone(), nil
}

// FindRequest implements [Ledger].
func (l *MemoryLedger) FindRequest(ctx context.Context, requestID string) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.cancelled[requestID]; ok {
		return Entry{}, ErrCancelled
	}
	serial, ok := l.requests[requestID]
	if !ok {
		return Entry{}, ErrNotFound
	}
	return l.entries[serial].clone(), nil
}

// Cancel implements [Ledger].
func (l *MemoryLedger) Cancel(ctx context.Context, requestID string) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	put(&l.cancelled, requestID, struct{}{})
	serial, ok := l.requests[requestID]
	if !ok {
		return Entry{}, nil
	}
	return l.entries[serial].clone(), nil
}

// ChangeRevocation implements [Ledger].
func (l *MemoryLedger) ChangeRevocation(ctx context.Context, serial certificate.Serial, change func(Entry) (*Revocation, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[serial]
	if !ok {
		return ErrNotFound
	}
	next, err := change(e.clone())
	if err != nil {
		return err
	}
	if next == nil {
		e.Revocation = nil
		delete(l.revoked[e.Issuer], serial)
		return nil
	}
	r := *next
	e.Revocation = &r
	of := l.revoked[e.Issuer]
	put(&of, serial, struct{}{})
	put(&l.revoked, e.Issuer, of)
	return nil
}

// Revoked implements [Ledger].
func (l *MemoryLedger) Revoked(ctx context.Context, issuer string, yield func(certificate.Serial, Revocation) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	type revoked struct {
		serial certificate.Serial
		Revocation
	}
	l.mu.Lock()
	list := make([]revoked, 0, len(l.revoked[issuer]))
	for serial := range l.revoked[issuer] {
		list = append(list, revoked{serial, *l.entries[serial].Revocation})
	}
	l.mu.Unlock()
	for _, r := range list {
		if !yield(r.serial, r.Revocation) {
			break
		}
	}
	return nil
}

// NextCRLNumber implements [Ledger].
func (l *MemoryLedger) NextCRLNumber(ctx context.Context, issuer string) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	put(&l.crlNumber, issuer, l.crlNumber[issuer]+1)
	return l.crlNumber[issuer], nil
}
