package keyring

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// ErrKey is returned for a key or a ring that cannot be used: a secret of another length, an id
// that is not one, two keys of one id, no key.
var ErrKey = errors.New("keyring: unusable key")

// Key is a secret of 256 bits with a name. It prints, logs and marshals as its name. The zero
// value is refused.
type Key struct {
	id     string
	secret **[KeySize]byte // fmt follows one pointer to an array, and never a second
}

// NewKey returns a key from [KeySize] random bytes, which it copies. The id is stored with what
// the key protects: 1 to 64 letters of ASCII, digits, dots, hyphens and underscores. Errors match
// [ErrKey].
func NewKey(id string, secret []byte) (Key, error) {
	if err := checkID(id); err != nil {
		return Key{}, err
	}
	if len(secret) != KeySize {
		return Key{}, fmt.Errorf("%w: got %d bytes, want %d", ErrKey, len(secret), KeySize)
	}
	held := [KeySize]byte(secret)
	if held == [KeySize]byte{} {
		return Key{}, fmt.Errorf("%w: all bytes are zero", ErrKey)
	}
	hidden := &held
	return Key{id, &hidden}, nil
}

// GenerateKey returns a random key, as for tests and for what need not outlive the process.
// Errors match [ErrKey].
func GenerateKey(id string) (Key, error) {
	var secret [KeySize]byte
	rand.Read(secret[:])
	return NewKey(id, secret[:])
}

func checkID(id string) error {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	if id == "" || len(id) > 64 || strings.Trim(id, allowed) != "" {
		return fmt.Errorf("%w: id is not 1 to 64 letters, digits, dots, hyphens and underscores", ErrKey)
	}
	return nil
}

// ID returns the name.
func (k Key) ID() string { return k.id }

// Format prints the name alone.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "key %s", k.id) }

// LogValue logs the name alone.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.id) }

// MarshalText writes the name alone.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.id), nil }
