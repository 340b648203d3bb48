package attempttest_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/attempttest"
)

func TestMemoryAttempts(t *testing.T) {
	require.NoError(t, attempttest.TestStore(t.Context(), new(passphrase.MemoryAttempts)))
}

// careless stores what a failed update left and does not look at the context.
type careless struct {
	mu     sync.Mutex
	states map[string]passphrase.AttemptState
}

func (c *careless) UpdateAttempts(_ context.Context, keys []string, f func([]passphrase.AttemptState) error) error {
	c.mu.Lock()
	states := make([]passphrase.AttemptState, len(keys))
	for i, key := range keys {
		states[i] = c.states[key]
	}
	c.mu.Unlock() // another update comes between
	err := f(states)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, key := range keys {
		c.states[key] = states[i]
	}
	return err
}

func TestFindsABadStore(t *testing.T) {
	err := attempttest.TestStore(t.Context(), &careless{states: map[string]passphrase.AttemptState{}})
	for _, promise := range []string{"an update that fails", "cancelled"} {
		assert.ErrorContains(t, err, promise)
	}
}
