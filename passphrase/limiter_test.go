package passphrase_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sertel-id/sertel/passphrase"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func limited(t testing.TB, err error) *passphrase.LimitError {
	t.Helper()
	var limit *passphrase.LimitError
	require.ErrorAs(t, err, &limit)
	require.ErrorIs(t, err, passphrase.ErrLimited)
	return limit
}

func TestLimiterDelaysDouble(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	for i := range 5 {
		_, err := l.Reserve(ctx, "key-1")
		require.NoError(t, err, "failure %d is free", i+1)
	}
	for _, want := range []time.Duration{
		10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second,
		320 * time.Second, 640 * time.Second, 15 * time.Minute, 15 * time.Minute,
	} {
		_, err := l.Reserve(ctx, "key-1")
		assert.Equal(t, want, limited(t, err).RetryAfter)
		clock.Advance(want - 1)
		_, err = l.Reserve(ctx, "key-1")
		assert.Equal(t, time.Duration(1), limited(t, err).RetryAfter, "a nanosecond early")
		clock.Advance(1)
		_, err = l.Reserve(ctx, "key-1")
		require.NoError(t, err, "on time")
	}
	_, err := l.Reserve(ctx, "key-2")
	assert.NoError(t, err, "another account is not concerned")
}

func TestLimiterLocks(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	for range 100 {
		_, err := l.Reserve(ctx, "key-1")
		require.NoError(t, err)
		clock.Advance(15 * time.Minute)
	}
	_, err := l.Reserve(ctx, "key-1")
	assert.True(t, limited(t, err).Locked)
	assert.Zero(t, limited(t, err).RetryAfter)
	clock.Advance(10 * 365 * 24 * time.Hour)
	_, err = l.Reserve(ctx, "key-1")
	assert.True(t, limited(t, err).Locked, "time does not unlock")

	require.NoError(t, l.Release(ctx, "key-1"))
	_, err = l.Reserve(ctx, "key-1")
	assert.NoError(t, err)
}

func TestLimiterSuccessClears(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	for range 20 {
		for range 4 {
			_, err := l.Reserve(ctx, "key-1")
			require.NoError(t, err)
		}
		attempt, err := l.Reserve(ctx, "key-1")
		require.NoError(t, err)
		require.NoError(t, attempt.Succeed(ctx))
		assert.ErrorIs(t, attempt.Succeed(ctx), passphrase.ErrAttemptSettled)
	}
}

// Somebody with an account of his own must not clear the count of his guesses at
// others by signing in himself now and then.
func TestLimiterOriginIsNotClearedByOwnSuccess(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	var guesses int
	for victim := range 1000 {
		if _, err := l.Reserve(ctx, fmt.Sprint("victim-", victim), "192.0.2.1"); err != nil {
			assert.False(t, limited(t, err).Locked, "origins never lock")
			break
		}
		guesses++
		own, err := l.Reserve(ctx, "own", "192.0.2.1")
		if err != nil {
			break
		}
		require.NoError(t, own.Succeed(ctx))
	}
	assert.Equal(t, 50, guesses)

	_, err := l.Reserve(ctx, "own", "192.0.2.2")
	assert.NoError(t, err, "another origin")
	clock.Advance(time.Hour + 1)
	_, err = l.Reserve(ctx, "own", "192.0.2.1")
	assert.NoError(t, err, "an origin is forgotten after an hour")
}

func TestLimiterRefusalCountsNothing(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now, OriginFree: 1})
	_, err := l.Reserve(ctx, "key-1", "192.0.2.1")
	require.NoError(t, err)
	for range 50 {
		_, err = l.Reserve(ctx, "key-2", "192.0.2.1")
		require.Error(t, err)
	}
	for range 5 {
		_, err = l.Reserve(ctx, "key-2")
		assert.NoError(t, err, "tries refused for the origin are not the account's")
	}
}

func TestLimiterClockGoesBack(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	for range 5 {
		_, err := l.Reserve(ctx, "key-1")
		require.NoError(t, err)
	}
	clock.Advance(-365 * 24 * time.Hour)
	_, err := l.Reserve(ctx, "key-1")
	assert.Equal(t, 10*time.Second, limited(t, err).RetryAfter, "the delay stays, the difference does not")
	clock.Advance(10 * time.Second)
	_, err = l.Reserve(ctx, "key-1")
	assert.NoError(t, err)
}

func TestLimiterParallelGuesses(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
	var allowed atomic.Int32
	for round := range 20 {
		allowed.Store(0)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if _, err := l.Reserve(ctx, "key-1", "192.0.2.1"); err == nil {
					allowed.Add(1)
				}
			})
		}
		wg.Wait()
		want := int32(1)
		if round == 0 {
			want = 5
		}
		assert.Equal(t, want, allowed.Load(), "round %d", round)
		clock.Advance(15 * time.Minute)
	}
}

