package tsa

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/cms"
)

// ClientConfig describes a [Client].
type ClientConfig struct {
	// URL is the http or https address of the authority. Required. Logins do
	// not belong into it.
	URL string
	// Username and Password are sent by http basic login (RFC 7617) when
	// Username is not empty, to the host of URL only.
	Username string
	Password passphrase.Secret
	// Roots are the trusted roots. Required; none is trusted by default.
	Roots []*x509.Certificate
	// Intermediates help to find a path when the authority leaves certificates
	// out.
	Intermediates []*x509.Certificate
	// Policy asks for a policy and refuses tokens of another; zero takes any.
	Policy x509.OID
	// NoNonce leaves the nonce out of requests, for an authority that does not
	// repeat it. The imprint still binds the token to the digest, but a token
	// made for the same digest before, within Tolerance, passes.
	NoNonce bool
	// Timeout bounds one request with its answer; zero is 10 seconds.
	Timeout time.Duration
	// MaxSize bounds the answer in octets; zero is 256 KiB.
	MaxSize int64
	// Proxy gives the proxy of a request; nil is none. The environment is not
	// read.
	Proxy func(*http.Request) (*url.URL, error)
	// Transport replaces the built-in one, and Proxy with it; nil keeps it.
	Transport http.RoundTripper
	// Tolerance is by how much the token's time may differ from the client's
	// clock; zero is five minutes, a negative number accepts any time.
	Tolerance time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Errors of [Client.Timestamp], beside those of [Verify], a *[RejectedError]
// and those of the transport.
var (
	// ErrAnswer means an http answer that holds no time-stamp reply: another
	// status than 200, another content type, too large.
	ErrAnswer = errors.New("tsa: no usable answer")
	// ErrNonce means that the token does not repeat the nonce: it may be the
	// answer to another request.
	ErrNonce = errors.New("tsa: nonce not repeated")
	// ErrPolicy means a token of another policy than asked for.
	ErrPolicy = errors.New("tsa: token of another policy")
	// ErrTime means that the token's time is too far from the clock.
	ErrTime = errors.New("tsa: time of the token is too far from the clock")
)

// ErrConfig is returned by [NewClient] and [NewResponder] for a configuration
// that cannot work.
var ErrConfig = errors.New("tsa: configuration")

// Client asks one time-stamping authority. It is safe for concurrent use.
type Client struct {
	cfg    ClientConfig
	client *http.Client
}

// Format prints a marker under every verb: fmt would read what the requests
// under way change.
func (*Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "tsa.Client") }

// NewClient checks a configuration and returns a Client. An error says which
// field is missing or wrong.
func NewClient(cfg ClientConfig) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		// The text is not repeated: somebody may have put a login into it.
		return nil, fmt.Errorf("%w: ClientConfig.URL is not an http address without a login", ErrConfig)
	}
	if len(cfg.Roots) == 0 {
		return nil, fmt.Errorf("%w: ClientConfig.Roots is required", ErrConfig)
	}
	if cfg.Timeout < 0 || cfg.MaxSize < 0 {
		return nil, fmt.Errorf("%w: ClientConfig holds a negative limit", ErrConfig)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.MaxSize == 0 {
		cfg.MaxSize = 256 << 10
	}
	if cfg.Tolerance == 0 {
		cfg.Tolerance = 5 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Roots, cfg.Intermediates = slices.Clone(cfg.Roots), slices.Clone(cfg.Intermediates)
	transport := cfg.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy: cfg.Proxy, TLSHandshakeTimeout: cfg.Timeout, ResponseHeaderTimeout: cfg.Timeout,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		}
	}
	return &Client{cfg: cfg, client: &http.Client{
		Transport: transport,
		// A request that is sent again elsewhere would carry the login there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.client.CloseIdleConnections() }

// Timestamp asks for a token over a digest made with SHA-256, SHA-384 or
// SHA-512, and checks what comes back. Nothing is tried twice. Errors:
// [ErrImprint], [ErrAnswer], [ErrMalformed], [ErrSignature], [ErrUntrusted],
// [ErrNonce], [ErrPolicy], [ErrTime], and the network's.
func (c *Client) Timestamp(ctx context.Context, hash crypto.Hash, digest []byte) (*Token, error) {
	if !cms.StrongHash(hash) || len(digest) != hash.Size() {
		return nil, fmt.Errorf("%w: digest of %d bytes", ErrImprint, len(digest))
	}
	var nonce *big.Int
	if !c.cfg.NoNonce {
		var err error
		if nonce, err = newNonce(); err != nil {
			return nil, err
		}
	}
	query, err := request{hash: hash, digest: digest, policy: c.cfg.Policy, nonce: nonce, certReq: true}.marshal()
	if err != nil {
		return nil, fmt.Errorf("tsa: request: %w", err)
	}
	reply, err := c.post(ctx, query)
	if err != nil {
		return nil, err
	}
	raw, err := parseResponse(reply)
	if err != nil {
		return nil, err
	}
	token, err := Verify(raw, VerifyOptions{
		Hash: hash, Digest: digest, Roots: c.cfg.Roots, Intermediates: c.cfg.Intermediates,
	})
	if err != nil {
		return nil, err
	}
	if err := c.check(token, nonce); err != nil {
		return nil, err
	}
	return token, nil
}

// check compares a verified token with the request.
func (c *Client) check(token *Token, nonce *big.Int) error {
	if nonce != nil && (token.Nonce == nil || token.Nonce.Cmp(nonce) != 0) {
		return ErrNonce
	}
	if !isZero(c.cfg.Policy) && !c.cfg.Policy.Equal(token.Policy) {
		return ErrPolicy
	}
	if off := token.Time.Sub(c.cfg.Now()).Abs(); c.cfg.Tolerance > 0 && off > c.cfg.Tolerance {
		return fmt.Errorf("%w: off by %s", ErrTime, off.Round(time.Second))
	}
	return nil
}

// newNonce makes a positive number of 64 bits, the size that all authorities
// take.
func newNonce() (*big.Int, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("tsa: nonce: %w", err)
	}
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:]), nil
}

func (c *Client) post(ctx context.Context, query []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL, bytes.NewReader(query))
	if err != nil {
		return nil, fmt.Errorf("tsa: request: %w", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	r.Header.Set("Accept", "application/timestamp-reply")
	if c.cfg.Username != "" {
		password := c.cfg.Password.Reveal()
		r.SetBasicAuth(c.cfg.Username, string(password))
		clear(password)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("tsa: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: http status %d", ErrAnswer, resp.StatusCode)
	}
	if t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || t != "application/timestamp-reply" {
		return nil, fmt.Errorf("%w: content type is not application/timestamp-reply", ErrAnswer)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.cfg.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("tsa: %w", err)
	}
	if int64(len(body)) > c.cfg.MaxSize {
		return nil, fmt.Errorf("%w: over %d bytes", ErrAnswer, c.cfg.MaxSize)
	}
	return body, nil
}
