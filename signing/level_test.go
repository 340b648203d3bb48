package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/tsa"
	"github.com/sertel-id/sertel/signing/verify"
)

// service is a time-stamping authority, an OCSP responder, CRLs and issuers'
// certificates on one address.
type service struct {
	*httptest.Server
	clock   time.Time
	revoked map[string]time.Time // by serial number
	ocsp    bool                 // answers at all
	asked   []string
}

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

func newService(t testing.TB) *service {
	t.Helper()
	a := newAuthority()
	tmpl := leaf("TSA Contoh (UJI)")
	tmpl.ExtKeyUsage = nil
	eku, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	require.NoError(t, err)
	tmpl.ExtraExtensions = []pkix.Extension{{Id: oidExtKeyUsage, Critical: true, Value: eku}}
	s := &service{clock: testNow, revoked: map[string]time.Time{}, ocsp: true}
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	tmpl.OCSPServer = []string{s.URL + "/ocsp"}
	tsaCert := issue(tmpl, a.ca, p256().Public(), a.caKey)
	policy, err := x509.ParseOID("2.25.329800735698586629295641978511506172918")
	require.NoError(t, err)
	responder, err := tsa.NewResponder(tsa.ResponderConfig{Signer: p256(), Certificate: tsaCert,
		Chain: []*x509.Certificate{a.ca}, Policy: policy, Now: func() time.Time { return s.clock }})
	require.NoError(t, err)
	mux.Handle("/tsa", responder)
	mux.HandleFunc("/ocsp", s.answerOCSP)
	mux.HandleFunc("/root.crl", s.crl(a.root, a.rootKey))
	mux.HandleFunc("/ca.crl", s.crl(a.ca, a.caKey))
	mux.HandleFunc("/ca.crt", func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.Path)
		_, _ = w.Write(a.ca.Raw)
	})
	return s
}

func (s *service) answerOCSP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.URL.Path)
	body, _ := io.ReadAll(r.Body)
	req, err := ocsp.ParseRequest(body)
	if err != nil || !s.ocsp {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	a := newAuthority()
	answer := ocsp.Response{Status: ocsp.Good, SerialNumber: req.SerialNumber, ThisUpdate: s.clock}
	if at, ok := s.revoked[req.SerialNumber.String()]; ok {
		answer.Status, answer.RevokedAt = ocsp.Revoked, at
	}
	der, err := ocsp.CreateResponse(a.ca, a.ca, answer, a.caKey)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(der)
}

func (s *service) crl(issuer *x509.Certificate, key crypto.Signer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.Path)
		list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: s.clock.Add(-time.Hour), NextUpdate: s.clock.Add(time.Hour)}
		for serial, at := range s.revoked {
			n, _ := new(big.Int).SetString(serial, 10)
			list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: n, RevocationTime: at})
		}
		der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(der)
	}
}

// person gives somebody a certificate that names the service's addresses. The
// authority above names none, so its status is asked of the source directly.
func (s *service) person(t testing.TB, crl bool) *signing.Key {
	tmpl := leaf("Budi Contoh")
	tmpl.IssuingCertificateURL = []string{s.URL + "/ca.crt"}
	if crl {
		tmpl.CRLDistributionPoints = []string{s.URL + "/ca.crl"}
	} else {
		tmpl.OCSPServer = []string{s.URL + "/ocsp"}
	}
	return keyFor(t, tmpl, rsa2048())
}

func (s *service) timestamper(t testing.TB) *tsa.Client {
	t.Helper()
	c, err := tsa.NewClient(tsa.ClientConfig{URL: s.URL + "/tsa", Roots: []*x509.Certificate{newAuthority().root}, Now: func() time.Time { return s.clock }})
	require.NoError(t, err)
	return c
}

// source asks the addresses in certificates, and the root's list for the
// issuing authority, which was made before the service had an address.
type source struct {
	signing.RevocationSource
	s *service
	t testing.TB
}

