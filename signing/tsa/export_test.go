package tsa

import (
	"crypto"
	"math/big"
)

// ParseResponse is parseResponse.
var ParseResponse = parseResponse

// Imprint returns the imprint of a request.
func Imprint(der []byte) ([]byte, crypto.Hash) {
	r, err := parseRequest(der)
	if err != nil {
		return nil, 0
	}
	return r.digest, r.hash
}

// NewRequest makes a request that asks for the certificates.
func NewRequest(hash crypto.Hash, digest []byte, nonce *big.Int) ([]byte, error) {
	return request{hash: hash, digest: digest, nonce: nonce, certReq: true}.marshal()
}
