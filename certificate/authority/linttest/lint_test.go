package linttest_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// rules are the lints that apply to any authority: those of the RFCs, of ETSI
// and of the community. The rest is about web servers, mail and browsers.
func rules(t testing.TB) lint.Registry {
	t.Helper()
	r, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: lint.SourceList{
		lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960, lint.RFC8813, lint.EtsiEsi, lint.Community,
	}})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(r.CertificateLints().Lints()), 150, "a filter that lets nothing through finds nothing")
	return r
}

// findings lists what the lints have to say.
func findings(results *zlint.ResultSet) []string {
	var found []string
	for name, r := range results.Results {
		if r.Status >= lint.Notice {
			found = append(found, name+": "+r.Status.String()+" "+r.Details)
		}
	}
	slices.Sort(found)
	return found
}

func lintCertificate(t testing.TB, r lint.Registry, der []byte) []string {
	t.Helper()
	c, err := zx509.ParseCertificate(der)
	require.NoError(t, err)
	return findings(zlint.LintCertificateEx(c, r))
}

func newAuthority(t testing.TB, keys authority.KeyAlgorithm) *authority.Authority {
	t.Helper()
	const org = "Instansi Contoh (PALSU)"
	a, err := authority.New(context.Background(), authority.Config{
		RootName:      authority.Name{CommonName: "Root CA PALSU untuk Pengujian", Organization: org},
		IssuingName:   authority.Name{CommonName: "CA Penerbit PALSU G1", Organization: org},
		ResponderName: authority.Name{CommonName: "Responder OCSP PALSU", Organization: org},
		BaseURL:       "http://pki.contoh.example", Keys: keys,
	})
	require.NoError(t, err)
	return a
}

// issue makes a certificate of a profile.
func issue(t testing.TB, a *authority.Authority, p authority.Profile, key crypto.Signer) *x509.Certificate {
	t.Helper()
	issued, err := a.IssueProfile(context.Background(), p, authority.Request{ID: rand.Text(), PublicKey: key.Public(),
		Subject: authority.Name{CommonName: "Budi Contoh", Organization: "Pemerintah Kota Contoh", Description: "A2B3C4D5E6F7G8H9_" + p.DescriptionSuffix}})
	require.NoError(t, err)
	return issued.Certificate
}

// askOCSP asks the authority itself about a certificate.
func askOCSP(t testing.TB, a *authority.Authority, c, issuer *x509.Certificate) *ocsp.Response {
	t.Helper()
	query, err := ocsp.CreateRequest(c, issuer, nil)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodPost, "http://pki.contoh.example/ocsp", strings.NewReader(string(query)))
	r.Header.Set("Content-Type", "application/ocsp-request")
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	answer, err := ocsp.ParseResponse(w.Body.Bytes(), issuer)
	require.NoError(t, err)
	return answer
}

// TestDefaultProfiles lints every kind of certificate and list, with every
// kind of key.
func TestDefaultProfiles(t *testing.T) {
	r := rules(t)
	algorithms := map[string]authority.KeyAlgorithm{"P-256": authority.ECDSAP256, "P-384": authority.ECDSAP384, "RSA 2048": authority.RSA2048}
	if os.Getenv("SERTEL_CI") == "1" {
		algorithms["RSA 3072"], algorithms["RSA 4096"] = authority.RSA3072, authority.RSA4096
	}
	for name, k := range algorithms {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			a := newAuthority(t, k)
			issuing := a.Chain()[0]
			key, err := k.GenerateKey()
			require.NoError(t, err)
			person := issue(t, a, authority.PersonProfile(), key)
			certs := map[string]*x509.Certificate{
				"root": a.Root(), "issuing authority": issuing, "person": person,
				"seal": issue(t, a, authority.SealProfile(), key), "TSA": issue(t, a, authority.TSAProfile(), key),
				"OCSP responder":             askOCSP(t, a, person, issuing).Certificate,
				"OCSP responder of the root": askOCSP(t, a, issuing, a.Root()).Certificate,
			}
			assert.Empty(t, findings(zlint.LintOcspResponseEx(askOCSP(t, a, person, issuing), r)), "OCSP answer")
			serial, err := certificate.SerialOf(person)
			require.NoError(t, err)
			require.NoError(t, a.Revoke(ctx, serial, certificate.ReasonCertificateHold, time.Now()))
			require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
			cross, err := a.CrossCertificates(ctx)
			require.NoError(t, err)
			require.Len(t, cross, 2)
			certs["older by newer"], certs["newer by older"], certs["next generation"] = cross[1], cross[0], a.Chain()[0]
			for what, c := range certs {
				require.NotNil(t, c, what)
				assert.Empty(t, lintCertificate(t, r, c.Raw), what)
			}
			root, err := a.RootCRL(ctx)
			require.NoError(t, err)
			current, err := a.CRL(ctx)
			require.NoError(t, err)
			for what, der := range map[string][]byte{"root's CRL": root, "CRL": current} {
				list, err := zx509.ParseRevocationList(der)
				require.NoError(t, err)
				assert.Empty(t, findings(zlint.LintRevocationListEx(list, r)), what)
			}
		})
	}
}

