package tsa_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pki"
	"github.com/sertel-id/sertel/signing/tsa"
)

func TestTimestamp(t *testing.T) {
	for name, keys := range map[string]authority.KeyAlgorithm{
		"P-256": authority.ECDSAP256, "P-384": authority.ECDSAP384, "RSA 2048": authority.RSA2048,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, keys)
			c := newClient(t, f.clientConfig(serve(t, f.responder(t))))
			token, err := c.Timestamp(context.Background(), crypto.SHA256, digest[:])
			require.NoError(t, err)
			assert.Equal(t, f.now, token.Time)
			assert.Equal(t, "2.25.1942519315.9.1", token.Policy.String())
			assert.True(t, token.Chain[0].Equal(f.cert))
			assert.True(t, token.Chain[len(token.Chain)-1].Equal(f.Root()))
			assert.Len(t, token.SerialNumber.Bytes(), 20)

			again, err := c.Timestamp(context.Background(), crypto.SHA256, digest[:])
			require.NoError(t, err)
			assert.NotEqual(t, token.SerialNumber, again.SerialNumber)
			assert.NotEqual(t, token.Nonce, again.Nonce)
		})
	}
}

func TestTimestampOfOtherHashes(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	c := newClient(t, f.clientConfig(serve(t, f.responder(t))))
	sum := sha512.Sum512([]byte("contoh"))
	_, err := c.Timestamp(context.Background(), crypto.SHA512, sum[:])
	assert.NoError(t, err)
	_, err = c.Timestamp(context.Background(), crypto.SHA1, sum[:20])
	assert.ErrorIs(t, err, tsa.ErrImprint, "SHA-1")
	_, err = c.Timestamp(context.Background(), crypto.SHA256, sum[:])
	assert.ErrorIs(t, err, tsa.ErrImprint, "a digest of another length")
}

func TestTimestampWithPolicyAndAccuracy(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	cfg := f.responderConfig(t)
	cfg.Accuracy = 1*time.Second + 500*time.Millisecond + 250*time.Microsecond
	responder, err := tsa.NewResponder(cfg)
	require.NoError(t, err)
	client := f.clientConfig(serve(t, responder))
	client.Policy = oid(t, "2.25.1942519315.9.2")
	token, err := newClient(t, client).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)
	assert.Equal(t, cfg.Accuracy, token.Accuracy)
	assert.True(t, client.Policy.Equal(token.Policy))

	client.Policy = oid(t, "2.25.1942519315.9.3")
	_, err = newClient(t, client).Timestamp(context.Background(), crypto.SHA256, digest[:])
	var rejected *tsa.RejectedError
	require.ErrorAs(t, err, &rejected)
	assert.Equal(t, tsa.FailureUnacceptedPolicy, rejected.Failure)
}

// What an authority, or somebody in its place, may send instead of a good
// answer.
func TestTimestampRefusesAnswers(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	stranger := newFixture(t, authority.ECDSAP256)
	// recorded answers one request; others get the same answer.
	var recorded []byte
	replay := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if recorded == nil {
			query, _ := io.ReadAll(r.Body)
			recorded = f.responder(t).Respond(r.Context(), query)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(recorded)
	})
	_, err := newClient(t, f.clientConfig(serve(t, replay))).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)

	answer := func(body []byte) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/timestamp-reply")
			w.Write(body)
		})
	}
	otherDigest := func(w http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		query = bytes.Replace(query, digest[:], make([]byte, len(digest)), 1)
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(f.responder(t).Respond(r.Context(), query))
	}
	garbled := func(w http.ResponseWriter, r *http.Request) {
		query, _ := io.ReadAll(r.Body)
		reply := f.responder(t).Respond(r.Context(), query)
		reply[len(reply)-1] ^= 1
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(reply)
	}
	for name, c := range map[string]struct {
		handler http.Handler
		want    error
	}{
		"an answer to another request":    {replay, tsa.ErrNonce},
		"an authority of another root":    {stranger.responder(t), tsa.ErrUntrusted},
		"another digest":                  {http.HandlerFunc(otherDigest), tsa.ErrImprint},
		"a signature with one bit turned": {http.HandlerFunc(garbled), tsa.ErrSignature},
		"not DER":                         {answer([]byte("halo")), tsa.ErrMalformed},
		"nothing":                         {answer(nil), tsa.ErrMalformed},
		"granted without a token":         {answer([]byte{0x30, 5, 0x30, 3, 2, 1, 0}), tsa.ErrMalformed},
		"bytes after the answer":          {answer(append(bytes.Clone(recorded), 0)), tsa.ErrMalformed},
		"more than is read":               {answer(make([]byte, 1<<20)), tsa.ErrAnswer},
		"a status other than 200":         {http.NotFoundHandler(), tsa.ErrAnswer},
		"a redirect":                      {http.RedirectHandler("/", http.StatusTemporaryRedirect), tsa.ErrAnswer},
		"another content type": {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write(recorded)
		}), tsa.ErrAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := newClient(t, f.clientConfig(serve(t, c.handler))).Timestamp(context.Background(), crypto.SHA256, digest[:])
			assert.ErrorIs(t, err, c.want)
			assert.True(t, token == nil)
		})
	}
}

