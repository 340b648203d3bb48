package passphrase

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

var (
	// ErrHandle means that a handle is unknown, used up or expired; which of
	// them is not told.
	ErrHandle = errors.New("unknown or expired handle")
	// ErrNotGranted means that a digest is not among those granted, or was
	// taken before.
	ErrNotGranted = errors.New("document not granted")
	// ErrGrant means that a [Grant] is incomplete or too wide.
	ErrGrant = errors.New("bad grant")
	// ErrHandoffFull means that too many secrets wait at the same time.
	ErrHandoffFull = errors.New("handoff full")
)

// Grant says what a handed-over passphrase may be used for.
type Grant struct {
	// Signer is the opaque id of the person, returned with the secret.
	Signer string
	// Digests are the SHA-256 sums of the documents that the person approved,
	// 1 to 1,000. Each can be taken once. One of zeros is refused: it is the
	// sum of nothing, but of a mistake.
	Digests [][sha256.Size]byte
	// MaxUses is the number of takes; zero means one for each digest.
	MaxUses int
	// TTL is the life of the handle; zero means 5 minutes, the most is 15.
	TTL time.Duration
}

// Check returns the grant with MaxUses and TTL filled in where they are zero, or
// [ErrGrant]. [Handoff.Put] calls it, and so does a handoff that keeps secrets
// elsewhere.
func (g Grant) Check() (Grant, error) {
	if g.TTL == 0 {
		g.TTL = 5 * time.Minute
	}
	if g.MaxUses == 0 {
		g.MaxUses = len(g.Digests)
	}
	switch {
	case g.Signer == "", len(g.Digests) == 0, len(g.Digests) > 1000, slices.Contains(g.Digests, [sha256.Size]byte{}),
		g.MaxUses < 0, g.TTL < 0, g.TTL > 15*time.Minute:
		return Grant{}, ErrGrant
	}
	return g, nil
}

// Handle is the capability to take a secret: 256 random bits. It prints masked;
// [Handle.Token] is what goes into a job. The zero Handle is refused.
type Handle struct {
	id Secret
}

// Token returns the handle as 43 characters of base64url. Whoever has it can
// take the secret for the granted documents while it lives.
func (h Handle) Token() string { return base64.RawURLEncoding.EncodeToString(h.id.Reveal()) }

// key is what a secret is kept under.
func (h Handle) key() [sha256.Size]byte { return sha256.Sum256(h.id.Reveal()) }

// String returns a marker.
func (Handle) String() string { return "[handle]" }

// Format writes a marker for every verb.
func (Handle) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[handle]") }

// MarshalText returns a marker.
func (Handle) MarshalText() ([]byte, error) { return []byte("[handle]"), nil }

// ParseHandle reads what [Handle.Token] returned, or fails with [ErrHandle].
func ParseHandle(token string) (Handle, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 32 || len(token) != 43 {
		return Handle{}, fmt.Errorf("passphrase: %w", ErrHandle)
	}
	return Handle{New(raw)}, nil
}

// HandoffConfig configures a [Handoff].
type HandoffConfig struct {
	// Max is the number of secrets that may wait; zero means 10,000.
	Max int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Handoff carries a passphrase from the web request in which it was typed to
// the worker that signs, within one process, without writing it anywhere. Only
// the handle's hash is kept as the key.
type Handoff struct {
	cfg HandoffConfig

	mu      sync.Mutex
	waiting map[[sha256.Size]byte]*waiting
}

type waiting struct {
	secret  Secret
	signer  string
	left    map[[sha256.Size]byte]bool
	uses    int
	expires time.Time
	timer   *time.Timer
}

// NewHandoff returns an empty Handoff.
func NewHandoff(cfg HandoffConfig) *Handoff {
	if cfg.Max <= 0 {
		cfg.Max = 10_000
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Handoff{cfg: cfg, waiting: map[[sha256.Size]byte]*waiting{}}
}

// Put keeps a copy of the secret under grant and returns its handle. It fails
// with [ErrEmpty], [ErrGrant], [ErrHandoffFull] or the context's error.
func (h *Handoff) Put(ctx context.Context, secret Secret, grant Grant) (Handle, error) {
	if err := ctx.Err(); err != nil {
		return Handle{}, fmt.Errorf("passphrase: handoff: %w", err)
	}
	w, err := h.entry(secret, grant)
	if err != nil {
		return Handle{}, fmt.Errorf("passphrase: handoff: %w", err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	handle := Handle{New(id)}

	h.mu.Lock()
	defer h.mu.Unlock()
	h.sweep()
	if len(h.waiting) >= h.cfg.Max {
		w.secret.Destroy()
		return Handle{}, fmt.Errorf("passphrase: handoff: %w", ErrHandoffFull)
	}
	// The timer clears what nobody comes for, even when there are no more
	// calls.
	w.timer = time.AfterFunc(w.expires.Sub(h.cfg.Now()), h.Sweep)
	h.waiting[handle.key()] = w
	return handle, nil
}

func (h *Handoff) entry(secret Secret, grant Grant) (*waiting, error) {
	grant, err := grant.Check()
	if err != nil {
		return nil, err
	}
	left := make(map[[sha256.Size]byte]bool, len(grant.Digests))
	for _, d := range grant.Digests {
		left[d] = true
	}
	typed := secret.Reveal()
	defer clear(typed)
	if len(typed) == 0 {
		return nil, ErrEmpty
	}
	return &waiting{
		secret: New(typed), signer: grant.Signer, left: left, uses: grant.MaxUses,
		expires: h.cfg.Now().Add(grant.TTL),
	}, nil
}

// Take returns a copy of the secret and the signer it belongs to, for one
// granted document. The caller should destroy the copy after use. It fails with
// [ErrHandle], [ErrNotGranted] or the context's error.
func (h *Handoff) Take(ctx context.Context, handle Handle, digest [sha256.Size]byte) (secret Secret, signer string, err error) {
	if err := ctx.Err(); err != nil {
		return Secret{}, "", fmt.Errorf("passphrase: handoff: %w", err)
	}
	key := handle.key()

	h.mu.Lock()
	defer h.mu.Unlock()
	h.sweep()
	w, ok := h.waiting[key]
	if !ok {
		return Secret{}, "", fmt.Errorf("passphrase: handoff: %w", ErrHandle)
	}
	if !w.left[digest] {
		return Secret{}, "", fmt.Errorf("passphrase: handoff: %w", ErrNotGranted)
	}
	delete(w.left, digest)
	w.uses--
	typed := w.secret.Reveal()
	defer clear(typed)
	if w.uses == 0 || len(w.left) == 0 {
		h.drop(key, w)
	}
	return New(typed), w.signer, nil
}

// Revoke destroys the secret behind a handle, if it still waits.
func (h *Handoff) Revoke(handle Handle) {
	key := handle.key()
	h.mu.Lock()
	defer h.mu.Unlock()
	if w, ok := h.waiting[key]; ok {
		h.drop(key, w)
	}
}

// Sweep destroys the secrets whose time is over. It also happens by itself.
func (h *Handoff) Sweep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sweep()
}

// Close destroys all secrets that wait.
func (h *Handoff) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, w := range h.waiting {
		h.drop(key, w)
	}
}

func (h *Handoff) sweep() {
	now := h.cfg.Now()
	for key, w := range h.waiting {
		if !now.Before(w.expires) {
			h.drop(key, w)
		}
	}
}

func (h *Handoff) drop(key [sha256.Size]byte, w *waiting) {
	w.timer.Stop()
	w.secret.Destroy()
	delete(h.waiting, key)
}
