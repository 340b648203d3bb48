package verify_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// tool skips the test when an outside program is missing, but not in the
// project's own gate.
func tool(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("SERTEL_CI") == "1" {
				t.Fatalf("%s is required here", name)
			}
			t.Skipf("%s is not installed", name)
		}
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", name, strings.Join(args, " "), out)
	return string(out)
}

func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// A message that openssl made is judged like one of our own, in the form with
// signing-certificate-v2 and in the older one.
func TestSignedByOpenSSL(t *testing.T) {
	tool(t, "openssl")
	w := newWorld(t)
	key := writeFile(t, "key.pem", pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(w.budi.key))))
	cert := writeFile(t, "cert.pem", pemOf("CERTIFICATE", w.budi.cert.Raw))
	ca := writeFile(t, "ca.pem", pemOf("CERTIFICATE", w.ca.cert.Raw))
	for _, c := range []struct {
		name, subFilter string
		args            []string
		level           verify.Level
	}{
		{"adbe.pkcs7.detached", "adbe.pkcs7.detached", nil, verify.LevelNone},
		{"CAdES", "ETSI.CAdES.detached", []string{"-cades"}, verify.LevelNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := w.sound(w.budi)
			s.dict = func(d pdf.Dict) { d["SubFilter"] = pdf.Name(c.subFilter) }
			s.token = func(covered []byte) []byte {
				in := writeFile(t, "covered", covered)
				out := filepath.Join(t.TempDir(), "message.der")
				args := append([]string{"cms", "-sign", "-binary", "-in", in, "-signer", cert, "-inkey", key, "-certfile", ca,
					"-md", "sha256", "-outform", "DER", "-out", out}, c.args...)
				run(t, "openssl", args...)
				return must(os.ReadFile(out))
			}
			document := s.apply(t, letter())
			report := judge(t, document, w.online())
			require.NoError(t, report.Err(), "%s", text(t, report, verify.English))
			assert.Equal(t, c.level, report.Signatures[0].Level, "openssl writes a signing-time, which PAdES forbids")
			report = judge(t, replaced(document, "Nomor 099", "Nomor 990"), w.online())
			assert.ErrorIs(t, report.Err(), verify.ErrModified)
		})
	}
}

// popplerWorld is a database of certificates as pdfsig wants it.
func popplerWorld(t *testing.T, w *world, id identity) string {
	t.Helper()
	dir := t.TempDir()
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	root := writeFile(t, "root.pem", pemOf("CERTIFICATE", w.root.cert.Raw))
	run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "akar", "-t", "CT,CT,CT", "-i", root)
	p12 := must(pkcs12.Modern.Encode(id.key, id.cert, []*x509.Certificate{w.ca.cert}, "rahasia"))
	run(t, "pk12util", "-i", writeFile(t, "id.p12", p12), "-d", "sql:"+dir, "-W", "rahasia", "-K", "")
	return dir
}

// Documents that poppler's pdfsig signed are judged well, alone and above one
// of our signatures.
func TestSignedByPoppler(t *testing.T) {
	tool(t, "pdfsig", "certutil", "pk12util")
	w := newWorld(t)
	w = w.today()
	w.sari = w.certify(w.ca, &x509.Certificate{ // poppler 22 signs with RSA keys only
		Subject: w.sari.cert.Subject, NotBefore: w.sari.cert.NotBefore, NotAfter: w.sari.cert.NotAfter, BasicConstraintsValid: true,
		KeyUsage: w.sari.cert.KeyUsage, ExtraExtensions: leafTemplate("").ExtraExtensions,
	}, must(rsa.GenerateKey(rand.Reader, 2048)))
	dir := popplerWorld(t, w, w.sari)
	nick := ""
	for line := range strings.Lines(run(t, "certutil", "-L", "-d", "sql:"+dir)) {
		if strings.Contains(line, "u,u,u") {
			nick = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "u,u,u"))
		}
	}
	require.NotEmpty(t, nick)
	sign := func(document []byte) []byte {
		in, out := writeFile(t, "in.pdf", document), filepath.Join(t.TempDir(), "out.pdf")
		run(t, "pdfsig", "-nssdir", dir, "-add-signature", "-nick", nick, "-digest", "SHA256", in, out)
		return must(os.ReadFile(out))
	}
	options := withEvidence(w)
	options.At = w.clock.AddDate(0, 0, 1)

	alone := sign(letter())
	report := judge(t, alone, options)
	require.NoError(t, report.Err(), "%s", text(t, report, verify.English))

	above := sign(w.sign(letter(), w.optionsBB(w.budi)))
	report = judge(t, above, options)
	assert.Equal(t, verify.Yes, report.Signatures[0].Intact)
	assert.Equal(t, verify.Yes, report.Signatures[1].Valid)
	t.Log(text(t, report, verify.English))
	require.NoError(t, report.Err())
	assert.True(t, bytes.HasPrefix(above, alone[:100]))
}
