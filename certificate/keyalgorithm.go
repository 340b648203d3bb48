package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
)

// KeyAlgorithm is a kind of key that a vault or an authority makes.
type KeyAlgorithm uint8

// The algorithms. BSrE's people have RSA keys of 2048 bits, its authorities of 4096.
const (
	ECDSAP256 KeyAlgorithm = iota // the zero value; made in microseconds
	ECDSAP384
	RSA2048 // an RSA key takes from a tenth of a second to several seconds to make
	RSA3072
	RSA4096
)

var keyAlgorithmNames = [...]string{"ECDSA P-256", "ECDSA P-384", "RSA 2048", "RSA 3072", "RSA 4096"}

// ErrKeyAlgorithm is wrapped by [KeyAlgorithm.GenerateKey] for a number that is no algorithm.
var ErrKeyAlgorithm = errors.New("certificate: no such key algorithm")

// String returns the algorithm's name.
func (a KeyAlgorithm) String() string { return wordOf(keyAlgorithmNames[:], a, "KeyAlgorithm") }

// GenerateKey makes a private key from the system's random source, or fails with
// [ErrKeyAlgorithm].
func (a KeyAlgorithm) GenerateKey() (crypto.Signer, error) {
	switch a {
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
	return nil, fmt.Errorf("%w: %d", ErrKeyAlgorithm, uint8(a))
}
