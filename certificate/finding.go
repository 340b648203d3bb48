package certificate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Field names a field of an [ApplicantForm] by its JSON name.
type Field string

// The fields of an [ApplicantForm], and the agency it is checked for.
const (
	FieldNIK            Field = "nik"
	FieldName           Field = "name"
	FieldEmployment     Field = "employment"
	FieldEmployeeNumber Field = "employee_number"
	FieldSIASNEmail     Field = "siasn_email"
	FieldWorkEmail      Field = "work_email"
	FieldPhone          Field = "phone"
	FieldAgency         Field = "agency"
)

// order is the field's place in a form; the agency comes first.
func (f Field) order() int {
	return slices.Index([]Field{FieldAgency, FieldNIK, FieldName, FieldEmployment, FieldEmployeeNumber,
		FieldSIASNEmail, FieldWorkEmail, FieldPhone}, f)
}

// Text returns the field's name on the portals' forms.
func (f Field) Text(lang Lang) string {
	switch f {
	case FieldNIK:
		return "NIK"
	case FieldName:
		return choose(lang, "Nama Lengkap", "The full name")
	case FieldEmployment:
		return choose(lang, "Jenis kepegawaian", "The kind of employment")
	case FieldEmployeeNumber:
		return "NIP / NI PPPK / NRP"
	case FieldSIASNEmail:
		return choose(lang, "Email SIASN", "The SIASN email")
	case FieldWorkEmail:
		return choose(lang, "Email Dinas", "The work email")
	case FieldPhone:
		return choose(lang, "Nomor Telepon", "The telephone number")
	case FieldAgency:
		return choose(lang, "Instansi", "The agency")
	}
	return string(f)
}

// Rule is the stable code of a rule; see the constants of package identity.
type Rule = identity.Rule

// Rules that only a whole form can break.
const (
	RuleEmployment      Rule = "employment"        // no such kind of employment, or none chosen
	RuleNotServed       Rule = "not_served"        // the agency does not register this kind
	RuleAgencyData      Rule = "agency_data"       // the agency's own data are incomplete
	RuleNotWorkMail     Rule = "not_work_mail"     // mail outside the agency's domains
	RuleOtherKindsMail  Rule = "other_kinds_mail"  // mail of another kind of employment
	RuleNotOfficialMail Rule = "not_official_mail" // mail outside go.id, mil.id and desa.id
	RuleBirthMismatch   Rule = "birth_mismatch"    // birth digits of NIK and employee number differ
	RuleSexMismatch     Rule = "sex_mismatch"      // sex of NIK and employee number differ
)

// Class says whether a finding stops the registration.
type Class = identity.Class

// Malformed stops a registration; Doubtful is the caller's policy.
const (
	Malformed = identity.Malformed
	Doubtful  = identity.Doubtful
)

// Helper is who can help a person on.
type Helper string

// The helpers (guide, section Help; the register of the finding's number).
const (
	HelpSelf        Helper = "self"        // the applicant corrects the entry
	HelpMail        Helper = "mail"        // the agency's IT division: work mail
	HelpCertificate Helper = "certificate" // the agency's crypto division: certificates
	HelpPersonnel   Helper = "personnel"   // BKN's SIASN support: NIP and NI PPPK
	HelpPolice      Helper = "police"      // the police personnel system SIPP: NRP
	HelpPopulation  Helper = "population"  // the population register (Dukcapil): NIK
)

// Text returns the helper's name for people.
func (h Helper) Text(lang Lang) string {
	switch h {
	case HelpSelf:
		return choose(lang, "pemohon", "the applicant")
	case HelpMail:
		return choose(lang, "pengelola email dinas instansi", "the agency's mail administrators")
	case HelpCertificate:
		return choose(lang, "pengelola sertifikat elektronik instansi", "the agency's certificate desk")
	case HelpPersonnel:
		return choose(lang, "layanan SIASN BKN", "BKN's SIASN support")
	case HelpPolice:
		return choose(lang, "pengelola SIPP Polri", "the police personnel system (SIPP)")
	case HelpPopulation:
		return choose(lang, "Dinas Dukcapil", "the population register office (Dukcapil)")
	}
	return string(h)
}

// Retry says whether sending the form again can work.
type Retry string

// The answers to a retry.
const (
	RetryCorrected Retry = "corrected" // yes, after correcting the entry
	RetryLater     Retry = "later"     // yes, after the helper has put a register right
	RetryNo        Retry = "no"        // no, this way is closed
)

// Finding is one broken rule of a form. It never holds what was typed.
type Finding struct {
	Field  Field
	Rule   Rule
	Class  Class
	Helper Helper
	Retry  Retry
	// Want is public data that the entry is measured by, such as mail domains
	// of the agency; "" for most rules.
	Want string
}

// Text returns the finding in one sentence, without field values.
func (f Finding) Text(lang Lang) string {
	return textFor(f.Field, f.Rule).in(lang, f.Field, f.Want)
}

// String returns field, rule and class.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s (%s)", f.Field, f.Rule, f.Class)
}

// MarshalJSON returns the finding with both texts, as a web page needs it.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Field  Field           `json:"field"`
		Rule   Rule            `json:"rule"`
		Class  Class           `json:"class"`
		Helper Helper          `json:"helper"`
		Retry  Retry           `json:"retry"`
		Want   string          `json:"want,omitempty"`
		Text   map[Lang]string `json:"text"`
		Help   map[Lang]string `json:"help"`
	}{f.Field, f.Rule, f.Class, f.Helper, f.Retry, f.Want,
		map[Lang]string{Indonesian: f.Text(Indonesian), English: f.Text(English)},
		map[Lang]string{Indonesian: f.Helper.Text(Indonesian), English: f.Helper.Text(English)}})
}

// Findings are all findings of one form, in the order of its fields.
type Findings []Finding

// Malformed returns the findings that stop a registration.
func (fs Findings) Malformed() Findings { return fs.of(Malformed) }

// Doubtful returns the findings that are the caller's to judge.
func (fs Findings) Doubtful() Findings { return fs.of(Doubtful) }

func (fs Findings) of(c Class) Findings {
	var list Findings
	for _, f := range fs {
		if f.Class == c {
			list = append(list, f)
		}
	}
	return list
}

// Has reports whether a field breaks a rule.
func (fs Findings) Has(field Field, rule Rule) bool {
	for _, f := range fs {
		if f.Field == field && f.Rule == rule {
			return true
		}
	}
	return false
}

// Err returns nil when nothing is malformed, else a [*FormError] with all
// findings. Doubtful ones alone give nil.
func (fs Findings) Err() error {
	if len(fs.Malformed()) == 0 {
		return nil
	}
	return &FormError{Findings: fs}
}

// FormError is the error of a form with malformed fields. It matches
// [identity.ErrMalformed] and holds no value that was typed.
type FormError struct{ Findings Findings }

// Error lists the malformed fields and their rules.
func (e *FormError) Error() string {
	parts := make([]string, 0, len(e.Findings))
	for _, f := range e.Findings.Malformed() {
		parts = append(parts, string(f.Field)+": "+string(f.Rule))
	}
	return "certificate: malformed form: " + strings.Join(parts, ", ")
}

// Is reports whether target is [identity.ErrMalformed].
func (e *FormError) Is(target error) bool { return target == identity.ErrMalformed }
