package signing_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// testNow is the instant at which the tests sign: the present, since x/crypto writes the real time into OCSP answers.
var testNow = time.Now().UTC().Truncate(time.Second)

func now() time.Time { return testNow }

var (
	rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return mustKey(rsa.GenerateKey(rand.Reader, 2048)) })
	p256    = sync.OnceValue(func() *ecdsa.PrivateKey { return mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	p384    = sync.OnceValue(func() *ecdsa.PrivateKey { return mustKey(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)) })
)

func mustKey[K any](k K, err error) K {
	if err != nil {
		panic(err)
	}
	return k
}

// authority is a test root with an issuing authority below it.
type authority struct {
	rootKey, caKey *ecdsa.PrivateKey
	root, ca       *x509.Certificate
}

var newAuthority = sync.OnceValue(func() *authority {
	a := &authority{
		rootKey: mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		caKey:   mustKey(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
	}
	ca := func(cn string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: cn, Country: []string{"ID"}},
			NotBefore: testNow.AddDate(-5, 0, 0), NotAfter: testNow.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		}
	}
	root := ca("Root Contoh (UJI)")
	a.root = issue(root, root, a.rootKey.Public(), a.rootKey)
	a.ca = issue(ca("CA Contoh (UJI)"), a.root, a.caKey.Public(), a.rootKey)
	return a
})

func issue(tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c
}

// leaf is a template for a person's certificate.
func leaf(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Pemerintah Kota Contoh"}, Country: []string{"ID"}},
		NotBefore:    testNow.AddDate(0, -1, 0), NotAfter: testNow.AddDate(2, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	}
}

// person gives somebody a key with a certificate from the test authority.
func person(t testing.TB, name string, key crypto.Signer) *signing.Key {
	t.Helper()
	return keyFor(t, leaf(name), key)
}

func keyFor(t testing.TB, tmpl *x509.Certificate, key crypto.Signer) *signing.Key {
	t.Helper()
	a := newAuthority()
	c := issue(tmpl, a.ca, key.Public(), a.caKey)
	require.NotNil(t, c)
	return &signing.Key{Signer: key, Certificate: c, Chain: []*x509.Certificate{a.ca, a.root}}
}
