package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

func TestCannotJudge(t *testing.T) {
	w := newWorld(t)
	signed := w.sign(letter(), w.optionsBB(w.budi))
	ctx := context.Background()
	_, err := verify.Verify(ctx, bytes.NewReader(signed), int64(len(signed)), verify.Options{})
	assert.ErrorIs(t, err, verify.ErrNoRoots, "roots are required")
	_, err = verify.Verify(ctx, bytes.NewReader(signed), int64(len(signed)), verify.Options{Roots: make([]verify.Root, 1)})
	assert.ErrorIs(t, err, verify.ErrNoRoots, "a root without certificate")
	_, err = verify.Verify(ctx, strings.NewReader("bukan PDF"), 9, w.options())
	assert.ErrorIs(t, err, verify.ErrNotPDF)
	assert.EqualError(t, err, "verify: not a PDF file")
	_, err = verify.Verify(ctx, bytes.NewReader(signed[:100]), int64(len(signed)), w.options())
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "the reader is shorter than it says")
	assert.ErrorContains(t, err, "input is shorter than its size")
	_, err = verify.Verify(ctx, failing{bytes.NewReader(signed)}, int64(len(signed)), w.options())
	assert.ErrorIs(t, err, errDisk)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = verify.Verify(cancelled, bytes.NewReader(signed), int64(len(signed)), w.options())
	assert.ErrorIs(t, err, context.Canceled)
}

func TestPassword(t *testing.T) {
	w := newWorld(t)
	document := must(os.ReadFile("../testdata/producers/encrypted-aes256-password.pdf"))
	o := w.optionsBB(w.budi)
	o.Password = passphrase.FromString("rahasia")
	signed := w.sign(document, o)
	_, err := verify.Verify(t.Context(), bytes.NewReader(signed), int64(len(signed)), w.online())
	assert.ErrorIs(t, err, verify.ErrPassword)
	assert.EqualError(t, err, "verify: wrong password")
	options := w.online()
	options.Password = passphrase.FromString("rahasia")
	report := judge(t, signed, options)
	require.NoError(t, report.Err())
	assert.Equal(t, "Persetujuan", report.Signatures[0].Claims.Reason, "claims are decrypted")
}

func TestTooManySignatures(t *testing.T) {
	w := newWorld(t)
	options := w.online()
	options.MaxSignatures = 1
	report := judge(t, w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.sari)), options)
	assert.ErrorIs(t, report.Err(), verify.ErrInvalid)
	assert.Contains(t, codes(report), verify.CodeTooManySignatures)
}

var errDisk = errors.New("disk")

// failing reads everything but the middle.
type failing struct{ r *bytes.Reader }

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off < 300 && off+int64(len(p)) > 290 {
		return 0, errDisk
	}
	return f.r.ReadAt(p, off)
}

func TestOutcomes(t *testing.T) {
	w := newWorld(t)
	signed := w.sign(letter(), w.optionsBB(w.budi))
	cases := []struct {
		name     string
		document []byte
		options  verify.Options
		err      error
		summary  string
	}{
		{"valid", signed, w.online(), nil, "Valid: "},
		{"not signed", letter(), w.online(), verify.ErrNotSigned, "Belum dapat dipastikan: dokumen tidak memuat tanda tangan"},
		{"only a document timestamp", w.documentTimestamp(t, letter(), w.stamper(w.tsa)), w.online(), verify.ErrNotSigned, "Belum dapat dipastikan: "},
		{"changed", replaced(signed, "Nomor 099", "Nomor 990"), w.online(), verify.ErrModified, "Tidak valid: isi dokumen"},
		{"appended", append(bytes.Clone(signed), ' '), w.online(), verify.ErrModified, "Tidak valid: "},
		{"status unknown", signed, w.options(), verify.ErrIndeterminate, "Belum dapat dipastikan: status pencabutan"},
		{"forged", crafted(withMessage(func(_ *world, m *message) { m.breakSignature = true }))(t, w), w.online(), verify.ErrInvalid, "Tidak valid: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			report := judge(t, c.document, c.options)
			if c.err == nil {
				require.NoError(t, report.Err())
			} else {
				require.ErrorIs(t, report.Err(), c.err)
				assert.True(t, strings.HasPrefix(report.Err().Error(), "verify: "))
			}
			assert.True(t, strings.HasPrefix(report.Summary(verify.Indonesian), c.summary), report.Summary(verify.Indonesian))
			assert.NotContains(t, report.Summary(verify.Indonesian), "\n")
		})
	}
}

