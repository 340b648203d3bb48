package mockbsre

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

// passphraseForm is the data of the pages that set a passphrase.
type passphraseForm struct {
	opened
	Rules      []string
	Fields     []field
	Agreements []shownAgreement // of a reset
	Button     string
}

func (v *visit) setPassphrasePage() {
	if link, ok := v.open(certificate.PurposeSetPassphrase); ok {
		v.showPassphrase(http.StatusOK, link, nil)
	}
}

func (v *visit) resetPassphrasePage() {
	if link, ok := v.open(certificate.PurposeReset); ok {
		v.showPassphrase(http.StatusOK, link, nil)
	}
}

func (v *visit) showPassphrase(status int, link opened, problems []problem) {
	f := passphraseForm{
		opened: link, Rules: rulesOf(v.srv.registrar.Policy()), Button: words().Passphrase.SetButton,
		Fields: withProblems([]field{
			{ID: "passphrase", Label: "Passphrase", Type: "password", Complete: "new-password", Hint: "Mudah diingat, sulit ditebak"},
			{ID: "ulangi", Label: "Ulangi passphrase", Type: "password", Complete: "new-password"},
		}, problems),
	}
	if link.Purpose == certificate.PurposeReset {
		f.Button = words().Passphrase.Reset
		f.Agreements = v.agreements(certificate.SubscriberAgreement)
	}
	v.show(status, "passphrase.html", page{Title: f.Button, Problems: problems, Body: f})
}

// setPassphrase is the form behind the link "Buat Passphrase".
func (v *visit) setPassphrase() {
	v.choosePassphrase(certificate.PurposeSetPassphrase, "passphrase", func(link opened, secret passphrase.Secret) error {
		_, err := v.srv.registrar.SetPassphrase(v.ctx(), link.token, secret)
		return err
	})
}

// resetPassphrase is the form behind the link "Reset Passphrase".
func (v *visit) resetPassphrase() {
	v.choosePassphrase(certificate.PurposeReset, "reset", func(link opened, secret passphrase.Secret) error {
		_, err := v.srv.registrar.ResetPassphrase(v.ctx(), link.token, secret, v.accepted()...)
		return err
	})
}

func (v *visit) choosePassphrase(p certificate.Purpose, done string, set func(opened, passphrase.Secret) error) {
	link, ok := v.open(p)
	if !ok {
		return
	}
	typed := v.form.Get("passphrase")
	if typed != v.form.Get("ulangi") {
		v.showPassphrase(http.StatusUnprocessableEntity, link,
			[]problem{{Field: "ulangi", Text: "Kedua isian passphrase tidak sama."}})
		return
	}
	err := passphrase.ErrEmpty // alone: the other rules would only distract
	if typed != "" {
		err = set(link, passphrase.FromString(typed))
	}
	switch {
	case err == nil:
		v.redirect(donePath + done)
	case errors.Is(err, certificate.ErrTokenRefused):
		v.refuseLink(err, p)
	default:
		field := "passphrase"
		if errors.Is(err, certificate.ErrAgreement) {
			field = "setuju"
		}
		problems, status := v.explain(err, field)
		v.showPassphrase(status, link, problems)
	}
}

// rulesOf words a policy for people who are about to choose.
func rulesOf(p passphrase.Policy) []string {
	rules := []string{fmt.Sprintf("paling sedikit %d karakter", max(p.Min, 1))}
	var kinds []string
	for _, kind := range []struct {
		asked bool
		name  string
	}{{p.Upper, "huruf besar"}, {p.Lower, "huruf kecil"}, {p.Digit, "angka"}, {p.Symbol, "simbol"}} {
		if kind.asked {
			kinds = append(kinds, kind.name)
		}
	}
	if len(kinds) > 0 {
		rules = append(rules, "memuat "+strings.Join(kinds, ", "))
	}
	if p.Common {
		rules = append(rules, "bukan kata atau passphrase yang umum")
	}
	if p.Personal {
		rules = append(rules, "tidak memuat nama, nomor, atau tanggal lahir Anda")
	}
	return rules
}
