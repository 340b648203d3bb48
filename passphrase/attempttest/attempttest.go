// Package attempttest checks that an implementation of [passphrase.AttemptStore] keeps its
// promises: atomic updates of several keys that lose nothing, in whatever order others name them.
//
//	func TestAttempts(t *testing.T) {
//		if err := attempttest.TestStore(t.Context(), newStore(t)); err != nil {
//			t.Fatal(err)
//		}
//	}
package attempttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// TestStore runs every check on an empty store, which is not empty afterwards, and returns all
// that failed, joined. It makes up to 16 concurrent updates.
func TestStore(ctx context.Context, s passphrase.AttemptStore) error {
	var failed []error
	for _, c := range []struct {
		name string
		run  func(context.Context, passphrase.AttemptStore) error
	}{
		{"a key not seen before has the zero state", unseen},
		{"states come back in the order of the keys", roundTrip},
		{"keys are opaque", opaque},
		{"an update that fails stores nothing", failedUpdate},
		{"a cleared state is zero or kept", cleared},
		{"concurrent updates lose nothing", concurrent},
		{"keys in any order do not block each other", crossed},
		{"a cancelled context stores nothing", cancelled},
		{"a limiter counts across updates", limits},
	} {
		if err := c.run(ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("attempttest: %s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

// at is a time in microseconds, which is what databases keep.
var at = time.Date(2026, time.November, 23, 2, 0, 0, 123456000, time.UTC)

func same(a, b passphrase.AttemptState) bool {
	return a.Failures == b.Failures && (a.Failures == 0 || a.Last.Equal(b.Last))
}

// are compares what the store has of the keys.
func are(ctx context.Context, s passphrase.AttemptStore, keys []string, want ...passphrase.AttemptState) error {
	var got []passphrase.AttemptState
	err := s.UpdateAttempts(ctx, keys, func(states []passphrase.AttemptState) error {
		got = slices.Clone(states)
		return errStop
	})
	if !errors.Is(err, errStop) {
		return fmt.Errorf("got error %v, want the function's own", err)
	}
	if !slices.EqualFunc(got, want, same) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

var errStop = errors.New("stop")

func put(ctx context.Context, s passphrase.AttemptStore, keys []string, states ...passphrase.AttemptState) error {
	return s.UpdateAttempts(ctx, keys, func(stored []passphrase.AttemptState) error {
		copy(stored, states)
		return nil
	})
}

func state(n int) passphrase.AttemptState {
	return passphrase.AttemptState{Failures: n, Last: at.Add(time.Duration(n) * time.Second)}
}

func unseen(ctx context.Context, s passphrase.AttemptStore) error {
	return s.UpdateAttempts(ctx, []string{"account:unseen", "origin:unseen"}, func(states []passphrase.AttemptState) error {
		for _, got := range states {
			if got.Failures != 0 || !got.Last.IsZero() {
				return fmt.Errorf("got %v", got)
			}
		}
		if len(states) != 2 {
			return fmt.Errorf("%d states for 2 keys", len(states))
		}
		return nil
	})
}

func roundTrip(ctx context.Context, s passphrase.AttemptStore) error {
	keys := []string{"origin:b", "account:a", "origin:c"}
	if err := put(ctx, s, keys, state(1), state(2), state(3)); err != nil {
		return err
	}
	return errors.Join(are(ctx, s, keys, state(1), state(2), state(3)),
		are(ctx, s, []string{"account:a", "account:new", "origin:c", "origin:b"}, state(2), passphrase.AttemptState{}, state(3), state(1)))
}

func opaque(ctx context.Context, s passphrase.AttemptStore) error {
	keys := []string{"account:" + strings.Repeat("k", 192), "account:\x00\xff'\"%_", "account:\x00\xff'\"%_ ", "account:É", "account:é"}
	var states []passphrase.AttemptState
	for i := range keys {
		states = append(states, state(i+1))
	}
	if err := put(ctx, s, keys, states...); err != nil {
		return err
	}
	return are(ctx, s, keys, states...)
}

func failedUpdate(ctx context.Context, s passphrase.AttemptStore) error {
	keys := []string{"account:failed", "origin:failed"}
	if err := put(ctx, s, keys, state(1), state(2)); err != nil {
		return err
	}
	err := s.UpdateAttempts(ctx, keys, func(states []passphrase.AttemptState) error {
		states[0], states[1] = state(8), state(9)
		return errStop
	})
	if !errors.Is(err, errStop) {
		return fmt.Errorf("got error %v, want the function's own", err)
	}
	return are(ctx, s, keys, state(1), state(2))
}

func cleared(ctx context.Context, s passphrase.AttemptStore) error {
	keys := []string{"account:cleared", "origin:cleared"}
	if err := errors.Join(put(ctx, s, keys, state(5), state(6)), put(ctx, s, keys, passphrase.AttemptState{}, state(6))); err != nil {
		return err
	}
	if err := are(ctx, s, keys, passphrase.AttemptState{}, state(6)); err != nil {
		return err
	}
	return errors.Join(put(ctx, s, keys, state(7), passphrase.AttemptState{}), are(ctx, s, keys, state(7), passphrase.AttemptState{}))
}

// parallel runs f in 16 goroutines and joins the errors.
func parallel(f func(i int) error) error {
	errs := make([]error, 16)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func add(states []passphrase.AttemptState) error {
	for i := range states {
		states[i].Failures++
		states[i].Last = at
	}
	return nil
}

func concurrent(ctx context.Context, s passphrase.AttemptStore) error {
	const rounds = 4
	err := parallel(func(int) error {
		for range rounds {
			if err := s.UpdateAttempts(ctx, []string{"account:concurrent"}, add); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return are(ctx, s, []string{"account:concurrent"}, passphrase.AttemptState{Failures: 16 * rounds, Last: at})
}

// crossed names the keys in opposite orders, while one of them is cleared now and then.
func crossed(ctx context.Context, s passphrase.AttemptStore) error {
	const rounds = 4
	keys := []string{"account:x", "origin:y", "origin:z"}
	err := parallel(func(i int) error {
		mine := slices.Clone(keys)
		if i%2 == 1 {
			slices.Reverse(mine)
		}
		for range rounds {
			if err := s.UpdateAttempts(ctx, mine, add); err != nil {
				return err
			}
			if err := put(ctx, s, []string{"account:x"}, passphrase.AttemptState{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	want := passphrase.AttemptState{Failures: 16 * rounds, Last: at}
	return are(ctx, s, []string{"account:x", "origin:y", "origin:z"}, passphrase.AttemptState{}, want, want)
}

func cancelled(ctx context.Context, s passphrase.AttemptStore) error {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := put(gone, s, []string{"account:cancelled"}, state(3)); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("got error %v, want %v", err, context.Canceled)
	}
	return are(ctx, s, []string{"account:cancelled"}, passphrase.AttemptState{})
}

// limits goes through a limiter, since that is what a store is for.
func limits(ctx context.Context, s passphrase.AttemptStore) error {
	now := at
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Store: s, Free: 2, LockAfter: 3, Now: func() time.Time { return now }})
	for range 3 {
		if _, err := l.Reserve(ctx, "guessed", "192.0.2.1"); err != nil {
			return err
		}
		now = now.Add(time.Hour)
	}
	var limit *passphrase.LimitError
	if _, err := l.Reserve(ctx, "guessed", "192.0.2.2"); !errors.As(err, &limit) || !limit.Locked {
		return fmt.Errorf("after three failures: got error %v, want a lock", err)
	}
	if err := l.Release(ctx, "guessed"); err != nil {
		return err
	}
	attempt, err := l.Reserve(ctx, "guessed")
	if err != nil {
		return err
	}
	if err := attempt.Succeed(ctx); err != nil {
		return err
	}
	return are(ctx, s, []string{"account:guessed"}, passphrase.AttemptState{})
}
