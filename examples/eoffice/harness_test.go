package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
)

// office is an e-office on the fake for a test.
type office struct {
	*app
	t   *testing.T
	srv *httptest.Server
	log *lockedBuffer
}

// lockedBuffer keeps the log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// stepClock is a clock that a test moves. It begins now: certificates are judged
// by the present.
type stepClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stepClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stepClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func fastHasher(t *testing.T) *passphrase.Hasher {
	t.Helper()
	hasher, err := passphrase.NewHasher(passphrase.HasherConfig{Params: passphrase.FastParams()})
	require.NoError(t, err)
	return hasher
}

// fakeParts starts the fake for a test.
func fakeParts(t *testing.T, now func() time.Time) (*box, *directory) {
	t.Helper()
	b, people, err := startFake(t.Context(), fastHasher(t), now)
	require.NoError(t, err)
	t.Cleanup(b.close)
	return b, people
}

// newOffice serves an e-office without letters until the test ends.
func newOffice(t *testing.T, change func(*appConfig)) *office {
	t.Helper()
	o := unstarted(t, change)
	require.NoError(t, o.start(t.Context()))
	t.Cleanup(o.stop)
	return o
}

// unstarted is an e-office whose pages work and which signs nothing.
func unstarted(t *testing.T, change func(*appConfig)) *office {
	t.Helper()
	o := &office{t: t, log: &lockedBuffer{}}
	cfg := appConfig{publicURL: "https://eoffice.kotacontoh.example", noSamples: true, log: slog.New(slog.NewTextHandler(o.log, nil))}
	cfg.now = time.Now
	if change != nil {
		change(&cfg)
	}
	if cfg.box == nil {
		cfg.box, cfg.people = fakeParts(t, cfg.now)
	}
	if cfg.store == nil {
		cfg.store = newMemoryStore()
	}
	var err error
	o.app, err = newApp(cfg)
	require.NoError(t, err)
	// TLS, since the cookie is bound to it.
	o.srv = httptest.NewTLSServer(o.handler())
	t.Cleanup(o.srv.Close)
	return o
}

// visitor is a browser without scripts.
type visitor struct {
	t      *testing.T
	o      *office
	client *http.Client
	base   string // where the e-office is; empty: at the office's server
}

// answer is a page as the visitor got it.
type answer struct {
	status int
	header http.Header
	body   string
	at     string // the path it was found at, after redirects
}

func (o *office) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	require.NoError(o.t, err)
	client := *o.srv.Client()
	client.Jar = jar
	return &visitor{t: o.t, o: o, client: &client}
}

// as logs somebody of the fake in.
func (o *office) as(username string) *visitor {
	o.t.Helper()
	v := o.visitor()
	a := v.post("/masuk", url.Values{"pengguna": {username}, "sandi": {passwordOf(username)}})
	require.Equal(o.t, "/", a.at, a.body)
	return v
}

func passwordOf(username string) string   { return person(username).password }
func passphraseOf(username string) string { return person(username).passphrase }

func person(username string) madeUp {
	for _, m := range madeUpPeople() {
		if m.username == username {
			return m
		}
	}
	panic(username)
}

func (v *visitor) do(r *http.Request) answer {
	v.t.Helper()
	response, err := v.client.Do(r)
	require.NoError(v.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(v.t, err)
	return answer{response.StatusCode, response.Header, string(body), response.Request.URL.RequestURI()}
}

func (v *visitor) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	base := v.base
	if base == "" {
		base = v.o.srv.URL
	}
	r, err := http.NewRequestWithContext(v.t.Context(), method, base+path, body)
	require.NoError(v.t, err)
	return r
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(v.request(http.MethodGet, path, nil))
}

// post sends a form as it is.
func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	r := v.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

var tokenInForm = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token is the session's form token, as a page has it.
func (v *visitor) token() string {
	v.t.Helper()
	m := tokenInForm.FindStringSubmatch(v.get("/").body)
	require.NotNil(v.t, m, "no form token")
	return m[1]
}

// send sends a form with the session's token.
func (v *visitor) send(path string, form url.Values) answer {
	v.t.Helper()
	form.Set("csrf", v.token())
	return v.post(path, form)
}

// upload sends fields and a file as a browser does.
func (v *visitor) upload(path string, fields map[string]string, file []byte) answer {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		require.NoError(v.t, w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("berkas", "surat.pdf")
	require.NoError(v.t, err)
	_, err = part.Write(file)
	require.NoError(v.t, err)
	require.NoError(v.t, w.Close())
	r := v.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

// draft uploads a letter and returns its id.
func (v *visitor) draft(number string, file []byte, sampleName string) string {
	v.t.Helper()
	a := v.upload("/surat/baru", map[string]string{
		"csrf": v.token(), "nomor": number, "hal": "Surat Percobaan", "jenis": "3", "contoh": sampleName,
	}, file)
	require.Equal(v.t, http.StatusOK, a.status, a.body)
	parts := strings.Split(a.at, "/")
	require.Len(v.t, parts, 4, a.at)
	return parts[2]
}

// plan is the preparation form: one signer per argument, as name:kind:tag.
func plan(signers ...string) url.Values {
	form := url.Values{"lebar": {"240"}, "tinggi": {"80"}, "kaki": {"akhir"}}
	for i, s := range signers {
		part := strings.SplitN(s, ":", 3)
		n := string(rune('0' + i))
		form.Set("pejabat"+n, part[0])
		form.Set("cara"+n, part[1])
		form.Set("tanda"+n, part[2])
		form.Set("letak"+n, "tag")
	}
	return form
}

// prepared is a sample letter that waits for its signers.
func (o *office) prepared(number, sampleName string, signers ...string) string {
	o.t.Helper()
	v := o.as("agus")
	id := v.draft(number, nil, sampleName)
	a := v.send("/surat/"+id+"/siapkan", plan(signers...))
	require.Equal(o.t, "/surat/"+id, a.at, a.body)
	return id
}

// letter is a letter as it is stored.
func (o *office) letter(id string) *letter {
	o.t.Helper()
	l, err := o.cfg.store.Letter(o.t.Context(), id)
	require.NoError(o.t, err)
	return &l
}

// sign asks for a signature and waits for the end of its job.
func (v *visitor) sign(id, secret string) answer {
	v.t.Helper()
	l := v.o.letter(id)
	a := v.send("/surat/"+id+"/tandatangan", url.Values{"sidik": {l.current().SHA256}, "setuju": {"ya"}, "passphrase": {secret}})
	require.Equal(v.t, http.StatusOK, a.status, a.body)
	require.Contains(v.t, a.at, "/antrean/", a.body)
	return v.ended(strings.TrimPrefix(a.at, "/antrean/"))
}

// ended waits for the end of a job and returns its page.
func (v *visitor) ended(id string) answer {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), time.Minute)
	defer cancel()
	for {
		changed := v.o.queue.watch()
		j, err := v.o.cfg.store.Job(ctx, id)
		require.NoError(v.t, err)
		if j.State == jobEnded {
			return v.get("/antrean/" + id)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			require.FailNow(v.t, "job does not end")
		}
	}
}
