package identity_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

const (
	nipMan   = "198501012010011901"
	nipWoman = "198501012010012901"
	pppk     = "199001012021211901"
	polri    = "85010999"
)

func TestParseNIP(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []identity.Rule
	}{
		"plain":               {nipMan, nil},
		"as letters print it": {"19850101 201001 1 901", nil},
		"with dots":           {"19850101.201001.1.901", nil},
		"woman":               {nipWoman, nil},
		"appointed in the month of the 15th birthday": {"198501152000011901", nil},
		"old, out of service":                         {"193001011950011901", nil},
		"empty":                                       {"", []identity.Rule{identity.RuleEmpty}},
		"17 digits":                                   {"19850101201001190", []identity.Rule{identity.RuleLength}},
		"nine digits, out of use":                     {"130999901", []identity.Rule{identity.RuleOldNumber}},
		"a NIK":                                       {nikMan, []identity.Rule{identity.RuleOtherNumber}},
		"a PPPK's number":                             {pppk, []identity.Rule{identity.RuleOtherKind}},
		"part-time PPPK's number":                     {"199001012025241901", []identity.Rule{identity.RuleOtherKind}},
		"letter":                                      {"19850101201001190l", []identity.Rule{identity.RuleCharacters}},
		"masked":                                      {"***************901", []identity.Rule{identity.RuleMasked}},
		"30 February":                                 {"198502302010011901", []identity.Rule{identity.RuleBirthDate}},
		"29 February of 1900":                         {"190002291950011901", []identity.Rule{identity.RuleBirthDate}},
		"born before 1900":                            {"189912311950011901", []identity.Rule{identity.RuleBirthDate}},
		"month 00":                                    {"198501012010001901", []identity.Rule{identity.RuleAppointment}},
		"month 13":                                    {"198501012010131901", []identity.Rule{identity.RuleAppointment}},
		"month 20 is neither kind's":                  {"198501012010201901", []identity.Rule{identity.RuleAppointment}},
		"month 30":                                    {"198501012010301901", []identity.Rule{identity.RuleAppointment}},
		"appointed before birth":                      {"198501011980011901", []identity.Rule{identity.RuleAppointedYoung}},
		"appointed at 14":                             {"198502011999121901", []identity.Rule{identity.RuleAppointedYoung}},
		"sex 0":                                       {"198501012010010901", []identity.Rule{identity.RuleSex}},
		"sex 3":                                       {"198501012010013901", []identity.Rule{identity.RuleSex}},
		"serial 000":                                  {"198501012010011000", []identity.Rule{identity.RuleSerial}},
		"all at once":                                 {"198513012010135000", []identity.Rule{identity.RuleBirthDate, identity.RuleAppointment, identity.RuleSex, identity.RuleSerial}},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseNIP(c.text)
			if c.want == nil {
				require.NoError(t, err)
				assert.Len(t, n.Digits(), 18)
				return
			}
			assert.Equal(t, c.want, rulesOf(t, err))
			assert.True(t, n.IsZero())
		})
	}
}

func TestParseNIPPPK(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []identity.Rule
	}{
		"first agreement":             {pppk, nil},
		"second agreement, woman":     {"199001012021222901", nil},
		"part-time of 2025":           {"199001012025241901", nil},
		"highest scheme number":       {"199001012021291901", nil},
		"with blanks":                 {"19900101 202121 1 901", nil},
		"a PNS number":                {nipMan, []identity.Rule{identity.RuleOtherKind}},
		"agreement 0":                 {"199001012021201901", []identity.Rule{identity.RuleAgreement}},
		"marker 3":                    {"199001012021311901", []identity.Rule{identity.RuleAgreement}},
		"marker 1 is no month either": {"199001012021131901", []identity.Rule{identity.RuleAgreement}},
		"birth date":                  {"199013012021211901", []identity.Rule{identity.RuleBirthDate}},
		"appointed at 14":             {"201001012024211901", []identity.Rule{identity.RuleAppointedYoung}},
		"sex":                         {"199001012021219901", []identity.Rule{identity.RuleSex}},
		"serial":                      {"199001012021211000", []identity.Rule{identity.RuleSerial}},
		"length":                      {"19900101202121190", []identity.Rule{identity.RuleLength}},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseNIPPPK(c.text)
			if c.want == nil {
				require.NoError(t, err)
				assert.Len(t, n.Digits(), 18)
				return
			}
			assert.Equal(t, c.want, rulesOf(t, err))
			assert.True(t, n.IsZero())
		})
	}
}

