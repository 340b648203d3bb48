package mockbsre

import (
	"context"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// wirePerson is a person with everything that is known.
type wirePerson struct {
	NIK            string `json:"nik"`
	Name           string `json:"name"`
	EmployeeNumber string `json:"employee_number,omitempty"`
	SIASNEmail     string `json:"siasn_email,omitempty"`
	WorkEmail      string `json:"work_email"`
	Phone          string `json:"phone"`
	Agency         string `json:"agency,omitempty"`
	Unit           string `json:"unit,omitempty"`
	Position       string `json:"position,omitempty"`
	Province       string `json:"province,omitempty"`
	Rank           string `json:"rank,omitempty"`
	// Of the answer alone.
	Status     string `json:"status,omitempty"`
	Passphrase string `json:"passphrase,omitempty"`
}

func personOnWire(p Person) wirePerson {
	return wirePerson{
		NIK: p.NIK, Name: p.Name, EmployeeNumber: p.EmployeeNumber, SIASNEmail: p.SIASNEmail, WorkEmail: p.WorkEmail,
		Phone: p.Phone, Agency: p.Agency, Unit: p.Unit, Position: p.Position, Province: p.Province, Rank: p.Rank,
	}
}

func (w wirePerson) person() Person {
	return Person{
		NIK: w.NIK, Name: w.Name, EmployeeNumber: w.EmployeeNumber, SIASNEmail: w.SIASNEmail, WorkEmail: w.WorkEmail,
		Phone: w.Phone, Agency: w.Agency, Unit: w.Unit, Position: w.Position, Province: w.Province, Rank: w.Rank,
	}
}

// everybody returns who is in the register, by NIK.
func (r *Population) everybody() []Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Person, 0, len(r.people))
	for _, p := range r.people {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Person) int { return strings.Compare(a.NIK, b.NIK) })
	return all
}

// withStatus adds the person's status.
func (s *Server) withStatus(ctx context.Context, p Person) (wirePerson, error) {
	w := personOnWire(p)
	nik, err := identity.ParseNIK(p.NIK)
	if err != nil {
		return w, err
	}
	report, err := s.registrar.StatusByNIK(ctx, nik)
	w.Status = report.Status.String()
	return w, err
}

func (s *Server) adminPeople(r *http.Request) (any, error) {
	found, err := newestOf(r, s.Population.everybody())
	if err != nil {
		return nil, err
	}
	people := make([]wirePerson, len(found))
	for i, p := range found {
		if people[i], err = s.withStatus(r.Context(), p); err != nil {
			return nil, err
		}
	}
	return map[string]any{"people": people}, nil
}

func (s *Server) adminSeed(r *http.Request) (any, error) {
	var in struct {
		Number     *int        `json:"number"`
		Person     *wirePerson `json:"person"`
		Status     string      `json:"status"`
		Passphrase string      `json:"passphrase"`
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	var p Person
	switch {
	case in.Number != nil && in.Person == nil && *in.Number >= 0 && *in.Number < madeUpPeople:
		p = MadeUpPerson(*in.Number)
	case in.Person != nil && in.Number == nil:
		p = in.Person.person()
	default:
		return nil, fmt.Errorf("%w: one of person and number, which is 0 to %d", errAdmin, madeUpPeople-1)
	}
	status := certificate.StatusIssue
	if in.Status != "" {
		var err error
		if status, err = certificate.ParseStatus(in.Status); err != nil {
			return nil, err
		}
	}
	phrase := passphrase.FromString(in.Passphrase)
	if phrase.IsZero() {
		phrase = madeUpPassphrase(randv2.New(randv2.NewPCG(newSeed(), newSeed()))) //nolint:gosec // no secret: the answer tells it
	}
	if _, err := s.Seed(r.Context(), p, status, phrase); err != nil {
		return nil, err
	}
	w, err := s.withStatus(r.Context(), p)
	if hasPassphrase(status) {
		w.Passphrase = string(phrase.Reveal())
	}
	return w, err
}

// asked returns the person whose NIK is in the path.
func (s *Server) asked(r *http.Request) (Person, identity.NIK, error) {
	nik, err := identity.ParseNIK(r.PathValue("nik"))
	if err != nil {
		return Person{}, nik, certificate.ErrNIKNotFound
	}
	p, ok := s.Population.person(nik)
	if !ok {
		return p, nik, certificate.ErrNIKNotFound
	}
	return p, nik, nil
}

func (s *Server) adminPerson(r *http.Request) (any, error) {
	p, _, err := s.asked(r)
	if err != nil {
		return nil, err
	}
	return s.withStatus(r.Context(), p)
}

func (s *Server) adminForget(r *http.Request) (any, error) {
	_, nik, err := s.asked(r)
	if err != nil {
		return nil, err
	}
	return nil, s.Forget(r.Context(), nik)
}

func (s *Server) adminNumber(r *http.Request) (any, error) {
	p, _, err := s.asked(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Number string `json:"number"`
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	changed, err := s.ChangeNumber(r.Context(), p, in.Number)
	if err != nil {
		return nil, err
	}
	return s.withStatus(r.Context(), changed)
}

func (s *Server) adminCode(r *http.Request) (any, error) {
	_, nik, err := s.asked(r)
	if err != nil {
		return nil, err
	}
	id, err := s.registrar.Find(r.Context(), certificate.NIKIndex(nik))
	if err != nil {
		return nil, err
	}
	code, err := s.OneTimeCode(id)
	if err != nil {
		return nil, err
	}
	return map[string]string{"code": string(code.Reveal())}, nil
}

// forgetPeople forgets every account.
func (s *Server) forgetPeople(ctx context.Context) error {
	var errs []error
	for _, p := range s.Population.everybody() {
		if nik, err := identity.ParseNIK(p.NIK); err == nil {
			errs = append(errs, s.Forget(ctx, nik))
		}
	}
	return errors.Join(errs...)
}

type wireSeal struct {
	ID     string `json:"id"` // idSubscriber
	Name   string `json:"name"`
	Mail   string `json:"mail"`
	Serial string `json:"serial"`
}

func sealOnWire(s Seal) wireSeal {
	return wireSeal{s.ID, s.Owner.Name, s.Owner.Mail, s.Serial.String()}
}

func (s *Server) adminSeals(*http.Request) (any, error) {
	seals := []wireSeal{}
	for _, seal := range s.Seals() {
		seals = append(seals, sealOnWire(seal))
	}
	return map[string]any{"seals": seals}, nil
}

func (s *Server) adminSeedSeal(r *http.Request) (any, error) {
	var in struct {
		Name string `json:"name"`
		Mail string `json:"mail"`
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	seal, err := s.SeedSeal(r.Context(), SealOwner{Name: in.Name, Mail: in.Mail})
	if err != nil {
		return nil, err
	}
	return sealOnWire(seal), nil
}

func (s *Server) adminActivation(r *http.Request) (any, error) {
	code, err := s.SealActivation(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return map[string]string{"code": string(code.Reveal())}, nil
}

func (s *Server) adminRevokeSeal(r *http.Request) (any, error) {
	return nil, s.RevokeSeal(r.Context(), r.PathValue("id"))
}
