package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Expectation says who should have signed a letter, and in which order.
type Expectation struct {
	// Signers are in the order of signing, one entry per signature. Required.
	Signers []ExpectedSigner
	// AllowOthers accepts signatures of people who are not listed, such as
	// initials (paraf) of others; each is still remarked upon.
	AllowOthers bool
	// LifeCycle is asked what it knows of each signer's certificate at the
	// time of signing; nil asks nobody.
	LifeCycle LifeCycle
}

// ExpectedSigner is one person whose signature a letter needs.
type ExpectedSigner struct {
	// Role names the entry for a reader, such as "Sekretaris Daerah".
	Role string
	// Certificates are the ones with which the person may have signed. When
	// set they alone decide.
	Certificates []*x509.Certificate
	// Name is compared with the certificate's common name without titles when
	// there are no Certificates. It is the weaker match: other people may bear
	// the same name under the same root.
	Name string
}

// LifeCycle knows the states of certificates over time, such as the records of
// a registrar. The example makes one of a certificate.Tracker.
type LifeCycle interface {
	// UsableAt says whether the certificate could be used for signing at the
	// instant. The status is the record's own word for its state then, such as
	// "SUSPEND"; it is repeated to the reader. An error counts as Unknown. How
	// fresh its records were then only the source can tell: where it was last
	// told long before the instant, it should say Unknown.
	UsableAt(ctx context.Context, certificate *x509.Certificate, at time.Time) (usable Answer, status string, err error)
}

// ErrExpectation is wrapped by Report.JudgeLetter when an Expectation lists
// nobody, or an entry of it has neither certificate nor readable name.
var ErrExpectation = errors.New("nobody to expect")

// expected is an entry made ready for comparison.
type expected struct {
	ExpectedSigner
	name identity.Name
}

func (e Expectation) prepare() ([]expected, error) {
	if len(e.Signers) == 0 {
		return nil, ErrExpectation
	}
	out := make([]expected, len(e.Signers))
	for i, s := range e.Signers {
		out[i].ExpectedSigner = s
		if len(s.Certificates) > 0 {
			for _, c := range s.Certificates {
				if c == nil {
					return nil, fmt.Errorf("%w: signer %d has an empty certificate", ErrExpectation, i+1)
				}
			}
			continue
		}
		name, err := identity.ParseName(s.Name)
		if err != nil {
			return nil, fmt.Errorf("%w: signer %d has neither certificate nor readable name", ErrExpectation, i+1)
		}
		out[i].name = name
	}
	return out, nil
}

// match says how a signature's certificate fits the entry.
func (e expected) match(s *Signer) Match {
	if s == nil || s.Certificate == nil {
		return MatchNone
	}
	for _, c := range e.Certificates {
		if c.Equal(s.Certificate) {
			return MatchCertificate
		}
	}
	if len(e.Certificates) > 0 {
		return MatchNone
	}
	name, err := identity.ParseName(s.Certificate.Subject.CommonName) // s.CommonName is made fit to print, and cut
	if err != nil || !e.name.SamePerson(name) {
		return MatchNone
	}
	return MatchName
}

// label names the entry for a reader.
func (e expected) label() string {
	name := e.Name
	if len(e.Certificates) > 0 {
		name = e.Certificates[0].Subject.CommonName
	}
	switch {
	case e.Role == "":
		return printable(name)
	case name == "":
		return printable(e.Role)
	}
	return printable(fmt.Sprintf("%s (%s)", e.Role, name))
}
