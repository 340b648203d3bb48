package certificate_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// soundForm is a made-up PNS of Kota Magelang without any finding: NIK with
// district 99, NIP with a serial of the nine hundreds.
func soundForm() certificate.ApplicantForm {
	return certificate.ApplicantForm{
		NIK:            "3371990101850901",
		Name:           "Dr. Budi Contoh, S.T.",
		Employment:     "pns",
		EmployeeNumber: "19850101 201001 1 901",
		SIASNEmail:     "budi.contoh@example.com",
		WorkEmail:      "budi.contoh@pns.magelangkota.go.id",
		Phone:          "0812-0000-0901",
	}
}

func checkDay() identity.Date {
	d, err := identity.NewDate(2026, time.November, 22)
	if err != nil {
		panic(err)
	}
	return d
}

type found struct {
	field certificate.Field
	rule  certificate.Rule
	class certificate.Class
}

func foundIn(fs certificate.Findings) []found {
	var list []found
	for _, f := range fs {
		list = append(list, found{f.Field, f.Rule, f.Class})
	}
	return list
}

func TestCheckGivesTheApplicant(t *testing.T) {
	a, findings := soundForm().Check(certificate.KotaMagelang(), checkDay())
	require.Empty(t, findings)
	require.NoError(t, findings.Err())
	assert.False(t, a.IsZero())
	assert.Equal(t, "3371990101850901", a.NIK().Digits())
	assert.Equal(t, "Budi Contoh", a.Name().Plain())
	assert.Equal(t, "198501012010011901", a.Number().Digits())
	assert.Equal(t, "budi.contoh@example.com", a.SIASNEmail().Address())
	assert.Equal(t, "budi.contoh@pns.magelangkota.go.id", a.WorkEmail().Address())
	assert.Equal(t, "+6281200000901", a.Phone().E164())
	assert.Equal(t, certificate.PNS, a.Employment())
	assert.Equal(t, "Pemerintah Kota Magelang", a.Agency().Name)
	assert.Equal(t, checkDay(), a.CheckedOn())
	assert.Equal(t, identity.Male, a.Sex())
	born, certain := a.BirthDate()
	assert.Equal(t, "1985-01-01", born.String())
	assert.True(t, certain)
}

