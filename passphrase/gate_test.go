package passphrase_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
)

func TestGate(t *testing.T) {
	for _, c := range []struct{ given, want int32 }{{0, 2}, {-1, 2}, {1, 1}, {5, 5}} {
		synctest.Test(t, func(t *testing.T) {
			gate := passphrase.NewGate(int(c.given))
			var inside, most atomic.Int32
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					assert.NoError(t, gate.Do(context.Background(), func() {
						now := inside.Add(1)
						for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
						}
						time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock, no real wait
						inside.Add(-1)
					}))
				})
			}
			wg.Wait()
			assert.Equal(t, c.want, most.Load())
		})
	}
}

func TestZeroGateIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gate passphrase.Gate
		release, ran := make(chan struct{}), make(chan struct{}, 3)
		for range 3 {
			go func() { _ = gate.Do(t.Context(), func() { ran <- struct{}{}; <-release }) }()
		}
		synctest.Wait()
		assert.Len(t, ran, 2, "two at a time, as NewGate(0)")
		close(release)
		synctest.Wait()
		assert.Len(t, ran, 3)
	})
}

func TestGateObeysContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := passphrase.NewGate(1)
		release := make(chan struct{})
		go func() { _ = gate.Do(context.Background(), func() { <-release }) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		err := gate.Do(ctx, func() { t.Error("must not run") })
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Minute, time.Since(start))
		close(release)
		synctest.Wait()
		assert.ErrorIs(t, gate.Do(ctx, func() { t.Error("must not run") }), context.DeadlineExceeded,
			"a finished context gets no free slot")
	})
}

func TestGateSurvivesPanic(t *testing.T) {
	gate := passphrase.NewGate(1)
	assert.Panics(t, func() { _ = gate.Do(t.Context(), func() { panic("x") }) })
	ran := false
	require.NoError(t, gate.Do(t.Context(), func() { ran = true }))
	assert.True(t, ran)
}
