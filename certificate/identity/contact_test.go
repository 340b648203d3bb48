package identity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

func TestParsePhone(t *testing.T) {
	for name, c := range map[string]struct {
		text, e164 string
		want       identity.Rule
	}{
		"national":                    {"081200000901", "+6281200000901", ""},
		"international":               {"+6281200000901", "+6281200000901", ""},
		"international without plus":  {"6281200000901", "+6281200000901", ""},
		"blanks and hyphens":          {"+62 812-0000 0901", "+6281200000901", ""},
		"brackets":                    {"(0812) 0000901", "+628120000901", ""},
		"old short 0811":              {"0811000901", "+62811000901", ""},
		"twelve digits after 62":      {"0899000000901", "+62899000000901", ""},
		"empty":                       {"", "", identity.RuleEmpty},
		"only a plus":                 {"+", "", identity.RuleEmpty},
		"eight digits after 62":       {"081100090", "", identity.RuleLength},
		"thirteen digits after 62":    {"08990000009011", "", identity.RuleLength},
		"fixed line":                  {"0211000901", "", identity.RuleNotMobile},
		"zero after the country code": {"+620812000901", "", identity.RuleNotMobile},
		"plus before a national":      {"+081200000901", "", identity.RuleNotMobile},
		"another country":             {"+6581200000", "", identity.RuleNotMobile},
		"no prefix":                   {"81200000901", "", identity.RuleNotMobile},
		"two pluses":                  {"++6281200000901", "", identity.RuleCharacters},
		"letters":                     {"0812A0000901", "", identity.RuleCharacters},
		"extension":                   {"081200000901#1", "", identity.RuleCharacters},
		"full-width digits":           {"０８１２00000901", "", identity.RuleCharacters},
		"header injection":            {"081200000901\r\nX: y", "", identity.RuleCharacters},
		"masked":                      {"+62********901", "", identity.RuleMasked},
		"oversize":                    {strings.Repeat("(", 1<<20), "", identity.RuleLength},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := identity.ParsePhone(c.text)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, c.e164, p.E164())
				return
			}
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
}

func TestPhonePrintsAndNamesOperators(t *testing.T) {
	p, err := identity.ParsePhone("081200000901")
	require.NoError(t, err)
	assert.Equal(t, "0812-0000-0901", p.National())
	assert.Equal(t, "+62********901", p.String())
	for prefix, operator := range map[string]string{
		"0811": "Telkomsel", "0823": "Telkomsel", "0851": "Telkomsel", "0814": "Indosat", "0855": "Indosat",
		"0817": "XL", "0859": "XL", "0877": "XL", "0831": "Axis", "0838": "Axis", "0895": "Tri", "0881": "Smartfren",
		"0801": "", "0840": "", "0879": "",
	} {
		p, err := identity.ParsePhone(prefix + "0000901")
		require.NoError(t, err)
		assert.Equal(t, operator, p.Operator(), prefix)
		assert.Equal(t, operator == "", len(p.Check()) == 1, "an unknown prefix warns and no more")
	}
	assert.Empty(t, identity.Phone{}.Operator()+identity.Phone{}.National()+identity.Phone{}.E164())
}

