package verify_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/tsa"
	"github.com/sertel-id/sertel/signing/verify"
)

// signedAt is when the test documents are signed, judgedAt when they are
// judged. They lie in the future because x/crypto/ocsp dates its answers by
// the machine's clock, and answers from after the judgment do not count.
var (
	signedAt = time.Date(2048, 3, 2, 2, 0, 0, 0, time.UTC)
	judgedAt = signedAt.Add(24 * time.Hour)
)

// identity is a certificate with its key.
type identity struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// world is a small public key infrastructure: a root, an issuing authority,
// signers, a time-stamping authority, and revocation.
type world struct {
	t       testing.TB
	root    identity
	ca      identity
	tsa     identity
	budi    identity
	sari    identity
	revoked map[string]time.Time // by serial
	reason  int                  // of all revocations, in OCSP
	clock   time.Time
	newKey  func() (crypto.Signer, error)
	others  []identity // further issuers
}

var (
	oidAdobe     = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}
	oidEmail     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4}
	oidStamping  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidExtUsages = asn1.ObjectIdentifier{2, 5, 29, 37}
)

func newWorld(t testing.TB) *world { return newWorldOf(t, p256Key) }

func p256Key() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// rsaKey is of the kind that BSrE uses.
func rsaKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }

func newWorldOf(t testing.TB, newKey func() (crypto.Signer, error)) *world {
	w := &world{t: t, revoked: make(map[string]time.Time), clock: signedAt, newKey: newKey}
	w.root = w.issue(identity{}, authorityTemplate("Akar Contoh"))
	w.ca = w.issue(w.root, authorityTemplate("Penerbit Contoh"))
	stamp := leafTemplate("Stempel Waktu Contoh")
	stamp.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
	w.tsa = w.issue(w.ca, stamp)
	w.budi = w.issue(w.ca, leafTemplate("Budi Contoh"))
	w.sari = w.issue(w.ca, leafTemplate("Sari Contoh"))
	return w
}

func usages(ids ...asn1.ObjectIdentifier) pkix.Extension {
	value, err := asn1.Marshal(ids)
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: oidExtUsages, Critical: true, Value: value}
}

func authorityTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Badan Contoh"}, Country: []string{"ID"}},
		NotBefore:             signedAt.AddDate(-1, 0, 0),
		NotAfter:              signedAt.AddDate(9, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
	}
}

func leafTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Pemerintah Kota Contoh"}, Country: []string{"ID"}},
		NotBefore:             signedAt.AddDate(0, -1, 0),
		NotAfter:              signedAt.AddDate(2, 0, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtraExtensions:       []pkix.Extension{usages(oidAdobe, oidEmail)},
	}
}

// issue makes a certificate; without an issuer it signs itself.
func (w *world) issue(issuer identity, template *x509.Certificate) identity {
	w.t.Helper()
	key, err := w.newKey()
	require.NoError(w.t, err)
	return w.certify(issuer, template, key)
}

func (w *world) certify(issuer identity, template *x509.Certificate, key crypto.Signer) identity {
	w.t.Helper()
	if template.SerialNumber == nil {
		serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
		require.NoError(w.t, err)
		template.SerialNumber = serial.Add(serial, big.NewInt(1))
	}
	parent, signer := template, key
	if issuer.cert != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(w.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(w.t, err)
	return identity{key, cert}
}

func (w *world) now() time.Time { return w.clock }

// revoke marks the certificate as revoked from the given time.
func (w *world) revoke(id identity, at time.Time) { w.revoked[id.cert.SerialNumber.String()] = at }

// key is the identity as the signer takes it.
func (w *world) key(id identity) *signing.Key {
	return &signing.Key{Signer: id.key, Certificate: id.cert, Chain: []*x509.Certificate{w.ca.cert}}
}

// issuerOf knows who issued what in this world.
func (w *world) issuerOf(cert *x509.Certificate) identity {
	if bytes.Equal(cert.RawIssuer, w.root.cert.RawSubject) {
		return w.root
	}
	for _, other := range w.others {
		if bytes.Equal(cert.RawIssuer, other.cert.RawSubject) {
			return other
		}
	}
	return w.ca
}

// OCSP and the methods below make world a source of revocation data as of its
// clock: OCSP for leaves, a CRL for authorities.
func (w *world) OCSP(_ context.Context, cert, _ *x509.Certificate) ([]byte, error) {
	if cert.IsCA {
		return nil, errors.New("no responder")
	}
	issuer := w.issuerOf(cert)
	answer := ocsp.Response{SerialNumber: cert.SerialNumber, ThisUpdate: w.clock.Truncate(time.Second)}
	if at, ok := w.revoked[cert.SerialNumber.String()]; ok {
		answer.Status, answer.RevokedAt, answer.RevocationReason = ocsp.Revoked, at, w.reason
	}
	return ocsp.CreateResponse(issuer.cert, issuer.cert, answer, issuer.key)
}

func (w *world) CRL(_ context.Context, cert, _ *x509.Certificate) ([]byte, error) {
	issuer := w.issuerOf(cert)
	list := &x509.RevocationList{
		Number: big.NewInt(w.clock.Unix()), ThisUpdate: w.clock.Add(-time.Hour), NextUpdate: w.clock.Add(180 * 24 * time.Hour),
	}
	for serial, at := range w.revoked {
		n, _ := new(big.Int).SetString(serial, 10)
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: n, RevocationTime: at})
	}
	return x509.CreateRevocationList(rand.Reader, list, issuer.cert, issuer.key)
}

