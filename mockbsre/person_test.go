package mockbsre_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
)

func TestMadeUpPeople(t *testing.T) {
	agency := certificate.KotaMagelang()
	today, err := identity.NewDate(2026, time.November, 23)
	require.NoError(t, err)
	seen := map[string]bool{}
	for n := range 10_000 {
		p := mockbsre.MadeUpPerson(n)
		applicant, findings := p.Form().Check(agency, today)
		require.NoError(t, findings.Err(), "%d", n)
		for _, f := range findings {
			// The district is nobody's, which is the point.
			require.Contains(t, []certificate.Field{certificate.FieldNIK, certificate.FieldPhone}, f.Field, "%d: %v", n, f)
		}
		for _, unique := range []string{applicant.NIK().Digits(), applicant.Number().Digits(), p.WorkEmail, p.SIASNEmail} {
			require.False(t, seen[unique], "%d", n)
			seen[unique] = true
		}
		require.Equal(t, p, mockbsre.MadeUpPerson(n), "the same each time")
	}
	assert.Panics(t, func() { mockbsre.MadeUpPerson(-1) })
	assert.Panics(t, func() { mockbsre.MadeUpPerson(10_000) })
}

// A number of the armed forces tells no employment, so it brings no mail of the police.
func TestForcesAreNotPolice(t *testing.T) {
	agency := certificate.KotaMagelang()
	agency.Name = "Instansi Contoh"
	agency.MailDomains = map[certificate.Employment][]string{certificate.Polri: {"polri.example"}}
	p := mockbsre.MadeUpPerson(0)
	p.WorkEmail = "budi@pns.example"
	for number, want := range map[string]string{"80019901": "budi@polri.example", "12345": "budi@pns.example"} {
		p.EmployeeNumber = number
		assert.Equal(t, want, p.At(agency).WorkEmail, number)
	}
}

func TestOnlyMadeUpPeopleAreTaken(t *testing.T) {
	good := mockbsre.MadeUpPerson(0)
	for name, c := range map[string]struct {
		change func(*mockbsre.Person)
		want   error
	}{
		"as made up":              {func(*mockbsre.Person) {}, nil},
		"a district not marked":   {func(p *mockbsre.Person) { p.NIK = p.NIK[:4] + "98" + p.NIK[6:] }, mockbsre.ErrNotMadeUp},
		"a province from 90":      {func(p *mockbsre.Person) { p.NIK = "91" + p.NIK[2:] }, mockbsre.ErrNotMadeUp},
		"a NIP with a low serial": {func(p *mockbsre.Person) { p.EmployeeNumber = p.EmployeeNumber[:15] + "001" }, mockbsre.ErrNotMadeUp},
		"an NRP of the police":    {func(p *mockbsre.Person) { p.EmployeeNumber = "80019901" }, nil},
		"an NRP not marked":       {func(p *mockbsre.Person) { p.EmployeeNumber = "80010001" }, mockbsre.ErrNotMadeUp},
		"an NRP of the forces":    {func(p *mockbsre.Person) { p.EmployeeNumber = "12345" }, mockbsre.ErrNotMadeUp},
		"a malformed NIK":         {func(p *mockbsre.Person) { p.NIK = "33719901" }, identity.ErrMalformed},
		"a malformed NIP":         {func(p *mockbsre.Person) { p.EmployeeNumber = "1980" }, identity.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			c.change(&p)
			strict := mockbsre.NewUnstarted(mockbsre.Config{})
			for _, err := range []error{strict.Population.Add(p), strict.Personnel.Add(p)} {
				if c.want == nil {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, c.want)
				assert.NotContains(t, err.Error(), p.NIK)
			}
			if c.want == mockbsre.ErrNotMadeUp {
				lax := mockbsre.NewUnstarted(mockbsre.Config{AllowAnyNIK: true})
				assert.NoError(t, lax.Population.Add(p))
			}
		})
	}
}

func TestRegisters(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.NewUnstarted(mockbsre.Config{})
	p := mockbsre.MadeUpPerson(0)
	nik := nikOf(t, p)
	number, err := identity.ParseEmployeeNumber(p.EmployeeNumber)
	require.NoError(t, err)
	name, err := identity.ParseName(p.Name)
	require.NoError(t, err)

	assert.ErrorIs(t, srv.Population.VerifyNIK(ctx, nik), certificate.ErrNIKNotFound)
	_, err = srv.Population.MatchName(ctx, nik, name)
	assert.ErrorIs(t, err, certificate.ErrNIKNotFound)
	_, err = srv.Population.MatchFace(ctx, nik, mockbsre.Selfie())
	assert.ErrorIs(t, err, certificate.ErrNIKNotFound)
	_, err = srv.Personnel.LookUp(ctx, number)
	assert.ErrorIs(t, err, certificate.ErrNumberNotFound)

	require.NoError(t, srv.Population.Add(p))
	require.NoError(t, srv.Personnel.Add(p))
	assert.NoError(t, srv.Population.VerifyNIK(ctx, nik))
	for text, want := range map[string]certificate.Match{
		p.Name: certificate.MatchYes, "Dr. " + p.Name + ", M.Si.": certificate.MatchYes, "Orang Lain": certificate.MatchNo,
	} {
		typed, err := identity.ParseName(text)
		require.NoError(t, err)
		got, err := srv.Population.MatchName(ctx, nik, typed)
		require.NoError(t, err)
		assert.Equal(t, want, got, text)
	}
	face, err := srv.Population.MatchFace(ctx, nik, mockbsre.Selfie())
	require.NoError(t, err)
	assert.Equal(t, certificate.MatchYes, face)
	srv.Population.SetFace(nik, certificate.MatchNo)
	face, err = srv.Population.MatchFace(ctx, nik, mockbsre.Selfie())
	require.NoError(t, err)
	assert.Equal(t, certificate.MatchNo, face)
	office, err := srv.Personnel.LookUp(ctx, number)
	require.NoError(t, err)
	assert.Equal(t, p.Office(), office)

	srv.Population.Remove(nik)
	srv.Personnel.Remove(number)
	assert.ErrorIs(t, srv.Population.VerifyNIK(ctx, nik), certificate.ErrNIKNotFound)
	_, err = srv.Personnel.LookUp(ctx, number)
	assert.ErrorIs(t, err, certificate.ErrNumberNotFound)

	p.EmployeeNumber = ""
	assert.ErrorIs(t, srv.Personnel.Add(p), certificate.ErrNumberNotFound)
}
