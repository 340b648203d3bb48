package certificate_test

import (
	"testing"

	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/id"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	entexts "github.com/go-playground/validator/v10/translations/en"
	idtexts "github.com/go-playground/validator/v10/translations/id"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

func newValidator(t testing.TB) (v *validator.Validate, indonesian, english ut.Translator) {
	t.Helper()
	v = validator.New(validator.WithRequiredStructEnabled())
	universal := ut.New(id.New(), id.New(), en.New())
	indonesian, _ = universal.GetTranslator("id")
	english, _ = universal.GetTranslator("en")
	require.NoError(t, idtexts.RegisterDefaultTranslations(v, indonesian))
	require.NoError(t, entexts.RegisterDefaultTranslations(v, english))
	require.NoError(t, certificate.RegisterValidations(v, indonesian, english))
	return v, indonesian, english
}

func TestTags(t *testing.T) {
	v, indonesian, english := newValidator(t)
	for name, c := range map[string]struct {
		tag, value string
		id, en     string // "" for a sound value
	}{
		"NIK":                   {"nik", "3371990101850901", "", ""},
		"NIK too short":         {"nik", "337199010185090", "NIK harus tepat 16 digit.", "A NIK has exactly 16 digits."},
		"NIK with day 32":       {"nik", "3371993201850901", "Digit 7-12 NIK bukan tanggal lahir yang ada di kalender.", "Digits 7-12 of the NIK are no birth date of the calendar."},
		"NIP":                   {"nip", "198501012010011901", "", ""},
		"NI PPPK as NIP":        {"nip", "199001012021211901", "Nomor ini milik jenis kepegawaian lain (digit 13-14: PNS 01-12, PPPK 21-29).", "This number belongs to another kind of employment (digits 13-14: PNS 01-12, PPPK 21-29)."},
		"NI PPPK":               {"nippppk", "199001012021211901", "", ""},
		"NIP as NI PPPK":        {"nippppk", "198501012010011901", "Nomor ini milik jenis kepegawaian lain (digit 13-14: PNS 01-12, PPPK 21-29).", "This number belongs to another kind of employment (digits 13-14: PNS 01-12, PPPK 21-29)."},
		"NRP":                   {"nrp", "85010999", "", ""},
		"NRP of month 13":       {"nrp", "85130999", "Digit 3-4 NRP Polri harus bulan lahir 01-12.", "Digits 3-4 of a police NRP must be the month of birth, 01-12."},
		"any number":            {"nomorpegawai", "10999", "", ""},
		"no number":             {"nomorpegawai", "x", "NIP, NI PPPK, dan NRP hanya boleh berisi angka 0 sampai 9.", "A NIP, NI PPPK or NRP may hold only the digits 0 to 9."},
		"name":                  {"nama", "Dr. Budi Contoh, S.T.", "", ""},
		"mail":                  {"surel", "budi@example.com", "", ""},
		"no mail":               {"surel", "budi", "Email SIASN harus berbentuk nama@domain.", "The SIASN email must have the form name@domain."},
		"work mail":             {"emaildinas", "budi@pns.magelangkota.go.id", "", ""},
		"village":               {"emaildinas", "budi@contoh.desa.id", "", ""},
		"look-alike of a state": {"emaildinas", "budi@evilgo.id", "Email Dinas harus email resmi instansi (go.id, mil.id, atau desa.id).", "The work email must be an agency's official address (go.id, mil.id or desa.id)."},
		"one of the domains":    {"emaildinas=a.go.id b.go.id", "budi@x.b.go.id", "", ""},
		"none of the domains":   {"emaildinas=a.go.id b.go.id", "budi@c.go.id", "Email Dinas harus berada di bawah domain instansi: @a.go.id, @b.go.id.", "The work email must lie under the agency's domain: @a.go.id, @b.go.id."},
		"mobile":                {"hp", "+62 812-0000-0901", "", ""},
		"fixed line":            {"hp", "0211234567", "Nomor Telepon harus nomor seluler Indonesia (08… atau +628…).", "The telephone number must be an Indonesian mobile number (08… or +628…)."},
	} {
		t.Run(name, func(t *testing.T) {
			err := v.Var(c.value, c.tag)
			if c.id == "" {
				require.NoError(t, err)
				return
			}
			var errs validator.ValidationErrors
			require.ErrorAs(t, err, &errs)
			assert.Equal(t, c.id, errs[0].Translate(indonesian))
			assert.Equal(t, c.en, errs[0].Translate(english))
		})
	}
}

// TestTagsAgreeWithCheck breaks each field in turn: what the tags of the form
// refuse is what Check calls malformed.
func TestTagsAgreeWithCheck(t *testing.T) {
	v, _, _ := newValidator(t)
	require.NoError(t, v.Struct(soundForm()))
	set := map[string]func(*certificate.ApplicantForm, string){
		"NIK":            func(f *certificate.ApplicantForm, s string) { f.NIK = s },
		"Name":           func(f *certificate.ApplicantForm, s string) { f.Name = s },
		"Employment":     func(f *certificate.ApplicantForm, s string) { f.Employment = s },
		"EmployeeNumber": func(f *certificate.ApplicantForm, s string) { f.EmployeeNumber = s },
		"SIASNEmail":     func(f *certificate.ApplicantForm, s string) { f.SIASNEmail = s },
		"WorkEmail":      func(f *certificate.ApplicantForm, s string) { f.WorkEmail = s },
		"Phone":          func(f *certificate.ApplicantForm, s string) { f.Phone = s },
	}
	for field, change := range set {
		for _, bad := range []string{"x", "-1", "\x00", "３３７１", "***", "3.37199E+15", "a@b@c.id", "99999999999999999999"} {
			f := soundForm()
			change(&f, bad)
			_, findings := f.Check(certificate.KotaMagelang(), checkDay())
			if field == "Name" && bad == "x" {
				require.Empty(t, findings, "a single letter is a name")
				continue
			}
			var errs validator.ValidationErrors
			require.ErrorAs(t, v.Struct(f), &errs, "%s %q", field, bad)
			require.Len(t, errs, 1)
			assert.Equal(t, field, errs[0].Field())
			assert.ErrorAs(t, findings.Err(), new(*certificate.FormError))
			assert.NotErrorAs(t, findings.Err(), &errs, "the validator's errors hold raw values")
		}
	}
}

func TestTagsOnATextTypeOfOnesOwn(t *testing.T) {
	v, indonesian, _ := newValidator(t)
	type text string
	err := v.Var(text("1"), "nik")
	var errs validator.ValidationErrors
	require.ErrorAs(t, err, &errs)
	assert.Equal(t, "NIK harus tepat 16 digit.", errs[0].Translate(indonesian))
	assert.NoError(t, v.Var(text("3371990101850901"), "nik"))
	assert.Panics(t, func() { _ = v.Var(3371990101850901, "nik") }, "a NIK kept as a number is a mistake in the program")
}

func TestRegisterValidationsRefusesOtherLanguages(t *testing.T) {
	french, _ := ut.New(fr.New(), fr.New()).GetTranslator("fr")
	err := certificate.RegisterValidations(validator.New(), french)
	require.Error(t, err)
	assert.Contains(t, err.Error(), `locale "fr"`)
}
