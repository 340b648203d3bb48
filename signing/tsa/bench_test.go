package tsa_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"testing"
	"time"

	"github.com/sertel-id/sertel/certificate/authority"
)

// BenchmarkRespond reports how many bare signatures of its key one token
// costs. Both are measured in turn, so that what else the machine does weighs
// on both.
func BenchmarkRespond(b *testing.B) {
	for _, bench := range []struct {
		name string
		keys authority.KeyAlgorithm
	}{{"P256", authority.ECDSAP256}, {"RSA2048", authority.RSA2048}} {
		b.Run(bench.name, func(b *testing.B) {
			f := newFixture(b, bench.keys)
			s, query := f.responder(b), newQuery().der(b)
			var own, bare time.Duration
			for b.Loop() {
				start := time.Now()
				if reply := s.Respond(context.Background(), query); len(reply) < 100 {
					b.Fatal("no token")
				}
				between := time.Now()
				if _, err := f.signer.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
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
