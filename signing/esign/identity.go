package esign

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Identity says who signs or is asked about: by NIK, by work mail, or by both,
// of which version 1 takes only the NIK. It prints without its fields.
type Identity struct {
	NIK   identity.NIK
	Email identity.Email

	// Name is what the common name in the signer's certificate is compared
	// with, titles left out. A difference is a doubt, never a refusal. Zero:
	// not compared.
	Name identity.Name

	// Certificate is the SHA-256 of the signer's certificate in DER. An answer
	// signed with another one is [CodeOtherSigner]. Zero: the certificate is
	// not known beforehand.
	Certificate [32]byte

	seal *SealSession // an agency's seal in place of a person; nil for a person
}

// String returns a marker.
func (Identity) String() string { return "esign.Identity" }

// Format prints a marker under every verb.
func (id Identity) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, id.String()) }

// LogValue returns a marker.
func (id Identity) LogValue() slog.Value { return slog.StringValue(id.String()) }

// known is what the box is asked by: the NIK, else the mail address.
func (id Identity) known() string {
	if id.seal != nil {
		return id.seal.cfg.Subscriber
	}
	if !id.NIK.IsZero() {
		return id.NIK.Digits()
	}
	return id.Email.Address()
}

// hidden is what must not be repeated from a server's text.
func (id Identity) hidden() [][]byte {
	return [][]byte{
		[]byte(id.NIK.Digits()), []byte(id.Email.Address()), []byte(id.Email.Local()),
		[]byte(id.Name.Full()), []byte(id.Name.Plain()),
	}
}

// check refuses an identity that the version cannot name.
func (id Identity) check(v Version) error {
	switch {
	case id.seal != nil:
		return nil // which NewSealSession has checked
	case id.NIK.IsZero() && id.Email.IsZero():
		return local(CodeIdentity, nil)
	case v == V1 && id.NIK.IsZero():
		return unsupported("signer by mail address in version 1")
	}
	return nil
}
