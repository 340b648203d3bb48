package audittest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/audit/audittest"
)

func newChain(t testing.TB) *audit.Chain {
	chain, err := audit.NewChain(audit.Config{Name: "test"})
	require.NoError(t, err)
	return chain
}

// broken is a log with one defect.
type broken struct {
	*audit.MemoryLog
	append  func(l *audit.MemoryLog, ctx context.Context, records []audit.Record) (audit.Checkpoint, error)
	entries func(page []audit.Entry, after uint64) []audit.Entry
	anchor  func(audit.Checkpoint) audit.Checkpoint
	head    func(audit.Checkpoint) audit.Checkpoint
	purge   func(l *audit.MemoryLog, ctx context.Context, before time.Time, actor string) (audit.Checkpoint, error)
}

func (b broken) Append(ctx context.Context, records ...audit.Record) (audit.Checkpoint, error) {
	if b.append == nil {
		return b.MemoryLog.Append(ctx, records...)
	}
	return b.append(b.MemoryLog, ctx, records)
}

func (b broken) Entries(ctx context.Context, after uint64, limit int) ([]audit.Entry, error) {
	page, err := b.MemoryLog.Entries(ctx, after, limit)
	if b.entries != nil && err == nil {
		page = b.entries(page, after)
	}
	return page, err
}

func (b broken) Anchor(ctx context.Context) (audit.Checkpoint, error) {
	cp, err := b.MemoryLog.Anchor(ctx)
	if b.anchor != nil {
		cp = b.anchor(cp)
	}
	return cp, err
}

func (b broken) Head(ctx context.Context) (audit.Checkpoint, error) {
	cp, err := b.MemoryLog.Head(ctx)
	if b.head != nil {
		cp = b.head(cp)
	}
	return cp, err
}

func (b broken) Purge(ctx context.Context, before time.Time, actor string) (audit.Checkpoint, error) {
	if b.purge == nil {
		return b.MemoryLog.Purge(ctx, before, actor)
	}
	return b.purge(b.MemoryLog, ctx, before, actor)
}

func TestSuiteNoticesBrokenLogs(t *testing.T) {
	for name, c := range map[string]struct {
		broken broken
		says   string
	}{
		"stores the good part of a bad call": {broken{append: func(l *audit.MemoryLog, ctx context.Context, records []audit.Record) (head audit.Checkpoint, err error) {
			if len(records) == 0 {
				return l.Append(ctx)
			}
			for _, r := range records {
				if head, err = l.Append(ctx, r); err != nil {
					return head, err
				}
			}
			return head, nil
		}}, "a bad record stores none of its call"},
		"ignores the context": {broken{append: func(l *audit.MemoryLog, ctx context.Context, records []audit.Record) (audit.Checkpoint, error) {
			return l.Append(context.WithoutCancel(ctx), records...)
		}}, "a cancelled context stores nothing"},
		"cuts times to seconds": {broken{append: func(l *audit.MemoryLog, ctx context.Context, records []audit.Record) (audit.Checkpoint, error) {
			for i := range records {
				records[i].At = records[i].At.Truncate(time.Second)
			}
			return l.Append(ctx, records...)
		}}, "records come back whole"},
		"rewrites the detail, as PostgreSQL's jsonb does": {broken{entries: func(page []audit.Entry, _ uint64) []audit.Entry {
			for i := range page {
				page[i].Detail = []byte(`{"n": "\u2028<", "x": [1.0]}`)
			}
			return page
		}}, "its content was changed"},
		"forgets an entry": {broken{entries: func(page []audit.Entry, after uint64) []audit.Entry {
			if after == 0 && len(page) > 1 {
				return page[:len(page)-1]
			}
			return page
		}}, "records come back whole"},
		"gives no anchor after a purge": {broken{anchor: func(cp audit.Checkpoint) audit.Checkpoint {
			return audit.Checkpoint{Chain: cp.Chain, Kind: cp.Kind}
		}}, "a purge keeps the rest checkable"},
		"says nothing of the chain in its head": {broken{head: func(cp audit.Checkpoint) audit.Checkpoint {
			cp.Chain = ""
			return cp
		}}, "not of this chain"},
		"purges for nobody": {broken{purge: func(l *audit.MemoryLog, ctx context.Context, before time.Time, actor string) (audit.Checkpoint, error) {
			if actor == "" {
				actor = "system"
			}
			return l.Purge(ctx, before, actor)
		}}, "a purge needs an actor"},
		"purges nothing": {broken{purge: func(l *audit.MemoryLog, ctx context.Context, _ time.Time, actor string) (audit.Checkpoint, error) {
			if actor == "" {
				return audit.Checkpoint{}, audit.ErrActor
			}
			return l.Anchor(ctx)
		}}, "a purge keeps the rest checkable"},
		"fails": {broken{append: func(*audit.MemoryLog, context.Context, []audit.Record) (audit.Checkpoint, error) {
			return audit.Checkpoint{}, errors.New("connection lost")
		}}, "connection lost"},
	} {
		t.Run(name, func(t *testing.T) {
			chain := newChain(t)
			c.broken.MemoryLog = audit.NewMemoryLog(chain)
			err := audittest.TestLog(t.Context(), chain, c.broken)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.says)
		})
	}
}
