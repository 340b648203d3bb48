package certificate

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// ErrSerial is returned for a serial number that RFC 5280 section 4.1.2.2 does not allow.
var ErrSerial = errors.New("certificate: serial must be positive and at most 20 octets")

// Serial is the serial number of a certificate: positive, at most 20 octets (RFC 5280
// section 4.1.2.2). The zero value is refused.
type Serial struct{ octets string }

// NewSerial takes the number of a certificate or of an authority's ledger. Errors:
// [ErrSerial].
func NewSerial(n *big.Int) (Serial, error) {
	if n == nil || n.Sign() <= 0 || n.BitLen() > 159 { // 20 octets with the sign bit clear
		return Serial{}, ErrSerial
	}
	return Serial{string(n.Bytes())}, nil
}

// SerialOf returns the serial of a certificate. Errors: [ErrSerial].
func SerialOf(c *x509.Certificate) (Serial, error) {
	if c == nil {
		return Serial{}, ErrSerial
	}
	return NewSerial(c.SerialNumber)
}

// ParseSerial reads hexadecimal digits, as String prints them. Errors match [ErrSerial].
func ParseSerial(text string) (Serial, error) {
	if len(text) > 40 {
		return Serial{}, ErrSerial
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return Serial{}, fmt.Errorf("%w: not hexadecimal", ErrSerial)
	}
	return NewSerial(new(big.Int).SetBytes(raw))
}

// IsZero reports whether s is the zero value.
func (s Serial) IsZero() bool { return s.octets == "" }

// Int returns the number.
func (s Serial) Int() *big.Int { return new(big.Int).SetBytes([]byte(s.octets)) }

// String returns lower-case hexadecimal without leading zero octets.
func (s Serial) String() string { return hex.EncodeToString([]byte(s.octets)) }

// MarshalText writes what String returns.
func (s Serial) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text gives the zero value. Errors
// match [ErrSerial].
func (s *Serial) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Serial{}
		return nil
	}
	parsed, err := ParseSerial(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
