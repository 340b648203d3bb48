package tsa

import "crypto"

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
