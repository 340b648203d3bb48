package tsa_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"testing"
	"time"

	"github.com/sertel-id/sertel/certificate/authority"
)

func BenchmarkRespond(b *testing.B) {
	for name, keys := range map[string]authority.KeyAlgorithm{"P256": authority.ECDSAP256, "RSA2048": authority.RSA2048} {
		b.Run(name, func(b *testing.B) {
			f := newFixture(b, keys)
			s, query := f.responder(b), newQuery().der(b)
			const n = 100
			start := time.Now()
			for range n {
				if _, err := f.signer.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
			bare := time.Since(start) / n
			for b.Loop() {
				if reply := s.Respond(context.Background(), query); len(reply) < 100 {
					b.Fatal("no token")
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(bare), "signatures/op")
		})
	}
}
