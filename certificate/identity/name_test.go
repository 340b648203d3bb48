package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

func name(t testing.TB, text string) identity.Name {
	t.Helper()
	n, err := identity.ParseName(text)
	require.NoError(t, err)
	return n
}

func TestParseName(t *testing.T) {
	for reason, c := range map[string]struct {
		text, full, plain string
		front, back       []string
	}{
		"single word":                        {"Suparto", "Suparto", "Suparto", nil, nil},
		"without titles":                     {"Budi Contoh", "Budi Contoh", "Budi Contoh", nil, nil},
		"titles on both sides":               {"Dr. Ir. Budi Contoh, S.T., M.Kom.", "Dr. Ir. Budi Contoh, S.T., M.Kom.", "Budi Contoh", []string{"Dr.", "Ir."}, []string{"S.T.", "M.Kom."}},
		"blanks and commas in disorder":      {"  Drs.  Budi   Contoh ,S.H.,, M.H. ,", "Drs. Budi Contoh, S.H., M.H.", "Budi Contoh", []string{"Drs."}, []string{"S.H.", "M.H."}},
		"titles run together":                {"Drs.H.Budi Contoh", "Drs. H. Budi Contoh", "Budi Contoh", []string{"Drs.", "H."}, nil},
		"an abbreviated name is no title":    {"M. Budi Contoh", "M. Budi Contoh", "M. Budi Contoh", nil, nil},
		"Moh. is no title":                   {"Moh. Contoh", "Moh. Contoh", "Moh. Contoh", nil, nil},
		"title word without a dot is a name": {"Ir Contoh", "Ir Contoh", "Ir Contoh", nil, nil},
		"initials at the end":                {"Budi C. D.", "Budi C. D.", "Budi C. D.", nil, nil},
		"apostrophe of a word processor":     {"Nur’aini Contoh", "Nur'aini Contoh", "Nur'aini Contoh", nil, nil},
		"capitals of an identity card":       {"BUDI CONTOH", "BUDI CONTOH", "BUDI CONTOH", nil, nil},
		"accents":                            {"José Contoh", "José Contoh", "José Contoh", nil, nil},
		"title with a blank":                 {"Budi Contoh, M.Sc. (Eng)", "Budi Contoh, M.Sc. (Eng)", "Budi Contoh", nil, []string{"M.Sc. (Eng)"}},
		"only a title is a name":             {"Ir.", "Ir.", "Ir.", nil, nil},
	} {
		t.Run(reason, func(t *testing.T) {
			n := name(t, c.text)
			assert.Equal(t, c.full, n.Full())
			assert.Equal(t, c.plain, n.Plain())
			assert.Equal(t, c.front, n.Front())
			assert.Equal(t, c.back, n.Back())
			assert.True(t, n == name(t, n.Full()), "what it prints reads back the same")
		})
	}
}

func TestParseNameRefuses(t *testing.T) {
	for reason, c := range map[string]struct {
		text string
		want identity.Rule
	}{
		"empty":                {" ", identity.RuleEmpty},
		"only titles behind":   {", S.H.", identity.RuleEmpty},
		"only signs":           {"...", identity.RuleEmpty},
		"a number":             {nikMan, identity.RuleCharacters},
		"a digit":              {"Budi 2", identity.RuleCharacters},
		"Cyrillic look-alike":  {"Bud\u0456 Contoh", identity.RuleCharacters},
		"Greek look-alike":     {"Βudi", identity.RuleCharacters},
		"full-width letters":   {"Ｂｕｄｉ", identity.RuleCharacters},
		"Kelvin sign":          {"\u212aontoh", identity.RuleCharacters},
		"control character":    {"Budi\x00Contoh", identity.RuleCharacters},
		"line break":           {"Budi\nContoh", identity.RuleCharacters},
		"right-to-left mark":   {"Budi\u202eContoh", identity.RuleCharacters},
		"zero-width joiner":    {"Bu\u200ddi", identity.RuleCharacters},
		"markup":               {"<b>Budi</b>", identity.RuleCharacters},
		"invalid UTF-8":        {"Budi\xff", identity.RuleCharacters},
		"too long once spaced": {strings.Repeat("a,", 128), identity.RuleLength},
		"masked":               {"B*** C***", identity.RuleMasked},
		"oversize":             {strings.Repeat("Budi ", 1<<18), identity.RuleLength},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := identity.ParseName(c.text)
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
}

func TestNamesCompareWithoutTitles(t *testing.T) {
	assert.True(t, name(t, "Dr. Budi Contoh, S.T.").SamePerson(name(t, "BUDI CONTOH")))
	assert.True(t, name(t, "Nur'aini Contoh").SamePerson(name(t, "NURAINI  CONTOH")))
	assert.True(t, name(t, "Siti-Contoh").SamePerson(name(t, "Siti Contoh")))
	assert.False(t, name(t, "Muhammad Contoh").SamePerson(name(t, "Moh. Contoh")), "a doubt for the caller")
	assert.False(t, name(t, "Budi Sari").SamePerson(name(t, "Bud\u0131 Sari")), "dotless i")
	assert.False(t, name(t, "Budi Sari").SamePerson(name(t, "Budi \u017fari")), "long s")
	assert.False(t, identity.Name{}.SamePerson(identity.Name{}), "no name is nobody's")
	assert.Equal(t, "NURAINI CONTOH", name(t, "Hj. Nur'aini Contoh, S.Pd.").Folded())
}

func TestNameMasksAndDoubts(t *testing.T) {
	assert.Equal(t, "B*** C***", name(t, "Dr. Budi Contoh, S.T.").String())
	assert.Nil(t, name(t, "Budi Contoh").Check())
	long := name(t, strings.TrimSpace(strings.Repeat("Contoh ", 9)))
	assert.Equal(t, []identity.Problem{{Rule: identity.RuleLongName, Class: identity.Doubtful}}, long.Check())
	assert.Empty(t, identity.Name{}.Full()+identity.Name{}.Plain()+identity.Name{}.Folded())
}