func TestCheckReportsEveryFindingAtOnce(t *testing.T) {
	type form = certificate.ApplicantForm
	const mal, dbt = certificate.Malformed, certificate.Doubtful
	for name, c := range map[string]struct {
		change func(*form)
		want   []found
	}{
		"empty form": {func(f *form) { *f = form{} }, []found{
			{certificate.FieldNIK, identity.RuleEmpty, mal}, {certificate.FieldName, identity.RuleEmpty, mal},
			{certificate.FieldEmployeeNumber, identity.RuleEmpty, mal}, {certificate.FieldWorkEmail, identity.RuleEmpty, mal},
			{certificate.FieldPhone, identity.RuleEmpty, mal}}},
		"everything wrong": {func(f *form) {
			*f = form{NIK: "3371993201850000", Name: "Budi 2", Employment: "pns", EmployeeNumber: "198513012010131901",
				SIASNEmail: "x", WorkEmail: "y@evilmagelangkota.go.id", Phone: "0211234567"}
		}, []found{
			{certificate.FieldNIK, identity.RuleBirthDate, mal}, {certificate.FieldNIK, identity.RuleSerial, mal},
			{certificate.FieldName, identity.RuleCharacters, mal},
			{certificate.FieldEmployeeNumber, identity.RuleBirthDate, mal}, {certificate.FieldEmployeeNumber, identity.RuleAppointment, mal},
			{certificate.FieldSIASNEmail, identity.RuleAddress, mal}, {certificate.FieldWorkEmail, certificate.RuleNotWorkMail, mal},
			{certificate.FieldPhone, identity.RuleNotMobile, mal}}},
		"kind follows from a NIP":     {func(f *form) { f.Employment = "" }, nil},
		"kind in capitals":            {func(f *form) { f.Employment = " PNS " }, nil},
		"kind follows from a NI PPPK": {func(f *form) { f.Employment = ""; pppkOf(f) }, nil},
		"PPPK by name":                {func(f *form) { f.Employment = "pppk"; pppkOf(f) }, nil},
		"no such kind": {func(f *form) { f.Employment = "hakim" }, []found{
			{certificate.FieldEmployment, certificate.RuleEmployment, mal}}},
		"NI PPPK of one who says PNS": {func(f *form) { f.EmployeeNumber = "199001012021211901" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleOtherKind, mal}}},
		"NIP of one who says PPPK": {func(f *form) { f.Employment = "pppk" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleOtherKind, mal}, {certificate.FieldWorkEmail, certificate.RuleOtherKindsMail, mal}}},
		"NIK typed as NIP": {func(f *form) { f.EmployeeNumber = f.NIK }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleOtherNumber, mal}}},
		"old NIP without a kind": {func(f *form) { f.Employment, f.EmployeeNumber = "", "130999901" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleOldNumber, mal}}},
		"mistyped police number without a kind": {func(f *form) { f.Employment, f.EmployeeNumber = "", "85130999" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleBirthMonth, mal}}},
		"number of the armed forces without a kind": {func(f *form) { f.Employment, f.EmployeeNumber = "", "10999" }, []found{
			{certificate.FieldEmployment, certificate.RuleEmployment, mal}}},
		"police are not registered by the city": {func(f *form) { f.Employment, f.EmployeeNumber = "polri", "85010999" }, []found{
			{certificate.FieldEmployment, certificate.RuleNotServed, mal}}},
		"contract without a number": {func(f *form) {
			f.Employment, f.EmployeeNumber, f.SIASNEmail, f.WorkEmail = "contract", "", "", "budi@magelangkota.go.id"
		}, nil},
		"armed forces as Lainnya": {func(f *form) {
			f.Employment, f.EmployeeNumber, f.WorkEmail = "contract", "10999", "budi@magelangkota.go.id"
		}, nil},
		"contract with a NIP": {func(f *form) { f.Employment, f.WorkEmail = "contract", "budi@magelangkota.go.id" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleOtherNumber, mal}}},
		"contract with the mail of a PNS": {func(f *form) { f.Employment, f.EmployeeNumber = "contract", "" }, []found{
			{certificate.FieldWorkEmail, certificate.RuleOtherKindsMail, mal}}},
		"PNS with the mail of a PPPK": {func(f *form) { f.WorkEmail = "budi@asn.magelangkota.go.id" }, []found{
			{certificate.FieldWorkEmail, certificate.RuleOtherKindsMail, mal}}},
		"public work mail": {func(f *form) { f.WorkEmail = "budi.contoh@example.com" }, []found{
			{certificate.FieldWorkEmail, certificate.RuleNotWorkMail, mal}}},
		"domain that only ends alike": {func(f *form) { f.WorkEmail = "budi@evilpns.magelangkota.go.id" }, []found{
			{certificate.FieldWorkEmail, certificate.RuleOtherKindsMail, mal}}},
		"domain of the agency in front": {func(f *form) { f.WorkEmail = "budi@pns.magelangkota.go.id.example.com" }, []found{
			{certificate.FieldWorkEmail, certificate.RuleNotWorkMail, mal}}},
		"trailing dot": {func(f *form) { f.WorkEmail += "." }, []found{
			{certificate.FieldWorkEmail, identity.RuleDomain, mal}}},
		"work mail kept in SIASN too": {func(f *form) { f.SIASNEmail = f.WorkEmail }, nil},
		"SIASN mail missing":          {func(f *form) { f.SIASNEmail = "" }, []found{{certificate.FieldSIASNEmail, identity.RuleEmpty, mal}}},
		"birth dates disagree":        {func(f *form) { f.NIK = "3371990201850901" }, []found{{certificate.FieldEmployeeNumber, certificate.RuleBirthMismatch, dbt}}},
		"sexes disagree":              {func(f *form) { f.NIK = "3371994101850901" }, []found{{certificate.FieldEmployeeNumber, certificate.RuleSexMismatch, dbt}}},
		"woman in both":               {func(f *form) { f.NIK, f.EmployeeNumber = "3371994101850901", "198501012010012901" }, nil},
		"region in no list":           {func(f *form) { f.NIK = "6473990101850901" }, []found{{certificate.FieldNIK, identity.RuleRegionUnknown, dbt}}},
		"first registered elsewhere":  {func(f *form) { f.NIK = "9101990101850901" }, nil},
		"appointed next decade": {func(f *form) { f.EmployeeNumber = "198501012035011901" }, []found{
			{certificate.FieldEmployeeNumber, identity.RuleAppointedAhead, mal}}},
		"mail with a plus":     {func(f *form) { f.WorkEmail = "budi+x@pns.magelangkota.go.id" }, []found{{certificate.FieldWorkEmail, identity.RuleMailCharacters, dbt}}},
		"unknown operator":     {func(f *form) { f.Phone = "080100000901" }, []found{{certificate.FieldPhone, identity.RuleOperator, dbt}}},
		"masked NIK":           {func(f *form) { f.NIK = "************0901" }, []found{{certificate.FieldNIK, identity.RuleMasked, mal}}},
		"NIK of a spreadsheet": {func(f *form) { f.NIK = "3.37199E+15" }, []found{{certificate.FieldNIK, identity.RuleSpreadsheet, mal}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := soundForm()
			c.change(&f)
			a, findings := f.Check(certificate.KotaMagelang(), checkDay())
			assert.Equal(t, c.want, foundIn(findings), "all findings, in the order of the fields")
			assertHides(t, f, findings)
			stops := len(findings.Malformed()) > 0
			assert.Equal(t, stops, a.IsZero(), "malformed gives no applicant, doubtful does")
			assert.Equal(t, stops, findings.Err() != nil)
			if stops {
				assert.ErrorIs(t, findings.Err(), identity.ErrMalformed)
			} else {
				assert.NotEqual(t, certificate.EmploymentUnknown, a.Employment())
			}
			for _, fd := range findings {
				requireWorded(t, fd)
			}
		})
	}
}