func (f source) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	if !bytes.Equal(issuer.Raw, newAuthority().root.Raw) {
		return f.RevocationSource.CRL(ctx, cert, issuer)
	}
	r, err := http.Get(f.s.URL + "/root.crl")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

func (s *service) evidence(t testing.TB) *signing.Evidence {
	t.Helper()
	h, err := signing.NewHTTPSource(signing.HTTPConfig{Hosts: []string{strings.TrimPrefix(s.URL, "http://")}, Now: func() time.Time { return s.clock }})
	require.NoError(t, err)
	return &signing.Evidence{Source: source{h, s, t}, Roots: []*x509.Certificate{newAuthority().root}}
}

func judged(t testing.TB, b []byte) *verify.Report {
	t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(b), int64(len(b)), verify.Options{
		Roots: verify.Trust(newAuthority().root), Now: func() time.Time { return testNow.Add(time.Minute) }})
	require.NoError(t, err)
	return report
}

func TestLevels(t *testing.T) {
	s := newService(t)
	j := newJudge(t)
	for _, file := range []string{"libreoffice.pdf", "pdftex.pdf", "encrypted-aes256-r6.pdf"} {
		t.Run(file, func(t *testing.T) {
			in := producer(t, file)
			key := s.person(t, false)
			bt, r, err := sign(t, in, signing.Options{Key: key, Timestamper: s.timestamper(t)})
			require.NoError(t, err)
			require.Equal(t, signing.LevelBT, r.Level)
			require.Equal(t, signing.TimeAuthority, r.TimeSource)
			require.True(t, r.Time.Equal(testNow))
			require.Empty(t, j.faults(t, in, bt, true))
			require.Equal(t, verify.LevelBT, judged(t, bt).Signatures[0].Level)

			lt, r, err := sign(t, in, signing.Options{Key: key, Timestamper: s.timestamper(t), Evidence: s.evidence(t)})
			require.NoError(t, err)
			require.Equal(t, signing.LevelBLT, r.Level)
			report := judged(t, lt)
			require.NoError(t, report.Err())
			require.Equal(t, verify.LevelBLT, report.Signatures[0].Level)
			require.Equal(t, "document", report.Signatures[0].Revocation.Source)
			text, code := asked(t, j.qpdf, "--check", write(t, lt))
			require.Zero(t, code, text)

			// The second signer signs what is B-LT already.
			second, _, err := sign(t, lt, signing.Options{Key: key, Timestamper: s.timestamper(t), Evidence: s.evidence(t)})
			require.NoError(t, err)
			report = judged(t, second)
			require.NoError(t, report.Err())
			require.Len(t, report.Signatures, 2)
			for _, sig := range report.Signatures {
				require.Equal(t, verify.LevelBLT, sig.Level)
			}
			doc, err := pdf.Open(bytes.NewReader(second), int64(len(second)), pdf.Options{})
			require.NoError(t, err)
			catalog, err := doc.Catalog()
			require.NoError(t, err)
			dss, err := doc.Dict(catalog["DSS"])
			require.NoError(t, err)
			vri, err := doc.Dict(dss["VRI"])
			require.NoError(t, err)
			require.Len(t, vri, 2)
			certs, err := doc.Array(dss["Certs"])
			require.NoError(t, err)
			require.Len(t, certs, 4, "signer, authority, root and TSA, once each")
		})
	}
}

// TestAskedOncePerCertificate holds that the authority above both the signer
// and the time-stamp is asked about once, and so is not in the store twice.
func TestAskedOncePerCertificate(t *testing.T) {
	s := newService(t)
	e := s.evidence(t)
	counted := &counting{RevocationSource: e.Source, asked: map[string]int{}}
	e.Source = counted
	mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: s.person(t, false), Timestamper: s.timestamper(t), Evidence: e})
	require.Len(t, counted.asked, 4, "OCSP of signer, TSA and authority, and the root's list where the authority names no responder: %v", counted.asked)
	for what, n := range counted.asked {
		require.Equal(t, 1, n, what)
	}
}

// counting counts what is asked about each certificate.
type counting struct {
	signing.RevocationSource
	asked map[string]int
}

