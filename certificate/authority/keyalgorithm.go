package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// KeyAlgorithm is a kind of key that the authority makes for itself.
type KeyAlgorithm uint8

const (
	// ECDSAP256 is the default: made in microseconds.
	ECDSAP256 KeyAlgorithm = iota
	// ECDSAP384 is the larger curve.
	ECDSAP384
	// RSA2048 is what BSrE's people, RSA4096 what its authorities have. An
	// RSA key takes from a tenth of a second to several seconds to make.
	RSA2048
	// RSA3072 lies between them.
	RSA3072
	// RSA4096 is the largest.
	RSA4096
)

// ErrKey means a key that is not certified or not used here: RSA outside 2048
// to 4096 bits or with another exponent than 65537, a curve other than P-256
// and P-384, any other kind.
var ErrKey = errors.New("authority: key not supported")

// Generate makes a private key.
func (k KeyAlgorithm) Generate() (crypto.Signer, error) {
	switch k {
	case ECDSAP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case ECDSAP384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	}
	return nil, fmt.Errorf("%w: key algorithm %d", ErrKey, k)
}

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
