package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// NewOCSPRequest returns the DER of an unsigned OCSP request for cert, issued
// by issuer (RFC 6960 section 4.1). A nonce of 1 to 32 octets (RFC 8954
// section 2.1) is added when given.
func NewOCSPRequest(cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	id, err := newCertID(cert, issuer)
	if err != nil {
		return nil, fmt.Errorf("pki: OCSP request: %w", err)
	}
	var request struct {
		TBS struct {
			Requests   []struct{ CertID certID }
			Extensions []pkix.Extension `asn1:"explicit,tag:2,optional,omitempty"`
		}
	}
	request.TBS.Requests = []struct{ CertID certID }{{id}}
	if len(nonce) > 0 {
		value, err := asn1.Marshal(nonce)
		if err != nil {
			return nil, fmt.Errorf("pki: OCSP request: %w", err)
		}
		request.TBS.Extensions = []pkix.Extension{{Id: oidOCSPNonce, Value: value}}
	}
	der, err := asn1.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("pki: OCSP request: %w", err)
	}
	return der, nil
}