func TestParseNRP(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		service identity.Service
		want    identity.Rule
	}{
		"police":                          {polri, identity.Polri, ""},
		"police, born in 2001, leading 0": {"01010999", identity.Polri, ""},
		"eight digits without a month":    {"85130999", identity.TNI, ""},
		"officer":                         {"10999", identity.TNI, ""},
		"soldier with long number":        {"21990123450999", identity.TNI, ""},
		"too short":                       {"1099", 0, identity.RuleLength},
		"too long":                        {"219901234509990", 0, identity.RuleLength},
		"a NIK":                           {nikMan, 0, identity.RuleOtherNumber},
		"a NIP":                           {nipMan, 0, identity.RuleOtherNumber},
		"letters":                         {"8501099A", 0, identity.RuleCharacters},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseNRP(c.text)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, c.service, n.Service())
				assert.Equal(t, c.text, n.Digits(), "leading zeros stay")
				return
			}
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
	_, err := identity.ParsePolriNRP("85130999")
	assert.Equal(t, []identity.Rule{identity.RuleBirthMonth}, rulesOf(t, err))
	_, err = identity.ParsePolriNRP("10999")
	assert.Equal(t, []identity.Rule{identity.RuleLength}, rulesOf(t, err))
}

func TestEmployeeNumberTellsKinds(t *testing.T) {
	for name, c := range map[string]struct {
		text           string
		kind           identity.Kind
		label, grouped string
	}{
		"PNS":          {nipMan, identity.KindNIP, "NIP", "19850101 201001 1 901"},
		"PPPK":         {pppk, identity.KindNIPPPK, "NI PPPK", "19900101 202121 1 901"},
		"police":       {polri, identity.KindNRP, "NRP", polri},
		"armed forces": {"10999", identity.KindNRP, "NRP", "10999"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseEmployeeNumber(c.text)
			require.NoError(t, err)
			assert.Equal(t, c.kind, n.Kind())
			assert.Equal(t, c.label, n.Label())
			assert.Equal(t, c.grouped, n.Grouped())
			nip, isNIP := n.NIP()
			ni, isNI := n.NIPPPK()
			nrp, isNRP := n.NRP()
			assert.Equal(t, c.kind == identity.KindNIP, isNIP)
			assert.Equal(t, c.kind == identity.KindNIPPPK, isNI)
			assert.Equal(t, c.kind == identity.KindNRP, isNRP)
			for _, back := range []identity.EmployeeNumber{nip.EmployeeNumber(), ni.EmployeeNumber(), nrp.EmployeeNumber()} {
				assert.True(t, back == n || back.IsZero())
			}
		})
	}
	for name, c := range map[string]struct {
		text string
		want identity.Rule
	}{
		"a NIK":             {nikMan, identity.RuleOtherNumber},
		"15 digits":         {"198501012010011", identity.RuleLength},
		"PPPK with bad sex": {"199001012021213901", identity.RuleSex},
		"PNS of month 13":   {"198501012010131901", identity.RuleAppointment},
		"empty":             {"", identity.RuleEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := identity.ParseEmployeeNumber(c.text)
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
}

func TestNumbersTakeApart(t *testing.T) {
	nip, err := identity.ParseNIP(nipWoman)
	require.NoError(t, err)
	assert.Equal(t, date(1985, 1, 1), nip.BirthDate())
	assert.Equal(t, date(2010, 1, 1), nip.Appointed())
	assert.Equal(t, identity.Female, nip.Sex())
	assert.Equal(t, "901", nip.Serial())
	assert.Equal(t, "***************901", nip.String())

	ni, err := identity.ParseNIPPPK("199001012025242901")
	require.NoError(t, err)
	assert.Equal(t, date(1990, 1, 1), ni.BirthDate())
	assert.Equal(t, 2025, ni.AppointmentYear())
	assert.Equal(t, 4, ni.Agreement())
	assert.Equal(t, identity.Female, ni.Sex())
	assert.Equal(t, "901", ni.Serial())

	nrp, err := identity.ParseNRP(polri)
	require.NoError(t, err)
	month, certain := nrp.BirthMonth(asOf)
	assert.Equal(t, date(1985, 1, 1), month)
	assert.True(t, certain)
	assert.True(t, nrp.BornIn(nik(t, nikWoman)))
	assert.False(t, nrp.BornIn(nik(t, "3371990102850901")))
	assert.Equal(t, "******99", nrp.String())
}

func TestNumberDoubts(t *testing.T) {
	doubt := func(r identity.Rule) []identity.Problem {
		return []identity.Problem{{Rule: r, Class: identity.Doubtful}}
	}
	bad := func(r identity.Rule) []identity.Problem {
		return []identity.Problem{{Rule: r, Class: identity.Malformed}}
	}
	for name, c := range map[string]struct {
		text string
		want []identity.Problem
	}{
		"PNS in order":                      {nipMan, nil},
		"PNS appointed at 18":               {"198501012003011901", nil},
		"PNS appointed at 17":               {"198502012003011901", doubt(identity.RuleAppointedMinor)},
		"PNS appointed over 35 is no doubt": {"197001012010011901", nil},
		"PNS of 65":                         {"196111221990011901", nil},
		"PNS of 66":                         {"196011221990011901", doubt(identity.RuleRetired)},
		"PNS from within a year":            {"200001012027111901", nil},
		"PNS from beyond a year":            {"200001012027121901", bad(identity.RuleAppointedAhead)},
		"PPPK in order":                     {pppk, nil},
		"PPPK before the first intake":      {"199001012018211901", doubt(identity.RuleAppointedOld)},
		"PPPK at 19":                        {"200601012025211901", doubt(identity.RuleAppointedMinor)},
		"PPPK of next year":                 {"199001012027211901", nil},
		"PPPK of the year after":            {"199001012028211901", bad(identity.RuleAppointedAhead)},
		"police of working age":             {polri, nil},
		"police of school age":              {"15010999", doubt(identity.RuleCentury)},
		"armed forces say nothing":          {"10999", nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseEmployeeNumber(c.text)
			require.NoError(t, err)
			assert.Equal(t, c.want, n.Check(asOf))
			assert.Nil(t, n.Check(identity.Date{}), "without a day nothing is said")
		})
	}
}

