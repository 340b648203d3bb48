package certificate

import (
	"context"
	"crypto"
	"errors"

	"github.com/sertel-id/sertel/passphrase"
)

// KeyID names a private key in a [Vault]. The registrar makes it; it carries no meaning.
type KeyID string

// Factor is what the owner gives to use the key.
type Factor struct {
	Passphrase  passphrase.Secret
	OneTimeCode passphrase.Secret // for vaults that take one; zero otherwise
}

// UnlockedKey is a private key ready to sign. Close ends its use and wipes what can be wiped.
type UnlockedKey interface {
	crypto.Signer
	Close() error
}

// Errors of vaults.
var (
	// ErrWrongFactor: the passphrase or code is wrong, or the sealed key was tampered with,
	// or too many tries were made. These look alike on purpose.
	ErrWrongFactor = errors.New("certificate: passphrase or code not accepted")
	// ErrKeyNotFound: the vault has no such key.
	ErrKeyNotFound = errors.New("certificate: key not found in the vault")
	// ErrKeyExists: Generate or Reset was asked for a key id that is taken.
	ErrKeyExists = errors.New("certificate: key already in the vault")
	// ErrResetUnsupported: this key cannot be bound to a new factor; a new one must be made.
	ErrResetUnsupported = errors.New("certificate: key cannot be reset")
	// ErrFactorUnsupported: the vault takes no such factor, for instance a one-time code.
	ErrFactorUnsupported = errors.New("certificate: vault does not take this factor")
)

// Vault keeps the private keys of people. The in-house one is [SealedVault].
type Vault interface {
	// Generate makes a key for the person and returns it unlocked. A taken id is [ErrKeyExists].
	Generate(ctx context.Context, person PersonID, id KeyID, f Factor) (UnlockedKey, error)
	// Unlock returns the key, or [ErrWrongFactor] or [ErrKeyNotFound].
	Unlock(ctx context.Context, id KeyID, f Factor) (UnlockedKey, error)
	// Destroy removes the key for good. A key that is not there is no error.
	Destroy(ctx context.Context, id KeyID) error
}

// ResettingVault is a Vault that can bind a key to a new factor without the old one, as an
// HSM of a certification body does. With it a forgotten passphrase is replaced and the
// certificate stays; without it a reset makes a new key and certificate.
type ResettingVault interface {
	Vault
	// CanReset reports whether Reset is configured.
	CanReset() bool
	// Reset copies the key under a new id, bound to f. The old id keeps working until the
	// registrar destroys it. Only the registrar can make a valid grant. A key that was made
	// without this possibility is [ErrResetUnsupported].
	Reset(ctx context.Context, grant ResetGrant, f Factor) error
}

// ResetGrant is the registrar's permission for one [ResettingVault] Reset: it exists only
// inside a reset whose mailed link was accepted. A zero grant must be refused.
type ResetGrant struct {
	person   PersonID
	from, to KeyID
}

// Person is the owner of the key.
func (g ResetGrant) Person() PersonID { return g.person }

// From is the key whose factor was forgotten.
func (g ResetGrant) From() KeyID { return g.from }

// To is the id for the copy.
func (g ResetGrant) To() KeyID { return g.to }

// IsZero reports whether the grant was not made by a registrar.
func (g ResetGrant) IsZero() bool { return g.from == "" || g.to == "" }
