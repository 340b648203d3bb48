package mockbsre

import (
	"log/slog"
	"testing"
)

// New returns a started fake for a test, closed when the test ends. What happens
// inside goes to the test's log. A failure ends the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := NewUnstarted(Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
