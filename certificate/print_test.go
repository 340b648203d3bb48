package certificate_test

import (
	"crypto"
	"crypto/x509"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// printable is one of every exported struct type that can hold something about a person.
var printable = []any{
	certificate.Acceptance{}, certificate.Activation{}, certificate.Agency{}, certificate.Agreement{},
	certificate.AgreementError{}, certificate.Applicant{}, certificate.ApplicantForm{}, certificate.Approval{},
	certificate.AuditEntry{}, certificate.Certificate{}, certificate.Change{}, certificate.Contact{},
	certificate.Dated[identity.Email]{}, certificate.Due{}, certificate.DuplicateError{}, certificate.Factor{}, certificate.Finding{},
	certificate.FormError{}, certificate.Index{}, certificate.Inspection{}, certificate.Issuance{},
	certificate.IssueRequest{}, certificate.Issued{}, certificate.Mail{}, certificate.MailIntent{},
	certificate.MismatchError{}, certificate.Observation{}, certificate.Observed{}, certificate.Office{},
	certificate.Operator{}, certificate.PersonID{}, certificate.PersonalData{}, certificate.Portal{}, certificate.PortalActivation{}, certificate.PortalLogin{},
	certificate.PortalPassphrase{}, certificate.PortalRegistration{}, certificate.Purged{},
	certificate.Record{}, certificate.ResetGrant{}, certificate.Retention{}, certificate.SealedKey{}, certificate.Serial{},
	certificate.SigningKey{}, certificate.StatusReport{}, certificate.StepError{}, certificate.StoredApplicant{},
	certificate.StoredToken{}, certificate.Subject{}, certificate.Task{}, certificate.Token{},
	certificate.TooSoonError{}, certificate.Tracked{}, certificate.TrackedChange{}, certificate.TrackedDue{},
	certificate.TransitionError{}, certificate.VerifiedNIK{},
}

// services hold no value of a person that a printer could reach, or are configuration.
var services = []string{
	"FieldSealer", "FieldSealerConfig", "MemoryKeyStore", "MemoryStore", "MemoryTrackerStore", "Registrar", "RegistrarConfig",
	"SealedVault", "SealedVaultConfig", "Tracker", "TrackerConfig",
}

// open are the types that hold personal strings or whole certificates. They protect
// themselves, but not in an unexported field of another struct, where fmt calls no method.
var open = map[reflect.Type]bool{
	reflect.TypeFor[certificate.ApplicantForm]():   true,
	reflect.TypeFor[certificate.StoredApplicant](): true,
	reflect.TypeFor[certificate.Subject]():         true,
	reflect.TypeFor[certificate.IssueRequest]():    true,
	reflect.TypeFor[certificate.Certificate]():     true,
	reflect.TypeFor[certificate.Record]():          true,
	reflect.TypeFor[certificate.Issued]():          true,
	reflect.TypeFor[certificate.SigningKey]():      true,
	reflect.TypeFor[certificate.Observation]():     true,
}

// personalStrings reports the plain strings that are about the person.
func personalStrings(t reflect.Type, field string) bool {
	return t == reflect.TypeFor[certificate.ApplicantForm]() || t == reflect.TypeFor[certificate.StoredApplicant]() ||
		t == reflect.TypeFor[certificate.Subject]() && field == "CommonName"
}

// storedWhole are the types whose JSON is what a store keeps: it must hold everything.
var storedWhole = map[reflect.Type]bool{
	reflect.TypeFor[certificate.Certificate]():     true,
	reflect.TypeFor[certificate.StoredApplicant](): true,
}

// filler puts one made-up person into every value that it meets.
type filler struct {
	known map[reflect.Type]reflect.Value
}

func newFiller(t *testing.T) (f filler, secrets []string) {
	w := newWorld(t)
	id := w.issued(t, budi)
	key, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	require.NoError(t, err)
	t.Cleanup(func() { key.Close() })
	a, link := applicant(t, budi), certificate.GenerateToken()
	f.known = map[reflect.Type]reflect.Value{}
	for _, v := range []any{
		a.NIK(), a.Name(), a.Number(), a.WorkEmail(), a.Phone(), link, secret(firstPhrase),
		certificate.NIKIndex(a.NIK()), key.Certificate, start,
	} {
		f.known[reflect.TypeOf(v)] = reflect.ValueOf(v)
	}
	f.known[reflect.TypeFor[crypto.Signer]()] = reflect.ValueOf(key.Signer)
	private, err := x509.MarshalPKCS8PrivateKey(w.ca.key)
	require.NoError(t, err)
	return f, append(secretsOf(budi), firstPhrase, link.Reveal(), string(private))
}

func (f filler) fill(v reflect.Value, personal bool) {
	if known, ok := f.known[v.Type()]; ok {
		v.Set(known)
		return
	}
	switch v.Kind() {
	case reflect.String:
		if personal {
			v.SetString(budi.Name)
		} else {
			v.SetString("teks")
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), personal)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]byte]() {
			v.SetBytes([]byte("bita"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		f.fill(v.Index(0), personal)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, personal)
		f.fill(value, personal)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			field := reflect.NewAt(v.Field(i).Type(), unsafe.Pointer(v.Field(i).UnsafeAddr())).Elem()
			f.fill(field, personalStrings(v.Type(), v.Type().Field(i).Name))
		}
		if c, ok := v.Addr().Interface().(*certificate.Certificate); ok {
			c.DER = f.known[reflect.TypeFor[*x509.Certificate]()].Interface().(*x509.Certificate).Raw
		}
	}
}

// within puts v into the unexported field of another struct, where fmt calls no method.
func within(v reflect.Value) any {
	outer := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "inner", PkgPath: "example.com/other", Type: v.Type()}})).Elem()
	reflect.NewAt(v.Type(), unsafe.Pointer(outer.Field(0).UnsafeAddr())).Elem().Set(v)
	return outer.Interface()
}

// Whoever prints, logs or marshals any value of the package, filled with a person, shows
// nothing of the person.
func TestNoTypePrintsAPerson(t *testing.T) {
	f, secrets := newFiller(t)
	seen := map[string]bool{}
	for _, zero := range printable {
		typ := reflect.TypeOf(zero)
		name, _, _ := strings.Cut(typ.Name(), "[")
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			p := reflect.New(typ)
			f.fill(p.Elem(), false)
			for _, v := range []any{p.Interface(), p.Elem().Interface()} {
				leaktest.Hides(t, leaktest.Formatted(v)+leaktest.Logged(v), secrets...)
				if !storedWhole[typ] {
					leaktest.Hides(t, leaktest.Printed(v), secrets...)
				}
			}
			if open[typ] {
				return
			}
			leaktest.Hides(t, leaktest.Formatted(within(p.Elem())), secrets...)
		})
	}
	for _, name := range services {
		seen[name] = true
	}
	names, err := leaktest.Structs(".")
	require.NoError(t, err)
	require.Greater(t, len(names), 40)
	for _, name := range names {
		assert.True(t, seen[name], "%s is a new type: add it to printable", name)
	}
}
