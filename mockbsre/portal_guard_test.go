package mockbsre_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 1, certificate.StatusIssue)
	w := as(t, srv, p)
	stranger := walk(t, srv)
	stranger.get("/myasn/masuk")
	for name, token := range map[string]string{"none": "", "made up": "AAAA", "another visitor's": stranger.token()} {
		for _, path := range []string{
			"/myasn/sertifikat/cabut", "/myasn/sertifikat/reset", "/myasn/keluar", "/myasn/masuk", "/surat/hapus",
			"/myasn/sertifikat/registrasi",
		} {
			w.get("/myasn/")
			page := w.post(path, url.Values{"token_formulir": {token}, "alasan": {"1"}})
			assert.Equal(t, http.StatusForbidden, page.status, "%s: %s", name, path)
			w.says("Formulir sudah kedaluwarsa atau tidak berasal dari halaman ini.")
		}
	}
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p))
	assert.Len(t, srv.Inbox.List(), 4, "nothing asked for, nothing deleted")
	w.get("/myasn/")
	w.says(p.Name)
}

func TestEveryPageIsGuarded(t *testing.T) {
	srv := mockbsre.New(t)
	w := as(t, srv, seeded(t, srv, 0, certificate.StatusIssue))
	for _, path := range []string{
		"/myasn/", "/myasn/sertifikat", "/myasn/sertifikat/reset", "/myasn/lupa-password", "/surat/", "/surat/1", "/surat/999",
		"/email/selesai/aktivasi", "/email/aktivasi/akun/x", "/myasn/tidak-ada",
	} {
		page := w.get(path)
		policy := page.header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'", path)
		assert.Contains(t, policy, "frame-ancestors 'none'", path)
		assert.NotContains(t, policy, "unsafe", path)
		assert.Equal(t, "no-store", page.header.Get("Cache-Control"), path)
		assert.Equal(t, "no-referrer", page.header.Get("Referrer-Policy"), path)
		assert.Equal(t, "nosniff", page.header.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "text/html; charset=utf-8", page.header.Get("Content-Type"), path)
		assert.Contains(t, page.header.Get("Server"), "tiruan", path)
		assert.Equal(t, srv.Clock.Now().UTC().Format(http.TimeFormat), page.header.Get("Date"), "by the fake's clock")
		w.says("TIRUAN untuk pengujian: bukan BKN, bukan BSrE.")
		for _, want := range []string{`<html lang="id">`, `name="viewport"`, `class="lompat"`, "<h1>", `<main id="isi"`} {
			assert.Contains(t, page.body, want, path)
		}
		for _, never := range []string{"<script", " style=", " onclick=", "ZgotmplZ"} {
			assert.NotContains(t, page.body, never, path)
		}
	}
	style := w.get("/portal/gaya.css")
	assert.Equal(t, "text/css; charset=utf-8", style.header.Get("Content-Type"))
	page := w.get("/myasn/sertifikat")
	refused := w.send("/myasn/", "text/plain", strings.NewReader("x"))
	assert.Equal(t, http.StatusMethodNotAllowed, refused.status)
	assert.Contains(t, refused.header.Get("Allow"), "GET")
	assert.Equal(t, http.StatusOK, page.status)
}

// Each field has a name for who does not see the page, and each page one
// heading of the first level.
func TestFieldsAreLabelled(t *testing.T) {
	srv := mockbsre.New(t)
	w := as(t, srv, seeded(t, srv, 0, certificate.StatusIssue))
	paths := []string{"/surat/", "/myasn/sertifikat/cabut", "/myasn/sertifikat/musnahkan", "/myasn/sertifikat/email-dinas", "/myasn/masuk"}
	n := 0
	for kind := range linkKinds {
		n += 3
		_, _, link := linkOf(t, srv, n, kind)
		paths = append(paths, link)
	}
	step, p, link := linkOf(t, srv, 30, "activation")
	step.get(link)
	step.activate(p)
	paths = append(paths, link, link+"?langkah=1", link+"?langkah=2", link+"?langkah=3")
	for _, path := range paths {
		body := w.get(path).body
		assert.Equal(t, 1, strings.Count(body, "<h1>"), path)
		for _, tag := range regexp.MustCompile(`<(?:input|select)[^>]*>`).FindAllString(body, -1) {
			if strings.Contains(tag, `type="hidden"`) {
				continue
			}
			id := regexp.MustCompile(` id="([^"]+)"`).FindStringSubmatch(tag)
			if id == nil { // in its label
				assert.Regexp(t, `<label[^>]*>`+regexp.QuoteMeta(tag), body, path)
				continue
			}
			assert.Regexp(t, `<label[^>]* for="`+id[1]+`"`, body, path+id[1])
		}
	}
}

