package mockbsre

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// ErrSeed means that a status cannot be seeded: EXPIRED and RENEW need a
// passphrase, UNKNOWN is no status.
var ErrSeed = errors.New("mockbsre: status cannot be seeded")

// operator decides in the fake's office.
var operator = certificate.Operator{ID: "operator-tiruan"}

// Enrol carries a person the whole way to ISSUE, with secret as the passphrase.
func (s *Server) Enrol(ctx context.Context, p Person, secret passphrase.Secret) (certificate.PersonID, error) {
	return s.Seed(ctx, p, certificate.StatusIssue, secret)
}

// Seed puts a person into the registers and carries him or her through the real
// steps until the status is reached, reading the mails on the way. The
// passphrase is needed from ISSUE on. The id is zero for NOT_REGISTERED.
//
// For EXPIRED the clock goes back for the time of the enrolment, so it should be
// done before other work begins.
func (s *Server) Seed(ctx context.Context, p Person, status certificate.Status, secret passphrase.Secret) (certificate.PersonID, error) {
	s.running()
	id, err := s.seed(ctx, p, status, secret)
	if err != nil {
		return certificate.PersonID{}, at(fmt.Sprintf("seed %v", status), err)
	}
	s.deliver() // before anybody else's mails
	return id, nil
}

func (s *Server) seed(ctx context.Context, p Person, status certificate.Status, secret passphrase.Secret) (certificate.PersonID, error) {
	if err := s.addToRegisters(p); err != nil {
		return certificate.PersonID{}, err
	}
	switch status {
	case certificate.StatusUnknown:
		return certificate.PersonID{}, ErrSeed
	case certificate.StatusNotRegistered:
		return certificate.PersonID{}, nil
	case certificate.StatusExpired:
		now := s.Clock.Now()
		defer s.Clock.Set(now)
		s.Clock.Set(now.AddDate(0, 0, -731))
	}
	e := enrolment{s, p}
	id, err := e.register(ctx)
	if err != nil || status == certificate.StatusNoCertificate {
		return id, err
	}
	if err := e.activate(ctx, status == certificate.StatusWaitingForVerification); err != nil ||
		status == certificate.StatusWaitingForVerification || status == certificate.StatusNew {
		return id, err
	}
	if err := e.setPassphrase(ctx, secret); err != nil {
		return id, err
	}
	return id, e.after(ctx, id, status)
}

// ChangeNumber gives a person another NIP, NI PPPK or NRP, as after a move from
// PPPK to PNS: the registers have the new number alone, and so has the account,
// if there is one, with the old number in its history. It returns the person
// with the new number. Errors: [ErrNotMadeUp], [certificate.ErrNumberNotFound]
// without a number, the number's own, and those of
// [certificate.Registrar.ChangeNumber], such as for an application under way;
// then nothing is changed.
func (s *Server) ChangeNumber(ctx context.Context, p Person, number string) (Person, error) {
	s.running()
	changed := p
	changed.EmployeeNumber = number
	if err := s.changeNumber(ctx, p, changed); err != nil {
		return Person{}, at("change number", err)
	}
	return changed, nil
}

func (s *Server) changeNumber(ctx context.Context, old, changed Person) error {
	nik, before, err := old.numbers(s.cfg.AllowAnyNIK)
	if err != nil {
		return err
	}
	_, after, err := changed.numbers(s.cfg.AllowAnyNIK)
	if err != nil {
		return err
	}
	if before == after {
		return nil
	}
	// The registrar asks the register about the new number.
	if err := s.Personnel.Add(changed); err != nil {
		return err
	}
	report, err := s.registrar.StatusByNIK(ctx, nik)
	if err == nil && report.Status != certificate.StatusNotRegistered && report.Status != certificate.StatusRevoke {
		err = s.registrar.ChangeNumber(ctx, report.Person, after, operator)
	}
	if err != nil {
		s.Personnel.Remove(after)
		return err
	}
	if !before.IsZero() {
		s.Personnel.Remove(before)
	}
	return s.Population.Add(changed)
}

