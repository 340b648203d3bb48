package mockbsre

import (
	"net/http"
	"strconv"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// action is something that MyASN does with a certificate, after a page that asks
// whether it is meant.
type action struct {
	Name  string // last element of the path, and key of its notice
	Label string // on the button
	Text  string // what will happen
	Grave bool   // cannot be taken back
	Asks  string // id of the one field that the page has, if any
	event certificate.Event
	do    func(*visit, certificate.PersonID) error
}

// possible reports whether the action is offered in a status.
func (a action) possible(s certificate.Status) bool {
	if a.event == certificate.EventRegister && s == certificate.StatusRevoke {
		return true // another life begins
	}
	_, err := certificate.Transition(s, a.event)
	return err == nil
}

// Path is where the page stands.
func (a action) Path() string { return certificatePath + "/" + a.Name }

// actions are offered in this order. The first has pages of its own.
var actions = []action{
	{Name: "registrasi", Label: "Registrasi Sertifikat", event: certificate.EventRegister},
	{
		Name: "tautan-passphrase", Label: "Kirim tautan passphrase", event: certificate.EventIssue,
		Text: "Tautan baru untuk membuat passphrase akan dikirim ke email dinas Anda. Tautan sebelumnya tidak berlaku lagi.",
		do: func(v *visit, id certificate.PersonID) error {
			return v.srv.registrar.RequestPassphraseLink(v.ctx(), id)
		},
	},
	{
		Name: "reset", Label: "Reset Passphrase", event: certificate.EventReset,
		Text: "Tautan reset passphrase akan dikirim ke email dinas Anda. Passphrase lama tetap berlaku sampai yang baru dibuat.",
		do: func(v *visit, id certificate.PersonID) error {
			return v.srv.registrar.RequestReset(v.ctx(), id)
		},
	},
	{
		Name: "perpanjangan", Label: "Perpanjang Sertifikat", event: certificate.EventRenew,
		Text: "Tautan untuk membuat passphrase sertifikat yang baru akan dikirim ke email dinas Anda. " +
			"Sertifikat lama tidak dapat dipakai sampai perpanjangan selesai atau dibatalkan.",
		do: func(v *visit, id certificate.PersonID) error {
			return v.srv.registrar.RequestRenewal(v.ctx(), id)
		},
	},
	{
		Name: "batal-perpanjangan", Label: "Batalkan Perpanjangan", event: certificate.EventCancelRenewal,
		Text: "Sertifikat yang lama berlaku kembali.",
		do: func(v *visit, id certificate.PersonID) error {
			return v.srv.registrar.CancelRenewal(v.ctx(), id)
		},
	},
	{
		Name: "email-dinas", Label: "Ganti Email Dinas", event: certificate.EventChangeMail, Asks: "email",
		Text: "Tautan konfirmasi akan dikirim ke alamat yang baru. Alamat lama berlaku sampai tautan itu dibuka.",
		do:   (*visit).askWorkMail,
	},
	{
		Name: "batal-permohonan", Label: "Batalkan Permohonan", event: certificate.EventWithdraw, Grave: true,
		Text: "Permohonan sertifikat dihentikan. Anda dapat mendaftar kembali.",
		do: func(v *visit, id certificate.PersonID) error {
			return v.srv.registrar.Withdraw(v.ctx(), id)
		},
	},
	{
		Name: "cabut", Label: "Cabut Sertifikat", event: certificate.EventRevoke, Grave: true, Asks: "alasan",
		Text: "Sertifikat tidak dapat digunakan lagi. Pencabutan tidak dapat dibatalkan.",
		do:   (*visit).revoke,
	},
	{
		Name: "musnahkan", Label: "Musnahkan Sertifikat", event: certificate.EventRevoke, Grave: true, Asks: "passphrase",
		Text: "Sertifikat dicabut dan kunci privatnya dimusnahkan. Pemusnahan tidak dapat dibatalkan.",
		do: func(v *visit, id certificate.PersonID) error {
			secret := passphrase.FromString(v.form.Get("passphrase"))
			if secret.IsZero() {
				return passphrase.ErrEmpty
			}
			return v.srv.registrar.Destroy(v.ctx(), id, certificate.Factor{Passphrase: secret})
		},
	},
}

// reasons are those that an owner may give.
var reasons = []struct {
	Code certificate.Reason
	Text string
}{
	{certificate.ReasonKeyCompromise, "Passphrase atau kunci diketahui orang lain"},
	{certificate.ReasonAffiliationChanged, "Pindah instansi atau ganti nama"},
	{certificate.ReasonCessationOfOperation, "Tidak lagi bertugas"},
	{certificate.ReasonUnspecified, "Alasan lain"},
}

func (v *visit) revoke(id certificate.PersonID) error {
	code, err := strconv.Atoi(v.form.Get("alasan"))
	if err != nil {
		return certificate.ErrReason
	}
	return v.srv.registrar.RevokeByOwner(v.ctx(), id, certificate.Reason(code))
}

func (v *visit) askWorkMail(id certificate.PersonID) error {
	mail, err := identity.ParseEmail(v.form.Get("email"))
	if err != nil {
		return certificate.ErrWorkMail
	}
	return v.srv.registrar.RequestWorkMail(v.ctx(), id, mail)
}

// question is the page before an action.
type question struct {
	action
	Fields  []field
	Reasons any
}

func (v *visit) action() (action, bool) {
	for _, a := range actions {
		if a.Name == v.PathValue("action") && a.do != nil {
			return a, true
		}
	}
	return action{}, false
}

func (v *visit) actionPage() {
	a, ok := v.action()
	if !ok {
		v.refuse(http.StatusNotFound)
		return
	}
	report, err := v.srv.registrar.StatusByNIK(v.Context(), v.nik())
	if err == nil && !a.possible(report.Status) {
		err = &certificate.TransitionError{From: report.Status, Event: a.event}
	}
	if err != nil {
		problems, status := v.explain(err, "")
		v.message(status, a.Label, problems[0].Text)
		return
	}
	v.ask(http.StatusOK, a, nil)
}

func (v *visit) ask(status int, a action, problems []problem) {
	q := question{action: a}
	switch a.Asks {
	case "email":
		q.Fields = []field{{ID: "email", Label: words().Registration.WorkEmail, Type: "email", Value: v.form.Get("email"),
			Mode: "email", Complete: "email", Hint: "Alamat baru di bawah domain instansi"}}
	case "passphrase":
		q.Fields = []field{{ID: "passphrase", Label: "Passphrase", Type: "password", Complete: "current-password",
			Hint: "Untuk memastikan bahwa Anda pemilik sertifikat"}}
	case "alasan":
		q.Reasons = reasons
	}
	withProblems(q.Fields, problems)
	v.show(status, "tindakan.html", page{Title: a.Label, Problems: problems, Body: q})
}

func (v *visit) act() {
	a, ok := v.action()
	if !ok {
		v.refuse(http.StatusNotFound)
		return
	}
	report, err := v.srv.registrar.StatusByNIK(v.Context(), v.nik())
	if err == nil && report.Person.IsZero() {
		err = &certificate.TransitionError{From: report.Status, Event: a.event}
	}
	if err == nil {
		err = a.do(v, report.Person)
	}
	if err != nil {
		problems, status := v.explain(err, a.Asks)
		v.ask(status, a, problems)
		return
	}
	v.redirect(certificatePath + "?info=" + a.Name)
}
