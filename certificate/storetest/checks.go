package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// Numbers of made-up people, a range for each check.
const (
	nobodyN = iota * 50
	roundTripN
	failedN
	copiesN
	lookUpsN
	uniqueN
	freedN
	auditN
	concurrentN
	keysN
	outboxN
	waitingN
	expiryN
	cancelledN
	peopleN
	removedN
)

func nobody(ctx context.Context, s certificate.Store) error {
	id := certificate.GeneratePersonID()
	_, err := s.View(ctx, id)
	failed := wantErr("View", err, certificate.ErrNotFound)
	for _, key := range []certificate.Index{
		certificate.NIKIndex(must(identity.ParseNIK("3371990101850001"))),
		certificate.NumberIndex(number(nobodyN)), certificate.WorkMailIndex(mail("nobody")),
		certificate.TokenIndex(tokenHash(nobodyN)), certificate.SerialIndex(serial(nobodyN)),
	} {
		_, err := s.Find(ctx, key)
		failed = errors.Join(failed, wantErr("Find "+string(key.Kind()), err, certificate.ErrNotFound))
	}
	if entries, err := s.Audit(ctx, id); err != nil || len(entries) > 0 {
		failed = errors.Join(failed, fmt.Errorf("audit trail: got %d entries and error %v, want none", len(entries), err))
	}
	if err := s.Update(ctx, certificate.PersonID{}, func(*certificate.Record) error { return nil }); err == nil {
		failed = errors.Join(failed, errors.New("an update of the zero id succeeded"))
	}
	return failed
}

func roundTrip(ctx context.Context, s certificate.Store) error {
	id := certificate.GeneratePersonID()
	err := s.Update(ctx, id, func(r *certificate.Record) error {
		if r.ID != id || !r.NIK.IsZero() || r.State != certificate.StatusUnknown {
			return errors.New("a new record is not empty but for its id")
		}
		fill(r, roundTripN+1)
		return nil
	})
	if err != nil {
		return err
	}
	want := filled(id, roundTripN+1)
	got, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	if err := same(got, want); err != nil {
		return fmt.Errorf("reading it back: %w", err)
	}
	return s.Update(ctx, id, func(r *certificate.Record) error { return same(r, want) })
}

var errRefused = errors.New("refused")

func failedUpdate(ctx context.Context, s certificate.Store) error {
	id := certificate.GeneratePersonID()
	err := s.Update(ctx, id, func(r *certificate.Record) error { fill(r, failedN+1); return errRefused })
	if err := wantErr("first Update", err, errRefused); err != nil {
		return err
	}
	_, err = s.View(ctx, id)
	if err := wantErr("View after it", err, certificate.ErrNotFound); err != nil {
		return err
	}
	if id, err = add(ctx, s, failedN+2, nil); err != nil {
		return err
	}
	before, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	err = s.Update(ctx, id, func(r *certificate.Record) error {
		r.State, r.Tokens = certificate.StatusRevoke, nil
		r.AddAudit(certificate.AuditEntry{Action: "never"})
		return errRefused
	})
	if err := wantErr("second Update", err, errRefused); err != nil {
		return err
	}
	after, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	entries, err := s.Audit(ctx, id)
	if err != nil || len(entries) > 0 {
		return fmt.Errorf("audit trail: got %d entries and error %v, want none", len(entries), err)
	}
	return same(before, after)
}

func copies(ctx context.Context, s certificate.Store) error {
	var inside *certificate.Record
	id, err := add(ctx, s, copiesN+1, func(r *certificate.Record) { inside = r })
	if err != nil {
		return err
	}
	want := filled(id, copiesN+1)
	viewed, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	if err := same(viewed, want); err != nil {
		return err
	}
	for _, r := range []*certificate.Record{inside, viewed} {
		r.State = certificate.StatusRevoke
		r.Tokens[0].State = certificate.TokenLive
		r.Certificates[0].DER[0] = 0xff
		r.Asked[certificate.PurposeActivation] = began
		r.Activation.Found.Unit = "lain"
		r.Issuance.RequestID = "lain"
	}
	got, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	return same(got, want)
}