// assertHides searches everything that a check gives out for what was typed,
// plain and encoded.
func assertHides(t *testing.T, f certificate.ApplicantForm, findings certificate.Findings) {
	t.Helper()
	_, err := json.Marshal(map[string]any{"findings": findings, "form": f})
	require.NoError(t, err)
	given := strings.ToLower(leaktest.Printed(findings, findings.Err(), f, &f))
	for _, typed := range []string{f.NIK, f.Name, f.EmployeeNumber, f.SIASNEmail, f.WorkEmail, f.Phone} {
		local, _, _ := strings.Cut(typed, "@")
		for _, s := range []string{typed, local, strings.ReplaceAll(typed, " ", "")} {
			if len(s) < 5 {
				continue
			}
			for _, form := range []string{s, hex.EncodeToString([]byte(s)), base64.RawStdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s))} {
				assert.NotContains(t, given, strings.ToLower(form))
			}
		}
	}
}

func pppkOf(f *certificate.ApplicantForm) {
	f.NIK, f.EmployeeNumber, f.WorkEmail = "3371990101900901", "199001012021211901", "budi@asn.magelangkota.go.id"
}

// requireWorded asks for a text of its own in both languages, a helper and a
// word on retrying.
func requireWorded(t testing.TB, f certificate.Finding) {
	t.Helper()
	id, en := f.Text(certificate.Indonesian), f.Text(certificate.English)
	require.NotContains(t, id, "tidak sah.", f)
	require.NotContains(t, en, "is not valid.", f)
	require.NotEqual(t, id, en)
	require.NotContains(t, id+en, "{", f)
	require.NotEmpty(t, f.Helper.Text(certificate.Indonesian))
	require.Contains(t, []certificate.Retry{certificate.RetryCorrected, certificate.RetryLater, certificate.RetryNo}, f.Retry)
}

func policeAgency() certificate.Agency {
	return certificate.Agency{Name: "Kepolisian Contoh", MailDomains: map[certificate.Employment][]string{
		certificate.Polri: {"polri.example.id"}}}
}

