package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
)

// removed checks what a record without a NIK means.
func removed(ctx context.Context, s certificate.Store) error {
	id, err := add(ctx, s, removedN+1, func(r *certificate.Record) {
		r.AddAudit(certificate.AuditEntry{At: began, Action: "register", Result: "ok"})
	})
	if err != nil {
		return err
	}
	known, err := s.View(ctx, id)
	if err != nil {
		return err
	}
	erase := func(r *certificate.Record) error {
		*r = certificate.Record{State: r.State, Mails: r.Mails, Certificates: r.Certificates, Tokens: r.Tokens}
		r.AddAudit(certificate.AuditEntry{At: began, Action: "erase", Result: "ok"})
		return nil
	}
	if err := s.Update(ctx, id, erase); err != nil {
		return err
	}
	_, err = s.View(ctx, id)
	failed := wantErr("View", err, certificate.ErrNotFound)
	for _, key := range known.Indexes() {
		_, err := s.Find(ctx, key)
		failed = errors.Join(failed, wantErr("Find "+string(key.Kind()), err, certificate.ErrNotFound))
	}
	outbox, err := s.Outbox(ctx, certificate.PersonID{}, 10_000)
	failed = errors.Join(failed, err)
	for _, other := range outbox {
		if other == id {
			failed = errors.Join(failed, errors.New("the outbox lists who was removed"))
		}
	}
	trail, err := s.Audit(ctx, id)
	if err != nil || len(trail) != 2 || trail[1].Action != "erase" {
		failed = errors.Join(failed, fmt.Errorf("audit trail: got %v and error %v, want the entries before and the last", trail, err))
	}
	err = s.Update(ctx, id, func(r *certificate.Record) error {
		if err := same(r, &certificate.Record{ID: id}); err != nil {
			return err
		}
		fill(r, removedN+1)
		return nil
	})
	if err != nil {
		return errors.Join(failed, fmt.Errorf("beginning anew: %w", err))
	}
	if trail, err = s.Audit(ctx, id); err != nil || len(trail) != 2 {
		failed = errors.Join(failed, fmt.Errorf("audit trail of who began anew: got %v and error %v", trail, err))
	}
	return failed
}
