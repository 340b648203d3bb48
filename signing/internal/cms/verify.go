package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// VerifyOptions relaxes what [SignerInfo.Verify] accepts. The zero value
// accepts no weak algorithm.
type VerifyOptions struct {
	// InsecureAllowWeak checks signatures with SHA-1 and RSA keys from 1024
	// bits too, so that a report on an old document can say whether it is at
	// least intact. MD5 is refused all the same.
	InsecureAllowWeak bool
}

// Hash is the digest algorithm that the signer names, for digesting the
// content: a weak one is named too and is refused by [SignerInfo.Verify].
// An unknown one is [ErrUnsupportedAlgorithm]. MD5 has no implementation
// linked in; ask its Available method before using the hash.
func (si *SignerInfo) Hash() (crypto.Hash, error) { return si.DigestAlgorithm.Hash() }

// Algorithm names the scheme and the hash of the signature, weak ones too.
func (si *SignerInfo) Algorithm() (Scheme, crypto.Hash, error) {
	scheme, hash, _, err := si.algorithm()
	return scheme, hash, err
}

func (si *SignerInfo) algorithm() (Scheme, crypto.Hash, int, error) {
	digest, err := si.DigestAlgorithm.Hash()
	if err != nil {
		return 0, 0, 0, err
	}
	scheme, hash, salt, err := si.SignatureAlgorithm.signature()
	if err != nil {
		return 0, 0, 0, err
	}
	if hash == 0 {
		hash = digest
	}
	if hash != digest {
		return 0, 0, 0, fmt.Errorf("%w: digest %v, signature with %v", ErrAlgorithmMismatch, digest, hash)
	}
	return scheme, hash, salt, nil
}

// Verify checks one signer of a message: that contentDigest, made by the
// caller with [SignerInfo.Hash], is the one that was signed, that the content
// has the type given, that all algorithms agree, and that the certificate's
// key made the signature.
//
// Errors, so that a report can tell them apart: [ErrWeakAlgorithm],
// [ErrUnsupportedAlgorithm], [ErrAlgorithmMismatch], [ErrAttributes];
// [ErrDigestMismatch] when the content was changed; [ErrSignature] when the
// key did not make the signature, which without signed attributes is also
// what a changed content gives.
func (si *SignerInfo) Verify(cert *x509.Certificate, contentType x509.OID, contentDigest []byte, opts VerifyOptions) error {
	scheme, hash, salt, err := si.algorithm()
	if err != nil {
		return err
	}
	if err := checkStrength(cert, hash, opts); err != nil {
		return err
	}
	if len(contentDigest) != hash.Size() {
		return fmt.Errorf("%w: digest of %d bytes for %v", ErrDigestMismatch, len(contentDigest), hash)
	}
	signedDigest := contentDigest
	if si.SignedAttributes == nil {
		// RFC 5652, section 5.3: attributes must be there for other types.
		if !contentType.Equal(OIDData) {
			return fmt.Errorf("%w: none for content %v", ErrAttributes, contentType)
		}
	} else {
		if err := si.checkContentType(contentType); err != nil {
			return err
		}
		if err := si.checkProtection(); err != nil {
			return err
		}
		want, err := si.MessageDigest()
		if err != nil {
			return err
		}
		h := hash.New()
		h.Write(si.RawSignedAttributes)
		signedDigest = h.Sum(nil)
		// The key first: digests of attributes nobody signed say nothing.
		if err := checkRaw(cert.PublicKey, scheme, hash, salt, signedDigest, si.Signature); err != nil {
			return err
		}
		if !bytes.Equal(want, contentDigest) {
			return ErrDigestMismatch
		}
		return nil
	}
	return checkRaw(cert.PublicKey, scheme, hash, salt, signedDigest, si.Signature)
}

func checkStrength(cert *x509.Certificate, hash crypto.Hash, opts VerifyOptions) error {
	if !strongHash(hash) && (hash != crypto.SHA1 || !opts.InsecureAllowWeak) {
		return fmt.Errorf("%w: digest %v", ErrWeakAlgorithm, hash)
	}
	switch k := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		if bits := k.Curve.Params().BitSize; bits < 256 {
			return fmt.Errorf("%w: elliptic curve of %d bits", ErrWeakAlgorithm, bits)
		}
	case *rsa.PublicKey:
		bits := k.N.BitLen()
		if bits < weakRSABits || bits < minRSABits && !opts.InsecureAllowWeak {
			return fmt.Errorf("%w: RSA key of %d bits", ErrWeakAlgorithm, bits)
		}
		if bits > maxRSABits {
			return fmt.Errorf("%w: RSA key of %d bits", ErrUnsupportedAlgorithm, bits)
		}
	}
	return nil
}
