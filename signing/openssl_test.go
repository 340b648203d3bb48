package signing_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestAlgorithms signs with every kind of key, scheme and hash; our verifier
// calls each signature intact, and openssl, given what was taken out of the
// file, agrees to signature and time-stamp up to the test's root.
func TestAlgorithms(t *testing.T) {
	openssl := newJudge(t).openssl
	s := newService(t)
	type algorithm struct {
		name string
		key  crypto.Signer
		opts signing.Options
	}
	tests := []algorithm{
		{"P-256", p256(), signing.Options{}},
		{"P-256 with SHA-512", p256(), signing.Options{Hash: crypto.SHA512}},
		{"P-384", p384(), signing.Options{}},
		{"P-384 with SHA-256", p384(), signing.Options{Hash: crypto.SHA256}},
	}
	sizes := []int{2048}
	if os.Getenv("SERTEL_CI") == "1" {
		sizes = append(sizes, 3072, 4096)
	}
	for _, bits := range sizes {
		key := rsa2048()
		if bits != 2048 {
			key = mustKey(rsa.GenerateKey(rand.Reader, bits))
		}
		for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
			for _, pss := range []bool{false, true} {
				tests = append(tests, algorithm{fmt.Sprintf("RSA %d with %v and PSS %t", bits, h, pss), key, signing.Options{Hash: h, PSS: pss}})
			}
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Key = person(t, "Budi Contoh", tt.key)
			tt.opts.Timestamper = s.timestamper(t)
			out := mustSign(t, producer(t, "pdftex.pdf"), tt.opts)
			intact(t, out, 1)
			if openssl != "" {
				opensslAgrees(t, openssl, out)
			}
		})
	}
}

// opensslAgrees lets openssl judge the only signature of a file.
func opensslAgrees(t *testing.T, openssl string, out []byte) {
	t.Helper()
	sig, _ := signatureOf(t, out, "Signature1")
	der, rest, err := cms.Cut(sig["Contents"].(pdf.String).Bytes)
	require.NoError(t, err)
	require.True(t, cms.IsPadding(rest))
	message, err := cms.Parse(der)
	require.NoError(t, err)
	dir := t.TempDir()
	a := newAuthority()
	for name, data := range map[string][]byte{
		"sig.der": der, "content": covered(t, out, sig), "root.pem": inPEM(a.root), "ca.pem": inPEM(a.ca),
		"value": message.SignerInfos[0].Signature, "token.der": message.SignerInfos[0].Timestamps()[0],
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	text, code := run(t, openssl, "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", in("sig.der"),
		"-content", in("content"), "-CAfile", in("root.pem"), "-purpose", "smimesign", "-attime", attime(), "-out", in("out"))
	require.Zero(t, code, text)
	text, code = run(t, openssl, "ts", "-verify", "-token_in", "-in", in("token.der"), "-data", in("value"),
		"-CAfile", in("root.pem"), "-untrusted", in("ca.pem"), "-attime", attime())
	require.Zero(t, code, text)
}

// covered is the bytes of the two ranges.
func covered(t *testing.T, b []byte, sig pdf.Dict) []byte {
	t.Helper()
	r := sig["ByteRange"].(pdf.Array)
	require.Len(t, r, 4)
	at := func(i int) int { return int(r[i].(pdf.Integer)) }
	require.Zero(t, at(0))
	require.Equal(t, len(b), at(2)+at(3))
	return bytes.Join([][]byte{b[:at(1)], b[at(2):]}, nil)
}

// attime is testNow for openssl.
func attime() string { return strconv.FormatInt(testNow.Unix(), 10) }

func inPEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
