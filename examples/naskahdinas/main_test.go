package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// asProgram makes the test binary run the program instead of the tests.
const asProgram = "NASKAHDINAS_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	var err error
	if shared, err = os.MkdirTemp("", "naskahdinas-test-"); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(shared); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// shared is the folder of the one run whose files most tests look at.
var shared string

var told = sync.OnceValues(func() (result, error) {
	var out bytes.Buffer
	err := run(context.Background(), config{out: shared}, &out)
	return result{shared, out.String()}, err
})

type result struct{ folder, text string }

func (r result) path(name string) string { return filepath.Join(r.folder, name) }

func wholeStory(t *testing.T) result {
	t.Helper()
	r, err := told()
	require.NoError(t, err)
	return r
}

func TestTellsEveryStep(t *testing.T) {
	text := wholeStory(t).text
	at := 0
	for _, want := range []string{
		"nik, length (malformed)", "NIK harus", "A NIK has", "employee_number, birth_date", "work_email, not_work_mail",
		"NOT_REGISTERED", "Registrasi Sertifikat, lalu Iya: registrasi berhasil", "NO_CERTIFICATE",
		"Aktivasi Akun", "/email/aktivasi/akun/", "registrasi ulang", "NOT_REGISTERED", "Registrasi diulang",
		"1 Data Diri", "2 Data Kedinasan", "3 Foto Diri", "Kebijakan Privasi, versi", "SHA-256", "Aktivasi Berhasil", "Status: NEW",
		"Informasi Akun", "Set Passphrase", "huruf besar", "upper-case", "terlalu umum", "Telah Terbit", "Status: ISSUE", "Berlaku",
		"Ditandatangani oleh Budi Contoh", "B-LT", "Ditandatangani oleh Ratna Rekaan",
		"Valid: ditandatangani oleh Budi Contoh, Ratna Rekaan", "Satu byte surat diubah", "Tidak valid",
		"Reset Passphrase", "Reset diminta sekali lagi", "ditolak", "Passphrase Telah Diganti", "Status: ISSUE",
		"passphrase lama: ditolak", "passphrase baru: berhasil. Verifikasi: Valid",
		signedFile, tamperedFile, reportTextFile, reportJSONFile, rootFile,
	} {
		found := strings.Index(text[at:], want)
		require.GreaterOrEqual(t, found, 0, "%q after %q", want, text[max(0, at-100):at])
		at += found
	}
	for _, secret := range []string{head.NIK, secretary.NIK, "Tiga-Kelinci9-Ungu", "Panci!Lembut4Naik", "Sepuluh+Awan7Biru"} {
		assert.NotContains(t, text, secret)
	}
}

func TestFiles(t *testing.T) {
	r := wholeStory(t)
	entries, err := os.ReadDir(r.folder)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.ElementsMatch(t, []string{signedFile, tamperedFile, reportTextFile, reportJSONFile, rootFile}, names)

	root, err := os.ReadFile(r.path(rootFile))
	require.NoError(t, err)
	block, rest := pem.Decode(root)
	require.NotNil(t, block)
	assert.Empty(t, rest)

	signed, err := os.ReadFile(r.path(signedFile))
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(signed, builtIn), "the letter itself is not rewritten")
	tampered, err := os.ReadFile(r.path(tamperedFile))
	require.NoError(t, err)
	require.Len(t, tampered, len(signed))
	differing := 0
	for i := range signed {
		if signed[i] != tampered[i] {
			differing++
			assert.Less(t, i, len(builtIn), "the changed byte is one of the letter")
		}
	}
	assert.Equal(t, 1, differing)
}

func TestReports(t *testing.T) {
	r := wholeStory(t)
	data, err := os.ReadFile(r.path(reportJSONFile))
	require.NoError(t, err)
	type report struct {
		Conclusion struct{ Indication string }
		Signatures []struct {
			Intact, Valid, Trusted, Level string
			Place                         *struct{ Page int }
			Signer                        struct {
				CommonName string `json:"common_name"`
				Algorithm  string
			}
			Claims struct{ Reason, Location string }
		}
	}
	var all map[string]report
	require.NoError(t, json.Unmarshal(data, &all))

	signed := all["bertanda_tangan"]
	assert.Equal(t, "TOTAL-PASSED", signed.Conclusion.Indication)
	require.Len(t, signed.Signatures, 2)
	for i, want := range []struct{ name, reason string }{{"Budi Contoh", "Menyetujui surat ini"}, {"Ratna Rekaan", "Paraf"}} {
		s := signed.Signatures[i]
		assert.Equal(t, want.name, s.Signer.CommonName)
		assert.Contains(t, s.Signer.Algorithm, "RSA-2048")
		assert.Equal(t, want.reason, s.Claims.Reason)
		assert.Equal(t, "Kota Contoh", s.Claims.Location)
		assert.Equal(t, []string{"yes", "yes", "yes", "B-LT"}, []string{s.Intact, s.Valid, s.Trusted, s.Level})
	}
	require.NotNil(t, signed.Signatures[0].Place)
	assert.Equal(t, 1, signed.Signatures[0].Place.Page)
	assert.Nil(t, signed.Signatures[1].Place, "the paraf is invisible")

	tampered := all["diubah"]
	assert.Equal(t, "TOTAL-FAILED", tampered.Conclusion.Indication)
	require.Len(t, tampered.Signatures, 2)
	for _, s := range tampered.Signatures {
		assert.Equal(t, "no", s.Intact)
	}
	assert.Equal(t, "TOTAL-PASSED", all["setelah_reset"].Conclusion.Indication)

	text, err := os.ReadFile(r.path(reportTextFile))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Budi Contoh")
	assert.Contains(t, string(text), "Tidak valid")
}

