package authority_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// served runs an authority behind a loopback server whose address is in its
// certificates.
func served(t testing.TB, cfg authority.Config) *authority.Authority {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	cfg.BaseURL = server.URL + "/pki"
	a := newAuthority(t, cfg)
	handler = a.Handler()
	return a
}

func post(t testing.TB, address string, request []byte) []byte {
	t.Helper()
	resp, err := http.Post(address, "application/ocsp-request", bytes.NewReader(request))
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
	assert.Equal(t, "application/ocsp-response", resp.Header.Get("Content-Type"))
	return body
}

// overHTTP posts a request to a handler without a network.
func overHTTP(h http.Handler, request []byte) []byte {
	r := httptest.NewRequest(http.MethodPost, "/ocsp", bytes.NewReader(request))
	r.Header.Set("Content-Type", "application/ocsp-request")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// ask sends a request for one certificate and reads the answer with
// golang.org/x/crypto/ocsp.
func ask(t testing.TB, c, issuer *x509.Certificate) *ocsp.Response {
	t.Helper()
	request, err := ocsp.CreateRequest(c, issuer, nil)
	require.NoError(t, err)
	answer, err := ocsp.ParseResponseForCert(post(t, c.OCSPServer[0], request), c, issuer)
	require.NoError(t, err)
	return answer
}

func TestOCSPFollowsTheLifeOfACertificate(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	a := served(t, authority.Config{Now: clk.Now})
	c := issue(t, a)
	issuer := a.Chain()[0]

	r := ask(t, c, issuer)
	assert.Equal(t, ocsp.Good, r.Status)
	assert.Equal(t, clk.now, r.ThisUpdate)
	assert.True(t, r.NextUpdate.IsZero(), "newer information is always to be had")
	assert.NotNil(t, r.Certificate, "the responder is delegated")

	clk.Advance(time.Hour)
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonCertificateHold, clk.now))
	r = ask(t, c, issuer)
	assert.Equal(t, ocsp.Revoked, r.Status)
	assert.Equal(t, ocsp.CertificateHold, r.RevocationReason)

	clk.Advance(time.Hour)
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonRemoveFromCRL, clk.now))
	assert.Equal(t, ocsp.Good, ask(t, c, issuer).Status, "hold lifted")

	clk.Advance(time.Hour)
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonKeyCompromise, clk.now))
	r = ask(t, c, issuer)
	assert.Equal(t, ocsp.Revoked, r.Status)
	assert.Equal(t, ocsp.KeyCompromise, r.RevocationReason)
	assert.Equal(t, clk.now, r.RevokedAt)
}

func TestOCSPAnswersUnknownForSerialsNeverIssued(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	c.SerialNumber = new(big.Int).Add(c.SerialNumber, big.NewInt(1))
	assert.Equal(t, ocsp.Unknown, ask(t, c, a.Chain()[0]).Status)
}

// A serial of another generation must not be good under this one.
func TestOCSPMatchesTheIssuerOfTheSerial(t *testing.T) {
	ctx := context.Background()
	a := served(t, authority.Config{})
	c, old := issue(t, a), a.Chain()[0]
	require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	assert.Equal(t, ocsp.Good, ask(t, c, old).Status, "the old generation still answers")
	assert.Equal(t, ocsp.Unknown, ask(t, c, a.Chain()[0]).Status)
}

func TestOCSPRefusesOtherIssuers(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	issuer := a.Chain()[0]
	good, err := ocsp.CreateRequest(c, issuer, nil)
	require.NoError(t, err)
	request, err := ocsp.ParseRequest(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*ocsp.Request){
		"name hash":      func(r *ocsp.Request) { r.IssuerNameHash[0] ^= 1 },
		"key hash":       func(r *ocsp.Request) { r.IssuerKeyHash[0] ^= 1 },
		"hash algorithm": func(r *ocsp.Request) { r.HashAlgorithm = crypto.SHA256 },
	} {
		t.Run(name, func(t *testing.T) {
			other := *request
			other.IssuerNameHash, other.IssuerKeyHash = bytes.Clone(request.IssuerNameHash), bytes.Clone(request.IssuerKeyHash)
			change(&other)
			der, err := other.Marshal()
			require.NoError(t, err)
			assert.Equal(t, ocsp.UnauthorizedErrorResponse, post(t, c.OCSPServer[0], der))
		})
	}
}

