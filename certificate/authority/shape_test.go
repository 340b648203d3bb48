package authority_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
)

// TestEveryPartIsChecked changes one part of a certificate after the other: the
// check before the real signature names it.
func TestEveryPartIsChecked(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	other := issue(t, newAuthority(t, authority.Config{}))
	extension := func(c *x509.Certificate, oid ...int) *pkix.Extension {
		i := slices.IndexFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oid) })
		require.GreaterOrEqual(t, i, 0)
		return &c.Extensions[i]
	}
	for name, tt := range map[string]struct {
		change func(c *x509.Certificate)
		want   string
	}{
		"version 1":                      {func(c *x509.Certificate) { c.Version = 1 }, "version"},
		"another serial":                 {func(c *x509.Certificate) { c.SerialNumber = big.NewInt(1) }, "serial"},
		"SHA-1":                          {func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }, "signature algorithm"},
		"another issuer":                 {func(c *x509.Certificate) { c.RawIssuer = other.RawSubject }, "issuer"},
		"another subject":                {func(c *x509.Certificate) { c.RawSubject = other.RawIssuer }, "subject"},
		"valid from earlier on":          {func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(-time.Second) }, "notBefore"},
		"valid a second longer":          {func(c *x509.Certificate) { c.NotAfter = c.NotAfter.Add(time.Second) }, "notAfter"},
		"another key":                    {func(c *x509.Certificate) { c.RawSubjectPublicKeyInfo = other.RawSubjectPublicKeyInfo }, "public key"},
		"an authority":                   {func(c *x509.Certificate) { c.IsCA = true }, "basicConstraints"},
		"keyCertSign":                    {func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }, "keyUsage"},
		"another usage":                  {func(c *x509.Certificate) { extension(c, 2, 5, 29, 37).Value = []byte{0x30, 0} }, "extendedKeyUsage"},
		"another statement":              {func(c *x509.Certificate) { extension(c, 1, 3, 6, 1, 5, 5, 7, 1, 3).Value = []byte{0x30, 0} }, "qcStatements"},
		"no policy":                      {func(c *x509.Certificate) { c.Policies = nil }, "certificatePolicies"},
		"another subject key identifier": {func(c *x509.Certificate) { c.SubjectKeyId = other.SubjectKeyId }, "subjectKeyIdentifier"},
		"another issuer's key":           {func(c *x509.Certificate) { c.AuthorityKeyId = other.AuthorityKeyId }, "authorityKeyIdentifier"},
		"another responder":              {func(c *x509.Certificate) { c.OCSPServer = []string{"http://lain.example"} }, "OCSP address"},
		"no list":                        {func(c *x509.Certificate) { c.CRLDistributionPoints = nil }, "CRL address"},
		"two issuers' addresses": {func(c *x509.Certificate) {
			c.IssuingCertificateURL = append(c.IssuingCertificateURL, "http://lain.example")
		}, "issuer address"},
		"a mail address":       {func(c *x509.Certificate) { c.EmailAddresses = []string{"budi@contoh.example"} }, "subjectAltName"},
		"an address of a page": {func(c *x509.Certificate) { c.URIs = []*url.URL{{Host: "contoh.example"}} }, "subjectAltName"},
		"an extension too many": {func(c *x509.Certificate) {
			c.Extensions = append(c.Extensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}})
		}, "extension 1.2.3"},
		"an extension twice":           {func(c *x509.Certificate) { c.Extensions = append(c.Extensions, c.Extensions[0]) }, "extension "},
		"a usage that is not critical": {func(c *x509.Certificate) { extension(c, 2, 5, 29, 15).Critical = false }, "extension 2.5.29.15"},
		"an extension too few":         {func(c *x509.Certificate) { c.Extensions = c.Extensions[1:] }, "extension "},
	} {
		t.Run(name, func(t *testing.T) {
			request := authority.Request{ID: requestID(), Subject: authority.Name{CommonName: "Budi Contoh"}, PublicKey: newKey(t).Public()}
			broken, err := a.BrokenParts(authority.BSrELikeProfile(), request, func(*x509.Certificate) {})
			require.NoError(t, err)
			require.Empty(t, broken)
			broken, err = a.BrokenParts(authority.BSrELikeProfile(), request, tt.change)
			require.NoError(t, err)
			require.Len(t, broken, 1)
			assert.Contains(t, broken[0], tt.want)
		})
	}
}

// countingSigner counts signatures.
type countingSigner struct {
	crypto.Signer
	count int
}

func (s *countingSigner) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.count++
	return s.Signer.Sign(rand, digest, opts)
}

// TestNothingIsSignedUnseen asks for a certificate that cannot be as its
// profile says: the key of the authority is not touched and no serial is used.
func TestNothingIsSignedUnseen(t *testing.T) {
	ctx := context.Background()
	signer := &countingSigner{Signer: newKey(t)}
	ledger := authority.NewMemoryLedger()
	a := newAuthority(t, authority.Config{Ledger: ledger, Issuing: []authority.KeyPair{{Signer: signer}}})
	p := authority.PersonProfile()
	p.Policies = append(p.Policies, x509.OID{})
	r := authority.Request{ID: requestID(), Subject: authority.Name{CommonName: "Budi Contoh"}, PublicKey: newKey(t).Public()}
	_, err := a.IssueProfile(ctx, p, r)
	require.Error(t, err)
	assert.Zero(t, signer.count)
	_, err = ledger.FindRequest(ctx, r.ID)
	require.ErrorIs(t, err, authority.ErrNotFound)

	issued, err := a.IssueProfile(ctx, authority.PersonProfile(), r)
	require.NoError(t, err)
	assert.Equal(t, 1, signer.count)
	entry, err := ledger.FindRequest(ctx, r.ID)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(issued.Certificate.RawTBSCertificate, entry.TBS), "what was checked is what was signed")
}