// pdfsig trusts what is in its NSS store. It is kept from asking the OCSP
// address in the certificates, which exists only inside the fake.
func TestPDFSigTrustsBothSignatures(t *testing.T) {
	r := wholeStory(t)
	certutil, pdfsig := tool(t, "certutil"), tool(t, "pdfsig")
	store := "sql:" + t.TempDir()
	output(t, certutil, "-N", "-d", store, "--empty-password")
	output(t, certutil, "-A", "-d", store, "-n", "root", "-t", ",C,", "-i", r.path(rootFile))

	got := output(t, pdfsig, "-no-ocsp", "-nssdir", store, r.path(signedFile))
	assert.Equal(t, 2, strings.Count(got, "Signature Validation: Signature is Valid."), got)
	assert.Equal(t, 2, strings.Count(got, "Certificate Validation: Certificate is Trusted."), got)
	assert.Equal(t, 2, strings.Count(got, "Signature Type: ETSI.CAdES.detached"), got)

	got = output(t, pdfsig, "-no-ocsp", "-nssdir", store, r.path(tamperedFile))
	assert.Equal(t, 2, strings.Count(got, "Digest Mismatch"), got)
}

func TestQPDFFindsNoErrors(t *testing.T) {
	r := wholeStory(t)
	got := output(t, tool(t, "qpdf"), "--check", r.path(signedFile))
	assert.Contains(t, got, "No syntax or stream encoding errors found")
}

func TestQRCodeIsReadFromThePage(t *testing.T) {
	r := wholeStory(t)
	page := filepath.Join(t.TempDir(), "page")
	output(t, tool(t, "pdftoppm"), "-r", "200", "-f", "1", "-l", "1", "-singlefile", "-png", r.path(signedFile), page)
	file, err := os.Open(page + ".png")
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	require.NoError(t, err)
	code, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	require.NoError(t, err)
	assert.Equal(t, (&story{letter: builtIn}).link(), code.GetText())
}

func TestPageStillReadsAsBefore(t *testing.T) {
	r := wholeStory(t)
	pdftotext := tool(t, "pdftotext")
	original := filepath.Join(t.TempDir(), "letter.pdf")
	require.NoError(t, os.WriteFile(original, builtIn, 0o600))
	blanks := regexp.MustCompile(`\s+`)
	after := blanks.ReplaceAllString(output(t, pdftotext, "-layout", r.path(signedFile), "-"), " ")
	for line := range strings.Lines(output(t, pdftotext, "-layout", original, "-")) {
		if line = strings.TrimSpace(blanks.ReplaceAllString(line, " ")); line != "" && line != anchor {
			assert.Contains(t, after, line)
		}
	}
	for _, want := range []string{
		"Ditandatangani secara elektronik oleh:", "KEPALA DINAS ARSIP DAN DOKUMEN",
		"Dr. Budi Contoh, S.Kom., M.Si.", "Pembina Tingkat I (IV/b)", "NIP 19800302 200603 1 901",
	} {
		assert.Contains(t, after, want)
	}
}

func TestOwnLetters(t *testing.T) {
	for name, c := range map[string]struct{ file, told string }{
		"without a tag":       {"cairo.pdf", "kanan bawah halaman terakhir"},
		"signed before":       {"poppler-signed.pdf", "Ratna Rekaan"},
		"with object streams": {"pdflib-form.pdf", "Tidak valid"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			var out bytes.Buffer
			own := filepath.Join("..", "..", "signing", "testdata", "producers", c.file)
			require.NoError(t, run(t.Context(), config{in: own, out: folder}, &out))
			assert.Contains(t, out.String(), c.told)
			assert.FileExists(t, filepath.Join(folder, signedFile))
		})
	}
}

func TestRefusedLetters(t *testing.T) {
	text := filepath.Join(t.TempDir(), "letter.txt")
	require.NoError(t, os.WriteFile(text, []byte("Yth. Kepala Dinas"), 0o600))
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"no such file": {filepath.Join(t.TempDir(), "none.pdf"), os.ErrNotExist},
		"not a PDF":    {text, signing.ErrNotPDF},
	} {
		folder := t.TempDir()
		err := run(t.Context(), config{in: c.in, out: folder, quiet: true}, io.Discard)
		assert.ErrorIs(t, err, c.want, name)
		assert.NoFileExists(t, filepath.Join(folder, signedFile), name)
	}
}

func TestStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, run(ctx, config{out: t.TempDir()}, io.Discard), context.Canceled)
}

func TestProgram(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		exit int
		out  string
	}{
		"quiet":            {[]string{"-quiet", "-out", folder}, 0, folder + "\n"},
		"an unknown flag":  {[]string{"-unknown"}, 2, ""},
		"an argument":      {[]string{"letter.pdf"}, 2, ""},
		"no such letter":   {[]string{"-quiet", "-in", filepath.Join(folder, "none.pdf"), "-out", folder}, 1, ""},
		"folder is a file": {[]string{"-quiet", "-out", os.Args[0]}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			program := exec.Command(os.Args[0], c.args...)
			program.Env = append(os.Environ(), asProgram+"=1")
			out, err := program.Output()
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				assert.Equal(t, c.exit, exit.ExitCode(), string(exit.Stderr))
				assert.NotEmpty(t, exit.Stderr)
			} else {
				require.NoError(t, err)
				assert.Zero(t, c.exit)
			}
			assert.Equal(t, c.out, string(out))
		})
	}
}

// tool finds an outside program; only the project's own checks insist on it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, fmt.Sprintf("%s: %s", name, out))
	return string(out)
}