func TestCheckPolice(t *testing.T) {
	f := soundForm()
	f.Employment, f.EmployeeNumber, f.SIASNEmail, f.WorkEmail = "", "85010999", "", "budi@polri.example.id"
	a, findings := f.Check(policeAgency(), checkDay())
	require.Empty(t, findings)
	assert.Equal(t, certificate.Polri, a.Employment())
	born, certain := a.BirthDate()
	assert.Equal(t, "1985-01-01", born.String(), "an NRP has no day; the NIK does")
	assert.True(t, certain)

	f.EmployeeNumber = "85020999"
	_, findings = f.Check(policeAgency(), checkDay())
	assert.Equal(t, []found{{certificate.FieldEmployeeNumber, certificate.RuleBirthMismatch, certificate.Doubtful}}, foundIn(findings))
}

func TestCheckNamesTheDomainsWanted(t *testing.T) {
	f := soundForm()
	f.WorkEmail = "budi.contoh@example.com"
	_, findings := f.Check(certificate.KotaMagelang(), checkDay())
	require.Len(t, findings, 1)
	assert.Equal(t, "Email Dinas harus berada di bawah domain instansi: @pns.magelangkota.go.id.", findings[0].Text(certificate.Indonesian))
	assert.Equal(t, "The work email must lie under the agency's domain: @pns.magelangkota.go.id.", findings[0].Text(certificate.English))
	assert.Equal(t, certificate.HelpMail, findings[0].Helper)
}

func TestCheckSettlesTheCenturyByTheNIP(t *testing.T) {
	f := soundForm()
	// A man of 101 in a NIP that says so: the NIK alone could not tell.
	f.NIK, f.EmployeeNumber = "3371990101250901", "192501011950011901"
	_, findings := f.Check(certificate.KotaMagelang(), checkDay())
	assert.False(t, findings.Has(certificate.FieldNIK, identity.RuleCentury))
	assert.True(t, findings.Has(certificate.FieldEmployeeNumber, identity.RuleRetired))
}

func TestCheckWithoutAgencyDataIsRefused(t *testing.T) {
	a, findings := soundForm().Check(certificate.Agency{}, checkDay())
	assert.True(t, a.IsZero())
	assert.True(t, findings.Has(certificate.FieldAgency, certificate.RuleAgencyData))
	assert.PanicsWithValue(t, "certificate: ApplicantForm.Check: zero asOf", func() {
		soundForm().Check(certificate.KotaMagelang(), identity.Date{})
	})
}

func TestCheckIsNotChangedByLaterChangesOfTheAgency(t *testing.T) {
	agency := certificate.KotaMagelang()
	a, _ := soundForm().Check(agency, checkDay())
	agency.MailDomains[certificate.PNS][0] = "example.com"
	delete(agency.MailDomains, certificate.PPPK)
	assert.Equal(t, certificate.KotaMagelang().MailDomains, a.Agency().MailDomains)
}

// TestFormResultsShowNothingPersonal searches every way that findings, errors,
// forms and applicants can be printed for what was typed.
func TestFormResultsShowNothingPersonal(t *testing.T) {
	bad := certificate.ApplicantForm{NIK: "3371993201850000", Name: "Budi 7Q7 Rahasia", Employment: "hakimagung", EmployeeNumber: "198513012010131901",
		SIASNEmail: "rahasia@@example.com", WorkEmail: "rahasia@evil.example.com", Phone: "0215550901"}
	doubtful := soundForm()
	doubtful.NIK, doubtful.WorkEmail = "6473994201850901", "rahasia+x@pns.magelangkota.go.id"
	doubtful.Name, doubtful.SIASNEmail = "Rahasia Contoh", "rahasia@example.com"
	secrets := []string{"337199", "320185", "7q7", "rahasia", "hakimagung", "19851301", "evil", "0215550", "647399", "420185", "19850101", "2010011", "8120000"}
	for _, form := range []certificate.ApplicantForm{bad, doubtful} {
		a, findings := form.Check(certificate.KotaMagelang(), checkDay())
		require.NotEmpty(t, findings)
		type hidden struct {
			a certificate.Applicant
			f certificate.Findings
		}
		outputs := map[string]string{}
		for i, v := range []any{findings, findings.Err(), form, &form, a, &a, hidden{a, findings}, a.Reveal(), fmt.Errorf("x: %w", errOr(findings.Err()))} {
			outputs[fmt.Sprint(i)] = leaktest.Formatted(v) + leaktest.Logged(v)
			if i != 7 { // StoredApplicant is whole in JSON, by design
				_, err := json.Marshal(v)
				require.NoError(t, err)
				outputs[fmt.Sprint(i)] = leaktest.Printed(v)
			}
		}
		for _, f := range findings {
			outputs["text "+string(f.Rule)] = f.Text(certificate.Indonesian) + f.Text(certificate.English)
		}
		for how, out := range outputs {
			for _, s := range secrets {
				assert.NotContains(t, strings.ToLower(out), s, how)
			}
		}
	}
}

