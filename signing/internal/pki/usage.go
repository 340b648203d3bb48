package pki

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// Purpose is what a path is built for.
type Purpose uint8

const (
	// PurposeUnknown is the zero value and is refused.
	PurposeUnknown Purpose = iota
	// DocumentSigning asks for key usage digitalSignature or nonRepudiation
	// and, where there are extended key usages, for Adobe's authentic
	// documents trust (1.2.840.113583.1.1.5), documentSigning (RFC 9336
	// section 3.1) or emailProtection among them.
	DocumentSigning
	// TimeStamping asks for a critical extended key usage timeStamping and
	// nothing else (RFC 3161 section 2.3).
	TimeStamping
)

// String returns the purpose's name.
func (p Purpose) String() string {
	switch p {
	case DocumentSigning:
		return "document signing"
	case TimeStamping:
		return "time stamping"
	}
	return "unknown purpose"
}

var (
	oidExtKeyUsage     = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidAdobeDocuments  = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}
	oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
)

// CheckLeaf judges a certificate at the end of a path by its own usages and
// constraints. Its error matches ErrUsage.
func (p Purpose) CheckLeaf(c *x509.Certificate) error {
	if c.IsCA {
		return fmt.Errorf("is an authority: %w", ErrUsage)
	}
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	switch p {
	case DocumentSigning:
		if c.KeyUsage&signs == 0 {
			return fmt.Errorf("key usage has neither digitalSignature nor nonRepudiation: %w", ErrUsage)
		}
		if hasExtKeyUsage(c) && !allowsDocuments(c) {
			return fmt.Errorf("extended key usage does not cover documents: %w", ErrUsage)
		}
	case TimeStamping:
		// RFC 3161 does not ask for a key usage; one that is there must fit.
		if c.KeyUsage != 0 && c.KeyUsage&signs == 0 {
			return fmt.Errorf("key usage has neither digitalSignature nor nonRepudiation: %w", ErrUsage)
		}
		if !soleCriticalTimeStamping(c) {
			return fmt.Errorf("extended key usage is not timeStamping, critical and alone: %w", ErrUsage)
		}
	default:
		return fmt.Errorf("%s: %w", p, ErrUsage)
	}
	return nil
}

// checkIssuer judges an authority of the path: extended key usages there
// narrow what may lie below, as all common validators read them.
func (p Purpose) checkIssuer(c *x509.Certificate) error {
	if err := checkKey(c.PublicKey); err != nil {
		return err
	}
	if !hasExtKeyUsage(c) || slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) {
		return nil
	}
	switch {
	case p == DocumentSigning && allowsDocuments(c):
		return nil
	case p == TimeStamping && slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageTimeStamping):
		return nil
	}
	return fmt.Errorf("an issuer's extended key usage excludes %s: %w", p, ErrUsage)
}

func hasExtKeyUsage(c *x509.Certificate) bool {
	return len(c.ExtKeyUsage)+len(c.UnknownExtKeyUsage) > 0
}

func allowsDocuments(c *x509.Certificate) bool {
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny) ||
		slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageEmailProtection) ||
		slices.ContainsFunc(c.UnknownExtKeyUsage, oidAdobeDocuments.Equal) ||
		slices.ContainsFunc(c.UnknownExtKeyUsage, oidDocumentSigning.Equal)
}

func soleCriticalTimeStamping(c *x509.Certificate) bool {
	if len(c.UnknownExtKeyUsage) != 0 || len(c.ExtKeyUsage) != 1 ||
		c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping {
		return false
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidExtKeyUsage) {
			return e.Critical
		}
	}
	return false
}

const maxRSABits = 8192

// checkKey bounds the keys of a path from both sides: weak ones prove nothing,
// and huge ones cost seconds.
func checkKey(pub any) error {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < 2048 || n > maxRSABits {
			return fmt.Errorf("RSA key of %d bits: %w", n, ErrWeak)
		}
		return nil
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
	case ed25519.PublicKey:
		return nil
	}
	return fmt.Errorf("key of type %T: %w", pub, ErrWeak)
}
