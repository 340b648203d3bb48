package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var inline = regexp.MustCompile(`(?i)<style|<script>|<script [^>]*>[^<]|\son[a-z]+=|\sstyle=|javascript:`)

// memberPages are all addresses that need a login, for a letter and a job.
func memberPages(id, job string) []string {
	return []string{"/", "/surat/baru", "/massal", "/surat/" + id, "/surat/" + id + "/pdf", "/surat/" + id + "/siapkan",
		"/surat/" + id + "/blok/0", "/surat/" + id + "/tandatangan", "/antrean/" + job, "/antrean/" + job + "/peristiwa"}
}

func memberForms(id string) []string {
	return []string{"/keluar", "/surat/baru", "/massal", "/surat/" + id + "/siapkan", "/surat/" + id + "/tandatangan",
		"/surat/" + id + "/kembalikan", "/surat/" + id + "/putusan"}
}

func TestPagesNeedALogin(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	page := o.as("budi").sign(id, passphraseOf("budi"))
	job := strings.TrimPrefix(page.at, "/antrean/")
	stranger := o.visitor()
	for _, path := range memberPages(id, job) {
		a := stranger.get(path)
		assert.True(t, strings.HasPrefix(a.at, "/masuk?"), "%s leads to %s", path, a.at)
	}
	for _, path := range memberForms(id) {
		assert.True(t, strings.HasPrefix(stranger.post(path, url.Values{}).at, "/masuk?"), path)
	}
	// Dewi has no part in the letter: for her it does not exist.
	dewi := o.as("dewi")
	for _, path := range memberPages(id, job)[3:] {
		assert.Equal(t, http.StatusNotFound, dewi.get(path).status, path)
	}
	for _, path := range memberForms(id)[3:] {
		assert.Equal(t, http.StatusNotFound, dewi.send(path, url.Values{"setuju": {"ya"}, "alasan": {"x"}}).status, path)
	}
	assert.Equal(t, http.StatusNotFound, dewi.send("/massal", url.Values{"surat": {id + ":x"}, "setuju": {"ya"}}).status)
}

func TestEveryAnswerIsProtected(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	budi := o.as("budi")
	job := strings.TrimPrefix(budi.sign(id, passphraseOf("budi")).at, "/antrean/")
	second := o.prepared("2", "surat-tugas", "budi:tte:^")
	paths := append(memberPages(id, job), "/surat/"+second+"/tandatangan", "/masuk", "/v/"+o.letter(id).Token, "/v/"+o.letter(id).Token+"/pdf", "/tidak-ada", "/static/gaya.css")
	for _, path := range paths {
		a := budi.get(path)
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), path)
		assert.NotContains(t, a.header.Get("Content-Security-Policy"), "unsafe", path)
		assert.NotEmpty(t, a.header.Get("Strict-Transport-Security"), path)
		if strings.HasPrefix(path, "/static/") {
			continue
		}
		assert.Equal(t, "no-store", a.header.Get("Cache-Control"), path)
		if strings.HasSuffix(path, "/pdf") {
			assert.Equal(t, "frame-ancestors 'self'", a.header.Get("Content-Security-Policy"), path)
			assert.Equal(t, "SAMEORIGIN", a.header.Get("X-Frame-Options"), path)
			assert.Equal(t, "application/pdf", a.header.Get("Content-Type"))
			continue
		}
		assert.Equal(t, pagePolicy, a.header.Get("Content-Security-Policy"), path)
		assert.Equal(t, "DENY", a.header.Get("X-Frame-Options"), path)
		if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			assert.NotRegexp(t, inline, a.body, path)
			assert.Contains(t, a.body, `<html lang="id">`, path)
		}
	}
	assert.Contains(t, budi.get("/surat/"+id+"/pdf?unduh=1").header.Get("Content-Disposition"), "attachment")
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	budi := o.as("budi")
	sum := o.letter(id).current().SHA256
	form := url.Values{"sidik": {sum}, "setuju": {"ya"}, "passphrase": {passphraseOf("budi")}}
	for name, token := range map[string]string{"no token": "", "another token": "x", "the token of another session": o.as("budi").token()} {
		form.Set("csrf", token)
		assert.Equal(t, http.StatusForbidden, budi.post("/surat/"+id+"/tandatangan", form).status, name)
	}
	form.Set("csrf", budi.token())
	for name, header := range map[string][2]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "origin": {"Origin", "https://jahat.example"},
	} {
		for _, path := range []string{"/surat/" + id + "/tandatangan", "/masuk", "/keluar"} {
			r := budi.request(http.MethodPost, path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header[0], header[1])
			assert.Equal(t, http.StatusForbidden, budi.do(r).status, "%s %s", name, path)
		}
	}
	assert.Zero(t, o.letter(id).signed())
	a := budi.upload("/surat/baru", map[string]string{"nomor": "9", "hal": "x", "jenis": "3", "contoh": "surat-tugas"}, nil)
	assert.Equal(t, http.StatusForbidden, a.status, "an upload without token")
}

func cookieOf(t *testing.T, v *visitor) *http.Cookie {
	t.Helper()
	u, err := url.Parse(v.o.srv.URL)
	require.NoError(t, err)
	for _, c := range v.client.Jar.Cookies(u) {
		if c.Name == v.o.sessions.cookieName() {
			return c
		}
	}
	return nil
}

