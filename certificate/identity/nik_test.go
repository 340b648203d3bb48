package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

// All numbers here are made up: district 99, serials 900 to 999.
const (
	nikMan   = "3371990101850901"
	nikWoman = "3371994101850901"
)

var asOf = date(2026, time.November, 22)

func date(y int, m time.Month, d int) identity.Date {
	v, err := identity.NewDate(y, m, d)
	if err != nil {
		panic(err)
	}
	return v
}

func rulesOf(t testing.TB, err error) []identity.Rule {
	t.Helper()
	var broken *identity.ParseError
	require.ErrorAs(t, err, &broken)
	require.ErrorIs(t, err, identity.ErrMalformed)
	return broken.Rules
}

func TestParseNIKAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"plain digits":                           nikMan,
		"printed with blanks":                    "3371 9901 0185 0901",
		"printed with dots":                      "33.71.99.010185.0901",
		"printed with hyphens":                   "3371-9901-0185-0901",
		"pasted with white space around":         "\t 3371990101850901\r\n",
		"pasted with no-break spaces":            "3371\u00a09901\u00a00185\u00a00901",
		"woman, day plus 40":                     nikWoman,
		"29 February of 2000, which 1900 lacks":  "3371992902000901",
		"29 February of a leap year":             "3371992902840901",
		"province of 2022, not in lists of 34":   "9371990101850901",
		"Papua Barat Daya":                       "9671990101850901",
		"retired code, once Merauke":             "9101990101850901",
		"unknown regency is only doubtful":       "6473990101850901",
		"East Timor is only doubtful":            "5401990101850901",
		"district 00 is only doubtful":           "3371000101850901",
		"unknown district does not crash":        "3371980101850901",
		"day 31 of a woman is 71":                "3371997101850901",
		"last serial":                            "3371990101859999",
		"child: the age is a question of a date": "3371990101200901",
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseNIK(text)
			require.NoError(t, err)
			assert.Len(t, n.Digits(), 16)
			again, err := identity.ParseNIK(n.Digits())
			require.NoError(t, err)
			assert.True(t, n == again, "equal numbers compare equal")
		})
	}
}

func TestParseNIKRefuses(t *testing.T) {
	one := func(r identity.Rule) []identity.Rule { return []identity.Rule{r} }
	for name, c := range map[string]struct {
		text string
		want []identity.Rule
	}{
		"empty":                                  {"", one(identity.RuleEmpty)},
		"only white space":                       {" \t\u00a0\n", one(identity.RuleEmpty)},
		"15 digits":                              {"337199010185090", one(identity.RuleLength)},
		"17 digits":                              {"33719901018509011", one(identity.RuleLength)},
		"oversize":                               {strings.Repeat("3", 1<<20), one(identity.RuleLength)},
		"a NIP":                                  {"198501012010011901", one(identity.RuleOtherNumber)},
		"letter among the digits is not dropped": {"33719901a0185090", one(identity.RuleCharacters)},
		"letter besides 16 digits":               {"12a3371990101850901", one(identity.RuleCharacters)},
		"letter O for zero":                      {"337199O101850901", one(identity.RuleCharacters)},
		"leading minus":                          {"-3371990101850901", one(identity.RuleCharacters)},
		"trailing dot":                           {"3371990101850901.", one(identity.RuleCharacters)},
		"only separators":                        {"...", one(identity.RuleCharacters)},
		"full-width digits":                      {"３３７１９９０１０１８５０９０１", one(identity.RuleCharacters)},
		"Arabic-Indic digits":                    {"٣٣٧١٩٩٠١٠١٨٥٠٩٠١", one(identity.RuleCharacters)},
		"NUL":                                    {"337199010185090\x00", one(identity.RuleCharacters)},
		"newline inside":                         {"33719901\n01850901", one(identity.RuleCharacters)},
		"zero-width space":                       {"33719901\u200b01850901", one(identity.RuleCharacters)},
		"invalid UTF-8":                          {"33719901\xff0185090", one(identity.RuleCharacters)},
		"scientific notation of a spreadsheet":   {"3.37199E+15", one(identity.RuleSpreadsheet)},
		"the same with a comma":                  {"3,37199e+15", one(identity.RuleSpreadsheet)},
		"masked with stars":                      {"************0901", one(identity.RuleMasked)},
		"masked with bullets":                    {"3371••••••••0901", one(identity.RuleMasked)},
		"masked with X":                          {"3371" + strings.Repeat("X", 8) + "0901", one(identity.RuleMasked)},
		"province 00":                            {"0071990101850901", one(identity.RuleProvince)},
		"province 20":                            {"2071990101850901", one(identity.RuleProvince)},
		"province 99":                            {"9971990101850901", one(identity.RuleProvince)},
		"BPS code of Papua Pegunungan":           {"9701990101850901", one(identity.RuleProvince)},
		"regency 00":                             {"3300990101850901", one(identity.RuleRegency)},
		"regency 70":                             {"3370990101850901", one(identity.RuleRegency)},
		"day 00":                                 {"3371990001850901", one(identity.RuleBirthDate)},
		"day 32":                                 {"3371993201850901", one(identity.RuleBirthDate)},
		"day 40":                                 {"3371994001850901", one(identity.RuleBirthDate)},
		"day 72":                                 {"3371997201850901", one(identity.RuleBirthDate)},
		"day 99":                                 {"3371999901850901", one(identity.RuleBirthDate)},
		"month 13":                               {"3371990113850901", one(identity.RuleBirthDate)},
		"month 00":                               {"3371990100850901", one(identity.RuleBirthDate)},
		"31 April":                               {"3371993104850901", one(identity.RuleBirthDate)},
		"woman's 31 April":                       {"3371997104850901", one(identity.RuleBirthDate)},
		"29 February in no leap year":            {"3371992902850901", one(identity.RuleBirthDate)},
		"serial 0000":                            {"3371990101850000", one(identity.RuleSerial)},
		"all broken rules at once": {"0000999913850000", []identity.Rule{
			identity.RuleProvince, identity.RuleRegency, identity.RuleBirthDate, identity.RuleSerial}},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := identity.ParseNIK(c.text)
			assert.Equal(t, c.want, rulesOf(t, err))
			assert.True(t, n.IsZero())
			assert.Equal(t, c.want[0] == identity.RuleMasked, errors.Is(err, identity.ErrMasked))
		})
	}
}

