package main

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sertel-id/sertel/passphrase"
)

// loginForm is the login page's content.
type loginForm struct {
	Username string
	Back     string
	Failed   string
}

func (a *app) loginPage(w http.ResponseWriter, r *http.Request, s *session) error {
	back := localPath(r.FormValue("ke"))
	if s != nil {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	return a.render(w, http.StatusOK, "masuk", "Masuk", nil, loginForm{Back: back})
}

// login checks a password. Wrong name, wrong password and too many tries look
// alike.
func (a *app) login(w http.ResponseWriter, r *http.Request, _ *session) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := parseForm(r); err != nil {
		return err
	}
	username, back := r.PostFormValue("pengguna"), localPath(r.PostFormValue("ke"))
	again := func() error {
		return a.render(w, http.StatusUnauthorized, "masuk", "Masuk", nil, loginForm{
			Username: username, Back: back,
			Failed: "Nama pengguna atau kata sandi salah, atau terlalu banyak percobaan. Periksa kembali; bila sudah benar, tunggu beberapa menit.",
		})
	}
	if username == "" || len(username) > 64 {
		return again()
	}
	attempt, err := a.logins.Reserve(r.Context(), "login:"+username, a.origin(r))
	if errors.Is(err, passphrase.ErrLimited) {
		return again()
	}
	if err != nil {
		return err
	}
	person, err := a.cfg.people.login(r.Context(), username, passphrase.FromString(r.PostFormValue("sandi")))
	if errors.Is(err, errLogin) {
		a.cfg.log.Info("login refused", "origin", a.origin(r))
		return again()
	}
	if err != nil {
		return err
	}
	if err := attempt.Succeed(r.Context()); err != nil {
		return err
	}
	a.sessions.begin(w, r, person)
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

func (a *app) logout(w http.ResponseWriter, r *http.Request, _ *session) error {
	a.sessions.end(w, r)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/masuk", http.StatusSeeOther)
	return nil
}

// localPath keeps a redirect on this site.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		strings.ContainsAny(to, "\\\r\n") || strings.HasPrefix(to, "/masuk") {
		return "/"
	}
	return to
}
