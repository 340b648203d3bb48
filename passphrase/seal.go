package passphrase

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrEnvelope means that an envelope is damaged, of an unknown version,
	// or too large. An altered envelope may also give [ErrMismatch]: what was
	// changed cannot be told from a wrong passphrase.
	ErrEnvelope = errors.New("damaged envelope")
	// ErrBinding means that a [Binding] has an empty or overlong field.
	ErrBinding = errors.New("incomplete binding")
	// ErrNoServiceWrap means that an envelope cannot be opened by the
	// service: it has no service wrap, or the [Sealer] no [ServiceWrapper].
	ErrNoServiceWrap = errors.New("no service wrap")
)

// MaxPayload is the largest content of an envelope in bytes, ample for a
// PKCS#8 key.
const MaxPayload = 64 << 10

// Binding says what an envelope is for. It is authenticated, not stored: to
// open an envelope the caller must name the same three, so one person's key
// cannot be put in place of another's. Each is 1 to 255 bytes.
type Binding struct {
	Owner   string // opaque id of the person
	KeyID   string
	Purpose string // such as "signing"
}

func (b Binding) bytes() ([]byte, error) {
	var out []byte
	for _, field := range []string{b.Owner, b.KeyID, b.Purpose} {
		if len(field) < 1 || len(field) > 255 {
			return nil, ErrBinding
		}
		out = append(out, byte(len(field)))
		out = append(out, field...)
	}
	return out, nil
}

// ServiceWrapper wraps data keys under a key of the service, held in an HSM or
// a KMS. Both methods must authenticate binding, and UnwrapKey must fail for
// any other.
type ServiceWrapper interface {
	WrapKey(ctx context.Context, dataKey, binding []byte) (wrapped []byte, err error)
	UnwrapKey(ctx context.Context, wrapped, binding []byte) (dataKey []byte, err error)
}

// SealerConfig configures a [Sealer].
type SealerConfig struct {
	// Params are the costs of new envelopes; zero means [DefaultParams].
	Params Params
	// Gate bounds concurrent derivations; nil means a gate of its own with
	// two places.
	Gate *Gate
	// Service, when set, wraps each data key a second time, so that
	// [Sealer.ResealByService] can set a new passphrase for the same
	// content. Nil means that a forgotten passphrase loses the content.
	Service ServiceWrapper
}

// Sealer keeps key material under a passphrase. A random data key seals the
// content with AES-256-GCM; the data key is wrapped with AES-256-GCM under
// Argon2id of the passphrase. Every byte of an envelope and its [Binding] are
// authenticated.
type Sealer struct {
	params  Params
	gate    *Gate
	service ServiceWrapper
}

// NewSealer returns a Sealer, or [ErrParams].
func NewSealer(cfg SealerConfig) (*Sealer, error) {
	params, err := cfg.Params.orDefault()
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	if cfg.Gate == nil {
		cfg.Gate = NewGate(0)
	}
	return &Sealer{params: params, gate: cfg.Gate, service: cfg.Service}, nil
}

// Seal returns an envelope with content, at most [MaxPayload] bytes, under s.
// It fails with [ErrEmpty], [ErrTooLong], [ErrBinding], [ErrEnvelope] for
// content too large, an error of the service, or the context's error. Whether s
// is good enough is [Policy.Check]'s question, to be asked before.
func (s *Sealer) Seal(ctx context.Context, secret Secret, b Binding, content []byte) ([]byte, error) {
	binding, err := b.bytes()
	if err != nil {
		return nil, fmt.Errorf("passphrase: seal: %w", err)
	}
	sealed, err := s.seal(ctx, secret, binding, content)
	if err != nil {
		return nil, fmt.Errorf("passphrase: seal: %w", err)
	}
	return sealed, nil
}

// Open returns the content of an envelope that was sealed under s for b. The
// caller should clear it after use. It fails with [ErrMismatch] for a wrong
// passphrase or binding, [ErrEnvelope], [ErrParams] for costs above the ceiling
// (refused before any work), or the context's error.
func (s *Sealer) Open(ctx context.Context, secret Secret, b Binding, sealed []byte) ([]byte, error) {
	_, content, err := s.open(ctx, secret, b, sealed)
	if err != nil {
		return nil, fmt.Errorf("passphrase: open: %w", err)
	}
	return content, nil
}

