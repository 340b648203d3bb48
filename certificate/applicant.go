package certificate

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Applicant is a person whose form was checked: every value is well formed and
// fits the others and the agency. That the person exists is for the registers
// to say. It comes from [ApplicantForm.Check] or [RestoreApplicant]; the zero
// Applicant is refused everywhere.
//
// An Applicant prints, logs and marshals masked; [Applicant.Reveal] gives it whole.
type Applicant struct {
	nik        identity.NIK
	name       identity.Name
	number     identity.EmployeeNumber
	siasn      identity.Email
	work       identity.Email
	phone      identity.Phone
	employment Employment
	agency     Agency
	checkedOn  identity.Date
}

// NIK returns the population number.
func (a Applicant) NIK() identity.NIK { return a.nik }

// Name returns the name with its titles.
func (a Applicant) Name() identity.Name { return a.name }

// Number returns the NIP, NI PPPK or NRP; zero only for contract staff.
func (a Applicant) Number() identity.EmployeeNumber { return a.number }

// SIASNEmail returns the mail kept in SIASN; it may be zero for police and contract staff.
func (a Applicant) SIASNEmail() identity.Email { return a.siasn }

// WorkEmail returns the work mail, to which all links go.
func (a Applicant) WorkEmail() identity.Email { return a.work }

// Phone returns the mobile number.
func (a Applicant) Phone() identity.Phone { return a.phone }

// Employment returns the kind of employment, never unknown.
func (a Applicant) Employment() Employment { return a.employment }

// Agency returns a copy of the agency the form was checked for.
func (a Applicant) Agency() Agency { return a.agency.clone() }

// CheckedOn returns the day of the check.
func (a Applicant) CheckedOn() identity.Date { return a.checkedOn }

// BirthDate returns the birth date in the employee number, or else that in the
// NIK with the century as on the day of the check; certain tells whether the
// century is beyond doubt.
func (a Applicant) BirthDate() (date identity.Date, certain bool) {
	if d := a.number.BirthDate(); !d.IsZero() {
		return d, true
	}
	return a.nik.BirthDate(a.checkedOn)
}

// Sex returns the sex in the NIK.
func (a Applicant) Sex() identity.Sex { return a.nik.Sex() }

// IsZero reports whether a was never checked.
func (a Applicant) IsZero() bool { return a.nik.IsZero() }

// String returns employment, masked NIK and agency.
func (a Applicant) String() string {
	return fmt.Sprintf("Applicant(%s %s, %s)", a.employment, a.nik, a.agency.Name)
}

// Format prints [Applicant.String] under every verb.
func (a Applicant) Format(s fmt.State, verb rune) {
	if verb != 'q' {
		verb = 's'
	}
	_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), a.String())
}

// LogValue returns the masked values as a group.
func (a Applicant) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("nik", a.nik.String()),
		slog.String("employment", a.employment.String()),
		slog.String("employee_number", a.number.String()),
		slog.String("work_email", a.work.String()),
		slog.String("agency", a.agency.Name),
	)
}

// MarshalJSON returns the values masked.
func (a Applicant) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"nik": a.nik, "name": a.name, "employment": a.employment, "employee_number": a.number,
		"siasn_email": a.siasn, "work_email": a.work, "phone": a.phone, "agency": a.agency.Name,
	})
}

// StoredApplicant is an [Applicant] in plain text for a store that protects
// it. Its JSON is whole; it prints and logs nothing of its entries. That
// protection ends where it is put in an unexported field of another struct,
// which fmt prints raw; keep the [Applicant] there instead.
type StoredApplicant struct {
	NIK            string        `json:"nik"`
	Name           string        `json:"name"`
	Employment     Employment    `json:"employment"`
	EmployeeNumber string        `json:"employee_number,omitempty"`
	SIASNEmail     string        `json:"siasn_email,omitempty"`
	WorkEmail      string        `json:"work_email"`
	Phone          string        `json:"phone"`
	Agency         string        `json:"agency"` // name
	CheckedOn      identity.Date `json:"checked_on"`
}

// Format prints a fixed marker under every verb.
func (StoredApplicant) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, "StoredApplicant(***)") }

// LogValue returns a fixed marker.
func (StoredApplicant) LogValue() slog.Value { return slog.StringValue("StoredApplicant(***)") }

// Reveal gives all values in plain text. Personal data: for a store only.
func (a Applicant) Reveal() StoredApplicant {
	return StoredApplicant{
		NIK: a.nik.Digits(), Name: a.name.Full(), Employment: a.employment,
		EmployeeNumber: a.number.Digits(), SIASNEmail: a.siasn.Address(), WorkEmail: a.work.Address(),
		Phone: a.phone.E164(), Agency: a.agency.Name, CheckedOn: a.checkedOn,
	}
}

// ErrStoredApplicant is wrapped by [RestoreApplicant] for stored values that do
// not make an [Applicant].
var ErrStoredApplicant = errors.New("certificate: stored applicant is not sound")

// RestoreApplicant makes the [Applicant] that [Applicant.Reveal] gave. Every
// value is parsed anew and the kind of number must fit the employment. The
// agency must be the one named; its mail domains may have changed since, and
// what the passing of time makes doubtful is not asked again. Errors match
// [ErrStoredApplicant].
func RestoreApplicant(s StoredApplicant, agency Agency) (Applicant, error) {
	form := ApplicantForm{
		NIK: s.NIK, Name: s.Name, Employment: s.Employment.String(), EmployeeNumber: s.EmployeeNumber,
		SIASNEmail: s.SIASNEmail, WorkEmail: s.WorkEmail, Phone: s.Phone,
	}
	switch {
	case agency.Name == "" || s.Agency != agency.Name:
		return Applicant{}, fmt.Errorf("%w: agency is not the one named", ErrStoredApplicant)
	case s.CheckedOn.IsZero():
		return Applicant{}, fmt.Errorf("%w: no day of check", ErrStoredApplicant)
	}
	c := check{agency: agency, asOf: s.CheckedOn}
	a := c.values(form)
	if err := c.findings.Err(); err != nil {
		return Applicant{}, fmt.Errorf("%w: %w", ErrStoredApplicant, err)
	}
	a.agency = agency.clone()
	return a, nil
}
