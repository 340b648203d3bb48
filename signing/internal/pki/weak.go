package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
)

// maxWeakChecks bounds the signatures that weakPath looks at.
const maxWeakChecks = 64

// weakPath tells whether a chain leads from the leaf to a root once SHA-1 and
// RSA keys from 1024 bits are let through. crypto/x509 hides such links as
// "unknown authority", and a user who is told that a root is missing would
// look for it in vain.
func (o PathOptions) weakPath(leaf *x509.Certificate) bool {
	type reached struct {
		cert *x509.Certificate
		weak bool // somewhere below
	}
	seen := make(map[string]bool)
	checks := 0
	for queue := []reached{{leaf, false}}; len(queue) > 0; queue = queue[1:] {
		below := queue[0]
		for _, above := range o.authorities() {
			if !bytes.Equal(above.RawSubject, below.cert.RawIssuer) || seen[string(above.Raw)] {
				continue
			}
			if checks++; checks > maxWeakChecks {
				return false
			}
			signed, weak := signedBy(below.cert, above)
			if !signed {
				continue
			}
			weak = weak || below.weak
			if weak && o.isRoot(above) {
				return true
			}
			seen[string(above.Raw)] = true
			queue = append(queue, reached{above, weak})
		}
	}
	return false
}

// authorities are the certificates that may stand above another.
func (o PathOptions) authorities() []*x509.Certificate {
	var out []*x509.Certificate
	for _, r := range o.Roots {
		if r.Certificate != nil {
			out = append(out, r.Certificate)
		}
	}
	for _, c := range o.Intermediates {
		if c != nil && c.IsCA {
			out = append(out, c)
		}
	}
	return out
}

func (o PathOptions) isRoot(c *x509.Certificate) bool {
	for _, r := range o.Roots {
		if r.Certificate != nil && r.Certificate.Equal(c) {
			return true
		}
	}
	return false
}

// signedBy tells whether the issuer's key signed the certificate, and whether
// by means that prove nothing any more.
func signedBy(c, issuer *x509.Certificate) (signed, weak bool) {
	if key, ok := issuer.PublicKey.(*rsa.PublicKey); ok && (key.N.BitLen() < 1024 || key.N.BitLen() > maxRSABits) {
		return false, false
	}
	weak = checkKey(issuer.PublicKey) != nil || bySHA1(c)
	return issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil, weak
}

// bySHA1 tells what Certificate.CheckSignature lets through and path building
// does not.
func bySHA1(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return true
	}
	return false
}