// Reseal returns a new envelope with the same content under another passphrase,
// with a fresh data key and the Sealer's own parameters. It fails as
// [Sealer.Open] and [Sealer.Seal] do.
func (s *Sealer) Reseal(ctx context.Context, old, changed Secret, b Binding, sealed []byte) ([]byte, error) {
	binding, content, err := s.open(ctx, old, b, sealed)
	if err != nil {
		return nil, fmt.Errorf("passphrase: reseal: %w", err)
	}
	defer clear(content)
	out, err := s.seal(ctx, changed, binding, content)
	if err != nil {
		return nil, fmt.Errorf("passphrase: reseal: %w", err)
	}
	return out, nil
}

// ResealByService does what [Sealer.Reseal] does without the old passphrase,
// through the service's wrap. It is for a completed reset alone: call it inside
// a consumed token and write an audit record. It fails with [ErrNoServiceWrap],
// [ErrEnvelope], an error of the service, or as Seal does.
func (s *Sealer) ResealByService(ctx context.Context, changed Secret, b Binding, sealed []byte) ([]byte, error) {
	out, err := s.resealByService(ctx, changed, b, sealed)
	if err != nil {
		return nil, fmt.Errorf("passphrase: reseal by service: %w", err)
	}
	return out, nil
}

func (s *Sealer) resealByService(ctx context.Context, changed Secret, b Binding, sealed []byte) ([]byte, error) {
	binding, err := b.bytes()
	if err != nil {
		return nil, err
	}
	e, err := parseEnvelope(sealed)
	if err != nil {
		return nil, err
	}
	if s.service == nil || len(e.service) == 0 {
		return nil, ErrNoServiceWrap
	}
	dataKey, err := s.service.UnwrapKey(ctx, e.service, serviceBinding(binding))
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	defer clear(dataKey)
	content, err := e.content(dataKey, binding)
	if err != nil {
		return nil, err
	}
	defer clear(content)
	return s.seal(ctx, changed, binding, content)
}

// NeedsReseal reports whether an envelope was made with weaker parameters than
// Seal uses now, or differs in having a service wrap. It fails with
// [ErrEnvelope] or [ErrParams].
func (s *Sealer) NeedsReseal(sealed []byte) (bool, error) {
	e, err := parseEnvelope(sealed)
	if err != nil {
		return false, fmt.Errorf("passphrase: %w", err)
	}
	return e.params.weakerThan(s.params) || (len(e.service) > 0) != (s.service != nil), nil
}

func (s *Sealer) seal(ctx context.Context, secret Secret, binding, content []byte) ([]byte, error) {
	if len(content) > MaxPayload {
		return nil, fmt.Errorf("%w: content of %d bytes", ErrEnvelope, len(content))
	}
	dataKey := make([]byte, keySize)
	_, _ = rand.Read(dataKey)
	defer clear(dataKey)

	e := envelope{params: s.params, salt: make([]byte, saltSize)}
	_, _ = rand.Read(e.salt)
	kek, err := derive(ctx, s.gate, secret, e.params, e.salt, keySize)
	if err != nil {
		return nil, err
	}
	defer clear(kek)
	e.wrap = gcm(kek).Seal(nil, nil, dataKey, slices.Concat(e.head(), binding))
	if s.service != nil {
		if e.service, err = s.service.WrapKey(ctx, dataKey, serviceBinding(binding)); err != nil {
			return nil, fmt.Errorf("service: %w", err)
		}
		if len(e.service) == 0 || len(e.service) > maxServiceWrap {
			return nil, fmt.Errorf("service: wrapped key of %d bytes", len(e.service))
		}
	}
	return gcm(dataKey).Seal(e.prefix(), nil, content, slices.Concat(e.prefix(), binding)), nil
}

