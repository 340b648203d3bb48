package mockbsre_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

const typed = "Tiga-Kelinci9-Ungu" // the content of secret

// box is a started fake with an enrolled person, and a client of its service.
type box struct {
	*mockbsre.Server
	t      testing.TB
	person mockbsre.Person
	id     certificate.PersonID
}

func newBox(t testing.TB, cfg mockbsre.EsignConfig) *box {
	t.Helper()
	srv := mockbsre.NewUnstarted(mockbsre.Config{Esign: cfg})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	return b
}

// response is an answer, read whole.
type response struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// json reads the body as an object.
func (r response) json() map[string]any {
	r.t.Helper()
	var v map[string]any
	require.NoError(r.t, json.Unmarshal(r.body, &v), "%s", r.body)
	return v
}

// files reads the answer of a signature of version 2.
func (r response) files() [][]byte {
	r.t.Helper()
	var v struct {
		Time *int
		File [][]byte
	}
	require.Equal(r.t, http.StatusOK, r.status, "%s", r.body)
	require.NoError(r.t, json.Unmarshal(r.body, &v))
	require.NotNil(r.t, v.Time)
	return v.File
}

func (b *box) do(r *http.Request) response {
	b.t.Helper()
	if r.Header.Get("Authorization") == "" {
		r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return response{b.t, answer.StatusCode, answer.Header, body}
}

func (b *box) request(method, path, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.URL()+path, body)
	require.NoError(b.t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

func (b *box) get(path string) response { return b.do(b.request("GET", path, "", nil)) }

// post sends JSON: text as it is, anything else marshalled.
func (b *box) post(path string, body any) response {
	b.t.Helper()
	text, ok := body.(string)
	if !ok {
		raw, err := json.Marshal(body)
		require.NoError(b.t, err)
		text = string(raw)
	}
	return b.do(b.request("POST", path, "application/json", strings.NewReader(text)))
}

// part of a form: a file if it has data.
type part struct {
	name, value string
	data        []byte
}

func formOf(t testing.TB, parts ...part) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, p := range parts {
		if p.data == nil {
			require.NoError(t, w.WriteField(p.name, p.value))
			continue
		}
		f, err := w.CreateFormFile(p.name, p.name+".pdf")
		require.NoError(t, err)
		_, err = f.Write(p.data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body
}

func (b *box) form(path string, parts ...part) response {
	b.t.Helper()
	kind, body := formOf(b.t, parts...)
	return b.do(b.request("POST", path, kind, body))
}

// base is a form of version 1 for the enrolled person.
func (b *box) base(more ...part) []part {
	return append([]part{
		{name: "file", data: letter(b.t)}, {name: "nik", value: b.person.NIK}, {name: "passphrase", value: typed},
	}, more...)
}

func b64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// invisible is a request of version 2 for the enrolled person.
func (b *box) invisible(docs ...[]byte) map[string]any {
	return map[string]any{
		"nik": b.person.NIK, "passphrase": typed, "file": docs,
		"signatureProperties": []any{map[string]any{"tampilan": "INVISIBLE"}},
	}
}

func TestApplicationCredential(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	good := base64.StdEncoding.EncodeToString([]byte(mockbsre.DefaultUsername + ":" + mockbsre.DefaultPassword))
	bad := base64.StdEncoding.EncodeToString([]byte(mockbsre.DefaultUsername + ":x"))
	for name, c := range map[string]struct {
		values []string
		status int
	}{
		"none":                         {[]string{"Nothing x"}, 401},
		"wrong password":               {[]string{"Basic " + bad}, 401},
		"not base64":                   {[]string{"Basic !"}, 401},
		"a token alone":                {[]string{"Bearer abc"}, 401},
		"right":                        {[]string{"Basic " + good}, 200},
		"scheme in another case":       {[]string{"basic " + good}, 200},
		"token and Basic, two headers": {[]string{"Bearer abc", "Basic " + good}, 200},
		"Basic and token, one header":  {[]string{"Basic " + good + ", Bearer abc"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := b.request("POST", "/api/v2/user/check/status", "application/json", strings.NewReader(`{"nik":"`+b.person.NIK+`"}`))
			r.Header["Authorization"] = c.values
			answer := b.do(r)
			assert.Equal(t, c.status, answer.status)
			if c.status == 401 {
				assert.Equal(t, "application/json", answer.header.Get("Content-Type"))
				assert.Equal(t, `{"timestamp":"`+b.Clock.Now().UTC().Format("2006-01-02T15:04:05.000")+
					`+00:00","status":401,"error":"Unauthorized","path":"/api/v2/user/check/status"}`, string(answer.body))
			}
		})
	}
}

func TestHeadersAreThoseOfTheService(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Start: time.Date(2027, 3, 1, 2, 3, 4, 0, time.UTC)})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	b := &box{Server: srv, t: t}
	answer := b.get("/api/user/status/3371990101800001")
	for name, want := range map[string]string{
		"Content-Type":           "application/json",
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options":        "DENY",
		"Cache-Control":          "no-cache, no-store, max-age=0, must-revalidate",
		"Pragma":                 "no-cache",
		"Expires":                "0",
		"Date":                   "Mon, 01 Mar 2027 02:03:04 GMT",
		"Content-Length":         "",
	} {
		assert.Equal(t, want, answer.header.Get(name), name)
	}
	assert.Contains(t, answer.header.Get("Server"), "bukan BSrE")
}

func TestRoutes(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	for name, c := range map[string]struct {
		method, path string
		status       int
	}{
		"no such path":       {"GET", "/api/v3/sign/pdf", 404},
		"root":               {"GET", "/", 404},
		"wrong method":       {"GET", "/api/v2/sign/pdf", 405},
		"status without NIK": {"GET", "/api/user/status/", 404},
		"seal, wrong method": {"GET", "/api/v2/seal/pdf", 405},
		"id with a slash":    {"GET", "/api/sign/download/a/b", 404},
		"trailing slash":     {"POST", "/api/v2/user/check/status/", 200},
		"one client's path":  {"POST", "/api/v2/user/check-status/", 200},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.do(b.request(c.method, c.path, "application/json", strings.NewReader("{}")))
			assert.Equal(t, c.status, answer.status)
			if c.status >= 400 {
				body := answer.json()
				assert.Len(t, body, 4)
				assert.EqualValues(t, c.status, body["status"])
				assert.Equal(t, http.StatusText(c.status), body["error"])
				assert.Equal(t, c.path, body["path"])
			}
		})
	}
}

