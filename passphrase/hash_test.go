package passphrase_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/sertel-id/sertel/passphrase"
)

// atOnce tells what is refused from what is worked out, which would take minutes and more; a busy
// machine may pause for seconds. Of what lies just above a limit, ten million iterations of
// PBKDF2, the work takes seconds too, and the error alone tells.
const atOnce = 10 * time.Second

func newHasher(t testing.TB, p passphrase.Params) *passphrase.Hasher {
	h, err := passphrase.NewHasher(passphrase.HasherConfig{Params: p})
	require.NoError(t, err)
	return h
}

func TestHash(t *testing.T) {
	ctx := t.Context()
	h := newHasher(t, passphrase.FastParams())
	hash, err := h.Hash(ctx, passphrase.FromString(typed))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=8,t=1,p=1$"), hash)
	assert.NotContains(t, hash, typed)

	needs, err := h.Verify(ctx, hash, passphrase.FromString(typed))
	require.NoError(t, err)
	assert.False(t, needs)

	for name, wrong := range map[string]passphrase.Secret{
		"another": passphrase.FromString("kuda"), "empty": {},
		"longer": passphrase.FromString(typed + " "), "huge": passphrase.New(make([]byte, 1<<20)),
	} {
		_, err = h.Verify(ctx, hash, wrong)
		assert.ErrorIs(t, err, passphrase.ErrMismatch, name)
		assert.NotContains(t, err.Error(), hash)
	}

	other, err := h.Hash(ctx, passphrase.FromString(typed))
	require.NoError(t, err)
	assert.NotEqual(t, hash, other, "a fresh salt each time")

	_, err = h.Hash(ctx, passphrase.Secret{})
	assert.ErrorIs(t, err, passphrase.ErrEmpty)
	_, err = h.Hash(ctx, passphrase.New(make([]byte, passphrase.MaxBytes+1)))
	assert.ErrorIs(t, err, passphrase.ErrTooLong)
}

func TestVerifyAbsent(t *testing.T) {
	h := newHasher(t, passphrase.FastParams())
	for name, s := range map[string]passphrase.Secret{"any": passphrase.FromString(typed), "none": {}} {
		err := h.VerifyAbsent(t.Context(), s)
		assert.EqualError(t, err, "passphrase: verify: passphrase does not match", name)
		assert.ErrorIs(t, err, passphrase.ErrMismatch, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, h.VerifyAbsent(ctx, passphrase.FromString(typed)), context.Canceled)
}

func TestHashIsNotNormalised(t *testing.T) {
	h := newHasher(t, passphrase.FastParams())
	hash, err := h.Hash(t.Context(), passphrase.FromString("caf\u00e9"))
	require.NoError(t, err)
	_, err = h.Verify(t.Context(), hash, passphrase.FromString("cafe\u0301"))
	assert.ErrorIs(t, err, passphrase.ErrMismatch, "bytes go as typed")
}

// The tag must be what RFC 9106 gives for the same input, so that other
// programs can check it: this string was written by the reference
// implementation's command line for "password" and "somesalt".
func TestVerifyForeign(t *testing.T) {
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := newHasher(t, passphrase.Params{})
	needs, err := h.Verify(t.Context(), reference, passphrase.FromString("password"))
	require.NoError(t, err)
	assert.True(t, needs, "two passes, one lane and eight bytes of salt are weaker")
}

func TestRehashAdvice(t *testing.T) {
	ctx, secret := t.Context(), passphrase.FromString(typed)
	hash, err := newHasher(t, passphrase.FastParams()).Hash(ctx, secret)
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		now  passphrase.Params
		want bool
	}{
		{"same", passphrase.FastParams(), false},
		{"more memory", passphrase.Params{Time: 1, Memory: 16, Parallelism: 1, InsecureFast: true}, true},
		{"more passes", passphrase.Params{Time: 2, Memory: 8, Parallelism: 1, InsecureFast: true}, true},
		{"other lanes", passphrase.Params{Time: 1, Memory: 16, Parallelism: 2, InsecureFast: true}, true},
	} {
		needs, err := newHasher(t, c.now).Verify(ctx, hash, secret)
		require.NoError(t, err, c.name)
		assert.Equal(t, c.want, needs, c.name)
	}
}

func TestParamsBounds(t *testing.T) {
	for _, c := range []struct {
		name string
		p    passphrase.Params
		ok   bool
	}{
		{"zero is the default", passphrase.Params{}, true},
		{"the floor", passphrase.Params{Time: 2, Memory: 19 << 10, Parallelism: 1}, true},
		{"one pass", passphrase.Params{Time: 1, Memory: 64 << 10, Parallelism: 4}, false},
		{"below 19 MiB", passphrase.Params{Time: 3, Memory: 19<<10 - 1, Parallelism: 1}, false},
		{"the fast ones without their name", passphrase.Params{Time: 1, Memory: 8, Parallelism: 1}, false},
		{"no lane", passphrase.Params{Time: 2, Memory: 19 << 10}, false},
		{"less than 8 KiB a lane", passphrase.Params{Time: 1, Memory: 15, Parallelism: 2, InsecureFast: true}, false},
		{"above 128 MiB", passphrase.Params{Time: 2, Memory: 128<<10 + 1, Parallelism: 1}, false},
		{"above 1 GiB in all", passphrase.Params{Time: 9, Memory: 128 << 10, Parallelism: 1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := passphrase.NewHasher(passphrase.HasherConfig{Params: c.p})
			_, errSealer := passphrase.NewSealer(passphrase.SealerConfig{Params: c.p})
			if c.ok {
				assert.NoError(t, err)
				assert.NoError(t, errSealer)
				return
			}
			assert.ErrorIs(t, err, passphrase.ErrParams)
			assert.ErrorIs(t, errSealer, passphrase.ErrParams)
		})
	}
}

