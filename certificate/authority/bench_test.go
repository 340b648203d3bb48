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
// that key one operation costs. Both are measured in turn, so that what else
// the machine does weighs on both.
func benchmarks(b *testing.B, prepare func(b *testing.B, keys authority.KeyAlgorithm) func() error) {
	for _, bench := range []struct {
		name string
		keys authority.KeyAlgorithm
	}{{"P256", authority.ECDSAP256}, {"RSA2048", authority.RSA2048}} {
		b.Run(bench.name, func(b *testing.B) {
			operation := prepare(b, bench.keys)
			key, err := bench.keys.GenerateKey()
			require.NoError(b, err)
			digest := sha256.Sum256(nil)
			var own, bare time.Duration
			for b.Loop() {
				start := time.Now()
				if err := operation(); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
				own, bare = own+between.Sub(start), bare+time.Since(between)
			}
			b.ReportMetric(float64(own)/float64(b.N), "ns/op")
			b.ReportMetric(float64(b.N)/own.Seconds(), "op/s")
			b.ReportMetric(float64(own)/float64(bare), "signatures/op")
		})
	}
}

func BenchmarkIssue(b *testing.B) {
	benchmarks(b, func(b *testing.B, keys authority.KeyAlgorithm) func() error {
		a := newAuthority(b, authority.Config{Keys: keys})
		issue(b, a)
		req := budi(b, newKey(b))
		return func() error {
			req.RequestID = requestID()
			_, err := a.Issue(context.Background(), req)
			return err
		}
	})
}

func BenchmarkOCSP(b *testing.B) {
	benchmarks(b, func(b *testing.B, keys authority.KeyAlgorithm) func() error {
		a := newAuthority(b, authority.Config{Keys: keys})
		c := issue(b, a)
		request, err := ocsp.CreateRequest(c, a.Chain()[0], nil)
		require.NoError(b, err)
		h := a.OCSPHandler()
		_, err = ocsp.ParseResponseForCert(overHTTP(h, request), c, a.Chain()[0])
		require.NoError(b, err)
		return func() error {
			if answer := overHTTP(h, request); len(answer) < 100 {
				b.Fatal("no answer")
			}
			return nil
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newAuthority(b, authority.Config{})
	}
}
