package signing

import (
	"encoding/hex"
	"errors"
)

var errDigest = errors.New("signing: not a SHA-256 in hexadecimal")

// digestText is empty for zeros: they are the digest of nothing.
func digestText(sum [32]byte) string {
	if sum == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(sum[:])
}

// parseDigest reads what digestText wrote.
func parseDigest(text string) (sum [32]byte, err error) {
	if text == "" {
		return sum, nil
	}
	return digestFromHex(text)
}

// digestFromHex reads a digest that must be there.
func digestFromHex(text string) (sum [32]byte, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(sum) {
		return sum, errDigest
	}
	return [32]byte(b), nil
}
