package certificate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// MemoryStore is a [Store] in memory, for one process: tests, the fake, trials. It keeps
// records in the form of [Record.MarshalBinary], so what works here can be stored anywhere. The
// zero value is empty.
type MemoryStore struct {
	mu      sync.RWMutex
	people  map[PersonID]*memoryPerson
	indexes map[memoryKey]PersonID
}

type memoryPerson struct {
	version int
	data    []byte // nil when the person was removed
	keys    []memoryKey
	outbox  bool
	waiting bool
	expiry  time.Time
	audit   []AuditEntry
}

type memoryKey struct {
	kind  IndexKind
	value string
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore { return &MemoryStore{} }

// Update implements [Store]. f runs without a lock held; if the record changed meanwhile it
// runs again.
func (s *MemoryStore) Update(ctx context.Context, id PersonID, f func(*Record) error) error {
	if id.IsZero() {
		return ErrNotFound
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		version, data := s.read(id)
		rec := &Record{ID: id}
		if data != nil {
			if err := rec.UnmarshalBinary(data); err != nil {
				return err
			}
		}
		if err := f(rec); err != nil {
			return err
		}
		rec.ID = id
		stored, err := s.write(id, version, rec)
		if stored || err != nil {
			return err
		}
	}
}

// read returns version 0 for nobody, and no data for who was removed.
func (s *MemoryStore) read(id PersonID) (version int, data []byte) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.people[id]
	if !ok {
		return 0, nil
	}
	return p.version, p.data
}

// write stores the record if its version is still the one that was read.
func (s *MemoryStore) write(id PersonID, version int, rec *Record) (bool, error) {
	if rec.NIK.IsZero() {
		*rec = Record{ID: id, newAudit: rec.newAudit}
	}
	data, err := rec.MarshalBinary()
	if err != nil {
		return false, err
	}
	if rec.NIK.IsZero() {
		data = nil
	}
	var keys []memoryKey
	for _, k := range rec.Indexes() {
		keys = append(keys, memoryKey{k.Kind(), k.Value()})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people == nil {
		s.people, s.indexes = map[PersonID]*memoryPerson{}, map[memoryKey]PersonID{}
	}
	p, ok := s.people[id]
	if !ok {
		p = &memoryPerson{}
	}
	if p.version != version {
		return false, nil
	}
	for _, k := range keys {
		if holder, taken := s.indexes[k]; taken && holder != id {
			return false, &DuplicateError{k.kind}
		}
	}
	for _, k := range p.keys {
		delete(s.indexes, k)
	}
	for _, k := range keys {
		s.indexes[k] = id
	}
	s.people[id] = &memoryPerson{
		version: version + 1, data: data, keys: keys,
		outbox: rec.HasOutbox(), waiting: rec.State == StatusWaitingForVerification, expiry: rec.Expiry(),
		audit: append(p.audit, rec.NewAudit()...),
	}
	return true, nil
}

// View implements [Store].
func (s *MemoryStore) View(ctx context.Context, id PersonID) (*Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	_, data := s.read(id)
	if data == nil {
		return nil, ErrNotFound
	}
	rec := new(Record)
	if err := rec.UnmarshalBinary(data); err != nil {
		return nil, err
	}
	return rec, nil
}

// Find implements [Store].
func (s *MemoryStore) Find(ctx context.Context, key Index) (PersonID, error) {
	if err := ctx.Err(); err != nil {
		return PersonID{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, ok := s.indexes[memoryKey{key.Kind(), key.Value()}]
	if !ok {
		return PersonID{}, ErrNotFound
	}
	return id, nil
}

// Audit implements [Store].
func (s *MemoryStore) Audit(ctx context.Context, id PersonID) ([]AuditEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if p, ok := s.people[id]; ok {
		return slices.Clone(p.audit), nil
	}
	return nil, nil
}

// Outbox implements [Store].
func (s *MemoryStore) Outbox(ctx context.Context, after PersonID, limit int) ([]PersonID, error) {
	return s.page(ctx, after, limit, func(p *memoryPerson) bool { return p.outbox })
}

// People implements [Store].
func (s *MemoryStore) People(ctx context.Context, after PersonID, limit int) ([]PersonID, error) {
	return s.page(ctx, after, limit, func(p *memoryPerson) bool { return p.data != nil })
}

// Waiting implements [Store].
func (s *MemoryStore) Waiting(ctx context.Context, after PersonID, limit int) ([]PersonID, error) {
	return s.page(ctx, after, limit, func(p *memoryPerson) bool { return p.waiting })
}

// Expiring implements [Store].
func (s *MemoryStore) Expiring(ctx context.Context, from, to time.Time, after PersonID, limit int) ([]PersonID, error) {
	return s.page(ctx, after, limit, func(p *memoryPerson) bool {
		return !p.expiry.IsZero() && !p.expiry.Before(from) && p.expiry.Before(to)
	})
}

func (s *MemoryStore) page(ctx context.Context, after PersonID, limit int, want func(*memoryPerson) bool) ([]PersonID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var page []PersonID
	for id := range maps.Keys(s.people) {
		if id.String() > after.String() && want(s.people[id]) {
			page = append(page, id)
		}
	}
	slices.SortFunc(page, func(a, b PersonID) int { return cmp.Compare(a.String(), b.String()) })
	return page[:min(limit, len(page))], nil
}
