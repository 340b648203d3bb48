package audit

import (
	"context"
	"slices"
	"sync"
	"time"
)

// MemoryLog is a [Log] in memory, for one process: tests, trials, the fake.
type MemoryLog struct {
	chain   *Chain
	mu      sync.RWMutex
	anchor  Checkpoint
	entries []Entry
}

// NewMemoryLog returns an empty log.
func NewMemoryLog(chain *Chain) *MemoryLog {
	return &MemoryLog{chain: chain, anchor: Checkpoint{Chain: chain.Name(), Kind: Anchor}}
}

// Chain returns the chain that the log keeps.
func (l *MemoryLog) Chain() *Chain { return l.chain }

func (l *MemoryLog) position() Position {
	if n := len(l.entries); n > 0 {
		return l.entries[n-1].Position()
	}
	return l.anchor.Position
}

// Append implements [Log].
func (l *MemoryLog) Append(ctx context.Context, records ...Record) (Checkpoint, error) {
	if err := ctx.Err(); err != nil {
		return Checkpoint{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	linked, err := l.chain.LinkAll(l.position(), records)
	if err != nil {
		return Checkpoint{}, err
	}
	l.entries = append(l.entries, linked...)
	return l.chain.Checkpoint(Head, l.position())
}

// Entries implements [Log].
func (l *MemoryLog) Entries(ctx context.Context, after uint64, limit int) ([]Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	i := 0
	if after > l.anchor.Seq {
		i = int(min(after-l.anchor.Seq, uint64(len(l.entries))))
	}
	page := slices.Clone(l.entries[i:min(i+max(limit, 0), len(l.entries))])
	for i := range page {
		page[i].Detail = slices.Clone(page[i].Detail)
	}
	return page, nil
}

// Anchor implements [Log].
func (l *MemoryLog) Anchor(ctx context.Context) (Checkpoint, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.anchor, ctx.Err()
}

// Head implements [Log].
func (l *MemoryLog) Head(ctx context.Context) (Checkpoint, error) {
	return l.Append(ctx)
}

// Purge implements [Log].
func (l *MemoryLog) Purge(ctx context.Context, before time.Time, actor string) (Checkpoint, error) {
	if err := ctx.Err(); err != nil {
		return Checkpoint{}, err
	}
	if actor == "" {
		return Checkpoint{}, ErrActor
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	verifier, err := l.chain.NewVerifier(l.anchor)
	if err != nil {
		return Checkpoint{}, err
	}
	n := 0
	for ; n < len(l.entries) && l.entries[n].At.Before(before); n++ {
		if err := verifier.Add(l.entries[n]); err != nil {
			return Checkpoint{}, err
		}
	}
	if n == 0 {
		return l.anchor, nil
	}
	record, err := l.chain.PurgeRecord(l.entries[0], l.entries[n-1], before, actor)
	if err != nil {
		return Checkpoint{}, err
	}
	note, err := l.chain.Link(l.position(), record)
	if err != nil {
		return Checkpoint{}, err
	}
	anchor, err := l.chain.Checkpoint(Anchor, l.entries[n-1].Position())
	if err != nil {
		return Checkpoint{}, err
	}
	l.anchor, l.entries = anchor, append(slices.Clone(l.entries[n:]), note)
	return anchor, nil
}