func TestQuestionsAreSeparate(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	report := judge(t, other.sign(letter(), other.optionsBB(other.budi)), w.online())
	s := report.Signatures[0]
	assert.Equal(t, verify.Yes, s.Intact)
	assert.Equal(t, verify.Yes, s.Valid)
	assert.Equal(t, verify.No, s.Trusted)
	assert.Equal(t, verify.RevocationUnknown, s.Revocation.State)
	assert.Equal(t, verify.CoverageDocument, s.Coverage)
	assert.Equal(t, verify.ModificationNone, s.Later)
	assert.Equal(t, verify.TimeNone, s.Time.Source)
	assert.Equal(t, "INDETERMINATE/NO_CERTIFICATE_CHAIN_FOUND", s.Conclusion.String())
}

// Every text report keeps to 80 columns and has no finding without a text.
func TestTextReport(t *testing.T) {
	w := newWorld(t)
	documents := [][]byte{
		letter(),
		w.sign(w.sign(letter(), w.optionsBLT(w.budi)), w.optionsBLT(w.sari)),
		later(func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) })(t, w),
		crafted(withDict(func(d pdf.Dict) { d["Reason"] = pdf.TextString("\u202eterbalik\nbaris kedua\x00") }))(t, w),
	}
	for _, document := range documents {
		report := judge(t, document, w.online())
		for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
			for line := range strings.Lines(text(t, report, lang)) {
				line = strings.TrimSuffix(line, "\n")
				if !strings.Contains(line, report.Document.SHA256) {
					assert.LessOrEqual(t, utf8.RuneCountInString(line), 80, line)
				}
				assert.NotContains(t, line, "\u202e")
				assert.NotContains(t, line, "%!")
			}
		}
	}
}

func TestChangesInWords(t *testing.T) {
	w := newWorld(t)
	cases := map[string]func(*pdf.Document, *pdf.Update){
		"isi halaman diubah, halaman 1":                          func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) },
		"pengaturan dokumen OpenAction diubah":                   func(_ *pdf.Document, u *pdf.Update) { set(u, 1, func(d pdf.Dict) { d["OpenAction"] = pdf.Array{} }) },
		"susunan halaman diubah":                                 func(_ *pdf.Document, u *pdf.Update) { set(u, 2, func(d pdf.Dict) { d["Count"] = pdf.Integer(1) }) },
		"informasi dokumen Title diubah":                         func(_ *pdf.Document, u *pdf.Update) { set(u, 8, func(d pdf.Dict) { d["Title"] = pdf.TextString("x") }) },
		"halaman diubah (Rotate), halaman 2":                     func(_ *pdf.Document, u *pdf.Update) { set(u, 5, func(d pdf.Dict) { d["Rotate"] = pdf.Integer(90) }) },
		"catatan (FreeText) ditambahkan, halaman 1":              annotate,
		"kolom tanda tangan kosong Sekda ditambahkan, halaman 1": emptyField("Sekda"),
	}
	signed := w.sign(letter(), w.optionsBB(w.budi))
	for want, change := range cases {
		report := judge(t, edit(t, signed, change), w.online())
		revisions := report.Document.Revisions
		var got []string
		for _, c := range revisions[len(revisions)-1].Changes {
			got = append(got, c.Text(verify.Indonesian))
			assert.NotEmpty(t, c.Text(verify.English))
		}
		assert.Contains(t, got, want)
	}
}

// The revision that a signature covers can be taken out of the file.
func TestRevisionBytes(t *testing.T) {
	w := newWorld(t)
	once := w.sign(letter(), w.optionsBB(w.budi))
	twice := w.sign(once, w.optionsBB(w.sari))
	report := judge(t, twice, w.online())
	revision := report.Document.Revisions[report.Signatures[0].Revision-1]
	assert.Equal(t, []string{report.Signatures[0].Field}, revision.Fields)
	var out bytes.Buffer
	_, err := out.ReadFrom(revision.Reader(bytes.NewReader(twice)))
	require.NoError(t, err)
	assert.Equal(t, once, out.Bytes())
}

// A configuration that is logged shows no password.
func TestOptionsHideThePassword(t *testing.T) {
	options := verify.Options{Password: passphrase.FromString("rahasia sekali")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, shown := range []string{fmt.Sprintf(verb, options), fmt.Sprintf(verb, &options)} {
			assert.NotContains(t, shown, "rahasia")
			assert.NotContains(t, shown, fmt.Sprintf("%x", "rahasia"))
		}
	}
}

// A long name does not begin a line that could pass for one of the report.
func TestNamesBeginNoLine(t *testing.T) {
	w := newWorld(t)
	c := w.sound(w.budi)
	c.name = strings.Repeat("x", 62) + " 2. Tanda tangan (Walikota"
	for line := range strings.Lines(text(t, judge(t, c.apply(t, letter()), w.online()), verify.Indonesian)) {
		assert.False(t, strings.HasPrefix(line, "2. "), line)
	}
}