// TestBSrELike keeps what the linter has against the look of BSrE's own
// certificates: QcSSCD is a statement of qualified certificates, and stands
// there without the one that makes a certificate qualified.
func TestBSrELike(t *testing.T) {
	key, err := authority.RSA2048.GenerateKey()
	require.NoError(t, err)
	found := lintCertificate(t, rules(t), issue(t, newAuthority(t, authority.ECDSAP256), authority.BSrELikeProfile(), key).Raw)
	require.Len(t, found, 1)
	assert.Contains(t, found[0], "e_qcstatem_mandatory_etsi_statems")
}

// TestHostileNames asks for a thousand names of the kinds that break
// certificates: each is refused, or issued as it is and without a finding.
func TestHostileNames(t *testing.T) {
	r := rules(t)
	a := newAuthority(t, authority.ECDSAP256)
	key, err := authority.ECDSAP256.GenerateKey()
	require.NoError(t, err)
	issued := 0
	for i, n := range hostileNames(1000) {
		got, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{ID: rand.Text(), Subject: n, PublicKey: key.Public()})
		if err != nil {
			require.ErrorIs(t, err, authority.ErrName, "name %d", i)
			continue
		}
		issued++
		require.Equal(t, n.CommonName, got.Certificate.Subject.CommonName, "name %d", i)
		require.Empty(t, lintCertificate(t, r, got.Certificate.Raw), "name %d: %q", i, n.CommonName)
	}
	t.Logf("%d issued, %d refused", issued, 1000-issued)
	assert.Greater(t, issued, 100)
	assert.Less(t, issued, 900)
}

// hostileNames makes names: other scripts, marks that turn the reading, NUL,
// blanks, text that looks like a part of a DN, over the bounds.
func hostileNames(n int) []authority.Name {
	r := mrand.New(mrand.NewPCG(3, 4))
	parts := []string{
		"Budi", "Contoh", "محمد مثال", "ꦧꦸꦢꦶ", "李", "Ñandú", "e\u0301", "\x00", "\u202e", "\u2066", "\ufeff", "\u00ad", " ", "  ", "\t", "\r\n",
		",O=Lain", "+CN=Lain", "/CN=Lain", "#0c0441", "\\2c", "\"", "<script>", "=", ";", "\xff", "\xed\xa0\x80", "3371990101900001",
		"\U0001f600", "\ue000", strings.Repeat("a", 60), "*.contoh.example", "-", ".", "'", "\u200d", "\u00a0", "http://x", "S.T.", "xn--80ak6aa92e",
	}
	made := func() string {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	names := make([]authority.Name, n)
	for i := range names {
		names[i] = authority.Name{CommonName: made()}
		switch i % 3 {
		case 1:
			names[i].Organization = made()
		case 2:
			names[i].Organization, names[i].OrganizationalUnit = "Pemerintah Kota Contoh", made()
		}
	}
	return names
}

// TestLinterFinds holds that the linter, filtered as it is, sees what is wrong.
func TestLinterFinds(t *testing.T) {
	r := rules(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, change := range map[string]func(c *x509.Certificate){
		"a name over 64 characters":     func(c *x509.Certificate) { c.Subject.CommonName = strings.Repeat("a", 65) },
		"a serial over 20 octets":       func(c *x509.Certificate) { c.SerialNumber.Lsh(c.SerialNumber, 170) },
		"an address by https":           func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"https://pki.contoh.example/ca.crt"} },
		"a key usage of authorities":    func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign },
		"a statement without qualified": func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, sscd(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			c := &x509.Certificate{
				SerialNumber: big.NewInt(1 << 40), Subject: pkix.Name{CommonName: "Budi Contoh", Country: []string{"ID"}},
				NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
				KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
			}
			change(c)
			der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
			require.NoError(t, err)
			assert.NotEmpty(t, lintCertificate(t, r, der))
		})
	}
}

// sscd is a qcStatements extension with QcSSCD alone.
func sscd(t *testing.T) pkix.Extension {
	t.Helper()
	value, err := asn1.Marshal([]struct{ ID asn1.ObjectIdentifier }{{asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 4}}})
	require.NoError(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}, Value: value}
}
