package mockbsre

import (
	"log/slog"
	"sync"
	"testing"
)

// New returns a started fake for a test, closed when the test ends. What happens
// inside goes to the test's log. A failure ends the test.
func New(t testing.TB) *Server {
	t.Helper()
	return NewWith(t, Config{})
}

// NewWith is [New] with a configuration. With Config.Strict the test fails when
// the client under test sends what the real service only tolerates. Without
// Config.Logger what happens inside goes to the test's log.
func NewWith(t testing.TB, cfg Config) *Server {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	s := NewUnstarted(cfg)
	// A handler that outlives the test must not speak to it any more.
	var mu sync.Mutex
	ended := false
	s.strict = func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if !ended {
			t.Error(err)
		}
	}
	t.Cleanup(func() {
		s.Close()
		mu.Lock()
		defer mu.Unlock()
		ended = true
	})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}
