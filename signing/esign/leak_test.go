package esign_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// everything that must not be printed anywhere.
var private = []string{
	nikText, nikText[:10], "3371 9901 0485 0901", mailText, "budi.contoh", "Budi Contoh", right, oneTime, appPass, "kunci-dokumen-5",
}

// clean fails the test when a text shows something private, in whatever case.
func clean(t *testing.T, what, text string) {
	t.Helper()
	var lower []string
	for _, p := range private {
		lower = append(lower, strings.ToLower(p))
	}
	at := place{t, what}
	leaktest.Hides(at, text, private...)
	leaktest.Hides(at, strings.ToLower(text), lower...)
}

// place says in which text a test failed.
type place struct {
	*testing.T
	what string
}

func (p place) Errorf(format string, args ...any) {
	p.Helper()
	p.T.Errorf(p.what+": "+format, args...)
}

// chatty is a transport whose errors tell all that they know, as a wrapped
// http.Client does.
type chatty struct{}

func (chatty) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, orEmpty(r.Body))
	return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: errors.New("dial " + r.URL.String() + ": no route")}
}

func orEmpty(r io.Reader) io.Reader {
	if r == nil {
		return strings.NewReader("")
	}
	return r
}

func TestNothingPersonalIsPrinted(t *testing.T) {
	// A server of bad manners repeats numbers and all that the request held.
	echo := func(key string, r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		text := "NIK 3371 9901 0485 0901 " + nikText + " <" + mailText + ">"
		for _, p := range private {
			if strings.Contains(string(body), p) {
				text += " " + p + " " + strings.ToUpper(p)
			}
		}
		return fmt.Sprintf(`{%q:%q,"status_code":400,"status":400,"path":%q}`, key, text, r.URL.Path)
	}
	for name, build := range map[string]func(t *testing.T, log *slog.Logger, v esign.Version) *esign.Client{
		"server repeats it": func(t *testing.T, logger *slog.Logger, v esign.Version) *esign.Client {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := echo("error", r)
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, answer)
			}))
			t.Cleanup(s.Close)
			return leaky(t, s.URL, logger, v, nil)
		},
		"200 repeats it": func(t *testing.T, logger *slog.Logger, v esign.Version) *esign.Client {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, echo("message", r))
			}))
			t.Cleanup(s.Close)
			return leaky(t, s.URL, logger, v, nil)
		},
		"nobody there": func(t *testing.T, logger *slog.Logger, v esign.Version) *esign.Client {
			s := httptest.NewServer(nil)
			s.Close()
			return leaky(t, s.URL, logger, v, nil)
		},
		"chatty transport": func(t *testing.T, logger *slog.Logger, v esign.Version) *esign.Client {
			return leaky(t, "http://box.test", logger, v, chatty{})
		},
	} {
		for _, version := range []esign.Version{esign.V1, esign.V2} {
			t.Run(name+" "+version.String(), func(t *testing.T) {
				var logged bytes.Buffer
				c := build(t, logTo(&logged), version)
				ctx, in := context.Background(), letter(t, "cairo")
				id := budi()
				id.Email = must(identity.ParseEmail(mailText))
				signer := c.Signer(id)
				withCode := esign.Request{Request: signing.Request{DocumentPassword: passphrase.FromString("kunci-dokumen-5")}}
				withCode.Credential.OneTimeCode = passphrase.FromString(oneTime)
				reg := esign.Registration{Name: must(identity.ParseName("Budi Contoh")), Email: id.Email, NIK: id.NIK}
				for what, f := range map[string]func() (any, error){
					"sign": func() (any, error) {
						return signer.Sign(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
					},
					"sign with code": func() (any, error) {
						return signer.Sign(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), withCode)
					},
					"status":   func() (any, error) { return c.Status(ctx, id) },
					"chain":    func() (any, error) { return c.CertificateChain(ctx, id) },
					"code":     func() (any, error) { return c.RequestCode(ctx, id, 1) },
					"register": func() (any, error) { return c.Register(ctx, reg) },
					"verify": func() (any, error) {
						return c.Verify(ctx, bytes.NewReader(in), int64(len(in)), passphrase.FromString("kunci-dokumen-5"))
					},
					"download": func() (any, error) { return nil, c.Download(ctx, io.Discard, "0f3c9a1e5b7d4c2f8a6e1d0b9c8f7a65") },
				} {
					v, err := f()
					clean(t, what+" result", leaktest.Printed(v))
					for e := err; e != nil; e = errors.Unwrap(e) {
						if _, own := e.(*esign.Error); own {
							clean(t, what+" error", leaktest.Printed(e))
						}
					}
					require.True(t, err != nil || name == "200 repeats it", what)
				}
				clean(t, "log", logged.String())
				assert.NotZero(t, logged.Len())
				clean(t, "client", leaktest.Printed(c))
				clean(t, "signer", leaktest.Printed(signer))
				clean(t, "identity", leaktest.Printed(id))
				clean(t, "request", leaktest.Printed(withCode))
				clean(t, "registration", leaktest.Printed(reg))
			})
		}
	}
	clean(t, "config", leaktest.Printed(esign.Config{Password: passphrase.FromString(appPass), LedgerKey: passphrase.FromString(right)}))
}

