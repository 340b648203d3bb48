package cms_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// opensslSign makes a message with another writer, to read what it writes.
func opensslSign(t *testing.T, key crypto.Signer, cert *x509.Certificate, args ...string) []byte {
	t.Helper()
	tool, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is missing: no independent writer")
	}
	dir := t.TempDir()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, data := range map[string][]byte{"key.der": pkcs8, "content": content, "cert.der": cert.Raw} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	run := func(args ...string) {
		cmd := exec.Command(tool, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	run("x509", "-inform", "DER", "-in", "cert.der", "-out", "cert.pem")
	run("pkey", "-inform", "DER", "-in", "key.der", "-out", "key.pem")
	run(append([]string{"cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem",
		"-outform", "DER", "-out", "sig.der"}, args...)...)
	der, err := os.ReadFile(filepath.Join(dir, "sig.der"))
	require.NoError(t, err)
	return der
}

func TestReadsAnotherWriter(t *testing.T) {
	tests := []struct {
		name string
		key  crypto.Signer
		args []string
		hash crypto.Hash
		cert error // of CheckSigningCertificate
	}{
		{"RSA with CAdES attributes", rsaKey(), []string{"-cades"}, crypto.SHA256, nil},
		{"ECDSA with CAdES attributes", p256Key(), []string{"-cades", "-md", "sha384"}, crypto.SHA384, nil},
		{"PSS", rsaKey(), []string{"-keyopt", "rsa_padding_mode:pss", "-md", "sha512"}, crypto.SHA512, cms.ErrNoSigningCertificate},
		{"no signed attributes", rsaKey(), []string{"-noattr", "-md", "sha256"}, crypto.SHA256, cms.ErrNoSigningCertificate},
		{"signer by key identifier", p256Key(), []string{"-keyid"}, crypto.SHA256, cms.ErrNoSigningCertificate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cert := selfSignedWithKeyID(t, tt.key)
			sd, err := cms.Parse(opensslSign(t, tt.key, cert, tt.args...))
			require.NoError(t, err)
			si := sd.SignerInfos[0]
			hash, err := si.Hash()
			require.NoError(t, err)
			require.Equal(t, tt.hash, hash)
			require.Equal(t, cert.Raw, sd.Certificate(si).Raw)
			require.NoError(t, si.Verify(cert, cms.OIDData, digestOf(hash, content), cms.VerifyOptions{}))
			require.Error(t, si.Verify(cert, cms.OIDData, digestOf(hash, []byte("other")), cms.VerifyOptions{}))
			if tt.cert == nil {
				require.NoError(t, si.CheckSigningCertificate(cert))
			} else {
				require.ErrorIs(t, si.CheckSigningCertificate(cert), tt.cert)
			}
		})
	}
}

func selfSignedWithKeyID(t *testing.T, key crypto.Signer) *x509.Certificate {
	t.Helper()
	tmpl := *selfSigned(t, key, "Sari Contoh")
	tmpl.SubjectKeyId = []byte{1, 2, 3, 4}
	der, err := x509.CreateCertificate(rand.Reader, &tmpl, &tmpl, key.Public(), key)
	require.NoError(t, err)
	return must(x509.ParseCertificate(der))
}

func TestWeakIsNamedAndRefused(t *testing.T) {
	cert := selfSignedWithKeyID(t, rsaKey())
	for _, tt := range []struct {
		name, md string
		hash     crypto.Hash
		insecure error
	}{
		{"SHA-1 is checked only on request", "sha1", crypto.SHA1, nil},
		{"MD5 is never checked", "md5", crypto.MD5, cms.ErrWeakAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sd, err := cms.Parse(opensslSign(t, rsaKey(), cert, "-md", tt.md))
			require.NoError(t, err)
			si := sd.SignerInfos[0]
			hash, err := si.Hash()
			require.NoError(t, err)
			require.Equal(t, tt.hash, hash)
			digest := make([]byte, hash.Size())
			if hash.Available() {
				digest = digestOf(hash, content)
			}
			require.ErrorIs(t, si.Verify(cert, cms.OIDData, digest, cms.VerifyOptions{}), cms.ErrWeakAlgorithm)
			err = si.Verify(cert, cms.OIDData, digest, cms.VerifyOptions{InsecureAllowWeak: true})
			require.ErrorIs(t, err, tt.insecure)
		})
	}
}

