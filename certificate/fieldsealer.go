package certificate

import (
	"crypto/sha256"
	"fmt"

	"github.com/sertel-id/sertel/certificate/keyring"
)

// FieldSealerConfig configures a [FieldSealer]. Both rings are required; they may be one. Losing
// the keys loses the people; keep them apart from the database and its backups.
type FieldSealerConfig struct {
	// Records seals records. To rotate, put a new key first; each record is sealed with it at its
	// next Update, and [FieldSealer.Outdated] finds the ones left.
	Records *keyring.Ring
	// Index makes the keyed hashes of look-ups. To rotate, put a new key first and update every
	// person; then drop the former. In between a look-up is stored under each key, so that it is
	// found and stays unique for nodes that have only the former.
	Index *keyring.Ring
}

// FieldSealer protects what a [Store] keeps of a person: the record is sealed with AES-256-GCM,
// look-ups become HMAC-SHA-256 hashes, so that the database alone tells no number, name or
// address (UU 27/2022 art. 35 and 39). What a store needs beside them in plain form, such as the
// end of the certificate, is not personal without the rest. It is safe for concurrent use.
type FieldSealer struct{ cfg FieldSealerConfig }

// Purposes of derived keys.
const (
	recordPurpose = "certificate record"
	indexPurpose  = "certificate look-up"
)

// NewFieldSealer checks the configuration. Errors match [ErrConfig].
func NewFieldSealer(cfg FieldSealerConfig) (*FieldSealer, error) {
	if cfg.Records == nil || cfg.Index == nil {
		return nil, fmt.Errorf("%w: FieldSealer needs Records and Index", ErrConfig)
	}
	return &FieldSealer{cfg}, nil
}

// SealRecord seals what [Record.MarshalBinary] wrote. It can be opened under the same person's id
// alone. The zero id is [ErrPersonID]; other errors are the key ring's.
func (s *FieldSealer) SealRecord(id PersonID, data []byte) ([]byte, error) {
	if id.IsZero() {
		return nil, ErrPersonID
	}
	sealed, err := s.cfg.Records.Seal(recordPurpose, []byte(id.String()), data)
	if err != nil {
		return nil, fmt.Errorf("certificate: seal record: %w", err)
	}
	return sealed, nil
}

// OpenRecord returns what was sealed. Errors match [ErrRecord], and [keyring.ErrUnknownKey] when
// the key is not in the ring.
func (s *FieldSealer) OpenRecord(id PersonID, sealed []byte) ([]byte, error) {
	data, err := s.cfg.Records.Open(recordPurpose, []byte(id.String()), sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return data, nil
}

// Outdated reports whether a record was sealed with a former key. Errors match [ErrRecord].
func (s *FieldSealer) Outdated(sealed []byte) (bool, error) {
	outdated, err := s.cfg.Records.Outdated(sealed)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return outdated, nil
}

// IndexHashes returns the keyed hash of a look-up under each key of the ring, the current one
// first. A store keeps all of them, each unique, and finds a person by any. Errors are the key
// ring's.
func (s *FieldSealer) IndexHashes(key Index) ([][sha256.Size]byte, error) {
	data := []byte(string(key.Kind()) + "\x00" + key.Value())
	var hashes [][sha256.Size]byte
	for _, id := range s.cfg.Index.IDs() {
		h, err := s.cfg.Index.MAC(id, indexPurpose, data)
		if err != nil {
			return nil, fmt.Errorf("certificate: look-up: %w", err)
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}
