package verify_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// The counts of the long run.
const (
	longMutations = 100_000
	longSplices   = 10_000
)

// TestManyMutations is TestOneChangedByte and TestCutsAndSplices at length, at
// places and with values drawn from a fixed seed.
func TestManyMutations(t *testing.T) {
	if os.Getenv("SERTEL_LONG") != "1" {
		t.Skip("takes minutes; SERTEL_LONG=1 runs it")
	}
	w := newWorld(t)
	options := w.online()
	samples := w.samples()
	for name, document := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := judge(t, document, options)
			require.NoError(t, report.Err())
			signed := 0 // bytes that a signature covers
			for _, s := range report.Signatures {
				signed = max(signed, int(report.Document.Revisions[s.Revision-1].End))
			}
			draw := rand.New(rand.NewPCG(uint64(len(document)), 1))
			changeBytes(t, document[:signed], document[signed:], options, draw, longMutations/len(samples)+1)
			spliceAnywhere(t, document, options, draw, longSplices/len(samples)+1)
		})
	}
}

func changeBytes(t *testing.T, signed, rest []byte, options verify.Options, draw *rand.Rand, n int) {
	gaps := gapsOf(signed)
	changed := append(bytes.Clone(signed), rest...)
	for done := 0; done < n; {
		at := draw.IntN(len(signed))
		if inside(gaps, at) {
			continue
		}
		changed[at] ^= byte(1 + draw.IntN(255))
		mutated(t, changed, options, "changed", at)
		changed[at] = signed[at]
		done++
	}
}

// spliceAnywhere cuts the document off, or leaves out or repeats a part of it.
func spliceAnywhere(t *testing.T, document []byte, options verify.Options, draw *rand.Rand, n int) {
	end := len(bytes.TrimRight(document, "\r\n"))
	for done := 0; done < n; done++ {
		i, j := 1+draw.IntN(end-1), draw.IntN(end)
		if done%2 == 0 {
			cut(t, document[:i], options)
		} else if i != j {
			mutated(t, append(bytes.Clone(document[:i]), document[j:]...), options, "spliced", i)
		}
	}
}

// cut judges the beginning of a document: it may be valid only if it ends
// where a revision did, as a whole document does.
func cut(t *testing.T, document []byte, options verify.Options) {
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), options)
	if err == nil && report.Err() == nil {
		last := report.Document.Revisions[len(report.Document.Revisions)-1]
		require.Equal(t, int64(len(document)), last.End)
	}
}
