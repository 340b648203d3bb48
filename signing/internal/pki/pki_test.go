package pki_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"
)

// day0 is when everything made here begins. It lies far ahead, because
// golang.org/x/crypto/ocsp writes today's date as producedAt; only responders
// are valid today.
var day0 = time.Date(2090, 1, 4, 0, 0, 0, 0, time.UTC)

func days(n int) time.Time { return day0.AddDate(0, 0, n) }

var (
	oidAdobe      = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}
	oidDocuments  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	oidExtKeyUse  = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidNoCheck    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidInvalidity = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidScope      = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidExpired    = asn1.ObjectIdentifier{2, 5, 29, 60}
	oidUnknown    = asn1.ObjectIdentifier{1, 2, 3, 4}
)

// entity is a certificate with its key. It makes certificates of any shape,
// wrong ones too, which package authority refuses to.
type entity struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func newKey(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

func template(name string) *x509.Certificate {
	var serial [16]byte
	rand.Read(serial[:])
	serial[0] = serial[0]&0x3f | 0x40
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:]),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    day0, NotAfter: days(1000), BasicConstraintsValid: true,
	}
}

func authorityTemplate(name string) *x509.Certificate {
	t := template(name)
	t.IsCA, t.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	t.NotAfter = days(3000)
	return t
}

func leafTemplate() *x509.Certificate {
	t := template("Budi Contoh")
	t.KeyUsage = x509.KeyUsageDigitalSignature
	return t
}

// critical writes a critical extended key usage.
func critical(t testing.TB, usages ...asn1.ObjectIdentifier) pkix.Extension {
	t.Helper()
	value, err := asn1.Marshal(usages)
	require.NoError(t, err)
	return pkix.Extension{Id: oidExtKeyUse, Critical: true, Value: value}
}

func selfSigned(t testing.TB, tmpl *x509.Certificate) *entity {
	t.Helper()
	e := &entity{key: newKey(t, elliptic.P256())}
	e.cert = sign(t, tmpl, tmpl, e.key.Public(), e.key)
	return e
}

func (e *entity) issue(t testing.TB, tmpl *x509.Certificate) *entity {
	t.Helper()
	return e.issueFor(t, tmpl, newKey(t, elliptic.P256()))
}

func (e *entity) issueFor(t testing.TB, tmpl *x509.Certificate, key crypto.Signer) *entity {
	t.Helper()
	return &entity{sign(t, tmpl, e.cert, key.Public(), e.key), key}
}

func sign(t testing.TB, tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

// world is a root, an issuing authority, a leaf and a delegated responder.
type world struct {
	root, issuing, leaf, responder *entity
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{root: selfSigned(t, authorityTemplate("Root PALSU"))}
	w.issuing = w.root.issue(t, authorityTemplate("CA PALSU"))
	w.leaf = w.issuing.issue(t, leafTemplate())
	w.responder = w.issuing.issue(t, responderTemplate(true))
	return w
}

func responderTemplate(noCheck bool) *x509.Certificate {
	t := template("OCSP PALSU")
	t.NotBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}
	if noCheck {
		t.ExtraExtensions = []pkix.Extension{{Id: oidNoCheck, Value: []byte{5, 0}}}
	}
	return t
}

// ocspBy makes a response about the world's leaf, signed by whom the case
// wants.
func (w *world) ocspBy(t testing.TB, signer *entity, change func(*ocsp.Response)) []byte {
	t.Helper()
	r := ocsp.Response{
		Status: ocsp.Good, SerialNumber: w.leaf.cert.SerialNumber, Certificate: signer.cert,
		ThisUpdate: days(10),
	}
	if change != nil {
		change(&r)
	}
	der, err := ocsp.CreateResponse(w.issuing.cert, signer.cert, r, signer.key)
	require.NoError(t, err)
	return der
}

func (w *world) ocsp(t testing.TB, change func(*ocsp.Response)) []byte {
	t.Helper()
	return w.ocspBy(t, w.responder, change)
}

// crlBy makes a list signed by whom the case wants.
func crlBy(t testing.TB, signer *entity, change func(*x509.RevocationList)) []byte {
	t.Helper()
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: days(10), NextUpdate: days(11)}
	if change != nil {
		change(l)
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, signer.cert, signer.key)
	require.NoError(t, err)
	return der
}

func (w *world) crl(t testing.TB, change func(*x509.RevocationList)) []byte {
	t.Helper()
	return crlBy(t, w.issuing, change)
}

// revokedCRL lists the world's leaf.
func (w *world) revokedCRL(t testing.TB, at time.Time, reason int, extra ...pkix.Extension) []byte {
	t.Helper()
	return w.crl(t, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{
			SerialNumber: w.leaf.cert.SerialNumber, RevocationTime: at, ReasonCode: reason, ExtraExtensions: extra,
		}}
	})
}

func generalized(t testing.TB, at time.Time) []byte {
	t.Helper()
	value, err := asn1.MarshalWithParams(at.UTC(), "generalized")
	require.NoError(t, err)
	return value
}
