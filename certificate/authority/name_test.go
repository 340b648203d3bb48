package authority_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
)

func TestNames(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	key := newKey(t)
	for name, c := range map[string]struct {
		name  string
		field string // of the refusal; empty for none
	}{
		"an ordinary one":               {"Budi Contoh", ""},
		"one word":                      {"Suharto", ""},
		"an apostrophe and a dash":      {"Ma'ruf Al-Contoh", ""},
		"64 characters":                 {strings.Repeat("é", 64), ""},
		"65 characters":                 {strings.Repeat("a", 65), "commonName"},
		"no characters":                 {"", "commonName"},
		"Arabic, right to left":         {"محمد مثال", ""},
		"a mark that turns the reading": {"Budi\u202eContoh", "commonName"},
		"an invisible joiner":           {"Budi\u200bContoh", "commonName"},
		"NUL":                           {"Budi\x00Contoh", "commonName"},
		"a line break":                  {"Budi\nContoh", "commonName"},
		"a hard blank":                  {"Budi\u00a0Contoh", "commonName"},
		"a private character":           {"Budi \ue000", "commonName"},
		"a blank in front":              {" Budi", "commonName"},
		"a blank behind":                {"Budi ", "commonName"},
		"two blanks in a row":           {"Budi  Contoh", "commonName"},
		"not UTF-8":                     {"Budi \xff", "commonName"},
		"the mark of broken text":       {"Budi \ufffd", "commonName"},
		"a dash alone":                  {"-", "commonName"},
		"text that looks like a DN":     {"Budi, O=Instansi Lain, C=ID", ""},
		"a NIK":                         {"Budi 3371990101900001", "commonName"},
		"a NIP in groups":               {"Budi 19900101 201501 1 901", "commonName"},
		"a NIK with dots":               {"33.71.99.010190.0001", "commonName"},
		"Arabic digits":                 {"٣٣٧١٩٩٠١٠١٩٠٠٠٠١ Budi", "commonName"},
		"a short number":                {"SMA Negeri 1 Contoh", ""},
	} {
		t.Run(name, func(t *testing.T) {
			issued, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
				ID: requestID(), Subject: authority.Name{CommonName: c.name}, PublicKey: key.Public(),
			})
			if c.field == "" {
				require.NoError(t, err)
				assert.Equal(t, c.name, issued.Certificate.Subject.CommonName)
				assert.Len(t, issued.Certificate.Subject.Names, 2, "one attribute stays one attribute")
				return
			}
			var refused *authority.NameError
			require.ErrorAs(t, err, &refused)
			assert.ErrorIs(t, err, authority.ErrName)
			assert.Equal(t, c.field, refused.Field)
			if len(c.name) > 2 {
				assert.NotContains(t, err.Error(), c.name)
			}
		})
	}
}

func TestNamesOfOtherFields(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	key := newKey(t)
	for field, n := range map[string]authority.Name{
		"description":            {CommonName: "Budi", Description: strings.Repeat("A", 129)},
		"organizationName":       {CommonName: "Budi", Organization: strings.Repeat("A", 65)},
		"organizationalUnitName": {CommonName: "Budi", OrganizationalUnit: "a\tb"},
		"countryName":            {CommonName: "Budi", Country: "id"},
	} {
		_, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
			ID: requestID(), Subject: n, PublicKey: key.Public(),
		})
		var refused *authority.NameError
		require.ErrorAs(t, err, &refused, field)
		assert.Equal(t, field, refused.Field)
	}
}

// hostileNames makes names of the kinds that break certificates.
func hostileNames(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{
		"Budi", "Contoh", "محمد", "李", "Ñ", "e\u0301", "\x00", "\u202e", "\u2066", "\ufeff", "\u00ad", " ", "  ", "\t", "\n", "\r",
		",O=Lain", "+CN=Lain", "#0c04", "\\", "\"", "<script>", "/", "=", ";", "\xff", "\xed\xa0\x80", "3371990101900001",
		"\U0001f600", "\ue000", strings.Repeat("a", 60), "*", "-", ".", "'", "\u200d", "\u00a0", "ID",
	}
	names := make([]string, n)
	for i := range names {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		names[i] = b.String()
	}
	return names
}

func TestHostileNamesAreIssuedAsTheyAreOrRefused(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	key := newKey(t)
	issued := 0
	for _, name := range hostileNames(1000) {
		got, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
			ID: requestID(), Subject: authority.Name{CommonName: name, Organization: "Instansi Contoh"}, PublicKey: key.Public(),
		})
		if err != nil {
			require.ErrorIs(t, err, authority.ErrName)
			continue
		}
		issued++
		require.Equal(t, name, got.Certificate.Subject.CommonName)
		require.Len(t, got.Certificate.Subject.Names, 3)
	}
	assert.Greater(t, issued, 100)
	assert.Less(t, issued, 900)
}