func nik(t testing.TB, text string) identity.NIK {
	t.Helper()
	n, err := identity.ParseNIK(text)
	require.NoError(t, err)
	return n
}

func TestNIKTakesApart(t *testing.T) {
	man, woman := nik(t, nikMan), nik(t, nikWoman)
	assert.Equal(t, identity.Male, man.Sex())
	assert.Equal(t, identity.Female, woman.Sex(), "the 40 is read before it is taken off")
	for _, n := range []identity.NIK{man, woman} {
		d, certain := n.BirthDate(asOf)
		assert.Equal(t, date(1985, time.January, 1), d)
		assert.True(t, certain)
	}
	city, ok := man.Region()
	require.True(t, ok)
	assert.Equal(t, "Kota Magelang", city.Name())
	assert.Equal(t, identity.City, city.Kind())
	province, ok := man.Province()
	require.True(t, ok)
	assert.Equal(t, "Jawa Tengah", province.Name())
	assert.Equal(t, "99", man.District())
	assert.Equal(t, "0901", man.Serial())
	assert.Equal(t, "33.71.99.010185.0901", man.Dotted())
	assert.Equal(t, "************0901", man.String())
}

func TestNIKCentury(t *testing.T) {
	for name, c := range map[string]struct {
		ddmmyy  string
		asOf    identity.Date
		want    identity.Date
		certain bool
	}{
		"working age in 19yy":                  {"010185", asOf, date(1985, 1, 1), true},
		"working age in 20yy":                  {"010105", asOf, date(2005, 1, 1), true},
		"17th birthday":                        {"221109", asOf, date(2009, 11, 22), true},
		"the day before it":                    {"231109", asOf, date(2009, 11, 23), false},
		"100 years old":                        {"221126", asOf, date(1926, 11, 22), true},
		"in the future of this century":        {"311226", asOf, date(1926, 12, 31), true},
		"101 in the one, a child in the other": {"010120", asOf, date(2020, 1, 1), false},
		"29-02-00 is of 2000 only":             {"290200", asOf, date(2000, 2, 29), true},
		"29-02-00 before 2017 was in doubt":    {"290200", date(2016, 1, 1), date(2000, 2, 29), false},
		"29-02-00 before 2000 has no date":     {"290200", date(1999, 1, 1), identity.Date{}, false},
		"read in 1990":                         {"010150", date(1990, 1, 1), date(1950, 1, 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			got, certain := nik(t, "337199"+c.ddmmyy+"0901").BirthDate(c.asOf)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.certain, certain)
		})
	}
}

func TestNIKBornOn(t *testing.T) {
	assert.True(t, nik(t, nikMan).BornOn(date(1985, 1, 1)))
	assert.True(t, nik(t, nikWoman).BornOn(date(1985, 1, 1)), "women's 40 is taken off")
	assert.False(t, nik(t, nikMan).BornOn(date(1986, 1, 1)))
	assert.False(t, nik(t, nikMan).BornOn(date(1985, 1, 2)))
	assert.False(t, nik(t, nikMan).BornOn(identity.Date{}))
	assert.False(t, identity.NIK{}.BornOn(date(1985, 1, 1)))
}

func TestNIKDoubts(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []identity.Rule
	}{
		"nothing to doubt":             {nikMan, nil},
		"retired code with known name": {"9101990101850901", nil},
		"code in no list":              {"6473990101850901", []identity.Rule{identity.RuleRegionUnknown}},
		"East Timor":                   {"5401990101850901", []identity.Rule{identity.RuleProvinceRetired}},
		"district 00":                  {"3371000101850901", []identity.Rule{identity.RuleDistrict}},
		"a child":                      {"3371990101200901", []identity.Rule{identity.RuleCentury}},
		"several":                      {"6473000101200901", []identity.Rule{identity.RuleRegionUnknown, identity.RuleDistrict, identity.RuleCentury}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []identity.Rule
			for _, p := range nik(t, c.text).Check(asOf) {
				assert.Equal(t, identity.Doubtful, p.Class)
				got = append(got, p.Rule)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestRetiredRegionStaysReadable(t *testing.T) {
	r, ok := nik(t, "9101990101850901").Region()
	require.True(t, ok)
	assert.Equal(t, "Kabupaten Merauke", r.Name())
	assert.True(t, r.Retired())
	assert.Equal(t, 2022, r.LastListed())
	today, ok := r.Successor()
	require.True(t, ok)
	assert.Equal(t, "9301", today.Code())
	assert.False(t, today.Retired())
}

func TestZeroNIK(t *testing.T) {
	var n identity.NIK
	assert.True(t, n.IsZero())
	assert.Empty(t, n.Digits()+n.Dotted()+n.District()+n.Serial())
	assert.Equal(t, "(none)", n.String())
	assert.Equal(t, identity.SexUnknown, n.Sex())
	assert.Nil(t, n.Check(asOf))
	_, ok := n.Region()
	assert.False(t, ok)
	_, ok = n.Province()
	assert.False(t, ok)
	_, certain := n.BirthDate(asOf)
	assert.False(t, certain)
	_, err := n.Value()
	assert.ErrorIs(t, err, identity.ErrZero)
}
