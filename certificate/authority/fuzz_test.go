package authority_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// Whatever is asked, an answer is one that golang.org/x/crypto/ocsp can read
// and whose signature stands, or a plain error status.
func FuzzOCSPRequest(f *testing.F) {
	a := newAuthority(f, authority.Config{})
	c := issue(f, a)
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		request, err := ocsp.CreateRequest(c, a.Chain()[0], &ocsp.RequestOptions{Hash: hash})
		require.NoError(f, err)
		f.Add(request)
	}
	h := a.OCSPHandler()
	f.Fuzz(func(t *testing.T, request []byte) {
		answer := overHTTP(h, request)
		if len(answer) == 5 {
			require.True(t, bytes.HasPrefix(answer, []byte{0x30, 3, 0x0a, 1}))
			return
		}
		r, err := ocsp.ParseRequest(request)
		if err != nil {
			return // more than one certificate, for instance
		}
		_, err = ocsp.ParseResponseForCert(answer, &x509.Certificate{SerialNumber: r.SerialNumber}, a.Chain()[0])
		require.NoError(t, err)
	})
}

// A PKCS#10 gives a certificate for its own key, or an error.
func FuzzIssueCSR(f *testing.F) {
	a := newAuthority(f, authority.Config{})
	f.Add(newCSR(f, newKey(f)))
	rsaKey, err := authority.RSA2048.GenerateKey()
	require.NoError(f, err)
	f.Add(newCSR(f, rsaKey))
	subject := budi(f, newKey(f)).Subject
	f.Fuzz(func(t *testing.T, csr []byte) {
		issued, err := a.Issue(context.Background(), certificate.IssueRequest{RequestID: requestID(), Subject: subject, CSR: csr})
		if err != nil {
			require.Nil(t, issued.Certificate)
			return
		}
		parsed, err := x509.ParseCertificateRequest(csr)
		require.NoError(t, err)
		require.Equal(t, parsed.RawSubjectPublicKeyInfo, issued.Certificate.RawSubjectPublicKeyInfo)
	})
}

// A name comes out as it went in, or is refused.
func FuzzIssueName(f *testing.F) {
	a := newAuthority(f, authority.Config{})
	key := newKey(f)
	for _, name := range []string{"Budi Contoh", "Ni Luh Ayu Contoh", "O'Contoh, S.Kom", "محمد", "Budi\x00Contoh", " Budi", "CN=Lain,O=Instansi"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		issued, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
			ID: requestID(), Subject: authority.Name{CommonName: name}, PublicKey: key.Public(),
		})
		if err != nil {
			require.ErrorIs(t, err, authority.ErrName)
			return
		}
		require.Equal(t, name, issued.Certificate.Subject.CommonName)
		require.LessOrEqual(t, utf8.RuneCountInString(name), 64)
		require.Len(t, issued.Certificate.Subject.Names, 2, "CN and C, nothing slipped in")
	})
}
