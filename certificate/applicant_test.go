package certificate_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

func TestApplicantIsStoredWholeAndRestored(t *testing.T) {
	a, findings := soundForm().Check(certificate.KotaMagelang(), checkDay())
	require.Empty(t, findings)
	stored, err := json.Marshal(a.Reveal())
	require.NoError(t, err)
	var s certificate.StoredApplicant
	require.NoError(t, json.Unmarshal(stored, &s))
	back, err := certificate.RestoreApplicant(s, certificate.KotaMagelang())
	require.NoError(t, err)
	assert.Equal(t, a, back)

	// The agency's domains change; its people stay.
	moved := certificate.KotaMagelang()
	moved.MailDomains = map[certificate.Employment][]string{certificate.PNS: {"pns.example.go.id"}}
	_, err = certificate.RestoreApplicant(s, moved)
	assert.NoError(t, err)
}

func TestRestoreApplicantChecksAnew(t *testing.T) {
	a, _ := soundForm().Check(certificate.KotaMagelang(), checkDay())
	for name, change := range map[string]func(*certificate.StoredApplicant){
		"zero":                       func(s *certificate.StoredApplicant) { *s = certificate.StoredApplicant{} },
		"NIK cut off":                func(s *certificate.StoredApplicant) { s.NIK = s.NIK[:15] },
		"NIK masked":                 func(s *certificate.StoredApplicant) { s.NIK = a.NIK().String() },
		"number of another kind":     func(s *certificate.StoredApplicant) { s.EmployeeNumber = "199001012021211901" },
		"number missing":             func(s *certificate.StoredApplicant) { s.EmployeeNumber = "" },
		"employment unknown":         func(s *certificate.StoredApplicant) { s.Employment = 0 },
		"employment out of range":    func(s *certificate.StoredApplicant) { s.Employment = 99 },
		"mail with a header":         func(s *certificate.StoredApplicant) { s.WorkEmail += "\r\nBcc: x@example.com" },
		"SIASN mail of a PNS absent": func(s *certificate.StoredApplicant) { s.SIASNEmail = "" },
		"name":                       func(s *certificate.StoredApplicant) { s.Name = "Budi\x00" },
		"phone":                      func(s *certificate.StoredApplicant) { s.Phone = "021" },
		"another agency":             func(s *certificate.StoredApplicant) { s.Agency = "Pemerintah Contoh" },
		"no day":                     func(s *certificate.StoredApplicant) { s.CheckedOn = identity.Date{} },
	} {
		t.Run(name, func(t *testing.T) {
			s := a.Reveal()
			change(&s)
			back, err := certificate.RestoreApplicant(s, certificate.KotaMagelang())
			require.ErrorIs(t, err, certificate.ErrStoredApplicant)
			assert.True(t, back.IsZero())
			assert.NotContains(t, err.Error(), "337199")
		})
	}
	_, err := certificate.RestoreApplicant(certificate.StoredApplicant{}, certificate.Agency{})
	assert.ErrorIs(t, err, certificate.ErrStoredApplicant)
}

func TestEmploymentWords(t *testing.T) {
	for _, e := range certificate.Employments() {
		back, err := certificate.ParseEmployment(e.String())
		require.NoError(t, err)
		assert.Equal(t, e, back)
		assert.NotEqual(t, "tidak diketahui", e.Text(certificate.Indonesian))
		assert.Equal(t, e == certificate.Contract, e.ThroughOffice(), "guide, conditions 1 and 2")
	}
	for _, word := range []string{"", "unknown", "PNS", "pns ", "0"} {
		_, err := certificate.ParseEmployment(word)
		assert.ErrorIs(t, err, identity.ErrMalformed, word)
	}
	b, err := json.Marshal([]certificate.Employment{certificate.PPPK, certificate.EmploymentUnknown})
	require.NoError(t, err)
	assert.JSONEq(t, `["pppk",""]`, string(b))
	var list []certificate.Employment
	require.NoError(t, json.Unmarshal(b, &list))
	assert.Equal(t, []certificate.Employment{certificate.PPPK, certificate.EmploymentUnknown}, list)
	assert.Error(t, json.Unmarshal([]byte(`["hakim"]`), &list))
	assert.Equal(t, "unknown", certificate.Employment(99).String())
	assert.Equal(t, "unknown", certificate.EmploymentUnknown.Text(certificate.English))
}
