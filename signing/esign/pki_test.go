package esign_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/tsa"
	"github.com/sertel-id/sertel/signing/verify"
)

// testNow is the instant at which the tests sign: the present, since x/crypto writes the real time into OCSP answers.
var testNow = time.Now().UTC().Truncate(time.Second)

func now() time.Time { return testNow }

// Made-up people: the district in the NIK does not exist.
const (
	nikText  = "3371990104850901"
	mailText = "budi.contoh@pns.magelangkota.go.id"
	right    = "Kata Sandi#Contoh1"
	wrong    = "Bukan Sandi#9"
	oneTime  = "0418-7326-04" // longer than a real one, so that it stands nowhere by chance
	appUser  = "e-office"
	appPass  = "rahasia-aplikasi-77"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func budi() esign.Identity {
	return esign.Identity{NIK: must(identity.ParseNIK(nikText)), Name: must(identity.ParseName("Budi Contoh, S.Kom."))}
}

func withPassphrase(p string) signing.Request {
	return signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(p)}}
}

// pki is a root, an authority below it, a time-stamping authority and people.
type pki struct {
	rootKey, caKey *ecdsa.PrivateKey
	root, ca       *x509.Certificate
	stamps         *tsa.Client
	serial         atomic.Int64
}

var testPKI = sync.OnceValue(func() *pki {
	p := &pki{rootKey: newKey(), caKey: newKey()}
	ca := func(cn string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: p.number(), Subject: pkix.Name{CommonName: cn, Country: []string{"ID"}},
			NotBefore: testNow.AddDate(-5, 0, 0), NotAfter: testNow.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}
	}
	root := ca("Root Contoh (UJI)")
	p.root = issue(root, root, p.rootKey.Public(), p.rootKey)
	p.ca = issue(ca("CA Contoh (UJI)"), p.root, p.caKey.Public(), p.rootKey)

	stamp := p.template("TSA Contoh (UJI)")
	eku := must(asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}}))
	stamp.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: eku}}
	key := newKey()
	responder := must(tsa.NewResponder(tsa.ResponderConfig{
		Signer: key, Certificate: issue(stamp, p.ca, key.Public(), p.caKey), Chain: []*x509.Certificate{p.ca},
		Policy: must(x509.ParseOID("2.25.329800735698586629295641978511506172918")), Now: now,
	}))
	p.stamps = must(tsa.NewClient(tsa.ClientConfig{
		URL: "http://tsa.test/", Roots: []*x509.Certificate{p.root}, Transport: direct{responder}, Now: now,
	}))
	return p
})

func newKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func (p *pki) number() *big.Int { return big.NewInt(p.serial.Add(1) + 1000) }

func issue(tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key))))
}

func (p *pki) template(cn string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: p.number(), Subject: pkix.Name{CommonName: cn, Country: []string{"ID"}},
		NotBefore: testNow.AddDate(0, -1, 0), NotAfter: testNow.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
}

// person gives somebody a key and a certificate.
func (p *pki) person(cn string) *signing.Key {
	tmpl := p.template(cn)
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
	key := newKey()
	return &signing.Key{Signer: key, Certificate: issue(tmpl, p.ca, key.Public(), p.caKey), Chain: []*x509.Certificate{p.ca, p.root}}
}

func (p *pki) roots() []verify.Root { return verify.Trust(p.root) }

func (p *pki) evidence() *signing.Evidence {
	return &signing.Evidence{Source: lists{p}, Roots: []*x509.Certificate{p.root}}
}

// lists is a source of revocation lists.
type lists struct{ p *pki }

func (l lists) OCSP(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
	return nil, errors.New("no responder")
}

func (l lists) CRL(_ context.Context, _, issuer *x509.Certificate) ([]byte, error) {
	key := l.p.caKey
	if issuer.Equal(l.p.root) {
		key = l.p.rootKey
	}
	return x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: testNow.Add(-time.Minute), NextUpdate: testNow.Add(time.Hour),
	}, issuer, key)
}

func (l lists) Issuers(context.Context, *x509.Certificate) ([]*x509.Certificate, error) {
	return nil, nil
}

// direct is a transport that ends in a handler.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// letter is a PDF file of a producer, one page of A4 or Letter.
func letter(t testing.TB, producer string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "producers", producer+".pdf"))
	require.NoError(t, err)
	return b
}
