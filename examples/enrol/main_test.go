package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// asProgram makes the test binary run the program instead of the tests.
const asProgram = "ENROL_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	at := 0
	for _, want := range parts {
		found := strings.Index(text[at:], want)
		require.GreaterOrEqual(t, found, 0, "%q after %q", want, text[max(0, at-100):at])
		at += found + len(want)
	}
}

func TestWalksTheGuide(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), config{}, &out))
	inOrder(t, out.String(),
		"Login MyASN", "Masuk sebagai Budi Contoh", "NOT_REGISTERED",
		"Registrasi", "NIK harus tepat 16 digit.", "Email Dinas harus berada", "Verifikasi: NIK ditemukan.", "Konfirmasi: Budi Contoh", "NO_CERTIFICATE",
		"kedaluwarsa", "Aktivasi Akun", "Setelah 24 jam tautan ditolak", "NOT_REGISTERED", "NO_CERTIFICATE",
		"Aktivasi", "1 Data Diri", "2 Data Kedinasan", "3 Foto Diri", "Aktivasi Berhasil", "NEW",
		"Membuat passphrase", "Passphrase yang lemah ditolak", "huruf besar", "sertifikat terbit", "ISSUE", "berlaku sampai",
		"Reset passphrase", "Setuju", "ditolak", "ISSUE",
		"Perpanjangan", "RENEW", "ISSUE",
	)
	budi := mockbsre.MadeUpPerson(0)
	for _, never := range []string{budi.NIK, budi.EmployeeNumber, firstPassphrase, resetPassphrase} {
		assert.NotContains(t, out.String(), never)
	}
}

func TestWalksElsewhere(t *testing.T) {
	srv := mockbsre.New(t)
	p := mockbsre.MadeUpPerson(5)
	_, err := srv.Seed(t.Context(), p, certificate.StatusNotRegistered, passphrase.Secret{})
	require.NoError(t, err)
	cfg := config{url: srv.URL(), number: p.EmployeeNumber, nik: p.NIK, mail: p.WorkEmail}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), cfg, &out))
	inOrder(t, out.String(), "Masuk sebagai "+p.Name, "Dilewati", "Aktivasi Berhasil", "ISSUE", "RENEW", "ISSUE")
	id, err := srv.Registrar().Find(t.Context(), mailOf(t, p))
	require.NoError(t, err)
	key, err := srv.Registrar().Unlock(t.Context(), id, certificate.Factor{Passphrase: passphrase.FromString(resetPassphrase)})
	require.NoError(t, err)
	assert.NoError(t, key.Close())

	err = run(t.Context(), cfg, io.Discard)
	require.ErrorIs(t, err, errPage, "who is registered cannot begin again")
	assert.Contains(t, err.Error(), "status ISSUE, want NOT_REGISTERED")
}

func mailOf(t *testing.T, p mockbsre.Person) certificate.Index {
	t.Helper()
	applicant, findings := p.Form().Check(certificate.KotaMagelang(), identity.DateOf(time.Now()))
	require.NoError(t, findings.Err())
	return certificate.WorkMailIndex(applicant.WorkEmail())
}

func TestStopsWhereAPageIsNotAsExpected(t *testing.T) {
	srv := mockbsre.New(t)
	p, other := mockbsre.MadeUpPerson(0), mockbsre.MadeUpPerson(1)
	_, err := srv.Seed(t.Context(), p, certificate.StatusNotRegistered, passphrase.Secret{})
	require.NoError(t, err)
	empty := httptest.NewServer(http.NotFoundHandler())
	defer empty.Close()
	for name, c := range map[string]struct {
		cfg  config
		says string
	}{
		"unknown number":    {config{srv.URL(), other.EmployeeNumber, p.NIK, p.WorkEmail}, "NIP atau password salah."},
		"somebody's NIK":    {config{srv.URL(), p.EmployeeNumber, other.NIK, p.WorkEmail}, "NIK tidak ditemukan"},
		"no portal there":   {config{empty.URL, p.EmployeeNumber, p.NIK, p.WorkEmail}, "no form for this step"},
		"another work mail": {config{srv.URL(), p.EmployeeNumber, p.NIK, "x@asn.magelangkota.go.id"}, "Email Dinas"},
	} {
		err := run(t.Context(), c.cfg, io.Discard)
		require.ErrorIs(t, err, errPage, name)
		assert.Contains(t, err.Error(), c.says, name)
		assert.NotContains(t, err.Error(), p.NIK, name)
	}
	address := empty.URL
	empty.Close()
	assert.Error(t, run(t.Context(), config{address, p.EmployeeNumber, p.NIK, p.WorkEmail}, io.Discard), "nobody answers")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, run(ctx, config{}, io.Discard), context.Canceled)
}

func TestProgram(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		exit int
	}{
		"as it is":           {nil, 0},
		"an unknown flag":    {[]string{"-unknown"}, 2},
		"an argument":        {[]string{"x"}, 2},
		"no person":          {[]string{"-url", "http://127.0.0.1:1"}, 2},
		"no address":         {[]string{"-url", "x", "-nip", "1", "-nik", "1", "-mail", "x"}, 2},
		"a person, no fake":  {[]string{"-nip", "1"}, 2},
		"nobody answers":     {[]string{"-url", "http://127.0.0.1:1", "-nip", "1", "-nik", "1", "-mail", "x"}, 1},
		"not over this line": {[]string{"-url", "ftp://127.0.0.1", "-nip", "1", "-nik", "1", "-mail", "x"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			program := exec.CommandContext(t.Context(), os.Args[0], c.args...)
			program.Env = append(os.Environ(), asProgram+"=1")
			out, err := program.Output()
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				assert.Equal(t, c.exit, exit.ExitCode(), string(exit.Stderr))
				assert.NotEmpty(t, exit.Stderr)
				return
			}
			require.NoError(t, err)
			assert.Zero(t, c.exit)
			assert.Contains(t, string(out), "Perpanjangan")
		})
	}
}