func (c *counting) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	c.asked["OCSP of "+cert.Subject.CommonName]++
	return c.RevocationSource.OCSP(ctx, cert, issuer)
}

func (c *counting) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	c.asked["CRL for "+cert.Subject.CommonName]++
	return c.RevocationSource.CRL(ctx, cert, issuer)
}

// TestCertifiedLevel holds that the evidence may follow a certification that
// allows no change at all (ISO 32000-2, 12.8.2.2.2).
func TestCertifiedLevel(t *testing.T) {
	s := newService(t)
	out := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: s.person(t, false), Certify: signing.CertifyNoChanges,
		Timestamper: s.timestamper(t), Evidence: s.evidence(t)})
	report := judged(t, out)
	require.NoError(t, report.Err())
	require.Equal(t, verify.LevelBLT, report.Signatures[0].Level)
	require.Equal(t, verify.PermitNothing, report.Signatures[0].Permits)
}

func TestExtend(t *testing.T) {
	s := newService(t)
	in := producer(t, "libreoffice.pdf")
	bt := mustSign(t, in, signing.Options{Key: s.person(t, true), Timestamper: s.timestamper(t)})
	extend := func(b []byte, field string) ([]byte, signing.Extended, error) {
		var out bytes.Buffer
		r, err := signing.Extend(context.Background(), &out, bytes.NewReader(b), int64(len(b)),
			signing.ExtendOptions{Field: field, Evidence: s.evidence(t), Now: now})
		return out.Bytes(), r, err
	}
	lt, r, err := extend(bt, "")
	require.NoError(t, err)
	require.Equal(t, signing.LevelBLT, r.Level)
	require.Equal(t, "Signature1", r.Signatures[0].Field)
	require.NoError(t, r.Signatures[0].Missing)
	report := judged(t, lt)
	require.NoError(t, report.Err())
	require.Equal(t, verify.LevelBLT, report.Signatures[0].Level)
	require.Equal(t, "crl", report.Signatures[0].Revocation.Kind)

	again, _, err := extend(lt, "Signature1")
	require.NoError(t, err)
	require.Equal(t, lt, again, "nothing is missing, so nothing is added")

	_, _, err = extend(bt, "Signature9")
	require.ErrorIs(t, err, signing.ErrNoSignature)
	_, _, err = extend(in, "")
	require.ErrorIs(t, err, signing.ErrNoSignature)
	_, _, err = extend(mustSign(t, in, signing.Options{Key: s.person(t, false)}), "")
	require.ErrorIs(t, err, signing.ErrNoTimestamp)
	_, err = signing.Extend(context.Background(), io.Discard, bytes.NewReader(bt), int64(len(bt)), signing.ExtendOptions{})
	require.Error(t, err, "no evidence source")
}

func TestEvidenceFailures(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	tests := []struct {
		name   string
		change func(s *service, o *signing.Options)
		want   error
	}{
		{"responder away", func(s *service, _ *signing.Options) { s.ocsp = false }, signing.ErrEvidence},
		{"another root", func(_ *service, o *signing.Options) {
			o.Evidence.Roots = []*x509.Certificate{newAuthority().ca}[:0:0]
			o.Evidence.Roots = append(o.Evidence.Roots, selfMade(p256()))
		}, signing.ErrEvidence},
		{"signer revoked before", func(s *service, o *signing.Options) {
			s.revoked[o.Key.Certificate.SerialNumber.String()] = testNow.Add(-time.Hour)
		}, signing.ErrRevoked},
		{"authority revoked before", func(s *service, _ *signing.Options) {
			s.revoked[newAuthority().ca.SerialNumber.String()] = testNow.Add(-time.Hour)
		}, signing.ErrRevoked},
		{"a list of another authority", func(s *service, o *signing.Options) {
			o.Evidence.Source = foreign{o.Evidence.Source}
		}, signing.ErrEvidence},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newService(t)
			opts := signing.Options{Key: s.person(t, false), Timestamper: s.timestamper(t), Evidence: s.evidence(t)}
			tt.change(s, &opts)
			_, _, err := sign(t, in, opts)
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func selfMade(key crypto.Signer) *x509.Certificate {
	tmpl := leaf("Root lain")
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	return issue(tmpl, tmpl, key.Public(), key)
}

// foreign gives evidence that is not about what was asked.
type foreign struct{ signing.RevocationSource }

func (f foreign) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	other := *cert
	other.SerialNumber = big.NewInt(4711)
	a := newAuthority()
	return ocsp.CreateResponse(a.ca, a.ca, ocsp.Response{Status: ocsp.Good, SerialNumber: other.SerialNumber, ThisUpdate: testNow}, a.caKey)
}

// TestMissingIssuer leaves the issuing authority out of the key's chain: it is
// fetched from the address in the certificate.
func TestMissingIssuer(t *testing.T) {
	s := newService(t)
	key := s.person(t, false)
	key.Chain = nil
	e := s.evidence(t)
	lt, _, err := sign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: key, Timestamper: s.timestamper(t), Evidence: e})
	require.NoError(t, err)
	require.Contains(t, s.asked, "/ca.crt")
	require.NoError(t, judged(t, lt).Err())
}

