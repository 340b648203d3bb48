package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Hash is a SHA-256 or an HMAC-SHA-256. As text it is 64 digits of hexadecimal in lower case.
type Hash [sha256.Size]byte

var errHash = errors.New("audit: not 64 digits of hexadecimal")

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote. Anything else is an error, which does not repeat
// it.
func (h *Hash) UnmarshalText(text []byte) error {
	var read Hash
	if len(text) != hex.EncodedLen(len(read)) {
		return errHash
	}
	if _, err := hex.Decode(read[:], text); err != nil {
		return errHash // the cause may quote what is stored
	}
	*h = read
	return nil
}

// Position is a place in a chain: the number of an entry and its hash. The zero value is before
// the first entry.
type Position struct {
	Seq  uint64 `json:"seq"`
	Hash Hash   `json:"hash"`
}

// Entry is a record in its place. Seq begins with 1 and has no gaps.
type Entry struct {
	Seq uint64 `json:"seq"`
	Record
	Prev Hash   `json:"prev"`          // hash of the entry before; zeros for the first
	Hash Hash   `json:"hash"`          // over the content and Prev
	Key  string `json:"key,omitempty"` // id of the sealing key; empty when there is no seal
	Seal Hash   `json:"seal,omitzero"` // HMAC over Hash
}

// Position returns the entry's number and hash.
func (e Entry) Position() Position { return Position{e.Seq, e.Hash} }

// digest is the SHA-256 over everything of the entry but Hash, Key and Seal. Each text comes
// after its length, so that no two entries have the same bytes.
func (e Entry) digest(chain string) Hash {
	b := []byte("sertel audit v1\x00")
	text := func(s string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	text(chain)
	b = binary.BigEndian.AppendUint64(b, e.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	for _, s := range []string{e.Source, e.Action, e.Result, e.Subject, e.Actor, e.Serial, string(e.Detail)} {
		text(s)
	}
	return sha256.Sum256(append(b, e.Prev[:]...))
}
