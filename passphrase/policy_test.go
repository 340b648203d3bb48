package passphrase_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
)

// Made-up: district 99, serial 901.
var person = []string{
	"Budi Contoh, S.Kom.", "budi.contoh@pns.magelangkota.go.id",
	"3371994203850901", "19850302 201001 1 901", "Pemerintah Kota Magelang",
}

func rules(err error) []passphrase.Rule {
	var policy *passphrase.PolicyError
	if !errors.As(err, &policy) {
		return nil
	}
	var out []passphrase.Rule
	for _, v := range policy.Violations {
		out = append(out, v.Rule)
	}
	return out
}

func TestPolicy(t *testing.T) {
	guide, standard, strict := passphrase.GuidePolicy(), passphrase.DefaultPolicy(), passphrase.StrictPolicy()
	type r = []passphrase.Rule
	for _, c := range []struct {
		name   string
		policy passphrase.Policy
		typed  string
		broken r
	}{
		{"all rules of the guide at once", guide, " ", r{"min", "upper", "lower", "digit", "symbol"}},
		{"empty", guide, "", r{"min", "upper", "lower", "digit", "symbol"}},
		{"eight with all classes", guide, "aB3$efgh", nil},
		{"seven", guide, "aB3$efg", r{"min"}},
		{"eight code points of several bytes", guide, "éÉ3€éééé", nil},
		{"seven code points of several bytes", guide, "éÉ3€ééé", r{"min"}},
		{"no upper case", guide, "ab3$efgh", r{"upper"}},
		{"no lower case", guide, "AB3$EFGH", r{"lower"}},
		{"no digit", guide, "aBc$efgh", r{"digit"}},
		{"no symbol", guide, "aB3defgh", r{"symbol"}},
		{"a space is no symbol", guide, "aB3 efgh", r{"symbol"}},
		{"a no-break space is no symbol", guide, "aB3\u00a0efgh", r{"symbol"}},
		{"an underscore is a symbol", guide, "aB3_efgh", nil},
		{"an emoji is a symbol", guide, "aB3😀efgh", nil},
		{"a letter without case is neither", guide, "aB3文efgh", r{"symbol"}},
		{"a combining mark is no symbol", guide, "aB3e\u0301fgh", r{"symbol"}},
		{"a line break at the end", guide, "aB3$efgh\n", r{"control"}},
		{"a NUL inside", guide, "aB3$\x00efgh", r{"control"}},
		{"an invisible character", guide, "aB3$e\u200bfgh", r{"control"}},
		{"a direction override", guide, "aB3$e\u202efgh", r{"control"}},
		{"a joined emoji", guide, "aB3 👩\u200d💻 efgh", nil},
		{"not UTF-8", guide, "aB3$efgh\xff", r{"encoding"}},
		{"1,024 bytes", guide, "aB3$" + strings.Repeat("x", 1020), nil},
		{"1,025 bytes", guide, "aB3$" + strings.Repeat("x", 1021), r{"max"}},
		{"the guide allows common words", guide, "Password1!", nil},
		{"the guide allows names", guide, "Contoh#85", nil},

		{"common English", standard, "Password1!", r{"common"}},
		{"common with look-alike digits", standard, "P@ssw0rd2024!", r{"common"}},
		{"common with a look-alike first letter", standard, "1ndonesiA!", r{"common"}},
		{"common Indonesian", standard, "Bismillah#1", r{"common"}},
		{"a place and a year", standard, "Semarang@2026", r{"common"}},
		{"full-width letters fold", standard, "Ｒａｈａｓｉａ1!", r{"common"}},
		{"much around a common word", standard, "Rahasia-91827-x4Tk", nil},
		{"a common word and an upper-case letter behind the year", standard, "merahputih2024!A", r{"common"}},
		{"a common word with letters on both sides", standard, "a1-Rahasia-1a", r{"common"}},
		{"a common word twice", standard, "Rahasia rahasia1!", r{"common"}},
		{"a common word twice among digits", standard, "Kelinci-45-Kelinci-07", nil},
		{"the name of the service", standard, "BSrE-2026!x", r{"common"}},
		{"the name of the portal", standard, "MyASN#2026", r{"common"}},
		{"a common word among three other letters", standard, "Rahasia7#xyz", nil},
		{"a name of the person", standard, "Contoh#85xyz", r{"personal"}},
		{"a name in look-alike digits", standard, "xyzC0nt0h#", r{"personal"}},
		{"six digits of the NIK", standard, "Zq!994203zq", r{"personal"}},
		{"the date of birth from the NIP, day first", standard, "Zq!02031985zq", r{"personal"}},
		{"the agency", standard, "kOta!mageLang7x", r{"personal"}},
		{"a generic word of the agency's name inside another", standard, "Kotak-Musik7-Biru", nil},
		{"a good one", standard, "Tiga-Kelinci9-Ungu", nil},

		{"strict needs no composition", strict, "panci lembut naik angkot", nil},
		{"strict counts 15", strict, "zvkq wnrt bmxh", r{"min"}},
		{"strict refuses rows of keys", strict, "qwertyuiopasdfgh", r{"weak"}},
		{"strict refuses repetition", strict, strings.Repeat("z", 20), r{"common", "weak"}},
		{"strict refuses counting", strict, "123456789012345", r{"common", "weak"}},
		{"strict refuses counting down", strict, "987654321098765", r{"common", "weak"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.policy.Check(passphrase.FromString(c.typed), person...)
			assert.Equal(t, c.broken, rules(err))
			if c.broken != nil {
				assert.ErrorIs(t, err, passphrase.ErrPolicy)
				if len(c.typed) > 3 {
					assert.NotContains(t, err.Error(), c.typed)
				}
			}
		})
	}
}

