package cms

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Cut takes the one DER value at the start of a buffer, such as the Contents
// of a signature dictionary, and returns it and what follows. The rest of a
// Contents is padding and must be zero; see [IsPadding].
func Cut(padded []byte) (der, rest []byte, err error) {
	s := cryptobyte.String(padded)
	var element cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1Element(&element, &tag) {
		return nil, nil, fmt.Errorf("%w: no complete DER value", ErrMalformed)
	}
	return element, s, nil
}

// IsPadding reports whether the bytes are all zero, as the unused room of a
// Contents is.
func IsPadding(rest []byte) bool {
	for _, b := range rest {
		if b != 0 {
			return false
		}
	}
	return true
}
