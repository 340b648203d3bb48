package verify

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sertel-id/sertel/signing/internal/errtext"
	"github.com/sertel-id/sertel/signing/internal/fetch"
)

// HTTPConfig describes a fetcher over http.
type HTTPConfig struct {
	// Hosts lists the host names, with port when it is not the default, that
	// may be asked: "ocsp.example", "ocsp.example:8080". A name that begins with
	// a dot covers what lies below it. No scheme, path or "*".
	Hosts []string
	// AnyHost asks every host with a public address; not with Transport or
	// Proxy. Either Hosts or AnyHost is set: the addresses were chosen by
	// whoever made a certificate, and a document may hold any certificate.
	AnyHost bool
	// Proxy gives the proxy of a request; nil is none. The environment is not
	// read.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport replaces the built-in one, and Proxy with it; nil keeps it.
	Transport http.RoundTripper
	// Timeout bounds each fetch with its redirects; zero is 10 seconds.
	Timeout time.Duration
	// CacheSize bounds the answers that are kept until their nextUpdate, in
	// bytes; zero is 64 MiB, a negative number keeps none.
	CacheSize int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// ErrConfig is returned by [NewHTTPFetcher] for a configuration that cannot
// work.
var ErrConfig = errors.New("configuration")

// NewHTTPFetcher returns a fetcher that asks the addresses that certificates
// name (RFC 5280 section 4.2.2.1, RFC 6960 appendix A.1). It is safe for
// concurrent use. The error is [ErrConfig] and says which field is wrong.
func NewHTTPFetcher(cfg HTTPConfig) (Fetcher, error) {
	f, err := fetch.New(fetch.Config{
		Hosts: cfg.Hosts, AnyHost: cfg.AnyHost, Proxy: cfg.Proxy, Transport: cfg.Transport,
		Timeout: cfg.Timeout, CacheSize: cfg.CacheSize, Now: cfg.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", errtext.Under(ErrConfig, err, "fetch: "))
	}
	return f, nil
}
