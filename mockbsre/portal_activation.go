package mockbsre

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// activation is the data of the pages of an activation.
type activation struct {
	opened
	Step       int        // 1 to 4; the fourth belongs to the guide's third
	Steps      []stepMark // the guide's
	Fields     []field
	Others     bool // "Lainnya" was chosen
	Found      bool // the office is there to be confirmed
	Agreements []shownAgreement
}

type stepMark struct {
	Name    string
	Current bool
}

// Back is the page before.
func (a activation) Back() string { return a.Link + "?langkah=" + strconv.Itoa(a.Step-1) }

// Photo is the name of the field with the picture.
func (a activation) Photo() string { return photoField }

// activationPage shows the step that comes next, or an earlier one to be done
// again.
func (v *visit) activationPage() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	step := int(link.Next)
	if asked, err := strconv.Atoi(v.URL.Query().Get("langkah")); err == nil && asked >= 1 && asked < step {
		step = asked
	}
	v.showStep(http.StatusOK, link, step, nil)
}

func (v *visit) showStep(status int, link opened, step int, problems []problem) {
	w := words().Activation
	a := activation{opened: link, Step: step, Found: link.Office != certificate.Office{}}
	title := certificate.Step(step).String()
	for i, name := range w.Steps {
		a.Steps = append(a.Steps, stepMark{name, i == min(step, len(w.Steps))-1})
	}
	switch certificate.Step(step) {
	case certificate.StepPersonalData:
		a.Fields = []field{
			{ID: "nama", Label: w.FullName, Value: v.form.Get("nama"), Complete: "name", Hint: "Sesuai KTP, boleh dengan gelar"},
			{ID: "nik", Label: w.NIK, Value: v.form.Get("nik"), Mode: "numeric", Complete: "off", Hint: "16 digit, sesuai KTP"},
			{ID: "telepon", Label: w.Phone, Type: "tel", Value: v.form.Get("telepon"), Mode: "tel", Complete: "tel", Hint: "Misalnya 0812-9900-0000"},
		}
	case certificate.StepEmployeeData:
		a.Others = v.form.Get("kepegawaian") == others
		a.Fields = []field{{ID: "nip", Label: w.EmployeeNumber, Value: v.form.Get("nip"), Mode: "numeric", Complete: "off",
			Hint: "Hanya untuk " + w.CivilAndPolice, Optional: true}}
	case certificate.StepSelfie:
	default:
		a.Agreements = v.agreements(certificate.PrivacyPolicy, certificate.SubscriberAgreement)
	}
	withProblems(a.Fields, problems)
	v.show(status, "aktivasi-"+strconv.Itoa(step)+".html", page{Title: "Aktivasi akun: " + title, Problems: problems, Body: a})
}

// stepDone answers a form of the activation: on to the next page, or the same one
// with what is wrong.
func (v *visit) stepDone(link opened, step certificate.Step, field string, err error) {
	if err == nil {
		v.redirect(link.Link)
		return
	}
	v.stepFailed(link, step, field, err)
}

func (v *visit) stepFailed(link opened, step certificate.Step, field string, err error) {
	if errors.Is(err, certificate.ErrTokenRefused) {
		v.refuseLink(err, certificate.PurposeActivation)
		return
	}
	problems, status := v.explain(err, field)
	v.showStep(status, link, int(step), problems)
}

// personalData is the step "Data Diri".
func (v *visit) personalData() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	data, problems := v.readPersonalData()
	if len(problems) > 0 {
		v.showStep(http.StatusUnprocessableEntity, link, int(certificate.StepPersonalData), problems)
		return
	}
	err := v.srv.registrar.PersonalData(v.ctx(), link.token, data)
	field := "nama"
	var mismatch *certificate.MismatchError
	if errors.As(err, &mismatch) && mismatch.Field == certificate.FieldNIK {
		field = "nik"
	}
	v.stepDone(link, certificate.StepPersonalData, field, err)
}

// readPersonalData parses the three fields and says all that is wrong.
func (v *visit) readPersonalData() (certificate.PersonalData, []problem) {
	var (
		data          certificate.PersonalData
		name, nik, hp error
		problems      []problem
	)
	data.Name, name = identity.ParseName(v.form.Get("nama"))
	data.NIK, nik = identity.ParseNIK(v.form.Get("nik"))
	data.Phone, hp = identity.ParsePhone(v.form.Get("telepon"))
	for _, read := range []struct {
		id    string
		field certificate.Field
		err   error
	}{{"nama", certificate.FieldName, name}, {"nik", certificate.FieldNIK, nik}, {"telepon", certificate.FieldPhone, hp}} {
		problems = append(problems, unparsed(read.id, read.field, read.err)...)
	}
	return data, problems
}

// unparsed words what a parser of package identity refused.
func unparsed(id string, field certificate.Field, err error) []problem {
	var (
		broken *identity.ParseError
		list   []problem
	)
	if errors.As(err, &broken) {
		for _, rule := range broken.Rules {
			finding := certificate.Finding{Field: field, Rule: rule, Class: certificate.Malformed}
			list = append(list, problem{Field: id, Text: finding.Text(indonesian)})
		}
	}
	return list
}

// lookUpNumber is the button "Cek NIP / NRP".
func (v *visit) lookUpNumber() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	if v.form.Get("kepegawaian") == others {
		v.withoutNumber(link)
		return
	}
	number, err := identity.ParseEmployeeNumber(v.form.Get("nip"))
	if problems := unparsed("nip", certificate.FieldEmployeeNumber, err); len(problems) > 0 {
		v.showStep(http.StatusUnprocessableEntity, link, int(certificate.StepEmployeeData), problems)
		return
	}
	if _, err = v.srv.registrar.LookUpNumber(v.ctx(), link.token, number); err != nil {
		v.stepFailed(link, certificate.StepEmployeeData, "nip", err)
		return
	}
	v.redirect(link.Link + "?langkah=2")
}

// others is the choice "Lainnya".
const others = "lainnya"

// withoutNumber answers who chose "Lainnya": the office of people bound by
// contract is there already, entered by their agency.
func (v *visit) withoutNumber(link opened) {
	if link.Office != (certificate.Office{}) {
		v.redirect(link.Link + "?langkah=2")
		return
	}
	w := words().Activation
	v.showStep(http.StatusUnprocessableEntity, link, int(certificate.StepEmployeeData), []problem{helped("nip",
		w.Others+" hanya untuk pegawai yang didaftarkan oleh instansinya. Pilih "+w.CivilAndPolice+" lalu isi NIP / NRP.",
		certificate.HelpCertificate)})
}

// confirmOffice is "Next" on the page "Data Kedinasan".
func (v *visit) confirmOffice() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	v.stepDone(link, certificate.StepEmployeeData, "nip", v.srv.registrar.ConfirmOffice(v.ctx(), link.token))
}

// photo is the step "Foto Diri".
func (v *visit) photo() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	_, err := v.srv.registrar.Selfie(v.ctx(), link.token, v.picture)
	v.stepDone(link, certificate.StepSelfie, photoField, err)
}

// submitActivation is the tick and "Submit".
func (v *visit) submitActivation() {
	link, ok := v.open(certificate.PurposeActivation)
	if !ok {
		return
	}
	status, err := v.srv.registrar.SubmitActivation(v.ctx(), link.token, v.accepted()...)
	if err != nil {
		v.stepFailed(link, certificate.StepAgreements, "setuju", err)
		return
	}
	if status == certificate.StatusWaitingForVerification {
		v.redirect(donePath + "menunggu")
		return
	}
	v.redirect(donePath + "aktivasi")
}
