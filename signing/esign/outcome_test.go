package esign_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// cut lets a handler answer and ends the connection after n bytes of the body,
// announced in full.
func cut(h http.HandlerFunc, n func(size int) int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		body := rec.Body.Bytes()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body[:min(n(len(body)), len(body))])
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

func half(n int) int { return n / 2 }

func asEsign(t *testing.T, err error) *esign.Error {
	t.Helper()
	var e *esign.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestLostAnswerIsUnknownAndNeverRepeated(t *testing.T) {
	in := letter(t, "libreoffice")
	for name, broken := range map[string]func(b *box) http.HandlerFunc{
		"cut in the answer": func(b *box) http.HandlerFunc { return cut(b.signV2, half) },
		"cut before the answer": func(b *box) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				b.signV2(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
		},
		"a gateway lost the box": func(b *box) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				b.signV2(httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusGatewayTimeout)
			}
		},
		"200 without a document": func(b *box) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				b.signV2(httptest.NewRecorder(), r)
				_, _ = io.WriteString(w, `{"time":12}`)
			}
		},
		"200 that is no JSON": func(b *box) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				b.signV2(httptest.NewRecorder(), r)
				_, _ = io.WriteString(w, `<html>`)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.on("/api/v2/sign/pdf", broken(b))
			c := b.client(nil)
			out, r, err := sign(c, in, esign.Request{})
			e := asEsign(t, err)
			assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
			assert.Equal(t, esign.OutcomeUnknown, e.Outcome)
			assert.Equal(t, esign.RetryReconcile, e.Retry)
			assert.Equal(t, esign.OutcomeUnknown, r.Outcome)
			assert.NotEmpty(t, e.AttemptID)
			assert.Empty(t, out)
			assert.Equal(t, 1, b.count("/api/v2/sign/pdf"), "nothing was repeated")
			assert.Equal(t, 1, b.signed)

			// Again without a decision: refused, and nothing leaves.
			_, _, err = sign(c, in, esign.Request{})
			assert.ErrorIs(t, err, esign.CodeUnsettled)
			assert.Equal(t, 1, b.count("/api/v2/sign/pdf"))
			assert.Equal(t, e.Key, asEsign(t, err).Key)

			// Given up, taken up again, signed from the same original.
			ctx := context.Background()
			require.NoError(t, c.Reconcile(ctx, e.Key, esign.Abandon))
			_, _, err = sign(c, in, esign.Request{})
			assert.ErrorIs(t, err, esign.CodeAbandoned)
			require.NoError(t, c.Reconcile(ctx, e.Key, esign.SignAgain))
			b.on("/api/v2/sign/pdf", nil)
			out, _, err = sign(c, in, esign.Request{})
			require.NoError(t, err)
			sound(t, in, out, 1)

			_, _, err = sign(c, in, esign.Request{})
			assert.ErrorIs(t, err, esign.CodeAlreadySaved)
			assert.ErrorIs(t, c.Reconcile(ctx, e.Key, esign.SignAgain), esign.CodeNotUnsettled)
			_, _, err = sign(c, in, esign.Request{Request: signing.Request{Purpose: "paraf"}})
			assert.NoError(t, err, "another purpose is another signature")
		})
	}
}

func TestRequestThatDidNotLeaveIsRefused(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := b.client(func(cfg *esign.Config) { cfg.BaseURL = gone.URL })
	_, _, err := sign(c, in, esign.Request{})
	e := asEsign(t, err)
	assert.ErrorIs(t, err, esign.CodeUnreachable)
	assert.Equal(t, esign.OutcomeRefused, e.Outcome)
	assert.NotErrorIs(t, c.Reconcile(context.Background(), e.Key, esign.Abandon), nil, "there is nothing to decide")

	t.Run("a document that ends early", func(t *testing.T) {
		c := b.client(nil)
		_, err := c.Signer(budi()).Sign(context.Background(), io.Discard, &shrinking{bytes.NewReader(in), 6}, int64(len(in)), esign.Request{Request: withPassphrase(right)})
		assert.Equal(t, esign.OutcomeRefused, asEsign(t, err).Outcome)
		assert.Zero(t, b.signed)
	})
	t.Run("cancelled while waiting for a slot", func(t *testing.T) {
		c := b.client(nil)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := c.Signer(budi()).Sign(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
		assert.ErrorIs(t, err, esign.CodeCanceled)
		assert.ErrorIs(t, err, context.Canceled)
	})
}

// shrinking ends early once it was read from its beginning so many times.
type shrinking struct {
	*bytes.Reader
	whole int
}

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		s.whole--
	}
	if s.whole < 0 && off > 1000 {
		return 0, io.EOF
	}
	return s.Reader.ReadAt(p, off)
}

