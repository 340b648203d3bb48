package mockbsre

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

type registrationRequest struct {
	Name  jsonText `json:"nama"`
	Email jsonText `json:"email"`
	NIK   jsonText `json:"nik"`
}

// registrationV2 is POST /api/v2/user/registration, which registers somebody of
// the fake's registers and sends the mail for the activation. Of its answers
// nothing is known: status, text and codes are those of the gateway of 2019.
func (e *esign) registrationV2(ctx context.Context, c *call) reply {
	var in registrationRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	c.entry.noteIdentity(in.NIK, in.Email)
	c.entry.note("nama", string(in.Name))
	switch {
	case strings.TrimSpace(string(in.Name)) == "":
		return e.refuse(http.StatusBadRequest, codeMissing, "Nama harus diisi")
	case strings.TrimSpace(string(in.Email)) == "":
		return e.refuse(http.StatusBadRequest, codeMissing, "Email harus diisi")
	}
	p, ok := e.applicant(in)
	if !ok {
		return e.refuse(http.StatusBadRequest, codeData, "Data tidak sesuai ketentuan : data tidak ditemukan")
	}
	known, err := e.person(ctx, p.NIK, "")
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	if s := known.Status; s != certificate.StatusNotRegistered && s != certificate.StatusNoCertificate && s != certificate.StatusRevoke {
		return e.refuse(http.StatusBadRequest, codeRegistered, "NIK telah terdaftar")
	}
	if _, err := (enrolment{e.srv, p}).register(ctx); err != nil {
		var twice *certificate.DuplicateError
		if errors.As(err, &twice) {
			return e.refuse(http.StatusBadRequest, codeRegistered, "NIK telah terdaftar")
		}
		e.srv.cfg.Logger.Info("esign: not registered", "error", err)
		return e.refuse(http.StatusBadRequest, codeData, "Data tidak sesuai ketentuan : data tidak dapat diterima")
	}
	return jsonReply(http.StatusOK, struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{true, "Pendaftaran berhasil"})
}

// applicant finds the person in the population register and holds the name
// against it.
func (e *esign) applicant(in registrationRequest) (Person, bool) {
	var p Person
	var ok bool
	if nik, err := identity.ParseNIK(string(in.NIK)); err == nil {
		p, ok = e.srv.Population.person(nik)
		ok = ok && (strings.EqualFold(p.WorkEmail, string(in.Email)) || strings.EqualFold(p.SIASNEmail, string(in.Email)))
	} else if in.NIK == "" {
		p, ok = e.srv.Population.personByMail(string(in.Email))
	}
	if !ok {
		return p, false
	}
	given, err := identity.ParseName(string(in.Name))
	if err != nil {
		return p, false
	}
	registered, err := identity.ParseName(p.Name)
	return p, err == nil && registered.SamePerson(given)
}
