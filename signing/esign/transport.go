package esign

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// newTransport is the built-in transport. It reads no environment, and takes
// no compressed answers, whose size would not be bounded by what comes in.
func newTransport(config *tls.Config) http.RoundTripper {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:        config.Clone(),
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
	}
}

// CloseIdleConnections closes the connections that are not in use, if the
// transport can.
func (c *Client) CloseIdleConnections() {
	if t, ok := c.cfg.Transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// call is one request of the API.
type call struct {
	op      string // for logs
	method  string
	path    string // escaped, after the base address
	accept  string
	kind    string // content type of the body; empty without one
	body    func() io.Reader
	length  int64
	timeout time.Duration
	attempt string // id, of an attempt to sign
}

// answer is what came back. Closing it ends the call.
type answer struct {
	status int
	header http.Header
	body   io.Reader
	whole  bool // the request had left whole when the answer began
	close  func()
}

// errNotWhole marks a failure of a request whose last byte was never handed to
// the transport: the box cannot have acted on it.
var errNotWhole = errors.New("the request did not leave whole")

// because is an error with the reason that is known for it.
type because struct{ reason, err error }

// Error implements error.
func (b *because) Error() string { return b.reason.Error() + ": " + b.err.Error() }

// Unwrap returns both.
func (b *because) Unwrap() []error { return []error{b.reason, b.err} }

// do sends one request, once. Redirects are not followed: a credential goes
// only where the configuration says. The error is of the transport; it matches
// errNotWhole when the request cannot have been acted on.
func (c *Client) do(ctx context.Context, k call) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, k.timeout)
	req, err := http.NewRequestWithContext(ctx, k.method, c.base.String()+k.path, nil)
	if err != nil {
		cancel()
		return nil, &because{errNotWhole, errors.New("the address cannot be asked")}
	}
	password := c.cfg.Password.Reveal()
	req.SetBasicAuth(c.cfg.Username, string(password))
	clear(password)
	req.Header.Set("Accept", k.accept)
	req.Header.Set("User-Agent", "sertel-esign")
	var sent atomic.Pointer[counted]
	sent.Store(&counted{})
	if k.body != nil {
		// The transport begins anew only when an idle connection turns out to
		// be dead before a byte was written.
		req.GetBody = func() (io.ReadCloser, error) {
			next := &counted{r: k.body(), left: k.length}
			sent.Swap(next).stop()
			return next, nil
		}
		req.Body, _ = req.GetBody()
		req.ContentLength = k.length
		req.Header.Set("Content-Type", k.kind)
	}
	begun := c.cfg.Now()
	resp, err := c.cfg.Transport.RoundTrip(req) //nolint:bodyclose // answer.close does
	if err != nil {
		err = foreign(err)
		if cause := context.Cause(ctx); cause != nil {
			err = &because{cause, err}
		}
		cancel()
		if !sent.Load().whole() {
			err = &because{errNotWhole, err}
		}
		sent.Load().stop()
		c.log(k, begun, 0, err)
		return nil, err
	}
	c.log(k, begun, resp.StatusCode, nil)
	return &answer{
		status: resp.StatusCode, header: resp.Header, body: &contextReader{ctx, resp.Body},
		whole: sent.Load().whole(),
		close: func() {
			_ = resp.Body.Close()
			cancel()
			sent.Load().stop()
		},
	}, nil
}

// log tells of a call. Neither path nor bodies are logged: both hold numbers.
func (c *Client) log(k call, begun time.Time, status int, err error) {
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("op", k.op), slog.String("api", c.cfg.Version.String()),
		slog.Int64("bytes", k.length), slog.Duration("took", c.cfg.Now().Sub(begun)),
	}
	if k.attempt != "" {
		attrs = append(attrs, slog.String("attempt", k.attempt))
	}
	if status != 0 {
		attrs = append(attrs, slog.Int("http_status", status))
	}
	if err != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.cfg.Logger.LogAttrs(context.Background(), level, "esign call", attrs...)
}

// counted is a request's body that knows whether its last byte was read. A
// transport may go on reading after it has returned; stop ends that, so that
// the caller's document is not touched later.
type counted struct {
	mu      sync.Mutex
	r       io.Reader
	left    int64
	stopped bool
}

func (b *counted) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return 0, errNotWhole
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

func (b *counted) Close() error { return nil }

// whole reports whether the last byte was read.
func (b *counted) whole() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left == 0
}

func (b *counted) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
}

// contextReader names the context's end as the reason when a read fails for
// it.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		if cause := context.Cause(c.ctx); cause != nil {
			err = &because{cause, foreign(err)}
		}
	}
	return n, err
}

// transportError names a failure of the way. For a call that changes
// something the outcome is unknown as soon as the request may have arrived.
func transportError(err error, changes bool) *Error {
	if changes && !errors.Is(err, errNotWhole) {
		return newError(CodeOutcomeUnknown, OutcomeUnknown, err)
	}
	code := CodeUnreachable
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		record       tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled):
		code = CodeCanceled
	case errors.As(err, &verification), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &record),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		code = CodeTLS
	case errors.Is(err, context.DeadlineExceeded):
		code = CodeTimeout
	}
	return newError(code, OutcomeRefused, err)
}

// read sends a request that changes nothing, again when that may help, and
// hands the whole bounded answer to use.
func (c *Client) read(ctx context.Context, k call, limit int64) (status int, header http.Header, body []byte, err error) {
	delay := c.cfg.RetryDelay
	for try := 0; ; try++ {
		status, header, body, err = c.readOnce(ctx, k, limit)
		busy := err == nil && (status == 429 || status >= 502 && status <= 504)
		lost := err != nil && !errors.Is(err, CodeTLS) && !errors.Is(err, CodeAnswer)
		if try >= c.cfg.ReadRetries || !busy && !lost || ctx.Err() != nil {
			return status, header, body, err
		}
		timer := time.NewTimer(delay)
		select {
		case <-ctx.Done():
			timer.Stop()
			return status, header, body, err
		case <-timer.C:
		}
		delay *= 2
	}
}

func (c *Client) readOnce(ctx context.Context, k call, limit int64) (int, http.Header, []byte, error) {
	a, err := c.do(ctx, k)
	if err != nil {
		return 0, nil, nil, transportError(err, false)
	}
	defer a.close()
	body, err := io.ReadAll(io.LimitReader(a.body, limit+1))
	if err != nil {
		return 0, nil, nil, transportError(err, false)
	}
	if int64(len(body)) > limit {
		return 0, nil, nil, local(CodeAnswer, errors.New("answer exceeds its bound"))
	}
	return a.status, a.header, body, nil
}