func TestGivingUpAfterTheRequestLeftIsUnknown(t *testing.T) {
	b := newBox(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	b.on("/api/v2/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
		b.signV2(httptest.NewRecorder(), r)
		cancel()
		<-done
	})
	t.Cleanup(func() { close(done) })
	in := letter(t, "libreoffice")
	_, err := b.client(nil).Signer(budi()).Sign(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestOperationsEndInTime(t *testing.T) {
	b := newBox(t)
	done := make(chan struct{})
	b.on("/api/v2/user/check/status", func(http.ResponseWriter, *http.Request) { <-done })
	t.Cleanup(func() { close(done) })
	c := b.client(func(cfg *esign.Config) { cfg.Timeouts.Status, cfg.ReadRetries = time.Millisecond, -1 })
	_, err := c.Status(context.Background(), budi())
	assert.ErrorIs(t, err, esign.CodeTimeout)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestVersion1FetchesALostBodyOnce(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	b.on("/api/sign/pdf", cut(b.signV1, half))
	out, r, err := sign(b.client(v1), in, visible())
	require.NoError(t, err)
	sound(t, in, out, 1)
	assert.Equal(t, []string{"POST /api/sign/pdf", "GET /api/sign/download/" + r.DocumentID}, b.requests())

	t.Run("base64 cut after the id", func(t *testing.T) {
		b := newBox(t)
		b.on("/api/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			b.signV1(rec, r)
			_, _ = w.Write(rec.Body.Bytes()[:500])
		})
		out, _, err := sign(b.client(func(cfg *esign.Config) { v1(cfg); cfg.Profile.V1Base64 = true }), in, visible())
		require.NoError(t, err)
		sound(t, in, out, 1)
	})
	t.Run("cut without a trace", func(t *testing.T) {
		b := newBox(t)
		b.on("/api/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			b.signV1(rec, r)
			w.Header().Set("id_dokumen", rec.Header().Get("id_dokumen"))
			_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()-900])
		})
		out, _, err := sign(b.client(v1), in, visible())
		require.NoError(t, err)
		sound(t, in, out, 1)
	})
	t.Run("the download is lost too", func(t *testing.T) {
		b := newBox(t)
		b.on("/api/sign/pdf", cut(b.signV1, half))
		b.on("/api/sign/download/00000000000000000000000000000001", cut(b.download, half))
		_, r, err := sign(b.client(v1), in, visible())
		assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
		assert.Len(t, b.requests(), 2, "it is tried once")
		assert.NotEmpty(t, r.DocumentID)
	})
	t.Run("no id, no download", func(t *testing.T) {
		b := newBox(t)
		b.on("/api/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
			b.signV1(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		})
		_, _, err := sign(b.client(v1), in, visible())
		assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
		assert.Len(t, b.requests(), 1)
	})
}

func TestDownloadOnce(t *testing.T) {
	b := newBox(t)
	c := b.client(v1)
	_, r, err := sign(c, letter(t, "cairo"), esign.Request{})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, c.Download(context.Background(), &out, r.DocumentID))
	assert.NotZero(t, out.Len())
	err = c.Download(context.Background(), io.Discard, r.DocumentID)
	assert.ErrorIs(t, err, esign.CodeDocumentGone)
	assert.Equal(t, 4044, asEsign(t, err).ServerCode)
	assert.ErrorIs(t, c.Download(context.Background(), io.Discard, "../user/status/1"), esign.CodeRequest)
	b.says("/api/sign/download/abc", 404, "")
	assert.ErrorIs(t, c.Download(context.Background(), io.Discard, "abc"), esign.CodeDocumentGone, "a 404 without a body too")
}

func TestCutAmongSeveralFiles(t *testing.T) {
	b := newBox(t)
	ins := [][]byte{letter(t, "cairo"), letter(t, "libreoffice"), letter(t, "hybrid")}
	// The answer ends in the second file.
	b.on("/api/v2/sign/pdf", cut(b.signV2, func(int) int { return 15 + (len(ins[0])+40<<10)*4/3 + len(ins[1]) }))
	outs := make([]bytes.Buffer, len(ins))
	files := make([]esign.File, len(ins))
	for i, in := range ins {
		files[i] = esign.File{Dst: &outs[i], Src: bytes.NewReader(in), Size: int64(len(in))}
	}
	results, err := b.client(nil).Signer(budi()).SignFiles(context.Background(), withPassphrase(right).Credential, files)
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
	assert.Equal(t, esign.OutcomeSigned, results[0].Outcome)
	sound(t, ins[0], outs[0].Bytes(), 1)
	assert.Equal(t, esign.OutcomeUnknown, results[1].Outcome)
	assert.Equal(t, esign.OutcomeUnknown, results[2].Outcome)
	assert.Zero(t, outs[1].Len())
}

// A ledger that fails at the chosen call.
type failingLedger struct {
	*esign.MemoryLedger
	calls, failAt int
}

func (f *failingLedger) Update(ctx context.Context, key string, g func(*esign.Entry) error) error {
	if f.calls++; f.calls == f.failAt {
		return errors.New("connection to 10.0.0.7 refused")
	}
	return f.MemoryLedger.Update(ctx, key, g)
}

