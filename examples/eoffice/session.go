package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

const (
	sessionIdle = 30 * time.Minute
	sessionLife = 8 * time.Hour
	maxSessions = 10_000
)

// session is one login. Its fields do not change.
type session struct {
	person *official
	// csrf is in each form of the session (OWASP: synchronizer token).
	csrf string
}

// sessions keeps the logins of this process: the cookie holds 256 random bits, of
// which only the hash is kept here.
type sessions struct {
	now    func() time.Time
	secure bool

	mu   sync.Mutex
	open map[[sha256.Size]byte]*opened
}

type opened struct {
	session        session
	begun, touched time.Time
}

func newSessions(now func() time.Time, secure bool) *sessions {
	return &sessions{now: now, secure: secure, open: map[[sha256.Size]byte]*opened{}}
}

func random256() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// cookieName has the prefix that binds the cookie to this host wherever the
// browser will take it.
func (s *sessions) cookieName() string {
	if s.secure {
		return "__Host-eoffice"
	}
	return "eoffice"
}

func (s *sessions) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// begin logs somebody in under a new secret; the one that the request came with
// is void.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, person *official) {
	s.end(w, r)
	secret := random256()
	now := s.now()
	s.mu.Lock()
	s.sweep(now)
	s.open[sha256.Sum256([]byte(secret))] = &opened{session{person, random256()}, now, now}
	s.mu.Unlock()
	http.SetCookie(w, s.cookie(secret, int(sessionLife/time.Second)))
}

// end forgets the session of a request.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(s.cookieName()); err == nil {
		s.mu.Lock()
		delete(s.open, sha256.Sum256([]byte(c.Value)))
		s.mu.Unlock()
	}
	http.SetCookie(w, s.cookie("", -1))
}

// of returns the session of a request, or nil.
func (s *sessions) of(r *http.Request) *session {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return nil
	}
	key, now := sha256.Sum256([]byte(c.Value)), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	o, found := s.open[key]
	if !found {
		return nil
	}
	if o.over(now) {
		delete(s.open, key)
		return nil
	}
	o.touched = now
	return &o.session
}

func (o *opened) over(now time.Time) bool {
	return now.Sub(o.touched) >= sessionIdle || now.Sub(o.begun) >= sessionLife
}

// sweep drops what is over and, if there are still too many, the one that was
// idle longest.
func (s *sessions) sweep(now time.Time) {
	if len(s.open) < maxSessions {
		return
	}
	var oldest [sha256.Size]byte
	var at time.Time
	for key, o := range s.open {
		if o.over(now) {
			delete(s.open, key)
		} else if at.IsZero() || o.touched.Before(at) {
			oldest, at = key, o.touched
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
}

// csrfField is the name of the token in forms.
const csrfField = "csrf"

// checkToken compares the form's token with the session's. Requests from other
// sites do not come so far: see [protect].
func (s *session) checkToken(r *http.Request) error {
	if subtle.ConstantTimeCompare([]byte(r.PostFormValue(csrfField)), []byte(s.csrf)) != 1 {
		return trouble(http.StatusForbidden, "FORM", helpSigner,
			"Formulir ini bukan dari sesi Anda yang sekarang. Buka kembali halamannya, lalu kirim sekali lagi.")
	}
	return nil
}