func TestSessions(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 2, certificate.StatusIssue)
	portal := httptest.NewServer(srv.Portal())
	defer portal.Close()
	defer portal.Client().CloseIdleConnections()
	answer, err := portal.Client().Get(portal.URL + "/myasn/masuk")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Len(t, answer.Cookies(), 1)
	cookie := answer.Cookies()[0]
	assert.True(t, cookie.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	assert.Len(t, cookie.Value, 43, "256 bits")
	assert.False(t, cookie.Secure, "over plain HTTP it would not come back")

	w := walk(t, srv)
	w.get("/myasn/masuk")
	address, err := url.Parse(mockbsre.PortalURL)
	require.NoError(t, err)
	before := w.client.Jar.Cookies(address)[0].Value
	login := url.Values{"nip": {p.EmployeeNumber}, "password": {mockbsre.PortalPassword}}
	w.post("/myasn/masuk", login)
	after := w.client.Jar.Cookies(address)[0].Value
	assert.NotEqual(t, before, after, "a new id with the login")

	srv.Clock.Advance(8*time.Hour - time.Second)
	w.get("/myasn/")
	w.at("/myasn/")
	srv.Clock.Advance(time.Second)
	w.get("/myasn/")
	w.at("/myasn/masuk")

	w.post("/myasn/masuk", login)
	w.at("/myasn/")
	_, err = srv.ChangeNumber(t.Context(), p, p.EmployeeNumber[:8]+"202503"+p.EmployeeNumber[14:])
	require.NoError(t, err)
	w.get("/myasn/")
	w.at("/myasn/masuk")

	second := as(t, srv, seeded(t, srv, 3, certificate.StatusNotRegistered))
	require.NoError(t, srv.Reset(t.Context()))
	second.get("/myasn/")
	second.at("/myasn/masuk")
}

func TestOldestSessionGoesFirst(t *testing.T) {
	srv := mockbsre.New(t)
	first := as(t, srv, seeded(t, srv, 0, certificate.StatusNotRegistered))
	srv.Clock.Advance(time.Second)
	mockbsre.FillSessions(srv)
	last := as(t, srv, seeded(t, srv, 1, certificate.StatusNotRegistered))
	first.get("/myasn/")
	first.at("/myasn/masuk")
	last.get("/myasn/")
	last.at("/myasn/")
}

func TestHostileForms(t *testing.T) {
	srv := mockbsre.New(t)
	w, p, link := linkOf(t, srv, 0, "activation")
	urlencoded := "application/x-www-form-urlencoded"
	parts := func(n, size int) (string, io.Reader) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for i := range n {
			require.NoError(t, form.WriteField(fmt.Sprint("f", i), strings.Repeat("x", size)))
		}
		require.NoError(t, form.Close())
		return form.FormDataContentType(), &body
	}
	many, manyBody := parts(500, 1)
	large, largeBody := parts(2, 60<<10)
	for name, c := range map[string]struct {
		kind string
		body io.Reader
		want int
	}{
		"no type":               {"", strings.NewReader("nik=1"), http.StatusUnsupportedMediaType},
		"JSON":                  {"application/json", strings.NewReader(`{"nik":"1"}`), http.StatusUnsupportedMediaType},
		"a broken type":         {";;", strings.NewReader("nik=1"), http.StatusUnsupportedMediaType},
		"too large":             {urlencoded, strings.NewReader("nik=" + strings.Repeat("1", 70<<10)), http.StatusRequestEntityTooLarge},
		"broken escapes":        {urlencoded, strings.NewReader("nik=%zz"), http.StatusBadRequest},
		"no token":              {urlencoded, strings.NewReader("nik=1"), http.StatusForbidden},
		"multipart, no bounds":  {"multipart/form-data", strings.NewReader("x"), http.StatusUnsupportedMediaType},
		"multipart, not ended":  {"multipart/form-data; boundary=x", strings.NewReader("--x\r\n"), http.StatusForbidden},
		"multipart, no parts":   {"multipart/form-data; boundary=x", strings.NewReader("--x--\r\n"), http.StatusForbidden},
		"multipart, many parts": {many, manyBody, http.StatusBadRequest},
		"multipart, large":      {large, largeBody, http.StatusRequestEntityTooLarge},
		"multipart, endless":    {"multipart/form-data; boundary=x", io.LimitReader(endless{}, 11<<20), http.StatusBadRequest},
	} {
		w.get(link)
		page := w.send(link+"/foto", c.kind, c.body)
		assert.Equal(t, c.want, page.status, name)
		assert.Contains(t, page.body, "TIRUAN", name)
	}
	w.get(link)
	w.post(link+"/data-diri", url.Values{"nama": {p.Name}, "nik": {p.NIK}, "telepon": {p.Phone}})
	w.at(link)
	w.says("Data Kedinasan")
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

