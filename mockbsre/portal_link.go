package mockbsre

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/sertel-id/sertel/certificate"
)

// opened is a link from a mail that works.
type opened struct {
	certificate.Inspection
	Link  string // the page's path
	Until string
	token certificate.Token
}

// open looks at the link that the page was opened with, which uses nothing up.
// For a link that does not work it answers, in one way whatever the reason.
func (v *visit) open(p certificate.Purpose) (opened, bool) {
	token, err := certificate.ParseToken(v.PathValue("token"))
	var seen certificate.Inspection
	if err == nil {
		seen, err = v.srv.registrar.Inspect(v.Context(), token, p)
	}
	if err != nil {
		v.refuseLink(err, p)
		return opened{}, false
	}
	path := strings.TrimPrefix(v.srv.registrar.LinkPrefix(p), v.srv.portalURL()) + token.Reveal()
	left := seen.ExpiresAt.Sub(v.srv.Clock.Now())
	return opened{seen, path, v.moment(seen.ExpiresAt) + " (" + inMinutes(left) + " lagi)", token}, true
}

func (v *visit) refuseLink(err error, p certificate.Purpose) {
	if errors.Is(err, certificate.ErrTokenRefused) {
		v.message(http.StatusGone, "Tautan tidak berlaku", certificate.PublicAnswer(p, indonesian))
		return
	}
	problems, status := v.explain(err, "")
	v.message(status, "Halaman tidak dapat ditampilkan", problems[0].Text)
}

// shownAgreement is a text to be accepted. Stamp comes back with the form and
// says which text was shown.
type shownAgreement struct{ Title, Text, Stamp string }

const agreementField = "perjanjian"

// agreements are the texts in force, of the kinds asked for.
func (v *visit) agreements(kinds ...certificate.AgreementKind) []shownAgreement {
	titles := map[certificate.AgreementKind]string{
		certificate.PrivacyPolicy:       words().Activation.PrivacyPolicy,
		certificate.SubscriberAgreement: words().Activation.Agreement,
	}
	var list []shownAgreement
	for _, kind := range kinds {
		for _, a := range v.srv.registrar.Agreements() {
			if a.Kind == kind {
				list = append(list, shownAgreement{titles[kind], a.Text, stampOf(a.Acceptance())})
			}
		}
	}
	return list
}

// accepted reads what was accepted: nothing unless the box is ticked.
func (v *visit) accepted() []certificate.Acceptance {
	if v.form.Get("setuju") == "" {
		return nil
	}
	var given []certificate.Acceptance
	for _, stamp := range v.form[agreementField][:min(len(v.form[agreementField]), 4)] {
		if a, ok := parseStamp(stamp); ok {
			given = append(given, a)
		}
	}
	return given
}

// stampOf writes kind, version and hash of a text for a form.
func stampOf(a certificate.Acceptance) string {
	return a.Kind.String() + " " + a.Version + " " + hex.EncodeToString(a.SHA256[:])
}

// parseStamp reads what stampOf wrote.
func parseStamp(stamp string) (certificate.Acceptance, bool) {
	parts := strings.SplitN(stamp, " ", 4)
	if len(parts) != 3 {
		return certificate.Acceptance{}, false
	}
	a := certificate.Acceptance{Version: parts[1]}
	sum, err := hex.DecodeString(parts[2])
	if err != nil || len(sum) != len(a.SHA256) || a.Kind.UnmarshalText([]byte(parts[0])) != nil {
		return certificate.Acceptance{}, false
	}
	copy(a.SHA256[:], sum)
	return a, true
}
