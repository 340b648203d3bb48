package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/appearance"
)

//go:embed templates static sample/*.pdf
var files embed.FS

// appConfig is what an e-office is made of.
type appConfig struct {
	publicURL   string // where people reach it, without a slash at the end
	behindProxy bool
	box         *box
	people      *directory
	store       store
	log         *slog.Logger
	now         func() time.Time // nil: time.Now
	noSamples   bool             // begin without letters, in the fake too
}

// secure tells whether browsers reach the e-office over TLS.
func (c *appConfig) secure() bool { return strings.HasPrefix(c.publicURL, "https://") }

// app is the e-office.
type app struct {
	cfg       appConfig
	sessions  *sessions
	logins    *passphrase.Limiter
	signings  *throttle     // of passphrases, by person
	checks    *throttle     // of copies, by address
	uploading chan struct{} // uploads of members under way
	copies    chan struct{} // of people outside
	verdicts  *verdicts
	queue     *queue
	pages     map[string]*template.Template

	gone   chan struct{} // closed when the e-office stops
	hangs  sync.Once
	cancel context.CancelFunc
	worker sync.WaitGroup
}

func newApp(cfg appConfig) (*app, error) {
	if cfg.now == nil {
		cfg.now = time.Now
	}
	a := &app{
		cfg:      cfg,
		sessions: newSessions(cfg.now, cfg.secure()),
		logins:   passphrase.NewLimiter(passphrase.LimiterConfig{Now: cfg.now}),
		signings: newThrottle(20, 5*time.Minute, cfg.now),
		checks:   newThrottle(20, 5*time.Minute, cfg.now),
		// Uploads are held in memory, so only so many at a time.
		uploading: make(chan struct{}, 4),
		copies:    make(chan struct{}, 2),
		verdicts:  newVerdicts(cfg.box, cfg.now),
		queue:     newQueue(cfg),
		gone:      make(chan struct{}),
	}
	var err error
	a.pages, err = parsePages()
	return a, err
}

// start puts right what an earlier process left and begins to sign.
func (a *app) start(ctx context.Context) error {
	if err := a.queue.recover(ctx); err != nil {
		return err
	}
	if a.cfg.box.fake != nil && !a.cfg.noSamples {
		if err := a.seedLetters(ctx); err != nil {
			return err
		}
	}
	ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	a.worker.Go(func() { a.queue.run(ctx) })
	return nil
}

// hangUp ends the answers that wait for progress.
func (a *app) hangUp() { a.hangs.Do(func() { close(a.gone) }) }

// stop waits for the letter that is being signed.
func (a *app) stop() {
	a.hangUp()
	if a.cancel != nil {
		a.cancel()
		a.worker.Wait()
	}
	a.queue.handoff.Close()
}

// handler has all addresses of the e-office.
func (a *app) handler() http.Handler {
	mux := http.NewServeMux()
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic("eoffice: " + err.Error())
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", cached(http.FileServerFS(static))))

	mux.Handle("GET /masuk", a.public(a.loginPage))
	mux.Handle("POST /masuk", a.public(a.login))
	mux.Handle("POST /keluar", a.form(a.logout))

	mux.Handle("GET /{$}", a.member(a.home))
	mux.Handle("GET /surat/baru", a.member(a.uploadPage))
	mux.Handle("POST /surat/baru", a.member(a.upload))
	mux.Handle("GET /surat/{id}", a.member(a.letterPage))
	mux.Handle("GET /surat/{id}/pdf", a.member(a.letterPDF))
	mux.Handle("GET /surat/{id}/siapkan", a.member(a.preparePage))
	mux.Handle("POST /surat/{id}/siapkan", a.form(a.prepare))
	mux.Handle("GET /surat/{id}/blok/{step}", a.member(a.blockPicture))
	mux.Handle("GET /surat/{id}/tandatangan", a.member(a.signPage))
	mux.Handle("POST /surat/{id}/tandatangan", a.form(a.sign))
	mux.Handle("POST /surat/{id}/kembalikan", a.form(a.giveBack))
	mux.Handle("POST /surat/{id}/putusan", a.form(a.decide))
	mux.Handle("GET /massal", a.member(a.batchPage))
	mux.Handle("POST /massal", a.form(a.batch))
	mux.Handle("GET /antrean/{job}", a.member(a.jobPage))
	mux.Handle("GET /antrean/{job}/peristiwa", a.member(a.jobEvents))

	mux.Handle("GET /v/{token}", a.public(a.verifyPage))
	mux.Handle("GET /v/{token}/pdf", a.public(a.verifyPDF))
	mux.Handle("POST /v/{token}", a.public(a.checkCopy))
	mux.Handle("/", a.public(func(http.ResponseWriter, *http.Request, *session) error { return errNotFound }))
	return a.protect(mux)
}

