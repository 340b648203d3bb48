package passphrase_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
)

var (
	letter = sha256.Sum256([]byte("letter"))
	annex  = sha256.Sum256([]byte("annex"))
)

func TestHandoff(t *testing.T) {
	ctx := t.Context()
	h := passphrase.NewHandoff(passphrase.HandoffConfig{})
	given := passphrase.FromString(typed)
	handle, err := h.Put(ctx, given, passphrase.Grant{Signer: "person-1", Digests: [][32]byte{letter, annex}})
	require.NoError(t, err)
	given.Destroy()

	parsed, err := passphrase.ParseHandle(handle.Token())
	require.NoError(t, err)
	secret, signer, err := h.Take(ctx, parsed, letter)
	require.NoError(t, err)
	assert.Equal(t, typed, string(secret.Reveal()), "a copy of its own")
	assert.Equal(t, "person-1", signer)

	_, _, err = h.Take(ctx, handle, letter)
	assert.ErrorIs(t, err, passphrase.ErrNotGranted, "each document once")
	_, _, err = h.Take(ctx, handle, sha256.Sum256([]byte("another")))
	assert.ErrorIs(t, err, passphrase.ErrNotGranted)

	secret.Destroy()
	_, _, err = h.Take(ctx, handle, annex)
	require.NoError(t, err, "the worker's copy is its own")
	_, _, err = h.Take(ctx, handle, annex)
	assert.ErrorIs(t, err, passphrase.ErrHandle, "used up")
	assert.Zero(t, h.Waiting())
}

func TestHandoffLimits(t *testing.T) {
	ctx, clock := t.Context(), newClock()
	h := passphrase.NewHandoff(passphrase.HandoffConfig{Max: 2, Now: clock.Now})
	secret := passphrase.FromString(typed)
	grant := passphrase.Grant{Signer: "person-1", Digests: [][32]byte{letter, annex}, MaxUses: 1}

	once, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	_, _, err = h.Take(ctx, once, letter)
	require.NoError(t, err)
	_, _, err = h.Take(ctx, once, annex)
	assert.ErrorIs(t, err, passphrase.ErrHandle, "MaxUses below the number of documents")

	expiring, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	clock.Advance(5*time.Minute - 1)
	second, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	_, err = h.Put(ctx, secret, grant)
	assert.ErrorIs(t, err, passphrase.ErrHandoffFull)
	clock.Advance(1)
	_, _, err = h.Take(ctx, expiring, letter)
	assert.ErrorIs(t, err, passphrase.ErrHandle, "five minutes")
	clock.Advance(-time.Minute)
	_, _, err = h.Take(ctx, expiring, letter)
	assert.ErrorIs(t, err, passphrase.ErrHandle, "a clock that goes back revives nothing")

	h.Revoke(second)
	_, _, err = h.Take(ctx, second, letter)
	assert.ErrorIs(t, err, passphrase.ErrHandle)
	third, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	h.Close()
	_, _, err = h.Take(ctx, third, letter)
	assert.ErrorIs(t, err, passphrase.ErrHandle)
}

func TestHandoffRefuses(t *testing.T) {
	ctx := t.Context()
	h := passphrase.NewHandoff(passphrase.HandoffConfig{})
	secret := passphrase.FromString(typed)
	good := passphrase.Grant{Signer: "person-1", Digests: [][32]byte{letter}}
	for name, change := range map[string]func(*passphrase.Grant){
		"no signer":           func(g *passphrase.Grant) { g.Signer = "" },
		"no documents":        func(g *passphrase.Grant) { g.Digests = nil },
		"a digest of nothing": func(g *passphrase.Grant) { g.Digests = append(g.Digests[:1:1], [32]byte{}) },
		"1,001 documents":     func(g *passphrase.Grant) { g.Digests = make([][32]byte, 1001) },
		"16 minutes":          func(g *passphrase.Grant) { g.TTL = 16 * time.Minute },
		"a negative life":     func(g *passphrase.Grant) { g.TTL = -1 },
		"a negative count":    func(g *passphrase.Grant) { g.MaxUses = -1 },
	} {
		grant := good
		change(&grant)
		_, err := h.Put(ctx, secret, grant)
		assert.ErrorIs(t, err, passphrase.ErrGrant, name)
	}
	_, err := h.Put(ctx, passphrase.Secret{}, good)
	assert.ErrorIs(t, err, passphrase.ErrEmpty)
	_, _, err = h.Take(ctx, passphrase.Handle{}, letter)
	assert.ErrorIs(t, err, passphrase.ErrHandle)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = h.Put(cancelled, secret, good)
	assert.ErrorIs(t, err, context.Canceled)
	_, _, err = h.Take(cancelled, passphrase.Handle{}, letter)
	assert.ErrorIs(t, err, context.Canceled)

	handle, err := h.Put(ctx, secret, good)
	require.NoError(t, err)
	token := handle.Token()
	for name, bad := range map[string]string{
		"empty": "", "short": token[1:], "long": token + "A", "padded": token + "=",
		"line break": token[:20] + "\n" + token[20:], "other alphabet": "+" + token[1:],
	} {
		_, err := passphrase.ParseHandle(bad)
		assert.ErrorIs(t, err, passphrase.ErrHandle, name)
	}
}

func TestHandlePrintsNowhere(t *testing.T) {
	h := passphrase.NewHandoff(passphrase.HandoffConfig{})
	handle, err := h.Put(t.Context(), passphrase.FromString(typed), passphrase.Grant{Signer: "p", Digests: [][32]byte{letter}})
	require.NoError(t, err)
	nested := struct{ h passphrase.Handle }{handle}
	assert.Equal(t, "[handle]", handle.String())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, value := range []any{handle, &handle, nested, h} {
			out := fmt.Sprintf(verb, value)
			assert.NotContains(t, out, handle.Token())
			assertHidden(t, verb, []byte(out))
		}
	}
	out, err := json.Marshal(handle)
	require.NoError(t, err)
	assert.JSONEq(t, `"[handle]"`, string(out))
}

// Nobody comes for the secret and nobody calls again: it goes by itself.
func TestHandoffSweepsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := passphrase.NewHandoff(passphrase.HandoffConfig{})
		_, err := h.Put(t.Context(), passphrase.FromString(typed),
			passphrase.Grant{Signer: "p", Digests: [][32]byte{letter}, TTL: time.Minute})
		require.NoError(t, err)
		time.Sleep(time.Minute - time.Nanosecond) //nolint:forbidigo // the bubble's clock, no real wait
		synctest.Wait()
		assert.Equal(t, 1, h.Waiting())
		time.Sleep(time.Nanosecond) //nolint:forbidigo // the bubble's clock, no real wait
		synctest.Wait()
		assert.Zero(t, h.Waiting())
	})
}

func TestHandoffTakenOnceByMany(t *testing.T) {
	ctx := t.Context()
	h := passphrase.NewHandoff(passphrase.HandoffConfig{})
	handle, err := h.Put(ctx, passphrase.FromString(typed), passphrase.Grant{Signer: "p", Digests: [][32]byte{letter}})
	require.NoError(t, err)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			if _, _, err := h.Take(ctx, handle, letter); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, won.Load())
}

func FuzzParseHandle(f *testing.F) {
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("____________________________________________")
	f.Fuzz(func(t *testing.T, token string) {
		handle, err := passphrase.ParseHandle(token)
		if err != nil {
			require.Empty(t, handle.Token())
			return
		}
		require.Equal(t, token, handle.Token())
	})
}
