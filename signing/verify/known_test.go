package verify_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

func TestKnownPSrE(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range verify.KnownPSrE() {
		digest, err := hex.DecodeString(k.SHA256)
		require.NoError(t, err)
		assert.Len(t, digest, 32)
		assert.False(t, seen[k.SHA256])
		seen[k.SHA256] = true
		from, err := time.Parse(time.DateOnly, k.NotBefore)
		require.NoError(t, err)
		until, err := time.Parse(time.DateOnly, k.NotAfter)
		require.NoError(t, err)
		assert.True(t, from.Before(until))
		assert.NotEmpty(t, k.Source)
	}
	w := newWorld(t)
	_, ok := verify.Describe(w.root.cert)
	assert.False(t, ok, "a made-up root is not known")
}

func TestHTTPFetcherNeedsHosts(t *testing.T) {
	_, err := verify.NewHTTPFetcher(verify.HTTPConfig{})
	assert.Error(t, err, "neither hosts nor any host")
	_, err = verify.NewHTTPFetcher(verify.HTTPConfig{Hosts: []string{"ocsp.example"}})
	assert.NoError(t, err)
}