// stamper is a Timestamper that misbehaves.
type stamper func(ctx context.Context, h crypto.Hash, digest []byte) (*tsa.Token, error)

func (f stamper) Timestamp(ctx context.Context, h crypto.Hash, digest []byte) (*tsa.Token, error) {
	return f(ctx, h, digest)
}

func TestTimestampFailures(t *testing.T) {
	s := newService(t)
	in := producer(t, "libreoffice.pdf")
	client := s.timestamper(t)
	away := errors.New("the authority is away")
	tests := []struct {
		name string
		opts signing.Options
		want error
	}{
		{"authority away", signing.Options{Timestamper: stamper(func(context.Context, crypto.Hash, []byte) (*tsa.Token, error) { return nil, away })}, away},
		{"token over another signature", signing.Options{Timestamper: stamper(func(ctx context.Context, h crypto.Hash, d []byte) (*tsa.Token, error) {
			return client.Timestamp(ctx, h, make([]byte, len(d)))
		})}, signing.ErrTimestamp},
		{"no token and no error", signing.Options{Timestamper: stamper(func(context.Context, crypto.Hash, []byte) (*tsa.Token, error) { return nil, nil })}, signing.ErrTimestamp},
		{"token larger than the room", signing.Options{Timestamper: client, TimestampSize: 100}, signing.ErrSpace},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Key = s.person(t, false)
			_, _, err := sign(t, in, tt.opts)
			require.ErrorIs(t, err, tt.want)
			if tt.want != signing.ErrSpace {
				require.ErrorIs(t, err, signing.ErrTimestamp)
			}
		})
	}
}

// TestContainerFits signs with every kind of key and a token: the room
// computed beforehand is never exceeded and never wasteful.
func TestContainerFits(t *testing.T) {
	s := newService(t)
	in := producer(t, "libreoffice.pdf")
	rounds := 16 // about 100 signatures in all
	if os.Getenv("SERTEL_CI") == "1" {
		rounds = 170 // about 1,000
	}
	for _, key := range []crypto.Signer{rsa2048(), p256(), p384()} {
		for _, opts := range []signing.Options{{}, {Timestamper: s.timestamper(t)}} {
			t.Run(fmt.Sprintf("%T %t", key, opts.Timestamper != nil), func(t *testing.T) {
				opts.Key = person(t, "Budi Contoh dengan Nama yang Panjang Sekali", key)
				for range rounds {
					out := mustSign(t, in, opts)
					sig, _ := signatureOf(t, out, "Signature1")
					contents := sig["Contents"].(pdf.String).Bytes
					used := len(bytes.TrimRight(contents, "\x00"))
					spare := len(contents) - used
					if opts.Timestamper == nil {
						require.LessOrEqual(t, spare, 10)
					} else {
						require.LessOrEqual(t, spare, 12<<10)
					}
				}
			})
		}
	}
}
