package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// A name is compared as it stands in the certificate, not as it is printed.
func TestNamesAreComparedWhole(t *testing.T) {
	w := newWorld(t)
	for name, same := range map[string]bool{
		"Budi Contoh":                     true,
		"Dr. H. BUDI CONTOH, S.H., M.Si.": true,
		"Budi\u00a0Contoh":                true, // of a word processor
		"Budi Contoh" + strings.Repeat(" ", 189) + "Rekaan": false, // printed it ends before the last
		"Bud\u0131 Contoh":       false, // dotless i
		"Bud\u0456 Contoh":       false, // Cyrillic
		"Plt. Budi Contoh":       false,
		"Budi\nContoh":           false,
		"Budi Contoh\x1b[2K":     false,
		"S.H., Budi Contoh":      false,
		"Budi Contoh \u202eilsa": false,
		"Budi Conto\u0068\u0323": false, // with a dot below
		"Hj. ":                   false,
	} {
		id := w.issue(w.ca, leafTemplate(name))
		verdict, err := judge(t, w.sign(letter(), w.optionsBB(id)), w.online()).JudgeLetter(t.Context(),
			verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Budi Contoh"}}})
		require.NoError(t, err)
		if same {
			assert.NoError(t, verdict.Err(), name)
		} else {
			assert.ErrorIs(t, verdict.Err(), verify.ErrSigners, name)
		}
	}
}

// A clerk sees that a name is all that speaks for a signer.
func TestWeakMatchIsSaid(t *testing.T) {
	w := newWorld(t)
	report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online())
	for _, c := range []struct {
		signer verify.ExpectedSigner
		id, en string
	}{
		{byCertificate("Camat", w.budi), "Valid: ditandatangani oleh Budi Contoh", "Valid: signed by Budi Contoh"},
		{verify.ExpectedSigner{Role: "Camat", Name: "Budi Contoh"},
			"Valid: ditandatangani oleh Budi Contoh; penanda tangan hanya dicocokkan menurut nama: Camat (Budi Contoh)",
			"Valid: signed by Budi Contoh; the signer was told by name only: Camat (Budi Contoh)"},
	} {
		verdict, err := report.JudgeLetter(t.Context(), verify.Expectation{Signers: []verify.ExpectedSigner{c.signer}})
		require.NoError(t, err)
		assert.Equal(t, c.id, verdict.Summary(verify.Indonesian))
		assert.Equal(t, c.en, verdict.Summary(verify.English))
	}
}
