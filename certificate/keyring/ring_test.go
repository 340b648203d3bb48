package keyring_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/keyring"
)

func key(t testing.TB, id string) keyring.Key {
	secret := sha256.Sum256([]byte(id))
	k, err := keyring.NewKey(id, secret[:])
	require.NoError(t, err)
	return k
}

func ring(t testing.TB, current string, older ...string) *keyring.Ring {
	var keys []keyring.Key
	for _, id := range older {
		keys = append(keys, key(t, id))
	}
	r, err := keyring.New(key(t, current), keys...)
	require.NoError(t, err)
	return r
}

func TestKeysRefused(t *testing.T) {
	good := bytes.Repeat([]byte{1}, keyring.KeySize)
	for _, c := range []struct {
		name, id string
		secret   []byte
	}{
		{"no id", "", good},
		{"id too long", strings.Repeat("a", 65), good},
		{"id with a space", "a b", good},
		{"id not of ASCII", "é", good},
		{"short", "a", good[1:]},
		{"long", "a", append([]byte{1}, good...)},
		{"never filled in", "a", make([]byte, keyring.KeySize)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := keyring.NewKey(c.id, c.secret)
			require.ErrorIs(t, err, keyring.ErrKey)
		})
	}
	_, err := keyring.New(keyring.Key{})
	require.ErrorIs(t, err, keyring.ErrKey, "the zero value")
	_, err = keyring.New(key(t, "a"), key(t, "b"), key(t, "a"))
	require.ErrorIs(t, err, keyring.ErrKey, "two of one id")
	many := make([]keyring.Key, keyring.MaxKeys)
	for i := range many {
		many[i] = key(t, fmt.Sprint("k", i))
	}
	_, err = keyring.New(key(t, "a"), many...)
	require.ErrorIs(t, err, keyring.ErrKey, "too many")
}

func TestKeysAreCopied(t *testing.T) {
	secret := bytes.Repeat([]byte{1}, keyring.KeySize)
	k, err := keyring.NewKey("a", secret)
	require.NoError(t, err)
	r, err := keyring.New(k)
	require.NoError(t, err)
	sealed, err := r.Seal("test", nil, []byte("text"))
	require.NoError(t, err)
	clear(secret)
	plain, err := r.Open("test", nil, sealed)
	require.NoError(t, err)
	assert.Equal(t, "text", string(plain))
}

func TestSeal(t *testing.T) {
	r := ring(t, "a", "b")
	plain := []byte("3371994101850001 Budi Contoh")
	sealed, err := r.Seal("record", []byte("id 1"), plain)
	require.NoError(t, err)
	again, err := r.Seal("record", []byte("id 1"), plain)
	require.NoError(t, err)
	assert.NotEqual(t, sealed, again, "a nonce of its own")
	assert.NotContains(t, string(sealed), "Budi")
	got, err := r.Open("record", []byte("id 1"), sealed)
	require.NoError(t, err)
	assert.Equal(t, plain, got)

	for _, c := range []struct {
		name, purpose, additional string
	}{{"another row", "record", "id 2"}, {"another purpose", "handoff", "id 1"}, {"no row", "record", ""}} {
		_, err := r.Open(c.purpose, []byte(c.additional), sealed)
		require.ErrorIs(t, err, keyring.ErrSealed, c.name)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		_, err := r.Open("record", []byte("id 1"), changed)
		require.Error(t, err, "byte %d", i)
		_, err = r.Open("record", []byte("id 1"), sealed[:i])
		require.ErrorIs(t, err, keyring.ErrSealed, "cut off at %d", i)
	}
	_, err = r.Open("record", []byte("id 1"), append(bytes.Clone(sealed), 0))
	require.ErrorIs(t, err, keyring.ErrSealed)
	empty, err := r.Seal("record", nil, nil)
	require.NoError(t, err)
	got, err = r.Open("record", nil, empty)
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestRotation(t *testing.T) {
	before, during, after := ring(t, "a"), ring(t, "b", "a"), ring(t, "b")
	old, err := before.Seal("record", nil, []byte("text"))
	require.NoError(t, err)
	plain, err := during.Open("record", nil, old)
	require.NoError(t, err)
	assert.Equal(t, "text", string(plain))
	outdated, err := during.Outdated(old)
	require.NoError(t, err)
	assert.True(t, outdated)
	fresh, err := during.Seal("record", nil, plain)
	require.NoError(t, err)
	outdated, err = during.Outdated(fresh)
	require.NoError(t, err)
	assert.False(t, outdated)
	_, err = after.Open("record", nil, fresh)
	require.NoError(t, err)
	_, err = after.Open("record", nil, old)
	require.ErrorIs(t, err, keyring.ErrUnknownKey)
	_, err = during.Outdated([]byte("foreign"))
	require.ErrorIs(t, err, keyring.ErrSealed)
	assert.Equal(t, []string{"b", "a"}, during.IDs())
	assert.Equal(t, "b", during.Current())
}

func TestMAC(t *testing.T) {
	r := ring(t, "a", "b")
	seen := map[[sha256.Size]byte]bool{}
	for _, c := range []struct{ id, purpose, data string }{
		{"a", "one", "x"}, {"b", "one", "x"}, {"a", "two", "x"}, {"a", "one", "y"},
	} {
		sum, err := r.MAC(c.id, c.purpose, []byte(c.data))
		require.NoError(t, err)
		assert.False(t, seen[sum], "%v", c)
		seen[sum] = true
		again, err := ring(t, c.id).MAC(c.id, c.purpose, []byte(c.data))
		require.NoError(t, err)
		assert.Equal(t, sum, again)
	}
	_, err := r.MAC("c", "one", nil)
	require.ErrorIs(t, err, keyring.ErrUnknownKey)
}

func TestSecretsDoNotPrint(t *testing.T) {
	secret := []byte("0123456789abcdefGHIJKLMNOPQRSTUV")
	k, err := keyring.NewKey("name", secret)
	require.NoError(t, err)
	r, err := keyring.New(k)
	require.NoError(t, err)
	blob, err := json.Marshal(map[string]any{"k": k, "nested": struct{ K keyring.Key }{k}})
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", k, "ring", r)
	for _, v := range []any{k, &k, r, []keyring.Key{k}, struct{ k keyring.Key }{k}} {
		fmt.Fprintf(&log, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
	}
	for _, needle := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), strings.Trim(fmt.Sprint(secret), "[]")} {
		assert.NotContains(t, log.String()+string(blob), needle)
	}
	assert.Contains(t, log.String(), "key name")
}

func FuzzOpen(f *testing.F) {
	r := ring(f, "a", "b")
	good, err := r.Seal("test", []byte("x"), []byte("text"))
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte{1, 1, 'a'})
	f.Add([]byte{1, 255})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := r.Open("test", []byte("x"), sealed)
		if err == nil && string(plain) != "text" {
			t.Fatal("a value nobody sealed was opened")
		}
		if err != nil && !errors.Is(err, keyring.ErrSealed) && !errors.Is(err, keyring.ErrUnknownKey) {
			t.Fatalf("untyped error %v", err)
		}
	})
}
