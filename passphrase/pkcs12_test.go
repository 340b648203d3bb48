package passphrase_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sertel-id/sertel/passphrase"
)

func keyFile(t testing.TB, key crypto.Signer) passphrase.KeyFile {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Budi Contoh"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return passphrase.KeyFile{Key: key, Certificate: certificate}
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// cheapFile is a file as the library writes it, with one iteration.
func cheapFile(t testing.TB, encoder *pkcs12.Encoder, password string) (passphrase.KeyFile, []byte) {
	t.Helper()
	f := keyFile(t, ecKey(t))
	der, err := encoder.WithIterations(1).Encode(f.Key, f.Certificate, f.Chain, password)
	require.NoError(t, err)
	return f, der
}

func sameKey(t testing.TB, want, got passphrase.KeyFile) {
	t.Helper()
	assert.True(t, got.Key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(want.Key.Public()))
	assert.Equal(t, want.Certificate.Raw, got.Certificate.Raw)
	assert.Len(t, got.Chain, len(want.Chain))
}

func TestPKCS12RoundTrip(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey, "P-256": ecKey(t)} {
		t.Run(name, func(t *testing.T) {
			want := keyFile(t, key)
			want.Chain = []*x509.Certificate{keyFile(t, ecKey(t)).Certificate}
			file, err := passphrase.ExportFastPKCS12(passphrase.FromString("Kuda é 文"), want)
			require.NoError(t, err)
			got, err := passphrase.ImportPKCS12(file, passphrase.FromString("Kuda é 文"))
			require.NoError(t, err)
			sameKey(t, want, got)
			assert.Equal(t, want.Chain[0].Raw, got.Chain[0].Raw)
			_, err = passphrase.ImportPKCS12(file, old)
			assert.ErrorIs(t, err, passphrase.ErrMismatch)
		})
	}
}

func TestPKCS12Kinds(t *testing.T) {
	for name, encoder := range map[string]*pkcs12.Encoder{
		"modern": pkcs12.Modern2023, "PBMAC1": pkcs12.Modern2026,
		"triple DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2,
	} {
		t.Run(name, func(t *testing.T) {
			want, der := cheapFile(t, encoder, typed)
			got, err := passphrase.ImportPKCS12(der, passphrase.FromString(typed))
			require.NoError(t, err)
			sameKey(t, want, got)
			_, err = passphrase.ImportPKCS12(der, changed)
			assert.ErrorIs(t, err, passphrase.ErrMismatch)
		})
	}
}

func TestPKCS12ExportRefuses(t *testing.T) {
	f := keyFile(t, ecKey(t))
	_, err := passphrase.ExportPKCS12(passphrase.Secret{}, f)
	assert.ErrorIs(t, err, passphrase.ErrEmpty)
	_, err = passphrase.ExportPKCS12(passphrase.New(make([]byte, 1025)), f)
	assert.ErrorIs(t, err, passphrase.ErrTooLong)
	_, err = passphrase.ExportPKCS12(passphrase.FromString("kuda😀"), f)
	assert.ErrorIs(t, err, passphrase.ErrPKCS12)
	_, err = passphrase.ExportPKCS12(passphrase.FromString("kuda\xff"), f)
	assert.ErrorIs(t, err, passphrase.ErrPKCS12)
	_, err = passphrase.ExportPKCS12(old, passphrase.KeyFile{Key: ecKey(t), Certificate: f.Certificate})
	assert.ErrorIs(t, err, passphrase.ErrPKCS12, "another key")
	_, err = passphrase.ExportPKCS12(old, passphrase.KeyFile{})
	assert.ErrorIs(t, err, passphrase.ErrPKCS12)
}

