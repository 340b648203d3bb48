package storetest_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/storetest"
)

func TestMemoryStore(t *testing.T) {
	require.NoError(t, storetest.TestStore(t.Context(), new(certificate.MemoryStore)))
}

func TestMemoryKeyStore(t *testing.T) {
	require.NoError(t, storetest.TestKeyStore(t.Context(), new(certificate.MemoryKeyStore)))
}

func TestMemoryTrackerStore(t *testing.T) {
	require.NoError(t, storetest.TestTrackerStore(t.Context(), new(certificate.MemoryTrackerStore)))
}

// overwriting is a key store that lets a key be replaced.
type overwriting struct{ *certificate.MemoryKeyStore }

func (s overwriting) Put(ctx context.Context, id certificate.KeyID, k certificate.SealedKey) error {
	if err := s.Delete(ctx, id); err != nil {
		return err
	}
	return s.MemoryKeyStore.Put(ctx, id, k)
}

// forgetful is a tracker store that stores what was refused.
type forgetful struct {
	*certificate.MemoryTrackerStore
}

func (s forgetful) UpdateTrail(ctx context.Context, person string, f func([]certificate.Observed) ([]certificate.Observed, error)) error {
	var refusal error
	err := s.MemoryTrackerStore.UpdateTrail(ctx, person, func(trail []certificate.Observed) ([]certificate.Observed, error) {
		trail, refusal = f(trail)
		return trail, nil
	})
	return errors.Join(err, refusal)
}

func TestSuitesNoticeOtherBrokenStores(t *testing.T) {
	require.ErrorContains(t, storetest.TestKeyStore(t.Context(), overwriting{certificate.NewMemoryKeyStore()}), "taken id")
	require.ErrorContains(t, storetest.TestTrackerStore(t.Context(), forgetful{certificate.NewMemoryTrackerStore()}), "failed stored")
}

// broken is a store with one promise broken.
type broken struct {
	*certificate.MemoryStore
	update   func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error
	find     func(certificate.PersonID, error) (certificate.PersonID, error)
	outbox   func([]certificate.PersonID) []certificate.PersonID
	waiting  func([]certificate.PersonID) []certificate.PersonID
	people   func([]certificate.PersonID) []certificate.PersonID
	expiring func(from, to time.Time) (time.Time, time.Time)
}

func (b broken) Update(ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error {
	if b.update == nil {
		return b.MemoryStore.Update(ctx, id, f)
	}
	return b.update(b.MemoryStore, ctx, id, f)
}

func (b broken) Find(ctx context.Context, key certificate.Index) (certificate.PersonID, error) {
	id, err := b.MemoryStore.Find(ctx, key)
	if b.find == nil {
		return id, err
	}
	return b.find(id, err)
}

func (b broken) Outbox(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	page, err := b.MemoryStore.Outbox(ctx, after, limit)
	if b.outbox != nil {
		page = b.outbox(page)
	}
	return page, err
}

func (b broken) Waiting(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	page, err := b.MemoryStore.Waiting(ctx, after, limit)
	if b.waiting != nil {
		page = b.waiting(page)
	}
	return page, err
}

func (b broken) People(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	page, err := b.MemoryStore.People(ctx, after, limit)
	if b.people != nil {
		page = b.people(page)
	}
	return page, err
}

func (b broken) Expiring(ctx context.Context, from, to time.Time, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	if b.expiring != nil {
		from, to = b.expiring(from, to)
	}
	return b.MemoryStore.Expiring(ctx, from, to, after, limit)
}

type recordFunc = func(*certificate.Record) error

func TestSuiteNoticesBrokenStores(t *testing.T) {
	for name, c := range map[string]struct {
		broken broken
		says   string
	}{
		"stores what f refused": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			var refusal error
			if err := s.Update(ctx, id, func(r *certificate.Record) error { refusal = f(r); return nil }); err != nil {
				return err
			}
			return refusal
		}}, "an update that fails stores nothing"},
		"loses updates": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			stale := &certificate.Record{ID: id}
			if known, err := s.View(ctx, id); err == nil {
				stale = known
			}
			for range 10 {
				runtime.Gosched() // let others in between: the defect to be found
			}
			if err := f(stale); err != nil {
				return err
			}
			return s.Update(ctx, id, func(r *certificate.Record) error {
				*r = *stale
				return nil
			})
		}}, "concurrent updates lose nothing"},
		"hides errors of uniqueness": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			err := s.Update(ctx, id, f)
			if errors.Is(err, certificate.ErrDuplicate) {
				return errors.New("constraint violated")
			}
			return err
		}}, "look-ups are unique"},
		"hides a double look-up of who is there already": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			_, known := s.View(ctx, id)
			err := s.Update(ctx, id, f)
			if known == nil && errors.Is(err, certificate.ErrDuplicate) {
				return nil
			}
			return err
		}}, "look-ups are unique"},
		"stores a double look-up of who is there already": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			_, known := s.View(ctx, id)
			err := s.Update(ctx, id, f)
			if known == nil && errors.Is(err, certificate.ErrDuplicate) {
				moved := s.Update(ctx, id, func(r *certificate.Record) error { r.Agency = "lain"; return nil })
				return errors.Join(err, moved)
			}
			return err
		}}, "look-ups are unique"},
		"runs f twice on one record": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			return s.Update(ctx, id, func(r *certificate.Record) error {
				if err := f(r); err != nil {
					return err
				}
				return f(r)
			})
		}}, "audit entries are kept in order, once"},
		"ignores the context": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			return s.Update(context.WithoutCancel(ctx), id, f)
		}}, "a cancelled context stores nothing"},
		"finds nobody": {broken{find: func(certificate.PersonID, error) (certificate.PersonID, error) {
			return certificate.PersonID{}, certificate.ErrNotFound
		}}, "look-ups follow the record"},
		"forgets somebody's outbox": {broken{outbox: func(page []certificate.PersonID) []certificate.PersonID {
			return page[min(1, len(page)):]
		}}, "outbox pages"},
		"lists nobody who waits": {broken{waiting: func([]certificate.PersonID) []certificate.PersonID { return nil }}, "waiting pages"},
		"lists nobody at all":    {broken{people: func([]certificate.PersonID) []certificate.PersonID { return nil }}, "pages of everybody"},
		"keeps who was removed": {broken{update: func(s *certificate.MemoryStore, ctx context.Context, id certificate.PersonID, f recordFunc) error {
			return s.Update(ctx, id, func(r *certificate.Record) error {
				before := *r
				err := f(r)
				if err == nil && r.NIK.IsZero() && !before.NIK.IsZero() {
					*r = before
				}
				return err
			})
		}}, "who was removed is gone"},
		"counts the end of the range in": {broken{expiring: func(from, to time.Time) (time.Time, time.Time) {
			return from, to.Add(1)
		}}, "expiry pages"},
	} {
		t.Run(name, func(t *testing.T) {
			c.broken.MemoryStore = certificate.NewMemoryStore()
			err := storetest.TestStore(t.Context(), c.broken)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.says)
		})
	}
}
