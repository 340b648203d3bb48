package certificate

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"

	"github.com/sertel-id/sertel/certificate/identity"
)

// tagRule is one validator tag: the field it is worded for and its judge.
type tagRule struct {
	tag   string
	field Field
	parse func(text, param string) error
}

func tagRules() []tagRule {
	return []tagRule{
		{"nik", FieldNIK, func(s, _ string) error { _, err := identity.ParseNIK(s); return err }},
		{"nip", FieldEmployeeNumber, func(s, _ string) error { _, err := identity.ParseNIP(s); return err }},
		{"nippppk", FieldEmployeeNumber, func(s, _ string) error { _, err := identity.ParseNIPPPK(s); return err }},
		{"nrp", FieldEmployeeNumber, func(s, _ string) error { _, err := identity.ParsePolriNRP(s); return err }},
		{"nomorpegawai", FieldEmployeeNumber, func(s, _ string) error { _, err := identity.ParseEmployeeNumber(s); return err }},
		{"nama", FieldName, func(s, _ string) error { _, err := identity.ParseName(s); return err }},
		{"surel", FieldSIASNEmail, func(s, _ string) error { _, err := identity.ParseEmail(s); return err }},
		{"emaildinas", FieldWorkEmail, parseOfficialMail},
		{"hp", FieldPhone, func(s, _ string) error { _, err := identity.ParsePhone(s); return err }},
	}
}

// parseOfficialMail judges the tag emaildinas: under one of the domains in the
// parameter, or of a state domain when there is none (SE MenPAN-RB 06/2013 for
// go.id; villages use desa.id, armed forces mil.id).
func parseOfficialMail(s, param string) error {
	m, err := identity.ParseEmail(s)
	if err != nil {
		return err
	}
	domains := strings.Fields(param)
	rule := RuleNotWorkMail
	if len(domains) == 0 {
		domains, rule = []string{"go.id", "mil.id", "desa.id"}, RuleNotOfficialMail
	}
	if !m.Under(domains...) {
		return &identity.ParseError{Kind: identity.KindEmail, Rules: []Rule{rule}}
	}
	return nil
}

// RegisterValidations adds the tags of this package to a validator, and their
// messages to each translator, whose locale must be Indonesian or English:
//
//	nik            NIK
//	nip            NIP of a PNS
//	nippppk        NI PPPK
//	nrp            NRP of the police
//	nomorpegawai   any of the three, or an NRP of the armed forces
//	nama           name with or without titles
//	surel          mail address
//	emaildinas     work mail; emaildinas=a.go.id b.go.id names the domains
//	hp             mobile number
//
// The tags judge form alone, on string fields; doubts and cross-checks are the
// job of [ApplicantForm.Check]. Messages never hold the value. The errors of
// the validator do: do not log or return validator.FieldError itself.
func RegisterValidations(v *validator.Validate, translators ...ut.Translator) error {
	for _, r := range tagRules() {
		judge := func(fl validator.FieldLevel) bool { return r.parse(stringOf(fl.Field()), fl.Param()) == nil }
		if err := v.RegisterValidation(r.tag, judge); err != nil {
			return fmt.Errorf("certificate: register tag %s: %w", r.tag, err)
		}
		for _, t := range translators {
			if err := r.translate(v, t); err != nil {
				return fmt.Errorf("certificate: register message of tag %s: %w", r.tag, err)
			}
		}
	}
	return nil
}

// stringOf returns the text of a field. A tag on anything but text is a
// mistake in the program, answered as the validator's own tags do.
func stringOf(v reflect.Value) string {
	if v.Kind() != reflect.String {
		panic(fmt.Sprintf("certificate: validation tag on a field of type %s, want string", v.Type()))
	}
	return v.String()
}

// translate registers the message of the first rule that the value breaks.
func (r tagRule) translate(v *validator.Validate, t ut.Translator) error {
	lang, err := langOf(t.Locale())
	if err != nil {
		return err
	}
	register := func(ut.Translator) error { return nil } // texts come from findings
	return v.RegisterTranslation(r.tag, t, register, func(_ ut.Translator, fe validator.FieldError) string {
		return r.message(fe, lang)
	})
}

func (r tagRule) message(fe validator.FieldError, lang Lang) string {
	want := ""
	if fe.Param() != "" {
		want = "@" + strings.Join(strings.Fields(fe.Param()), ", @")
	}
	var broken *identity.ParseError
	if !errors.As(r.parse(stringOf(reflect.ValueOf(fe.Value())), fe.Param()), &broken) {
		return ""
	}
	return textFor(r.field, broken.Rules[0]).in(lang, r.field, want)
}

func langOf(locale string) (Lang, error) {
	switch language, _, _ := strings.Cut(locale, "_"); language {
	case "id":
		return Indonesian, nil
	case "en":
		return English, nil
	}
	return "", fmt.Errorf("locale %q is neither id nor en", locale)
}
