package mockbsre

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// portal is what people see in a browser: MyASN, the pages behind mailed links,
// and a mail page. It does nothing by itself; every page calls the registrar.
type portal struct {
	srv    *Server
	mux    *http.ServeMux
	key    []byte // of the forms' tokens
	cookie string // its name; another one for each fake, since ports share cookies
	photos chan struct{}

	mu       sync.Mutex
	sessions map[string]session
}

// Limits of the pages.
const (
	maxForm        = 64 << 10 // bytes of a form without picture
	maxPhotos      = 8        // pictures in memory at a time
	maxSessions    = 10_000   // the oldest is logged out
	sessionLife    = 8 * time.Hour
	portalPatience = 2 * time.Minute // for a body to arrive, by the real clock
)

// Paths of the pages. The others are those of the mails' links.
const (
	loginPath       = "/myasn/masuk"
	dashboardPath   = "/myasn/"
	certificatePath = "/myasn/sertifikat"
	formPath        = "/myasn/sertifikat/registrasi"
	confirmPath     = "/myasn/sertifikat/konfirmasi"
	donePath        = "/email/selesai/"
	inboxPath       = "/surat/"
	stylePath       = "/portal/gaya.css"
)

// fakeServer is the Server header of every page.
const fakeServer = "mockbsre (tiruan, bukan BSrE)"

// PortalPassword is the password of everybody's account on the pages of MyASN.
const PortalPassword = "sandi-myasn-tiruan"

func newPortal(s *Server) *portal {
	p := &portal{
		srv: s, mux: http.NewServeMux(), key: make([]byte, 32),
		photos: make(chan struct{}, maxPhotos), sessions: map[string]session{},
	}
	name := make([]byte, 4)
	_, _ = rand.Read(p.key)
	_, _ = rand.Read(name)
	p.cookie = "portal_tiruan_" + hex.EncodeToString(name)
	for _, r := range p.routes() {
		p.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, request *http.Request) { p.visit(w, request, r) })
	}
	return p
}

// portalRoute is one page or form.
type portalRoute struct {
	pattern string
	do      func(*visit)
	login   bool // only for who is logged in
}

func (p *portal) routes() []portalRoute {
	link := func(purpose certificate.Purpose) string {
		return strings.TrimPrefix(p.srv.registrar.LinkPrefix(purpose), p.srv.portalURL()) + "{token}"
	}
	activation, set := link(certificate.PurposeActivation), link(certificate.PurposeSetPassphrase)
	reset, mail := link(certificate.PurposeReset), link(certificate.PurposeWorkMail)
	return []portalRoute{
		{"GET /{$}", func(v *visit) { v.redirect(dashboardPath) }, false},
		{"GET /myasn", func(v *visit) { v.redirect(dashboardPath) }, false},
		{"GET /surat", func(v *visit) { v.redirect(inboxPath) }, false},
		{"GET /favicon.ico", func(v *visit) { v.w.WriteHeader(http.StatusNoContent) }, false},
		{"GET /myasn/{$}", (*visit).dashboard, true},
		{"GET " + loginPath, (*visit).loginPage, false},
		{"POST " + loginPath, (*visit).login, false},
		{"POST /myasn/keluar", (*visit).logout, false},
		{"GET /myasn/lupa-password", (*visit).forgottenPage, false},
		{"GET " + certificatePath, (*visit).certificatePage, true},
		{"GET " + formPath, (*visit).registrationPage, true},
		{"POST /myasn/sertifikat/verifikasi", (*visit).verifyNIK, true},
		{"POST " + formPath, (*visit).checkRegistration, true},
		{"GET " + confirmPath, (*visit).confirmPage, true},
		{"POST " + confirmPath, (*visit).register, true},
		{"GET /myasn/sertifikat/{action}", (*visit).actionPage, true},
		{"POST /myasn/sertifikat/{action}", (*visit).act, true},

		{"GET " + activation, (*visit).activationPage, false},
		{"POST " + activation + "/data-diri", (*visit).personalData, false},
		{"POST " + activation + "/cek", (*visit).lookUpNumber, false},
		{"POST " + activation + "/kedinasan", (*visit).confirmOffice, false},
		{"POST " + activation + "/foto", (*visit).photo, false},
		{"POST " + activation + "/kirim", (*visit).submitActivation, false},
		{"GET " + set, (*visit).setPassphrasePage, false},
		{"POST " + set, (*visit).setPassphrase, false},
		{"GET " + reset, (*visit).resetPassphrasePage, false},
		{"POST " + reset, (*visit).resetPassphrase, false},
		{"GET " + mail, (*visit).workMailPage, false},
		{"POST " + mail, (*visit).confirmWorkMail, false},
		{"GET " + donePath + "{what}", (*visit).donePage, false},

		{"GET /surat/{$}", (*visit).inboxPage, false},
		{"GET /surat/terbaru", (*visit).latestMail, false},
		{"POST /surat/hapus", (*visit).deleteMails, false},
		{"GET /surat/{id}", (*visit).mailPage, false},
		{"POST /surat/{id}/hapus", (*visit).deleteMail, false},
		{"GET " + stylePath, (*visit).style, false},
	}
}

// Portal answers the pages that people see, in Indonesian and without any need
// for JavaScript: MyASN under /myasn/, what the links in mails lead to under
// /email/, and the mails themselves under /surat/. Whoever is in the personnel
// register logs in with NIP, NI PPPK or NRP and [PortalPassword]. Opening a link
// uses nothing up: mail gateways do that too.
//
// [Server.Handler], and with it [Server.URL], answers these paths beside the
// service's own; [Server.Client] reaches the pages at [PortalURL].
func (s *Server) Portal() http.Handler {
	s.running()
	return s.portal
}

// doors is everything that the fake serves to the world.
type doors struct{ esign, portal http.Handler }

// ServeHTTP implements [http.Handler].
func (d doors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if portalPath(r) {
		d.portal.ServeHTTP(w, r)
		return
	}
	d.esign.ServeHTTP(w, r)
}

// portalPath tells the pages from the service's interface, to which everything
// else belongs. The bare address is a person's unless a credential comes along.
func portalPath(r *http.Request) bool {
	switch r.URL.Path {
	case "/":
		return r.Method == http.MethodGet && r.Header.Get("Authorization") == ""
	case "/myasn", "/surat", "/favicon.ico":
		return true
	}
	for _, prefix := range []string{"/myasn/", "/email/", "/surat/", "/portal/"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return true
		}
	}
	return false
}

// ServeHTTP implements [http.Handler].
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.protect(w.Header())
	handler, pattern := p.mux.Handler(r)
	if pattern != "" {
		p.mux.ServeHTTP(w, r)
		return
	}
	// The multiplexer's own answer, as a page.
	own := &recorder{header: http.Header{}}
	handler.ServeHTTP(own, r)
	for _, name := range []string{"Allow", "Location"} {
		if value := own.header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	if own.status < http.StatusBadRequest {
		w.WriteHeader(own.status)
		return
	}
	p.visit(w, r, portalRoute{do: func(v *visit) { v.refuse(own.status) }})
}

// protect sets the headers of every answer.
func (p *portal) protect(h http.Header) {
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Date", p.srv.Clock.Now().UTC().Format(http.TimeFormat))
	h.Set("Server", fakeServer)
}
