package mockbsre

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// formIDs are the fields of the registration form. What the form does not ask
// for comes from the account.
var formIDs = map[certificate.Field]string{
	certificate.FieldNIK: "nik", certificate.FieldSIASNEmail: "email_siasn", certificate.FieldWorkEmail: "email_dinas",
}

// registrationForm is the page's data.
type registrationForm struct {
	NIK      field
	Others   []field
	Verified bool
}

func (v *visit) registrationPage() {
	draft := v.session.draft
	if draft == (certificate.ApplicantForm{}) {
		draft.SIASNEmail = v.person.SIASNEmail
	}
	v.showForm(http.StatusOK, draft, nil)
}

func (v *visit) showForm(status int, typed certificate.ApplicantForm, problems []problem) {
	w := words().Registration
	fields := withProblems([]field{
		{ID: "nik", Label: w.NIK, Value: typed.NIK, Mode: "numeric", Complete: "off", Hint: "16 digit, sesuai KTP"},
		{ID: "email_siasn", Label: w.SIASNEmail, Type: "email", Value: typed.SIASNEmail, Mode: "email", Complete: "email",
			Hint: "Alamat yang tercatat di SIASN"},
		{ID: "email_dinas", Label: w.WorkEmail, Type: "email", Value: typed.WorkEmail, Mode: "email", Complete: "off",
			Hint: "Alamat pribadi di bawah domain instansi"},
	}, problems)
	v.show(status, "registrasi.html", page{
		Title: w.Register, Problems: problems,
		Body: registrationForm{NIK: fields[0], Others: fields[1:], Verified: v.verified(typed.NIK)},
	})
}

// verified reports whether this NIK was found in the population register.
func (v *visit) verified(typed string) bool {
	nik, err := identity.ParseNIK(typed)
	return err == nil && nik == v.session.verified.NIK()
}

// typed is the whole form: what was typed, and what the account has.
func (v *visit) typed() certificate.ApplicantForm {
	form := v.person.Form()
	form.NIK, form.SIASNEmail, form.WorkEmail = v.form.Get("nik"), v.form.Get("email_siasn"), v.form.Get("email_dinas")
	return form
}

// check judges the form.
func (v *visit) check(form certificate.ApplicantForm) (certificate.Applicant, []problem, error) {
	applicant, findings := form.Check(enrolment{v.srv, v.person}.agency(), v.today())
	var problems []problem
	for _, f := range findings {
		problems = append(problems, ofFinding(f, formIDs))
	}
	return applicant, problems, findings.Err()
}

// verifyNIK is the button beside the NIK.
func (v *visit) verifyNIK() {
	form := v.typed()
	v.keep(form, nil)
	_, problems, _ := v.check(form)
	var wrong []problem
	for _, p := range problems {
		if p.Field == "nik" && !p.Mild {
			wrong = append(wrong, p)
		}
	}
	if len(wrong) > 0 {
		v.showForm(http.StatusUnprocessableEntity, form, wrong)
		return
	}
	nik, err := identity.ParseNIK(form.NIK)
	var verified certificate.VerifiedNIK
	if err == nil {
		verified, err = v.srv.registrar.VerifyNIK(v.Context(), nik)
	}
	// That the NIK must be the account's own is an inference: the dashboard
	// shows one status for one employee.
	if err == nil && nik != v.nik() {
		err = &certificate.MismatchError{Field: certificate.FieldNIK}
	}
	if err != nil {
		problems, status := v.explain(err, "nik")
		v.showForm(status, form, problems)
		return
	}
	v.keep(form, &verified)
	v.redirect(formPath + "?info=nik")
}

// maxDraft is far above any form that can be registered.
const maxDraft = 2048

// keep remembers the form for the next page, without the body that it was read
// from. What is too long to be right is not kept.
func (v *visit) keep(form certificate.ApplicantForm, verified *certificate.VerifiedNIK) {
	if len(form.NIK)+len(form.SIASNEmail)+len(form.WorkEmail) > maxDraft {
		form = certificate.ApplicantForm{}
	}
	form.NIK, form.SIASNEmail, form.WorkEmail = strings.Clone(form.NIK), strings.Clone(form.SIASNEmail), strings.Clone(form.WorkEmail)
	v.change(v.visitorID, func(s *session) {
		s.draft, s.checked = form, false
		if verified != nil {
			s.verified = *verified
		}
	})
}

// checkRegistration is the button "Registrasi Sertifikat": all findings at once,
// or the page that asks for a yes.
func (v *visit) checkRegistration() {
	form := v.typed()
	v.keep(form, nil)
	_, problems, err := v.check(form)
	if nikSound(problems) && !v.verified(form.NIK) {
		missing, _ := v.explain(certificate.ErrNIKNotVerified, "nik")
		problems, err = append(missing, problems...), certificate.ErrNIKNotVerified
	}
	if err != nil {
		v.showForm(http.StatusUnprocessableEntity, form, problems)
		return
	}
	v.change(v.visitorID, func(s *session) { s.checked = true })
	v.redirect(confirmPath)
}

func nikSound(problems []problem) bool {
	for _, p := range problems {
		if p.Field == "nik" && !p.Mild {
			return false
		}
	}
	return true
}

// confirmation is what the person says yes to.
type confirmation struct {
	Name, NIK, Number, SIASNEmail, WorkEmail string
	Doubts                                   []problem
}

func (v *visit) confirmPage() {
	if !v.session.checked {
		v.redirect(formPath)
		return
	}
	applicant, doubts, err := v.check(v.session.draft)
	if err != nil {
		v.redirect(formPath)
		return
	}
	v.show(http.StatusOK, "konfirmasi.html", page{Title: "Konfirmasi registrasi", Body: confirmation{
		Name: applicant.Name().Full(), NIK: applicant.NIK().String(), Number: applicant.Number().Grouped(),
		SIASNEmail: applicant.SIASNEmail().Address(), WorkEmail: applicant.WorkEmail().Address(), Doubts: doubts,
	}})
}

// register is the "Iya" of the confirmation.
func (v *visit) register() {
	if !v.session.checked {
		v.redirect(formPath)
		return
	}
	applicant, problems, err := v.check(v.session.draft)
	if err != nil {
		v.showForm(http.StatusUnprocessableEntity, v.session.draft, problems)
		return
	}
	if _, err = v.srv.registrar.Register(v.ctx(), v.session.verified, applicant); err != nil {
		field := ""
		if errors.Is(err, certificate.ErrNIKNotVerified) {
			field = "nik"
		}
		problems, status := v.explain(err, field)
		v.showForm(status, v.session.draft, problems)
		return
	}
	v.change(v.visitorID, func(s *session) {
		s.draft, s.verified, s.checked = certificate.ApplicantForm{}, certificate.VerifiedNIK{}, false
	})
	v.redirect(certificatePath + "?info=registrasi")
}
