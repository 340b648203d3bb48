package signing

import (
	"net/http"
	"net/url"
	"time"

	"github.com/sertel-id/sertel/signing/internal/errtext"
	"github.com/sertel-id/sertel/signing/internal/fetch"
)

// HTTPConfig describes a source of validation material over http.
type HTTPConfig struct {
	// Hosts lists the host names, with port when it is not the default, that
	// may be asked: "ocsp.example", "ocsp.example:8080". A name that begins with
	// a dot covers what lies below it. No scheme, path or "*".
	Hosts []string
	// AnyHost asks every host, as long as its address is public: not loopback,
	// private, link-local or multicast, seen after name resolution. It needs
	// the built-in transport without a proxy. Either Hosts or AnyHost is set:
	// the addresses are chosen by whoever made a certificate.
	AnyHost bool
	// Proxy gives the proxy of a request; nil is none. The environment is not
	// read.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport replaces the built-in one, and Proxy with it; nil keeps it.
	Transport http.RoundTripper
	// Timeout bounds each fetch with all its redirects; zero is 10 seconds.
	Timeout time.Duration
	// MaxOCSP, MaxCRL and MaxCertificate bound the answers in octets; zero is
	// 256 KiB, 32 MiB and 256 KiB.
	MaxOCSP, MaxCRL, MaxCertificate int64
	// CacheSize bounds the answers that are kept until their nextUpdate, in
	// octets; zero is 64 MiB, a negative number keeps none.
	CacheSize int64
	// NoNonce leaves the nonce out of OCSP requests.
	NoNonce bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewHTTPSource returns a source that asks the addresses that certificates
// name (RFC 5280, 4.2.2.1; RFC 6960, appendix A), within the bounds of the
// configuration, and keeps answers until they end. It is safe for concurrent
// use. The error is [ErrConfig] and says which field is wrong.
func NewHTTPSource(cfg HTTPConfig) (RevocationSource, error) {
	f, err := fetch.New(fetch.Config(cfg))
	if err != nil {
		return nil, errtext.Under(ErrConfig, err, "fetch: ")
	}
	return f, nil
}
