package mockbsre

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/sertel-id/sertel/certificate/identity"
)

func (v *visit) loginPage() { v.showLogin(http.StatusOK, nil) }

func (v *visit) showLogin(status int, problems []problem) {
	fields := []field{
		{ID: "nip", Label: words().Login.User, Value: v.form.Get("nip"), Mode: "numeric", Complete: "username",
			Hint: "NIP, NI PPPK, atau NRP tiruan"},
		{ID: "password", Label: "Password", Type: "password", Complete: "current-password",
			Hint: "Semua akun tiruan memakai " + PortalPassword},
	}
	v.show(status, "masuk.html", page{Title: words().Login.Button, Problems: problems, Body: withProblems(fields, problems)})
}

// login lets in whoever is in the personnel register. Every refusal reads alike.
func (v *visit) login() {
	number, err := identity.ParseEmployeeNumber(v.form.Get("nip"))
	known := false
	if err == nil {
		_, known = v.srv.Personnel.person(number)
	}
	given, want := sha256.Sum256([]byte(v.form.Get("password"))), sha256.Sum256([]byte(PortalPassword))
	if right := subtle.ConstantTimeCompare(given[:], want[:]) == 1; !known || !right {
		v.showLogin(http.StatusUnprocessableEntity, []problem{{Field: "nip", Text: "NIP atau password salah."}})
		return
	}
	v.logIn(v.w, v.Request, number)
	v.redirect(dashboardPath)
}

func (v *visit) logout() {
	v.logOut(v.w, v.Request, v.visitorID)
	v.redirect(loginPath + "?info=keluar")
}

func (v *visit) forgottenPage() {
	v.message(http.StatusOK, words().Login.Forgotten,
		"Di portal tiruan ini password tidak dapat diganti: semua akun memakai "+PortalPassword+".")
}
