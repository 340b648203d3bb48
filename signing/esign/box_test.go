package esign_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// box answers as a real one does, as far as the tests need it, and signs for
// real. Tests replace single paths.
type box struct {
	t      testing.TB
	server *httptest.Server
	key    *signing.Key
	stamps bool // B-T

	mu      sync.Mutex
	replace map[string]http.HandlerFunc // by path
	asked   []string                    // "POST /path"
	forms   []map[string][]string       // of version 1, files by their content
	bodies  []map[string]json.RawMessage
	signed  int
	outputs map[string][]byte // by id, until they are downloaded
}

func newBox(t testing.TB) *box {
	b := &box{t: t, key: testPKI().person("BUDI CONTOH"), stamps: true,
		replace: map[string]http.HandlerFunc{}, outputs: map[string][]byte{}}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

func (b *box) on(path string, h http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replace[path] = h
}

// says makes a path answer a status and a body.
func (b *box) says(path string, status int, body string) {
	b.on(path, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func (b *box) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.asked...)
}

func (b *box) count(path string) (n int) {
	for _, r := range b.requests() {
		if strings.HasSuffix(r, " "+path) {
			n++
		}
	}
	return n
}

func (b *box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.asked = append(b.asked, r.Method+" "+r.URL.Path)
	h := b.replace[r.URL.Path]
	b.mu.Unlock()
	user, pass, ok := r.BasicAuth()
	if !ok || user != appUser || pass != appPass {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"timestamp":"2026-01-02T03:04:05.678+00:00","status":401,"error":"Unauthorized","path":%q}`, r.URL.Path)
		return
	}
	switch {
	case h != nil:
		h(w, r)
	case r.URL.Path == "/api/sign/pdf":
		b.signV1(w, r)
	case r.URL.Path == "/api/v2/sign/pdf":
		b.signV2(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/sign/download/"):
		b.download(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/v2/user/certificate/chain/"):
		// Observed: 400, a JSON content type, and no JSON.
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "User not found")
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (b *box) wrongPassphrase(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"error":"Passphrase anda salah","status_code":2031}`)
}

// sign makes a signature as a box does: its own field name, reserved room.
func (b *box) sign(in []byte, opts signing.Options) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.signed++
	opts.Key, opts.Now = b.key, now
	opts.Field = fmt.Sprintf("bcs_ecs_%d", testNow.UnixMilli()+int64(b.signed))
	if b.stamps {
		opts.Timestamper = testPKI().stamps
	}
	var out bytes.Buffer
	_, err := signing.Sign(context.Background(), &out, bytes.NewReader(in), int64(len(in)), opts)
	return out.Bytes(), err
}

func (b *box) signV1(w http.ResponseWriter, r *http.Request) {
	parts := map[string][]string{}
	m, err := r.MultipartReader()
	if !assert.NoError(b.t, err) {
		return
	}
	for {
		p, err := m.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return // the client gave up
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return
		}
		parts[p.FormName()] = append(parts[p.FormName()], string(content))
		checkPart(b.t, p)
	}
	b.mu.Lock()
	b.forms = append(b.forms, parts)
	b.mu.Unlock()
	if parts["passphrase"][0] != right {
		b.wrongPassphrase(w)
		return
	}
	out, err := b.sign([]byte(parts["file"][0]), signing.Options{Placement: placementV1(parts), Block: blockOf(parts["tampilan"][0] == "visible")})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	id := fmt.Sprintf("%032x", b.signed)
	b.mu.Lock()
	b.outputs[id] = out
	b.mu.Unlock()
	w.Header().Set("id_dokumen", id)
	if len(parts["jenis_response"]) > 0 {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id_dokumen":"%s","base64_signed_file":"%s"}`, id, base64.StdEncoding.EncodeToString(out))
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(out)
}

func checkPart(t testing.TB, p *multipart.Part) {
	kind := p.Header.Get("Content-Type")
	switch p.FormName() {
	case "file", "signed_file":
		assert.Equal(t, "application/pdf", kind)
		assert.Equal(t, "dokumen.pdf", p.FileName())
	case "imageTTD":
		assert.Equal(t, "image/png", kind)
	default:
		assert.Empty(t, p.FileName())
	}
}

func (b *box) download(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/api/sign/download/")
	b.mu.Lock()
	out, ok := b.outputs[id]
	delete(b.outputs, id)
	b.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"status_code":4044,"error":"File tidak tersedia, pastikan bahwa dokumen belum di download"}`)
		return
	}
	w.Header().Set("id_dokumen", id)
	_, _ = w.Write(out)
}

func (b *box) signV2(w http.ResponseWriter, r *http.Request) {
	assert.Equal(b.t, "application/json", r.Header.Get("Content-Type"))
	var body map[string]json.RawMessage
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		return
	}
	var in struct {
		Passphrase, TOTP    string
		SignatureProperties []map[string]any
		File                [][]byte
	}
	if json.Unmarshal(must(json.Marshal(body)), &in) != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	b.mu.Lock()
	b.bodies = append(b.bodies, body)
	b.mu.Unlock()
	if in.Passphrase != right && in.TOTP != oneTime {
		b.wrongPassphrase(w)
		return
	}
	var out [][]byte
	for i, file := range in.File {
		p := in.SignatureProperties[i]
		signed, err := b.sign(file, signing.Options{Placement: placementV2(p), Block: blockOf(p["tampilan"] == "VISIBLE")})
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		out = append(out, signed)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"time": 682, "file": out})
}

// newClient returns a client of the box. change may be nil.
func (b *box) client(change func(*esign.Config)) *esign.Client {
	cfg := esign.Config{
		BaseURL: b.server.URL, InsecurePlainHTTP: true, Username: appUser, Password: passphrase.FromString(appPass),
		Roots: testPKI().roots(), Now: now, RetryDelay: time.Nanosecond,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := esign.New(cfg)
	require.NoError(b.t, err)
	return c
}

func v1(cfg *esign.Config) { cfg.Version = esign.V1 }

// logTo sends everything to one buffer.
func logTo(buf *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(buf, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// sign signs with the right passphrase and returns the output.
func sign(c *esign.Client, in []byte, req esign.Request) ([]byte, esign.Result, error) {
	if req.Credential == (signing.Credential{}) {
		req.Credential = withPassphrase(right).Credential
	}
	var out bytes.Buffer
	r, err := c.Signer(budi()).Sign(context.Background(), &out, bytes.NewReader(in), int64(len(in)), req)
	return out.Bytes(), r, err
}
