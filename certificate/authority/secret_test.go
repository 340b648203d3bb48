package authority_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
)

// Keys appear in nothing that prints a configuration or an authority.
func TestKeysAreNotPrinted(t *testing.T) {
	key := newKey(t)
	pair := authority.KeyPair{Signer: key}
	cfg := fakeNames(authority.Config{Root: &pair, Issuing: []authority.KeyPair{pair}})
	cfg.Issuing = nil
	a := newAuthority(t, cfg)
	var out bytes.Buffer
	for _, v := range []any{pair, &pair, []authority.KeyPair{pair}, cfg, &cfg, a} {
		fmt.Fprintf(&out, "%v %+v %#v %s %d %x\n", v, v, v, v, v, v)
		if text, err := json.Marshal(v); err == nil {
			out.Write(text)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	assertNoKey(t, out.String(), key)
}

func assertNoKey(t *testing.T, text string, key *ecdsa.PrivateKey) {
	t.Helper()
	secret, err := key.Bytes()
	require.NoError(t, err)
	for _, form := range []string{
		string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret), fmt.Sprint(secret), new(big.Int).SetBytes(secret).String(),
	} {
		assert.NotContains(t, text, form)
	}
}
