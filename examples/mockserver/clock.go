package main

import (
	"net/http"
	"sync"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
)

// movingClock lets the fake's clock, which would stand still, go on with the
// real one, from wherever it was set to.
type movingClock struct {
	clock *mockbsre.Clock
	mu    sync.Mutex
	last  time.Time
}

func newMovingClock(clock *mockbsre.Clock) *movingClock {
	now := time.Now()
	clock.Set(now)
	return &movingClock{clock: clock, last: now}
}

// before moves the clock before each request.
func (m *movingClock) before(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		now := time.Now()
		m.clock.Advance(now.Sub(m.last))
		m.last = now
		m.mu.Unlock()
		handler.ServeHTTP(w, r)
	})
}
