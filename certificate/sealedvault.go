package certificate

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/sertel-id/sertel/passphrase"
)

// SealedKey is a private key at rest: useless without its owner's passphrase.
type SealedKey struct {
	Person PersonID
	Origin KeyID  // the id under which the key was made; bound into the envelope
	Sealed []byte // envelope of passphrase.Sealer around PKCS#8
}

// KeyStore keeps sealed keys.
type KeyStore interface {
	// Put stores a key under a new id, or fails with [ErrKeyExists].
	Put(ctx context.Context, id KeyID, k SealedKey) error
	// Get returns the key, or [ErrKeyNotFound].
	Get(ctx context.Context, id KeyID) (SealedKey, error)
	// Delete removes the key; a key that is not there is no error.
	Delete(ctx context.Context, id KeyID) error
}

// SealedVaultConfig configures a [SealedVault].
type SealedVaultConfig struct {
	// Keys is where sealed keys rest; nil means in memory.
	Keys KeyStore
	// Sealer seals them. Nil means one with the defaults of package passphrase and no
	// service wrap: a forgotten passphrase loses the key.
	Sealer *passphrase.Sealer
	// ServiceReset says that Sealer has a service wrap (HSM or KMS) and that a reset may use
	// it, so that the key and certificate stay. The wrap is reachable only from a reset whose
	// mailed link was accepted; no method unlocks by it.
	ServiceReset bool
	// Algorithm of new keys; zero means ECDSA P-256.
	Algorithm KeyAlgorithm
}

// SealedVault keeps each private key as PKCS#8 in an envelope that only the owner's
// passphrase opens. No hash of the passphrase is stored: opening is the check.
type SealedVault struct{ cfg SealedVaultConfig }

// NewSealedVault returns a vault. Errors match [ErrConfig].
func NewSealedVault(cfg SealedVaultConfig) (*SealedVault, error) {
	if cfg.Keys == nil {
		cfg.Keys = NewMemoryKeyStore()
	}
	if cfg.Sealer == nil {
		if cfg.ServiceReset {
			return nil, fmt.Errorf("%w: ServiceReset needs a Sealer with a service wrap", ErrConfig)
		}
		sealer, err := passphrase.NewSealer(passphrase.SealerConfig{})
		if err != nil {
			return nil, err
		}
		cfg.Sealer = sealer
	}
	if cfg.Algorithm > RSA4096 {
		return nil, fmt.Errorf("%w: unknown key algorithm", ErrConfig)
	}
	return &SealedVault{cfg}, nil
}

// sealPurpose is bound into every envelope.
const sealPurpose = "signing"

func binding(k SealedKey) passphrase.Binding {
	return passphrase.Binding{Owner: k.Person.String(), KeyID: string(k.Origin), Purpose: sealPurpose}
}

// Generate implements [Vault].
func (v *SealedVault) Generate(ctx context.Context, person PersonID, id KeyID, f Factor) (UnlockedKey, error) {
	if !f.OneTimeCode.IsZero() {
		return nil, ErrFactorUnsupported
	}
	if person.IsZero() || id == "" {
		return nil, ErrKeyNotFound
	}
	// Asked first: sealing is costly, and Put decides in the end.
	if _, err := v.cfg.Keys.Get(ctx, id); !errors.Is(err, ErrKeyNotFound) {
		if err == nil {
			err = ErrKeyExists
		}
		return nil, err
	}
	signer, err := v.cfg.Algorithm.GenerateKey()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	k := SealedKey{Person: person, Origin: id}
	if k.Sealed, err = v.cfg.Sealer.Seal(ctx, f.Passphrase, binding(k), der); err != nil {
		return nil, fmt.Errorf("certificate: seal key: %w", err)
	}
	if err := v.cfg.Keys.Put(ctx, id, k); err != nil {
		return nil, err
	}
	return &openKey{signer: signer}, nil
}

// Unlock implements [Vault].
func (v *SealedVault) Unlock(ctx context.Context, id KeyID, f Factor) (UnlockedKey, error) {
	if !f.OneTimeCode.IsZero() {
		return nil, ErrFactorUnsupported
	}
	k, err := v.cfg.Keys.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	der, err := v.cfg.Sealer.Open(ctx, f.Passphrase, binding(k), k.Sealed)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, ErrWrongFactor // a damaged envelope and a wrong passphrase look alike
	}
	defer clear(der)
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("certificate: sealed key is no PKCS#8") // the cause could quote it
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, errors.New("certificate: sealed key cannot sign")
	}
	return &openKey{signer: signer}, nil
}

// Destroy implements [Vault].
func (v *SealedVault) Destroy(ctx context.Context, id KeyID) error { return v.cfg.Keys.Delete(ctx, id) }

// CanReset implements [ResettingVault].
func (v *SealedVault) CanReset() bool { return v.cfg.ServiceReset }

// Reset implements [ResettingVault] by the service wrap.
func (v *SealedVault) Reset(ctx context.Context, grant ResetGrant, f Factor) error {
	switch {
	case !v.cfg.ServiceReset, grant.IsZero():
		return ErrResetUnsupported
	case !f.OneTimeCode.IsZero():
		return ErrFactorUnsupported
	}
	k, err := v.cfg.Keys.Get(ctx, grant.From())
	if err != nil {
		return err
	}
	if k.Person != grant.Person() {
		return ErrKeyNotFound
	}
	k.Sealed, err = v.cfg.Sealer.ResealByService(ctx, f.Passphrase, binding(k), k.Sealed)
	if errors.Is(err, passphrase.ErrNoServiceWrap) {
		return ErrResetUnsupported
	}
	if err != nil {
		return fmt.Errorf("certificate: reset key: %w", err)
	}
	return v.cfg.Keys.Put(ctx, grant.To(), k)
}

// openKey is an unlocked key. After Close it refuses to sign.
type openKey struct {
	mu     sync.RWMutex
	signer crypto.Signer
	public crypto.PublicKey
}

// ErrKeyClosed is returned by a key that was closed.
var ErrKeyClosed = errors.New("certificate: key is closed")

// Public returns the public key, also after Close.
func (k *openKey) Public() crypto.PublicKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.signer == nil {
		return k.public
	}
	return k.signer.Public()
}

// Sign signs a digest.
func (k *openKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.signer == nil {
		return nil, ErrKeyClosed
	}
	return k.signer.Sign(random, digest, opts)
}

// Close drops the key. Go gives no promise that memory is wiped; the reference is gone.
func (k *openKey) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.signer != nil {
		k.public, k.signer = k.signer.Public(), nil
	}
	return nil
}

// Format keeps the private key out of every print.
func (k *openKey) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[private key]") }