// cached lets browsers keep what belongs to the program.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		next.ServeHTTP(w, r)
	})
}

// handle is a handler whose error becomes a page. The session is nil for who is
// not logged in.
type handle func(http.ResponseWriter, *http.Request, *session) error

func (a *app) public(h handle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := a.sessions.of(r)
		if err := h(w, r, s); err != nil {
			a.refuse(w, r, s, err)
		}
	})
}

// member is for who is logged in; others are sent to do so and come back.
func (a *app) member(h handle) http.Handler {
	return a.public(func(w http.ResponseWriter, r *http.Request, s *session) error {
		if s == nil {
			back := "/"
			if r.Method == http.MethodGet {
				back = r.URL.RequestURI()
			}
			http.Redirect(w, r, "/masuk?"+url.Values{"ke": {back}}.Encode(), http.StatusSeeOther)
			return nil
		}
		return h(w, r, s)
	})
}

// maxForm bounds a form without files.
const maxForm = 256 << 10

// form is a member's form, with the session's token.
func (a *app) form(h handle) http.Handler {
	return a.member(func(w http.ResponseWriter, r *http.Request, s *session) error {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := parseForm(r); err != nil {
			return err
		}
		if err := s.checkToken(r); err != nil {
			return err
		}
		return h(w, r, s)
	})
}

func parseForm(r *http.Request) error {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return trouble(http.StatusRequestEntityTooLarge, "FORM_TOO_LARGE", helpApplication, "Formulir terlalu besar.")
	case err != nil:
		return trouble(http.StatusBadRequest, "FORM", helpApplication, "Formulir tidak terbaca.")
	}
	return nil
}

// page is what every template gets.
type page struct {
	Title  string
	Person *official // nil for who is not logged in
	CSRF   string
	Fake   bool
	Agency string
	// Refresh, in seconds, loads the page again where scripts do not run.
	Refresh int
	Data    any
}

func (a *app) render(w http.ResponseWriter, status int, name, title string, s *session, data any) error {
	p := page{Title: title, Fake: a.cfg.box.fake != nil, Agency: a.cfg.people.Agency, Data: data}
	if s != nil {
		p.Person, p.CSRF = s.person, s.csrf
	}
	if v, ok := data.(interface{ refresh() int }); ok {
		p.Refresh = v.refresh()
	}
	var out bytes.Buffer
	if err := a.pages[name].ExecuteTemplate(&out, "base", p); err != nil {
		return fmt.Errorf("eoffice: page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
	return nil
}

// refuse shows what went wrong, and who can help.
func (a *app) refuse(w http.ResponseWriter, r *http.Request, s *session, err error) {
	p := problemOf(err)
	logProblem(a.cfg.log.With("method", r.Method, "pattern", r.Pattern), "refuse", p, err)
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	if err := a.render(w, p.Status, "masalah", "Tidak berhasil", s, p); err != nil {
		a.cfg.log.Error("refuse", "error", err)
		http.Error(w, p.Text, http.StatusInternalServerError)
	}
}

// parsePages reads the templates: each page with the frame around all of them.
func parsePages() (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ".html")
		t := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
			"term": term,
			"time": func(t time.Time) string { return appearance.TimeText(t.In(appearance.WIB.Location())) },
			"inc":  func(n int) int { return n + 1 },
		})
		if pages[name], err = t.ParseFS(files, "templates/dasar.html", path); err != nil {
			return nil, err
		}
	}
	return pages, nil
}
