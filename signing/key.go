package signing

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Key is a private key that can be used now, with its certificate. Its JSON
// leaves the private key out.
type Key struct {
	// Signer signs digests: an *rsa.PrivateKey from 2048 bits, an
	// *ecdsa.PrivateKey on P-256 or P-384, or anything with such a public key.
	Signer crypto.Signer `json:"-"`

	// Remote signs instead of Signer where the key is elsewhere and waiting
	// for it should obey a context. Exactly one of both is set, none for
	// [Prepare].
	Remote RemoteSigner `json:"-"`

	// Certificate is the signer's. Required.
	Certificate *x509.Certificate

	// Chain holds the authorities above, the issuer first. They are embedded
	// in the signature, a root is not: whoever verifies must have his own.
	Chain []*x509.Certificate

	// Close releases the key. Whoever opened the key calls it. Nil: nothing
	// to release.
	Close func() error `json:"-"`
}

// RemoteSigner signs a digest with a key that is somewhere else: an HSM behind
// a network, a cloud service. It returns a raw signature as crypto.Signer does
// (PKCS #1 or PSS for RSA, an ASN.1 sequence for ECDSA).
type RemoteSigner interface {
	SignDigest(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

// KeySource opens a key for one signature. Errors wrap [ErrCredential] when
// the credential is wrong.
type KeySource interface {
	Open(ctx context.Context, c Credential) (*Key, error)
}

// Credential is what a signer types to release the key. It prints as a
// marker; the secrets inside do not leave it but by Reveal.
type Credential struct {
	Passphrase  passphrase.Secret
	OneTimeCode passphrase.Secret
}

// sign makes the raw signature.
func (k *Key) sign(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if k.Remote != nil {
		return k.Remote.SignDigest(ctx, digest, opts)
	}
	return k.Signer.Sign(rand.Reader, digest, opts)
}

// check refuses a key that cannot sign a document at the given time.
func (k *Key) check(now time.Time) error {
	if k.Signer != nil && k.Remote != nil || k.Signer == nil && k.Remote == nil {
		return fmt.Errorf("%w: Key needs exactly one of Signer and Remote", ErrConfig)
	}
	if k.Certificate == nil {
		return fmt.Errorf("%w: Key.Certificate is required", ErrConfig)
	}
	if k.Signer != nil {
		if hollow(k.Signer) {
			return fmt.Errorf("%w: Key.Signer is a %T that holds no key", ErrConfig, k.Signer)
		}
		pub, ok := k.Certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		if !ok || !pub.Equal(k.Signer.Public()) {
			return ErrKeyMismatch
		}
	}
	return checkCertificate(k.Certificate, now)
}

// hollow reports a key of the standard library that is nil or zero inside: the
// interface is not nil then, and using it panics.
func hollow(s crypto.Signer) bool {
	switch k := s.(type) {
	case *rsa.PrivateKey:
		return k == nil || k.N == nil
	case *ecdsa.PrivateKey:
		return k == nil || k.Curve == nil
	case ed25519.PrivateKey:
		return len(k) != ed25519.PrivateKeySize
	case *ed25519.PrivateKey:
		return k == nil || len(*k) != ed25519.PrivateKeySize
	}
	return false
}

// checkCertificate refuses a certificate that a signature must not be made
// with: outside its validity, not for documents (RFC 5280, 4.2.1.3; RFC 9336),
// or with a weak key. What is asked of its usages is what the verifier asks.
func checkCertificate(c *x509.Certificate, now time.Time) error {
	if now.Before(c.NotBefore) {
		return fmt.Errorf("%w: from %s, the clock says %s", ErrNotYetValid, utc(c.NotBefore), utc(now))
	}
	if now.After(c.NotAfter) {
		return fmt.Errorf("%w: on %s, the clock says %s", ErrExpired, utc(c.NotAfter), utc(now))
	}
	if err := cms.CheckKey(c.PublicKey); err != nil {
		return fromCMS(err)
	}
	if err := pki.DocumentSigning.CheckLeaf(c); err != nil {
		return fmt.Errorf("%w: %w", ErrKeyUsage, err)
	}
	return nil
}

func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }
