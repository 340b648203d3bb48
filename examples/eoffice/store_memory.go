package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
)

// memoryStore is a store in memory: what it holds ends with the process.
type memoryStore struct {
	limit int64 // bytes of documents

	mu        sync.Mutex
	letters   map[string][]byte // JSON, so that nobody shares memory with the store
	order     []string          // ids, oldest first
	tokens    map[string]string // to ids
	documents map[documentKey][]byte
	size      int64
	jobs      map[string][]byte
	jobOrder  []string
}

type documentKey struct {
	letter  string
	version int
}

const (
	memoryLimit = 512 << 20
	memoryJobs  = 10_000
)

func newMemoryStore() *memoryStore {
	return &memoryStore{
		limit: memoryLimit, letters: map[string][]byte{}, tokens: map[string]string{},
		documents: map[documentKey][]byte{}, jobs: map[string][]byte{},
	}
}

func decode[T any](data []byte, found bool) (T, error) {
	var v T
	if !found {
		return v, errNotFound
	}
	err := json.Unmarshal(data, &v)
	return v, err
}

// AddLetter implements store.
func (m *memoryStore) AddLetter(_ context.Context, l letter, document []byte) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.put(documentKey{l.ID, len(l.Versions)}, document); err != nil {
		return err
	}
	m.letters[l.ID], m.tokens[l.Token] = data, l.ID
	m.order = append(m.order, l.ID)
	return nil
}

func (m *memoryStore) put(key documentKey, document []byte) error {
	if m.size+int64(len(document)) > m.limit {
		return errFull
	}
	m.size += int64(len(document))
	m.documents[key] = bytes.Clone(document)
	return nil
}

// Letter implements store.
func (m *memoryStore) Letter(_ context.Context, id string) (letter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.letters[id]
	return decode[letter](data, found)
}

// LetterByToken implements store.
func (m *memoryStore) LetterByToken(ctx context.Context, token string) (letter, error) {
	m.mu.Lock()
	id := m.tokens[token]
	m.mu.Unlock()
	return m.Letter(ctx, id)
}

// Letters implements store.
func (m *memoryStore) Letters(_ context.Context, username string, limit int) ([]letter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []letter
	for _, id := range slices.Backward(m.order) {
		l, err := decode[letter](m.letters[id], true)
		if err != nil {
			return nil, err
		}
		if l.visibleTo(username) {
			out = append(out, l)
		}
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// ChangeLetter implements store.
func (m *memoryStore) ChangeLetter(_ context.Context, id string, change func(*letter) ([]byte, error)) (letter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.letters[id]
	l, err := decode[letter](data, found)
	if err != nil {
		return letter{}, err
	}
	document, err := change(&l)
	if err != nil {
		return letter{}, err
	}
	if data, err = json.Marshal(l); err != nil {
		return letter{}, err
	}
	if document != nil {
		if err := m.put(documentKey{id, len(l.Versions)}, document); err != nil {
			return letter{}, err
		}
	}
	m.letters[id] = data
	return l, nil
}

// Document implements store.
func (m *memoryStore) Document(_ context.Context, id string, version int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	document, found := m.documents[documentKey{id, version}]
	if !found {
		return nil, errNotFound
	}
	return bytes.Clone(document), nil
}

// AddJob implements store. The oldest jobs that have ended make room.
func (m *memoryStore) AddJob(_ context.Context, j job) error {
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.jobOrder) >= memoryJobs {
		oldest, err := decode[job](m.jobs[m.jobOrder[0]], true)
		if err != nil || oldest.State != jobEnded {
			return errFull
		}
		delete(m.jobs, oldest.ID)
		m.jobOrder = m.jobOrder[1:]
	}
	m.jobs[j.ID] = data
	m.jobOrder = append(m.jobOrder, j.ID)
	return nil
}

// Job implements store.
func (m *memoryStore) Job(_ context.Context, id string) (job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.jobs[id]
	return decode[job](data, found)
}

// ChangeJob implements store.
func (m *memoryStore) ChangeJob(_ context.Context, id string, change func(*job) error) (job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, found := m.jobs[id]
	j, err := decode[job](data, found)
	if err != nil {
		return job{}, err
	}
	if err := change(&j); err != nil {
		return job{}, err
	}
	if data, err = json.Marshal(j); err != nil {
		return job{}, err
	}
	m.jobs[id] = data
	return j, nil
}

// OpenJobs implements store.
func (m *memoryStore) OpenJobs(context.Context) ([]job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []job
	for _, id := range m.jobOrder {
		j, err := decode[job](m.jobs[id], true)
		if err != nil {
			return nil, err
		}
		if j.State != jobEnded {
			out = append(out, j)
		}
	}
	return out, nil
}

// Close implements store.
func (m *memoryStore) Close() error { return nil }
