package mockbsre

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/sertel-id/sertel/certificate/identity"
)

// visit is one request for a page.
type visit struct {
	*portal
	*http.Request
	w         http.ResponseWriter
	visitorID string
	session   session
	person    Person // who is logged in
	loggedIn  bool
	form      url.Values // of a POST
	picture   []byte
	release   func() // of what the form holds in memory
}

// visit answers one request.
func (p *portal) visit(w http.ResponseWriter, r *http.Request, route portalRoute) {
	v := &visit{portal: p, Request: r, w: w, visitorID: p.visitor(w, r), release: func() {}}
	defer func() { v.release() }()
	v.recognise()
	if r.Method == http.MethodPost && route.pattern != "" {
		if err := v.readForm(); err != nil {
			v.refuseForm(err)
			return
		}
	}
	if route.login && !v.loggedIn {
		path := loginPath
		if r.URL.Path != dashboardPath { // who begins there need not be told
			path += "?info=masuk"
		}
		v.redirect(path)
		return
	}
	route.do(v)
	if r.Method == http.MethodPost {
		p.srv.deliver() // in the order in which people acted
	}
}

// recognise finds out who is logged in. Who was taken out of the register, or
// has another number by now, is not.
func (v *visit) recognise() {
	s, ok := v.portal.session(v.visitorID)
	if !ok {
		return
	}
	person, known := v.srv.Personnel.person(s.number)
	if !known {
		return
	}
	v.session, v.person, v.loggedIn = s, person, true
}

// ctx is the context of what the visit changes: a browser that goes away does
// not undo it.
func (v *visit) ctx() context.Context { return context.WithoutCancel(v.Context()) }

// nik is the number of who is logged in; the register took it.
func (v *visit) nik() identity.NIK {
	nik, err := identity.ParseNIK(v.person.NIK)
	if err != nil {
		panic("mockbsre: a person in the register has no NIK: " + err.Error())
	}
	return nik
}

// redirect leads on to another page after a form.
func (v *visit) redirect(path string) {
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(http.StatusSeeOther)
}

// show answers with a page.
func (v *visit) show(status int, name string, p page) {
	p.Token, p.Words, p.Now = v.token(v.visitorID), words(), v.moment(v.srv.Clock.Now())
	p.Notice = notices[v.URL.Query().Get("info")]
	if v.loggedIn {
		p.Person = v.person.Name
	}
	if status >= http.StatusBadRequest {
		p.Notice = ""
	}
	var out bytes.Buffer
	if err := pages()[name].ExecuteTemplate(&out, "tata-letak", p); err != nil {
		v.srv.cfg.Logger.Error("page not drawn", "page", name, "error", err)
		http.Error(v.w, "Halaman tidak dapat ditampilkan.", http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	v.w.WriteHeader(status)
	if v.Method != http.MethodHead {
		_, _ = v.w.Write(out.Bytes())
	}
}

// refuse answers a request that no page is for.
func (v *visit) refuse(status int) {
	title, text := "Halaman tidak ditemukan", "Alamat ini tidak ada di portal tiruan."
	if status == http.StatusMethodNotAllowed {
		title, text = "Permintaan tidak dikenal", "Halaman ini tidak menerima permintaan seperti itu."
	}
	v.message(status, title, text)
}

// refuseForm answers a form that was not read.
func (v *visit) refuseForm(err error) {
	status, text := http.StatusBadRequest, "Isi formulir tidak dapat dibaca. Muat ulang halaman lalu coba lagi."
	switch {
	case errors.Is(err, errFormTooLarge):
		status, text = http.StatusRequestEntityTooLarge, "Isi formulir terlalu besar. Foto paling besar 10 MB."
		v.w.Header().Set("Connection", "close")
	case errors.Is(err, errFormType):
		status = http.StatusUnsupportedMediaType
	case errors.Is(err, errForeignForm):
		status, text = http.StatusForbidden,
			"Formulir sudah kedaluwarsa atau tidak berasal dari halaman ini. Muat ulang halaman lalu coba lagi."
	}
	v.message(status, "Formulir tidak diterima", text)
}

// message is a page of one sentence.
func (v *visit) message(status int, title, text string) {
	v.show(status, "pesan.html", page{Title: title, Body: text})
}
