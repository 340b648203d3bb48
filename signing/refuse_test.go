package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// watch notices a key or an output that was used although the document was
// refused.
type watch struct {
	crypto.Signer
	signed, written bool
}

func (w *watch) Sign(r io.Reader, d []byte, o crypto.SignerOpts) ([]byte, error) {
	w.signed = true
	return w.Signer.Sign(r, d, o)
}

func (w *watch) Write(b []byte) (int, error) {
	w.written = true
	return len(b), nil
}

// refused signs and expects a refusal before the key is used and before the
// first byte is written.
func refused(t *testing.T, in []byte, opts signing.Options) error {
	t.Helper()
	w := &watch{Signer: p256()}
	if opts.Key == nil {
		opts.Key = person(t, "Budi Contoh", p256())
		opts.Key.Signer = w
	}
	opts.Now = now
	_, err := signing.Sign(context.Background(), w, bytes.NewReader(in), int64(len(in)), opts)
	require.Error(t, err)
	require.False(t, w.signed, "the key was used")
	require.False(t, w.written, "bytes were written")
	require.True(t, strings.HasPrefix(err.Error(), "signing: "), "%v", err)
	require.NotContains(t, strings.TrimPrefix(err.Error(), "signing: "), "signing: ", "prefix once")
	return err
}

func TestRefusedDocuments(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, signing.ErrNotPDF},
		{"not a PDF", []byte("Yth. Bapak/Ibu"), signing.ErrNotPDF},
		{"cut off in the middle of the first object", letter[:40], signing.ErrDamaged},
		{"user password unknown", producer(t, "encrypted-aes256-password.pdf"), signing.ErrDocumentPassword},
		{"a key twice in the catalog", twice(t, letter), signing.ErrAmbiguousStructure},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.ErrorIs(t, refused(t, tt.in, signing.Options{}), tt.want)
		})
	}
}

// twice gives the catalog a second Lang entry in place of another key of the
// same length.
func twice(t *testing.T, in []byte) []byte {
	t.Helper()
	// The update writes the catalog anew; there the name is changed.
	out := withCatalog(t, in, func(_ *pdf.Update, c pdf.Dict) {
		c["Lang"], c["Xang"] = pdf.TextString("id"), pdf.TextString("en")
	})
	at := bytes.LastIndex(out, []byte("/Xang"))
	require.Positive(t, at)
	copy(out[at:], "/Lang")
	return out
}

func TestRefusedFeatures(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	xfa := withCatalog(t, letter, func(_ *pdf.Update, c pdf.Dict) {
		c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{}, "XFA": pdf.TextString("<xdp/>")}
	})
	// The writer keeps the trailer's Encrypt to itself, so it is put there
	// under another name.
	pubsec := edit(t, letter, func(_ *pdf.Document, u *pdf.Update) {
		u.SetTrailer("Enxxxxt", pdf.Dict{"Filter": pdf.Name("Adobe.PubSec"), "V": pdf.Integer(4)})
	})
	pubsec = bytes.Replace(pubsec, []byte("/Enxxxxt"), []byte("/Encrypt"), 1)
	tests := []struct {
		name    string
		in      []byte
		opts    signing.Options
		feature string
	}{
		{"XFA form", xfa, signing.Options{}, "XFA form"},
		{"public-key encryption", pubsec, signing.Options{}, "this encryption"},
		{"field with a lock", withField(t, letter, pdf.Dict{"Lock": pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("All")}}),
			signing.Options{Field: "Kepala"}, "field lock"},
		{"seed value that asks for reasons", withField(t, letter, pdf.Dict{"SV": pdf.Dict{"Ff": pdf.Integer(8)}}),
			signing.Options{Field: "Kepala"}, "seed value of the field"},
		{"seed value that names certificates", withField(t, letter, pdf.Dict{"SV": pdf.Dict{"Cert": pdf.Dict{"Ff": pdf.Integer(1)}}}),
			signing.Options{Field: "Kepala"}, "seed value of the field"},
		{"seed value for another filter", withField(t, letter, pdf.Dict{"SV": pdf.Dict{"Ff": pdf.Integer(1), "Filter": pdf.Name("Other.Filter")}}),
			signing.Options{Field: "Kepala"}, "seed value Filter of the field"},
		{"seed value for another digest", withField(t, letter, pdf.Dict{"SV": pdf.Dict{"Ff": pdf.Integer(64), "DigestMethod": pdf.Array{pdf.TextString("SHA512")}}}),
			signing.Options{Field: "Kepala"}, "seed value DigestMethod of the field"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var unsupported *signing.UnsupportedError
			require.ErrorAs(t, refused(t, tt.in, tt.opts), &unsupported)
			require.Equal(t, tt.feature, unsupported.Feature)
		})
	}
}

