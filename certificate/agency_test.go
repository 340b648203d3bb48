package certificate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

func TestKotaMagelangIsTheGuides(t *testing.T) {
	a := certificate.KotaMagelang()
	require.NoError(t, a.Validate())
	assert.Equal(t, "Pemerintah Kota Magelang", a.Name)
	for _, h := range []certificate.Helper{certificate.HelpMail, certificate.HelpCertificate, certificate.HelpPersonnel} {
		c, ok := a.Contact(h)
		assert.True(t, ok, h)
		assert.NotEmpty(t, c.Name+c.Channel+c.Hours)
	}
	_, ok := a.Contact(certificate.HelpPopulation)
	assert.False(t, ok)
	_, offset := time.Date(2026, 11, 22, 0, 0, 0, 0, a.Zone).Zone()
	assert.Equal(t, 7*60*60, offset)
}

func TestAgencyAcceptsMail(t *testing.T) {
	a := certificate.KotaMagelang()
	for name, c := range map[string]struct {
		kind certificate.Employment
		mail string
		want bool
	}{
		"PNS":                              {certificate.PNS, "x@pns.magelangkota.go.id", true},
		"below the kind's domain":          {certificate.PNS, "x@dinas.pns.magelangkota.go.id", true},
		"PPPK":                             {certificate.PPPK, "x@asn.magelangkota.go.id", true},
		"contract":                         {certificate.Contract, "x@magelangkota.go.id", true},
		"contract in an office's domain":   {certificate.Contract, "x@diskominsta.magelangkota.go.id", true},
		"PNS mail of a PPPK":               {certificate.PPPK, "x@pns.magelangkota.go.id", false},
		"PNS mail of a contract employee":  {certificate.Contract, "x@pns.magelangkota.go.id", false},
		"the city's own mail of a PNS":     {certificate.PNS, "x@magelangkota.go.id", false},
		"another city":                     {certificate.PNS, "x@pns.contoh.go.id", false},
		"kind that is not served":          {certificate.Polri, "x@pns.magelangkota.go.id", false},
		"the name as a label's end":        {certificate.Contract, "x@evilmagelangkota.go.id", false},
		"the name in front of another one": {certificate.Contract, "x@magelangkota.go.id.example.com", false},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := identity.ParseEmail(c.mail)
			require.NoError(t, err)
			assert.Equal(t, c.want, a.AcceptsMail(c.kind, m))
		})
	}
	assert.False(t, a.AcceptsMail(certificate.PNS, identity.Email{}))
}

func TestAgencyValidate(t *testing.T) {
	domains := func(e certificate.Employment, d ...string) map[certificate.Employment][]string {
		return map[certificate.Employment][]string{e: d}
	}
	for name, a := range map[string]certificate.Agency{
		"zero":                     {},
		"no name":                  {Name: " ", MailDomains: domains(certificate.PNS, "contoh.go.id")},
		"no domains":               {Name: "Contoh"},
		"kind without domains":     {Name: "Contoh", MailDomains: domains(certificate.PNS)},
		"unknown kind":             {Name: "Contoh", MailDomains: domains(certificate.EmploymentUnknown, "contoh.go.id")},
		"kind out of range":        {Name: "Contoh", MailDomains: domains(99, "contoh.go.id")},
		"domain with a mail sign":  {Name: "Contoh", MailDomains: domains(certificate.PNS, "@contoh.go.id")},
		"domain with trailing dot": {Name: "Contoh", MailDomains: domains(certificate.PNS, "contoh.go.id.")},
		"domain of one label":      {Name: "Contoh", MailDomains: domains(certificate.PNS, "id")},
		"empty domain":             {Name: "Contoh", MailDomains: domains(certificate.PNS, "")},
		"surrounded by blanks":     {Name: "Contoh", MailDomains: domains(certificate.PNS, "contoh.go.id ")},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorIs(t, a.Validate(), certificate.ErrAgency)
		})
	}
}

// TestPortalWordsAreTheGuides holds the labels that the guide of Kota Magelang
// prints on screens and mails.
func TestPortalWordsAreTheGuides(t *testing.T) {
	p := certificate.Guide2024()
	assert.Equal(t, "MyASN", p.Name)
	assert.Equal(t, "2024-03-08", p.AsOf.String())
	assert.Equal(t, "Layanan ASN > Sertifikat Elektronik BSrE", strings.Join(p.Registration.Menu, " > "))
	assert.Equal(t, "NIK Pegawai|Email SIASN|Email Dinas|Verifikasi|Registrasi Sertifikat|Iya", strings.Join([]string{
		p.Registration.NIK, p.Registration.SIASNEmail, p.Registration.WorkEmail, p.Registration.VerifyNIK, p.Registration.Register, p.Registration.Yes}, "|"))
	assert.Equal(t, "Aktivasi Akun", p.Activation.MailSubject)
	assert.Equal(t, "/email/aktivasi/akun/", p.Activation.LinkPath)
	assert.Equal(t, []string{"Data Diri", "Data Kedinasan", "Foto Diri"}, p.Activation.Steps)
	assert.Equal(t, "set_passphrase|Buat Passphrase|Reset Passphrase", strings.Join([]string{p.Passphrase.SetMail, p.Passphrase.SetButton, p.Passphrase.Reset}, "|"))
	assert.False(t, p.Login.SecondFactor)

	now := certificate.ASNDigital()
	assert.Equal(t, "asndigital.bkn.go.id", now.Login.Address)
	assert.True(t, now.Login.SecondFactor)
	assert.True(t, now.AsOf.After(p.AsOf))
	assert.Equal(t, p.Activation, now.Activation)
}
