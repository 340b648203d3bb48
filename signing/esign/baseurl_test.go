package esign_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

func withBase(address string) error {
	_, err := esign.New(esign.Config{BaseURL: address, Username: appUser, Password: passphrase.FromString(appPass)})
	return err
}

func TestBaseURLThatGoesTooFar(t *testing.T) {
	for name, path := range map[string]string{
		"as the manual heads its pages": "/api", "with a slash": "/api/", "a version": "/api/v2", "an endpoint of version 1": "/api/sign/pdf",
		"an endpoint of version 2": "/api/v2/sign/pdf", "a seal's": "/api/v2/seal/get/totp", "large letters": "/API/v2/",
		"behind a proxy": "/esign/api/v2", "escaped": "/%61pi",
	} {
		err := withBase("https://kotacontoh.example" + path)
		require.ErrorIs(t, err, esign.ErrConfig, name)
		assert.ErrorContains(t, err, `leave out "/api" and what follows it`, name)
		assert.NotContains(t, err.Error(), "kotacontoh", "the address is not repeated: %s", name)
	}
	for name, path := range map[string]string{
		"none": "", "a slash": "/", "a proxy's prefix": "/esign", "a gateway below api": "/api/esign", "a name that ends like it": "/esign-api",
		"a gateway's version": "/api/v2/esign", "a gateway's own group": "/api/sign",
	} {
		assert.NoError(t, withBase("https://kotacontoh.example"+path), name)
	}
}
