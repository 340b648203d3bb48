package mockbsre

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/tsa"
)

// Signer signs for one person with the key that the fake keeps, at level PAdES
// B-LT: time-stamps, OCSP and revocation lists come from the fake too. The
// passphrase goes into each [signing.Request].
func (s *Server) Signer(id certificate.PersonID) (*signing.Local, error) {
	stamps, err := s.Timestamper()
	if err != nil {
		return nil, err
	}
	evidence, err := s.Evidence()
	if err != nil {
		return nil, err
	}
	return signing.NewLocal(signing.LocalConfig{
		Keys: s.KeySource(id), Timestamper: stamps, Evidence: evidence, Now: s.Clock.Now,
	})
}

// Timestamper asks the fake's time-stamping authority.
func (s *Server) Timestamper() (*tsa.Client, error) {
	return tsa.NewClient(tsa.ClientConfig{
		URL: TimestampURL, Roots: []*x509.Certificate{s.Root()}, Transport: s.Transport(), Now: s.Clock.Now,
	})
}

// Evidence asks the fake for OCSP answers and revocation lists.
func (s *Server) Evidence() (*signing.Evidence, error) {
	source, err := signing.NewHTTPSource(signing.HTTPConfig{
		Hosts: []string{hostOf(AuthorityURL)}, Transport: s.Transport(), Now: s.Clock.Now,
		// What is asked for costs nothing here, and an answer that was kept
		// would hide a revocation from a test.
		CacheSize: -1,
	})
	if err != nil {
		return nil, err
	}
	return &signing.Evidence{Source: source, Roots: []*x509.Certificate{s.Root()}}, nil
}

// KeySource opens the person's key through the registrar: status, limiter and
// passphrase decide. A wrong passphrase matches [signing.ErrCredential].
func (s *Server) KeySource(id certificate.PersonID) signing.KeySource {
	return keySource{s.Registrar(), id}
}

type keySource struct {
	registrar *certificate.Registrar
	person    certificate.PersonID
}

// TakesOneTimeCodes reports that a code opens a key as a passphrase does.
func (keySource) TakesOneTimeCodes() bool { return true }

// Open implements [signing.KeySource].
func (k keySource) Open(ctx context.Context, c signing.Credential) (*signing.Key, error) {
	key, err := k.registrar.Unlock(ctx, k.person, certificate.Factor{Passphrase: c.Passphrase, OneTimeCode: c.OneTimeCode})
	if errors.Is(err, certificate.ErrWrongFactor) {
		return nil, fmt.Errorf("%w: %w", signing.ErrCredential, err)
	}
	if err != nil {
		return nil, err
	}
	return &signing.Key{
		Signer: key.Signer, Certificate: key.Certificate, Chain: key.Chain, Close: key.Close,
	}, nil
}
