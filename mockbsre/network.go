package mockbsre

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/sertel-id/sertel/certificate/authority"
)

// ErrNoNetwork means that an address was asked for that the fake does not have,
// or that it is closed.
var ErrNoNetwork = errors.New("mockbsre: no such host in the fake's network")

// network answers HTTP requests to the fake's own hosts within the process.
type network struct {
	hosts  map[string]http.Handler
	closed atomic.Bool
}

func newNetwork(ca *authority.Authority, timestamps, portal http.Handler) *network {
	return &network{hosts: map[string]http.Handler{
		hostOf(AuthorityURL): ca.Handler(),
		hostOf(TimestampURL): timestamps,
		hostOf(PortalURL):    portal,
	}}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	return u.Host
}

func (n *network) close() { n.closed.Store(true) }

// Transport answers requests to the addresses that the fake's certificates name
// (OCSP, revocation lists, issuers), to [TimestampURL] and to the pages at
// [PortalURL]. Nothing leaves the process; any other host is [ErrNoNetwork].
func (s *Server) Transport() http.RoundTripper {
	s.running()
	return s.network
}

// Client is an HTTP client over [Server.Transport].
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.Transport()} }

// maxRequest is above the largest form, one with a picture of 10 MiB.
const maxRequest = 12 << 20

// RoundTrip implements [http.RoundTripper].
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		defer r.Body.Close()
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxRequest+1)); err != nil {
			return nil, err
		}
		if len(body) > maxRequest {
			return nil, fmt.Errorf("mockbsre: request body over %d bytes", maxRequest)
		}
	}
	handler, ok := n.hosts[r.URL.Host]
	if !ok || n.closed.Load() {
		return nil, fmt.Errorf("%w: %s", ErrNoNetwork, r.URL.Host)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	inner := r.Clone(r.Context())
	inner.Host, inner.RequestURI = r.URL.Host, r.URL.RequestURI()
	inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer := &recorder{header: http.Header{"Server": {serverName}}}
	handler.ServeHTTP(answer, inner)
	return answer.response(r), nil
}

// recorder keeps what a handler answers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements [http.ResponseWriter].
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) response(request *http.Request) *http.Response {
	r.WriteHeader(http.StatusOK)
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode: r.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.header.Clone(), Body: io.NopCloser(&r.body), ContentLength: int64(r.body.Len()),
		Request: request,
	}
}