func (s *Sealer) open(ctx context.Context, secret Secret, b Binding, sealed []byte) (binding, content []byte, err error) {
	if binding, err = b.bytes(); err != nil {
		return nil, nil, err
	}
	e, err := parseEnvelope(sealed)
	if err != nil {
		return nil, nil, err
	}
	kek, err := derive(ctx, s.gate, secret, e.params, e.salt, keySize)
	if errors.Is(err, ErrEmpty) || errors.Is(err, ErrTooLong) {
		err = ErrMismatch
	}
	if err != nil {
		return nil, nil, err
	}
	defer clear(kek)
	dataKey, err := gcm(kek).Open(nil, nil, e.wrap, slices.Concat(e.head(), binding))
	if err != nil {
		return nil, nil, ErrMismatch
	}
	defer clear(dataKey)
	content, err = e.content(dataKey, binding)
	return binding, content, err
}

// The layout of an envelope. All numbers are big-endian.
//
//	magic 8 | version 1 | passes 4 | KiB 4 | lanes 1 | salt 16    head
//	wrapped data key 60 | length 2 | service-wrapped data key     prefix
//	nonce 12, sealed content and tag
const (
	magic          = "SERTELK\x00"
	version        = 1
	keySize        = 32
	gcmOverhead    = 12 + 16
	wrapSize       = keySize + gcmOverhead
	headSize       = len(magic) + 1 + 4 + 4 + 1 + saltSize
	maxServiceWrap = 4096
)

type envelope struct {
	params  Params
	salt    []byte
	wrap    []byte
	service []byte
	sealed  []byte
}

func (e envelope) head() []byte {
	out := append([]byte(magic), version)
	out = binary.BigEndian.AppendUint32(out, e.params.Time)
	out = binary.BigEndian.AppendUint32(out, e.params.Memory)
	out = append(out, e.params.Parallelism)
	return append(out, e.salt...)
}

func (e envelope) prefix() []byte {
	out := append(e.head(), e.wrap...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(e.service)))
	return append(out, e.service...)
}

func (e envelope) content(dataKey, binding []byte) ([]byte, error) {
	if len(dataKey) != keySize {
		return nil, ErrEnvelope
	}
	content, err := gcm(dataKey).Open(nil, nil, e.sealed, slices.Concat(e.prefix(), binding))
	if err != nil {
		return nil, ErrEnvelope
	}
	return content, nil
}

func parseEnvelope(b []byte) (envelope, error) {
	if len(b) < headSize+wrapSize+2+gcmOverhead ||
		len(b) > headSize+wrapSize+2+maxServiceWrap+gcmOverhead+MaxPayload {
		return envelope{}, fmt.Errorf("%w: %d bytes", ErrEnvelope, len(b))
	}
	if !bytes.HasPrefix(b, []byte(magic)) {
		return envelope{}, fmt.Errorf("%w: not an envelope", ErrEnvelope)
	}
	if b[len(magic)] != version {
		return envelope{}, fmt.Errorf("%w: version %d", ErrEnvelope, b[len(magic)])
	}
	var e envelope
	costs := b[len(magic)+1 : headSize-saltSize]
	e.params = Params{
		Time:        binary.BigEndian.Uint32(costs),
		Memory:      binary.BigEndian.Uint32(costs[4:]),
		Parallelism: costs[8],
	}
	if err := e.params.checkCeiling(); err != nil {
		return envelope{}, err
	}
	e.salt = b[headSize-saltSize : headSize]
	rest := b[headSize:]
	e.wrap, rest = rest[:wrapSize], rest[wrapSize:]
	n := int(binary.BigEndian.Uint16(rest))
	if rest = rest[2:]; n > maxServiceWrap || n > len(rest)-gcmOverhead {
		return envelope{}, fmt.Errorf("%w: service wrap of %d bytes", ErrEnvelope, n)
	}
	e.service, e.sealed = rest[:n], rest[n:]
	return e, nil
}

// serviceBinding keeps the service's wraps apart from other uses of its key.
func serviceBinding(binding []byte) []byte {
	return append([]byte(magic+"service"), binding...)
}

// gcm returns AES-256-GCM with a random nonce written before the ciphertext.
// Each key seals once, so nonces cannot repeat.
func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("passphrase: " + err.Error())
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("passphrase: " + err.Error())
	}
	return aead
}