func leaky(t *testing.T, address string, logger *slog.Logger, v esign.Version, transport http.RoundTripper) *esign.Client {
	c, err := esign.New(esign.Config{BaseURL: address, InsecurePlainHTTP: true, Username: appUser, Password: passphrase.FromString(appPass),
		Version: v, Logger: logger, Transport: transport, Now: now, ReadRetries: -1})
	require.NoError(t, err)
	return c
}

// The ledger names document, signer and purpose by a keyed hash.
func TestLedgerHoldsNoNumber(t *testing.T) {
	ledger := esign.NewMemoryLedger()
	b := newBox(t)
	c := b.client(func(cfg *esign.Config) { cfg.Ledger, cfg.LedgerKey = ledger, passphrase.FromString(appPass) })
	_, r, err := sign(c, letter(t, "cairo"), esign.Request{Request: signing.Request{Purpose: "paraf"}})
	require.NoError(t, err)
	entry, err := ledger.Entry(context.Background(), r.Key)
	require.NoError(t, err)
	require.Len(t, entry.Attempts, 1)
	clean(t, "entry", leaktest.Printed(entry))
	assert.Len(t, r.Key, 64)
	again := b.client(func(cfg *esign.Config) { cfg.Ledger, cfg.LedgerKey = ledger, passphrase.FromString(right) })
	_, other, err := sign(again, letter(t, "cairo"), esign.Request{Request: signing.Request{Purpose: "paraf"}})
	require.NoError(t, err)
	assert.NotEqual(t, r.Key, other.Key, "another key, another name")
}

func TestTLS(t *testing.T) {
	b := newBox(t)
	s := httptest.NewUnstartedServer(b)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	b.says("/api/v2/user/check/status", 200, `{"status":"ISSUE"}`)
	config := func(change func(*esign.Config)) *esign.Client {
		cfg := esign.Config{BaseURL: s.URL, Username: appUser, Password: passphrase.FromString(appPass), ReadRetries: -1}
		change(&cfg)
		c, err := esign.New(cfg)
		require.NoError(t, err)
		return c
	}
	_, err := config(func(*esign.Config) {}).Status(context.Background(), budi())
	assert.ErrorIs(t, err, esign.CodeTLS, "an authority that the system does not know")
	_, err = config(func(c *esign.Config) {
		c.TLS = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	}).Status(context.Background(), budi())
	assert.NoError(t, err)
	_, err = config(func(c *esign.Config) { c.BaseURL = strings.Replace(b.server.URL, "http:", "https:", 1) }).Status(context.Background(), budi())
	assert.ErrorIs(t, err, esign.CodeTLS, "a box that speaks http")
	_, err = config(func(c *esign.Config) {
		c.TLS = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		c.Password = passphrase.FromString("salah")
	}).Status(context.Background(), budi())
	assert.ErrorIs(t, err, esign.CodeApplication)
}
