package tsa_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
	"github.com/sertel-id/sertel/signing/tsa"
)

// Whoever prints, logs or marshals any type of the package shows neither the login of the client
// nor the key of the responder.
func TestNoTypePrintsASecret(t *testing.T) {
	const password = "Sandi-TSA-71"
	f := newFixture(t, authority.ECDSAP256)
	client := f.clientConfig("http://tsa.contoh.example/")
	client.Username, client.Password = "instansi", passphrase.FromString(password)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	private, err := f.signer.(*ecdsa.PrivateKey).Bytes()
	require.NoError(t, err)
	config := f.responderConfig(t)
	responder, err := tsa.NewResponder(config)
	require.NoError(t, err)
	secrets := []string{password, string(private), key.D.String(), key.Primes[0].String()}
	values := map[string]any{
		"ClientConfig":    client,
		"Client":          newClient(t, client),
		"ResponderConfig": []any{config, tsa.ResponderConfig{Signer: key}},
		"Responder":       responder,
		"Token":           tsa.Token{},
		"VerifyOptions":   tsa.VerifyOptions{Hash: crypto.SHA256},
		"RejectedError":   tsa.RejectedError{},
	}
	for typ, v := range values {
		t.Run(typ, func(t *testing.T) {
			leaktest.Hides(t, leaktest.Printed(v), secrets...)
		})
	}
	for _, verb := range []string{"%v", "%#v", "%d"} {
		assert.Equal(t, "tsa.Client", fmt.Sprintf(verb, values["Client"]), "requests under way change what it holds")
	}
	names, err := leaktest.Structs(".")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, typ := range names {
		assert.Contains(t, values, typ, "a new type: print it here")
	}
}
