package mockbsre

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"sync"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
)

// hsm keeps keys in the manner of BSrE: in the service's own device, the
// passphrase a factor beside them. So a reset binds the same key to another
// passphrase, and the certificate stays. It meets [certificate.ResettingVault].
type hsm struct {
	algorithm authority.KeyAlgorithm
	pepper    []byte    // of this process, so that no checksum means anything elsewhere
	codes     *codebook // one-time codes; nil takes none

	mu   sync.Mutex
	keys map[certificate.KeyID]hsmKey
}

type hsmKey struct {
	owner  certificate.PersonID
	signer crypto.Signer
	check  []byte // of the passphrase
}

func newHSM(algorithm authority.KeyAlgorithm) *hsm {
	h := &hsm{algorithm: algorithm, pepper: make([]byte, 32), keys: map[certificate.KeyID]hsmKey{}}
	_, _ = rand.Read(h.pepper)
	return h
}

// check is a keyed hash and not Argon2id: it never leaves this process, and
// tests enrol people by the hundred.
func (h *hsm) check(s passphrase.Secret) []byte {
	typed := s.Reveal()
	defer clear(typed)
	mac := hmac.New(sha256.New, h.pepper)
	mac.Write(typed)
	return mac.Sum(nil)
}

// Generate implements [certificate.Vault].
func (h *hsm) Generate(ctx context.Context, person certificate.PersonID, id certificate.KeyID, f certificate.Factor) (certificate.UnlockedKey, error) {
	if err := acceptFactor(f); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	signer, err := h.algorithm.GenerateKey()
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, taken := h.keys[id]; taken {
		return nil, certificate.ErrKeyExists
	}
	h.keys[id] = hsmKey{person, signer, h.check(f.Passphrase)}
	return &hsmSession{signer: signer}, nil
}

// Unlock implements [certificate.Vault].
func (h *hsm) Unlock(ctx context.Context, id certificate.KeyID, f certificate.Factor) (certificate.UnlockedKey, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !f.OneTimeCode.IsZero() && h.codes == nil {
		return nil, certificate.ErrFactorUnsupported
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key, ok := h.keys[id]
	if !ok {
		return nil, certificate.ErrKeyNotFound
	}
	if !f.OneTimeCode.IsZero() {
		if !h.codes.redeem(key.owner, f.OneTimeCode) {
			return nil, certificate.ErrWrongFactor
		}
		return &hsmSession{signer: key.signer}, nil
	}
	if f.Passphrase.IsZero() || !hmac.Equal(key.check, h.check(f.Passphrase)) {
		return nil, certificate.ErrWrongFactor
	}
	return &hsmSession{signer: key.signer}, nil
}

// Destroy implements [certificate.Vault].
func (h *hsm) Destroy(ctx context.Context, id certificate.KeyID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.keys, id)
	return nil
}

// forget destroys all keys and codes of a person.
func (h *hsm) forget(person certificate.PersonID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.keys, func(_ certificate.KeyID, key hsmKey) bool { return key.owner == person })
	if h.codes != nil {
		h.codes.forget(person)
	}
}

// CanReset implements [certificate.ResettingVault].
func (h *hsm) CanReset() bool { return true }

// Reset implements [certificate.ResettingVault].
func (h *hsm) Reset(ctx context.Context, grant certificate.ResetGrant, f certificate.Factor) error {
	if grant.IsZero() {
		return certificate.ErrResetUnsupported
	}
	if err := acceptFactor(f); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key, ok := h.keys[grant.From()]
	if !ok || key.owner != grant.Person() {
		return certificate.ErrKeyNotFound
	}
	if _, taken := h.keys[grant.To()]; taken {
		return certificate.ErrKeyExists
	}
	key.check = h.check(f.Passphrase)
	h.keys[grant.To()] = key
	return nil
}

func acceptFactor(f certificate.Factor) error {
	switch {
	case !f.OneTimeCode.IsZero():
		return certificate.ErrFactorUnsupported
	case f.Passphrase.IsZero():
		return passphrase.ErrEmpty
	}
	return nil
}

var errSessionClosed = errors.New("mockbsre: key session is closed")

// hsmSession uses a key without handing it out.
type hsmSession struct {
	mu     sync.Mutex
	signer crypto.Signer
	closed bool
}

// Public implements [crypto.Signer].
func (s *hsmSession) Public() crypto.PublicKey { return s.signer.Public() }

// Sign implements [crypto.Signer].
func (s *hsmSession) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errSessionClosed
	}
	return s.signer.Sign(random, digest, opts)
}

// Close ends the session.
func (s *hsmSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