func TestBoundsOfRequests(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{MaxBody: 256 << 10})
	many := make([]part, 80)
	for i := range many {
		many[i] = part{name: "reason", value: "x"}
	}
	deep := strings.Repeat("[", 50_000)
	for name, c := range map[string]struct {
		answer response
		status int
	}{
		"JSON over the size":  {b.post("/api/v2/verify/pdf", `{"file":"`+strings.Repeat("A", 300<<10)+`"}`), 413},
		"form over the size":  {b.form("/api/sign/verify", part{name: "signed_file", data: make([]byte, 300<<10)}), 413},
		"too many parts":      {b.form("/api/sign/pdf", many...), 413},
		"text field too long": {b.form("/api/sign/pdf", part{name: "reason", value: strings.Repeat("x", 70<<10)}), 413},
		"JSON too deep":       {b.post("/api/v2/user/check/status", `{"x":`+deep), 413},
		"too many elements":   {b.post("/api/v2/sign/pdf", `{"file":[`+strings.Repeat(`"",`, 20_000)+`""]}`), 413},
		"JSON breaks off":     {b.post("/api/v2/sign/pdf", `{"nik":"`), 400},
		"JSON is a list":      {b.post("/api/v2/sign/pdf", `[]`), 400},
		"empty body":          {b.post("/api/v2/sign/pdf", ``), 400},
		"a list for a text":   {b.post("/api/v2/user/check/status", `{"nik":[1]}`), 400},
		"one file, no list":   {b.post("/api/v2/sign/pdf", `{"file":"JVBERg=="}`), 400},
		"not a number":        {b.post("/api/v2/sign/pdf", `{"signatureProperties":[{"page":"satu"}]}`), 400},
		"JSON sent as text": {b.do(b.request("POST", "/api/v2/user/check/status", "text/plain",
			strings.NewReader("{}"))), 415},
		"form sent as JSON": {b.do(b.request("POST", "/api/sign/pdf", "application/json", strings.NewReader("{}"))), 500},
		"form without boundary": {b.do(b.request("POST", "/api/sign/pdf", "multipart/form-data",
			strings.NewReader("--x--"))), 400},
		"form breaks off": {b.do(b.request("POST", "/api/sign/pdf", "multipart/form-data; boundary=x",
			strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"nik\"\r\n\r\n33"))), 400},
		"empty form": {b.form("/api/sign/pdf"), 400},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.status, c.answer.status, "%s", c.answer.body)
			if c.status == 413 {
				assert.Equal(t, "text/html", c.answer.header.Get("Content-Type"))
			} else {
				assert.Len(t, c.answer.json(), 4)
			}
		})
	}
}

func TestEsignConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]mockbsre.EsignConfig{
		"unknown quirk":         {Quirks: map[mockbsre.Quirk]bool{"v9": true}},
		"no such level":         {Level: 1},
		"negative limit":        {MaxBody: -1},
		"colon in the username": {Username: "a:b"},
	} {
		assert.Error(t, mockbsre.NewUnstarted(mockbsre.Config{Esign: cfg}).Start(t.Context()), name)
	}
	b := newBox(t, mockbsre.EsignConfig{Username: "lain", Password: other})
	r := b.request("GET", "/api/user/status/x", "", nil)
	user, pass := b.Credential()
	r.SetBasicAuth(user, string(pass.Reveal()))
	assert.Equal(t, 200, b.do(r).status)
	assert.Equal(t, 401, b.get("/api/user/status/x").status)
}
