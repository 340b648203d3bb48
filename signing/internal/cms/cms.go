// Package cms writes and reads the Cryptographic Message Syntax (RFC 5652) as
// far as PDF signatures and time-stamp tokens use it: SignedData with the
// attributes of PAdES baseline signatures (ETSI EN 319 142-1, EN 319 122-1).
//
// Writing is a [Builder]: it makes the signed attributes, and once somebody
// has signed their digest it assembles the message, after checking the raw
// signature with the certificate's key. It never writes a signing-time
// attribute: PAdES takes the claimed time from the signature dictionary.
//
// Reading is [Parse]. It accepts DER alone, bounds every count and size, and
// judges nothing; [SignerInfo.Verify] and [SignerInfo.CheckSigningCertificate]
// do, each with errors that can be told apart. Trust in a certificate is not
// a matter of this package.
package cms

import "errors"

// Bounds on what Parse reads. Real signatures with a time-stamp and embedded
// revocation lists stay well below them.
const (
	// MaxSize is the largest message in bytes.
	MaxSize = 16 << 20

	maxCertificates = 256
	maxRevocations  = 256
	maxSigners      = 16
	maxAttributes   = 64
	maxValues       = 64
	maxAlgorithms   = 16
	maxOID          = 64   // bytes of an encoded object identifier
	maxRSABits      = 8192 // a larger modulus buys only the verifier's time
	minRSABits      = 2048 // ETSI TS 119 312
	weakRSABits     = 1024 // below this nothing is checked, not even on request
)

var (
	// ErrMalformed reports bytes that are not the DER structure expected or
	// that exceed a bound of this package.
	ErrMalformed = errors.New("cms: malformed")

	// ErrUnsupportedAlgorithm reports an algorithm or key this package does
	// not know.
	ErrUnsupportedAlgorithm = errors.New("cms: unsupported algorithm")

	// ErrWeakAlgorithm reports a known algorithm or key too weak to be
	// accepted: MD5, SHA-1, RSA below 2048 bits.
	ErrWeakAlgorithm = errors.New("cms: weak algorithm")

	// ErrAlgorithmMismatch reports algorithms that contradict each other or
	// the certificate's key.
	ErrAlgorithmMismatch = errors.New("cms: algorithms disagree")

	// ErrAttributes reports signed attributes that are missing, repeated or
	// contradict the message.
	ErrAttributes = errors.New("cms: signed attributes")

	// ErrDigestMismatch reports that the content is not what was signed.
	ErrDigestMismatch = errors.New("cms: content digest differs from the signed one")

	// ErrSignature reports a signature that the certificate's key did not make.
	ErrSignature = errors.New("cms: signature does not verify")

	// ErrNoSigningCertificate reports that the signer did not bind the
	// certificate: neither signing-certificate nor its version 2 is present
	// (RFC 5035).
	ErrNoSigningCertificate = errors.New("cms: no signing-certificate attribute")

	// ErrSigningCertificate reports that the signer bound another certificate.
	ErrSigningCertificate = errors.New("cms: another certificate was bound by the signer")
)
