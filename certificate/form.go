package certificate

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// ApplicantForm is what a person types, as plain strings for a web handler to
// bind. [ApplicantForm.Check] turns it into an [Applicant].
//
// It prints, logs and marshals without its entries. That protection ends where
// the form is put in an unexported field of another struct, which fmt prints
// raw; keep the [Applicant] there instead.
//
// The validate tags judge what is malformed; they need [RegisterValidations].
type ApplicantForm struct {
	NIK string `json:"nik" form:"nik" validate:"required,nik"`
	// Name as on the identity card; titles are set apart.
	Name string `json:"name" form:"name" validate:"required,nama"`
	// Employment is "pns", "pppk", "polri" or "contract". Empty means that the
	// number decides.
	Employment string `json:"employment" form:"employment" validate:"omitempty,oneof=pns pppk polri contract"`
	// EmployeeNumber is the NIP, NI PPPK or NRP; only contract staff may leave it empty.
	EmployeeNumber string `json:"employee_number" form:"employee_number" validate:"required_unless=Employment contract,omitempty,nomorpegawai"`
	// SIASNEmail is the address kept in SIASN, public or work. Required of PNS and PPPK.
	SIASNEmail string `json:"siasn_email" form:"siasn_email" validate:"omitempty,surel"`
	// WorkEmail is the personal work mail under the agency's domain, which the
	// tag cannot know and Check does.
	WorkEmail string `json:"work_email" form:"work_email" validate:"required,surel"`
	Phone     string `json:"phone" form:"phone" validate:"required,hp"`
}

// masked returns the form with every entry replaced by a marker that no parser reads.
func (f ApplicantForm) masked() map[string]string {
	m := make(map[string]string)
	for _, e := range []struct {
		field Field
		text  string
	}{
		{FieldNIK, f.NIK}, {FieldName, f.Name}, {FieldEmployment, f.Employment},
		{FieldEmployeeNumber, f.EmployeeNumber}, {FieldSIASNEmail, f.SIASNEmail},
		{FieldWorkEmail, f.WorkEmail}, {FieldPhone, f.Phone},
	} {
		if e.text == "" {
			m[string(e.field)] = ""
		} else {
			m[string(e.field)] = "***"
		}
	}
	return m
}

// String tells which fields are filled, without their entries.
func (f ApplicantForm) String() string {
	return fmt.Sprintf("ApplicantForm%v", f.masked())
}

// Format prints [ApplicantForm.String] under every verb.
func (f ApplicantForm) Format(s fmt.State, verb rune) {
	if verb != 'q' {
		verb = 's'
	}
	_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), f.String())
}

// LogValue returns [ApplicantForm.String].
func (f ApplicantForm) LogValue() slog.Value { return slog.StringValue(f.String()) }

// MarshalJSON returns the fields masked; what it gives cannot be read back.
func (f ApplicantForm) MarshalJSON() ([]byte, error) { return json.Marshal(f.masked()) }