// Numbers, passphrases and tokens are in no log.
func TestPagesLogNothingPersonal(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	srv := mockbsre.NewUnstarted(mockbsre.Config{Logger: slog.New(slog.NewTextHandler(&locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, srv.Start(t.Context()))
	defer srv.Close()
	p := seeded(t, srv, 0, certificate.StatusNotRegistered)
	w := as(t, srv, p)
	w.register(p)
	link := w.activate(p)
	w.post(link+"/kirim", url.Values{"perjanjian": w.stamps(), "setuju": {"ya"}})
	set := w.mail(p.WorkEmail, certificate.MailSetPassphrase)
	w.get(set)
	w.post(set, url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}})
	w.get("/myasn/sertifikat/musnahkan")
	w.post("/myasn/sertifikat/musnahkan", url.Values{"passphrase": {"Bukan-Kelinci8-Biru"}})
	assert.Empty(t, srv.Journal(), "it is of the service alone")
	mu.Lock()
	defer mu.Unlock()
	for _, never := range []string{
		p.NIK, p.EmployeeNumber, "Tiga-Kelinci9-Ungu", "Bukan-Kelinci8-Biru", link[len(link)-43:], set[len(set)-43:], p.WorkEmail,
	} {
		assert.NotContains(t, log.String(), never)
	}
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// Sixteen people, each with a session, as many at once as tests may run.
func TestManyPeopleAtOnce(t *testing.T) {
	srv := mockbsre.New(t)
	var people []mockbsre.Person
	for n := range 16 {
		people = append(people, seeded(t, srv, n, certificate.StatusNotRegistered))
	}
	t.Run("at once", func(t *testing.T) {
		for _, p := range people {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				w := as(t, srv, p)
				w.register(p)
				link := w.activate(p)
				w.post(link+"/kirim", url.Values{"perjanjian": w.stamps(), "setuju": {"ya"}})
				set := w.mail(p.WorkEmail, certificate.MailSetPassphrase)
				w.get(set)
				w.post(set, url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}})
				w.at("/email/selesai/passphrase")
				w.get("/myasn/")
				w.says(p.Name)
			})
		}
	})
	for _, p := range people {
		assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p))
	}
}

// One link, submitted from many windows: one of them wins.
func TestOneSubmitWins(t *testing.T) {
	srv := mockbsre.New(t)
	w, p, link := linkOf(t, srv, 0, "set passphrase")
	w.get(link)
	form := url.Values{"token_formulir": {w.token()}, "passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}}.Encode()
	results := make([]int, 8)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, mockbsre.PortalURL+link, strings.NewReader(form))
			if !assert.NoError(t, err) {
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, c := range w.client.Jar.Cookies(r.URL) {
				r.AddCookie(c)
			}
			answer, err := srv.Transport().RoundTrip(r)
			if assert.NoError(t, err) {
				results[i] = answer.StatusCode
				_ = answer.Body.Close()
			}
		})
	}
	all.Wait()
	won := 0
	for _, status := range results {
		if status == http.StatusSeeOther {
			won++
			continue
		}
		assert.Contains(t, []int{http.StatusGone, http.StatusConflict}, status)
	}
	assert.Equal(t, 1, won)
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p))
}

func TestHandlerHasBothDoors(t *testing.T) {
	srv := mockbsre.New(t)
	assert.Panics(t, func() { mockbsre.NewUnstarted(mockbsre.Config{}).Portal() }, "not started")
	for path, want := range map[string]int{
		"/": http.StatusSeeOther, "/myasn/": http.StatusSeeOther, "/surat/": http.StatusOK, "/surat": http.StatusSeeOther,
		"/myasn": http.StatusSeeOther, "/favicon.ico": http.StatusNoContent, "/portal/gaya.css": http.StatusOK,
		"/api/user/status/1": http.StatusUnauthorized, "/apa": http.StatusUnauthorized, "/email": http.StatusUnauthorized,
	} {
		w := httptest.NewRecorder()
		srv.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		assert.Equal(t, want, w.Code, path)
	}
	own := mockbsre.NewUnstarted(mockbsre.Config{PortalURL: "http://127.0.0.1:8099/"})
	require.NoError(t, own.Start(t.Context()))
	defer own.Close()
	_, err := own.Seed(t.Context(), mockbsre.MadeUpPerson(0), certificate.StatusNew, secret)
	require.NoError(t, err)
	m, err := own.Inbox.Latest(mockbsre.Query{Kind: certificate.MailSetPassphrase})
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(m.Links[0], "http://127.0.0.1:8099/email/passphrase/set/"), "links lead where the pages are")
	w := httptest.NewRecorder()
	own.Portal().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, m.Links[0][len("http://127.0.0.1:8099"):], nil))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Error(t, mockbsre.NewUnstarted(mockbsre.Config{PortalURL: "http://portal.example"}).Start(t.Context()), "no link over plain HTTP")
}
