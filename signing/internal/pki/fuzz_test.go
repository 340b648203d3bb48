package pki_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// What is accepted was signed, so it cannot say another thing than one of the
// seeds did.
func FuzzCheckOCSP(f *testing.F) {
	w := newWorld(f)
	f.Add(w.ocsp(f, nil))
	f.Add(w.ocspBy(f, w.issuing, nil))
	f.Add(w.ocsp(f, func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, days(3) }))
	f.Add(ocsp.UnauthorizedErrorResponse)
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := pki.CheckOCSP(raw, w.leaf.cert, w.issuing.cert)
		if err != nil {
			require.True(t, e == nil)
			return
		}
		require.Equal(t, days(10), e.ThisUpdate)
		require.NotEqual(t, pki.StatusUnknown, e.Status)
	})
}

func FuzzCheckCRL(f *testing.F) {
	w := newWorld(f)
	f.Add(w.crl(f, nil))
	f.Add(w.revokedCRL(f, days(3), 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := pki.CheckCRL(raw, w.leaf.cert, w.issuing.cert)
		if err != nil {
			require.True(t, e == nil)
			return
		}
		require.Equal(t, days(10), e.ThisUpdate)
		require.Equal(t, days(11), e.NextUpdate)
	})
}

// Whether name constraints are critical makes no difference (RFC 5280 section
// 6.1.4 g).
func FuzzNameConstraints(f *testing.F) {
	w := newWorld(f)
	f.Add([]byte("\x30\x14\xa0\x12\x30\x10\x82\x0econtoh.example"))
	f.Add([]byte("\x30\x13\xa0\x11\x30\x0f\xa4\x0d\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x06\x13\x00"))
	leaf, key := leafTemplate(), newKey(f, elliptic.P256())
	f.Fuzz(func(t *testing.T, value []byte) {
		found := func(critical bool) bool {
			tmpl := authorityTemplate("CA PALSU")
			tmpl.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: critical, Value: value}}
			der, err := x509.CreateCertificate(rand.Reader, tmpl, w.root.cert, key.Public(), w.root.key)
			require.NoError(t, err)
			issuing, err := x509.ParseCertificate(der)
			if err != nil {
				t.Skip("not a certificate")
			}
			opts := w.options()
			opts.Intermediates = []*x509.Certificate{issuing}
			_, err = pki.FindPath((&entity{issuing, key}).issueFor(t, leaf, key).cert, opts)
			return err == nil
		}
		require.Equal(t, found(true), found(false))
	})
}