func TestPKCS12CostRefusedAtOnce(t *testing.T) {
	_, file := cheapFile(t, pkcs12.Modern2023, typed)
	p, _, contents := parse(t, file)
	reassemble := func(p pfx, contents []content) []byte {
		p.AuthSafe.Content = explicit(der(t, der(t, contents)))
		return der(t, p)
	}
	endless := asn1.ObjectIdentifier{1, 2}
	for range 100_000 {
		endless = append(endless, 1)
	}
	withMac := func(n int) pfx { q := p; q.Mac.Iterations = n; return q }
	costly := func(n int) content {
		return encryptedContent(t, pbes2Params(t, []byte("saltsalt"), make([]byte, 16), n), make([]byte, 32))
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"MAC of two billion iterations":     {reassemble(withMac(1<<31-1), contents), passphrase.ErrPKCS12Cost},
		"MAC of ten million and one":        {reassemble(withMac(10_000_001), contents), passphrase.ErrPKCS12Cost},
		"sum above ten million":             {reassemble(withMac(5_000_000), []content{costly(5_000_001), contents[1]}), passphrase.ErrPKCS12Cost},
		"no iterations":                     {reassemble(withMac(-1), contents), passphrase.ErrPKCS12},
		"content of two billion iterations": {reassemble(p, []content{costly(1<<31 - 1), contents[1]}), passphrase.ErrPKCS12Cost},
		"content of 2^62 iterations":        {reassemble(p, []content{costly(1 << 62), contents[1]}), passphrase.ErrPKCS12Cost},
		"PBMAC1 of two billion":             {withPBMAC1(t, contents, []byte("salt"), 1<<31-1, make([]byte, 32)), passphrase.ErrPKCS12Cost},
		"PBMAC1 key of 65 octets":           {withPBMAC1(t, contents, []byte("salt"), 1, make([]byte, 65)), passphrase.ErrPKCS12},
		"over 1 MiB":                        {make([]byte, 1<<20+1), passphrase.ErrPKCS12Cost},
		"an endless identifier":             {reassemble(p, []content{{endless, contents[0].Content}, contents[1]}), passphrase.ErrPKCS12},
		"three contents":                    {reassemble(p, append(contents, contents[0])), passphrase.ErrPKCS12},
		"two keys":                          {reassemble(p, []content{contents[1], contents[1]}), passphrase.ErrPKCS12},
		"no key in plain content":           {reassemble(p, contents[:1]), passphrase.ErrPKCS12},
		"no MAC":                            {reassemble(pfx{Version: 3, AuthSafe: p.AuthSafe}, contents), passphrase.ErrPKCS12},
		"version 4":                         {reassemble(pfx{Version: 4, AuthSafe: p.AuthSafe, Mac: p.Mac}, contents), passphrase.ErrPKCS12},
		"trailing bytes":                    {append(bytes.Clone(file), 0), passphrase.ErrPKCS12},
		"empty":                             {nil, passphrase.ErrPKCS12},
		"PEM":                               {[]byte("-----BEGIN PRIVATE KEY-----"), passphrase.ErrPKCS12},
		"BER length":                        {[]byte{0x30, 0x80, 0, 0}, passphrase.ErrPKCS12},
	} {
		start := time.Now()
		got, err := passphrase.ImportPKCS12(c.file, passphrase.FromString(typed))
		assert.ErrorIs(t, err, c.want, name)
		assert.Less(t, len(err.Error()), 500, name)
		assert.Less(t, time.Since(start), atOnce, name)
		assert.Zero(t, got, name)
	}
}