func errOr(err error) error {
	if err == nil {
		return identity.ErrMasked
	}
	return err
}

func TestMaskedFormIsNotReadBack(t *testing.T) {
	js, err := json.Marshal(soundForm())
	require.NoError(t, err)
	var back certificate.ApplicantForm
	require.NoError(t, json.Unmarshal(js, &back))
	_, findings := back.Check(certificate.KotaMagelang(), checkDay())
	for _, f := range []certificate.Field{certificate.FieldNIK, certificate.FieldName, certificate.FieldSIASNEmail, certificate.FieldWorkEmail, certificate.FieldPhone} {
		assert.True(t, findings.Has(f, identity.RuleMasked), f)
	}
}

func TestFormBindsFromJSON(t *testing.T) {
	var f certificate.ApplicantForm
	require.NoError(t, json.Unmarshal([]byte(`{"nik":"3371990101850901","name":"Budi Contoh","employee_number":"198501012010011901",
		"siasn_email":"budi@example.com","work_email":"budi@pns.magelangkota.go.id","phone":"081200000901"}`), &f))
	_, findings := f.Check(certificate.KotaMagelang(), checkDay())
	assert.Empty(t, findings)
}

func FuzzCheckForm(f *testing.F) {
	s := soundForm()
	f.Add(s.NIK, s.Name, s.Employment, s.EmployeeNumber, s.SIASNEmail, s.WorkEmail, s.Phone)
	f.Add("", "", "", "", "", "", "")
	f.Add("5401000101200901", "Budi", "contract", "10999", "", "x@magelangkota.go.id", "080100000901")
	f.Add("3371994101850901", "Ani", "pppk", "199001012025242901", "a+b@c.id", "x@asn.magelangkota.go.id", "+62 812 0000 0901")
	f.Fuzz(func(t *testing.T, nik, name, employment, number, siasn, work, phone string) {
		form := certificate.ApplicantForm{NIK: nik, Name: name, Employment: employment, EmployeeNumber: number,
			SIASNEmail: siasn, WorkEmail: work, Phone: phone}
		a, findings := form.Check(certificate.KotaMagelang(), checkDay())
		if a.IsZero() != (findings.Err() != nil) {
			t.Fatal("applicant and findings disagree")
		}
		for _, fd := range findings {
			requireWorded(t, fd)
		}
		if a.IsZero() {
			return
		}
		back, err := certificate.RestoreApplicant(a.Reveal(), a.Agency())
		if err != nil || back.Reveal() != a.Reveal() {
			t.Fatalf("applicant does not restore: %v", err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	agency, form, day := certificate.KotaMagelang(), soundForm(), checkDay()
	b.ReportAllocs()
	for b.Loop() {
		if _, findings := form.Check(agency, day); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}

func BenchmarkCheckAllWrong(b *testing.B) {
	agency, day := certificate.KotaMagelang(), checkDay()
	form := certificate.ApplicantForm{NIK: "3371993201850000", Name: "Budi 2", EmployeeNumber: "198513012010131901",
		SIASNEmail: "x", WorkEmail: "y@evil.example.com", Phone: "0211234567"}
	b.ReportAllocs()
	for b.Loop() {
		if _, findings := form.Check(agency, day); len(findings) == 0 {
			b.Fatal("no findings")
		}
	}
}

func TestFindingsForAPage(t *testing.T) {
	f := soundForm()
	f.NIK, f.WorkEmail = "6473990101850901", "budi.contoh@example.com"
	_, findings := f.Check(certificate.KotaMagelang(), checkDay())
	require.Len(t, findings, 2)
	assert.Equal(t, findings[:1], findings.Doubtful())
	assert.Equal(t, findings[1:], findings.Malformed())
	assert.EqualError(t, findings.Err(), "certificate: malformed form: work_email: not_work_mail")
	assert.Equal(t, "nik: region_unknown (doubtful)", findings[0].String())
	js, err := json.Marshal(findings)
	require.NoError(t, err)
	assert.JSONEq(t, `[
		{"field":"nik","rule":"region_unknown","class":"doubtful","helper":"population","retry":"corrected",
		 "text":{"id":"Kode wilayah NIK tidak ada dalam daftar; periksa kembali. Bila sesuai KTP, Dukcapil dapat memastikannya.",
		         "en":"The region code of the NIK is in no list; check it. If it is as on the identity card, Dukcapil can confirm it."},
		 "help":{"id":"Dinas Dukcapil","en":"the population register office (Dukcapil)"}},
		{"field":"work_email","rule":"not_work_mail","class":"malformed","helper":"mail","retry":"corrected","want":"@pns.magelangkota.go.id",
		 "text":{"id":"Email Dinas harus berada di bawah domain instansi: @pns.magelangkota.go.id.",
		         "en":"The work email must lie under the agency's domain: @pns.magelangkota.go.id."},
		 "help":{"id":"pengelola email dinas instansi","en":"the agency's mail administrators"}}]`, string(js))
}

func TestEveryRuleIsWorded(t *testing.T) {
	general := []certificate.Rule{identity.RuleEmpty, identity.RuleLength, identity.RuleCharacters, identity.RuleMasked}
	for field, own := range map[certificate.Field][]certificate.Rule{
		certificate.FieldNIK: append(general, identity.RuleSpreadsheet, identity.RuleOtherNumber, identity.RuleProvince, identity.RuleRegency,
			identity.RuleBirthDate, identity.RuleSerial, identity.RuleRegionUnknown, identity.RuleProvinceRetired, identity.RuleDistrict, identity.RuleCentury),
		certificate.FieldEmployeeNumber: append(general, identity.RuleSpreadsheet, identity.RuleOtherNumber, identity.RuleOldNumber, identity.RuleOtherKind,
			identity.RuleBirthDate, identity.RuleBirthMonth, identity.RuleAppointment, identity.RuleAppointedYoung, identity.RuleAppointedAhead,
			identity.RuleAgreement, identity.RuleSex, identity.RuleSerial, identity.RuleCentury, identity.RuleAppointedMinor, identity.RuleAppointedOld,
			identity.RuleRetired, certificate.RuleBirthMismatch, certificate.RuleSexMismatch),
		certificate.FieldName:       append(general, identity.RuleLongName),
		certificate.FieldPhone:      append(general, identity.RuleSpreadsheet, identity.RuleNotMobile, identity.RuleOperator),
		certificate.FieldSIASNEmail: append(general, identity.RuleAddress, identity.RuleDomain, identity.RuleMailCharacters),
		certificate.FieldWorkEmail: append(general, identity.RuleAddress, identity.RuleDomain, identity.RuleMailCharacters,
			certificate.RuleNotWorkMail, certificate.RuleOtherKindsMail, certificate.RuleNotOfficialMail),
		certificate.FieldEmployment: {certificate.RuleEmployment, certificate.RuleNotServed},
		certificate.FieldAgency:     {certificate.RuleAgencyData},
	} {
		for _, rule := range own {
			requireWorded(t, certificate.Finding{Field: field, Rule: rule, Retry: certificate.RetryCorrected, Helper: certificate.HelpSelf, Want: "@x"})
		}
	}
	for _, h := range []certificate.Helper{certificate.HelpSelf, certificate.HelpMail, certificate.HelpCertificate, certificate.HelpPersonnel, certificate.HelpPolice, certificate.HelpPopulation} {
		assert.NotEqual(t, h.Text(certificate.Indonesian), h.Text(certificate.English))
	}
}
