package certificate

import (
	"fmt"
	"log/slog"

	"github.com/sertel-id/sertel/certificate/identity"
)

// IndexKind names a unique look-up of a [Store].
type IndexKind string

// The look-ups.
const (
	IndexNIK      IndexKind = "nik"
	IndexNumber   IndexKind = "number" // NIP, NI PPPK or NRP now in use
	IndexWorkMail IndexKind = "work_mail"
	IndexToken    IndexKind = "token"
	IndexSerial   IndexKind = "serial"
)

// Index is one unique key of a record. No two records of a store may share one. A store may
// keep Value as it is or as a keyed hash; comparing for equality is all that is needed.
// An Index prints without its value.
type Index struct {
	kind  IndexKind
	value *string // a pointer, so that fmt prints no more than an address
}

func newIndex(kind IndexKind, value string) Index { return Index{kind, &value} }

// NIKIndex looks up a person by NIK.
func NIKIndex(n identity.NIK) Index { return newIndex(IndexNIK, n.Digits()) }

// NumberIndex looks up a person by the employee number now in use.
func NumberIndex(n identity.EmployeeNumber) Index {
	return newIndex(IndexNumber, string(n.Kind())+":"+n.Digits())
}

// WorkMailIndex looks up a person by the work mail now in use.
func WorkMailIndex(m identity.Email) Index { return newIndex(IndexWorkMail, m.Address()) }

// TokenIndex looks up the person to whom a link was sent.
func TokenIndex(h TokenHash) Index { return newIndex(IndexToken, h.String()) }

// SerialIndex looks up the owner of a certificate.
func SerialIndex(s Serial) Index { return newIndex(IndexSerial, s.String()) }

// Kind returns the look-up.
func (i Index) Kind() IndexKind { return i.kind }

// Value returns the key in whole: personal data.
func (i Index) Value() string {
	if i.value == nil {
		return ""
	}
	return *i.value
}

// Format prints the kind alone.
func (i Index) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s=[masked]", string(i.kind)) }

// LogValue logs the kind alone.
func (i Index) LogValue() slog.Value { return slog.StringValue(string(i.kind)) }

// MarshalText writes the kind alone.
func (i Index) MarshalText() ([]byte, error) { return []byte(i.kind), nil }