// signedWith returns a good message whose bytes were changed before signing
// or after it.
func replaced(t *testing.T, der, old, new []byte) []byte {
	t.Helper()
	require.Equal(t, len(old), len(new))
	require.Positive(t, bytes.Count(der, old), "the defect must be made")
	return bytes.ReplaceAll(der, old, new)
}

func TestAlgorithmsMustAgree(t *testing.T) {
	cert := selfSigned(t, rsaKey(), "Budi Contoh")
	b, err := cms.NewBuilder(cms.Config{Certificate: cert})
	require.NoError(t, err)
	digest := digestOf(crypto.SHA256, content)
	der, err := b.Sign(rand.Reader, rsaKey(), digest)
	require.NoError(t, err)
	sha256RSA := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}
	rsaOnly := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12}
	sd, err := cms.Parse(replaced(t, der, sha256RSA, rsaOnly))
	require.NoError(t, err)
	require.ErrorIs(t, sd.SignerInfos[0].Verify(cert, cms.OIDData, digest, cms.VerifyOptions{}), cms.ErrAlgorithmMismatch)

	// A certificate of the other kind of key.
	sd, err = cms.Parse(der)
	require.NoError(t, err)
	ec := selfSigned(t, p256Key(), "Budi Contoh")
	require.ErrorIs(t, sd.SignerInfos[0].Verify(ec, cms.OIDData, digest, cms.VerifyOptions{}), cms.ErrAlgorithmMismatch)
}

// TestAnyFlippedBitIsSeen flips bits of a message one after another: what
// still parses and verifies may differ only in what no signature covers.
func TestAnyFlippedBitIsSeen(t *testing.T) {
	cert := selfSigned(t, p256Key(), "Budi Contoh")
	b, err := cms.NewBuilder(cms.Config{Certificate: cert})
	require.NoError(t, err)
	digest := digestOf(crypto.SHA256, content)
	der, err := b.Sign(rand.Reader, p256Key(), digest)
	require.NoError(t, err)
	good, err := cms.Parse(der)
	require.NoError(t, err)
	for i := range der {
		bad := bytes.Clone(der)
		bad[i] ^= 1 << (i % 8)
		sd, err := cms.Parse(bad)
		if err != nil || len(sd.SignerInfos) != 1 {
			continue
		}
		si := sd.SignerInfos[0]
		if si.Verify(cert, cms.OIDData, digest, cms.VerifyOptions{}) == nil {
			require.Equal(t, good.SignerInfos[0].RawSignedAttributes, si.RawSignedAttributes, "byte %d", i)
			require.Equal(t, good.SignerInfos[0].Signature, si.Signature, "byte %d", i)
		}
	}
}

// handMade signs attributes that the Builder would not write.
func handMade(t *testing.T, cert *x509.Certificate, key crypto.Signer, attrs ...[]byte) []byte {
	t.Helper()
	set := cryptobyte.NewBuilder(nil)
	set.AddASN1(asn1.SET, func(w *cryptobyte.Builder) {
		for _, a := range attrs {
			w.AddBytes(a)
		}
	})
	raw, err := set.Bytes()
	require.NoError(t, err)
	b, err := cms.NewBuilder(cms.Config{Certificate: cert})
	require.NoError(t, err)
	sig, err := key.Sign(rand.Reader, b.Digest(raw), b.SignerOpts())
	require.NoError(t, err)
	der, err := b.Assemble(raw, sig, nil)
	require.NoError(t, err)
	return der
}

