package passphrase_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sertel-id/sertel/passphrase"
)

// Every way in which the package fails, with a passphrase, key material and
// personal data at hand: none of it may be found in what comes out.
func TestErrorsHoldNothingSecret(t *testing.T) {
	const nik, account = "3371994203850901", "account-3371994203850901"
	ctx, key := t.Context(), pkcs8(t)
	secret, long := passphrase.FromString(typed), passphrase.FromString(strings.Repeat(typed, 60))
	broken := passphrase.FromString(typed + "\xff")
	hasher, sealer := newHasher(t, passphrase.FastParams()), newSealer(t, nil)
	hash, err := hasher.Hash(ctx, secret)
	require.NoError(t, err)
	sealed, err := sealer.Seal(ctx, secret, binding, key)
	require.NoError(t, err)
	damaged := append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1)
	f, file := cheapFile(t, pkcs12.Modern2023, typed)
	limiter := passphrase.NewLimiter(passphrase.LimiterConfig{Free: 1})
	_, err = limiter.Reserve(ctx, account)
	require.NoError(t, err)
	handoff := passphrase.NewHandoff(passphrase.HandoffConfig{})
	handle, err := handoff.Put(ctx, secret, passphrase.Grant{Signer: nik, Digests: [][32]byte{letter}})
	require.NoError(t, err)
	policy := passphrase.StrictPolicy()
	policy.Upper, policy.Digit, policy.Symbol = true, true, true

	failures := map[string]error{}
	fails := func(name string, err error) { require.Error(t, err, name); failures[name] = err }
	fails("policy, personal", policy.Check(secret, typed, nik))
	fails("policy, long", policy.Check(long))
	fails("policy, encoding", policy.Check(broken))
	_, err = hasher.Hash(ctx, long)
	fails("hash, long", err)
	_, err = hasher.Verify(ctx, hash, passphrase.FromString(typed+"x"))
	fails("verify, wrong", err)
	_, err = hasher.Verify(ctx, hash[:40], secret)
	fails("verify, malformed", err)
	_, err = sealer.Open(ctx, passphrase.FromString(typed+"x"), binding, sealed)
	fails("open, wrong", err)
	_, err = sealer.Open(ctx, secret, binding, damaged)
	fails("open, damaged", err)
	_, err = sealer.Open(ctx, secret, passphrase.Binding{Owner: nik, KeyID: "k", Purpose: "p"}, sealed)
	fails("open, another person", err)
	_, err = sealer.Seal(ctx, secret, passphrase.Binding{Owner: nik}, key)
	fails("seal, binding", err)
	_, err = sealer.ResealByService(ctx, secret, binding, sealed)
	fails("reseal", err)
	_, err = passphrase.ImportPKCS12(file, passphrase.FromString(typed+"x"))
	fails("import, wrong", err)
	_, err = passphrase.ImportPKCS12(file[:len(file)-9], secret)
	fails("import, cut", err)
	_, err = passphrase.ExportPKCS12(broken, f)
	fails("export, encoding", err)
	_, err = passphrase.ExportPKCS12(secret, passphrase.KeyFile{Key: f.Key})
	fails("export, no certificate", err)
	_, err = limiter.Reserve(ctx, account)
	fails("limiter", err)
	_, err = limiter.Reserve(ctx, strings.Repeat(account, 10))
	fails("limiter, key", err)
	_, _, err = handoff.Take(ctx, handle, annex)
	fails("handoff, document", err)
	_, err = passphrase.ParseHandle(handle.Token() + "x")
	fails("handle", err)

	hidden := [][]byte{[]byte(typed), []byte(nik), key, key[len(key)-32:], []byte(handle.Token())}
	for name, err := range failures {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Error("m", "error", err)
		slog.New(slog.NewJSONHandler(&log, nil)).Error("m", "error", err)
		data, _ := json.Marshal(err)
		outs := fmt.Sprintf("%v\n%+v\n%#v\n%q\n%s%s", err, err, err, err, data, log.Bytes())
		for _, h := range hidden {
			for _, form := range []string{
				string(h), hex.EncodeToString(h), strings.ToUpper(hex.EncodeToString(h)),
				base64.RawStdEncoding.EncodeToString(h), base64.RawURLEncoding.EncodeToString(h), fmt.Sprint(h),
			} {
				assert.NotContains(t, outs, form, name)
			}
		}
	}
}
