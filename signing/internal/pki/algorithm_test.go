package pki_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

func TestSignatureAlgorithms(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for algorithm, key := range map[x509.SignatureAlgorithm]crypto.Signer{
		x509.SHA256WithRSA: rsaKey, x509.SHA384WithRSA: rsaKey, x509.SHA512WithRSA: rsaKey,
		x509.SHA256WithRSAPSS: rsaKey, x509.SHA384WithRSAPSS: rsaKey, x509.SHA512WithRSAPSS: rsaKey,
		x509.ECDSAWithSHA256: newKey(t, elliptic.P256()), x509.ECDSAWithSHA384: newKey(t, elliptic.P384()),
		x509.ECDSAWithSHA512: newKey(t, elliptic.P521()), x509.PureEd25519: edKey,
	} {
		t.Run(algorithm.String(), func(t *testing.T) {
			root := selfSigned(t, authorityTemplate("Root PALSU"))
			issuing := root.issueFor(t, authorityTemplate("CA PALSU"), key)
			leaf := issuing.issue(t, leafTemplate())
			list := crlBy(t, issuing, func(l *x509.RevocationList) { l.SignatureAlgorithm = algorithm })
			e, err := pki.CheckCRL(list, leaf.cert, issuing.cert)
			require.NoError(t, err)
			assert.Equal(t, pki.StatusGood, e.Status)
		})
	}
}