func attribute(t *testing.T, oid x509.OID, values ...[]byte) []byte {
	t.Helper()
	content, err := oid.MarshalBinary()
	require.NoError(t, err)
	w := cryptobyte.NewBuilder(nil)
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		w.AddASN1(asn1.OBJECT_IDENTIFIER, func(w *cryptobyte.Builder) { w.AddBytes(content) })
		w.AddASN1(asn1.SET, func(w *cryptobyte.Builder) {
			for _, v := range values {
				w.AddBytes(v)
			}
		})
	})
	return must(w.Bytes())
}

func value(t *testing.T, tag asn1.Tag, content []byte) []byte {
	t.Helper()
	w := cryptobyte.NewBuilder(nil)
	w.AddASN1(tag, func(w *cryptobyte.Builder) { w.AddBytes(content) })
	return must(w.Bytes())
}

func TestSignedAttributesAreJudged(t *testing.T) {
	cert := selfSigned(t, p256Key(), "Budi Contoh")
	data := must(cms.OIDData.MarshalBinary())
	digest := digestOf(crypto.SHA256, content)
	contentType := attribute(t, cms.OIDContentType, value(t, asn1.OBJECT_IDENTIFIER, data))
	messageDigest := attribute(t, cms.OIDMessageDigest, value(t, asn1.OCTET_STRING, digest))
	tests := []struct {
		name  string
		attrs [][]byte
		parse bool // the defect is already one of form
		want  error
	}{
		{"both there", [][]byte{contentType, messageDigest}, true, nil},
		{"no content type", [][]byte{messageDigest}, true, cms.ErrAttributes},
		{"no message digest", [][]byte{contentType}, true, cms.ErrAttributes},
		{"message digest twice", [][]byte{contentType, messageDigest, messageDigest}, false, cms.ErrMalformed},
		{"two digests in one attribute", [][]byte{contentType, attribute(t, cms.OIDMessageDigest,
			value(t, asn1.OCTET_STRING, digest), value(t, asn1.OCTET_STRING, digest))}, true, cms.ErrAttributes},
		{"digest of another length", [][]byte{contentType, attribute(t, cms.OIDMessageDigest,
			value(t, asn1.OCTET_STRING, digest[:31]))}, true, cms.ErrDigestMismatch},
		{"protection that says nothing", [][]byte{contentType, messageDigest,
			attribute(t, cms.OIDAlgorithmProtection, value(t, asn1.SEQUENCE, nil))}, true, cms.ErrAttributes},
		{"no attributes at all in the set", nil, false, cms.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sd, err := cms.Parse(handMade(t, cert, p256Key(), tt.attrs...))
			if !tt.parse {
				require.ErrorIs(t, err, tt.want)
				require.Nil(t, sd)
				return
			}
			require.NoError(t, err)
			err = sd.SignerInfos[0].Verify(cert, cms.OIDData, digest, cms.VerifyOptions{})
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func TestRevocationArchival(t *testing.T) {
	cert := selfSigned(t, p256Key(), "Budi Contoh")
	crl := value(t, asn1.SEQUENCE, []byte{2, 1, 1})
	ocsp := value(t, asn1.SEQUENCE, []byte{2, 1, 2})
	explicit := func(n int, list ...[]byte) []byte {
		return value(t, asn1.Tag(n).ContextSpecific().Constructed(), value(t, asn1.SEQUENCE, bytes.Join(list, nil)))
	}
	archive := value(t, asn1.SEQUENCE, append(explicit(0, crl), explicit(1, ocsp, ocsp)...))
	sd, err := cms.Parse(handMade(t, cert, p256Key(), attribute(t, cms.OIDRevocationArchival, archive)))
	require.NoError(t, err)
	crls, ocsps, err := sd.SignerInfos[0].RevocationArchival()
	require.NoError(t, err)
	require.Equal(t, [][]byte{crl}, crls)
	require.Equal(t, [][]byte{ocsp, ocsp}, ocsps)

	sd, err = cms.Parse(handMade(t, cert, p256Key(), attribute(t, cms.OIDRevocationArchival, crl)))
	require.NoError(t, err)
	_, _, err = sd.SignerInfos[0].RevocationArchival()
	require.ErrorIs(t, err, cms.ErrAttributes)
}
