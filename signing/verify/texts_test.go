package verify_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// Every finding has its texts, and its sub-indication goes with its severity.
func TestFindingsAreComplete(t *testing.T) {
	failed := []verify.SubIndication{verify.FormatFailure, verify.HashFailure, verify.SigCryptoFailure, verify.Revoked, verify.NotYetValid}
	codes := verify.AllCodes()
	require.NotEmpty(t, codes)
	for _, c := range codes {
		assert.True(t, verify.HasText(c), c)
		switch c.Severity() {
		case verify.Fatal:
			assert.Contains(t, failed, c.SubIndication(), c)
		case verify.Open:
			assert.NotEmpty(t, c.SubIndication(), c)
			assert.NotContains(t, failed, c.SubIndication(), c)
		default:
			assert.Empty(t, c.SubIndication(), c)
		}
		f := verify.Finding{Code: c, Detail: "rincian"}
		for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
			assert.NotContains(t, f.Text(lang), "%", c)
			assert.False(t, strings.HasSuffix(f.Text(lang), "."), c)
		}
		assert.Equal(t, f.Text(verify.Indonesian), f.Text("xx"), "Indonesian by default, as everywhere")
		_, err := json.Marshal(f)
		assert.NoError(t, err)
	}
}

// A language that is not known gives Indonesian, as in the other packages.
func TestIndonesianIsTheDefault(t *testing.T) {
	for _, i := range []verify.Indication{verify.TotalPassed, verify.TotalFailed, verify.Indeterminate} {
		assert.Equal(t, i.Text(verify.Indonesian), i.Text(""))
	}
	c := verify.Change{Page: 2}
	assert.Equal(t, c.Text(verify.Indonesian), c.Text(""))
}

func TestDates(t *testing.T) {
	wib := time.FixedZone("", 7*3600)
	for text, want := range map[string]time.Time{
		"D:20480302090000+07'00'": time.Date(2048, 3, 2, 9, 0, 0, 0, wib),
		"D:20480302090000+07'00":  time.Date(2048, 3, 2, 9, 0, 0, 0, wib),
		"D:20480302090000-0330":   time.Date(2048, 3, 2, 12, 30, 0, 0, time.UTC),
		"D:20480302020000Z":       time.Date(2048, 3, 2, 2, 0, 0, 0, time.UTC),
		"D:20480302020000Z00'00'": time.Date(2048, 3, 2, 2, 0, 0, 0, time.UTC),
		"D:20480302020000":        time.Date(2048, 3, 2, 2, 0, 0, 0, time.UTC),
		"D:2048":                  time.Date(2048, 1, 1, 0, 0, 0, 0, time.UTC),
		"D:204803":                time.Date(2048, 3, 1, 0, 0, 0, 0, time.UTC),
		"20480302":                {},
		"D:":                      {},
		"D:20481302":              {},
		"D:20480302090000X":       {},
		"D:20480302090000+99'00'": {},
		"D:204803020900001":       {},
	} {
		got := verify.ParseDate(text)
		assert.True(t, want.Equal(got), "%s: got %v", text, got)
	}
}

func TestIndefiniteLengths(t *testing.T) {
	cases := []struct {
		name     string
		in, want []byte
		rest     int
		bad      bool
	}{
		{"sequence", []byte{0x30, 0x80, 2, 1, 5, 0, 0, 9}, []byte{0x30, 3, 2, 1, 5}, 1, false},
		{"nested", []byte{0x30, 0x80, 0xa0, 0x80, 2, 1, 5, 0, 0, 0, 0}, []byte{0x30, 5, 0xa0, 3, 2, 1, 5}, 0, false},
		{"string in pieces", []byte{0x30, 0x80, 0x24, 0x80, 4, 1, 'a', 4, 1, 'b', 0, 0, 0, 0}, []byte{0x30, 4, 4, 2, 'a', 'b'}, 0, false},
		{"no end", []byte{0x30, 0x80, 2, 1, 5}, nil, 0, true},
		{"length past the end", []byte{0x30, 0x80, 2, 9, 5, 0, 0}, nil, 0, true},
		{"endless nesting", []byte(strings.Repeat("\x30\x80", 1000)), nil, 0, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, rest, err := verify.Definite(c.in)
			if c.bad {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Len(t, rest, c.rest)
		})
	}
}
