// Package fetch gets OCSP responses, CRLs and issuers' certificates over http,
// from the addresses that certificates name (RFC 5280 section 4.2.2.1, RFC
// 6960 appendix A).
//
// Such addresses are chosen by whoever made the certificate. So a [Fetcher]
// asks only hosts that it was told, or, with AnyHost, only public addresses;
// it bounds time, size and redirects, and what it returns still has to be
// judged: [Gather] does that with package pki.
package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Source gives evidence about certificates. [Fetcher] gets it over http;
// others may have it in a file or from a service of their own. What is returned
// need not be trustworthy.
type Source interface {
	// OCSP returns the DER of an OCSP response for cert, issued by issuer.
	OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// CRL returns the DER of the CRL on which cert would stand if it were
	// revoked by issuer.
	CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// Issuers returns the certificates at the addresses of cert's issuer.
	Issuers(ctx context.Context, cert *x509.Certificate) ([]*x509.Certificate, error)
}

// Config describes a [Fetcher].
type Config struct {
	// Hosts lists the host names, with port when it is not the default, that
	// may be asked. A name starting with a dot covers what lies below it.
	Hosts []string
	// AnyHost asks every host, as long as its address is public: not loopback,
	// private, link-local or multicast, seen after name resolution. It needs
	// the built-in transport without a proxy.
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

// Errors of a [Fetcher].
var (
	// ErrNoAddress means that the certificate names no address for this.
	ErrNoAddress = errors.New("certificate names no address")
	// ErrHost means that the address is not allowed.
	ErrHost = errors.New("host not allowed")
	// ErrAnswer means an answer that cannot be used: a status other than 200,
	// too large, not DER.
	ErrAnswer = errors.New("unusable answer")
)

const (
	maxAddresses = 3
	maxRedirects = 3
)

// Fetcher is a [Source] over http. It is safe for concurrent use.
type Fetcher struct {
	cfg    Config
	client *http.Client
	cache  *cache
}

// Format prints a marker under every verb: fmt would read what the requests
// under way change.
func (*Fetcher) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "fetch.Fetcher") }

var _ Source = (*Fetcher)(nil)

// New checks a configuration and returns a Fetcher. Errors name the field as
// one of HTTPConfig, which is what callers see of [Config].
func New(cfg Config) (*Fetcher, error) {
	if cfg.AnyHost && (cfg.Transport != nil || cfg.Proxy != nil) {
		return nil, errors.New("fetch: HTTPConfig.AnyHost needs the built-in transport without a proxy")
	}
	if cfg.AnyHost == (len(cfg.Hosts) > 0) {
		return nil, errors.New("fetch: HTTPConfig needs either Hosts or AnyHost")
	}
	if cfg.Timeout < 0 || cfg.MaxOCSP < 0 || cfg.MaxCRL < 0 || cfg.MaxCertificate < 0 {
		return nil, errors.New("fetch: HTTPConfig holds a negative limit")
	}
	var err error
	if cfg.Hosts, err = hostList(cfg.Hosts); err != nil {
		return nil, err
	}
	setDefault(&cfg.Timeout, 10*time.Second)
	setDefault(&cfg.MaxOCSP, 256<<10)
	setDefault(&cfg.MaxCRL, 32<<20)
	setDefault(&cfg.MaxCertificate, 256<<10)
	setDefault(&cfg.CacheSize, 64<<20)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	f := &Fetcher{cfg: cfg, cache: newCache(cfg.CacheSize)}
	f.client = &http.Client{Transport: cfg.Transport, CheckRedirect: f.checkRedirect}
	if cfg.Transport == nil {
		f.client.Transport = newTransport(cfg)
	}
	return f, nil
}

func setDefault[T time.Duration | int64](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// Close ends idle connections of the built-in transport.
func (f *Fetcher) Close() { f.client.CloseIdleConnections() }

func (f *Fetcher) checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("%d redirects: %w", len(via), ErrAnswer)
	}
	return f.allowed(r.URL)
}

// allowed tells whether an address may be asked.
func (f *Fetcher) allowed(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return fmt.Errorf("scheme %q: %w", u.Scheme, ErrHost)
	}
	if f.cfg.AnyHost {
		return nil // the dialer looks at the resolved address
	}
	if !listed(f.cfg.Hosts, u.Host) {
		return fmt.Errorf("%q: %w", u.Host, ErrHost)
	}
	return nil
}

// each tries the addresses of one kind in turn until one gives an answer.
func (f *Fetcher) each(addresses []string, try func(u *url.URL) ([]byte, error)) ([]byte, error) {
	var errs []error
	for _, address := range addresses {
		if len(errs) == maxAddresses {
			break
		}
		u, err := url.Parse(address)
		if err == nil {
			err = f.allowed(u)
		}
		if err == nil {
			var der []byte
			if der, err = try(u); err == nil {
				return der, nil
			}
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, ErrNoAddress
	}
	return nil, errors.Join(errs...)
}

// do sends a request and reads the whole bounded answer.
func (f *Fetcher) do(ctx context.Context, r *http.Request, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	defer cancel()
	resp, err := f.client.Do(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d: %w", resp.StatusCode, ErrAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("over %d bytes: %w", limit, ErrAnswer)
	}
	return body, nil
}