func TestSeedValueObeyed(t *testing.T) {
	in := withField(t, producer(t, "libreoffice.pdf"), pdf.Dict{"SV": pdf.Dict{
		"Ff": pdf.Integer(1 | 2 | 64), "Filter": pdf.Name("Adobe.PPKLite"),
		"SubFilter":    pdf.Array{pdf.Name("adbe.pkcs7.detached"), pdf.Name("ETSI.CAdES.detached")},
		"DigestMethod": pdf.Array{pdf.TextString("SHA256")},
	}})
	mustSign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Field: "Kepala"})
	// A key that would digest otherwise is found out before it is used.
	key := person(t, "Budi Contoh", p384())
	var unsupported *signing.UnsupportedError
	require.ErrorAs(t, refused(t, in, signing.Options{Key: key, Field: "Kepala"}), &unsupported)
}

func TestRefusedKeys(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	weak := mustKey(rsa.GenerateKey(rand.Reader, 1024))
	other := mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	p521 := mustKey(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	change := func(key crypto.Signer, f func(c *x509.Certificate)) *signing.Key {
		c := leaf("Budi Contoh")
		f(c)
		return keyFor(t, c, key)
	}
	stolen := person(t, "Budi Contoh", p256())
	stolen.Signer = other
	tests := []struct {
		name string
		opts signing.Options
		want error
	}{
		{"key of somebody else", signing.Options{Key: stolen}, signing.ErrKeyMismatch},
		{"RSA 1024", signing.Options{Key: person(t, "Budi Contoh", weak)}, signing.ErrWeakKey},
		{"SHA-1", signing.Options{Key: person(t, "Budi Contoh", p256()), Hash: crypto.SHA1}, signing.ErrWeakKey},
		{"one second before notBefore", signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.NotBefore = testNow.Add(time.Second) })}, signing.ErrNotYetValid},
		{"one second after notAfter", signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Second) })}, signing.ErrExpired},
		{"key usage for encryption", signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })}, signing.ErrKeyUsage},
		{"extended key usage for web servers", signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })}, signing.ErrKeyUsage},
		{"certificate of an authority", signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })}, signing.ErrKeyUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.ErrorIs(t, refused(t, letter, tt.opts), tt.want)
		})
	}
	for name, opts := range map[string]signing.Options{
		"P-521":               {Key: person(t, "Budi Contoh", p521)},
		"PSS with a curve":    {Key: person(t, "Budi Contoh", p256()), PSS: true},
		"an unknown hash too": {Key: person(t, "Budi Contoh", p521), Hash: crypto.SHA256},
	} {
		t.Run(name, func(t *testing.T) {
			var unsupported *signing.UnsupportedError
			require.ErrorAs(t, refused(t, letter, opts), &unsupported)
		})
	}
	early := refused(t, letter, signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.NotBefore = testNow.Add(time.Hour) })})
	require.ErrorContains(t, early, testNow.UTC().Format(time.RFC3339), "a clock that is wrong shows")
	late := refused(t, letter, signing.Options{Key: change(p256(), func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Hour) })})
	require.ErrorContains(t, late, "the clock says "+testNow.UTC().Format(time.RFC3339))
	bound := change(p256(), func(c *x509.Certificate) { c.NotBefore, c.NotAfter = testNow, testNow })
	mustSign(t, letter, signing.Options{Key: bound})
}

