package mockbsre

import (
	"context"
	"fmt"
	"sync"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// Population is the fake's population register (Dukcapil). It meets
// [certificate.PopulationRegister].
type Population struct {
	mu       sync.Mutex
	allowAny bool
	names    map[string]identity.Name // by NIK
	people   map[string]Person        // by NIK, for who registers over the service
	faces    map[string]certificate.Match
}

// Personnel is the fake's personnel register: SIASN of BKN, and SIPP of the
// police. It meets [certificate.PersonnelRegister].
type Personnel struct {
	mu       sync.Mutex
	allowAny bool
	offices  map[string]certificate.Office // by number
	people   map[string]Person             // by number, for who logs in
}

func newRegisters(allowAny bool) (*Population, *Personnel) {
	return &Population{allowAny: allowAny, names: map[string]identity.Name{}, people: map[string]Person{}, faces: map[string]certificate.Match{}},
		&Personnel{allowAny: allowAny, offices: map[string]certificate.Office{}, people: map[string]Person{}}
}

// Add puts a person into the register, or replaces the one with this NIK. It
// fails with [ErrNotMadeUp] or the numbers' own errors.
func (r *Population) Add(p Person) error {
	nik, _, err := p.numbers(r.allowAny)
	if err != nil {
		return at("population register", err)
	}
	name, err := identity.ParseName(p.Name)
	if err != nil {
		return at("population register", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[nik.Digits()], r.people[nik.Digits()] = name, p
	return nil
}

// Remove takes a person out of the register.
func (r *Population) Remove(nik identity.NIK) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.names, nik.Digits())
	delete(r.people, nik.Digits())
	delete(r.faces, nik.Digits())
}

func (r *Population) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.names)
	clear(r.people)
	clear(r.faces)
}

// SetFace says how the person's pictures compare from now on. At first every
// picture is the person's: [certificate.MatchYes].
func (r *Population) SetFace(nik identity.NIK, m certificate.Match) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faces[nik.Digits()] = m
}

// VerifyNIK implements [certificate.PopulationRegister].
func (r *Population) VerifyNIK(ctx context.Context, nik identity.NIK) error {
	_, err := r.name(ctx, nik)
	return err
}

// MatchName implements [certificate.PopulationRegister]. Titles, case and blanks
// do not count.
func (r *Population) MatchName(ctx context.Context, nik identity.NIK, name identity.Name) (certificate.Match, error) {
	registered, err := r.name(ctx, nik)
	if err != nil {
		return certificate.MatchUndetermined, err
	}
	if !name.SamePerson(registered) {
		return certificate.MatchNo, nil
	}
	return certificate.MatchYes, nil
}

// MatchFace implements [certificate.PopulationRegister]: any picture matches
// unless SetFace said otherwise.
func (r *Population) MatchFace(ctx context.Context, nik identity.NIK, _ []byte) (certificate.Match, error) {
	if _, err := r.name(ctx, nik); err != nil {
		return certificate.MatchUndetermined, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.faces[nik.Digits()]; ok {
		return m, nil
	}
	return certificate.MatchYes, nil
}

func (r *Population) name(ctx context.Context, nik identity.NIK) (identity.Name, error) {
	if err := ctx.Err(); err != nil {
		return identity.Name{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	name, ok := r.names[nik.Digits()]
	if !ok {
		return identity.Name{}, certificate.ErrNIKNotFound
	}
	return name, nil
}

// Add puts a person's office into the register, or replaces it. It fails with
// [ErrNotMadeUp], [certificate.ErrNumberNotFound] for somebody without a number,
// or the numbers' own errors.
func (r *Personnel) Add(p Person) error {
	_, number, err := p.numbers(r.allowAny)
	if err != nil {
		return at("personnel register", err)
	}
	if p.EmployeeNumber == "" {
		return fmt.Errorf("mockbsre: personnel register: %w", certificate.ErrNumberNotFound)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.offices[number.Digits()], r.people[number.Digits()] = p.Office(), p
	return nil
}

// Remove takes a number out of the register, as after a retirement.
func (r *Personnel) Remove(number identity.EmployeeNumber) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.offices, number.Digits())
	delete(r.people, number.Digits())
}

// person returns who was added with this number.
func (r *Personnel) person(number identity.EmployeeNumber) (Person, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.people[number.Digits()]
	return p, ok
}

func (r *Personnel) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.offices)
	clear(r.people)
}

// LookUp implements [certificate.PersonnelRegister].
func (r *Personnel) LookUp(ctx context.Context, number identity.EmployeeNumber) (certificate.Office, error) {
	if err := ctx.Err(); err != nil {
		return certificate.Office{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	office, ok := r.offices[number.Digits()]
	if !ok {
		return certificate.Office{}, certificate.ErrNumberNotFound
	}
	return office, nil
}
