package certificate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// Every applicant that a form can give comes back from a store as it was.
func TestStoredRecordComesBack(t *testing.T) {
	everywhere := certificate.Agency{Name: "Instansi Contoh", MailDomains: map[certificate.Employment][]string{
		certificate.PNS: {"contoh.go.id"}, certificate.PPPK: {"contoh.go.id"},
		certificate.Polri: {"contoh.go.id"}, certificate.Contract: {"contoh.go.id"},
	}}
	base := certificate.ApplicantForm{NIK: budi.NIK, Name: budi.Name, SIASNEmail: budi.SIASNEmail,
		WorkEmail: "budi@contoh.go.id", Phone: budi.Phone, EmployeeNumber: budi.EmployeeNumber}
	for name, change := range map[string]func(*certificate.ApplicantForm){
		"PNS":                  func(*certificate.ApplicantForm) {},
		"PPPK":                 func(f *certificate.ApplicantForm) { f.EmployeeNumber = "198501012021211903" },
		"police":               func(f *certificate.ApplicantForm) { f.Employment, f.EmployeeNumber = "polri", "85010901" },
		"contract":             func(f *certificate.ApplicantForm) { f.Employment, f.EmployeeNumber = "contract", "" },
		"contract, with NRP":   func(f *certificate.ApplicantForm) { f.Employment, f.EmployeeNumber = "contract", "0012345" },
		"contract, as police":  func(f *certificate.ApplicantForm) { f.Employment, f.EmployeeNumber = "contract", "85010901" },
		"one name":             func(f *certificate.ApplicantForm) { f.Name = "Contoh" },
		"titles":               func(f *certificate.ApplicantForm) { f.Name = "Prof. Dr. Ir. Budi Contoh, S.T., M.Kom." },
		"apostrophe, hyphen":   func(f *certificate.ApplicantForm) { f.Name = "Ma’ruf Al-Contoh" },
		"mail in upper case":   func(f *certificate.ApplicantForm) { f.WorkEmail = "Budi@CONTOH.go.id" },
		"number as printed":    func(f *certificate.ApplicantForm) { f.EmployeeNumber = "19850101 201001 2 901" },
		"phone as people dial": func(f *certificate.ApplicantForm) { f.Phone = "+62 812-0000-0001" },
	} {
		t.Run(name, func(t *testing.T) {
			form := base
			change(&form)
			a, findings := form.Check(everywhere, identity.DateOf(start))
			require.NoError(t, findings.Err())
			store := certificate.NewMemoryStore()
			id := certificate.GeneratePersonID()
			require.NoError(t, store.Update(t.Context(), id, func(r *certificate.Record) error {
				r.NIK, r.Name, r.SIASNMail, r.Phone = a.NIK(), a.Name(), a.SIASNEmail(), a.Phone()
				r.Employment, r.State = a.Employment(), certificate.StatusNew
				if !a.Number().IsZero() {
					r.Numbers = []certificate.Dated[identity.EmployeeNumber]{{Value: a.Number(), From: start}}
				}
				r.WorkMails = []certificate.Dated[identity.Email]{{Value: a.WorkEmail(), From: start}}
				return nil
			}))
			r, err := store.View(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, a.NIK(), r.NIK)
			require.Equal(t, a.Name(), r.Name)
			require.Equal(t, a.SIASNEmail(), r.SIASNMail)
			require.Equal(t, a.Phone(), r.Phone)
			require.Equal(t, a.Employment(), r.Employment)
			require.Equal(t, a.Number(), r.Number())
			require.Equal(t, a.WorkEmail(), r.WorkMail())
		})
	}
}
