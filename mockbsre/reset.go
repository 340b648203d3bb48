package mockbsre

import (
	"context"
	"errors"
	"sync"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// people is the registrar's store. It remembers whom it holds, so that they can
// be forgotten.
type people struct {
	certificate.Store

	mu    sync.Mutex
	known map[certificate.PersonID]bool
}

// Update implements [certificate.Store].
func (p *people) Update(ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error {
	err := p.Store.Update(ctx, id, f)
	if err == nil {
		p.mu.Lock()
		p.known[id] = true
		p.mu.Unlock()
	}
	return err
}

// forget empties a record: no look-up finds it any more. The audit trail stays.
func (p *people) forget(ctx context.Context, id certificate.PersonID) error {
	err := p.Store.Update(ctx, id, func(rec *certificate.Record) error {
		*rec = certificate.Record{ID: id}
		return nil
	})
	if err == nil {
		p.mu.Lock()
		delete(p.known, id)
		p.mu.Unlock()
	}
	return err
}

func (p *people) all() []certificate.PersonID {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]certificate.PersonID, 0, len(p.known))
	for id := range p.known {
		list = append(list, id)
	}
	return list
}

// Forget makes one person NOT_REGISTERED again, as if nothing had happened:
// account, keys, one-time codes, links and mails are gone. The registers keep
// the person, who can be seeded anew. What was signed stays as it is, and the
// certificates are not revoked. Who is not registered is no error.
func (s *Server) Forget(ctx context.Context, nik identity.NIK) error {
	s.running()
	id, err := s.registrar.Find(ctx, certificate.NIKIndex(nik))
	if errors.Is(err, certificate.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = s.forget(ctx, id)
	}
	if err != nil {
		return at("forget", err)
	}
	return nil
}

func (s *Server) forget(ctx context.Context, id certificate.PersonID) error {
	rec, err := s.registrar.Record(ctx, id)
	if err != nil {
		return err
	}
	if err := s.people.forget(ctx, id); err != nil {
		return err
	}
	s.vault.forget(id)
	for _, mail := range rec.WorkMails {
		s.Inbox.Remove(Query{To: mail.Value.Address()})
	}
	if !rec.NewWorkMail.IsZero() {
		s.Inbox.Remove(Query{To: rec.NewWorkMail.Address()})
	}
	return nil
}

// Reset empties the fake for the next test: nobody is registered or in a
// register, the inbox, the journal and the list of signatures are empty,
// planned faults are dropped, there are no seals, and whoever was logged in on
// the pages is logged out. The clock and the authorities with their keys stay,
// and with them every certificate that was issued. What is under way at that
// moment may still leave something behind.
func (s *Server) Reset(ctx context.Context) error {
	s.running()
	for _, id := range s.people.all() {
		if err := s.forget(ctx, id); err != nil {
			return at("reset", err)
		}
	}
	s.Population.clear()
	s.Personnel.clear()
	s.portal.logOutAll()
	s.Inbox.Clear()
	s.ClearJournal()
	s.ClearFaults()
	s.esign.seals.clear()
	return nil
}
