package main

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// pagePolicy lets a page load its own style, script, pictures and frames, and
// nothing inline.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// documentPolicy is for the PDF itself, which only pages of the e-office may
// frame. Its viewer belongs to the browser and is not the document's to limit.
const documentPolicy = "frame-ancestors 'self'"

// protect sets the headers of every answer and refuses what another site sends
// in a person's name (Fetch Metadata and Origin; OWASP CSRF).
func (a *app) protect(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, nil, trouble(http.StatusForbidden, "CROSS_ORIGIN", helpSigner,
			"Permintaan ini datang dari situs lain dan ditolak. Buka e-office langsung dari alamatnya."))
	}))
	checked := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if a.cfg.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		checked.ServeHTTP(w, r)
	})
}

// framed lets the e-office's own pages frame an answer.
func framed(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", documentPolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
}

// origin is the address that a request came from. Behind a proxy it is the one
// that the proxy adds at the end of the header; what stands before is hearsay.
func (a *app) origin(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if a.cfg.behindProxy {
		list := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if ip := net.ParseIP(strings.TrimSpace(list[strings.LastIndex(list, ",")+1:])); ip != nil {
			host = ip.String()
		}
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		// One household has a whole /64 (RFC 6177).
		host = ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}

// throttle allows each key so many calls in a span of time.
type throttle struct {
	most int
	span time.Duration
	now  func() time.Time

	mu   sync.Mutex
	seen map[string]*window
}

type window struct {
	begun time.Time
	count int
}

// maxWindows bounds the keys that are remembered.
const maxWindows = 10_000

func newThrottle(most int, span time.Duration, now func() time.Time) *throttle {
	return &throttle{most: most, span: span, now: now, seen: map[string]*window{}}
}

// take counts one call and returns a problem when it is one too many.
func (t *throttle) take(key string) error {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.seen[key]
	if w == nil || now.Sub(w.begun) >= t.span {
		if len(t.seen) >= maxWindows {
			t.sweep(now)
		}
		w = &window{begun: now}
		t.seen[key] = w
	}
	w.count++
	if w.count > t.most {
		return trouble(http.StatusTooManyRequests, "TOO_MANY", helpSigner,
			"Terlalu banyak permintaan. Tunggu beberapa menit, lalu coba lagi.")
	}
	return nil
}

// sweep forgets spans that are over; if none is, all, which lets some pass.
func (t *throttle) sweep(now time.Time) {
	for key, w := range t.seen {
		if now.Sub(w.begun) >= t.span {
			delete(t.seen, key)
		}
	}
	if len(t.seen) >= maxWindows {
		clear(t.seen)
	}
}
