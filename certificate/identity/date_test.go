package identity_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

func TestNewDateKnowsTheCalendar(t *testing.T) {
	for y := 1895; y <= 2105; y++ {
		for m := time.Month(0); m <= 13; m++ {
			for d := 0; d <= 32; d++ {
				// The standard library's calendar is the judge: it moves days that do not exist.
				norm := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
				real := norm.Year() == y && norm.Month() == m && norm.Day() == d
				got, err := identity.NewDate(y, m, d)
				if real != (err == nil) || real != !got.IsZero() {
					t.Fatalf("NewDate(%d, %d, %d): %v, %v", y, m, d, got, err)
				}
			}
		}
	}
	for _, y := range []int{-1, 0, 10000, 1 << 40} {
		_, err := identity.NewDate(y, 1, 1)
		assert.ErrorIs(t, err, identity.ErrMalformed)
	}
}

func TestParseDate(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want identity.Rule
	}{
		"ISO 8601":            {"1985-12-31", ""},
		"identity card":       {"31-12-1985", ""},
		"slashes":             {"31/12/1985", ""},
		"dots":                {"31.12.1985", ""},
		"empty":               {"", identity.RuleEmpty},
		"two-digit year":      {"31-12-85", identity.RuleLength},
		"month first":         {"12-31-1985", identity.RuleCalendar},
		"29 February of 1900": {"1900-02-29", identity.RuleCalendar},
		"letters":             {"1985-Dec-3", identity.RuleCharacters},
		"mixed separators":    {"31-12/1985", identity.RuleCharacters},
		"sign":                {"-985-12-31", identity.RuleCharacters},
		"wide digit":          {"198\uff15-12-", identity.RuleCharacters},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := identity.ParseDate(c.text)
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, date(1985, 12, 31), d)
				return
			}
			assert.Equal(t, []identity.Rule{c.want}, rulesOf(t, err))
		})
	}
}

func TestDateOfIsWesternIndonesian(t *testing.T) {
	assert.Equal(t, date(2026, 1, 1), identity.DateOf(time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC)))
	assert.Equal(t, date(2025, 12, 31), identity.DateOf(time.Date(2025, 12, 31, 16, 59, 59, 0, time.UTC)))
	assert.Equal(t, date(2026, 1, 1), identity.DateOf(date(2026, 1, 1).Time()))
	assert.True(t, identity.Date{}.Time().IsZero())
}

func TestDateAge(t *testing.T) {
	leap := date(2000, 2, 29)
	assert.Equal(t, 17, leap.AgeOn(date(2018, 2, 28)))
	assert.Equal(t, 18, leap.AgeOn(date(2018, 3, 1)))
	assert.Equal(t, 20, leap.AgeOn(date(2020, 2, 29)))
	assert.Equal(t, -1, leap.AgeOn(date(2000, 2, 28)))
	assert.True(t, leap.Before(date(2000, 3, 1)) && date(2000, 3, 1).After(leap))
	assert.Zero(t, leap.Compare(leap))
}

func TestDatePrintsAndStores(t *testing.T) {
	d := date(2024, time.March, 8)
	assert.Equal(t, "2024-03-08", d.String())
	assert.Equal(t, "8 Maret 2024", d.Indonesian())
	assert.Equal(t, "(none)", identity.Date{}.String())
	assert.Empty(t, identity.Date{}.Indonesian())

	b, err := json.Marshal([]identity.Date{d, {}})
	require.NoError(t, err)
	assert.JSONEq(t, `["2024-03-08",""]`, string(b))
	var back []identity.Date
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, []identity.Date{d, {}}, back)
	assert.Error(t, json.Unmarshal([]byte(`["2024-02-30"]`), &back))

	v, err := d.Value()
	require.NoError(t, err)
	for _, src := range []any{v, []byte("2024-03-08"), time.Date(2024, 3, 8, 0, 0, 0, 0, time.UTC)} {
		var got identity.Date
		require.NoError(t, got.Scan(src))
		assert.Equal(t, d, got)
	}
	var got identity.Date
	assert.Equal(t, []identity.Rule{identity.RuleType}, rulesOf(t, got.Scan(int64(20240308))))
	assert.Error(t, got.Scan(time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)))
	_, err = identity.Date{}.Value()
	assert.ErrorIs(t, err, identity.ErrZero)
}
