package signing

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// Outcome is how an attempt to sign ended. The zero value is the careful one.
type Outcome uint8

// The outcomes.
const (
	// OutcomeUnknown: a signing service was asked and no whole, acceptable
	// answer came, so that nobody knows whether it signed.
	OutcomeUnknown Outcome = iota
	// OutcomeRefused: there is no signed document. What [Local] may have
	// written before it failed is to be thrown away.
	OutcomeRefused
	// OutcomeSigned: the signed document was handed on.
	OutcomeSigned
)

var outcomeWords = [...]string{"unknown", "refused", "signed"}

// String returns the outcome in a word.
func (o Outcome) String() string {
	if int(o) < len(outcomeWords) {
		return outcomeWords[o]
	}
	return fmt.Sprintf("Outcome(%d)", uint8(o))
}

// MarshalText implements encoding.TextMarshaler. Numbers that are no outcome
// are an error.
func (o Outcome) MarshalText() ([]byte, error) {
	if int(o) >= len(outcomeWords) {
		return nil, fmt.Errorf("signing: outcome %d does not exist", uint8(o))
	}
	return []byte(outcomeWords[o]), nil
}

// UnmarshalText reads what MarshalText wrote. Any other word is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, w := range outcomeWords {
		if w == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("signing: unknown outcome of %d bytes", len(text)) // it may be somebody's number, misplaced
}

// NewAttemptID names an attempt to sign: 64 random bits in hexadecimal.
func NewAttemptID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