func TestOCSPKnowsAllHashes(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		request, err := ocsp.CreateRequest(c, a.Chain()[0], &ocsp.RequestOptions{Hash: hash})
		require.NoError(t, err)
		r, err := ocsp.ParseResponseForCert(post(t, c.OCSPServer[0], request), c, a.Chain()[0])
		require.NoError(t, err)
		assert.Equal(t, ocsp.Good, r.Status, hash)
	}
}

func TestOCSPByGET(t *testing.T) {
	a := served(t, authority.Config{OCSPLifetime: time.Hour})
	c := issue(t, a)
	request, err := ocsp.CreateRequest(c, a.Chain()[0], nil)
	require.NoError(t, err)
	resp, err := http.Get(c.OCSPServer[0] + "/" + url.QueryEscape(base64.StdEncoding.EncodeToString(request)))
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	r, err := ocsp.ParseResponseForCert(body, c, a.Chain()[0])
	require.NoError(t, err)
	assert.Equal(t, ocsp.Good, r.Status)
	assert.Equal(t, time.Hour, r.NextUpdate.Sub(r.ThisUpdate))
	assert.Contains(t, resp.Header.Get("Cache-Control"), "max-age=3600")
}

func TestOCSPRefusesMalformedRequests(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	good, err := ocsp.CreateRequest(c, a.Chain()[0], nil)
	require.NoError(t, err)
	for name, request := range map[string][]byte{
		"empty":           nil,
		"not DER":         []byte("halo"),
		"bytes after":     append(bytes.Clone(good), 0),
		"truncated":       good[:len(good)-1],
		"over the bound":  make([]byte, 9<<10),
		"no certificates": {0x30, 0x04, 0x30, 0x02, 0x30, 0x00},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, ocsp.MalformedRequestErrorResponse, post(t, c.OCSPServer[0], request))
		})
	}
}

func TestOCSPHandlerRefusesOtherRequests(t *testing.T) {
	h := newAuthority(t, authority.Config{}).Handler()
	for name, c := range map[string]struct {
		method, contentType string
		want                int
	}{
		"PUT":                      {http.MethodPut, "application/ocsp-request", http.StatusMethodNotAllowed},
		"POST of another content":  {http.MethodPost, "text/plain", http.StatusUnsupportedMediaType},
		"POST without its content": {http.MethodPost, "", http.StatusUnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/ocsp", nil)
			r.Header.Set("Content-Type", c.contentType)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			assert.Equal(t, c.want, w.Code)
		})
	}
}

// brokenLedger fails when asked for a serial.
type brokenLedger struct {
	*authority.MemoryLedger
	broken bool
}

func (l *brokenLedger) Find(ctx context.Context, s certificate.Serial) (authority.Entry, error) {
	if l.broken {
		return authority.Entry{}, errors.New("ledger unreachable")
	}
	return l.MemoryLedger.Find(ctx, s)
}

func TestOCSPSaysInternalErrorWhenTheLedgerFails(t *testing.T) {
	ledger := &brokenLedger{MemoryLedger: authority.NewMemoryLedger()}
	a := served(t, authority.Config{Ledger: ledger})
	c := issue(t, a)
	request, err := ocsp.CreateRequest(c, a.Chain()[0], nil)
	require.NoError(t, err)
	ledger.broken = true
	assert.Equal(t, ocsp.InternalErrorErrorResponse, post(t, c.OCSPServer[0], request))
}

func TestResponderIsRenewedByTheClock(t *testing.T) {
	clk := newClock()
	short := authority.OCSPResponderProfile()
	short.Validity = 24 * time.Hour
	a := served(t, authority.Config{Now: clk.Now, ResponderProfile: short})
	c := issue(t, a)
	first := ask(t, c, a.Chain()[0]).Certificate
	assert.True(t, first.Equal(ask(t, c, a.Chain()[0]).Certificate))
	clk.Advance(48 * time.Hour)
	second := ask(t, c, a.Chain()[0]).Certificate
	assert.False(t, first.Equal(second))
	assert.True(t, second.NotAfter.After(clk.now))
}

// The nonce comes back, and no other extension does.
func TestOCSPRepeatsTheNonce(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	nonce, err := asn1.Marshal([]byte("tiga puluh dua oktet yang acak.."))
	require.NoError(t, err)
	answer := post(t, c.OCSPServer[0], withExtensions(t, c, a.Chain()[0], pkix.Extension{
		Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}, Value: nonce,
	}))
	assert.Equal(t, 1, bytes.Count(answer, nonce))
	r, err := ocsp.ParseResponseForCert(answer, c, a.Chain()[0])
	require.NoError(t, err)
	assert.Equal(t, ocsp.Good, r.Status)
}

