package certificate_test

import (
	"encoding"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// readers are the types with a text of their own, each with one of its texts.
func readers() map[string]func() encoding.TextUnmarshaler {
	return map[string]func() encoding.TextUnmarshaler{
		"ISSUE":          func() encoding.TextUnmarshaler { return new(certificate.Status) },
		"register":       func() encoding.TextUnmarshaler { return new(certificate.Event) },
		"activation":     func() encoding.TextUnmarshaler { return new(certificate.MailKind) },
		"work_mail":      func() encoding.TextUnmarshaler { return new(certificate.Purpose) },
		"superseded":     func() encoding.TextUnmarshaler { return new(certificate.TokenState) },
		"yes":            func() encoding.TextUnmarshaler { return new(certificate.Match) },
		"privacy_policy": func() encoding.TextUnmarshaler { return new(certificate.AgreementKind) },
		"pppk":           func() encoding.TextUnmarshaler { return new(certificate.Employment) },
		"7f00ff":         func() encoding.TextUnmarshaler { return new(certificate.Serial) },
		personText:       func() encoding.TextUnmarshaler { return new(certificate.PersonID) },
		tokenHashText:    func() encoding.TextUnmarshaler { return new(certificate.TokenHash) },
	}
}

const personText = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

var tokenHashText = strings.Repeat("0f", 32)

func TestWordsComeBack(t *testing.T) {
	for text, zero := range readers() {
		v := zero()
		require.NoError(t, v.UnmarshalText([]byte(text)), "%T", v)
		again, err := v.(encoding.TextMarshaler).MarshalText()
		require.NoError(t, err, "%T", v)
		assert.Equal(t, text, string(again), "%T", v)
	}
}

// A column or field that was mixed up holds something about a person.
func TestWordErrorsHoldNoInput(t *testing.T) {
	for _, zero := range readers() {
		for _, text := range []string{budi.NIK, budi.Name, budi.WorkEmail, budi.Phone, strings.ToUpper(budi.Name)} {
			v := zero()
			err := v.UnmarshalText([]byte(text))
			if _, hex := v.(*certificate.Serial); hex && err == nil {
				continue // decimal digits are hexadecimal ones too
			}
			require.Error(t, err, "%T", v)
			leaktest.Hides(t, leaktest.Printed(err), append(secretsOf(budi), strings.ToUpper(budi.Name))...)
			assert.True(t, reflect.ValueOf(v).Elem().IsZero(), "%T: nothing is written on error", v)
		}
	}
	_, err := certificate.ParseStatus("PENDING_REVIEW")
	assert.ErrorContains(t, err, "PENDING_REVIEW", "a new word of BSrE is told")
}

// FuzzWords reads any text as every type that has one: it fails, or comes back the same.
func FuzzWords(f *testing.F) {
	for text := range readers() {
		f.Add(text)
	}
	f.Add("UNKNOWN")
	f.Add("")
	f.Add("７ｆ")
	f.Add(strings.Repeat("0", 1<<10))
	f.Fuzz(func(t *testing.T, text string) {
		for _, zero := range readers() {
			v := zero()
			if err := v.UnmarshalText([]byte(text)); err != nil {
				if !reflect.ValueOf(v).Elem().IsZero() {
					t.Fatalf("%T: written on error", v)
				}
				continue
			}
			if reflect.ValueOf(v).Elem().IsZero() {
				continue // the empty text, or the word for unknown
			}
			first, err := v.(encoding.TextMarshaler).MarshalText()
			if err != nil {
				t.Fatalf("%T: %v", v, err)
			}
			again := zero()
			if err := again.UnmarshalText(first); err != nil || !reflect.DeepEqual(v, again) {
				t.Fatalf("%T: read as another value", v)
			}
		}
	})
}
