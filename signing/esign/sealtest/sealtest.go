// Package sealtest checks that an implementation of [esign.SealStore] keeps its
// promises: atomic updates that lose nothing, one holder at a time, copies in
// and out.
//
//	func TestSealStore(t *testing.T) {
//		if err := sealtest.TestStore(t.Context(), newStore(t)); err != nil {
//			t.Fatal(err)
//		}
//	}
package sealtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sertel-id/sertel/signing/esign"
)

// TestStore runs every check on an empty store, which is not empty afterwards,
// and returns all that failed, joined. It makes up to 20 concurrent updates.
func TestStore(ctx context.Context, s esign.SealStore) error {
	var failed []error
	for _, c := range []struct {
		name string
		run  func(context.Context, esign.SealStore) error
	}{
		{"an unknown seal has a zero record", unknownSeal},
		{"a record comes back as it was stored", roundTrip},
		{"a record can be emptied", emptied},
		{"one seal does not touch another", apart},
		{"an update that fails stores nothing", failedUpdate},
		{"concurrent updates lose nothing", concurrent},
		{"of many that want the lock one gets it", oneHolder},
		{"what is handed out is a copy", copies},
		{"a cancelled context ends every call", cancelled},
	} {
		if err := c.run(ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("sealtest: %s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

// Seals are named by UUID.
const (
	sealA = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b01"
	sealB = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b02"
	sealC = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b03"
	sealD = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b04"
	sealE = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b05"
	sealF = "7e4b1c52-0f3d-4a86-9b1e-2c5d7f8a9b06"
)

// sample uses microseconds, which is what databases keep.
func sample() esign.SealRecord {
	at := time.Date(2026, 11, 23, 2, 0, 0, 123456000, time.UTC)
	return esign.SealRecord{
		Sealed: []byte("\x00\x01envelope\xff"), Expires: at, Holder: "node-1", Until: at.Add(30 * time.Second),
	}
}

// is compares what the store has of a seal.
func is(ctx context.Context, s esign.SealStore, seal string, want esign.SealRecord) error {
	got, err := s.Record(ctx, seal)
	if err != nil {
		return err
	}
	return same(got, want)
}

func same(got, want esign.SealRecord) error {
	if !bytes.Equal(got.Sealed, want.Sealed) || !got.Expires.Equal(want.Expires) ||
		got.Holder != want.Holder || !got.Until.Equal(want.Until) {
		return fmt.Errorf("got %+v, want %+v", got, want)
	}
	return nil
}

func put(ctx context.Context, s esign.SealStore, seal string, r esign.SealRecord) error {
	return s.Update(ctx, seal, func(at *esign.SealRecord) error {
		*at = r
		return nil
	})
}

func unknownSeal(ctx context.Context, s esign.SealStore) error {
	if err := is(ctx, s, sealA, esign.SealRecord{}); err != nil {
		return err
	}
	var seen esign.SealRecord
	err := s.Update(ctx, sealA, func(r *esign.SealRecord) error { seen = *r; return errStop })
	if !errors.Is(err, errStop) {
		return fmt.Errorf("got %v, want the function's own error", err)
	}
	return same(seen, esign.SealRecord{})
}

var errStop = errors.New("stop")

func roundTrip(ctx context.Context, s esign.SealStore) error {
	if err := put(ctx, s, sealA, sample()); err != nil {
		return err
	}
	for range 2 {
		if err := is(ctx, s, sealA, sample()); err != nil {
			return err
		}
	}
	var seen esign.SealRecord
	if err := s.Update(ctx, sealA, func(r *esign.SealRecord) error { seen = *r; return nil }); err != nil {
		return err
	}
	return same(seen, sample())
}

func emptied(ctx context.Context, s esign.SealStore) error {
	if err := errors.Join(put(ctx, s, sealB, sample()), put(ctx, s, sealB, esign.SealRecord{})); err != nil {
		return err
	}
	got, err := s.Record(ctx, sealB)
	if err == nil && (!got.Expires.IsZero() || !got.Until.IsZero()) {
		err = fmt.Errorf("got %+v, want zero times", got)
	}
	return errors.Join(err, same(got, esign.SealRecord{}))
}

func apart(ctx context.Context, s esign.SealStore) error {
	other := esign.SealRecord{Sealed: []byte("another")}
	if err := errors.Join(put(ctx, s, sealA, sample()), put(ctx, s, sealB, other)); err != nil {
		return err
	}
	return errors.Join(is(ctx, s, sealA, sample()), is(ctx, s, sealB, other))
}

func failedUpdate(ctx context.Context, s esign.SealStore) error {
	if err := put(ctx, s, sealC, sample()); err != nil {
		return err
	}
	err := s.Update(ctx, sealC, func(r *esign.SealRecord) error {
		r.Sealed[0] = 'x'
		r.Holder = "node-2"
		return errStop
	})
	if !errors.Is(err, errStop) {
		return fmt.Errorf("got %v, want the function's own error", err)
	}
	return is(ctx, s, sealC, sample())
}

func concurrent(ctx context.Context, s esign.SealStore) error {
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			errs[i] = s.Update(ctx, sealD, func(r *esign.SealRecord) error {
				r.Sealed = append(r.Sealed, byte(i))
				return nil
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r, err := s.Record(ctx, sealD)
	if err == nil && len(r.Sealed) != n {
		err = fmt.Errorf("got %d updates, want %d", len(r.Sealed), n)
	}
	return err
}

func oneHolder(ctx context.Context, s esign.SealStore) error {
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			errs[i] = s.Update(ctx, sealE, func(r *esign.SealRecord) error {
				if r.Holder != "" {
					return errStop
				}
				r.Holder, r.Until = fmt.Sprintf("node-%d", i), sample().Until
				return nil
			})
		})
	}
	wg.Wait()
	holder := ""
	for i, err := range errs {
		switch {
		case errors.Is(err, errStop):
		case err != nil:
			return err
		case holder != "":
			return fmt.Errorf("%s and node-%d hold the lock", holder, i)
		default:
			holder = fmt.Sprintf("node-%d", i)
		}
	}
	return is(ctx, s, sealE, esign.SealRecord{Holder: holder, Until: sample().Until})
}

func copies(ctx context.Context, s esign.SealStore) error {
	mine := sample()
	if err := put(ctx, s, sealF, mine); err != nil {
		return err
	}
	mine.Sealed[0] = 'x'
	got, err := s.Record(ctx, sealF)
	if err != nil {
		return err
	}
	if err := same(got, sample()); err != nil {
		return err
	}
	got.Sealed[0] = 'y'
	return is(ctx, s, sealF, sample())
}

func cancelled(ctx context.Context, s esign.SealStore) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.Record(ctx, sealA)
	for _, err := range []error{err, put(ctx, s, sealA, sample())} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("got %v, want %v", err, context.Canceled)
		}
	}
	return nil
}
