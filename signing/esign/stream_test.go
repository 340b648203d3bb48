package esign_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// large is a letter with a scan of so many bytes in it.
func large(t testing.TB, size int) []byte {
	return edited(t, letter(t, "cairo"), func(_ *pdf.Document, u *pdf.Update) {
		scan := make([]byte, size)
		rng := rand.NewChaCha8([32]byte{1})
		_, _ = rng.Read(scan)
		u.Add(pdf.NewStream(pdf.Dict{}, scan))
	})
}

// streaming answers without holding anything itself.
type streaming struct {
	head, tail string
	document   []byte
	base64     bool
}

func (s streaming) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	pr, pw := io.Pipe()
	go func() {
		_, _ = io.WriteString(pw, s.head)
		if s.base64 {
			e := base64.NewEncoder(base64.StdEncoding, pw)
			_, _ = e.Write(s.document)
			_ = e.Close()
		} else {
			_, _ = pw.Write(s.document)
		}
		_, _ = io.WriteString(pw, s.tail)
		_ = pw.Close()
	}()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: pr}, nil
}

func TestLargeLetterIsStreamed(t *testing.T) {
	const size = 20 << 20
	b := newBox(t)
	in := large(t, size)
	signed := must(b.sign(in, signing.Options{}))
	for name, tc := range map[string]struct {
		version   esign.Version
		transport streaming
	}{
		"v2":           {esign.V2, streaming{`{"time":1,"file":["`, `"]}`, signed, true}},
		"v1 as bytes":  {esign.V1, streaming{"", "", signed, false}},
		"v1 as base64": {esign.V1, streaming{`{"base64_signed_file":"`, `"}`, signed, true}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := esign.New(esign.Config{BaseURL: "https://box.test", Username: appUser, Password: passphrase.FromString(appPass),
				Version: tc.version, Transport: tc.transport, Now: now, SkipChain: true})
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err = c.Signer(budi()).Sign(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			all := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d MiB letter: %.1f MiB allocated in all", len(in)>>20, float64(all)/(1<<20))
			assert.Less(t, all, uint64(size), "less in all than one copy of the letter")
		})
	}
}

// endless answers a number of bytes that no letter has.
type endless string

func (e endless) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return &http.Response{StatusCode: 200, Header: http.Header{},
		Body: io.NopCloser(io.MultiReader(strings.NewReader(string(e)), repeated(strings.Repeat("A", 32<<10))))}, nil
}

// repeated reads as one text without end.
type repeated string

func (r repeated) Read(p []byte) (int, error) { return copy(p, r), nil }

func TestEndlessAnswers(t *testing.T) {
	in := letter(t, "cairo")
	for name, e := range map[string]endless{
		"a document": `{"file":["`, "a key": `{"`, "a value": `{"x":"`, "a number": `{"x":1`, "bytes": "", "nesting": endless(`{"x":` + strings.Repeat("[", 100)),
	} {
		for _, v := range []esign.Version{esign.V1, esign.V2} {
			t.Run(name+" "+v.String(), func(t *testing.T) {
				c, err := esign.New(esign.Config{BaseURL: "https://box.test", Username: appUser, Password: passphrase.FromString(appPass),
					Version: v, Transport: e, Now: now, MaxGrowth: 1 << 20, ReadRetries: -1})
				require.NoError(t, err)
				ctx := context.Background()
				_, err = c.Signer(budi()).Sign(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
				assert.Error(t, err)
				assert.Equal(t, esign.OutcomeUnknown, asEsign(t, err).Outcome)
				_, err = c.Status(ctx, budi())
				assert.ErrorIs(t, err, esign.CodeAnswer)
				if e == "" {
					_, err = c.Verify(ctx, bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
					assert.ErrorIs(t, err, esign.CodeAnswer)
				}
				_, err = c.CertificateChain(ctx, budi())
				assert.ErrorIs(t, err, esign.CodeAnswer)
				assert.Error(t, c.Download(ctx, io.Discard, "abc"))
			})
		}
	}
}
