package mockbsre

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/tsa"
)

// The names leave no doubt, also to somebody who sees only a certificate.
func fakeName(commonName string) authority.Name {
	return authority.Name{
		CommonName:         commonName,
		OrganizationalUnit: "mockbsre - hanya untuk pengujian",
		Organization:       "BSrE TIRUAN (bukan BSrE)",
	}
}

func newAuthority(ctx context.Context, cfg Config, keys authority.KeyAlgorithm, now func() time.Time) (*authority.Authority, error) {
	person := authority.PersonProfile()
	if cfg.BSrELike {
		person = authority.BSrELikeProfile()
	}
	// Ten years leave room to move the clock over several certificates.
	root, issuing := authority.RootProfile(), authority.IssuingProfile()
	root.Validity, issuing.Validity = 10*365*24*time.Hour, 10*365*24*time.Hour
	return authority.New(ctx, authority.Config{
		RootName: fakeName("Root CA TIRUAN"), IssuingName: fakeName("CA TIRUAN"), ResponderName: fakeName("OCSP TIRUAN"),
		BaseURL: AuthorityURL, Keys: keys, Person: person, RootProfile: root, IssuingProfile: issuing,
		Now: now, Logger: cfg.Logger,
	})
}

// timestampPolicy stands below the arc of UUIDs (2.25), which everybody may use.
var timestampPolicy = mustOID(2, 25, 207_459_311, 1)

func mustOID(arcs ...uint64) x509.OID {
	oid, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	return oid
}

func newTimestamps(ctx context.Context, ca *authority.Authority, keys authority.KeyAlgorithm, now func() time.Time) (*tsa.Responder, error) {
	key, err := keys.GenerateKey()
	if err != nil {
		return nil, err
	}
	profile := authority.TSAProfile()
	profile.Validity = 10 * 365 * 24 * time.Hour
	issued, err := ca.IssueProfile(ctx, profile, authority.Request{
		ID: "TSA", Subject: fakeName("TSA TIRUAN"), PublicKey: key.Public(),
	})
	if err != nil {
		return nil, err
	}
	return tsa.NewResponder(tsa.ResponderConfig{
		Signer: key, Certificate: issued.Certificate, Chain: issued.Chain, Policy: timestampPolicy, Now: now,
	})
}
