package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// AgreementKind is one of the two texts that the owner of a certificate accepts.
type AgreementKind uint8

// The agreements of the guide.
const (
	_                   AgreementKind = iota
	PrivacyPolicy                     // Kebijakan Privasi
	SubscriberAgreement               // Perjanjian Pemilik Sertifikat Elektronik
)

var agreementNames = [...]string{PrivacyPolicy: "privacy_policy", SubscriberAgreement: "subscriber_agreement"}

// String returns privacy_policy or subscriber_agreement.
func (k AgreementKind) String() string { return wordOf(agreementNames[:], k, "AgreementKind") }

// MarshalText writes the word of String.
func (k AgreementKind) MarshalText() ([]byte, error) { return marshalWord(agreementNames[:], k) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not
// repeat it.
func (k *AgreementKind) UnmarshalText(text []byte) error {
	return unmarshalWord(agreementNames[:], k, text)
}

// Agreement is a text in the version now in force.
type Agreement struct {
	Kind    AgreementKind
	Version string // such as "2024-03"
	Text    string // shown to the person in whole
}

// Acceptance is the consent to exactly this text: what the page shows goes in here, and comes
// back with the form, so a text that changed in between is noticed.
func (a Agreement) Acceptance() Acceptance {
	return Acceptance{Kind: a.Kind, Version: a.Version, SHA256: sha256.Sum256([]byte(a.Text))}
}

// Acceptance says which text a person agreed to, by version and hash. A subscriber is a
// person who has agreed to the terms (Permenkominfo 11/2018 art. 1); PP 71/2019 art. 59
// asks for a way to show the consent.
type Acceptance struct {
	Kind    AgreementKind
	Version string
	SHA256  [sha256.Size]byte
	At      time.Time // set by the registrar; ignored on input
}

// String names kind, version and the beginning of the hash.
func (a Acceptance) String() string {
	return fmt.Sprintf("%s %s (%s)", a.Kind, a.Version, hex.EncodeToString(a.SHA256[:6]))
}

// ErrAgreement is returned, as a [*AgreementError], when a text in force was not accepted.
var ErrAgreement = errors.New("certificate: agreement not accepted")

// AgreementError lists the texts in force that were not accepted, in the order of the
// registrar's configuration. Another version or other bytes count as not accepted.
type AgreementError struct{ Missing []AgreementKind }

// Error implements error.
func (e *AgreementError) Error() string {
	return fmt.Sprintf("certificate: agreement not accepted: %v", e.Missing)
}

// Is makes the error match [ErrAgreement].
func (e *AgreementError) Is(target error) bool { return target == ErrAgreement }

// accepted checks given against the agreements of the kinds asked for and returns what to
// store, in the order of those agreements.
func accepted(inForce []Agreement, given []Acceptance, now time.Time, kinds ...AgreementKind) ([]Acceptance, error) {
	var (
		store   []Acceptance
		missing []AgreementKind
	)
	for _, kind := range kinds {
		want, ok := agreementOf(inForce, kind)
		if !ok || !includes(given, want) {
			missing = append(missing, kind)
			continue
		}
		want.At = now
		store = append(store, want)
	}
	if len(missing) > 0 {
		return nil, &AgreementError{missing}
	}
	return store, nil
}

func agreementOf(inForce []Agreement, kind AgreementKind) (Acceptance, bool) {
	for _, a := range inForce {
		if a.Kind == kind {
			return a.Acceptance(), true
		}
	}
	return Acceptance{}, false
}

func includes(given []Acceptance, want Acceptance) bool {
	for _, g := range given {
		if g.Kind == want.Kind && g.Version == want.Version && g.SHA256 == want.SHA256 {
			return true
		}
	}
	return false
}
