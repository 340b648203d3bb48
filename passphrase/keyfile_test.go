package passphrase_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// Whoever logs what came out of a PKCS#12 file shows no private key, of any kind.
func TestKeyFilePrintsNoKey(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	scalar, err := e.Bytes()
	require.NoError(t, err)
	_, d, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		key     crypto.Signer
		secrets []string
	}{
		"RSA":     {r, []string{r.D.String(), r.Primes[0].String(), string(r.D.Bytes())}},
		"ECDSA":   {e, []string{string(scalar), new(big.Int).SetBytes(scalar).String()}},
		"Ed25519": {d, []string{string(d.Seed())}},
	} {
		t.Run(name, func(t *testing.T) {
			f := keyFile(t, c.key)
			leaktest.Hides(t, leaktest.Printed(f, &f, []passphrase.KeyFile{f}, struct{ F passphrase.KeyFile }{f}), c.secrets...)
		})
	}
}