func TestZeroNumbers(t *testing.T) {
	assert.Empty(t, identity.NIP{}.Digits()+identity.NIP{}.Spaced()+identity.NIP{}.Serial())
	assert.Empty(t, identity.NIPPPK{}.Digits()+identity.NIPPPK{}.Spaced()+identity.NIPPPK{}.Serial())
	assert.Empty(t, identity.NRP{}.Digits())
	assert.Empty(t, identity.EmployeeNumber{}.Digits()+identity.EmployeeNumber{}.Grouped()+identity.EmployeeNumber{}.Label())
	assert.True(t, identity.NIP{}.BirthDate().IsZero() && identity.NIP{}.Appointed().IsZero())
	assert.True(t, identity.NIPPPK{}.BirthDate().IsZero())
	assert.Zero(t, identity.NIPPPK{}.AppointmentYear()+identity.NIPPPK{}.Agreement())
	assert.Zero(t, identity.NIP{}.Sex()+identity.NIPPPK{}.Sex()+identity.EmployeeNumber{}.Sex())
	assert.Nil(t, identity.NIP{}.Check(asOf))
	assert.Nil(t, identity.NIPPPK{}.Check(asOf))
	assert.Nil(t, identity.NRP{}.Check(asOf))
	assert.Nil(t, identity.EmployeeNumber{}.Check(asOf))
	assert.Equal(t, identity.ServiceUnknown, identity.NRP{}.Service())
}
