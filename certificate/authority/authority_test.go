package authority_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// clock is a hand-set clock.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) Advance(d time.Duration) { c.now = c.now.Add(d) }

func newClock() *clock { return &clock{time.Date(2027, 3, 8, 2, 0, 0, 0, time.UTC)} }

// fakeNames says in every name that nothing here is real.
func fakeNames(cfg authority.Config) authority.Config {
	const org = "Instansi Contoh (PALSU)"
	cfg.RootName = authority.Name{CommonName: "Root CA PALSU untuk Pengujian", Organization: org}
	cfg.IssuingName = authority.Name{CommonName: "CA Penerbit PALSU G1", Organization: org}
	cfg.ResponderName = authority.Name{CommonName: "Responder OCSP PALSU", Organization: org}
	if cfg.BaseURL == "" {
		cfg.BaseURL = "http://pki.contoh.example"
	}
	return cfg
}

func newAuthority(t testing.TB, cfg authority.Config) *authority.Authority {
	t.Helper()
	a, err := authority.New(context.Background(), fakeNames(cfg))
	require.NoError(t, err)
	return a
}

// requestID makes a new id of the allowed form.
func requestID() string { return rand.Text() }

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func newCSR(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	require.NoError(t, err)
	return der
}

// budi asks for a certificate for a made-up person.
func budi(t testing.TB, key crypto.Signer) certificate.IssueRequest {
	return certificate.IssueRequest{
		RequestID: requestID(),
		Subject: certificate.Subject{
			ID: "A2B3C4D5E6F7G8H9", CommonName: "Budi Contoh", Organization: "Pemerintah Kota Contoh",
		},
		CSR: newCSR(t, key),
	}
}

func issue(t testing.TB, a *authority.Authority) *x509.Certificate {
	t.Helper()
	issued, err := a.Issue(context.Background(), budi(t, newKey(t)))
	require.NoError(t, err)
	return issued.Certificate
}

func serialOf(t testing.TB, c *x509.Certificate) certificate.Serial {
	t.Helper()
	s, err := certificate.SerialOf(c)
	require.NoError(t, err)
	return s
}