// However guesses, successes elsewhere and waiting are mixed, the number of
// tries at one account within a span is bounded by the free ones and one for
// each delay.
func TestLimiterNeverPassed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := newClock()
		l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now})
		start, tries := clock.Now(), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				if _, err := l.Reserve(context.Background(), "key-1", "192.0.2.1"); err == nil {
					tries++
				}
			case 1:
				if own, err := l.Reserve(context.Background(), "own", "192.0.2.1"); err == nil {
					_ = own.Succeed(context.Background())
				}
			case 2:
				clock.Advance(time.Duration(rapid.IntRange(0, 1000).Draw(t, "seconds")) * time.Second)
			}
		}
		bound, delay := 5, 10*time.Second
		for at := start; bound < 100; bound++ {
			if at = at.Add(delay); at.After(clock.Now()) {
				break
			}
			delay = min(2*delay, 15*time.Minute)
		}
		if tries > bound {
			t.Fatalf("%d tries in %v, at most %d", tries, clock.Now().Sub(start), bound)
		}
	})
}

func TestLimiterTellsTheWorst(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Now: clock.Now, Free: 1, OriginFree: 1, LockAfter: 2})
	_, err := l.Reserve(ctx, "key-1", "192.0.2.1")
	require.NoError(t, err)
	clock.Advance(3 * time.Second)
	_, err = l.Reserve(ctx, "key-2", "192.0.2.2")
	require.NoError(t, err)
	_, err = l.Reserve(ctx, "key-1", "192.0.2.1", "192.0.2.2")
	assert.Equal(t, 10*time.Second, limited(t, err).RetryAfter)
	assert.EqualError(t, err, "passphrase: too many attempts: retry after 10s")
	_, err = l.Reserve(ctx, "key-2", "192.0.2.1")
	assert.Equal(t, 10*time.Second, limited(t, err).RetryAfter)

	clock.Advance(10 * time.Second)
	_, err = l.Reserve(ctx, "key-1")
	require.NoError(t, err)
	_, err = l.Reserve(ctx, "key-1", "192.0.2.1")
	assert.True(t, limited(t, err).Locked)
	assert.EqualError(t, err, "passphrase: too many attempts: locked")
}

func TestLimiterKeys(t *testing.T) {
	ctx := t.Context()
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Free: 1})
	for name, keys := range map[string][]string{
		"empty": {""}, "long": {string(make([]byte, 191))}, "empty origin": {"a", ""},
	} {
		_, err := l.Reserve(ctx, keys[0], keys[1:]...)
		assert.ErrorIs(t, err, passphrase.ErrLimiterKey, name)
	}
	assert.ErrorIs(t, l.Release(ctx, ""), passphrase.ErrLimiterKey)
	_, err := l.Reserve(ctx, "x", "x", "x")
	require.NoError(t, err, "an account and an origin of the same name are two")
	_, err = l.Reserve(ctx, "x")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "x\"")
	assert.Panics(t, func() { passphrase.NewLimiter(passphrase.LimiterConfig{Free: -1}) })
}

func TestMemoryAttemptsAreBounded(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	store := passphrase.NewMemoryAttempts()
	store.SetMaxKeys(3)
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Store: store, Free: 1, Now: clock.Now})
	for i := range 4 {
		_, err := l.Reserve(ctx, fmt.Sprint(i))
		require.NoError(t, err)
	}
	_, err := l.Reserve(ctx, "3")
	assert.ErrorIs(t, err, passphrase.ErrLimited)
	_, err = l.Reserve(ctx, "0")
	assert.NoError(t, err, "the oldest was forgotten")
}

// Origins are as many as an attacker has addresses: a flood of them must not make the store
// forget how often an account was guessed at, or that it is locked.
func TestFloodOfOriginsForgetsNoAccount(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	store := passphrase.NewMemoryAttempts()
	store.SetMaxKeys(10)
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Store: store, Free: 1, LockAfter: 1, Now: clock.Now})
	_, err := l.Reserve(ctx, "victim")
	require.NoError(t, err)
	for i := range 100 {
		origins := []string{fmt.Sprint("2001:db8::", i), fmt.Sprint("2001:db8:1::", i)}
		attempt, err := l.Reserve(ctx, "own", append(origins, "common")...)
		require.NoError(t, err)
		_, err = l.Reserve(ctx, fmt.Sprint("another-", i%5), fmt.Sprint("2001:db8:2::", i))
		if i >= 5 {
			require.ErrorIs(t, err, passphrase.ErrLimited)
		}
		if i%2 == 0 {
			require.NoError(t, attempt.Succeed(ctx))
		} else {
			require.NoError(t, l.Release(ctx, "own")) // the origins stay counted
		}
	}
	_, err = l.Reserve(ctx, "victim")
	assert.True(t, limited(t, err).Locked)
}

type failingStore struct{ err error }

func (s failingStore) UpdateAttempts(context.Context, []string, func([]passphrase.AttemptState) error) error {
	return s.err
}

func TestLimiterFailsClosed(t *testing.T) {
	away := errors.New("the database is away")
	l := passphrase.NewLimiter(passphrase.LimiterConfig{Store: failingStore{away}})
	attempt, err := l.Reserve(t.Context(), "key-1")
	assert.ErrorIs(t, err, away)
	assert.Nil(t, attempt)
	assert.ErrorIs(t, l.Release(t.Context(), "key-1"), away)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = passphrase.NewLimiter(passphrase.LimiterConfig{}).Reserve(ctx, "key-1")
	assert.ErrorIs(t, err, context.Canceled)
}