func (w *world) Issuers(context.Context, *x509.Certificate) ([]*x509.Certificate, error) {
	return nil, nil
}

// stamper asks an authority through the client, without a network.
func (w *world) stamper(id identity, roots ...*x509.Certificate) signing.Timestamper {
	w.t.Helper()
	policy, err := x509.OIDFromInts([]uint64{2, 25, 4_242, 1})
	require.NoError(w.t, err)
	responder, err := tsa.NewResponder(tsa.ResponderConfig{
		Signer: id.key, Certificate: id.cert, Chain: []*x509.Certificate{w.issuerOf(id.cert).cert}, Policy: policy, Now: w.now,
	})
	require.NoError(w.t, err)
	client, err := tsa.NewClient(tsa.ClientConfig{
		URL: "http://tsa.example/", Roots: append(roots, w.root.cert), Now: w.now, Transport: inProcess{responder},
	})
	require.NoError(w.t, err)
	return client
}

// inProcess is a transport that calls a handler.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

func (w *world) evidence() *signing.Evidence {
	return &signing.Evidence{Source: w, Roots: []*x509.Certificate{w.root.cert}}
}

// optionsBB, optionsBT and optionsBLT sign at the three levels.
func (w *world) optionsBB(id identity) signing.Options {
	return signing.Options{Key: w.key(id), Now: w.now, Reason: "Persetujuan", Location: "Kota Contoh"}
}

func (w *world) optionsBT(id identity) signing.Options {
	o := w.optionsBB(id)
	o.Timestamper = w.stamper(w.tsa)
	return o
}

func (w *world) optionsBLT(id identity) signing.Options {
	o := w.optionsBT(id)
	o.Evidence = w.evidence()
	return o
}

// sign signs a document in memory.
func (w *world) sign(document []byte, opts signing.Options) []byte {
	w.t.Helper()
	var out bytes.Buffer
	_, err := signing.Sign(context.Background(), &out, bytes.NewReader(document), int64(len(document)), opts)
	require.NoError(w.t, err)
	return out.Bytes()
}

// options trusts the root and judges a day later, with revocation data of
// that day.
func (w *world) options() verify.Options {
	return verify.Options{Roots: verify.Trust(w.root.cert), At: judgedAt}
}

// online is options with a fetcher that answers as of the time of judgment.
func (w *world) online() verify.Options {
	o := w.options()
	later := *w
	later.clock = judgedAt
	o.Fetcher = &later
	return o
}

func judge(t testing.TB, document []byte, opts verify.Options) *verify.Report {
	t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), opts)
	require.NoError(t, err)
	return report
}

func codes(report *verify.Report) []verify.Code {
	var all []verify.Code
	for _, f := range report.Findings {
		all = append(all, f.Code)
	}
	for _, s := range report.Signatures {
		for _, f := range s.Findings {
			all = append(all, f.Code)
		}
	}
	return all
}

func text(t testing.TB, report *verify.Report, lang verify.Lang) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, report.WriteText(&out, lang))
	return out.String()
}

// today is a world whose certificates are valid now, for outside programs
// that know no other clock.
func (w *world) today() *world {
	now := time.Now().UTC().Truncate(time.Second)
	t := &world{t: w.t, revoked: w.revoked, clock: now.Add(-time.Hour), newKey: w.newKey}
	shift := func(template *x509.Certificate) *x509.Certificate {
		template.NotBefore, template.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(2, 0, 0)
		return template
	}
	t.root = w.issue(identity{}, shift(authorityTemplate("Akar Contoh")))
	t.ca = w.issue(t.root, shift(authorityTemplate("Penerbit Contoh")))
	stamp := shift(leafTemplate("Stempel Waktu Contoh"))
	stamp.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
	t.tsa = w.issue(t.ca, stamp)
	t.budi = w.issue(t.ca, shift(leafTemplate("Budi Contoh")))
	t.sari = w.issue(t.ca, shift(leafTemplate("Sari Contoh")))
	return t
}
