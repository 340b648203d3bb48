package mockbsre_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

func TestHSM(t *testing.T) {
	ctx, vault := t.Context(), mockbsre.NewHSM()
	person := certificate.GeneratePersonID()
	factor := certificate.Factor{Passphrase: secret}
	key, err := vault.Generate(ctx, person, "key-1", factor)
	require.NoError(t, err)
	_, err = vault.Generate(ctx, person, "key-1", factor)
	assert.ErrorIs(t, err, certificate.ErrKeyExists)

	digest := sha256.Sum256([]byte("letter"))
	_, err = key.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	require.NoError(t, key.Close())
	_, err = key.Sign(rand.Reader, digest[:], crypto.SHA256)
	assert.Error(t, err, "closed")

	code := certificate.Factor{OneTimeCode: passphrase.FromString("123456")}
	for name, c := range map[string]struct {
		id   certificate.KeyID
		f    certificate.Factor
		want error
	}{
		"right":           {"key-1", factor, nil},
		"wrong":           {"key-1", certificate.Factor{Passphrase: other}, certificate.ErrWrongFactor},
		"none":            {"key-1", certificate.Factor{}, certificate.ErrWrongFactor},
		"a one-time code": {"key-1", code, certificate.ErrFactorUnsupported},
		"another key":     {"key-2", factor, certificate.ErrKeyNotFound},
	} {
		_, err := vault.Unlock(ctx, c.id, c.f)
		assert.ErrorIs(t, err, c.want, name)
	}
	_, err = vault.Generate(ctx, person, "key-3", certificate.Factor{})
	assert.ErrorIs(t, err, passphrase.ErrEmpty)
	_, err = vault.Generate(ctx, person, "key-3", code)
	assert.ErrorIs(t, err, certificate.ErrFactorUnsupported)
	assert.ErrorIs(t, vault.Reset(ctx, certificate.ResetGrant{}, factor), certificate.ErrResetUnsupported,
		"only the registrar has a grant")

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = vault.Unlock(cancelled, "key-1", factor)
	assert.ErrorIs(t, err, context.Canceled)
	require.NoError(t, vault.Destroy(ctx, "key-1"))
	require.NoError(t, vault.Destroy(ctx, "key-1"))
	_, err = vault.Unlock(ctx, "key-1", factor)
	assert.ErrorIs(t, err, certificate.ErrKeyNotFound)
}