func (s *Server) addToRegisters(p Person) error {
	if err := s.Population.Add(p); err != nil {
		return err
	}
	if p.EmployeeNumber == "" {
		return nil
	}
	return s.Personnel.Add(p)
}

// enrolment does what a person and the pages in front of them do.
type enrolment struct {
	*Server
	person Person
}

func (e enrolment) register(ctx context.Context) (certificate.PersonID, error) {
	applicant, findings := e.person.Form().Check(e.agency(), identity.DateOf(e.Clock.Now()))
	if err := findings.Err(); err != nil {
		return certificate.PersonID{}, err
	}
	verified, err := e.registrar.VerifyNIK(ctx, applicant.NIK())
	if err != nil {
		return certificate.PersonID{}, err
	}
	if applicant.Employment().ThroughOffice() {
		return e.registrar.RegisterContract(ctx, verified, applicant,
			certificate.Approval{Operator: operator, Office: e.person.Office()})
	}
	return e.registrar.Register(ctx, verified, applicant)
}

func (e enrolment) agency() certificate.Agency {
	for _, agency := range e.cfg.Agencies {
		if agency.Name == e.person.Agency {
			return agency
		}
	}
	return e.cfg.Agencies[0]
}

func (e enrolment) token(kind certificate.MailKind) (certificate.Token, error) {
	m, err := e.Inbox.Latest(Query{To: e.person.WorkEmail, Kind: kind})
	if err != nil {
		return certificate.Token{}, err
	}
	return m.Token()
}

// activate goes through the pages; undecided leaves the selfie to an operator.
func (e enrolment) activate(ctx context.Context, undecided bool) error {
	token, err := e.token(certificate.MailActivation)
	if err != nil {
		return err
	}
	applicant, _ := e.person.Form().Check(e.agency(), identity.DateOf(e.Clock.Now()))
	data := certificate.PersonalData{Name: applicant.Name(), NIK: applicant.NIK(), Phone: applicant.Phone()}
	if err := e.registrar.PersonalData(ctx, token, data); err != nil {
		return err
	}
	if !applicant.Employment().ThroughOffice() {
		if _, err := e.registrar.LookUpNumber(ctx, token, applicant.Number()); err != nil {
			return err
		}
	}
	if err := e.registrar.ConfirmOffice(ctx, token); err != nil {
		return err
	}
	if undecided {
		e.Population.SetFace(applicant.NIK(), certificate.MatchUndetermined)
		defer e.Population.SetFace(applicant.NIK(), certificate.MatchYes)
	}
	if _, err := e.registrar.Selfie(ctx, token, Selfie()); err != nil {
		return err
	}
	_, err = e.registrar.SubmitActivation(ctx, token, Accepted()...)
	return err
}

func (e enrolment) setPassphrase(ctx context.Context, secret passphrase.Secret) error {
	if secret.IsZero() {
		return fmt.Errorf("%w without a passphrase", ErrSeed)
	}
	token, err := e.token(certificate.MailSetPassphrase)
	if err != nil {
		return err
	}
	_, err = e.registrar.SetPassphrase(ctx, token, secret)
	return err
}

func (e enrolment) after(ctx context.Context, id certificate.PersonID, status certificate.Status) error {
	switch status {
	case certificate.StatusRenew:
		return e.registrar.RequestRenewal(ctx, id)
	case certificate.StatusSuspend:
		return e.registrar.Suspend(ctx, id, operator)
	case certificate.StatusRevoke:
		return e.registrar.Revoke(ctx, id, certificate.ReasonKeyCompromise, operator)
	}
	return nil
}

// Selfie is a small picture that stands for a face.
func Selfie() []byte {
	picture := image.NewRGBA(image.Rect(0, 0, 48, 64))
	for y := range 64 {
		for x := range 48 {
			c := color.RGBA{200, 220, 240, 255}
			if dx, dy := x-24, y-28; dx*dx*2+dy*dy < 400 {
				c = color.RGBA{224, 190, 160, 255}
			}
			picture.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		panic("mockbsre: " + err.Error())
	}
	return out.Bytes()
}
