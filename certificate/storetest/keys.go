package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/sertel-id/sertel/certificate"
)

// TestKeyStore is TestStore for a [certificate.KeyStore].
func TestKeyStore(ctx context.Context, s certificate.KeyStore) error {
	id := certificate.KeyID("KEY-" + certificate.GeneratePersonID().String())
	key := certificate.SealedKey{Person: certificate.GeneratePersonID(), Origin: "ORIGIN", Sealed: []byte{0, 1, 0xff}}

	_, err := s.Get(ctx, id)
	failed := []error{wantErr("Get of no key", err, certificate.ErrKeyNotFound)}
	if err := s.Delete(ctx, id); err != nil {
		failed = append(failed, fmt.Errorf("deleting no key: %w", err))
	}
	given := key
	given.Sealed = bytes.Clone(key.Sealed)
	if err := s.Put(ctx, id, given); err != nil {
		return errors.Join(append(failed, err)...)
	}
	given.Sealed[0] = 9
	failed = append(failed, holds(ctx, s, id, key, "after the caller changed his copy"))
	if got, err := s.Get(ctx, id); err == nil && len(got.Sealed) > 0 {
		got.Sealed[0] = 9
		failed = append(failed, holds(ctx, s, id, key, "after the reader changed his copy"))
	}
	failed = append(failed, wantErr("Put of a taken id", s.Put(ctx, id, certificate.SealedKey{}), certificate.ErrKeyExists),
		holds(ctx, s, id, key, "after a refused Put"))
	if err := s.Delete(ctx, id); err != nil {
		failed = append(failed, fmt.Errorf("deleting a key: %w", err))
	}
	_, err = s.Get(ctx, id)
	failed = append(failed, wantErr("Get of a deleted key", err, certificate.ErrKeyNotFound))

	var stored atomic.Int64
	failed = append(failed, parallel(func(int) error {
		err := s.Put(ctx, id, key)
		if err == nil {
			stored.Add(1)
		} else if !errors.Is(err, certificate.ErrKeyExists) {
			return err
		}
		return nil
	}))
	if n := stored.Load(); n != 1 {
		failed = append(failed, fmt.Errorf("%d of 16 concurrent Puts of one id succeeded, want 1", n))
	}
	return errors.Join(failed...)
}

func holds(ctx context.Context, s certificate.KeyStore, id certificate.KeyID, want certificate.SealedKey, when string) error {
	got, err := s.Get(ctx, id)
	if err != nil {
		return fmt.Errorf("reading %s: %w", when, err)
	}
	if got.Person != want.Person || got.Origin != want.Origin || !bytes.Equal(got.Sealed, want.Sealed) {
		return fmt.Errorf("another key is stored %s", when)
	}
	return nil
}
