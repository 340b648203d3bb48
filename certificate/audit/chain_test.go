package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/audit/audittest"
	"github.com/sertel-id/sertel/certificate/keyring"
)

var began = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

func key(t testing.TB, id string) keyring.Key {
	k, err := keyring.NewKey(id, bytes.Repeat([]byte(id[:1]), keyring.KeySize))
	require.NoError(t, err)
	return k
}

func ring(t testing.TB, current string, older ...string) *keyring.Ring {
	var keys []keyring.Key
	for _, id := range older {
		keys = append(keys, key(t, id))
	}
	r, err := keyring.New(key(t, current), keys...)
	require.NoError(t, err)
	return r
}

func newChain(t testing.TB, keys *keyring.Ring) *audit.Chain {
	return chainWith(t, audit.Config{Name: "test", Keys: keys})
}

func chainWith(t testing.TB, cfg audit.Config) *audit.Chain {
	cfg.Now = func() time.Time { return began }
	c, err := audit.NewChain(cfg)
	require.NoError(t, err)
	return c
}

func record(n int) audit.Record {
	return audit.Record{At: began.Add(time.Duration(n) * time.Hour), Source: audit.SourceSigning, Action: "sign",
		Result: "ok", Subject: fmt.Sprintf("person %d", n), Detail: json.RawMessage(`{"n":1}`)}
}

// tampered is a log whose rows somebody can write.
type tampered struct {
	*audit.MemoryLog
	entries []audit.Entry
	anchor  audit.Checkpoint
	head    *audit.Checkpoint
}

func (l *tampered) Anchor(context.Context) (audit.Checkpoint, error) { return l.anchor, nil }

func (l *tampered) Head(context.Context) (audit.Checkpoint, error) {
	if l.head != nil {
		return *l.head, nil
	}
	last := l.anchor.Position
	if n := len(l.entries); n > 0 {
		last = l.entries[n-1].Position()
	}
	return l.Chain().Checkpoint(audit.Head, last)
}

func (l *tampered) Entries(_ context.Context, after uint64, limit int) ([]audit.Entry, error) {
	i := slices.IndexFunc(l.entries, func(e audit.Entry) bool { return e.Seq > after })
	if i < 0 {
		return nil, nil
	}
	return l.entries[i:min(i+limit, len(l.entries))], nil
}

// open returns the rows of a log with n entries, purged up to the given number.
func open(t testing.TB, chain *audit.Chain, n, purged int) *tampered {
	log := audit.NewMemoryLog(chain)
	for i := range n {
		_, err := log.Append(t.Context(), record(i+1))
		require.NoError(t, err)
	}
	if purged > 0 {
		_, err := log.Purge(t.Context(), record(purged+1).At, "operator")
		require.NoError(t, err)
	}
	entries, err := log.Entries(t.Context(), 0, 1000)
	require.NoError(t, err)
	anchor, err := log.Anchor(t.Context())
	require.NoError(t, err)
	return &tampered{MemoryLog: log, entries: entries, anchor: anchor}
}

// relink makes a chain anew from entry i on, as who can write the database but has no key.
func relink(t testing.TB, l *tampered, from int, keep bool) {
	plain := newChain(t, nil)
	prev := l.anchor.Position
	if from > 0 {
		prev = l.entries[from-1].Position()
	}
	for i := from; i < len(l.entries); i++ {
		e, err := plain.Link(prev, l.entries[i].Record)
		require.NoError(t, err)
		if keep {
			e.Key, e.Seal = l.entries[i].Key, l.entries[i].Seal
		}
		l.entries[i], prev = e, e.Position()
	}
}

func TestMemoryLog(t *testing.T) {
	for name, keys := range map[string]*keyring.Ring{"sealed": ring(t, "a"), "without keys": nil} {
		t.Run(name, func(t *testing.T) {
			chain := newChain(t, keys)
			require.NoError(t, audittest.TestLog(t.Context(), chain, audit.NewMemoryLog(chain)))
		})
	}
}

