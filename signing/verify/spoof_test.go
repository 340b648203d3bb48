package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/width"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// shownWidth is how many columns of a terminal a line takes.
func shownWidth(line string) (columns int) {
	for _, r := range line {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			columns++
		}
		columns++
	}
	return columns
}

// A field's name that ends in a verdict of its own comes behind the true one.
func TestFieldNamesGiveNoVerdict(t *testing.T) {
	w := newWorld(t)
	c := w.sound(w.budi)
	c.message.breakSignature = true
	c.name = "Signature1): Valid " + strings.Repeat("-", 58)
	report := judge(t, c.apply(t, letter()), w.online())
	require.ErrorIs(t, report.Err(), verify.ErrInvalid)
	assert.Contains(t, text(t, report, verify.Indonesian), "\n1. Tanda tangan: Tidak valid (Signature1)")
	assert.Contains(t, text(t, report, verify.English), "\n1. Signature: Not valid (Signature1)")
}

// A terminal breaks a line of wide characters itself, and the rest begins where
// the report's own lines do.
func TestWideCharactersBeginNoLine(t *testing.T) {
	w := newWorld(t)
	reason := strings.Repeat("漢", 27) + "2.\u30bfTanda.tangan:Valid"
	for _, outside := range []string{reason, strings.Repeat("ＶＡＬＩＤ", 12), strings.Repeat("\U0001f600", 40), strings.Repeat("\uac00", 60)} {
		document := crafted(withDict(func(d pdf.Dict) { d["Reason"], d["Location"] = pdf.TextString(outside), pdf.TextString(outside) }))(t, w)
		out := text(t, judge(t, document, w.online()), verify.Indonesian)
		for line := range strings.Lines(out) {
			assert.LessOrEqual(t, shownWidth(strings.TrimSuffix(line, "\n")), 80, line)
		}
		assert.Contains(t, strings.Join(strings.Fields(out), ""), outside, "nothing is left out")
	}
}

// A name with a title, or one that lists others, does not read as several signers.
func TestSummaryTellsSignersApart(t *testing.T) {
	for _, c := range []struct{ first, second, want string }{
		{"Budi Contoh", "Ratna Rekaan", "Budi Contoh, Ratna Rekaan"},
		{"Budi Contoh, S.T.", "Ratna Rekaan", "Budi Contoh, S.T.; Ratna Rekaan"},
		{"Budi Contoh; Siti Tiruan", "Ratna Rekaan", "Budi Contoh, Siti Tiruan; Ratna Rekaan"},
	} {
		w := newWorld(t)
		document := w.sound(w.issue(w.ca, leafTemplate(c.first))).apply(t, letter())
		second := w.sound(w.issue(w.ca, leafTemplate(c.second)))
		second.name = "Kedua"
		document = second.apply(t, document)
		assert.Equal(t, "Valid: signed by "+c.want, judge(t, document, w.online()).Summary(verify.English))
	}
}

// Letters, marks and symbols that show nothing could set a name apart from the
// one it imitates, or make room for a forged column.
func TestUnseenCharactersAreShown(t *testing.T) {
	w := newWorld(t)
	unseen := []rune{0x034f, 0x115f, 0x1160, 0x17b4, 0x180b, 0x200b, 0x200d, 0x202e, 0x2066, 0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xe0041, 0xe0100}
	for _, r := range unseen {
		name := "Budi" + string(r) + "Contoh"
		id := w.issue(w.ca, leafTemplate(name))
		c := w.sound(id)
		c.dict = func(d pdf.Dict) { d["Reason"] = pdf.TextString(name) }
		report := judge(t, c.apply(t, letter()), w.online())
		assert.Equal(t, "Valid: ditandatangani oleh Budi?Contoh", report.Summary(verify.Indonesian), "%U", r)
		assert.NotContains(t, text(t, report, verify.Indonesian), string(r), "%U", r)
		assert.NotContains(t, string(must(report.MarshalJSON())), string(r), "%U", r)
		verdict, err := report.JudgeLetter(t.Context(), verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Budi Contoh"}}})
		require.NoError(t, err)
		assert.ErrorIs(t, verdict.Err(), verify.ErrSigners, "%U", r)
	}
}
