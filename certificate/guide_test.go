package certificate_test

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// line is one line of the guide, in short: the calls that serve it, or the reason why none does.
type line struct {
	says string
	by   []any  // functions; that they exist is checked by compiling
	why  string // where no call of this package serves it
}

// guide is every line of "Panduan Pengelolaan Sertifikat Elektronik melalui MyASN BKN", Kota
// Magelang, version 1.0, 8 March 2024, by section.
var guide = map[string][]line{
	"purpose and scope": {
		{says: "any change after signing makes the document invalid", why: "packages signing and signing/verify"},
		{says: "for PNS and PPPK of the city", by: []any{certificate.KotaMagelang, certificate.Agency.Serves}},
	},
	"conditions": {
		{says: "through MyASN: PNS, PPPK", by: []any{(*certificate.Registrar).Register}},
		{says: "work contracts go to the office", by: []any{certificate.Employment.ThroughOffice, (*certificate.Registrar).RegisterContract}},
		{says: "information is right", by: []any{certificate.ApplicantForm.Check}},
		{says: "protected from use by others", by: []any{(*certificate.Registrar).Unlock, (*certificate.Registrar).RevokeByOwner}},
		{says: "not used to break the law", by: []any{(*certificate.Registrar).Revoke}},
		{says: "passphrase is secret", by: []any{passphrase.New}},
		{says: "use, renewal, destruction", by: []any{(*certificate.Registrar).Unlock, (*certificate.Registrar).RequestRenewal, (*certificate.Registrar).Destroy}},
	},
	"preparation": {
		{says: "an active MyASN account", why: "the account of the portal is not ours; certificate.Portal holds its words"},
		{says: "an active work mail of the right domain", by: []any{certificate.Agency.AcceptsMail}},
		{says: "the identity card", by: []any{identity.ParseNIK}},
	},
	"registration": {
		{says: "open MyASN", by: []any{certificate.Guide2024, certificate.ASNDigital}},
		{says: "log in with NIP and password", by: []any{identity.ParseNIP}},
		{says: "the dashboard", by: []any{(*certificate.Registrar).StatusByNIK}},
		{says: "NOT_REGISTERED; NIK, mails, Verifikasi, Registrasi", by: []any{(*certificate.Registrar).VerifyNIK, (*certificate.Registrar).Register}},
		{says: "Iya", why: "a dialog of the portal before Register"},
		{says: "a notice of success", by: []any{(*certificate.Registrar).Status, certificate.Status.Text}},
	},
	"activation": {
		{says: "log in to the work mail", why: "the mailbox is the agency's; the fake has an inbox"},
		{says: "mail Aktivasi Akun; an expired link leads back", by: []any{(*certificate.Registrar).Deliver, certificate.Mail.URL, (*certificate.Registrar).Inspect, certificate.PublicAnswer}},
		{says: "Data Diri", by: []any{(*certificate.Registrar).PersonalData}},
		{says: "Data Kedinasan, Cek NIP / NRP", by: []any{(*certificate.Registrar).LookUpNumber}},
		{says: "office data; NIP not found goes to SIASN support", by: []any{(*certificate.Registrar).ConfirmOffice, certificate.Agency.Contact}},
		{says: "selfie, agreements, Submit", by: []any{(*certificate.Registrar).Selfie, (*certificate.Registrar).Agreements, (*certificate.Registrar).SubmitActivation}},
		{says: "Aktivasi Berhasil", by: []any{(*certificate.Registrar).Status}},
	},
	"setting the passphrase": {
		{says: "mails informasi akun and set_passphrase", by: []any{(*certificate.Registrar).Deliver}},
		{says: "Buat Passphrase, or the link", by: []any{(*certificate.Registrar).RequestPassphraseLink, certificate.Mail.URL}},
		{says: "the form and its rule", by: []any{(*certificate.Registrar).Policy, passphrase.GuidePolicy, (*certificate.Registrar).SetPassphrase}},
		{says: "success", by: []any{(*certificate.Registrar).SetPassphrase}},
		{says: "a mail tells of the issue", by: []any{(*certificate.Registrar).Deliver}},
		{says: "ISSUE and the validity", by: []any{(*certificate.Registrar).Status}},
		{says: "it can be used to sign", by: []any{(*certificate.Registrar).Unlock}},
	},
	"resetting the passphrase": {
		{says: "menu Reset Passphrase", by: []any{certificate.Guide2024}},
		{says: "Ya; a link to the work mail", by: []any{(*certificate.Registrar).RequestReset}},
		{says: "open the mail", by: []any{(*certificate.Registrar).Deliver}},
		{says: "form, agreement; an expired link is asked for again", by: []any{(*certificate.Registrar).Inspect, (*certificate.Registrar).RequestReset}},
		{says: "read the agreement, Setuju", by: []any{(*certificate.Registrar).Agreements, certificate.Agreement.Acceptance}},
		{says: "Reset Passphrase", by: []any{(*certificate.Registrar).ResetPassphrase}},
		{says: "done", by: []any{(*certificate.Registrar).Unlock}},
	},
	"help": {
		{says: "work mail: IT division", by: []any{certificate.Agency.Contact}},
		{says: "certificates: crypto division", by: []any{certificate.Agency.Contact, (*certificate.Registrar).ReleaseLock}},
		{says: "NIP not found: SIASN support", by: []any{certificate.Agency.Contact}},
	},
	"since the guide": {
		{says: "ASN Digital with a second factor", by: []any{certificate.ASNDigital}},
	},
}

func TestEveryLineOfTheGuideHasItsPlace(t *testing.T) {
	want := map[string]int{
		"purpose and scope": 2, "conditions": 7, "preparation": 3, "registration": 6, "activation": 7,
		"setting the passphrase": 7, "resetting the passphrase": 7, "help": 3, "since the guide": 1,
	}
	for section, lines := range guide {
		assert.Len(t, lines, want[section], section)
		for _, l := range lines {
			assert.NotEqual(t, len(l.by) == 0, l.why == "", "%s: %s: either a call or a reason", section, l.says)
			for _, f := range l.by {
				name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
				assert.True(t, strings.Contains(name, "sertel/certificate") || strings.Contains(name, "sertel/passphrase"), name)
			}
		}
		delete(want, section)
	}
	assert.Empty(t, want, "sections without lines")
}