func TestPolicyLimits(t *testing.T) {
	p := passphrase.Policy{Max: 4}
	assert.Equal(t, []passphrase.Rule{"max"}, rules(p.Check(passphrase.FromString("abcde"))))
	assert.NoError(t, p.Check(passphrase.FromString("abcd")))
	assert.Equal(t, []passphrase.Rule{"min"}, rules(passphrase.Policy{}.Check(passphrase.Secret{})),
		"no policy lets an empty one through")
	huge := passphrase.Policy{Max: 1 << 30}
	assert.Equal(t, []passphrase.Rule{"max"}, rules(huge.Check(passphrase.New(make([]byte, 1<<20)))))
}

func TestViolationTexts(t *testing.T) {
	err := passphrase.GuidePolicy().Check(passphrase.FromString("abc"))
	var policy *passphrase.PolicyError
	require.ErrorAs(t, err, &policy)
	assert.Equal(t, []string{
		"Passphrase paling sedikit 8 karakter.", "Passphrase harus memuat huruf besar.",
		"Passphrase harus memuat angka.", "Passphrase harus memuat simbol, misalnya ! # % atau -.",
	}, policy.Texts(passphrase.Indonesian))
	assert.Equal(t, "The passphrase needs at least 8 characters.", policy.Texts(passphrase.English)[0])
	assert.Equal(t, policy.Texts(passphrase.Indonesian), policy.Texts("xx"), "Indonesian is the default")

	for _, rule := range []passphrase.Rule{
		passphrase.RuleMax, passphrase.RuleEncoding, passphrase.RuleMin, passphrase.RuleUpper,
		passphrase.RuleLower, passphrase.RuleDigit, passphrase.RuleSymbol, passphrase.RuleControl,
		passphrase.RuleCommon, passphrase.RulePersonal, passphrase.RuleWeak,
	} {
		v := passphrase.Violation{Rule: rule, Limit: 7}
		for _, lang := range []passphrase.Lang{passphrase.Indonesian, passphrase.English} {
			text := v.Text(lang)
			assert.NotContains(t, text, "%!", rule)
			assert.Contains(t, strings.ToLower(text), "passphrase", rule)
		}
		assert.NotEqual(t, v.Text(passphrase.Indonesian), v.Text(passphrase.English))
	}
}

func FuzzPolicy(f *testing.F) {
	for _, s := range []string{"", "aB3$efgh", "P@ssw0rd!", "\xff\x00", "ﷺﷺﷺ", "İ", strings.Repeat("4@8({[<369!|1705$7+%2", 60)} {
		f.Add([]byte(s), "Budi Contoh")
	}
	f.Fuzz(func(t *testing.T, typed []byte, personal string) {
		s := passphrase.New(typed)
		for _, p := range []passphrase.Policy{passphrase.GuidePolicy(), passphrase.DefaultPolicy(), passphrase.StrictPolicy()} {
			err := p.Check(s, personal)
			if err == nil {
				assert.LessOrEqual(t, len(typed), passphrase.MaxBytes)
				continue
			}
			require.ErrorIs(t, err, passphrase.ErrPolicy)
			require.NotEmpty(t, rules(err))
		}
		strength := passphrase.Estimate(s, personal)
		require.GreaterOrEqual(t, strength.Score, 0)
		require.LessOrEqual(t, strength.Score, 4)
	})
}