func TestOCSPRefusesExtensions(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	nonceID := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	for name, ext := range map[string]pkix.Extension{
		"a critical one":      {Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}},
		"an empty nonce":      {Id: nonceID, Value: []byte{4, 0}},
		"a nonce over bounds": {Id: nonceID, Value: append([]byte{4, 0x81, 129}, make([]byte, 129)...)},
	} {
		t.Run(name, func(t *testing.T) {
			answer := post(t, c.OCSPServer[0], withExtensions(t, c, a.Chain()[0], ext))
			assert.Equal(t, ocsp.MalformedRequestErrorResponse, answer)
		})
	}
}

// withExtensions makes a request with request extensions, which
// golang.org/x/crypto/ocsp cannot write.
func withExtensions(t testing.TB, c, issuer *x509.Certificate, ext ...pkix.Extension) []byte {
	t.Helper()
	plain, err := ocsp.CreateRequest(c, issuer, nil)
	require.NoError(t, err)
	var request struct {
		TBS struct {
			Requests   []asn1.RawValue
			Extensions []pkix.Extension `asn1:"explicit,tag:2,optional,omitempty"`
		}
	}
	_, err = asn1.Unmarshal(plain, &request)
	require.NoError(t, err)
	request.TBS.Extensions = ext
	der, err := asn1.Marshal(request)
	require.NoError(t, err)
	return der
}

// The issuing authority names only its CRL, but the root answers too.
func TestOCSPForTheIssuingAuthority(t *testing.T) {
	a := served(t, authority.Config{})
	issuing, address := a.Chain()[0], issue(t, a).OCSPServer[0]
	request, err := ocsp.CreateRequest(issuing, a.Root(), nil)
	require.NoError(t, err)
	r, err := ocsp.ParseResponseForCert(post(t, address, request), issuing, a.Root())
	require.NoError(t, err)
	assert.Equal(t, ocsp.Good, r.Status)
	require.NotNil(t, r.Certificate)
	assert.NoError(t, r.Certificate.CheckSignatureFrom(a.Root()), "delegated by the root's own key")
}

// TestResponderCertificate holds the delegated responder against RFC 6960,
// section 4.2.2.2: of the issuer's own key, for this alone, its status not to
// be asked for.
func TestResponderCertificate(t *testing.T) {
	a := served(t, authority.Config{})
	c := ask(t, issue(t, a), a.Chain()[0]).Certificate
	require.NotNil(t, c)
	assert.NoError(t, c.CheckSignatureFrom(a.Chain()[0]))
	assert.Equal(t, x509.KeyUsageDigitalSignature, c.KeyUsage)
	assert.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}, c.ExtKeyUsage)
	noCheck := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	assert.True(t, slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(noCheck) && !e.Critical }))
	assert.Empty(t, c.OCSPServer)
	assert.Empty(t, c.CRLDistributionPoints)
}

// TestOCSPSpeaksOfExpiredCertificates asks long after the end: a signature is
// judged when its certificate is over.
func TestOCSPSpeaksOfExpiredCertificates(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	a := served(t, authority.Config{Now: clk.Now})
	good, revoked := issue(t, a), issue(t, a)
	require.NoError(t, a.Revoke(ctx, serialOf(t, revoked), certificate.ReasonKeyCompromise, clk.now))
	clk.now = good.NotAfter.Add(365 * 24 * time.Hour)
	assert.Equal(t, ocsp.Good, ask(t, good, a.Chain()[0]).Status)
	r := ask(t, revoked, a.Chain()[0])
	assert.Equal(t, ocsp.Revoked, r.Status)
	cutoff := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
	assert.True(t, slices.ContainsFunc(r.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(cutoff) }), "it says that it still knows them")
}

// TestOCSPForSeveralCertificates asks about as many as may be asked about, and
// one more.
func TestOCSPForSeveralCertificates(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	single, err := ocsp.CreateRequest(c, a.Chain()[0], nil)
	require.NoError(t, err)
	type request struct {
		TBS struct{ Requests []asn1.RawValue }
	}
	var one request
	_, err = asn1.Unmarshal(single, &one)
	require.NoError(t, err)
	repeated := func(n int) []byte {
		var all request
		for range n {
			all.TBS.Requests = append(all.TBS.Requests, one.TBS.Requests[0])
		}
		der, err := asn1.Marshal(all)
		require.NoError(t, err)
		return post(t, c.OCSPServer[0], der)
	}
	_, err = ocsp.ParseResponseForCert(repeated(16), c, a.Chain()[0])
	require.NoError(t, err)
	assert.Equal(t, ocsp.MalformedRequestErrorResponse, repeated(17))
}
