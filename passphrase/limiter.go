package passphrase

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

var (
	// ErrLimited means that no try is allowed now. It comes as a
	// [*LimitError] from [Limiter.Reserve].
	ErrLimited = errors.New("too many attempts")
	// ErrLimiterKey means that a key is empty or longer than 190 bytes.
	ErrLimiterKey = errors.New("bad limiter key")
	// ErrAttemptSettled means that an [Attempt] was settled before.
	ErrAttemptSettled = errors.New("attempt already settled")
)

// LimitError says that no try is allowed now, and until when. Towards the
// person a delay, a lock and a wrong passphrase should look alike: print the
// same words for all of them. Its text names no key.
type LimitError struct {
	// RetryAfter is the delay until the next try; zero when Locked.
	RetryAfter time.Duration
	// Locked means that only [Limiter.Release] helps.
	Locked bool
}

// Error implements error.
func (e *LimitError) Error() string {
	if e.Locked {
		return "passphrase: too many attempts: locked"
	}
	return fmt.Sprintf("passphrase: too many attempts: retry after %v", e.RetryAfter)
}

// Is reports whether target is [ErrLimited].
func (e *LimitError) Is(target error) bool { return target == ErrLimited }

// LimiterConfig configures a [Limiter].
type LimiterConfig struct {
	// Store keeps the counts; nil means a [MemoryAttempts] of its own.
	Store AttemptStore
	// Free is the number of failures in a row without delay; zero means 5.
	Free int
	// OriginFree is the same for origins, which many people may share; zero
	// means 50. An origin is forgotten after four times MaxDelay without a
	// try.
	OriginFree int
	// FirstDelay follows the last free failure and doubles with each
	// further one; zero means 10 s.
	FirstDelay time.Duration
	// MaxDelay ends the doubling; zero means 15 min.
	MaxDelay time.Duration
	// LockAfter is the number of failures in a row that lock an account;
	// zero means 100 (NIST SP 800-63B section 3.2.2). Origins never lock.
	LockAfter int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Limiter slows down guessing. A try is reserved before the costly work and
// counts as a failure until it is reported as a success, so parallel guesses
// and broken connections cannot pass the limit.
type Limiter struct {
	cfg LimiterConfig
}

// NewLimiter returns a Limiter. A negative number in cfg is a programmer's
// mistake and panics.
func NewLimiter(cfg LimiterConfig) *Limiter {
	if min(cfg.Free, cfg.OriginFree, cfg.LockAfter) < 0 || min(cfg.FirstDelay, cfg.MaxDelay) < 0 {
		panic("passphrase: negative number in LimiterConfig")
	}
	if cfg.Store == nil {
		cfg.Store = NewMemoryAttempts()
	}
	if cfg.Free == 0 {
		cfg.Free = 5
	}
	if cfg.OriginFree == 0 {
		cfg.OriginFree = 50
	}
	if cfg.FirstDelay == 0 {
		cfg.FirstDelay = 10 * time.Second
	}
	if cfg.MaxDelay == 0 {
		cfg.MaxDelay = 15 * time.Minute
	}
	if cfg.LockAfter == 0 {
		cfg.LockAfter = 100
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Limiter{cfg}
}

// Attempt is a reserved try.
type Attempt struct {
	limiter *Limiter
	keys    []string
	settled atomic.Bool
}

// Reserve takes one try for account, and for each origin it came from, or fails
// with a [*LimitError] and counts nothing. account names what is guarded, such
// as a key id; origins are coarser, such as a network address. Names of people
// and their numbers do not belong into either: they would rest in the store.
//
// The caller does the check and then calls [Attempt.Succeed]; doing nothing
// leaves the try counted as a failure.
func (l *Limiter) Reserve(ctx context.Context, account string, origins ...string) (*Attempt, error) {
	keys, err := limiterKeys(account, origins)
	if err != nil {
		return nil, fmt.Errorf("passphrase: reserve: %w", err)
	}
	var refusal *LimitError
	err = l.cfg.Store.UpdateAttempts(ctx, keys, func(states []AttemptState) error {
		refusal = nil
		now := l.cfg.Now()
		for i := range states {
			refusal = worse(refusal, l.judge(&states[i], i > 0, now))
		}
		if refusal != nil {
			return nil
		}
		for i := range states {
			states[i].Failures++
			states[i].Last = now
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("passphrase: reserve: %w", err)
	}
	if refusal != nil {
		return nil, refusal
	}
	return &Attempt{limiter: l, keys: keys}, nil
}

// judge returns why no try is allowed for one state, or nil.
func (l *Limiter) judge(s *AttemptState, origin bool, now time.Time) *LimitError {
	if s.Last.After(now) {
		// The clock went back. Counting on from now keeps the delay without
		// shutting anybody out for the whole difference.
		s.Last = now
	}
	free := l.cfg.Free
	if origin {
		free = l.cfg.OriginFree
		if now.Sub(s.Last) > 4*l.cfg.MaxDelay {
			*s = AttemptState{}
		}
	} else if s.Failures >= l.cfg.LockAfter {
		return &LimitError{Locked: true}
	}
	if s.Failures < free {
		return nil
	}
	wait := s.Last.Add(l.delay(s.Failures - free)).Sub(now)
	if wait <= 0 {
		return nil
	}
	return &LimitError{RetryAfter: wait}
}

func (l *Limiter) delay(doublings int) time.Duration {
	d := l.cfg.FirstDelay
	for range doublings {
		if d >= l.cfg.MaxDelay/2 {
			return l.cfg.MaxDelay
		}
		d *= 2
	}
	return min(d, l.cfg.MaxDelay)
}

func worse(a, b *LimitError) *LimitError {
	switch {
	case a == nil:
		return b
	case b == nil, a.Locked:
		return a
	case b.Locked, b.RetryAfter > a.RetryAfter:
		return b
	}
	return a
}

// Succeed reports that the try was right. It clears the account's count; the
// origins only get this try back, so that somebody with an account of his own
// cannot clear the count of his guesses at others. A second call fails with
// [ErrAttemptSettled].
func (a *Attempt) Succeed(ctx context.Context) error {
	if a.settled.Swap(true) {
		return fmt.Errorf("passphrase: %w", ErrAttemptSettled)
	}
	err := a.limiter.cfg.Store.UpdateAttempts(ctx, a.keys, func(states []AttemptState) error {
		states[0] = AttemptState{}
		for i := 1; i < len(states); i++ {
			states[i].Failures = max(0, states[i].Failures-1)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("passphrase: succeed: %w", err)
	}
	return nil
}

// Release clears the count of account, and with it a lock. It is for a
// completed reset and for an operator. Errors: [ErrLimiterKey], and the
// store's.
func (l *Limiter) Release(ctx context.Context, account string) error {
	keys, err := limiterKeys(account, nil)
	if err == nil {
		err = l.cfg.Store.UpdateAttempts(ctx, keys, func(states []AttemptState) error {
			states[0] = AttemptState{}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("passphrase: release: %w", err)
	}
	return nil
}

// The prefixes of the keys in the store.
const (
	accountPrefix = "account:"
	originPrefix  = "origin:"
)

// limiterKeys keeps accounts and origins apart in the store and drops repeated
// origins.
func limiterKeys(account string, origins []string) ([]string, error) {
	keys := []string{accountPrefix + account}
	seen := map[string]bool{}
	for _, origin := range origins {
		if !seen[origin] {
			seen[origin] = true
			keys = append(keys, originPrefix+origin)
		}
	}
	for _, key := range append([]string{account}, origins...) {
		if key == "" || len(key) > 190 {
			return nil, ErrLimiterKey
		}
	}
	return keys, nil
}
