package tsa_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/tsa"
)

// fixture is an authority with a time-stamping authority below it, on a clock
// set by hand.
type fixture struct {
	*authority.Authority
	now    time.Time
	signer crypto.Signer
	cert   *x509.Certificate
}

func (f *fixture) Now() time.Time { return f.now }

func oid(t testing.TB, text string) x509.OID {
	t.Helper()
	o, err := x509.ParseOID(text)
	require.NoError(t, err)
	return o
}

func newFixture(t testing.TB, keys authority.KeyAlgorithm) *fixture {
	t.Helper()
	f := &fixture{now: time.Now().UTC().Truncate(time.Second)} // outside tools know only today
	const org = "Instansi Contoh (PALSU)"
	var err error
	f.Authority, err = authority.New(context.Background(), authority.Config{
		RootName:      authority.Name{CommonName: "Root CA PALSU", Organization: org},
		IssuingName:   authority.Name{CommonName: "CA Penerbit PALSU", Organization: org},
		ResponderName: authority.Name{CommonName: "Responder OCSP PALSU", Organization: org},
		BaseURL:       "http://pki.contoh.example", Keys: keys, Now: f.Now,
	})
	require.NoError(t, err)
	f.signer, err = keys.GenerateKey()
	require.NoError(t, err)
	f.cert = f.issue(t, authority.TSAProfile(), f.signer.Public())
	return f
}

func (f *fixture) issue(t testing.TB, p authority.Profile, pub crypto.PublicKey) *x509.Certificate {
	t.Helper()
	issued, err := f.IssueProfile(context.Background(), p, authority.Request{
		ID: rand.Text(), Subject: authority.Name{CommonName: "Otoritas Stempel Waktu PALSU"}, PublicKey: pub,
	})
	require.NoError(t, err)
	return issued.Certificate
}

func (f *fixture) responderConfig(t testing.TB) tsa.ResponderConfig {
	return tsa.ResponderConfig{
		Signer: f.signer, Certificate: f.cert, Chain: f.Chain()[:1],
		Policy: oid(t, "2.25.1942519315.9.1"), Policies: []x509.OID{oid(t, "2.25.1942519315.9.2")},
		Now: f.Now,
	}
}

func (f *fixture) responder(t testing.TB) *tsa.Responder {
	t.Helper()
	r, err := tsa.NewResponder(f.responderConfig(t))
	require.NoError(t, err)
	return r
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func (f *fixture) clientConfig(url string) tsa.ClientConfig {
	return tsa.ClientConfig{URL: url, Roots: []*x509.Certificate{f.Root()}, Now: f.Now}
}

func newClient(t testing.TB, cfg tsa.ClientConfig) *tsa.Client {
	t.Helper()
	c, err := tsa.NewClient(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

var digest = sha256.Sum256([]byte("naskah dinas contoh"))

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}
