package verify

import (
	"errors"
	"slices"
)

// PDF asks for DER (ISO 32000-2 section 12.8.3.3), but some signers, poppler
// with NSS among them, write the outer layers of the message in BER with
// indefinite lengths (ITU-T X.690 section 8.1.3.6). definite rewrites those,
// and only those: what a signature covers is DER in such messages too, and
// stays as it is.

const maxBERDepth = 32

var errBER = errors.New("neither DER nor BER")

// isIndefinite reports a constructed value of indefinite length.
func isIndefinite(data []byte) bool { return len(data) > 2 && data[0]&0x20 != 0 && data[1] == 0x80 }

// definite takes one value of indefinite length off the front of data and
// returns it with definite lengths, and what follows it.
func definite(data []byte) (value, rest []byte, err error) {
	if len(data) > maxContentsSize {
		return nil, nil, errBER
	}
	return berValue(data, 0)
}

func berValue(data []byte, depth int) (value, rest []byte, err error) {
	if depth > maxBERDepth || len(data) < 2 || data[0]&0x1f == 0x1f {
		return nil, nil, errBER
	}
	if !isIndefinite(data) {
		return berDefinite(data)
	}
	tag, body := data[0], data[2:]
	var content []byte
	for !endOfContents(body) {
		var part []byte
		if part, body, err = berValue(body, depth+1); err != nil {
			return nil, nil, err
		}
		content = append(content, part...)
	}
	return encodeValue(tag, content), body[2:], nil
}

// berDefinite takes a value of definite length as it stands.
func berDefinite(data []byte) (value, rest []byte, err error) {
	n, head := int(data[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		if size > 4 || len(data) < 2+size {
			return nil, nil, errBER
		}
		n = 0
		for _, b := range data[2 : 2+size] {
			n = n<<8 | int(b)
		}
		head += size
	}
	if n > len(data)-head {
		return nil, nil, errBER
	}
	return data[: head+n : head+n], data[head+n:], nil
}

func endOfContents(data []byte) bool { return len(data) >= 2 && data[0] == 0 && data[1] == 0 }

// encodeValue writes a value; a string in pieces becomes one (X.690 section
// 8.7.3.2).
func encodeValue(tag byte, content []byte) []byte {
	if tag == 0x24 {
		if whole, ok := joinPieces(content); ok {
			tag, content = 0x04, whole
		}
	}
	length := []byte{byte(len(content))}
	if len(content) >= 0x80 {
		length = nil
		for n := len(content); n > 0; n >>= 8 {
			length = append(length, byte(n))
		}
		slices.Reverse(length)
		length = append([]byte{0x80 | byte(len(length))}, length...)
	}
	return slices.Concat([]byte{tag}, length, content)
}

func joinPieces(content []byte) (whole []byte, ok bool) {
	for len(content) > 0 {
		if content[0] != 0x04 || len(content) < 2 {
			return nil, false
		}
		piece, rest, err := berDefinite(content)
		if err != nil {
			return nil, false
		}
		head := 2
		if piece[1] >= 0x80 {
			head += int(piece[1] & 0x7f)
		}
		whole, content = append(whole, piece[head:]...), rest
	}
	return whole, true
}
