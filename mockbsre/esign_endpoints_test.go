package mockbsre_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// endpoint is one of the service's, with an id where its path has one.
type endpoint struct{ method, path, kind string }

// endpoints are all that the fake has.
func endpoints(t *testing.T, srv *mockbsre.Server) []endpoint {
	t.Helper()
	var all []endpoint
	for _, r := range srv.Endpoints() {
		method, path, _ := strings.Cut(r, " ")
		e := endpoint{method, path, "application/json"}
		if strings.HasSuffix(path, "/") {
			e.path += "3371990101800009"
		}
		if method == http.MethodPost && !strings.HasPrefix(path, "/api/v2/") {
			e.kind = "multipart/form-data; boundary=batas"
		}
		all = append(all, e)
	}
	require.GreaterOrEqual(t, len(all), 13)
	return all
}

// form reports whether the endpoint takes a form.
func (e endpoint) form() bool { return strings.HasPrefix(e.kind, "multipart/") }

const formHead = "--batas\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"x.pdf\"\r\n\r\n"

// malformed are bodies that no client should send.
func (e endpoint) malformed() []string {
	if e.form() {
		return []string{
			"", "--", "--batas--", "bukan formulir", "--batas\r\n\r\n\r\n--batas--\r\n", "--batas\r\n" + strings.Repeat("X: y\r\n", 5000),
			fmt.Sprintf(formHead, "file") + "%PDF-1.7", fmt.Sprintf(formHead, "signed_file") + "%PDF-1.7\r\n--batas--\r\n",
			fmt.Sprintf(formHead, "nik") + strings.Repeat("3", 1000) + "\r\n--batas--\r\n", strings.Repeat(fmt.Sprintf(formHead, "nik")+"x\r\n", 200) + "--batas--",
		}
	}
	return []string{
		"", "null", "[]", "12", `"x"`, "{", `{"nik":}`, `{"nik":1e999}`, `{"file":"JVBE`, `{"file":[{"file":[1,2,{}]}],"nik":{}}`, "\x00\xff\xfe",
		`{"nik":"\ud800","email":"\u0000","data":-1,"nama":[]}`, strings.Repeat("[", 5000), strings.Repeat(`{"file":`, 500),
		`{"signatureProperties":[null],"file":[null],"nik":null,"passphrase":null}`, `{"file":["","JVBERi0=","%%%"],"signatureProperties":[{}]}`,
	}
}

func (e endpoint) send(srv *mockbsre.Server, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(e.method, e.path, strings.NewReader(body))
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	r.Header.Set("Content-Type", e.kind)
	w := httptest.NewRecorder()
	srv.Handler().ServeHTTP(w, r)
	return w
}

// TestEveryEndpointUnderBadInput sends each endpoint what is malformed, too
// large and slow, all at the same time, and sees that the service goes on.
func TestEveryEndpointUnderBadInput(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{MaxBody: 256 << 10, BodyTimeout: 200 * time.Millisecond})
	all := endpoints(t, b.Server)
	var wg sync.WaitGroup
	for _, e := range all {
		for _, body := range e.malformed() {
			wg.Go(func() {
				w := e.send(b.Server, body)
				assert.True(t, plausible[w.Code], "%s %s with %.60q: %d", e.method, e.path, body, w.Code)
			})
		}
		wg.Go(func() {
			want := http.StatusRequestEntityTooLarge
			large := `{"file":"` + strings.Repeat("A", 300<<10)
			if e.form() {
				large = fmt.Sprintf(formHead, "file") + strings.Repeat("A", 300<<10)
			}
			if w := e.send(b.Server, large); e.method == http.MethodPost {
				assert.Equal(t, want, w.Code, "%s %s", e.method, e.path)
			} else {
				assert.True(t, plausible[w.Code], "a body that nobody asked for")
			}
		})
		wg.Go(func() { b.dripped(e) })
	}
	wg.Wait()
	whole, err := json.Marshal(b.invisible(letter(t)))
	require.NoError(t, err)
	sign := endpoint{http.MethodPost, "/api/v2/sign/pdf", "application/json"}
	assert.Equal(t, 200, sign.send(b.Server, string(whole)).Code, "and it still signs")
	assert.Len(t, b.Signatures(), 1)
}

// dripped announces a body that never comes to its end, and waits for the
// answer.
func (b *box) dripped(e endpoint) {
	address, err := url.Parse(b.URL())
	if !assert.NoError(b.t, err) {
		return
	}
	conn, err := net.Dial("tcp", address.Host)
	if !assert.NoError(b.t, err) {
		return
	}
	defer conn.Close()
	begin := `{"nik":"33`
	if e.form() {
		begin = fmt.Sprintf(formHead, "file")
	}
	basic := base64.StdEncoding.EncodeToString([]byte(mockbsre.DefaultUsername + ":" + mockbsre.DefaultPassword))
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\nContent-Type: %s\r\nContent-Length: 100000\r\n\r\n%s",
		e.method, e.path, basic, e.kind, begin)
	if !assert.NoError(b.t, err) {
		return
	}
	assert.NoError(b.t, conn.SetReadDeadline(time.Now().Add(time.Minute)))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if !assert.NoError(b.t, err, "%s %s", e.method, e.path) {
		return
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	assert.True(b.t, plausible[answer.StatusCode], "%s %s: %d", e.method, e.path, answer.StatusCode)
}
