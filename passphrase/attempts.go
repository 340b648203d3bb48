package passphrase

import (
	"cmp"
	"container/list"
	"context"
	"strings"
	"sync"
	"time"
)

// AttemptState is what is kept about the tries for one key.
type AttemptState struct {
	// Failures counts tries in a row that did not succeed, those still
	// running among them.
	Failures int
	// Last is when the latest try was reserved.
	Last time.Time
}

// AttemptStore keeps the states of a [Limiter]. On several nodes all must share
// one. Keys are opaque and at most 200 bytes.
type AttemptStore interface {
	// UpdateAttempts calls f with the states of keys, in the order given,
	// the zero state for a key not seen before, and stores what f left there
	// unless f returns an error, which is returned as it is. The whole is
	// atomic: no other update of any of the keys happens in between. A state
	// with zero Failures may be dropped. f may be called again when a
	// transaction is retried.
	UpdateAttempts(ctx context.Context, keys []string, f func(states []AttemptState) error) error
}

// MemoryAttempts is an [AttemptStore] for one process. It keeps at most 131,072
// accounts and as many origins; beyond, it forgets the one of the same kind
// that was not tried for longest. So however many addresses somebody comes
// from, the count of no account is forgotten for them. The zero value is empty.
type MemoryAttempts struct {
	mu                sync.Mutex
	states            map[string]*list.Element
	accounts, origins list.List // of attemptEntry, latest first
	max               int       // of each; zero is maxAttempts
}

type attemptEntry struct {
	key   string
	state AttemptState
}

// NewMemoryAttempts returns an empty store.
func NewMemoryAttempts() *MemoryAttempts { return &MemoryAttempts{} }

// maxAttempts is how many accounts, and how many origins, are kept.
const maxAttempts = 1 << 17

// UpdateAttempts implements [AttemptStore].
func (m *MemoryAttempts) UpdateAttempts(ctx context.Context, keys []string, f func([]AttemptState) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	states := make([]AttemptState, len(keys))
	for i, key := range keys {
		if e, ok := m.states[key]; ok {
			states[i] = e.Value.(attemptEntry).state
		}
	}
	if err := f(states); err != nil {
		return err
	}
	for i, key := range keys {
		m.put(key, states[i])
	}
	return nil
}

func (m *MemoryAttempts) put(key string, state AttemptState) {
	recent, most := &m.accounts, cmp.Or(m.max, maxAttempts)
	if strings.HasPrefix(key, originPrefix) {
		recent = &m.origins
	}
	if e, ok := m.states[key]; ok {
		recent.Remove(e)
		delete(m.states, key)
	}
	if state.Failures == 0 {
		return
	}
	if m.states == nil {
		m.states = map[string]*list.Element{}
	}
	m.states[key] = recent.PushFront(attemptEntry{key, state})
	if recent.Len() > most {
		oldest := recent.Remove(recent.Back()).(attemptEntry)
		delete(m.states, oldest.key)
	}
}
