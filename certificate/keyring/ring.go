package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// Errors of a [Ring].
var (
	// ErrUnknownKey: what was given names a key that is not in the ring.
	ErrUnknownKey = errors.New("keyring: key not in the ring")
	// ErrSealed: not a sealed value, or changed, or sealed for another purpose or with other
	// additional data. Which of them cannot be told.
	ErrSealed = errors.New("keyring: sealed value not readable")
)

// MaxKeys is the most keys that a ring holds.
const MaxKeys = 16

// Ring is a current key and older ones. It is immutable and safe for concurrent use.
type Ring struct{ keys []Key }

// New returns a ring. Errors match [ErrKey].
func New(current Key, older ...Key) (*Ring, error) {
	keys := append([]Key{current}, older...)
	if len(keys) > MaxKeys {
		return nil, fmt.Errorf("%w: more than %d", ErrKey, MaxKeys)
	}
	for i, k := range keys {
		if k.secret == nil {
			return nil, fmt.Errorf("%w: zero value", ErrKey)
		}
		if slices.ContainsFunc(keys[:i], func(other Key) bool { return other.id == k.id }) {
			return nil, fmt.Errorf("%w: two keys are named %s", ErrKey, k.id)
		}
	}
	return &Ring{keys}, nil
}

// Current returns the id of the current key.
func (r *Ring) Current() string { return r.keys[0].id }

// IDs returns the ids of all keys, the current one first.
func (r *Ring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// derive returns the key of a purpose, or [ErrUnknownKey].
func (r *Ring) derive(id, use, purpose string) ([]byte, error) {
	for _, k := range r.keys {
		if k.id == id {
			return hkdf.Key(sha256.New, (*k.secret)[:], nil, "sertel keyring v1\x00"+use+"\x00"+purpose, KeySize)
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrUnknownKey, id)
}

// sealVersion begins every sealed value; the length of the key's id, the id, the nonce and the
// ciphertext with its tag follow.
const (
	sealVersion = 1
	nonceSize   = 12
	tagSize     = 16
)

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Seal encrypts plain under the current key. Additional is authenticated and not stored: whoever
// opens the value names the same, so a value cannot be moved to another row. An error means that
// the current key cannot be used.
func (r *Ring) Seal(purpose string, additional, plain []byte) ([]byte, error) {
	id := r.Current()
	key, err := r.derive(id, "seal", purpose)
	if err != nil {
		return nil, err
	}
	gcm, err := aead(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: seal: %w", err)
	}
	head := append([]byte{sealVersion, byte(len(id))}, id...)
	out := slices.Grow(slices.Clone(head), nonceSize+len(plain)+tagSize)
	return gcm.Seal(out, nil, plain, append(head, additional...)), nil
}

// Open returns what was sealed, or an error that matches [ErrSealed] or [ErrUnknownKey].
func (r *Ring) Open(purpose string, additional, sealed []byte) ([]byte, error) {
	id, head, err := splitSealed(sealed)
	if err != nil {
		return nil, err
	}
	key, err := r.derive(id, "seal", purpose)
	if err != nil {
		return nil, err
	}
	gcm, err := aead(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: open: %w", err)
	}
	plain, err := gcm.Open(nil, nil, sealed[head:], append(slices.Clone(sealed[:head]), additional...))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Outdated reports whether a value was sealed with a key that is not the current one, so that it
// should be sealed anew. Errors match [ErrSealed].
func (r *Ring) Outdated(sealed []byte) (bool, error) {
	id, _, err := splitSealed(sealed)
	return id != r.Current(), err
}

// splitSealed returns the key's id and where the nonce begins.
func splitSealed(sealed []byte) (id string, head int, err error) {
	if len(sealed) < 2 || sealed[0] != sealVersion {
		return "", 0, ErrSealed
	}
	head = 2 + int(sealed[1])
	if len(sealed) < head+nonceSize+tagSize {
		return "", 0, ErrSealed
	}
	id = string(sealed[2:head])
	if checkID(id) != nil {
		return "", 0, ErrSealed
	}
	return id, head, nil
}

// MAC returns the keyed hash of data under the key of that id, or an error that matches
// [ErrUnknownKey].
func (r *Ring) MAC(id, purpose string, data []byte) ([sha256.Size]byte, error) {
	key, err := r.derive(id, "mac", purpose)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return [sha256.Size]byte(h.Sum(nil)), nil
}
