package certificate

import (
	"crypto/rand"
	"errors"
	"strings"
)

// PersonID is the key of a person's record: 26 random characters, without meaning, safe in
// logs and addresses. The zero value is refused.
type PersonID struct{ id string }

// ErrPersonID is returned for text that is no person id.
var ErrPersonID = errors.New("certificate: not a person id")

// GeneratePersonID returns a new id of 128 random bits.
func GeneratePersonID() PersonID { return PersonID{rand.Text()} }

// ParsePersonID reads what String returned. Anything else is [ErrPersonID].
func ParsePersonID(text string) (PersonID, error) {
	if len(text) != 26 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return PersonID{}, ErrPersonID
	}
	return PersonID{text}, nil
}

// String returns the id.
func (p PersonID) String() string { return p.id }

// IsZero reports whether p is the zero value.
func (p PersonID) IsZero() bool { return p.id == "" }

// MarshalText writes the id.
func (p PersonID) MarshalText() ([]byte, error) { return []byte(p.id), nil }

// UnmarshalText reads an id; empty text gives the zero value. Errors: [ErrPersonID].
func (p *PersonID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = PersonID{}
		return nil
	}
	parsed, err := ParsePersonID(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
