package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
)

// KeyAlgorithm is a kind of key that the authority makes for itself.
type KeyAlgorithm = certificate.KeyAlgorithm

// The algorithms. ECDSAP256 is the default.
const (
	ECDSAP256 = certificate.ECDSAP256
	ECDSAP384 = certificate.ECDSAP384
	RSA2048   = certificate.RSA2048
	RSA3072   = certificate.RSA3072
	RSA4096   = certificate.RSA4096
)

// ErrKey means a key that is not certified or not made or used here: RSA outside 2048
// to 4096 bits or with another exponent than 65537, a curve other than P-256
// and P-384, any other kind.
var ErrKey = errors.New("authority: key not supported")

// checkPublicKey refuses keys outside the profiles.
func checkPublicKey(pub crypto.PublicKey) error {
	switch key := pub.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n < 2048 || n > 4096 || key.E != 65537 {
			return fmt.Errorf("%w: RSA key of %d bits with exponent %d", ErrKey, n, key.E)
		}
		return nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() || key.Curve == elliptic.P384() {
			return nil
		}
	}
	return fmt.Errorf("%w: key of type %T", ErrKey, pub)
}

// signatureAlgorithm is how a key of the authority signs.
func signatureAlgorithm(pub crypto.PublicKey) (x509.SignatureAlgorithm, crypto.Hash) {
	switch key := pub.(type) {
	case *rsa.PublicKey:
		return x509.SHA256WithRSA, crypto.SHA256
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P384() {
			return x509.ECDSAWithSHA384, crypto.SHA384
		}
		return x509.ECDSAWithSHA256, crypto.SHA256
	}
	return x509.UnknownSignatureAlgorithm, 0
}
