package mockbsre_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

func TestPopulate(t *testing.T) {
	ctx := t.Context()
	one, two, three := mockbsre.New(t), mockbsre.New(t), mockbsre.New(t)
	before := one.Clock.Now()
	a, err := one.Populate(ctx, 7, 12)
	require.NoError(t, err)
	assert.Equal(t, before, one.Clock.Now())
	same, err := two.Populate(ctx, 7, 12)
	require.NoError(t, err)
	differ, err := three.Populate(ctx, 8, 12)
	require.NoError(t, err)
	seen := map[certificate.Status]int{}
	for i := range a {
		assert.Equal(t, a[i].Person, same[i].Person, "same seed, same people")
		assert.Equal(t, a[i].Passphrase.Reveal(), same[i].Passphrase.Reveal(), "and passphrases")
		assert.NotEqual(t, a[i].Person, differ[i].Person)
		assert.Equal(t, a[i].Status, statusOf(t, one, a[i].Person))
		seen[a[i].Status]++
		if a[i].Status == certificate.StatusIssue {
			_, _, err := sign(t, one, a[i].ID, a[i].Passphrase, letter(t))
			assert.NoError(t, err)
		}
	}
	assert.Len(t, seen, len(certificate.Statuses()), "each status is there")
	assert.Equal(t, 4, seen[certificate.StatusIssue])
	for _, n := range []int{0, -1, 10_001} {
		_, err := one.Populate(ctx, 1, n)
		assert.ErrorIs(t, err, mockbsre.ErrPopulation)
	}
}

// Who has an agency of his own wants its people.
func TestPopulateForAnotherAgency(t *testing.T) {
	agency := certificate.Agency{
		Name:        "Pemerintah Kabupaten Contoh",
		MailDomains: map[certificate.Employment][]string{certificate.PNS: {"pns.contoh.example"}},
	}
	srv := mockbsre.NewWith(t, mockbsre.Config{Agencies: []certificate.Agency{agency, certificate.KotaMagelang()}})
	people, err := srv.Populate(t.Context(), 7, 6)
	require.NoError(t, err)
	for _, p := range people {
		assert.Equal(t, agency.Name, p.Person.Agency)
		assert.Regexp(t, `^[a-z]+\.[a-z]+\.\d+@pns\.contoh\.example$`, p.Person.WorkEmail)
		assert.Empty(t, p.Person.Province, "it is not Kota Magelang's")
	}
	_, err = srv.Enrol(t.Context(), mockbsre.MadeUpPerson(9), passphrase.FromString("Tiga-Kelinci9-Ungu"))
	require.NoError(t, err, "the other agency's people are as they were")
	_, err = srv.Populate(t.Context(), 7, 7000)
	require.ErrorIs(t, err, mockbsre.ErrPopulation, "so many PNS there are not")
}

func TestMovedPeopleRegister(t *testing.T) {
	agency := certificate.Agency{Name: "Pemerintah Kabupaten Contoh", MailDomains: map[certificate.Employment][]string{
		certificate.PNS: {"pns.contoh.example"}, certificate.PPPK: {"asn.contoh.example", "contoh.example"},
		certificate.Contract: {"contoh.example"},
	}}
	srv := mockbsre.NewWith(t, mockbsre.Config{Agencies: []certificate.Agency{agency}})
	contract := mockbsre.MadeUpPerson(4)
	contract.EmployeeNumber = ""
	for _, p := range []mockbsre.Person{mockbsre.MadeUpPerson(1), mockbsre.MadeUpPerson(2), contract} {
		_, err := srv.Enrol(t.Context(), p.At(agency), passphrase.FromString("Tiga-Kelinci9-Ungu"))
		require.NoError(t, err)
	}
	assert.Equal(t, mockbsre.MadeUpPerson(1), mockbsre.MadeUpPerson(1).At(certificate.KotaMagelang()), "nobody moves to where he is")
}

func TestMadeUpPassphrasesKeepEveryPolicy(t *testing.T) {
	for _, policy := range []passphrase.Policy{passphrase.GuidePolicy(), passphrase.DefaultPolicy(), passphrase.StrictPolicy()} {
		for seed := range uint64(20) {
			assert.NoError(t, policy.Check(mockbsre.MadeUpPassphrase(seed)))
		}
	}
}
