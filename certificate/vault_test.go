package certificate_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	mathrand "math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func newVault(t require.TestingT, algorithm certificate.KeyAlgorithm) (*certificate.SealedVault, *certificate.MemoryKeyStore) {
	keys := certificate.NewMemoryKeyStore()
	v, err := certificate.NewSealedVault(certificate.SealedVaultConfig{Keys: keys, Sealer: fastSealer(t, nil), Algorithm: algorithm})
	require.NoError(t, err)
	return v, keys
}

func TestSealedVault(t *testing.T) {
	ctx := t.Context()
	v, keys := newVault(t, certificate.ECDSAP256)
	person := certificate.GeneratePersonID()
	made, err := v.Generate(ctx, person, "KEY", factor(firstPhrase))
	require.NoError(t, err)
	_, err = v.Generate(ctx, person, "KEY", factor(secondPhrase))
	require.ErrorIs(t, err, certificate.ErrKeyExists)
	_, err = v.Generate(ctx, certificate.PersonID{}, "KEY2", factor(firstPhrase))
	require.Error(t, err)

	key, err := v.Unlock(ctx, "KEY", factor(firstPhrase))
	require.NoError(t, err)
	assert.True(t, key.Public().(*ecdsa.PublicKey).Equal(made.Public()))
	digest := sha256.Sum256([]byte("surat"))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.NoError(t, err)
	assert.True(t, ecdsa.VerifyASN1(key.Public().(*ecdsa.PublicKey), digest[:], signature))

	require.NoError(t, key.Close())
	require.NoError(t, key.Close(), "twice is no error")
	_, err = key.Sign(rand.Reader, digest[:], crypto.SHA256)
	require.ErrorIs(t, err, certificate.ErrKeyClosed)
	assert.NotNil(t, key.Public())

	_, err = v.Unlock(ctx, "KEY", factor(secondPhrase))
	require.ErrorIs(t, err, certificate.ErrWrongFactor)
	_, err = v.Unlock(ctx, "KEY", certificate.Factor{})
	require.ErrorIs(t, err, certificate.ErrWrongFactor)
	_, err = v.Unlock(ctx, "KEY", certificate.Factor{Passphrase: secret(firstPhrase), OneTimeCode: secret("123456")})
	require.ErrorIs(t, err, certificate.ErrFactorUnsupported)
	_, err = v.Unlock(ctx, "OTHER", factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrKeyNotFound)

	sealed, err := keys.Get(ctx, "KEY")
	require.NoError(t, err)
	require.NoError(t, v.Destroy(ctx, "KEY"))
	require.NoError(t, v.Destroy(ctx, "KEY"))
	_, err = v.Unlock(ctx, "KEY", factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrKeyNotFound)

	stolen := sealed
	stolen.Person = certificate.GeneratePersonID()
	require.NoError(t, keys.Put(ctx, "STOLEN", stolen))
	_, err = v.Unlock(ctx, "STOLEN", factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrWrongFactor, "a key is bound to its owner")
}

func TestVaultMakesRSA(t *testing.T) {
	v, _ := newVault(t, certificate.RSA2048)
	key, err := v.Generate(t.Context(), certificate.GeneratePersonID(), "KEY", factor(firstPhrase))
	require.NoError(t, err)
	assert.Equal(t, 2048, key.Public().(*rsa.PublicKey).N.BitLen())
	_, err = certificate.NewSealedVault(certificate.SealedVaultConfig{Algorithm: 99})
	require.ErrorIs(t, err, certificate.ErrConfig)
	_, err = certificate.NewSealedVault(certificate.SealedVaultConfig{ServiceReset: true})
	require.ErrorIs(t, err, certificate.ErrConfig)
}

func TestUnlockObeysTheContext(t *testing.T) {
	v, _ := newVault(t, certificate.ECDSAP256)
	_, err := v.Generate(t.Context(), certificate.GeneratePersonID(), "KEY", factor(firstPhrase))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = v.Unlock(ctx, "KEY", factor(firstPhrase))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, certificate.ErrWrongFactor, "who gave up waiting did not guess")
}

func TestTamperedKeysLookLikeAWrongPassphrase(t *testing.T) {
	ctx := t.Context()
	v, keys := newVault(t, certificate.ECDSAP256)
	_, err := v.Generate(ctx, certificate.GeneratePersonID(), "KEY", factor(firstPhrase))
	require.NoError(t, err)
	good, err := keys.Get(ctx, "KEY")
	require.NoError(t, err)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	for i := range 500 {
		bad := good
		bad.Sealed = bytes.Clone(good.Sealed)
		switch at := random.IntN(len(bad.Sealed)); i % 4 {
		case 0:
			bad.Sealed = bad.Sealed[:at]
		case 1:
			bad.Sealed = append(bad.Sealed, byte(at))
		default:
			bad.Sealed[at] ^= byte(1 + random.IntN(255))
		}
		id := certificate.KeyID(fmt.Sprint("BAD", i))
		require.NoError(t, keys.Put(ctx, id, bad))
		_, err := v.Unlock(ctx, id, factor(firstPhrase))
		require.ErrorIs(t, err, certificate.ErrWrongFactor)
		assert.Equal(t, certificate.ErrWrongFactor.Error(), err.Error())
	}
}

func TestNothingAtRestOpensAKey(t *testing.T) {
	ctx := t.Context()
	v, keys := newVault(t, certificate.ECDSAP256)
	made, err := v.Generate(ctx, certificate.GeneratePersonID(), "KEY", factor(firstPhrase))
	require.NoError(t, err)
	sealed, err := keys.Get(ctx, "KEY")
	require.NoError(t, err)
	der, err := fastSealer(t, nil).Open(ctx, secret(firstPhrase),
		passphrase.Binding{Owner: sealed.Person.String(), KeyID: "KEY", Purpose: "signing"}, sealed.Sealed)
	require.NoError(t, err)
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	require.NoError(t, err)
	private := parsed.(*ecdsa.PrivateKey)
	scalar, err := private.Bytes()
	require.NoError(t, err)
	for name, blob := range map[string]string{
		"the key store": string(sealed.Sealed), "the open key": fmt.Sprintf("%v %+v %#v %x", made, made, made, made),
		"the record of it": fmt.Sprintf("%+v", sealed),
	} {
		t.Log(name)
		leaktest.Hides(t, blob, string(scalar), firstPhrase)
	}
}

func BenchmarkUnlock(b *testing.B) {
	v, err := certificate.NewSealedVault(certificate.SealedVaultConfig{}) // the parameters in use
	require.NoError(b, err)
	_, err = v.Generate(b.Context(), certificate.GeneratePersonID(), "KEY", factor(firstPhrase))
	require.NoError(b, err)
	for b.Loop() {
		key, err := v.Unlock(b.Context(), "KEY", factor(firstPhrase))
		if err != nil {
			b.Fatal(err)
		}
		key.Close()
	}
}