func TestRefusedOptions(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	both := *key
	both.Remote = remote(func(context.Context, []byte, crypto.SignerOpts) ([]byte, error) { return nil, nil })
	for name, opts := range map[string]signing.Options{
		"no signer at all":              {Key: &signing.Key{Certificate: key.Certificate}},
		"an RSA key that is nil":        {Key: &signing.Key{Certificate: key.Certificate, Signer: (*rsa.PrivateKey)(nil)}},
		"an RSA key of nothing":         {Key: &signing.Key{Certificate: key.Certificate, Signer: &rsa.PrivateKey{}}},
		"an ECDSA key that is nil":      {Key: &signing.Key{Certificate: key.Certificate, Signer: (*ecdsa.PrivateKey)(nil)}},
		"an ECDSA key of nothing":       {Key: &signing.Key{Certificate: key.Certificate, Signer: &ecdsa.PrivateKey{}}},
		"an Ed25519 key that is nil":    {Key: &signing.Key{Certificate: key.Certificate, Signer: ed25519.PrivateKey(nil)}},
		"a pointer to no Ed25519 key":   {Key: &signing.Key{Certificate: key.Certificate, Signer: (*ed25519.PrivateKey)(nil)}},
		"two signers":                   {Key: &both},
		"no certificate":                {Key: &signing.Key{Signer: p256()}},
		"certification of another kind": {Key: key, Certify: 4},
		"evidence without time-stamp":   {Key: key, Evidence: &signing.Evidence{}},
		"evidence without source":       {Key: key, Evidence: &signing.Evidence{}, Timestamper: stamper(nil)},
		"archive without evidence":      {Key: key, Archive: true, Timestamper: stamper(nil)},
	} {
		t.Run(name, func(t *testing.T) {
			err := refused(t, letter, opts)
			require.ErrorIs(t, err, signing.ErrConfig)
			require.Equal(t, signing.ScopeApplication, signing.ScopeOf(err))
		})
	}
	require.ErrorIs(t, refused(t, letter, signing.Options{Key: key, Reason: strings.Repeat("x", 1<<20)}), signing.ErrLimit)
	var out bytes.Buffer
	_, err := signing.Sign(context.Background(), &out, bytes.NewReader(letter), int64(len(letter)), signing.Options{})
	require.ErrorIs(t, err, signing.ErrConfig)
	require.EqualError(t, err, "signing: configuration: Options.Key is required")
}

type remote func(context.Context, []byte, crypto.SignerOpts) ([]byte, error)

func (r remote) SignDigest(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return r(ctx, digest, opts)
}

func TestRemoteSigner(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	key.Signer = nil
	key.Remote = remote(func(_ context.Context, d []byte, o crypto.SignerOpts) ([]byte, error) {
		return p256().Sign(rand.Reader, d, o)
	})
	mustSign(t, letter, signing.Options{Key: key})

	tests := []struct {
		name string
		r    remote
		want error
	}{
		{"signs another digest", func(_ context.Context, d []byte, o crypto.SignerOpts) ([]byte, error) {
			d = bytes.Clone(d)
			d[0] ^= 1
			return p256().Sign(rand.Reader, d, o)
		}, signing.ErrBadSignature},
		{"signs with another key", func(_ context.Context, d []byte, o crypto.SignerOpts) ([]byte, error) {
			return mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)).Sign(rand.Reader, d, o)
		}, signing.ErrBadSignature},
		{"returns nothing", func(context.Context, []byte, crypto.SignerOpts) ([]byte, error) { return nil, nil }, signing.ErrBadSignature},
		{"fails", func(context.Context, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errHSM }, errHSM},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key.Remote = tt.r
			_, _, err := sign(t, letter, signing.Options{Key: key})
			require.ErrorIs(t, err, tt.want)
		})
	}
}

var errHSM = errors.New("the HSM is away")

func TestPassword(t *testing.T) {
	in := producer(t, "encrypted-aes256-password.pdf")
	key := person(t, "Budi Contoh", p256())
	out := mustSign(t, in, signing.Options{Key: key, Password: passphrase.FromString("rahasia"), Reason: "Menyetujui"})
	_, _, err := sign(t, in, signing.Options{Key: key, Password: passphrase.FromString("Kata-Sandi-Keliru-99")})
	require.ErrorIs(t, err, signing.ErrDocumentPassword)
	require.NotContains(t, err.Error(), "Keliru")
	require.Empty(t, newJudge(t).faultsOf(t, in, out, true, "rahasia"))
	intactWith(t, out, 1, "rahasia")
}

// What a reader of the file says is not said twice, and a page is named.
func TestErrorsSayItOnce(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	refused := func(in []byte, opts signing.Options) error {
		opts.Key = person(t, "Budi Contoh", rsa2048())
		_, _, err := sign(t, in, opts)
		return err
	}
	assert.EqualError(t, refused([]byte("surat"), signing.Options{}), "signing: not a PDF file")
	_, _, err := signing.PageSize(bytes.NewReader(in), int64(len(in)), passphrase.Secret{}, 99)
	assert.ErrorContains(t, err, "signing: no such page: page 99 of ")
	assert.NotContains(t, err.Error(), "pdf: ")
	err = refused(in[:len(in)/2], signing.Options{})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "pdf: ")
}