func TestTampering(t *testing.T) {
	sealed, plain := ring(t, "a"), (*keyring.Ring)(nil)
	for _, c := range []struct {
		name    string
		keys    *keyring.Ring
		tamper  func(t *testing.T, l *tampered)
		seq     uint64
		problem audit.Problem
	}{
		{"a text changed", plain, func(_ *testing.T, l *tampered) { l.entries[4].Result = "refused" }, 5, audit.ProblemChanged},
		{"the detail changed", plain, func(_ *testing.T, l *tampered) { l.entries[4].Detail = json.RawMessage(`{"n":2}`) }, 5, audit.ProblemChanged},
		{"white space put into the detail", plain, func(_ *testing.T, l *tampered) { l.entries[4].Detail = json.RawMessage(`{"n": 1}`) }, 5, audit.ProblemChanged},
		{"text moved from one field to the next", plain, func(_ *testing.T, l *tampered) {
			l.entries[4].Action, l.entries[4].Result = "sig", "n"+l.entries[4].Result
		}, 5, audit.ProblemChanged},
		{"a time changed below a microsecond", plain, func(_ *testing.T, l *tampered) { l.entries[4].At = l.entries[4].At.Add(1) }, 5, audit.ProblemChanged},
		{"a row removed", plain, func(_ *testing.T, l *tampered) { l.entries = slices.Delete(l.entries, 4, 5) }, 6, audit.ProblemMissing},
		{"the first row removed", plain, func(_ *testing.T, l *tampered) { l.entries = l.entries[1:] }, 2, audit.ProblemMissing},
		{"two rows in each other's place", plain, func(_ *testing.T, l *tampered) {
			l.entries[4], l.entries[5] = l.entries[5], l.entries[4]
		}, 6, audit.ProblemMissing},
		{"two rows swapped with their numbers", plain, func(_ *testing.T, l *tampered) {
			l.entries[4], l.entries[5] = l.entries[5], l.entries[4]
			l.entries[4].Seq, l.entries[5].Seq = 5, 6
		}, 5, audit.ProblemChanged},
		{"a row replaced with its hash", plain, func(t *testing.T, l *tampered) {
			r := l.entries[4].Record
			r.Result = "refused"
			e, err := newChain(t, nil).Link(l.entries[3].Position(), r)
			require.NoError(t, err)
			l.entries[4] = e
		}, 6, audit.ProblemLink},
		{"everything from a row on made anew, no seals", sealed, func(t *testing.T, l *tampered) {
			l.entries[4].Result = "refused"
			relink(t, l, 4, false)
		}, 5, audit.ProblemUnsealed},
		{"everything from a row on made anew, old seals", sealed, func(t *testing.T, l *tampered) {
			l.entries[4].Result = "refused"
			relink(t, l, 4, true)
		}, 5, audit.ProblemSeal},
		{"sealed with another key of a made-up name", sealed, func(t *testing.T, l *tampered) {
			e, err := newChain(t, ring(t, "evil")).Link(l.entries[3].Position(), record(99))
			require.NoError(t, err)
			l.entries[4] = e
		}, 5, audit.ProblemUnknownKey},
		{"a seal without a key's name", sealed, func(_ *testing.T, l *tampered) { l.entries[4].Key = "" }, 5, audit.ProblemSeal},
		{"rows of another chain", sealed, func(t *testing.T, l *tampered) {
			other := chainWith(t, audit.Config{Name: "other", Keys: sealed})
			e, err := other.Link(l.entries[3].Position(), record(5))
			require.NoError(t, err)
			l.entries[4] = e
		}, 5, audit.ProblemChanged},
		{"the front cut off, an anchor made up", sealed, func(t *testing.T, l *tampered) {
			cp, err := newChain(t, nil).Checkpoint(audit.Anchor, l.entries[4].Position())
			require.NoError(t, err)
			l.anchor, l.entries = cp, l.entries[5:]
		}, 5, audit.ProblemUnsealed},
		{"the front cut off, an exported head as anchor", sealed, func(t *testing.T, l *tampered) {
			cp, err := l.Chain().Checkpoint(audit.Head, l.entries[4].Position())
			require.NoError(t, err)
			cp.Kind = audit.Anchor
			l.anchor, l.entries = cp, l.entries[5:]
		}, 5, audit.ProblemSeal},
		{"a head of another chain", sealed, func(t *testing.T, l *tampered) {
			cp, err := chainWith(t, audit.Config{Name: "other", Keys: sealed}).Checkpoint(audit.Head, l.entries[9].Position())
			require.NoError(t, err)
			l.head = &cp
		}, 10, audit.ProblemForeign},
		{"rows cut off under the head", sealed, func(t *testing.T, l *tampered) {
			cp, err := l.Head(t.Context())
			require.NoError(t, err)
			l.head, l.entries = &cp, l.entries[:8]
		}, 10, audit.ProblemCutOff},
	} {
		t.Run(c.name, func(t *testing.T) {
			chain := newChain(t, c.keys)
			l := open(t, chain, 10, 0)
			_, err := audit.Verify(t.Context(), chain, l, audit.VerifyOptions{})
			require.NoError(t, err)
			c.tamper(t, l)
			_, err = audit.Verify(t.Context(), chain, l, audit.VerifyOptions{})
			var broken *audit.BrokenError
			require.ErrorAs(t, err, &broken)
			require.ErrorIs(t, err, audit.ErrBroken)
			assert.Equal(t, audit.BrokenError{Chain: "test", Seq: c.seq, Problem: c.problem}, *broken)
			_, err = audit.Export(t.Context(), &bytes.Buffer{}, chain, l, audit.VerifyOptions{})
			require.ErrorAs(t, err, &broken, "what is broken is not exported as whole")
		})
	}
}

