package certificate_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-playground/locales/id"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

func ExampleApplicantForm_Check() {
	form := certificate.ApplicantForm{ // made up, with three mistakes
		NIK:            "337199010185090",
		Name:           "Budi Contoh, S.T.",
		EmployeeNumber: "19850101 201001 1 901",
		SIASNEmail:     "budi.contoh@example.com",
		WorkEmail:      "budi.contoh@asn.magelangkota.go.id",
		Phone:          "021-1234567",
	}
	today, _ := identity.NewDate(2026, time.November, 22)
	applicant, findings := form.Check(certificate.KotaMagelang(), today)
	for _, f := range findings {
		fmt.Println(f.Class, f.Field, f.Rule)
		fmt.Println("  ", f.Text(certificate.Indonesian))
	}
	fmt.Println(applicant.IsZero(), findings.Err() != nil)
	// Output:
	// malformed nik length
	//    NIK harus tepat 16 digit.
	// malformed work_email other_kinds_mail
	//    Email Dinas memakai domain jenis kepegawaian lain; gunakan @pns.magelangkota.go.id.
	// malformed phone not_mobile
	//    Nomor Telepon harus nomor seluler Indonesia (08… atau +628…).
	// true true
}

// An agency of your own is data: its name, and the domains of its work mail by kind of
// employment. A kind without a domain cannot be registered.
func ExampleAgency() {
	agency := certificate.Agency{
		Name: "Pemerintah Kabupaten Contoh",
		MailDomains: map[certificate.Employment][]string{
			certificate.PNS:  {"pns.contoh.example"},
			certificate.PPPK: {"asn.contoh.example"},
		},
		Contacts: []certificate.Contact{
			{Helper: certificate.HelpMail, Name: "Diskominfo Kabupaten Contoh", Channel: "help desk", Hours: "jam kerja"},
		},
	}
	if err := agency.Validate(); err != nil { // worth a look where it was read from a file
		panic(err)
	}
	form := certificate.ApplicantForm{ // made up
		NIK: "3371990101850901", Name: "Budi Contoh, S.T.", EmployeeNumber: "198501012010011901",
		SIASNEmail: "budi.contoh@example.com", WorkEmail: "budi.contoh@pns.contoh.example", Phone: "081200000901",
	}
	today, _ := identity.NewDate(2026, time.November, 22)
	applicant, findings := form.Check(agency, today)
	fmt.Println(applicant, findings.Err())
	fmt.Println(agency.Serves(certificate.Contract))
	// Output:
	// Applicant(pns ************0901, Pemerintah Kabupaten Contoh) <nil>
	// false
}

func ExampleRestoreApplicant() {
	form := certificate.ApplicantForm{
		NIK: "3371990101850901", Name: "Budi Contoh, S.T.", EmployeeNumber: "198501012010011901",
		SIASNEmail: "budi.contoh@example.com", WorkEmail: "budi.contoh@pns.magelangkota.go.id", Phone: "081200000901",
	}
	today, _ := identity.NewDate(2026, time.November, 22)
	applicant, _ := form.Check(certificate.KotaMagelang(), today)
	fmt.Println(applicant) // masked

	stored := applicant.Reveal() // whole: for a store that protects it
	again, err := certificate.RestoreApplicant(stored, certificate.KotaMagelang())
	fmt.Println(again.NIK() == applicant.NIK(), err)
	// Output:
	// Applicant(pns ************0901, Pemerintah Kota Magelang)
	// true <nil>
}

func ExampleRegisterValidations() {
	v := validator.New()
	indonesian, _ := ut.New(id.New(), id.New()).GetTranslator("id")
	if err := certificate.RegisterValidations(v, indonesian); err != nil {
		fmt.Println(err)
		return
	}
	staff := struct {
		NIK  string `validate:"nik"`
		Mail string `validate:"emaildinas=magelangkota.go.id"`
	}{NIK: "3371993201850901", Mail: "budi@evilmagelangkota.go.id"}
	var errs validator.ValidationErrors
	errors.As(v.Struct(staff), &errs)
	for _, e := range errs {
		fmt.Println(e.Translate(indonesian))
	}
	// Output:
	// Digit 7-12 NIK bukan tanggal lahir yang ada di kalender.
	// Email Dinas harus berada di bawah domain instansi: @magelangkota.go.id.
}
