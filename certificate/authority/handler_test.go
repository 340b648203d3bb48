package authority_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate/authority"
)

// TestCachingHeaders holds that proxies may keep what ends by itself, and for
// no longer, and nothing else (RFC 5019, section 6.2).
func TestCachingHeaders(t *testing.T) {
	clk := newClock()
	quiet := newAuthority(t, authority.Config{Now: clk.Now})
	dated := newAuthority(t, authority.Config{Now: clk.Now, OCSPLifetime: time.Hour})
	path := func(address string) string {
		u, err := url.Parse(address)
		require.NoError(t, err)
		return u.Path
	}
	request := func(a *authority.Authority) []byte {
		der, err := ocsp.CreateRequest(issue(t, a), a.Chain()[0], nil)
		require.NoError(t, err)
		return der
	}
	inPath := func(der []byte) string {
		return "/ocsp/" + url.PathEscape(base64.StdEncoding.EncodeToString(der))
	}
	c := issue(t, quiet)
	const day, fiveMinutes = "public, max-age=86400, must-revalidate", "public, max-age=300, must-revalidate"
	for name, tt := range map[string]struct {
		a                       *authority.Authority
		method, path            string
		body                    []byte
		contentType, want, ends string
	}{
		"CRL":                                   {quiet, "GET", path(c.CRLDistributionPoints[0]), nil, "application/pkix-crl", fiveMinutes, "5m"},
		"CRL, asked for its head":               {quiet, "HEAD", path(c.CRLDistributionPoints[0]), nil, "application/pkix-crl", fiveMinutes, "5m"},
		"certificate":                           {quiet, "GET", path(c.IssuingCertificateURL[0]), nil, "application/pkix-cert", day, "24h"},
		"OCSP by POST":                          {dated, "POST", "/ocsp", request(dated), "application/ocsp-response", "no-store", ""},
		"OCSP by GET, an answer without an end": {quiet, "GET", inPath(request(quiet)), nil, "application/ocsp-response", "no-store", ""},
		"OCSP by GET, an answer with an end":    {dated, "GET", inPath(request(dated)), nil, "application/ocsp-response", "public, max-age=3600, must-revalidate", "1h"},
		"OCSP by GET, no request":               {dated, "GET", "/ocsp/halo", nil, "application/ocsp-response", "no-store", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "http://pki.contoh.example"+tt.path, bytes.NewReader(tt.body))
			if tt.body != nil {
				r.Header.Set("Content-Type", "application/ocsp-request")
			}
			w := httptest.NewRecorder()
			tt.a.Handler().ServeHTTP(w, r)
			require.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, tt.contentType, w.Header().Get("Content-Type"))
			assert.Equal(t, tt.want, w.Header().Get("Cache-Control"))
			if tt.ends == "" {
				assert.Empty(t, w.Header().Get("Expires"))
				return
			}
			keep, err := time.ParseDuration(tt.ends)
			require.NoError(t, err)
			assert.Equal(t, clk.now.Add(keep).Format(http.TimeFormat), w.Header().Get("Expires"))
			assert.NotEmpty(t, w.Header().Get("Last-Modified"))
		})
	}
	r := httptest.NewRequest(http.MethodPost, c.CRLDistributionPoints[0], strings.NewReader("x"))
	w := httptest.NewRecorder()
	quiet.Handler().ServeHTTP(w, r)
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
}
