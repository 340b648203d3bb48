package mockbsre

import (
	"context"
	"errors"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// found is a person asked for.
type found struct {
	certificate.StatusReport
	// register: the person is in the population register.
	register bool
}

// person looks somebody up, by NIK if one is given, else by work mail. Whoever
// is unknown, or no NIK at all, is NOT_REGISTERED.
func (e *esign) person(ctx context.Context, nik, mail string) (found, error) {
	nobody := found{StatusReport: certificate.StatusReport{Status: certificate.StatusNotRegistered}}
	if nik != "" {
		parsed, err := identity.ParseNIK(nik)
		if err != nil {
			return nobody, nil
		}
		report, err := e.srv.registrar.StatusByNIK(ctx, parsed)
		_, known := e.srv.Population.person(parsed)
		return found{report, known}, err
	}
	parsed, err := identity.ParseEmail(strings.TrimSpace(mail))
	if err != nil {
		return nobody, nil
	}
	id, err := e.srv.registrar.Find(ctx, certificate.WorkMailIndex(parsed))
	if errors.Is(err, certificate.ErrNotFound) {
		return nobody, nil
	}
	if err != nil {
		return nobody, err
	}
	report, err := e.srv.registrar.Status(ctx, id)
	return found{report, true}, err
}

// person returns who was added with this NIK.
func (r *Population) person(nik identity.NIK) (Person, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.people[nik.Digits()]
	return p, ok
}

// personByMail returns who was added with this address.
func (r *Population) personByMail(mail string) (Person, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.people {
		if strings.EqualFold(p.WorkEmail, mail) || p.SIASNEmail != "" && strings.EqualFold(p.SIASNEmail, mail) {
			return p, true
		}
	}
	return Person{}, false
}

// noteIdentity adds the fields that name a person to the journal.
func (x *Exchange) noteIdentity(nik, mail jsonText) {
	if nik != "" {
		x.note("nik", string(nik))
	}
	if mail != "" {
		x.note("email", string(mail))
	}
}
