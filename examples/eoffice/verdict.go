package main

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// verdicts judges documents for people outside: few at a time, and the same bytes
// once a minute, since anybody may ask.
type verdicts struct {
	box  *box
	now  func() time.Time
	busy chan struct{}

	mu   sync.Mutex
	kept map[[sha256.Size]byte]keptVerdict
}

type keptVerdict struct {
	report *verify.Report
	at     time.Time
}

const (
	verdictLife = time.Minute
	maxVerdicts = 200
)

func newVerdicts(b *box, now func() time.Time) *verdicts {
	return &verdicts{box: b, now: now, busy: make(chan struct{}, 2), kept: map[[sha256.Size]byte]keptVerdict{}}
}

// judge returns the report about a document. Reports are shared: nobody changes
// them.
func (v *verdicts) judge(ctx context.Context, document []byte) (*verify.Report, error) {
	sum := sha256.Sum256(document)
	v.mu.Lock()
	kept, found := v.kept[sum]
	v.mu.Unlock()
	if found && v.now().Sub(kept.at) < verdictLife {
		return kept.report, nil
	}
	select {
	case v.busy <- struct{}{}:
		defer func() { <-v.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	report, err := v.box.judge(ctx, document)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.kept) >= maxVerdicts {
		clear(v.kept)
	}
	v.kept[sum] = keptVerdict{report, v.now()}
	return report, nil
}
