package mockbsre

import (
	"errors"
	"net/http"

	"github.com/sertel-id/sertel/certificate"
)

func (v *visit) workMailPage() {
	if link, ok := v.open(certificate.PurposeWorkMail); ok {
		v.show(http.StatusOK, "email-dinas.html", page{Title: "Konfirmasi email dinas", Body: link})
	}
}

// confirmWorkMail proves that the new mailbox is the person's.
func (v *visit) confirmWorkMail() {
	link, ok := v.open(certificate.PurposeWorkMail)
	if !ok {
		return
	}
	err := v.srv.registrar.ConfirmWorkMail(v.ctx(), link.token)
	switch {
	case err == nil:
		v.redirect(donePath + "email")
	case errors.Is(err, certificate.ErrTokenRefused):
		v.refuseLink(err, certificate.PurposeWorkMail)
	default:
		problems, status := v.explain(err, "")
		v.show(status, "email-dinas.html", page{Title: "Konfirmasi email dinas", Problems: problems, Body: link})
	}
}
