package fetch_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/internal/fetch"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// site is an authority behind a loopback server, which a test can break.
type site struct {
	*authority.Authority
	now    time.Time
	host   string
	asked  atomic.Int64
	handle atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
}

func (s *site) Now() time.Time { return s.now }

// intercept answers before the authority when f returns true.
func (s *site) intercept(f func(http.ResponseWriter, *http.Request) bool) { s.handle.Store(&f) }

func newSite(t testing.TB, cfg authority.Config) *site {
	t.Helper()
	s := &site{now: time.Date(2027, 3, 8, 2, 0, 0, 0, time.UTC)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if f := s.handle.Load(); f != nil && (*f)(w, r) {
			return
		}
		s.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	const org = "Instansi Contoh (PALSU)"
	cfg.RootName = authority.Name{CommonName: "Root CA PALSU", Organization: org}
	cfg.IssuingName = authority.Name{CommonName: "CA Penerbit PALSU", Organization: org}
	cfg.ResponderName = authority.Name{CommonName: "Responder OCSP PALSU", Organization: org}
	cfg.BaseURL, cfg.Now = server.URL, s.Now
	var err error
	s.Authority, err = authority.New(context.Background(), cfg)
	require.NoError(t, err)
	s.host = strings.TrimPrefix(server.URL, "http://")
	return s
}

// leaf issues a certificate to a made-up person.
func (s *site) leaf(t testing.TB) pki.Path {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	issued, err := s.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
		ID: rand.Text(), Subject: authority.Name{CommonName: "Budi Contoh"}, PublicKey: key.Public(),
	})
	require.NoError(t, err)
	return pki.Path{issued.Certificate, s.Chain()[0], s.Root()}
}

func (s *site) revoke(t testing.TB, c *x509.Certificate) {
	t.Helper()
	serial, err := certificate.SerialOf(c)
	require.NoError(t, err)
	require.NoError(t, s.Revoke(context.Background(), serial, certificate.ReasonKeyCompromise, s.now))
}

func (s *site) fetcher(t testing.TB, change func(*fetch.Config)) *fetch.Fetcher {
	t.Helper()
	cfg := fetch.Config{Hosts: []string{s.host}, Now: s.Now}
	if change != nil {
		change(&cfg)
	}
	f, err := fetch.New(cfg)
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return f
}

var ctx = context.Background()

func TestFetch(t *testing.T) {
	s := newSite(t, authority.Config{})
	path := s.leaf(t)
	f := s.fetcher(t, nil)

	der, err := f.OCSP(ctx, path[0], path[1])
	require.NoError(t, err)
	e, err := pki.CheckOCSP(der, path[0], path[1])
	require.NoError(t, err)
	assert.Equal(t, pki.StatusGood, e.Status)
	assert.Len(t, e.Nonce, 32)

	der, err = f.CRL(ctx, path[1], path[2])
	require.NoError(t, err)
	_, err = pki.CheckCRL(der, path[1], path[2])
	require.NoError(t, err)

	issuers, err := f.Issuers(ctx, path[0])
	require.NoError(t, err)
	require.Len(t, issuers, 1)
	assert.True(t, issuers[0].Equal(path[1]))
	assert.Equal(t, "fetch.Fetcher", fmt.Sprintf("%#v", f), "the connection is still open: its state may change while it is printed")
}

func TestFetchAsksOnlyAllowedHosts(t *testing.T) {
	s := newSite(t, authority.Config{})
	path := s.leaf(t)
	for name, hosts := range map[string][]string{
		"another host":               {"pki.contoh.example"},
		"another port":               {"127.0.0.1"},
		"a suffix that does not end": {".0.0.1:1"},
		"a host that ends like it":   {"7.0.0.1:" + s.host[strings.LastIndex(s.host, ":")+1:]},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.asked.Load()
			f := s.fetcher(t, func(c *fetch.Config) { c.Hosts = hosts })
			_, err := f.OCSP(ctx, path[0], path[1])
			assert.ErrorIs(t, err, fetch.ErrHost)
			_, err = f.CRL(ctx, path[0], path[1])
			assert.ErrorIs(t, err, fetch.ErrHost)
			_, err = f.Issuers(ctx, path[0])
			assert.ErrorIs(t, err, fetch.ErrHost)
			assert.Equal(t, before, s.asked.Load(), "nobody was asked")
		})
	}
	t.Run("any public host, which loopback is not", func(t *testing.T) {
		f := s.fetcher(t, func(c *fetch.Config) { c.Hosts, c.AnyHost = nil, true })
		_, err := f.OCSP(ctx, path[0], path[1])
		assert.ErrorIs(t, err, fetch.ErrHost)
	})
	t.Run("a redirect to a host that is not allowed", func(t *testing.T) {
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://localhost:1"+r.URL.Path, http.StatusFound)
			return true
		})
		_, err := s.fetcher(t, nil).CRL(ctx, path[0], path[1])
		assert.ErrorIs(t, err, fetch.ErrHost)
	})
	t.Run("redirects in a circle", func(t *testing.T) {
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return true
		})
		_, err := s.fetcher(t, nil).CRL(ctx, path[0], path[1])
		assert.ErrorIs(t, err, fetch.ErrAnswer)
	})
}