// What the documentation says cannot be seen is not seen, and a head kept elsewhere shows it.
func TestHeadsKeptElsewhere(t *testing.T) {
	chain := newChain(t, ring(t, "a"))
	l := open(t, chain, 10, 0)
	head, err := l.Head(t.Context())
	require.NoError(t, err)
	early, err := chain.Checkpoint(audit.Head, l.entries[1].Position())
	require.NoError(t, err)

	l.entries = l.entries[:7]
	sum, err := audit.Verify(t.Context(), chain, l, audit.VerifyOptions{Heads: []audit.Checkpoint{early}})
	require.NoError(t, err, "the end cut off is not seen")
	assert.Equal(t, uint64(7), sum.Last.Seq)
	var broken *audit.BrokenError
	_, err = audit.Verify(t.Context(), chain, l, audit.VerifyOptions{Heads: []audit.Checkpoint{early, head}})
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, audit.BrokenError{Chain: "test", Seq: 10, Problem: audit.ProblemCutOff}, *broken)

	// The program itself, with the key, made another end.
	for i := 7; i < 10; i++ {
		e, err := chain.Link(l.entries[i-1].Position(), record(100+i))
		require.NoError(t, err)
		l.entries = append(l.entries, e)
	}
	_, err = audit.Verify(t.Context(), chain, l, audit.VerifyOptions{Heads: []audit.Checkpoint{head}})
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, audit.ProblemHead, broken.Problem)

	purged := open(t, chain, 10, 6)
	sum, err = audit.Verify(t.Context(), chain, purged, audit.VerifyOptions{Heads: []audit.Checkpoint{early, head}})
	require.NoError(t, err)
	assert.Equal(t, 1, sum.HeadsPurged, "of the early one nothing can be said")
	forged := head
	forged.Seq++
	_, err = audit.Verify(t.Context(), chain, purged, audit.VerifyOptions{Heads: []audit.Checkpoint{forged}})
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, audit.ProblemSeal, broken.Problem)
}

