// Package audittest checks that an implementation of [audit.Log] keeps its promises: a chain
// without gaps whoever appends at the same time, nothing half stored, a purge that leaves the rest
// checkable.
//
//	func TestLog(t *testing.T) {
//		if err := audittest.TestLog(t.Context(), chain, newLog(t, chain)); err != nil {
//			t.Fatal(err)
//		}
//	}
package audittest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate/audit"
)

// began is the time of the first record.
var began = time.Date(2026, time.March, 2, 1, 0, 0, 123456789, time.UTC)

// suite is a log under test.
type suite struct {
	chain *audit.Chain
	log   audit.Log
}

// TestLog runs every check on an empty log, which is not empty afterwards, and returns all that
// failed, joined. The log must keep the chain. It opens up to 16 concurrent appends.
func TestLog(ctx context.Context, chain *audit.Chain, log audit.Log) error {
	s := suite{chain, log}
	var failed []error
	for _, c := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"an empty log is sound", s.empty},
		{"records come back whole and in order", s.roundTrip},
		{"a bad record stores none of its call", s.badRecord},
		{"a cancelled context stores nothing", s.cancelled},
		{"pages end where asked", s.pages},
		{"concurrent appends make one chain", s.concurrent},
		{"an export checks again", s.export},
		{"a purge keeps the rest checkable", s.purge},
		{"a purge needs an actor", s.nobody},
		{"a purge of everything leaves its note", s.purgeAll},
		{"heads kept earlier are found", s.heads},
	} {
		if err := c.run(ctx); err != nil {
			failed = append(failed, fmt.Errorf("audittest: %s: %w", c.name, err))
		}
		if _, err := audit.Verify(ctx, chain, log, audit.VerifyOptions{}); err != nil {
			failed = append(failed, fmt.Errorf("audittest: after %q: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

// record is the n-th, n minutes after the first.
func record(n int) audit.Record {
	return audit.Record{
		At: began.Add(time.Duration(n) * time.Minute), Source: audit.SourceSigning, Action: "sign", Result: "ok",
		Subject: fmt.Sprintf("person %d", n), Actor: "operator <é>", Serial: "0f", Detail: json.RawMessage(`{ "n": "\u2028<" , "x": [1.0] }`),
	}
}

func (s suite) empty(ctx context.Context) error {
	head, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	if head.Position != (audit.Position{}) {
		return fmt.Errorf("head at %d, want 0", head.Seq)
	}
	entries, err := s.log.Entries(ctx, 0, 10)
	if err == nil && len(entries) != 0 {
		err = fmt.Errorf("%d entries", len(entries))
	}
	return err
}

func (s suite) roundTrip(ctx context.Context) error {
	head, err := s.log.Append(ctx, record(1), record(2))
	if err != nil {
		return err
	}
	if err := s.chain.CheckCheckpoint(audit.Head, head); err != nil {
		return err
	}
	entries, err := s.log.Entries(ctx, 0, 10)
	if err != nil {
		return err
	}
	if len(entries) != 2 || head.Position != entries[1].Position() {
		return fmt.Errorf("%d entries, head at %d", len(entries), head.Seq)
	}
	for i, e := range entries {
		want, err := record(i + 1).Canonical()
		if err != nil {
			return err
		}
		if e.Seq != uint64(i+1) || !reflect.DeepEqual(e.Record, want) {
			return fmt.Errorf("entry %d differs: %+v", e.Seq, e)
		}
	}
	return nil
}

// unchanged returns an error unless f leaves the head where it is.
func (s suite) unchanged(ctx context.Context, f func() error) error {
	before, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	after, err := s.log.Head(ctx)
	if err == nil && after.Position != before.Position {
		err = fmt.Errorf("the head moved from %d to %d", before.Seq, after.Seq)
	}
	return err
}

func wantErr(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return fmt.Errorf("got error %v, want %v", err, target)
}

func (s suite) badRecord(ctx context.Context) error {
	return s.unchanged(ctx, func() error {
		bad := record(3)
		bad.Action = "a\nb"
		_, err := s.log.Append(ctx, record(3), bad)
		return wantErr(err, audit.ErrRecord)
	})
}

func (s suite) cancelled(ctx context.Context) error {
	return s.unchanged(ctx, func() error {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_, err := s.log.Append(gone, record(3))
		return wantErr(err, context.Canceled)
	})
}

func (s suite) pages(ctx context.Context) error {
	if _, err := s.log.Append(ctx, record(3), record(4), record(5)); err != nil {
		return err
	}
	for _, c := range []struct {
		after uint64
		limit int
		want  []uint64
	}{{0, 2, []uint64{1, 2}}, {2, 2, []uint64{3, 4}}, {4, 2, []uint64{5}}, {5, 2, nil}, {1 << 62, 2, nil}, {0, 0, nil}} {
		page, err := s.log.Entries(ctx, c.after, c.limit)
		if err != nil {
			return err
		}
		var got []uint64
		for _, e := range page {
			got = append(got, e.Seq)
		}
		if !reflect.DeepEqual(got, c.want) {
			return fmt.Errorf("after %d, limit %d: got %v, want %v", c.after, c.limit, got, c.want)
		}
	}
	return nil
}

func (s suite) concurrent(ctx context.Context) error {
	before, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	const writers, each = 16, 5
	var wg sync.WaitGroup
	failed := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := s.log.Append(ctx, record(10+w*each+i), record(10+w*each+i)); err != nil {
					failed[w] = err
					return
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	sum, err := audit.Verify(ctx, s.chain, s.log, audit.VerifyOptions{Heads: []audit.Checkpoint{before}})
	if err == nil && sum.Last.Seq != before.Seq+2*writers*each {
		err = fmt.Errorf("the head is at %d, want %d", sum.Last.Seq, before.Seq+2*writers*each)
	}
	return err
}

func (s suite) export(ctx context.Context) error {
	var file bytes.Buffer
	written, err := audit.Export(ctx, &file, s.chain, s.log, audit.VerifyOptions{})
	if err != nil {
		return err
	}
	read, err := audit.CheckExport(&file, s.chain, audit.VerifyOptions{})
	if err == nil && read != written {
		err = fmt.Errorf("read %+v, written %+v", read, written)
	}
	return err
}

func (s suite) purge(ctx context.Context) error {
	head, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	// Nothing is older than the first record.
	if err := s.unchanged(ctx, func() error {
		_, err := s.log.Purge(ctx, began.Add(time.Minute).Truncate(time.Microsecond), "operator")
		return err
	}); err != nil {
		return err
	}
	anchor, err := s.log.Purge(ctx, record(4).At.Truncate(time.Microsecond), "operator")
	if err != nil {
		return err
	}
	if err := s.chain.CheckCheckpoint(audit.Anchor, anchor); err != nil {
		return err
	}
	if anchor.Seq != 3 {
		return fmt.Errorf("anchor at %d, want 3: only what is older goes", anchor.Seq)
	}
	kept, err := s.log.Anchor(ctx)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(kept, anchor) {
		return fmt.Errorf("anchor %+v is kept as %+v", anchor, kept)
	}
	sum, err := audit.Verify(ctx, s.chain, s.log, audit.VerifyOptions{Heads: []audit.Checkpoint{head}})
	if err != nil {
		return err
	}
	last, err := s.log.Entries(ctx, sum.Last.Seq-1, 1)
	if err != nil {
		return err
	}
	if len(last) != 1 || last[0].Seq != head.Seq+1 || last[0].Source != audit.SourceAudit || last[0].Action != "purge" || last[0].Actor != "operator" {
		return fmt.Errorf("the purge does not show: %+v", last)
	}
	return nil
}

func (s suite) nobody(ctx context.Context) error {
	return s.unchanged(ctx, func() error {
		_, err := s.log.Purge(ctx, time.Now().AddDate(100, 0, 0), "")
		return wantErr(err, audit.ErrActor)
	})
}

func (s suite) purgeAll(ctx context.Context) error {
	head, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	anchor, err := s.log.Purge(ctx, time.Now().AddDate(100, 0, 0), "operator")
	if err != nil {
		return err
	}
	if anchor.Position != head.Position {
		return fmt.Errorf("anchor at %d, want the head before, %d", anchor.Seq, head.Seq)
	}
	entries, err := s.log.Entries(ctx, 0, 10)
	if err == nil && (len(entries) != 1 || entries[0].Action != "purge") {
		err = fmt.Errorf("%d entries are left, want the note of the purge", len(entries))
	}
	return err
}

func (s suite) heads(ctx context.Context) error {
	head, err := s.log.Append(ctx, record(500))
	if err != nil {
		return err
	}
	if _, err := s.log.Append(ctx, record(501)); err != nil {
		return err
	}
	again, err := s.log.Head(ctx)
	if err != nil {
		return err
	}
	_, err = audit.Verify(ctx, s.chain, s.log, audit.VerifyOptions{Heads: []audit.Checkpoint{again, head}})
	return err
}
