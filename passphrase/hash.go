package passphrase

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

var (
	// ErrMismatch means that the passphrase is not the one that was hashed,
	// or does not open the envelope. Returned by [Hasher.Verify],
	// [Sealer.Open], [Sealer.Reseal] and [ImportPKCS12].
	ErrMismatch = errors.New("passphrase does not match")
	// ErrHash means that a stored hash is not an Argon2id PHC string.
	ErrHash = errors.New("malformed argon2id hash")
	// ErrEmpty means that no passphrase was given where one is needed.
	ErrEmpty = errors.New("empty passphrase")
	// ErrTooLong means that a passphrase exceeds [MaxBytes].
	ErrTooLong = errors.New("passphrase too long")
)

// MaxBytes is the longest passphrase that can be set, so that hashing cannot be
// abused. A longer one never matches.
const MaxBytes = 1024

const (
	saltSize = 16 // RFC 9106 section 4
	tagSize  = 32
)

// HasherConfig configures a [Hasher].
type HasherConfig struct {
	// Params are the costs of new hashes; zero means [DefaultParams].
	Params Params
	// Gate bounds concurrent derivations; nil means a gate of its own with
	// two places.
	Gate *Gate
}

// Hasher makes and checks Argon2id hashes in the PHC string format, for
// services that keep accounts of their own. Who owns a sealed key needs no
// hash: opening the envelope is the check, see [Sealer].
type Hasher struct {
	params Params
	gate   *Gate
}

// NewHasher returns a Hasher, or [ErrParams].
func NewHasher(cfg HasherConfig) (*Hasher, error) {
	params, err := cfg.Params.orDefault()
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	if cfg.Gate == nil {
		cfg.Gate = NewGate(0)
	}
	return &Hasher{params: params, gate: cfg.Gate}, nil
}

// Hash returns a PHC string with a fresh 16-byte salt and a 32-byte tag. It
// fails with [ErrEmpty], [ErrTooLong] or the context's error.
func (h *Hasher) Hash(ctx context.Context, s Secret) (string, error) {
	p := phc{params: h.params, salt: make([]byte, saltSize)}
	_, _ = rand.Read(p.salt)
	var err error
	if p.tag, err = derive(ctx, h.gate, s, p.params, p.salt, tagSize); err != nil {
		return "", fmt.Errorf("passphrase: hash: %w", err)
	}
	return p.String(), nil
}

// Verify checks s against a PHC string. A nil error means that it matches;
// needsRehash then says that the string was made with weaker parameters than
// Hash uses now, or other lanes, and should be replaced. It fails with [ErrMismatch],
// [ErrHash], [ErrParams] or the context's error; a string whose parameters are
// above the ceiling is refused before any work.
func (h *Hasher) Verify(ctx context.Context, hash string, s Secret) (needsRehash bool, err error) {
	p, err := parsePHC(hash)
	if err != nil {
		return false, fmt.Errorf("passphrase: verify: %w", err)
	}
	tag, err := derive(ctx, h.gate, s, p.params, p.salt, len(p.tag))
	if errors.Is(err, ErrEmpty) || errors.Is(err, ErrTooLong) {
		err = ErrMismatch
	}
	if err != nil {
		return false, fmt.Errorf("passphrase: verify: %w", err)
	}
	if subtle.ConstantTimeCompare(tag, p.tag) != 1 {
		return false, fmt.Errorf("passphrase: verify: %w", ErrMismatch)
	}
	return p.params.weakerThan(h.params) || len(p.salt) < saltSize || len(p.tag) < tagSize, nil
}

// VerifyAbsent does the work of Verify for an account that does not exist, so
// that its answer takes as long, and returns [ErrMismatch] or the context's
// error.
func (h *Hasher) VerifyAbsent(ctx context.Context, s Secret) error {
	_, err := derive(ctx, h.gate, s, h.params, make([]byte, saltSize), tagSize)
	if err == nil || errors.Is(err, ErrEmpty) || errors.Is(err, ErrTooLong) {
		err = ErrMismatch
	}
	return fmt.Errorf("passphrase: verify: %w", err)
}

// derive runs Argon2id over the bytes of s as typed, inside the gate.
func derive(ctx context.Context, gate *Gate, s Secret, p Params, salt []byte, size int) ([]byte, error) {
	typed := s.Reveal()
	defer clear(typed)
	switch {
	case len(typed) == 0:
		return nil, ErrEmpty
	case len(typed) > MaxBytes:
		return nil, ErrTooLong
	}
	var key []byte
	err := gate.Do(ctx, func() {
		key = argon2.IDKey(typed, salt, p.Time, p.Memory, p.Parallelism, uint32(size))
	})
	return key, err
}

// phc is an Argon2id hash in the PHC string format:
// $argon2id$v=19$m=65536,t=3,p=4$salt$tag, base64 without padding.
type phc struct {
	params Params
	salt   []byte
	tag    []byte
}

// maxPHC is longer than any string whose salt and tag are within bounds.
const maxPHC = 256

var phcEncoding = base64.RawStdEncoding.Strict()

func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.params.Memory, p.params.Time, p.params.Parallelism,
		phcEncoding.EncodeToString(p.salt), phcEncoding.EncodeToString(p.tag))
}

func parsePHC(s string) (phc, error) {
	if len(s) > maxPHC {
		return phc{}, fmt.Errorf("%w: longer than %d bytes", ErrHash, maxPHC)
	}
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v=19" {
		return phc{}, ErrHash
	}
	var p phc
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return phc{}, fmt.Errorf("%w: parameters", ErrHash)
	}
	memory, okM := cost(costs[0], "m=", 32)
	passes, okT := cost(costs[1], "t=", 32)
	lanes, okP := cost(costs[2], "p=", 8)
	if !okM || !okT || !okP {
		return phc{}, fmt.Errorf("%w: parameters", ErrHash)
	}
	p.params = Params{Memory: uint32(memory), Time: uint32(passes), Parallelism: uint8(lanes)}
	if err := p.params.checkCeiling(); err != nil {
		return phc{}, err
	}
	var err error
	if p.salt, err = phcEncoding.DecodeString(parts[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return phc{}, fmt.Errorf("%w: salt", ErrHash)
	}
	if p.tag, err = phcEncoding.DecodeString(parts[5]); err != nil || len(p.tag) < 16 || len(p.tag) > 64 {
		return phc{}, fmt.Errorf("%w: tag", ErrHash)
	}
	// Base64 decoding skips line breaks; only the canonical form is accepted.
	if p.String() != s {
		return phc{}, ErrHash
	}
	return p, nil
}

func cost(s, prefix string, bits int) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, bits)
	return n, err == nil
}