func TestParseEmail(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want identity.Rule
	}{
		"plain":                        {"budi.contoh@pns.magelangkota.go.id", ""},
		"plus":                         {"budi+x@contoh.go.id", ""},
		"empty":                        {"  ", identity.RuleEmpty},
		"no at":                        {"budi.contoh.go.id", identity.RuleAddress},
		"two ats":                      {"budi@contoh@go.id", identity.RuleAddress},
		"no local part":                {"@contoh.go.id", identity.RuleAddress},
		"no domain":                    {"budi@", identity.RuleDomain},
		"one label":                    {"budi@localhost", identity.RuleDomain},
		"trailing dot":                 {"budi@contoh.go.id.", identity.RuleDomain},
		"leading dot in the domain":    {"budi@.go.id", identity.RuleDomain},
		"double dot in the domain":     {"budi@contoh..go.id", identity.RuleDomain},
		"label begins with a hyphen":   {"budi@-contoh.go.id", identity.RuleDomain},
		"label of 64":                  {"budi@" + strings.Repeat("a", 64) + ".id", identity.RuleDomain},
		"underscore in the domain":     {"budi@contoh_x.go.id", identity.RuleDomain},
		"address literal":              {"budi@[127.0.0.1]", identity.RuleDomain},
		"numeric top level":            {"budi@127.0.0.1", identity.RuleDomain},
		"double dot in the local part": {"budi..contoh@contoh.go.id", identity.RuleCharacters},
		"dot at the end of the local":  {"budi.@contoh.go.id", identity.RuleCharacters},
		"quoted local part":            {`"budi contoh"@contoh.go.id`, identity.RuleCharacters},
		"display name":                 {"Budi <budi@contoh.go.id>", identity.RuleCharacters},
		"comma list":                   {"budi@contoh.go.id,ani@contoh.go.id", identity.RuleAddress},
		"header injection":             {"budi@contoh.go.id\r\nBcc: x@contoh.go.id", identity.RuleCharacters},
		"NUL":                          {"budi@contoh.go.id\x00", identity.RuleCharacters},
		"Cyrillic look-alike":          {"bud\u0456@contoh.go.id", identity.RuleCharacters},
		"look-alike in the domain":     {"budi@c\u043entoh.go.id", identity.RuleCharacters},
		"full-width at":                {"budi＠contoh.go.id", identity.RuleCharacters},
		"local part of 65":             {strings.Repeat("a", 65) + "@contoh.go.id", identity.RuleLength},
		"longer than 254":              {"a@" + strings.Repeat("contoh.", 40) + "id", identity.RuleLength},
		"oversize":                     {strings.Repeat("a@", 1<<20), identity.RuleLength},
		"masked":                       {"b***@contoh.go.id", identity.RuleMasked},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := identity.ParseEmail(c.text)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, c.text, e.Address())
				return
			}
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
}

func email(t testing.TB, text string) identity.Email {
	t.Helper()
	e, err := identity.ParseEmail(text)
	require.NoError(t, err)
	return e
}

func TestEmailIsOneMailboxHoweverTyped(t *testing.T) {
	assert.True(t, email(t, "Budi.Contoh@PNS.MagelangKota.go.id ") == email(t, "budi.contoh@pns.magelangkota.go.id"))
	e := email(t, "budi.contoh@pns.magelangkota.go.id")
	assert.Equal(t, "budi.contoh", e.Local())
	assert.Equal(t, "pns.magelangkota.go.id", e.Domain())
	assert.Equal(t, "b***@pns.magelangkota.go.id", e.String())
}

func TestEmailUnder(t *testing.T) {
	for name, c := range map[string]struct {
		address, domain string
		want            bool
	}{
		"equal":                      {"x@go.id", "go.id", true},
		"below":                      {"x@pns.magelangkota.go.id", "magelangkota.go.id", true},
		"case of the domain":         {"x@pns.magelangkota.go.id", "MagelangKota.GO.ID", true},
		"ends alike, not a label":    {"x@evilgo.id", "go.id", false},
		"ends alike, deeper":         {"x@evilmagelangkota.go.id", "magelangkota.go.id", false},
		"domain as a left part":      {"x@magelangkota.go.id.example.com", "magelangkota.go.id", false},
		"above":                      {"x@magelangkota.go.id", "pns.magelangkota.go.id", false},
		"empty domain matches none":  {"x@magelangkota.go.id", "", false},
		"domain with a trailing dot": {"x@magelangkota.go.id", "magelangkota.go.id.", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, email(t, c.address).Under(c.domain))
		})
	}
	assert.False(t, identity.Email{}.Under("go.id"))
}

func TestEmailDoubts(t *testing.T) {
	assert.Nil(t, email(t, "budi_1.contoh@pns.magelangkota.go.id").Check())
	for _, a := range []string{"budi+x@contoh.go.id", "budi-x@contoh.go.id", "budi@kota-contoh.go.id"} {
		assert.Equal(t, []identity.Problem{{Rule: identity.RuleMailCharacters, Class: identity.Doubtful}}, email(t, a).Check(), a)
	}
	assert.Nil(t, identity.Email{}.Check())
}