func TestRefuseInner(t *testing.T) {
	for address, ok := range map[string]bool{
		"203.0.113.7:80": true, "8.8.8.8:80": true, "[2001:4860::1]:443": true,
		"127.0.0.1:80": false, "10.1.2.3:80": false, "192.168.0.1:80": false, "172.16.0.1:80": false,
		"169.254.169.254:80": false, "100.64.0.1:80": false, "0.0.0.0:80": false, "224.0.0.1:80": false,
		"[::1]:80": false, "[fe80::1]:80": false, "[fd00::1]:80": false, "[::ffff:127.0.0.1]:80": false,
		"[64:ff9b::7f00:1]:80": false, "[2002:7f00:1::]:80": false, "no address": false,
	} {
		err := fetch.RefuseInner("tcp", address, nil)
		if ok {
			assert.NoError(t, err, address)
			continue
		}
		assert.ErrorIs(t, err, fetch.ErrHost, address)
	}
}

func TestFetchRefusesAnswers(t *testing.T) {
	s := newSite(t, authority.Config{})
	path := s.leaf(t)
	// An answer to an earlier request, with its nonce.
	recorded, err := s.fetcher(t, nil).OCSP(ctx, path[0], path[1])
	require.NoError(t, err)
	write := func(body []byte) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Write(body)
			return true
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request) bool
		want   error
	}{
		"an answer to another request": {write(recorded), fetch.ErrAnswer},
		"nothing":                      {write(nil), pki.ErrMalformed},
		"a page":                       {write([]byte("<html>")), pki.ErrMalformed},
		"more than is read":            {write(make([]byte, 300<<10)), fetch.ErrAnswer},
		"a status other than 200": {func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}, fetch.ErrAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			s.intercept(c.answer)
			der, err := s.fetcher(t, nil).OCSP(ctx, path[0], path[1])
			assert.ErrorIs(t, err, c.want)
			assert.Nil(t, der)
		})
	}
	t.Run("no address", func(t *testing.T) {
		_, err := s.fetcher(t, nil).OCSP(ctx, path[1], path[2])
		assert.ErrorIs(t, err, fetch.ErrNoAddress)
	})
	t.Run("neither certificate nor bundle", func(t *testing.T) {
		s.intercept(write([]byte("halo")))
		_, err := s.fetcher(t, nil).Issuers(ctx, path[0])
		assert.ErrorIs(t, err, fetch.ErrAnswer)
	})
}

