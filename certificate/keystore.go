package certificate

import (
	"bytes"
	"context"
	"sync"
)

// MemoryKeyStore is a [KeyStore] in memory. The zero value is empty.
type MemoryKeyStore struct {
	mu   sync.RWMutex
	keys map[KeyID]SealedKey
}

// NewMemoryKeyStore returns an empty store.
func NewMemoryKeyStore() *MemoryKeyStore { return &MemoryKeyStore{} }

// Put implements [KeyStore].
func (s *MemoryKeyStore) Put(ctx context.Context, id KeyID, k SealedKey) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.keys[id]; taken {
		return ErrKeyExists
	}
	if s.keys == nil {
		s.keys = map[KeyID]SealedKey{}
	}
	k.Sealed = bytes.Clone(k.Sealed)
	s.keys[id] = k
	return nil
}

// Get implements [KeyStore].
func (s *MemoryKeyStore) Get(ctx context.Context, id KeyID) (SealedKey, error) {
	if err := ctx.Err(); err != nil {
		return SealedKey{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	k, ok := s.keys[id]
	if !ok {
		return SealedKey{}, ErrKeyNotFound
	}
	k.Sealed = bytes.Clone(k.Sealed)
	return k, nil
}

// Delete implements [KeyStore].
func (s *MemoryKeyStore) Delete(ctx context.Context, id KeyID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, id)
	return nil
}