// What a file costs is counted as time, not as it is written: the schemes of old
// files run their iterations two or three times over, for each block of key and
// vector.
func TestPKCS12CostCountsTheWork(t *testing.T) {
	f := keyFile(t, ecKey(t))
	for name, c := range map[string]struct {
		encoder *pkcs12.Encoder
		want    int
	}{
		"PBES2, certificates and key, and a MAC": {pkcs12.Modern2023, 3000},
		"PBMAC1":                                 {pkcs12.Modern2026, 3000},
		"triple DES for both":                    {pkcs12.LegacyDES, 7000},
		"RC2 for certificates, triple DES":       {pkcs12.LegacyRC2, 7000},
	} {
		file, err := c.encoder.WithIterations(1000).Encode(f.Key, f.Certificate, nil, typed)
		require.NoError(t, err, name)
		got, err := passphrase.PKCS12Cost(file)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
}

// A key that hides in encrypted content shows its cost only after decryption.
func TestPKCS12HiddenKey(t *testing.T) {
	_, file := cheapFile(t, pkcs12.Modern2023, typed)
	_, _, contents := parse(t, file)
	costly := encryptedKeyBag(t, 1<<31-1)
	salt, iv := []byte("saltsalt"), make([]byte, 16)
	hidden := encryptedContent(t, pbes2Params(t, salt, iv, 1), encryptPBES2(t, typed, salt, iv, der(t, []asn1.RawValue{raw(costly)})))
	for name, order := range map[string][]content{
		"before the visible key": {hidden, contents[1]}, "after it": {contents[1], hidden},
	} {
		key := make([]byte, 32)
		copyPBKDF2(t, key, typed, salt)
		start := time.Now()
		_, err := passphrase.ImportPKCS12(withPBMAC1(t, order, salt, 1, key), passphrase.FromString(typed))
		assert.ErrorIs(t, err, passphrase.ErrPKCS12, name)
		assert.Less(t, time.Since(start), atOnce, name)
	}
}

func TestPKCS12MACs(t *testing.T) {
	want, file := cheapFile(t, pkcs12.Modern2023, typed)
	_, _, contents := parse(t, file)
	salt := []byte("saltsalt")
	for name, c := range map[string]struct {
		prf, mac asn1.ObjectIdentifier
		hash     func() hash.Hash
		length   int
		want     error
	}{
		"SHA-1":              {oidHMACSHA1, oidHMACSHA1, sha1.New, 20, nil},
		"SHA-256":            {oidHMACSHA256, oidHMACSHA256, sha256.New, 32, nil},
		"SHA-512":            {oidHMACSHA512, oidHMACSHA512, sha512.New, 64, nil},
		"a key of 19 octets": {oidHMACSHA256, oidHMACSHA256, sha256.New, 19, passphrase.ErrPKCS12},
		"an unknown PRF":     {oidData, oidHMACSHA256, sha256.New, 32, passphrase.ErrPKCS12},
		"an unknown MAC":     {oidHMACSHA256, oidData, sha256.New, 32, passphrase.ErrPKCS12},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := pbkdf2.Key(c.hash, typed, salt, 3, c.length)
			require.NoError(t, err)
			derivation := pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: raw(der(t, kdf{
				salt, 3, c.length, pkix.AlgorithmIdentifier{Algorithm: c.prf},
			}))}
			got, err := passphrase.ImportPKCS12(withMAC(t, contents, derivation, c.mac, c.hash, key), passphrase.FromString(typed))
			if c.want != nil {
				assert.ErrorIs(t, err, c.want)
				return
			}
			require.NoError(t, err)
			sameKey(t, want, got)
		})
	}
}

func TestPKCS12KeyOfAnotherCertificate(t *testing.T) {
	f, other := keyFile(t, ecKey(t)), keyFile(t, ecKey(t))
	file, err := pkcs12.Modern2023.WithIterations(1).Encode(f.Key, other.Certificate, nil, typed)
	require.NoError(t, err)
	_, err = passphrase.ImportPKCS12(file, passphrase.FromString(typed))
	assert.ErrorIs(t, err, passphrase.ErrPKCS12)

	file, err = pkcs12.Modern2023.WithIterations(1).Encode(f.Key, other.Certificate, []*x509.Certificate{f.Certificate}, typed)
	require.NoError(t, err)
	got, err := passphrase.ImportPKCS12(file, passphrase.FromString(typed))
	require.NoError(t, err)
	assert.Equal(t, f.Certificate.Raw, got.Certificate.Raw, "whichever place it has in the file")
	assert.Equal(t, other.Certificate.Raw, got.Chain[0].Raw)
}

