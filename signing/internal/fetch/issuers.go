package fetch

import (
	"crypto/x509"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// maxIssuers bounds the certificates of a bundle.
const maxIssuers = 16

// splitIssuers reads what stands at a caIssuers address: one certificate, or a
// "certs-only" message (RFC 5280 section 4.2.2.1).
func splitIssuers(der []byte) ([]*x509.Certificate, error) {
	if c, err := x509.ParseCertificate(der); err == nil {
		return []*x509.Certificate{c}, nil
	}
	bundle, err := cms.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("neither a certificate nor a bundle: %w", ErrAnswer)
	}
	if n := len(bundle.Certificates); n == 0 || n > maxIssuers {
		return nil, fmt.Errorf("bundle of %d certificates: %w", n, ErrAnswer)
	}
	return bundle.Certificates, nil
}