func TestFetchObeysContextAndTimeout(t *testing.T) {
	s := newSite(t, authority.Config{})
	path := s.leaf(t)
	release := make(chan struct{})
	defer close(release)
	s.intercept(func(http.ResponseWriter, *http.Request) bool { <-release; return true })
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err := s.fetcher(t, nil).OCSP(cancelled, path[0], path[1])
	assert.ErrorIs(t, err, context.Canceled)
	_, err = s.fetcher(t, func(c *fetch.Config) { c.Timeout = time.Millisecond }).CRL(ctx, path[0], path[1])
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestCache(t *testing.T) {
	s := newSite(t, authority.Config{OCSPLifetime: time.Hour})
	path := s.leaf(t)
	f := s.fetcher(t, nil)
	get := func() []byte {
		der, err := f.OCSP(ctx, path[0], path[1])
		require.NoError(t, err)
		return der
	}
	first := get()
	assert.Equal(t, first, get(), "kept")
	s.now = s.now.Add(time.Hour)
	assert.NotEqual(t, first, get(), "asked again at its end")

	none := s.fetcher(t, func(c *fetch.Config) { c.CacheSize = -1 })
	before := s.asked.Load()
	for range 2 {
		_, err := none.CRL(ctx, path[0], path[1])
		require.NoError(t, err)
	}
	assert.Equal(t, before+2, s.asked.Load())
}

func TestCacheOfOneIsOverwritten(t *testing.T) {
	s := newSite(t, authority.Config{OCSPLifetime: time.Hour})
	f := s.fetcher(t, func(c *fetch.Config) { c.CacheSize = 2500 }) // room for about two answers
	for range 20 {
		path := s.leaf(t)
		_, err := f.OCSP(ctx, path[0], path[1])
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, fetch.CacheUse(f), int64(2500))
	assert.Positive(t, fetch.CacheUse(f))
}

func TestGather(t *testing.T) {
	s := newSite(t, authority.Config{})
	path := s.leaf(t)
	times := func() pki.Times { return pki.Times{At: s.now, Now: s.now} }

	all, err := fetch.Gather(ctx, s.fetcher(t, nil), path, times())
	require.NoError(t, err)
	require.NoError(t, all.Missing)
	assert.Len(t, all.OCSPs, 1, "the leaf's")
	assert.Len(t, all.CRLs, 1, "the issuing authority's")
	require.Len(t, all.Verdicts, 2)
	assert.Equal(t, pki.StatusGood, all.Verdicts[0].Status)
	assert.Equal(t, pki.StatusGood, all.Verdicts[1].Status)

	t.Run("a list where OCSP is down", func(t *testing.T) {
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			down := strings.HasPrefix(r.URL.Path, "/ocsp")
			if down {
				http.Error(w, "mati", http.StatusBadGateway)
			}
			return down
		})
		all, err := fetch.Gather(ctx, s.fetcher(t, nil), path, times())
		require.NoError(t, err)
		require.NoError(t, all.Missing)
		assert.Empty(t, all.OCSPs)
		assert.Len(t, all.CRLs, 2)
	})
	t.Run("everything down is unknown, not good", func(t *testing.T) {
		s.intercept(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true })
		all, err := fetch.Gather(ctx, s.fetcher(t, nil), path, times())
		require.NoError(t, err)
		assert.ErrorIs(t, all.Missing, fetch.ErrAnswer)
		assert.Equal(t, pki.StatusUnknown, all.Verdicts[0].Status)
		assert.Empty(t, all.OCSPs)
	})
	s.intercept(func(http.ResponseWriter, *http.Request) bool { return false })
	t.Run("revoked is an answer", func(t *testing.T) {
		s.revoke(t, path[0])
		all, err := fetch.Gather(ctx, s.fetcher(t, nil), path, times())
		require.NoError(t, err)
		require.NoError(t, all.Missing)
		assert.Equal(t, pki.StatusRevoked, all.Verdicts[0].Status)
		assert.Len(t, all.OCSPs, 1)
	})
	t.Run("a cancelled context", func(t *testing.T) {
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		_, err := fetch.Gather(cancelled, s.fetcher(t, nil), path, times())
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]fetch.Config{
		"neither hosts nor any":           {},
		"both":                            {Hosts: []string{"x"}, AnyHost: true},
		"any host by a foreign transport": {AnyHost: true, Transport: http.DefaultTransport},
		"any host by a proxy":             {AnyHost: true, Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }},
		"a negative limit":                {Hosts: []string{"x"}, MaxCRL: -1},
	} {
		_, err := fetch.New(cfg)
		assert.Error(t, err, name)
	}
}

func TestNewRefusesHostsThatCannotMatch(t *testing.T) {
	for name, entry := range map[string]string{
		"nothing":                   "",
		"a scheme and a path":       "http://ocsp.bsre.go.id/",
		"a scheme in large letters": "HTTP://ocsp.bsre.go.id",
		"a path":                    "ocsp.bsre.go.id/ocsp",
		"a star":                    "*.mockbsre.test",
		"a star alone":              "*",
		"white space around":        " ocsp.bsre.go.id",
		"a line end":                "ocsp.bsre.go.id\n",
		"two in one":                "ocsp.bsre.go.id crl.bsre.go.id",
		"a login":                   "budi:Rahasia9!@ocsp.bsre.go.id",
		"a query":                   "ocsp.bsre.go.id?x",
		"a dot alone":               ".",
		"two dots in front":         "..bsre.go.id",
		"a port alone":              ":8080",
		"a port that is none":       "ocsp.bsre.go.id:http",
		"IPv6 without brackets":     "::1",
	} {
		_, err := fetch.New(fetch.Config{Hosts: []string{"crl.bsre.go.id", entry}})
		require.ErrorContains(t, err, "fetch: HTTPConfig.Hosts[1] is no host", name)
		assert.NotContains(t, err.Error(), "bsre.go.id", "the entry is not repeated: %s", name)
	}
	for name, entry := range map[string]string{
		"a name": "ocsp.bsre.go.id", "with a port": "ocsp.bsre.go.id:8080", "large letters": "OCSP.BSRE.GO.ID", "one word": "ocsp",
		"all below": ".bsre.go.id", "all below, with a port": ".bsre.go.id:8080", "IPv4": "10.1.2.3:80", "IPv6": "[::1]:8080", "underscore": "ocsp_1.contoh.example",
	} {
		_, err := fetch.New(fetch.Config{Hosts: []string{entry}})
		assert.NoError(t, err, name)
	}
}
