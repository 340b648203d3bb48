package certificate_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Following a certificate that lives at BSrE: the program tells what it saw and when.
func ExampleTracker() {
	ctx := context.Background()
	morning := time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)
	now := morning
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: func() time.Time { return now }})

	before, _ := tracker.StatusAt(ctx, "user-17", morning)
	fmt.Println(before.Status)

	// BSrE's status service answered.
	word, err := certificate.ParseStatus("ISSUE")
	if err != nil {
		fmt.Println(err)
		return
	}
	change, _ := tracker.Observe(ctx, "user-17", certificate.Observation{Status: word})
	fmt.Println(change.StatusChanged(), change.To.Status)

	now = morning.Add(24 * time.Hour)
	change, _ = tracker.Observe(ctx, "user-17", certificate.Observation{Status: certificate.StatusSuspend})
	fmt.Println(change.From.Status, change.To.Status)
	signed, _ := tracker.StatusAt(ctx, "user-17", morning.Add(time.Hour))
	today, _ := tracker.StatusAt(ctx, "user-17", now)
	fmt.Println(signed.Status, today.Status)
	fmt.Println(today.Status.Text(certificate.Indonesian))
	// Output:
	// UNKNOWN
	// true ISSUE
	// ISSUE SUSPEND
	// ISSUE SUSPEND
	// Sertifikat ditangguhkan.
}

func ExampleTransition() {
	to, _ := certificate.Transition(certificate.StatusNew, certificate.EventIssue)
	fmt.Println(to)

	_, err := certificate.Transition(certificate.StatusRevoke, certificate.EventResume)
	var refused *certificate.TransitionError
	if errors.As(err, &refused) {
		fmt.Println(refused)
	}
	// Output:
	// ISSUE
	// certificate: resume is not possible in status REVOKE
}

// An in-house service, from the portal's button to a key that signs. The registers, the
// authority and the mailbox are small fakes here; package mockbsre has whole ones.
func ExampleRegistrar() {
	ctx := context.Background()
	service := newWorld(must{})
	registrar := service.Registrar
	budi := applicant(must{}, budi) // from ApplicantForm.Check

	verified, err := registrar.VerifyNIK(ctx, budi.NIK())
	must{}.check(err)
	person, err := registrar.Register(ctx, verified, budi)
	must{}.check(err)
	_, err = registrar.Deliver(ctx)
	must{}.check(err)

	mail, _ := service.inbox.last(certificate.MailActivation)
	fmt.Println(mail.Subject(certificate.Indonesian))
	link, err := certificate.ParseToken(mail.URL()[len(registrar.LinkPrefix(certificate.PurposeActivation)):])
	must{}.check(err)
	must{}.check(registrar.PersonalData(ctx, link, certificate.PersonalData{Name: budi.Name(), NIK: budi.NIK(), Phone: budi.Phone()}))
	office, err := registrar.LookUpNumber(ctx, link, budi.Number())
	must{}.check(err)
	fmt.Println(office.Unit, "-", office.Position)
	must{}.check(registrar.ConfirmOffice(ctx, link))
	_, err = registrar.Selfie(ctx, link, selfie)
	must{}.check(err)
	var accepted []certificate.Acceptance
	for _, agreement := range registrar.Agreements() {
		accepted = append(accepted, agreement.Acceptance())
	}
	status, err := registrar.SubmitActivation(ctx, link, accepted...)
	must{}.check(err)
	fmt.Println(status)

	_, err = registrar.Deliver(ctx)
	must{}.check(err)
	mail, _ = service.inbox.last(certificate.MailSetPassphrase)
	_, err = registrar.SetPassphrase(ctx, mail.Token(), secret("Gunung#Merbabu7 sore"))
	must{}.check(err)
	report, err := registrar.Status(ctx, person)
	must{}.check(err)
	fmt.Println(report.Status, "until", report.NotAfter.Format(time.DateOnly))

	key, err := registrar.Unlock(ctx, person, factor("Gunung#Merbabu7 sore"))
	must{}.check(err)
	defer key.Close()
	fmt.Println(key.Certificate.Subject.CommonName)
	// Output:
	// Aktivasi Akun
	// Dinas Contoh - Kepala Dinas
	// NEW
	// ISSUE until 2028-03-01
	// Budi Contoh
}

// must ends an example at the first error.
type must struct{}

func (must) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (must) FailNow()                          { panic("failed") }
func (must) check(err error) {
	if err != nil {
		panic(err)
	}
}
