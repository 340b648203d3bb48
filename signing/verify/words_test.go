package verify_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// What stands in the one line for a clerk is free of the inside of files and
// programs; the text report has it, in brackets.
func TestSentencesAreForClerks(t *testing.T) {
	jargon := []string{"cms", "pdf:", "ByteRange", "Contents", "byte", "OCSP", "CRL", "DSS", "SHA", "ETSI", "ASN.1", "objek", "object"}
	for _, c := range verify.AllCodes() {
		for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
			sentence := verify.Finding{Code: c, Detail: "rincian"}.Text(lang)
			for _, word := range jargon {
				assert.NotContains(t, sentence, word, c)
			}
		}
	}
	w := newWorld(t)
	document := crafted(withMessage(func(_ *world, m *message) { m.noAttributes = true }))(t, w)
	report := judge(t, document, w.online())
	require.Equal(t, verify.TotalFailed, report.Conclusion.Indication)
	_, f := report.Decisive()
	require.NotEmpty(t, f.Detail)
	assert.NotContains(t, report.Summary(verify.Indonesian), f.Detail)
	note := "[" + string(f.Code) + ": " + f.Detail + "]"
	assert.Contains(t, strings.Join(strings.Fields(text(t, report, verify.Indonesian)), " "), note)
	assert.Contains(t, report.Err().Error(), note)
}

// Instants in sentences are in the zone and the form of the reader.
func TestInstantsInSentences(t *testing.T) {
	for _, c := range []verify.Code{verify.CodeRevoked, verify.CodeRevokedNoTime, verify.CodeRevokedLater,
		verify.CodeExpired, verify.CodeNotYetValid, verify.CodeClaimedTimeOdd} {
		f := verify.Finding{Code: c, Detail: "2048-03-01T20:05:09Z"}
		assert.Contains(t, f.Text(verify.Indonesian), "2 Maret 2048 03.05 WIB", c)
		assert.Contains(t, f.Text(verify.English), "2 March 2048 03:05 WIB", c)
		f.Detail = "kapan-kapan"
		assert.Contains(t, f.Text(verify.Indonesian), "kapan-kapan", "what is no instant stays")
	}
	f := verify.Finding{Code: verify.CodeSignerOther, Detail: "2048-03-01T20:05:09Z"}
	assert.Contains(t, f.Text(verify.Indonesian), "2048-03-01T20:05:09Z", "a name that looks like one is a name")
	f.Detail = "%t %s"
	assert.Contains(t, f.Text(verify.Indonesian), "%t %s", "a name is not a template")
}

func TestInstantsOfReports(t *testing.T) {
	w := newWorld(t)
	w.revoke(w.budi, signedAt.Add(-time.Hour))
	report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online())
	timed := judge(t, newWorld(t).sign(letter(), w.optionsBT(w.sari)), w.online())
	verdict, err := timed.JudgeLetter(t.Context(), verify.Expectation{
		Signers:   []verify.ExpectedSigner{byCertificate("", w.sari)},
		LifeCycle: register{"Sari Contoh": {usable: verify.No, status: "SUSPEND"}},
	})
	require.NoError(t, err)
	for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
		for _, line := range []string{report.Summary(lang), verdict.Summary(lang), text(t, report, lang)} {
			assert.Contains(t, line, "WIB")
			assert.NotRegexp(t, `\d\dT\d\d:\d\d`, line)
		}
	}
}

// A verdict that leaves a question out says so.
func TestSkippedRevocationIsSaid(t *testing.T) {
	w := newWorld(t)
	document := w.sign(letter(), w.optionsBB(w.budi))
	options := w.options()
	options.InsecureSkipRevocation = true
	report := judge(t, document, options)
	require.NoError(t, report.Err())
	assert.Equal(t, "Valid: ditandatangani oleh Budi Contoh; pencabutan sertifikat tidak diperiksa", report.Summary(verify.Indonesian))
	assert.Equal(t, "Valid: signed by Budi Contoh; revocation was not checked", report.Summary(verify.English))
	assert.Equal(t, "Valid: signed by Budi Contoh", judge(t, document, w.online()).Summary(verify.English))
}

// A later signature that does not verify cannot vouch for its field and
// widget. The reader learns that it is the signature that failed.
func TestFailedLaterSignatureIsNamed(t *testing.T) {
	w := newWorld(t)
	once := w.sign(letter(), w.optionsBB(w.budi))
	c := w.sound(w.sari)
	c.message.breakSignature = true
	report := judge(t, c.apply(t, once), w.online())
	require.ErrorIs(t, report.Err(), verify.ErrModified)
	field := report.Signatures[1].Field
	assert.Equal(t, "Tidak valid: dokumen diubah setelah ditandatangani (revisi 3): tanda tangan "+field+" ditambahkan, tetapi tidak sah (Signature1)",
		report.Summary(verify.Indonesian))
	assert.Contains(t, text(t, report, verify.English), "\nRevision 3:\n  X signature "+field+" was added but is not valid; it does not vouch for these\n")
}

// Outside text without blanks does not break the width.
func TestLongWordsAreBroken(t *testing.T) {
	w := newWorld(t)
	o := w.optionsBB(w.budi)
	o.Reason = "lihat " + strings.Repeat("https://contoh.go.id/", 8)
	o.Field = strings.Repeat("Kolom", 30)
	report := judge(t, w.sign(letter(), o), w.online())
	for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
		out := text(t, report, lang)
		for line := range strings.Lines(out) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
		}
		assert.Contains(t, strings.Join(strings.Fields(out), ""), o.Field, "nothing is left out")
		assert.Contains(t, strings.Join(strings.Fields(out), ""), strings.ReplaceAll(o.Reason, " ", ""))
	}
}
