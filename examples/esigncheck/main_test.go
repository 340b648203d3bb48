package main

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/verify"
)

const secret = "Tiga-Kelinci9-Ungu"

// office is the fake with an official, and the files that the program reads.
type office struct {
	*mockbsre.Server
	t        *testing.T
	official mockbsre.Person
	dir      string
}

func newOffice(t *testing.T, status certificate.Status, quirks map[mockbsre.Quirk]bool) *office {
	t.Helper()
	srv := mockbsre.NewUnstarted(mockbsre.Config{Esign: mockbsre.EsignConfig{Quirks: quirks}})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	o := &office{Server: srv, t: t, official: mockbsre.MadeUpPerson(0), dir: t.TempDir()}
	_, err := srv.Seed(t.Context(), o.official, status, passphrase.FromString(secret))
	require.NoError(t, err)
	_, password := srv.Credential()
	o.write("password", password.Reveal())
	o.write("passphrase", []byte(secret+"\n"))
	o.write("root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Root().Raw}))
	return o
}

func (o *office) path(name string) string { return filepath.Join(o.dir, name) }

func (o *office) write(name string, content []byte) {
	require.NoError(o.t, os.WriteFile(o.path(name), content, 0o600))
}

// check runs the program and makes sure that its output can be read and tells
// no secret.
func (o *office) check(args ...string) (int, string) {
	o.t.Helper()
	username, password := o.Credential()
	all := append([]string{"-user", username, "-password-file", o.path("password"), "-nik", o.official.NIK}, args...)
	if !strings.Contains(strings.Join(args, " "), "-url") {
		all = append([]string{"-url", o.URL(), "-http"}, all...)
	}
	var out, stderr bytes.Buffer
	code := run(o.t.Context(), all, &out, &stderr)
	text := out.String() + stderr.String()
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(o.t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 80, line)
	}
	for _, hidden := range []string{secret, string(password.Reveal()), o.official.NIK, o.official.WorkEmail} {
		assert.NotContains(o.t, text, hidden)
	}
	return code, text
}

// oneLine joins what was wrapped.
func oneLine(s string) string { return regexp.MustCompile(`\s+`).ReplaceAllString(s, " ") }

func TestReady(t *testing.T) {
	o := newOffice(t, certificate.StatusIssue, nil)
	code, out := o.check("-api", "both")
	assert.Equal(t, exitPassed, code, out)
	for _, want := range []string{
		"[ OK ] Nama", "[ OK ] Port", "[AWAS ] Enkripsi", "[ OK ] Kredensial v1 200", "[ OK ] Kredensial v2 200", "[ OK ] Jam",
		"[ OK ] Status ISSUE (kode 1111)", "[ OK ] Verifikasi v1", "[ OK ] Verifikasi v2", "[ - ] Tanda tangan", "0 gagal",
	} {
		assert.Contains(t, oneLine(out), want)
	}
	assert.Empty(t, o.Signatures())
}

