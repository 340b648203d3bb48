package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// TestTrackerStore is TestStore for a [certificate.TrackerStore].
func TestTrackerStore(ctx context.Context, s certificate.TrackerStore) error {
	seen := func(n int) certificate.Observed {
		return certificate.Observed{At: began.Add(time.Duration(n) * time.Hour), Status: certificate.StatusIssue,
			Serial: serial(n), NotBefore: began, NotAfter: began.AddDate(2, 0, 0)}
	}
	add := func(person string, n int) error {
		return s.UpdateTrail(ctx, person, func(trail []certificate.Observed) ([]certificate.Observed, error) {
			return append(trail, seen(n)), nil
		})
	}
	if trail, err := s.Trail(ctx, "nobody"); err != nil || len(trail) > 0 {
		return fmt.Errorf("trail of nobody: %d observations and error %v", len(trail), err)
	}
	people := []string{"c", "a", "b", "d", "e"}
	for i, person := range people {
		if err := errors.Join(add(person, i), add(person, i+1)); err != nil {
			return err
		}
		trail, err := s.Trail(ctx, person)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(trail, []certificate.Observed{seen(i), seen(i + 1)}, sameObserved) {
			return fmt.Errorf("trail came back as %v", trail)
		}
		trail[0].Status = certificate.StatusRevoke
		if again, err := s.Trail(ctx, person); err != nil || again[0].Status != certificate.StatusIssue {
			return fmt.Errorf("the reader's copy is the store's (error %v)", err)
		}
	}
	err := s.UpdateTrail(ctx, "f", func(trail []certificate.Observed) ([]certificate.Observed, error) {
		return append(trail, seen(9)), errRefused
	})
	if err := wantErr("update that fails", err, errRefused); err != nil {
		return err
	}
	if trail, err := s.Trail(ctx, "f"); err != nil || len(trail) > 0 {
		return fmt.Errorf("an update that failed stored %d observations (error %v)", len(trail), err)
	}
	if err := parallel(func(n int) error { return add("a", n) }); err != nil {
		return err
	}
	if trail, err := s.Trail(ctx, "a"); err != nil || len(trail) != 18 {
		return fmt.Errorf("%d observations after 18 updates (error %v)", len(trail), err)
	}
	var all []string
	for after := ""; ; {
		page, err := s.Tracked(ctx, after, 2)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		all, after = append(all, page...), page[len(page)-1]
	}
	if slices.Sort(people); !slices.Equal(all, people) {
		return fmt.Errorf("pages gave %v, want %v", all, people)
	}
	return nil
}

func sameObserved(a, b certificate.Observed) bool {
	return a.At.Equal(b.At) && a.Status == b.Status && a.Serial == b.Serial &&
		a.NotBefore.Equal(b.NotBefore) && a.NotAfter.Equal(b.NotAfter)
}
