package authority_test

import (
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// Keys appear in nothing that prints a configuration or an authority.
func TestKeysAreNotPrinted(t *testing.T) {
	key := newKey(t)
	pair := authority.KeyPair{Signer: key}
	cfg := fakeNames(authority.Config{Root: &pair, Issuing: []authority.KeyPair{pair}})
	cfg.Issuing = nil
	a := newAuthority(t, cfg)
	assertNoKey(t, leaktest.Printed(pair, &pair, []authority.KeyPair{pair}, cfg, &cfg, a), key)
}

func assertNoKey(t *testing.T, text string, key *ecdsa.PrivateKey) {
	t.Helper()
	secret, err := key.Bytes()
	require.NoError(t, err)
	leaktest.Hides(t, text, string(secret), new(big.Int).SetBytes(secret).String())
}