func lookUps(ctx context.Context, s certificate.Store) error {
	id, err := add(ctx, s, lookUpsN+1, nil)
	if err != nil {
		return err
	}
	old := filled(id, lookUpsN+1)
	for _, key := range old.Indexes() {
		if found, err := s.Find(ctx, key); err != nil || found != id {
			return fmt.Errorf("finding by %s: got error %v or another person", key.Kind(), err)
		}
	}
	err = s.Update(ctx, id, func(r *certificate.Record) error {
		r.WorkMails = append(r.WorkMails, certificate.Dated[identity.Email]{Value: mail("pindah"), From: began})
		r.Tokens = nil
		return nil
	})
	if err != nil {
		return err
	}
	if found, err := s.Find(ctx, certificate.WorkMailIndex(mail("pindah"))); err != nil || found != id {
		return fmt.Errorf("finding by the new work mail: got error %v or another person", err)
	}
	for _, key := range []certificate.Index{certificate.WorkMailIndex(old.WorkMail()), certificate.TokenIndex(old.Tokens[0].Hash)} {
		_, err := s.Find(ctx, key)
		if err := wantErr("Find by an old "+string(key.Kind()), err, certificate.ErrNotFound); err != nil {
			return err
		}
	}
	return nil
}

func unique(ctx context.Context, s certificate.Store) error {
	first, err := add(ctx, s, uniqueN+1, nil)
	if err != nil {
		return err
	}
	one := filled(first, uniqueN+1)
	for i, c := range []struct {
		kind certificate.IndexKind
		take func(*certificate.Record)
	}{
		{certificate.IndexNIK, func(r *certificate.Record) { r.NIK = one.NIK }},
		{certificate.IndexNumber, func(r *certificate.Record) { r.Numbers = one.Numbers }},
		{certificate.IndexWorkMail, func(r *certificate.Record) { r.WorkMails = one.WorkMails }},
		{certificate.IndexToken, func(r *certificate.Record) { r.Tokens = one.Tokens }},
		{certificate.IndexSerial, func(r *certificate.Record) { r.Certificates = one.Certificates }},
	} {
		id, err := add(ctx, s, uniqueN+10+i, c.take)
		var duplicate *certificate.DuplicateError
		if !errors.As(err, &duplicate) || duplicate.Kind != c.kind {
			return fmt.Errorf("taking another's %s: got error %v, want a DuplicateError", c.kind, err)
		}
		_, err = s.View(ctx, id)
		if err := wantErr("View of the refused", err, certificate.ErrNotFound); err != nil {
			return err
		}
		if err := takenLater(ctx, s, uniqueN+20+i, c.kind, c.take); err != nil {
			return err
		}
	}
	for _, key := range one.Indexes() {
		if found, err := s.Find(ctx, key); err != nil || found != first {
			return fmt.Errorf("finding by %s after all tries to take it: got error %v or another person", key.Kind(), err)
		}
	}
	return nil
}

// takenLater checks that who is there already cannot take another's key either, and that the
// refused update changes nothing.
func takenLater(ctx context.Context, s certificate.Store, n int, kind certificate.IndexKind, take func(*certificate.Record)) error {
	id, err := add(ctx, s, n, nil)
	if err != nil {
		return err
	}
	err = s.Update(ctx, id, func(r *certificate.Record) error {
		take(r)
		r.AddAudit(certificate.AuditEntry{At: began, Action: "never"})
		return nil
	})
	var duplicate *certificate.DuplicateError
	if !errors.As(err, &duplicate) || duplicate.Kind != kind {
		return fmt.Errorf("taking another's %s later: got error %v, want a DuplicateError", kind, err)
	}
	after, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	if entries, err := s.Audit(ctx, id); err != nil || len(entries) > 0 {
		return fmt.Errorf("audit trail of the refused: got %d entries and error %v, want none", len(entries), err)
	}
	return same(after, filled(id, n))
}