func TestPKCS12Tampered(t *testing.T) {
	_, file := cheapFile(t, pkcs12.Modern2023, typed)
	random := mathrand.New(mathrand.NewPCG(3, 4))
	for range samples(t, 10_000) {
		c := bytes.Clone(file)
		switch i := random.IntN(len(c)); random.IntN(3) {
		case 0:
			c[i] ^= 1 << random.IntN(8)
		case 1:
			c = c[:i]
		case 2:
			c = append(c[:i:i], file[random.IntN(len(file)):]...)
		}
		if bytes.Equal(c, file) {
			continue
		}
		got, err := passphrase.ImportPKCS12(c, passphrase.FromString(typed))
		require.Error(t, err)
		require.Zero(t, got)
		assertHidden(t, "error", []byte(err.Error()))
	}
}

// The file that users get, in OpenSSL's eyes, and OpenSSL's in ours.
func TestPKCS12WithOpenSSL(t *testing.T) {
	f := keyFile(t, ecKey(t))
	ours, err := passphrase.ExportPKCS12(passphrase.FromString(typed), f)
	require.NoError(t, err)
	cost, err := passphrase.PKCS12Cost(ours)
	require.NoError(t, err)
	assert.Equal(t, 3*passphrase.PKCS12Iterations, cost, "MAC, certificates, key")

	openssl, dir := tool(t, "openssl"), t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	run := func(args ...string) []byte {
		t.Helper()
		out, err := exec.Command(openssl, args...).CombinedOutput()
		require.NoError(t, err, string(out))
		return out
	}
	require.NoError(t, os.WriteFile(path("ours.p12"), ours, 0o600))
	info := run("pkcs12", "-in", path("ours.p12"), "-passin", "pass:"+typed, "-nodes", "-info")
	assert.Contains(t, string(info), "Iteration 600000")
	require.NoError(t, os.WriteFile(path("all.pem"), info, 0o600))

	run("pkcs12", "-export", "-in", path("all.pem"), "-out", path("theirs.p12"), "-passout", "pass:"+typed)
	theirs, err := os.ReadFile(path("theirs.p12"))
	require.NoError(t, err)
	got, err := passphrase.ImportPKCS12(theirs, passphrase.FromString(typed))
	require.NoError(t, err)
	sameKey(t, f, got)
}

// samples is how many of n random cases are tried: a part, unless time does not
// matter.
func samples(t *testing.T, n int) int {
	t.Helper()
	if os.Getenv("SERTEL_CI") == "1" {
		return n
	}
	return n / 10
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

func FuzzImportPKCS12(f *testing.F) {
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern2023, pkcs12.Modern2026, pkcs12.LegacyDES, pkcs12.LegacyRC2} {
		_, file := cheapFile(f, encoder, typed)
		f.Add(file)
	}
	f.Add([]byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, file []byte) {
		if cost, err := passphrase.PKCS12Cost(file); err == nil && cost > 1000 {
			return // lawful, but too slow to be tried by the thousand
		}
		got, err := passphrase.ImportPKCS12(file, passphrase.FromString(typed))
		if err != nil {
			require.Zero(t, got)
			return
		}
		require.NotNil(t, got.Key)
		require.NotNil(t, got.Certificate)
	})
}

// The costliest file that is read.
func BenchmarkImportPKCS12AtTheBound(b *testing.B) {
	f := keyFile(b, ecKey(b))
	file, err := pkcs12.Modern2023.WithIterations(passphrase.MaxPKCS12Iterations/3).Encode(f.Key, f.Certificate, nil, typed)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := passphrase.ImportPKCS12(file, passphrase.FromString(typed)); err != nil {
			b.Fatal(err)
		}
	}
}