func TestFailures(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nowhere := closed.Addr().String()
	require.NoError(t, closed.Close())
	for _, tt := range []struct {
		name, want string
		status     certificate.Status
		prepare    func(*office) []string
		code       int
	}{
		{name: "nobody listens", want: "[GAGAL] Port", code: exitFailed,
			prepare: func(*office) []string { return []string{"-url", "http://" + nowhere, "-http"} }},
		{name: "no such name", want: "[GAGAL] Nama", code: exitFailed,
			prepare: func(*office) []string { return []string{"-url", "http://tidak-ada.invalid", "-http"} }},
		{name: "wrong credential", want: "[GAGAL] Kredensial v2 401", code: exitFailed,
			prepare: func(o *office) []string { o.write("password", []byte("keliru\n")); return nil }},
		{name: "another official is not active, nothing to sign", want: "[AWAS ] Status SUSPEND", code: exitPassed,
			status: certificate.StatusSuspend, prepare: func(*office) []string { return nil }},
		{name: "an official who should sign is not active", want: "[ - ] Tanda tangan tidak dicoba", code: exitFailed,
			status: certificate.StatusSuspend,
			prepare: func(o *office) []string {
				return []string{"-sign", "-confirm", "-passphrase-file", o.path("passphrase")}
			}},
		{name: "the clock is six minutes fast", want: "[GAGAL] Jam", code: exitFailed,
			prepare: func(o *office) []string { o.Clock.Advance(6 * time.Minute); return nil }},
		{name: "the clock is a minute fast", want: "[AWAS ] Jam", code: exitPassed,
			prepare: func(o *office) []string { o.Clock.Advance(time.Minute); return nil }},
		{name: "the service fails", want: "[GAGAL] Kredensial v2", code: exitFailed,
			prepare: func(o *office) []string { o.FailNext(mockbsre.StatusV2, mockbsre.Fault{Status: 502}); return nil }},
		{name: "another server answers", want: "[GAGAL] Kredensial v2 Alamat layanan tidak ditemukan", code: exitFailed,
			prepare: func(o *office) []string { return []string{"-url", o.URL() + "/lain", "-http"} }},
		{name: "verification fails", want: "[GAGAL] Verifikasi v2", code: exitFailed,
			prepare: func(o *office) []string { o.FailNext(mockbsre.VerifyV2, mockbsre.Fault{Status: 500}); return nil }},
		{name: "the passphrase is wrong", want: "[GAGAL] Tanda tangan v2 Passphrase salah", code: exitFailed,
			prepare: func(o *office) []string {
				o.write("passphrase", []byte("Empat-Kelinci9-Biru\n"))
				return []string{"-sign", "-confirm", "-passphrase-file", o.path("passphrase")}
			}},
		{name: "the answer to the signature is lost", want: "Tidak ada yang diulang", code: exitFailed,
			prepare: func(o *office) []string {
				o.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Cut: true, CutAfter: 100})
				return []string{"-sign", "-confirm", "-passphrase-file", o.path("passphrase")}
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status := tt.status
			if status == certificate.StatusUnknown {
				status = certificate.StatusIssue
			}
			o := newOffice(t, status, nil)
			code, out := o.check(tt.prepare(o)...)
			assert.Equal(t, tt.code, code, out)
			assert.Contains(t, oneLine(out), tt.want)
			assert.LessOrEqual(t, len(o.Signatures()), 1)
		})
	}
}

func TestSignsOneMarkedPage(t *testing.T) {
	for _, tt := range []struct {
		name   string
		quirks map[mockbsre.Quirk]bool
		signed int
		want   []string
	}{
		{"a box as observed", nil, 5, []string{
			`Isian esign.Config untuk Esign Client ini: Profile.V1Sizes false (width dan height adalah sudut kanan atas) ` +
				`Profile.V2TagKey "tag_koordinat" Perilaku lain`,
			"Letak v2 sesuai permintaan", "diperkecil dari 500x500 menjadi 173x173",
			"Tag # v1 tag pertama yang dipakai, kiri atas blok", "Tag # v2 tag pertama yang dipakai, kiri atas blok",
			"Tag ${uji} diterima",
		}},
		{"a box that differs", map[mockbsre.Quirk]bool{
			mockbsre.QuirkV1Sizes: true, mockbsre.QuirkPictureShrunk: false, mockbsre.QuirkTagLast: true, mockbsre.QuirkTagCentred: true, mockbsre.QuirkTagOneCharacter: true,
		}, 4, []string{
			"Profile.V1Sizes true", "Letak tampilan tanda tangan berbeda", "tetap 500x500 piksel",
			"Tag # v1 tag terakhir yang dipakai, tengah blok", "[AWAS ] Tag ${uji}", "Tag ${uji} ditolak",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t, certificate.StatusIssue, tt.quirks)
			signed := o.path("uji.pdf")
			code, out := o.check("-api", "both", "-sign", "-confirm", "-tag", "-passphrase-file", o.path("passphrase"),
				"-roots", o.path("root.pem"), "-out", signed)
			assert.Equal(t, exitPassed, code, out)
			for _, want := range append(tt.want, "[ OK ] Awalan byte asli utuh", "ETSI.CAdES.detached",
				"PAdES-BASELINE-LT", "mengarah ke sertifikat induk", fmt.Sprintf("VALID, %d tanda tangan", tt.signed)) {
				assert.Contains(t, oneLine(out), want)
			}
			document, err := os.ReadFile(signed)
			require.NoError(t, err)
			assert.Contains(t, string(document), "HALAMAN UJI")
			report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)),
				verify.Options{Roots: verify.Trust(o.Root()), Now: o.Clock.Now})
			require.NoError(t, err)
			assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
			assert.Len(t, o.Signatures(), tt.signed)
			if t.Failed() || testing.Verbose() {
				t.Log("\n" + out)
			}
		})
	}
}