func TestSessions(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	o := newOffice(t, func(c *appConfig) { c.now = clock.Now })

	v := o.visitor()
	r := v.request(http.MethodPost, "/masuk", strings.NewReader(url.Values{"pengguna": {"budi"}, "sandi": {passwordOf("budi")}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// Somebody planted a cookie: after the login it is not the session's.
	r.AddCookie(&http.Cookie{Name: o.sessions.cookieName(), Value: "titipan"})
	once := *v.client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := once.Do(r)
	require.NoError(t, err)
	response.Body.Close()
	var set *http.Cookie
	for _, c := range response.Cookies() {
		if c.MaxAge > 0 {
			set = c
		}
	}
	require.NotNil(t, set)
	assert.Equal(t, "__Host-eoffice", set.Name)
	assert.True(t, set.HttpOnly && set.Secure)
	assert.Equal(t, http.SameSiteLaxMode, set.SameSite)
	assert.Equal(t, "/", set.Path)
	assert.Len(t, set.Value, 43, "256 bits")
	assert.Len(t, o.sessions.open, 1)

	first := cookieOf(t, v).Value
	v.post("/masuk", url.Values{"pengguna": {"budi"}, "sandi": {passwordOf("budi")}})
	second := cookieOf(t, v).Value
	assert.NotEqual(t, first, second, "rotated at login")
	assert.Len(t, o.sessions.open, 1, "and the old one is void")

	v.send("/keluar", url.Values{})
	assert.Nil(t, cookieOf(t, v))
	assert.Empty(t, o.sessions.open)

	v = o.as("budi")
	clock.advance(sessionIdle - time.Second)
	assert.Equal(t, "/", v.get("/").at)
	clock.advance(sessionIdle)
	assert.Contains(t, v.get("/").at, "/masuk", "idle too long")
	v = o.as("budi")
	for range int(sessionLife/(sessionIdle-time.Second)) + 1 {
		clock.advance(sessionIdle - time.Second)
		v.get("/")
	}
	assert.Contains(t, v.get("/").at, "/masuk", "open too long")
}

func TestSessionsAreBounded(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	s := newSessions(clock.Now, false)
	person := &official{Username: "budi"}
	for range maxSessions {
		s.open[[32]byte([]byte(random256())[:32])] = &opened{session{person, ""}, clock.Now(), clock.Now()}
		clock.advance(time.Microsecond)
	}
	s.sweep(clock.Now())
	assert.Len(t, s.open, maxSessions-1, "the one that was idle longest made room")
	clock.advance(sessionIdle)
	s.open[[32]byte{1}] = &opened{session{person, ""}, clock.Now(), clock.Now()}
	s.sweep(clock.Now())
	assert.Len(t, s.open, 1, "what is over is gone")
}

func TestLoginIsLimited(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	o := newOffice(t, func(c *appConfig) { c.now = clock.Now })
	v := o.visitor()
	try := func(username, password string) answer {
		return v.post("/masuk", url.Values{"pengguna": {username}, "sandi": {password}})
	}
	unknown := try("tidak-ada", "x")
	assert.Equal(t, http.StatusUnauthorized, unknown.status)
	for range 5 {
		wrong := try("budi", "salah")
		assert.Equal(t, http.StatusUnauthorized, wrong.status)
		assert.Equal(t, strings.ReplaceAll(unknown.body, "tidak-ada", "budi"), wrong.body, "known and unknown look alike")
	}
	assert.Equal(t, http.StatusUnauthorized, try("budi", passwordOf("budi")).status, "the right one has to wait too")
	assert.Equal(t, "/", try("ratna", passwordOf("ratna")).at, "others need not")
	v = o.visitor()
	clock.advance(time.Hour)
	assert.Equal(t, "/", try("budi", passwordOf("budi")).at)
	assert.Equal(t, http.StatusUnauthorized, o.visitor().post("/masuk", url.Values{"pengguna": {strings.Repeat("x", 65)}}).status)
}

func TestLoginLeadsBack(t *testing.T) {
	for to, want := range map[string]string{
		"/surat/x?a=b": "/surat/x?a=b", "": "/", "https://jahat.example/": "/", "//jahat.example/": "/", `/\jahat.example`: "/",
		"/masuk": "/", "javascript:x": "/", "/a\r\nb": "/",
	} {
		assert.Equal(t, want, localPath(to), "%q", to)
	}
	o := newOffice(t, nil)
	v := o.visitor()
	page := v.get("/massal")
	assert.Contains(t, page.body, `name="ke" value="/massal"`)
	assert.Equal(t, "/massal", v.post("/masuk", url.Values{"pengguna": {"budi"}, "sandi": {passwordOf("budi")}, "ke": {"/massal"}}).at)
}

func TestOriginOfARequest(t *testing.T) {
	for name, c := range map[string]struct {
		remote, forwarded, want string
		proxy                   bool
	}{
		"direct":                        {"192.0.2.7:5", "", "192.0.2.7", false},
		"a claim without proxy":         {"192.0.2.7:5", "198.51.100.1", "192.0.2.7", false},
		"the proxy's own entry is last": {"127.0.0.1:5", "203.0.113.9, 198.51.100.1", "198.51.100.1", true},
		"nonsense from the proxy":       {"127.0.0.1:5", "x", "127.0.0.1", true},
		"one household of IPv6":         {"[2001:db8:1:2:3:4:5:6]:5", "", "2001:db8:1:2::", false},
	} {
		a := &app{cfg: appConfig{behindProxy: c.proxy}}
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		r.Header.Set("X-Forwarded-For", c.forwarded)
		assert.Equal(t, c.want, a.origin(r), name)
	}
}

func TestThrottle(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	limit := newThrottle(2, time.Minute, clock.Now)
	require.NoError(t, limit.take("a"))
	require.NoError(t, limit.take("a"))
	require.Error(t, limit.take("a"))
	require.NoError(t, limit.take("b"))
	clock.advance(time.Minute)
	require.NoError(t, limit.take("a"))
	for i := range maxWindows {
		_ = limit.take(string(rune(i)) + "x")
	}
	assert.LessOrEqual(t, len(limit.seen), maxWindows)
}
