package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// pages reads a list two by two, from the beginning, and checks its order and that it is the
// same as in one piece.
func pages(next func(after certificate.PersonID, limit int) ([]certificate.PersonID, error)) ([]certificate.PersonID, error) {
	whole, err := next(certificate.PersonID{}, 10_000)
	if err != nil {
		return nil, err
	}
	var all []certificate.PersonID
	for after := (certificate.PersonID{}); ; {
		page, err := next(after, 2)
		if err != nil {
			return nil, err
		}
		if len(page) > 2 {
			return nil, fmt.Errorf("page of %d, limit 2", len(page))
		}
		for _, id := range page {
			if strings.Compare(id.String(), after.String()) <= 0 {
				return nil, fmt.Errorf("page not in the order of ids")
			}
			after = id
		}
		if len(page) == 0 {
			if !slices.Equal(all, whole) {
				return nil, fmt.Errorf("%d people page by page, %d in one piece", len(all), len(whole))
			}
			return all, nil
		}
		all = append(all, page...)
	}
}

func outboxPages(ctx context.Context, s certificate.Store) error {
	list := func(after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
		return s.Outbox(ctx, after, limit)
	}
	return listed(ctx, s, outboxN, list, []func(*certificate.Record){
		func(r *certificate.Record) { r.Mails = nil },
		func(r *certificate.Record) { r.Tasks = nil },
		func(*certificate.Record) {},
	}, func(r *certificate.Record) { r.Mails, r.Tasks = nil, nil })
}

func peoplePages(ctx context.Context, s certificate.Store) error {
	list := func(after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
		return s.People(ctx, after, limit)
	}
	return listed(ctx, s, peopleN, list, []func(*certificate.Record){
		func(*certificate.Record) {},
		func(r *certificate.Record) { r.Mails, r.Tasks, r.Certificates = nil, nil, nil },
		func(r *certificate.Record) { r.State = certificate.StatusNotRegistered },
	}, func(r *certificate.Record) { *r = certificate.Record{ID: r.ID} })
}

func waitingPages(ctx context.Context, s certificate.Store) error {
	list := func(after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
		return s.Waiting(ctx, after, limit)
	}
	wait := func(r *certificate.Record) { r.State = certificate.StatusWaitingForVerification }
	return listed(ctx, s, waitingN, list, []func(*certificate.Record){wait, wait, wait},
		func(r *certificate.Record) { r.State = certificate.StatusNew })
}

// listed checks that people changed by one of in are listed, and those changed by out are not.
func listed(ctx context.Context, s certificate.Store, n int, list func(certificate.PersonID, int) ([]certificate.PersonID, error),
	in []func(*certificate.Record), out func(*certificate.Record)) error {
	var present []certificate.PersonID
	for i, change := range in {
		id, err := add(ctx, s, n+1+i, change)
		if err != nil {
			return err
		}
		present = append(present, id)
	}
	absent, err := add(ctx, s, n+10, out)
	if err != nil {
		return err
	}
	for round := range 2 {
		got, err := pages(list)
		if err != nil {
			return err
		}
		for _, id := range present {
			if !slices.Contains(got, id) {
				return fmt.Errorf("somebody is missing")
			}
		}
		if slices.Contains(got, absent) {
			return fmt.Errorf("somebody is listed who should not be (round %d)", round)
		}
		// One of those listed changes.
		absent, present = present[0], present[1:]
		if err := s.Update(ctx, absent, func(r *certificate.Record) error { out(r); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func expiryPages(ctx context.Context, s certificate.Store) error {
	from := began.AddDate(5, 0, 0) // after everybody else's
	to := from.AddDate(0, 1, 0)
	ends := func(at time.Time) func(*certificate.Record) {
		return func(r *certificate.Record) { r.Certificates[0].NotAfter = at }
	}
	var want []certificate.PersonID
	for i, c := range []struct {
		change func(*certificate.Record)
		in     bool
	}{
		{ends(from), true}, {ends(from.Add(time.Hour)), true}, {ends(to.Add(-time.Second)), true},
		{ends(from.Add(-time.Second)), false}, {ends(to), false},
		{func(r *certificate.Record) { ends(from)(r); r.Certificates[0].RevokedAt = began }, false},
		{func(r *certificate.Record) { r.Certificates = nil }, false},
	} {
		id, err := add(ctx, s, expiryN+1+i, c.change)
		if err != nil {
			return err
		}
		if c.in {
			want = append(want, id)
		}
	}
	got, err := pages(func(after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
		return s.Expiring(ctx, from, to, after, limit)
	})
	if err != nil {
		return err
	}
	slices.SortFunc(want, func(a, b certificate.PersonID) int { return strings.Compare(a.String(), b.String()) })
	if !slices.Equal(got, want) {
		return fmt.Errorf("got %d people, want the %d whose certificate ends in the month", len(got), len(want))
	}
	return nil
}