func freedKey(ctx context.Context, s certificate.Store) error {
	first, err := add(ctx, s, freedN+1, nil)
	if err != nil {
		return err
	}
	taken := filled(first, freedN+1).Tokens
	err = s.Update(ctx, first, func(r *certificate.Record) error { r.Tokens = nil; return nil })
	if err != nil {
		return err
	}
	second, err := add(ctx, s, freedN+2, func(r *certificate.Record) { r.Tokens = taken })
	if err != nil {
		return err
	}
	if found, err := s.Find(ctx, certificate.TokenIndex(taken[0].Hash)); err != nil || found != second {
		return fmt.Errorf("finding: got error %v or the former holder", err)
	}
	return nil
}

func audit(ctx context.Context, s certificate.Store) error {
	id, err := add(ctx, s, auditN+1, nil)
	if err != nil {
		return err
	}
	var want []certificate.AuditEntry
	for i := range 3 {
		var entries []certificate.AuditEntry
		err := s.Update(ctx, id, func(r *certificate.Record) error {
			entries = []certificate.AuditEntry{
				{At: began.Add(time.Duration(i) * time.Second), Action: "unlock", Result: "ok", Serial: serial(auditN)},
				{At: began, Action: "revoke", Result: "ok", Actor: "operator", Serial: serial(auditN),
					From: certificate.StatusIssue, To: certificate.StatusRevoke, Detail: "keyCompromise"},
			}
			for _, e := range entries {
				r.AddAudit(e)
			}
			return nil
		})
		if err != nil {
			return err
		}
		want = append(want, entries...)
	}
	got, err := s.Audit(ctx, id)
	if err != nil {
		return err
	}
	equal := func(a, b certificate.AuditEntry) bool {
		at := a.At.Equal(b.At)
		a.At, b.At = time.Time{}, time.Time{}
		return at && a == b
	}
	if !slices.EqualFunc(got, want, equal) {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

// parallel runs f in 16 goroutines and joins the errors.
func parallel(f func(i int) error) error {
	errs := make([]error, 16)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func concurrentUpdates(ctx context.Context, s certificate.Store) error {
	id, err := add(ctx, s, concurrentN+1, func(r *certificate.Record) { r.Tasks = nil })
	if err != nil {
		return err
	}
	const rounds = 4
	err = parallel(func(int) error {
		for range rounds {
			err := s.Update(ctx, id, func(r *certificate.Record) error {
				r.Tasks = append(r.Tasks, certificate.Task{ID: fmt.Sprint(len(r.Tasks))})
				r.AddAudit(certificate.AuditEntry{At: began, Action: "count"})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	entries, err := s.Audit(ctx, id)
	if err != nil {
		return err
	}
	if len(r.Tasks) != 16*rounds || len(entries) != 16*rounds {
		return fmt.Errorf("got %d changes and %d audit entries, want %d of each", len(r.Tasks), len(entries), 16*rounds)
	}
	for i, t := range r.Tasks {
		if t.ID != fmt.Sprint(i) {
			return fmt.Errorf("change %d was made on record %s: an update did not see the one before", i, t.ID)
		}
	}
	return nil
}

func concurrentKeys(ctx context.Context, s certificate.Store) error {
	var mu sync.Mutex
	var winners []certificate.PersonID
	err := parallel(func(i int) error {
		id, err := add(ctx, s, keysN+1+i, func(r *certificate.Record) { r.Tokens[0].Hash = tokenHash(keysN) })
		if errors.Is(err, certificate.ErrDuplicate) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		winners = append(winners, id)
		return err
	})
	if err != nil {
		return err
	}
	if len(winners) != 1 {
		return fmt.Errorf("%d people hold one token, want 1", len(winners))
	}
	if found, err := s.Find(ctx, certificate.TokenIndex(tokenHash(keysN))); err != nil || found != winners[0] {
		return fmt.Errorf("finding: got error %v or another person", err)
	}
	return nil
}

func cancelled(ctx context.Context, s certificate.Store) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	id, err := add(ctx, s, cancelledN+1, nil)
	if err == nil {
		return errors.New("the update succeeded")
	}
	_, err = s.View(context.WithoutCancel(ctx), id)
	return wantErr("View", err, certificate.ErrNotFound)
}