func TestVerifyRefusesMalformed(t *testing.T) {
	const salt, tag = "c29tZXNhbHRzb21lc2FsdA", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	h := newHasher(t, passphrase.FastParams())
	for _, c := range []struct {
		name, hash string
		want       error
	}{
		{"empty", "", passphrase.ErrHash},
		{"bcrypt", "$2a$10$abcdefghijklmnopqrstuv", passphrase.ErrHash},
		{"argon2i", "$argon2i$v=19$m=8,t=1,p=1$" + salt + "$" + tag, passphrase.ErrHash},
		{"version 16", "$argon2id$v=16$m=8,t=1,p=1$" + salt + "$" + tag, passphrase.ErrHash},
		{"other order", "$argon2id$v=19$t=1,m=8,p=1$" + salt + "$" + tag, passphrase.ErrHash},
		{"leading zero", "$argon2id$v=19$m=08,t=1,p=1$" + salt + "$" + tag, passphrase.ErrHash},
		{"a sign", "$argon2id$v=19$m=+8,t=1,p=1$" + salt + "$" + tag, passphrase.ErrHash},
		{"line break in the salt", "$argon2id$v=19$m=8,t=1,p=1$c29t\nZXNhbHRzb21lc2FsdA$" + tag, passphrase.ErrHash},
		{"padded", "$argon2id$v=19$m=8,t=1,p=1$" + salt + "==$" + tag, passphrase.ErrHash},
		{"short salt", "$argon2id$v=19$m=8,t=1,p=1$c29tZQ$" + tag, passphrase.ErrHash},
		{"short tag", "$argon2id$v=19$m=8,t=1,p=1$" + salt + "$c29tZQ", passphrase.ErrHash},
		{"trailing part", "$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + tag + "$", passphrase.ErrHash},
		{"very long", "$argon2id$" + strings.Repeat("v", 1<<20), passphrase.ErrHash},
		{"4 TiB", "$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + tag, passphrase.ErrParams},
		{"four billion passes", "$argon2id$v=19$m=8,t=4294967295,p=1$" + salt + "$" + tag, passphrase.ErrParams},
		{"no memory", "$argon2id$v=19$m=0,t=1,p=1$" + salt + "$" + tag, passphrase.ErrParams},
		{"no lanes", "$argon2id$v=19$m=8,t=1,p=0$" + salt + "$" + tag, passphrase.ErrParams},
		{"256 lanes", "$argon2id$v=19$m=8,t=1,p=256$" + salt + "$" + tag, passphrase.ErrHash},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, err := h.Verify(t.Context(), c.hash, passphrase.FromString(typed))
			assert.ErrorIs(t, err, c.want)
			assert.Less(t, time.Since(start), atOnce, "refused before any work")
			if len(c.hash) > 0 {
				assert.NotContains(t, err.Error(), c.hash)
			}
		})
	}
}

func TestHashObeysContext(t *testing.T) {
	gate := passphrase.NewGate(1)
	h, err := passphrase.NewHasher(passphrase.HasherConfig{Params: passphrase.FastParams(), Gate: gate})
	require.NoError(t, err)
	busy, release := make(chan struct{}), make(chan struct{})
	go func() { _ = gate.Do(context.Background(), func() { close(busy); <-release }) }()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { _, err := h.Hash(ctx, passphrase.FromString(typed)); result <- err }()
	cancel()
	assert.ErrorIs(t, <-result, context.Canceled)
	close(release)
	_, err = h.Hash(ctx, passphrase.FromString(typed))
	assert.ErrorIs(t, err, context.Canceled, "a finished context gets no slot")
	_, err = h.Hash(t.Context(), passphrase.FromString(typed))
	assert.NoError(t, err)
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Fuzz(func(t *testing.T, hash string) {
		again, err := passphrase.ReformatPHC(hash)
		if err != nil {
			require.Empty(t, again)
			return
		}
		require.Equal(t, hash, again, "one spelling only")
	})
}

func BenchmarkHash(b *testing.B) {
	for name, p := range map[string]passphrase.Params{
		"default": {}, "floor": {Time: 2, Memory: 19 << 10, Parallelism: 1},
	} {
		b.Run(name, func(b *testing.B) {
			h := newHasher(b, p)
			for b.Loop() {
				_, _ = h.Hash(b.Context(), passphrase.FromString(typed))
			}
		})
	}
	b.Run("bare argon2id, default", func(b *testing.B) {
		for b.Loop() {
			argon2.IDKey([]byte(typed), make([]byte, 16), 3, 64<<10, 4, 32)
		}
	})
}

// An account that does not exist must take as long as one that does.
func BenchmarkVerify(b *testing.B) {
	h := newHasher(b, passphrase.Params{})
	hash, err := h.Hash(b.Context(), old)
	require.NoError(b, err)
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			_, _ = h.Verify(b.Context(), hash, changed)
		}
	})
	b.Run("unknown", func(b *testing.B) {
		for b.Loop() {
			_ = h.VerifyAbsent(b.Context(), changed)
		}
	})
}
