package tsa_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/tsa"
)

// query is a TimeStampReq as a client may write it.
type query struct {
	Version int
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Policy     asn1.ObjectIdentifier `asn1:"optional"`
	Nonce      *big.Int              `asn1:"optional"`
	CertReq    bool                  `asn1:"optional"`
	Extensions []pkix.Extension      `asn1:"tag:0,optional,omitempty"`
}

func newQuery() query {
	q := query{Version: 1, Nonce: big.NewInt(1234567890), CertReq: true}
	q.Imprint.Algorithm.Algorithm = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	q.Imprint.Digest = digest[:]
	return q
}

func (q query) der(t testing.TB) []byte {
	t.Helper()
	der, err := asn1.Marshal(q)
	require.NoError(t, err)
	return der
}

// reply reads a TimeStampResp.
func reply(t testing.TB, der []byte) (status int, failure asn1.BitString, token []byte) {
	t.Helper()
	var r struct {
		Info struct {
			Status  int
			Failure asn1.BitString `asn1:"optional"`
		}
		Token asn1.RawValue `asn1:"optional"`
	}
	rest, err := asn1.Unmarshal(der, &r)
	require.NoError(t, err)
	require.Empty(t, rest)
	return r.Info.Status, r.Info.Failure, r.Token.FullBytes
}

func TestResponderRefuses(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	s := f.responder(t)
	for name, c := range map[string]struct {
		change func(*query)
		want   tsa.Failure
	}{
		"SHA-1": {func(q *query) {
			q.Imprint.Algorithm.Algorithm = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
			q.Imprint.Digest = digest[:20]
		}, tsa.FailureBadAlg},
		"a digest of another length":  {func(q *query) { q.Imprint.Digest = digest[:31] }, tsa.FailureBadDataFormat},
		"a policy that is not served": {func(q *query) { q.Policy = asn1.ObjectIdentifier{1, 2, 3} }, tsa.FailureUnacceptedPolicy},
		"an extension, though not critical": {func(q *query) {
			q.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}}
		}, tsa.FailureUnacceptedExtension},
		"version 2":                {func(q *query) { q.Version = 2 }, tsa.FailureBadDataFormat},
		"a request over the bound": {func(q *query) { q.Imprint.Digest = make([]byte, 8<<10) }, tsa.FailureBadDataFormat},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQuery()
			c.change(&q)
			status, failure, token := reply(t, s.Respond(context.Background(), q.der(t)))
			assert.Equal(t, int(tsa.StatusRejection), status)
			assert.Equal(t, 1, failure.At(int(c.want)))
			assert.Equal(t, int(c.want)+1, failure.BitLength, "trailing zero bits are left out")
			assert.Empty(t, token)
		})
	}
	status, failure, _ := reply(t, s.Respond(context.Background(), []byte("halo")))
	assert.Equal(t, int(tsa.StatusRejection), status)
	assert.Equal(t, 1, failure.At(int(tsa.FailureBadDataFormat)), "not DER")

	f.now = f.cert.NotAfter.Add(time.Second)
	_, failure, _ = reply(t, s.Respond(context.Background(), newQuery().der(t)))
	assert.Equal(t, 1, failure.At(int(tsa.FailureSystemFailure)), "its certificate has ended")
}

// TestTokenNamesItsCertificate holds a token against RFC 3161, section 2.4.2, and
// RFC 5816: one signer, whose certificate is bound by ESSCertIDv2.
func TestTokenNamesItsCertificate(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	_, _, token := reply(t, f.responder(t).Respond(context.Background(), newQuery().der(t)))
	message, err := cms.Parse(token)
	require.NoError(t, err)
	require.Len(t, message.SignerInfos, 1)
	signer := message.SignerInfos[0]
	assert.NoError(t, signer.CheckSigningCertificate(f.cert))
	assert.Error(t, signer.CheckSigningCertificate(f.Chain()[0]))
	v2, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47})
	require.NoError(t, err)
	assert.Equal(t, 1, bytes.Count(token, v2))

	info, err := cms.ParseTSTInfo(message.Content)
	require.NoError(t, err)
	assert.True(t, info.Time.Equal(f.now), "the injected clock")
	assert.Len(t, info.SerialNumber.Bytes(), 20)
	assert.Equal(t, "2.25.1942519315.9.1", info.Policy.String())
}