// TestOtherTagField: a box that knows the tag of version 2 by its other name.
func TestOtherTagField(t *testing.T) {
	o := newOffice(t, certificate.StatusIssue, nil)
	real := o.Handler()
	box := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		if strings.Contains(string(body), `"tag_koordinat"`) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"status":500,"error":"Internal Server Error","path":"/api/v2/sign/pdf"}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		real.ServeHTTP(w, r)
	}))
	defer box.Close()
	code, out := o.check("-url", box.URL, "-http", "-sign", "-confirm", "-tag", "-passphrase-file", o.path("passphrase"), "-roots", o.path("root.pem"))
	assert.Equal(t, exitPassed, code, out)
	for _, want := range []string{"[AWAS ] Tag # v2 Terjadi gangguan", "[ OK ] Tag # v2 halaman uji ditandatangani", `Profile.V2TagKey "tag"`, "Tag ${uji} diterima"} {
		assert.Contains(t, oneLine(out), want)
	}
	assert.Len(t, o.Signatures(), 3)
}

// TestTLS: a proxy with an agency's own certificate stands before the box.
func TestTLS(t *testing.T) {
	o := newOffice(t, certificate.StatusIssue, nil)
	proxy := httptest.NewUnstartedServer(o.Handler())
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0)
	proxy.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	proxy.StartTLS()
	defer proxy.Close()
	code, out := o.check("-url", proxy.URL)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, oneLine(out), "[GAGAL] Enkripsi Sertifikat TLS server tidak dipercaya")

	o.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw}))
	code, out = o.check("-url", proxy.URL, "-ca", o.path("ca.pem"))
	assert.Equal(t, exitPassed, code, out)
	assert.NotContains(t, out, "Enkripsi")
}

func TestUsage(t *testing.T) {
	o := newOffice(t, certificate.StatusIssue, nil)
	o.write("empty", []byte("\n"))
	const badNIK = "33719901018"
	for name, args := range map[string][]string{
		"consent is missing":       {"-sign", "-passphrase-file", o.path("passphrase")},
		"consent to nothing":       {"-confirm"},
		"no passphrase":            {"-sign", "-confirm"},
		"an output of nothing":     {"-out", o.path("x.pdf")},
		"no such version":          {"-api", "v3"},
		"a NIK that is none":       {"-nik", badNIK},
		"an argument too many":     {"apa"},
		"roots that are not there": {"-roots", o.path("tidak-ada.pem")},
		"roots that are none":      {"-roots", o.path("password")},
		"an empty password":        {"-password-file", o.path("empty")},
		"http that nobody allowed": {"-url", "http://127.0.0.1:1"},
		"no such flag":             {"-hapus"},
	} {
		code, out := o.check(args...)
		assert.Equal(t, exitUsage, code, "%s: %s", name, out)
		assert.NotEmpty(t, out, name)
		assert.NotContains(t, out, badNIK, name)
	}
	assert.Empty(t, o.Journal())
}

// Without version 1 and without tags a signature tells no setting, and the report says so.
func TestNoSettingIsKnown(t *testing.T) {
	o := newOffice(t, certificate.StatusIssue, nil)
	code, out := o.check("-sign", "-confirm", "-passphrase-file", o.path("passphrase"), "-roots", o.path("root.pem"))
	assert.Equal(t, exitPassed, code, out)
	assert.Contains(t, oneLine(out), "untuk Esign Client ini: belum ada yang diketahui dari pemeriksaan ini Perilaku lain")
	assert.NotContains(t, out, "Profile.")
}
