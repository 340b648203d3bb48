package esign_test

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/signing/esign"
)

// TestLargeLetterBetweenBothSides has a large letter signed by the fake over
// HTTP. All that both sides allocate on the way bounds what either holds.
func TestLargeLetterBetweenBothSides(t *testing.T) {
	const size = 20 << 20
	f := newFake(t, mockbsre.EsignConfig{})
	for name, change := range map[string]func(*esign.Config){
		"version 1": v1, "version 1 in JSON": func(c *esign.Config) { v1(c); c.Profile.V1Base64 = true }, "version 2": nil,
	} {
		t.Run(name, func(t *testing.T) {
			if name != "version 2" && os.Getenv("SERTEL_CI") != "1" {
				t.Skip("version 2 stands for all; set SERTEL_CI=1")
			}
			in := append(large(t, size), name...)
			c := f.client(change)
			_, _, err := f.sign(c, page(len(name)), signed()) // what is made once is not of the letter
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := c.Signer(nikOf(f.person)).Sign(t.Context(), io.Discard, bytes.NewReader(in), int64(len(in)), signed())
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			assert.Equal(t, esign.OutcomeSigned, r.Outcome)
			all := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20)
			t.Logf("%d MiB letter: %.1f MiB allocated in all by both sides", len(in)>>20, all)
			assert.Less(t, all, 80.0)
		})
	}
}