func TestCertReq(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	s := f.responder(t)
	opts := tsa.VerifyOptions{Hash: crypto.SHA256, Digest: digest[:], Roots: []*x509.Certificate{f.Root()}}
	for _, certReq := range []bool{true, false} {
		q := newQuery()
		q.CertReq = certReq
		_, _, token := reply(t, s.Respond(context.Background(), q.der(t)))
		message, err := cms.Parse(token)
		require.NoError(t, err)
		if certReq {
			assert.Len(t, message.Certificates, 2)
			_, err = tsa.Verify(token, opts)
			assert.NoError(t, err)
			continue
		}
		assert.Empty(t, message.Certificates)
		_, err = tsa.Verify(token, opts)
		assert.ErrorIs(t, err, tsa.ErrSignature, "nobody knows the signer")
		with := opts
		with.Intermediates = []*x509.Certificate{f.cert, f.Chain()[0]}
		_, err = tsa.Verify(token, with)
		assert.NoError(t, err)
	}
}

func TestNonceIsRepeatedOrLeftOut(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	for name, nonce := range map[string]*big.Int{
		"none": nil, "of one octet": big.NewInt(5), "negative": big.NewInt(-70000),
		"of 64 octets": new(big.Int).Lsh(big.NewInt(1), 500),
	} {
		t.Run(name, func(t *testing.T) {
			q := newQuery()
			q.Nonce = nonce
			_, _, token := reply(t, f.responder(t).Respond(context.Background(), q.der(t)))
			message, err := cms.Parse(token)
			require.NoError(t, err)
			info, err := cms.ParseTSTInfo(message.Content)
			require.NoError(t, err)
			assert.Equal(t, nonce, info.Nonce)
		})
	}
}

func TestNewResponderRefuses(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	person := f.issue(t, authority.PersonProfile(), f.signer.Public())
	for name, change := range map[string]func(*tsa.ResponderConfig){
		"no signer":                  func(c *tsa.ResponderConfig) { c.Signer = nil },
		"another key":                func(c *tsa.ResponderConfig) { c.Signer = newKey(t) },
		"a person's certificate":     func(c *tsa.ResponderConfig) { c.Certificate = person },
		"no policy":                  func(c *tsa.ResponderConfig) { c.Policy = x509.OID{} },
		"SHA-1":                      func(c *tsa.ResponderConfig) { c.Hashes = []crypto.Hash{crypto.SHA1} },
		"an accuracy of nanoseconds": func(c *tsa.ResponderConfig) { c.Accuracy = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := f.responderConfig(t)
			change(&cfg)
			_, err := tsa.NewResponder(cfg)
			assert.ErrorIs(t, err, tsa.ErrConfig)
		})
	}
}

func TestResponderOverHTTPRefuses(t *testing.T) {
	h := newFixture(t, authority.ECDSAP256).responder(t)
	for name, c := range map[string]struct {
		method, contentType string
		want                int
	}{
		"GET":             {http.MethodGet, "application/timestamp-query", http.StatusMethodNotAllowed},
		"another content": {http.MethodPost, "application/ocsp-request", http.StatusUnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/", bytes.NewReader(newQuery().der(t)))
			r.Header.Set("Content-Type", c.contentType)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			assert.Equal(t, c.want, w.Code)
		})
	}
}

func TestOpenSSLAgrees(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is missing")
	}
	run := func(args ...string) string {
		out, err := exec.Command("openssl", args...).CombinedOutput()
		require.NoError(t, err, "openssl %v: %s", args, out)
		return string(out)
	}
	for name, keys := range map[string]authority.KeyAlgorithm{"P-256": authority.ECDSAP256, "P-384": authority.ECDSAP384, "RSA 2048": authority.RSA2048} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, keys)
			dir := t.TempDir()
			write := func(name string, content []byte) string {
				path := filepath.Join(dir, name)
				require.NoError(t, os.WriteFile(path, content, 0o600))
				return path
			}
			certificate := func(name string, c *x509.Certificate) string {
				return write(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
			}
			data := write("data", []byte("naskah dinas contoh"))
			request := filepath.Join(dir, "request")
			for _, args := range [][]string{{"-cert"}, {"-no_nonce", "-cert"}, {"-sha512", "-cert"}, {}} {
				run(append([]string{"ts", "-query", "-data", data, "-out", request}, args...)...)
				der, err := os.ReadFile(request)
				require.NoError(t, err)
				response := write("response", f.responder(t).Respond(context.Background(), der))
				out := run("ts", "-verify", "-queryfile", request, "-in", response,
					"-CAfile", certificate("root.pem", f.Root()), "-untrusted", write("untrusted.pem", append(
						pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Chain()[0].Raw}),
						pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.cert.Raw})...)))
				assert.Contains(t, out, "Verification: OK")
			}
		})
	}
}