// TestTimestampWithoutNonce asks an authority that leaves the nonce out: by
// default its token is refused.
func TestTimestampWithoutNonce(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	forgetful := func(w http.ResponseWriter, r *http.Request) {
		query, err := tsa.NewRequest(crypto.SHA256, digest[:], nil)
		if !assert.NoError(t, err) {
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(f.responder(t).Respond(r.Context(), query))
	}
	cfg := f.clientConfig(serve(t, http.HandlerFunc(forgetful)))
	_, err := newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.ErrorIs(t, err, tsa.ErrNonce)
	cfg.NoNonce = true
	token, err := newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)
	require.Nil(t, token.Nonce)

	other := sha256.Sum256([]byte("surat lain"))
	_, err = newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, other[:])
	require.ErrorIs(t, err, tsa.ErrImprint, "the imprint binds all the same")
}

func TestTimestampRefusesATimeFarFromTheClock(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	cfg := f.clientConfig(serve(t, f.responder(t)))
	cfg.Now = func() time.Time { return f.now.Add(6 * time.Minute) }
	_, err := newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	assert.ErrorIs(t, err, tsa.ErrTime)
	cfg.Tolerance = -1
	_, err = newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	assert.NoError(t, err, "any time when asked for")
}

func TestTimestampObeysTheContext(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	release := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := newClient(t, f.clientConfig(url)).Timestamp(ctx, crypto.SHA256, digest[:])
	assert.ErrorIs(t, err, context.Canceled)

	cfg := f.clientConfig(url)
	cfg.Timeout = time.Millisecond
	_, err = newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestBasicLogin(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	const password = "Kata-Sandi-Contoh-7"
	responder := f.responder(t)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, ok := r.BasicAuth(); !ok || user != "instansi" || pass != password {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		responder.ServeHTTP(w, r)
	}))
	cfg := f.clientConfig(url)
	cfg.Username, cfg.Password = "instansi", passphrase.FromString(password)
	c := newClient(t, cfg)
	_, err := c.Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)

	cfg.Password = passphrase.FromString(password + "x")
	_, err = newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.ErrorIs(t, err, tsa.ErrAnswer)
	printed := fmt.Sprintf("%v %+v %#v %+v %#v %v", cfg, cfg, cfg, c, c, err)
	assert.NotContains(t, printed, password)
	assert.NotContains(t, printed, hex.EncodeToString([]byte(password)))
	assert.NotContains(t, printed, fmt.Sprint([]byte(password)))
}

func TestNewClientRefuses(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	for name, change := range map[string]func(*tsa.ClientConfig){
		"no address":             func(c *tsa.ClientConfig) { c.URL = "" },
		"an address of a file":   func(c *tsa.ClientConfig) { c.URL = "file:///etc/hosts" },
		"a login in the address": func(c *tsa.ClientConfig) { c.URL = "http://u:rahasia@tsa.contoh.example/" },
		"no roots":               func(c *tsa.ClientConfig) { c.Roots = nil },
		"a negative timeout":     func(c *tsa.ClientConfig) { c.Timeout = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := f.clientConfig("http://tsa.contoh.example/")
			change(&cfg)
			_, err := tsa.NewClient(cfg)
			require.ErrorIs(t, err, tsa.ErrConfig)
			assert.NotContains(t, err.Error(), "rahasia")
		})
	}
}

// recorder answers from memory, as a caller's own transport may.
type recorder struct{ handler http.Handler }

func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w.Result(), nil
}

func TestTransportCanBeReplaced(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	cfg := f.clientConfig("https://tsa.contoh.example/")
	cfg.Transport = recorder{f.responder(t)}
	_, err := newClient(t, cfg).Timestamp(context.Background(), crypto.SHA256, digest[:])
	assert.NoError(t, err)
}

func TestVerify(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	token, err := newClient(t, f.clientConfig(serve(t, f.responder(t)))).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)
	good := tsa.VerifyOptions{Hash: crypto.SHA256, Digest: digest[:], Roots: []*x509.Certificate{f.Root()}}
	got, err := tsa.Verify(token.Raw, good)
	require.NoError(t, err)
	assert.Equal(t, token.Time, got.Time)

	late := good
	late.At = f.cert.NotAfter.Add(time.Second)
	_, err = tsa.Verify(token.Raw, late)
	assert.ErrorIs(t, err, tsa.ErrUntrusted, "judged after the certificate ended")
	assert.ErrorIs(t, err, pki.ErrNotValidAt)

	none := good
	none.Roots = nil
	_, err = tsa.Verify(token.Raw, none)
	assert.Error(t, err, "no roots")
}

// Every bit of a token counts, apart from the certificates and unsigned parts
// that its signature does not cover; there a change must never make it say
// something else.
func TestVerifyOfChangedTokens(t *testing.T) {
	f := newFixture(t, authority.ECDSAP256)
	token, err := newClient(t, f.clientConfig(serve(t, f.responder(t)))).Timestamp(context.Background(), crypto.SHA256, digest[:])
	require.NoError(t, err)
	opts := tsa.VerifyOptions{Hash: crypto.SHA256, Digest: digest[:], Roots: []*x509.Certificate{f.Root()}}
	accepted := 0
	for i := range token.Raw {
		changed := bytes.Clone(token.Raw)
		changed[i] ^= 0x11
		got, err := tsa.Verify(changed, opts)
		if err != nil {
			continue
		}
		accepted++
		assert.Equal(t, token.Time, got.Time)
		assert.Equal(t, token.SerialNumber, got.SerialNumber)
		assert.True(t, got.Chain[0].Equal(f.cert))
	}
	assert.LessOrEqual(t, accepted, len(f.Chain()[0].Raw), "only the issuer's certificate may be replaced")
}
