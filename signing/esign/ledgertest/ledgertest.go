// Package ledgertest checks that an implementation of [esign.Ledger] keeps its
// promises: atomic updates that lose nothing, copies in and out, unsettled keys
// in their order.
//
//	func TestLedger(t *testing.T) {
//		if err := ledgertest.TestLedger(t.Context(), newLedger(t)); err != nil {
//			t.Fatal(err)
//		}
//	}
package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sertel-id/sertel/signing/esign"
)

// TestLedger runs every check on an empty ledger, which is not empty
// afterwards, and returns all that failed, joined. It makes up to 20
// concurrent updates.
func TestLedger(ctx context.Context, l esign.Ledger) error {
	var failed []error
	for _, c := range []struct {
		name string
		run  func(context.Context, esign.Ledger) error
	}{
		{"unsettled keys come in their order", unsettled},
		{"an unknown key has an empty entry", unknownKey},
		{"an entry comes back as it was stored", roundTrip},
		{"an update that fails stores nothing", failedUpdate},
		{"concurrent updates lose nothing", concurrent},
		{"a cancelled context ends every call", cancelled},
	} {
		if err := c.run(ctx, l); err != nil {
			failed = append(failed, fmt.Errorf("ledgertest: %s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

func unknownKey(ctx context.Context, l esign.Ledger) error {
	return attempts(ctx, l, "nobody", nil)
}

// attempts compares what the ledger has under a key.
func attempts(ctx context.Context, l esign.Ledger, key string, want []esign.Attempt) error {
	e, err := l.Entry(ctx, key)
	if err != nil {
		return err
	}
	if !slices.Equal(e.Attempts, want) {
		return fmt.Errorf("got %+v, want %+v", e.Attempts, want)
	}
	// What was handed out is the caller's own.
	for i := range e.Attempts {
		e.Attempts[i].ID = "changed"
	}
	return nil
}

func put(ctx context.Context, l esign.Ledger, key string, attempts ...esign.Attempt) error {
	return l.Update(ctx, key, func(e *esign.Entry) error {
		e.Attempts = slices.Clone(attempts)
		return nil
	})
}

func roundTrip(ctx context.Context, l esign.Ledger) error {
	// Microseconds are what databases keep.
	at := time.Date(2026, 11, 23, 2, 0, 0, 123456000, time.UTC)
	want := []esign.Attempt{
		{ID: "a1", Started: at, Ended: at.Add(time.Second), Outcome: esign.OutcomeUnknown, Code: string(esign.CodeOutcomeUnknown),
			InSHA256: "00", Decision: esign.SignAgain, Decided: at.Add(time.Minute)},
		{ID: "a2", Started: at.Add(time.Hour), Ended: at.Add(time.Hour), Outcome: esign.OutcomeSigned,
			InSHA256: "00", OutSHA256: "01", OutSize: 1 << 40, Field: "Tanda Tangan 1", Certificate: "02"},
	}
	if err := put(ctx, l, "round-trip", want...); err != nil {
		return err
	}
	for range 2 {
		if err := attempts(ctx, l, "round-trip", want); err != nil {
			return err
		}
	}
	var seen []esign.Attempt
	err := l.Update(ctx, "round-trip", func(e *esign.Entry) error { seen = slices.Clone(e.Attempts); return nil })
	if err == nil && !slices.Equal(seen, want) {
		err = fmt.Errorf("an update sees %+v, want %+v", seen, want)
	}
	return err
}

func failedUpdate(ctx context.Context, l esign.Ledger) error {
	err := l.Update(ctx, "failed", func(e *esign.Entry) error {
		e.Attempts = append(e.Attempts, esign.Attempt{ID: "a"})
		return esign.CodeInFlight
	})
	if !errors.Is(err, esign.CodeInFlight) {
		return fmt.Errorf("got %v, want the function's own error", err)
	}
	return attempts(ctx, l, "failed", nil)
}

func concurrent(ctx context.Context, l esign.Ledger) error {
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			errs[i] = l.Update(ctx, "concurrent", func(e *esign.Entry) error {
				e.Attempts = append(e.Attempts, esign.Attempt{ID: fmt.Sprint(i)})
				return nil
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	e, err := l.Entry(ctx, "concurrent")
	if err == nil && len(e.Attempts) != n {
		err = fmt.Errorf("got %d attempts, want %d", len(e.Attempts), n)
	}
	return err
}

func unsettled(ctx context.Context, l esign.Ledger) error {
	open := esign.Attempt{ID: "a", Outcome: esign.OutcomeUnknown}
	decided := esign.Attempt{ID: "b", Outcome: esign.OutcomeUnknown, Decision: esign.SignAgain}
	err := errors.Join(
		put(ctx, l, "k4", decided, open), put(ctx, l, "k2", open), put(ctx, l, "k1", open), put(ctx, l, "k5", decided),
		put(ctx, l, "k3", esign.Attempt{ID: "c", Outcome: esign.OutcomeSigned}),
		put(ctx, l, "k6", open, esign.Attempt{ID: "d", Outcome: esign.OutcomeRefused}),
	)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		after string
		limit int
		want  []string
	}{
		{"", 10, []string{"k1", "k2", "k4"}}, {"", 2, []string{"k1", "k2"}}, {"k1", 1, []string{"k2"}},
		{"k2", 10, []string{"k4"}}, {"k4", 10, nil}, {"", 0, nil},
	} {
		got, err := l.Unsettled(ctx, c.after, c.limit)
		if err != nil {
			return err
		}
		if !slices.Equal(got, c.want) {
			return fmt.Errorf("after %q, limit %d: got %v, want %v", c.after, c.limit, got, c.want)
		}
	}
	return nil
}

func cancelled(ctx context.Context, l esign.Ledger) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_, err1 := l.Entry(ctx, "k1")
	_, err2 := l.Unsettled(ctx, "", 1)
	for _, err := range []error{err1, err2, put(ctx, l, "cancelled")} {
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("got %v, want %v", err, context.Canceled)
		}
	}
	return nil
}
