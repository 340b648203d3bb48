package mockbsre

import (
	"net/http"
	"slices"

	"github.com/sertel-id/sertel/certificate"
)

// card is the status as the portal shows it.
type card struct {
	Status          certificate.Status
	Text            string
	Serial          string
	Begins, Ends    string // the validity
	Since           string
	Office          certificate.Office
	Number, Account string // of who is logged in
	Actions         []action
	Earlier         []earlier
}

// earlier is a certificate that was replaced.
type earlier struct{ Serial, Ends, Revoked string }

// card asks for the status of who is logged in.
func (v *visit) card() (card, error) {
	report, err := v.srv.registrar.StatusByNIK(v.Context(), v.nik())
	if err != nil {
		return card{}, err
	}
	c := card{
		Status: report.Status, Text: report.Status.Text(indonesian), Since: v.moment(report.Since),
		Begins: v.moment(report.NotBefore), Ends: v.moment(report.NotAfter),
		Office: v.person.Office(), Number: v.session.number.Grouped(), Account: v.person.Name,
	}
	if !report.Serial.IsZero() {
		c.Serial = report.Serial.String()
	}
	for _, a := range actions {
		if a.possible(report.Status) {
			c.Actions = append(c.Actions, a)
		}
	}
	if report.Person.IsZero() {
		return c, nil
	}
	all, err := v.srv.registrar.Certificates(v.Context(), report.Person)
	if err != nil || len(all) == 0 {
		return c, err
	}
	for _, old := range slices.Backward(all[:len(all)-1]) {
		c.Earlier = append(c.Earlier, earlier{old.Serial.String(), v.moment(old.NotAfter), v.moment(old.RevokedAt)})
	}
	return c, nil
}

func (v *visit) dashboard() { v.showCard(http.StatusOK, "dasbor.html", words().Name, nil) }

func (v *visit) certificatePage() {
	menu := words().Registration.Menu
	v.showCard(http.StatusOK, "sertifikat.html", menu[len(menu)-1], nil)
}

func (v *visit) showCard(status int, name, title string, problems []problem) {
	c, err := v.card()
	if err != nil {
		problems, status = v.explain(err, "")
		v.message(status, title, problems[0].Text)
		return
	}
	v.show(status, name, page{Title: title, Problems: problems, Body: c})
}