func TestLedgerFailures(t *testing.T) {
	in := letter(t, "cairo")
	with := func(l esign.Ledger) func(*esign.Config) {
		return func(cfg *esign.Config) { cfg.Ledger, cfg.LedgerKey = l, cfg.Password }
	}
	t.Run("before anything leaves: refused", func(t *testing.T) {
		b := newBox(t)
		_, _, err := sign(b.client(with(&failingLedger{esign.NewMemoryLedger(), 0, 1})), in, esign.Request{})
		assert.ErrorIs(t, err, esign.CodeLedger)
		assert.Zero(t, b.count("/api/v2/sign/pdf"))
	})
	t.Run("after the signature: a doubt, and no second one", func(t *testing.T) {
		b := newBox(t)
		c := b.client(with(&failingLedger{esign.NewMemoryLedger(), 0, 2}))
		out, r, err := sign(c, in, esign.Request{})
		require.NoError(t, err)
		sound(t, in, out, 1)
		assert.Contains(t, r.Doubts, esign.DoubtNotNoted)
		_, _, err = sign(c, in, esign.Request{})
		assert.ErrorIs(t, err, esign.CodeInFlight)
	})
}

func TestLedgerRemembersACrash(t *testing.T) {
	ledger, ctx := esign.NewMemoryLedger(), context.Background()
	b := newBox(t)
	clock := testNow
	c := b.client(func(cfg *esign.Config) {
		cfg.Ledger, cfg.LedgerKey = ledger, cfg.Password
		cfg.Now = func() time.Time { return clock }
	})
	in := letter(t, "cairo")
	_, r, err := sign(c, in, esign.Request{})
	require.NoError(t, err)
	// As if the program had ended before the outcome was known.
	require.NoError(t, ledger.Update(ctx, r.Key, func(e *esign.Entry) error {
		e.Attempts[0].Outcome, e.Attempts[0].Ended = esign.OutcomeUnknown, time.Time{}
		return nil
	}))
	_, _, err = sign(c, in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeInFlight)
	assert.ErrorIs(t, c.Reconcile(ctx, r.Key, esign.Abandon), esign.CodeInFlight)
	clock = clock.Add(10 * time.Minute)
	_, _, err = sign(c, in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeUnsettled)
	keys, err := ledger.Unsettled(ctx, "", 10)
	require.NoError(t, err)
	assert.Equal(t, []string{r.Key}, keys)
	assert.NoError(t, c.Reconcile(ctx, r.Key, esign.SignAgain))
}

func TestOneSignatureOfManyCallers(t *testing.T) {
	b := newBox(t)
	c := b.client(func(cfg *esign.Config) { cfg.Concurrent = 8 })
	in := letter(t, "cairo")
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 8 {
		wg.Go(func() {
			_, _, err := sign(c, in, esign.Request{})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, esign.CodeInFlight) && !errors.Is(err, esign.CodeAlreadySaved) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 1, won)
	assert.Equal(t, 1, b.signed)
}

func TestOneRequestAtATime(t *testing.T) {
	for _, allowed := range []int{0, 3} {
		b := newBox(t)
		var mu sync.Mutex
		under, most := 0, 0
		b.on("/api/v2/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			b.signV2(w, r)
			mu.Lock()
			under--
			mu.Unlock()
		})
		c := b.client(func(cfg *esign.Config) { cfg.Concurrent, cfg.SkipChain = allowed, true })
		base := letter(t, "cairo")
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_, _, err := sign(c, append(bytes.Clone(base), "%"+strconv.Itoa(i)+"\n"...), esign.Request{})
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		assert.LessOrEqual(t, most, max(allowed, 1))
	}
}

// A box that refuses before it has read all: the document is not touched once
// the call has returned.
func TestEarlyRefusalOfALargeLetter(t *testing.T) {
	in := large(t, 8<<20)
	b := newBox(t)
	early := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	s := httptest.NewServer(http.HandlerFunc(early))
	t.Cleanup(s.Close)
	c := b.client(func(cfg *esign.Config) { cfg.BaseURL, cfg.SkipChain = s.URL, true })
	src := &watched{Reader: bytes.NewReader(in)}
	_, err := c.Signer(budi()).Sign(context.Background(), io.Discard, src, int64(len(in)), esign.Request{Request: withPassphrase(right)})
	src.over.Store(true)
	e := asEsign(t, err)
	assert.Equal(t, esign.OutcomeRefused, e.Outcome, "the request did not leave whole, or was refused")
	s.Close()
	assert.False(t, src.late.Load())
}

// watched notices reads after its time.
type watched struct {
	*bytes.Reader
	over, late atomic.Bool
}

func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	if w.over.Load() {
		w.late.Store(true)
	}
	return w.Reader.ReadAt(p, off)
}
