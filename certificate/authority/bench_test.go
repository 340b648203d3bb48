package authority_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate/authority"
)

// benchmarks run with each kind of key and report how many bare signatures of
// that key one operation costs, measured in the same run.
func benchmarks(b *testing.B, run func(b *testing.B, keys authority.KeyAlgorithm)) {
	for name, keys := range map[string]authority.KeyAlgorithm{"P256": authority.ECDSAP256, "RSA2048": authority.RSA2048} {
		b.Run(name, func(b *testing.B) {
			bare := bareSignature(b, keys)
			run(b, keys)
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(bare), "signatures/op")
		})
	}
}

func bareSignature(b *testing.B, keys authority.KeyAlgorithm) time.Duration {
	key, err := keys.Generate()
	require.NoError(b, err)
	digest := sha256.Sum256(nil)
	const n = 100
	start := time.Now()
	for range n {
		if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start) / n
}

func BenchmarkIssue(b *testing.B) {
	benchmarks(b, func(b *testing.B, keys authority.KeyAlgorithm) {
		a := newAuthority(b, authority.Config{Keys: keys})
		issue(b, a)
		req := budi(b, newKey(b))
		for b.Loop() {
			req.RequestID = requestID()
			if _, err := a.Issue(context.Background(), req); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkOCSP(b *testing.B) {
	benchmarks(b, func(b *testing.B, keys authority.KeyAlgorithm) {
		a := newAuthority(b, authority.Config{Keys: keys})
		request, err := ocsp.CreateRequest(issue(b, a), a.Chain()[0], nil)
		require.NoError(b, err)
		h := a.OCSPHandler()
		for b.Loop() {
			if answer := overHTTP(h, request); len(answer) < 100 {
				b.Fatal("no answer")
			}
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newAuthority(b, authority.Config{})
	}
}