func TestKeysChange(t *testing.T) {
	plain, first, second := newChain(t, nil), newChain(t, ring(t, "a")), newChain(t, ring(t, "b", "a"))
	l := open(t, plain, 3, 0)
	for i, chain := range []*audit.Chain{first, first, second} {
		e, err := chain.Link(l.entries[len(l.entries)-1].Position(), record(10+i))
		require.NoError(t, err)
		l.entries = append(l.entries, e)
	}
	head, err := second.Checkpoint(audit.Head, l.entries[5].Position())
	require.NoError(t, err)
	l.head = &head
	var broken *audit.BrokenError
	_, err = audit.Verify(t.Context(), second, l, audit.VerifyOptions{})
	require.ErrorAs(t, err, &broken, "the first have no seals")
	assert.Equal(t, audit.ProblemUnsealed, broken.Problem)

	chain := chainWith(t, audit.Config{Name: "test", Keys: ring(t, "b", "a"), UnsealedThrough: 3})
	sum, err := audit.Verify(t.Context(), chain, l, audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Equal(t, [3]uint64{3, 3, 0}, [3]uint64{sum.Sealed, sum.Unsealed, sum.Unchecked})

	sum, err = audit.Verify(t.Context(), plain, l, audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Equal(t, [3]uint64{0, 3, 3}, [3]uint64{sum.Sealed, sum.Unsealed, sum.Unchecked}, "unchecked is not shown as checked")

	// The sealed rest holds the unsealed beginning.
	l.entries[1].Result = "refused"
	relink(t, &tampered{MemoryLog: l.MemoryLog, entries: l.entries[:3], anchor: l.anchor}, 1, false)
	_, err = audit.Verify(t.Context(), chain, l, audit.VerifyOptions{})
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, audit.BrokenError{Chain: "test", Seq: 4, Problem: audit.ProblemLink}, *broken)
}

func TestPurgeKeepsEvidence(t *testing.T) {
	chain, other := newChain(t, ring(t, "a")), newChain(t, ring(t, "b"))
	log := audit.NewMemoryLog(chain)
	_, err := log.Append(t.Context(), record(1), record(2))
	require.NoError(t, err)
	entries, err := log.Entries(t.Context(), 0, 10)
	require.NoError(t, err)
	// A log opened with another key finds nothing it could vouch for.
	stranger := audit.NewMemoryLogOf(other, entries)
	_, err = stranger.Purge(t.Context(), began.AddDate(1, 0, 0), "operator")
	require.ErrorIs(t, err, audit.ErrBroken)
	left, err := stranger.Entries(t.Context(), 0, 10)
	require.NoError(t, err)
	assert.Len(t, left, 2)
}

func TestClockThatGoesBack(t *testing.T) {
	chain := newChain(t, nil)
	log := audit.NewMemoryLog(chain)
	_, err := log.Append(t.Context(), record(5), record(9), record(1), record(9))
	require.NoError(t, err, "the order is that of the numbers")
	anchor, err := log.Purge(t.Context(), record(6).At, "operator")
	require.NoError(t, err)
	assert.Equal(t, uint64(1), anchor.Seq, "an old entry behind a young one stays")
}

func TestRecordsRefused(t *testing.T) {
	good := record(1)
	for _, c := range []struct {
		name   string
		change func(*audit.Record)
	}{
		{"no time", func(r *audit.Record) { r.At = time.Time{} }},
		{"a year that JSON has no form for", func(r *audit.Record) { r.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"no source", func(r *audit.Record) { r.Source = "" }},
		{"no action", func(r *audit.Record) { r.Action = "" }},
		{"a line break", func(r *audit.Record) { r.Result = "ok\n" }},
		{"a zero byte, which PostgreSQL refuses", func(r *audit.Record) { r.Subject = "a\x00" }},
		{"not UTF-8", func(r *audit.Record) { r.Actor = "\xff" }},
		{"too long", func(r *audit.Record) { r.Serial = strings.Repeat("a", audit.MaxText+1) }},
		{"detail is no object", func(r *audit.Record) { r.Detail = json.RawMessage(`[1]`) }},
		{"detail is no JSON", func(r *audit.Record) { r.Detail = json.RawMessage(`{`) }},
		{"two details", func(r *audit.Record) { r.Detail = json.RawMessage(`{}{}`) }},
		{"detail not UTF-8", func(r *audit.Record) { r.Detail = json.RawMessage("{\"a\":\"\xff\"}") }},
		{"detail too long", func(r *audit.Record) {
			r.Detail = json.RawMessage(`{"a":"` + strings.Repeat("a", audit.MaxDetail) + `"}`)
		}},
		{"detail too long once escaped", func(r *audit.Record) {
			r.Detail = json.RawMessage(`{"a":"` + strings.Repeat("<", audit.MaxDetail/2) + `"}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := good
			c.change(&r)
			_, err := newChain(t, nil).Link(audit.Position{}, r)
			require.ErrorIs(t, err, audit.ErrRecord)
		})
	}
}

func TestConfig(t *testing.T) {
	for _, name := range []string{"", strings.Repeat("a", 101)} {
		_, err := audit.NewChain(audit.Config{Name: name})
		require.ErrorIs(t, err, audit.ErrConfig)
	}
}

func TestStorageErrorsComeThrough(t *testing.T) {
	chain := newChain(t, nil)
	failing := errors.New("connection lost")
	_, err := audit.Verify(t.Context(), chain, brokenLog{open(t, chain, 3, 0), failing}, audit.VerifyOptions{})
	require.ErrorIs(t, err, failing)
	require.NotErrorIs(t, err, audit.ErrBroken)
}

type brokenLog struct {
	*tampered
	err error
}

func (l brokenLog) Entries(context.Context, uint64, int) ([]audit.Entry, error) { return nil, l.err }

// purging purges between two reads of a walk.
type purging struct{ *audit.MemoryLog }

func (l purging) Entries(ctx context.Context, after uint64, limit int) ([]audit.Entry, error) {
	if _, err := l.Purge(ctx, record(6).At, "operator"); err != nil {
		return nil, err
	}
	return l.MemoryLog.Entries(ctx, after, limit)
}

func TestPurgeDuringVerify(t *testing.T) {
	chain := newChain(t, ring(t, "a"))
	log := open(t, chain, 10, 0).MemoryLog
	_, err := audit.Verify(t.Context(), chain, purging{log}, audit.VerifyOptions{})
	require.ErrorIs(t, err, audit.ErrPurged)
	require.NotErrorIs(t, err, audit.ErrBroken, "nothing is said of the chain")
	_, err = audit.Verify(t.Context(), chain, log, audit.VerifyOptions{})
	require.NoError(t, err)
}
