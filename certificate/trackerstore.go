package certificate

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// MemoryTrackerStore is a [TrackerStore] in memory. The zero value is empty.
type MemoryTrackerStore struct {
	mu     sync.Mutex
	trails map[string][]Observed
}

// NewMemoryTrackerStore returns an empty store.
func NewMemoryTrackerStore() *MemoryTrackerStore { return &MemoryTrackerStore{} }

// UpdateTrail implements [TrackerStore].
func (s *MemoryTrackerStore) UpdateTrail(ctx context.Context, person string, f func([]Observed) ([]Observed, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	trail, err := f(slices.Clone(s.trails[person]))
	if err != nil {
		return err
	}
	if s.trails == nil {
		s.trails = map[string][]Observed{}
	}
	s.trails[person] = slices.Clone(trail)
	return nil
}

// Trail implements [TrackerStore].
func (s *MemoryTrackerStore) Trail(ctx context.Context, person string) ([]Observed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.trails[person]), nil
}

// Tracked implements [TrackerStore].
func (s *MemoryTrackerStore) Tracked(ctx context.Context, after string, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var page []string
	for person := range maps.Keys(s.trails) {
		if person > after {
			page = append(page, person)
		}
	}
	slices.Sort(page)
	return page[:min(limit, len(page))], nil
}
