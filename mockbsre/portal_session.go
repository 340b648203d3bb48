package mockbsre

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// session is what the portal keeps of somebody who is logged in.
type session struct {
	number  identity.EmployeeNumber
	expires time.Time // by the fake's clock

	// The registration form between its pages.
	draft    certificate.ApplicantForm
	verified certificate.VerifiedNIK
	checked  bool // draft may be confirmed
}

// sessionIDSize is 256 bits.
const sessionIDSize = 32

func newSessionID() string {
	raw := make([]byte, sessionIDSize)
	_, _ = rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// visitor returns the visitor's id, giving one to who has none. It is a cookie
// for the time of the browser's session; SameSite is Lax, because links in mails
// come from elsewhere and must find who is logged in.
func (p *portal) visitor(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(p.cookie); err == nil {
		if raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Value); err == nil && len(raw) == sessionIDSize {
			return c.Value
		}
	}
	id := newSessionID()
	p.setCookie(w, r, id)
	return id
}

func (p *portal) setCookie(w http.ResponseWriter, r *http.Request, id string) {
	http.SetCookie(w, &http.Cookie{
		Name: p.cookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.URL.Scheme == "https",
	})
}

// token is what a visitor's forms carry, so that no other site can send them.
func (p *portal) token(visitor string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(visitor))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (p *portal) session(visitor string) (session, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.sessions[visitor]
	if ok && !p.srv.Clock.Now().Before(s.expires) {
		delete(p.sessions, visitor)
		return session{}, false
	}
	return s, ok
}

// logIn begins a session under a new id.
func (p *portal) logIn(w http.ResponseWriter, r *http.Request, number identity.EmployeeNumber) {
	id := newSessionID()
	p.mu.Lock()
	if len(p.sessions) >= maxSessions {
		p.dropOldest()
	}
	p.sessions[id] = session{number: number, expires: p.srv.Clock.Now().Add(sessionLife)}
	p.mu.Unlock()
	p.setCookie(w, r, id)
}

func (p *portal) dropOldest() {
	var oldest string
	for id, s := range p.sessions {
		if oldest == "" || s.expires.Before(p.sessions[oldest].expires) {
			oldest = id
		}
	}
	delete(p.sessions, oldest)
}

// logOut ends a session; the visitor goes on under a new id.
func (p *portal) logOut(w http.ResponseWriter, r *http.Request, visitor string) {
	p.mu.Lock()
	delete(p.sessions, visitor)
	p.mu.Unlock()
	p.setCookie(w, r, newSessionID())
}

// change changes a session that is still there.
func (p *portal) change(visitor string, f func(*session)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s, ok := p.sessions[visitor]; ok {
		f(&s)
		p.sessions[visitor] = s
	}
}

func (p *portal) logOutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.sessions)
}
