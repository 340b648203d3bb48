package pki_test

import (
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
