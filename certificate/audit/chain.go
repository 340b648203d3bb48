package audit

import (
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/keyring"
)

// ErrConfig is returned by [NewChain] for a configuration that cannot work.
var ErrConfig = errors.New("audit: configuration")

// Config configures a [Chain].
type Config struct {
	// Name is hashed into every entry, so that no entry of one chain passes for another's: 1 to
	// 100 bytes, required.
	Name string
	// Keys seal new entries, with the current key, and check old ones. Keep them where who
	// writes the database cannot read them. Nil means no seals: then whoever can write the
	// whole database can make up a chain that checks.
	Keys *keyring.Ring
	// UnsealedThrough is the number of the last entry that was written before there were keys.
	// Zero means that with Keys every entry must be sealed.
	UnsealedThrough uint64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Chain makes entries and checks them. It holds no entries: a [Log] does. It is immutable and
// safe for concurrent use.
type Chain struct{ cfg Config }

// NewChain checks the configuration. Errors match [ErrConfig].
func NewChain(cfg Config) (*Chain, error) {
	if len(cfg.Name) < 1 || len(cfg.Name) > 100 {
		return nil, fmt.Errorf("%w: Name is required, at most 100 bytes", ErrConfig)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Chain{cfg}, nil
}

// Name returns the chain's name.
func (c *Chain) Name() string { return c.cfg.Name }

// Purposes of keyed hashes.
const entryPurpose = "audit entry"

// Link returns the entry that follows prev with the record in canonical form. A [Log] stores it
// if prev is still its head. Errors match [ErrRecord].
//
// The hash is SHA-256 over "sertel audit v1" and a zero byte, the chain's name, Seq, At in
// microseconds since 1970, Source, Action, Result, Subject, Actor, Serial, Detail and Prev;
// numbers as 64 bits and texts after their length as 32 bits, big-endian. The seal is HMAC-SHA-256
// over the hash with a key derived from the ring's current key.
func (c *Chain) Link(prev Position, r Record) (Entry, error) {
	r, err := r.Canonical()
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Seq: prev.Seq + 1, Record: r, Prev: prev.Hash}
	e.Hash = e.digest(c.cfg.Name)
	e.Key, e.Seal, err = c.seal(entryPurpose, e.Hash[:])
	return e, err
}

// LinkAll returns the entries that follow prev, in the order of the records. Errors are those of
// [Chain.Link].
func (c *Chain) LinkAll(prev Position, records []Record) ([]Entry, error) {
	entries := make([]Entry, 0, len(records))
	for i, r := range records {
		e, err := c.Link(prev, r)
		if err != nil {
			return nil, fmt.Errorf("record %d of %d: %w", i+1, len(records), err)
		}
		entries, prev = append(entries, e), e.Position()
	}
	return entries, nil
}

// seal returns nothing when there are no keys.
func (c *Chain) seal(purpose string, data []byte) (key string, seal Hash, err error) {
	if c.cfg.Keys == nil {
		return "", Hash{}, nil
	}
	key = c.cfg.Keys.Current()
	seal, err = c.cfg.Keys.MAC(key, purpose, data)
	return key, seal, err
}

// sealState is what can be said of a seal.
type sealState uint8

const (
	sealGood      sealState = iota
	sealAbsent              // none, and none is required there
	sealUnchecked           // there, and this chain has no keys
)

// checkSeal judges the seal of the entry or checkpoint with number seq.
func (c *Chain) checkSeal(purpose string, data []byte, seq uint64, key string, seal Hash) (sealState, Problem) {
	switch {
	case key == "" && seal != Hash{}:
		return 0, ProblemSeal
	case key == "" && (c.cfg.Keys == nil || c.cfg.UnsealedThrough > 0 && seq <= c.cfg.UnsealedThrough):
		return sealAbsent, 0
	case key == "":
		return 0, ProblemUnsealed
	case c.cfg.Keys == nil:
		return sealUnchecked, 0
	}
	want, err := c.cfg.Keys.MAC(key, purpose, data)
	if errors.Is(err, keyring.ErrUnknownKey) {
		return 0, ProblemUnknownKey
	}
	if err != nil || !hmac.Equal(want[:], seal[:]) {
		return 0, ProblemSeal
	}
	return sealGood, 0
}

// CheckpointKind says what a [Checkpoint] marks.
type CheckpointKind string

// The kinds. A seal of one does not pass for the other.
const (
	Anchor CheckpointKind = "anchor" // the last entry that was purged: the chain begins after it
	Head   CheckpointKind = "head"   // the last entry there was at the time
)

// Checkpoint is a position to be kept: the anchor in the log, heads somewhere else.
type Checkpoint struct {
	Chain string         `json:"chain"`
	Kind  CheckpointKind `json:"kind"`
	Position
	At   time.Time `json:"at"`            // when it was made, in UTC and microseconds
	Key  string    `json:"key,omitempty"` // id of the sealing key; empty when there is no seal
	Seal Hash      `json:"seal,omitzero"`
}

// Checkpoint marks a position now. Errors are those of the key ring.
func (c *Chain) Checkpoint(kind CheckpointKind, p Position) (Checkpoint, error) {
	cp := Checkpoint{Chain: c.cfg.Name, Kind: kind, Position: p, At: c.cfg.Now().UTC().Truncate(time.Microsecond)}
	var err error
	cp.Key, cp.Seal, err = c.seal(cp.purpose(), cp.bytes())
	return cp, err
}

func (cp Checkpoint) purpose() string { return "audit " + string(cp.Kind) }

func (cp Checkpoint) bytes() []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(cp.Chain)))
	b = append(b, cp.Chain...)
	b = binary.BigEndian.AppendUint64(b, cp.Seq)
	b = append(b, cp.Hash[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(cp.At.UnixMicro()))
}

// CheckCheckpoint returns a [*BrokenError] for a checkpoint of another chain or kind, or with a
// seal that is missing or wrong. Before the first purge there is nothing to seal in an anchor:
// its position is zero.
func (c *Chain) CheckCheckpoint(kind CheckpointKind, cp Checkpoint) error {
	problem := Problem(0)
	switch {
	case cp.Chain != c.cfg.Name || cp.Kind != kind:
		problem = ProblemForeign
	case cp.Seq == 0 && cp.Hash != Hash{}:
		problem = ProblemChanged
	case cp.Seq == 0 && kind == Anchor:
	default:
		_, problem = c.checkSeal(cp.purpose(), cp.bytes(), cp.Seq, cp.Key, cp.Seal)
	}
	if problem != 0 {
		return &BrokenError{Chain: c.cfg.Name, Seq: cp.Seq, Problem: problem}
	}
	return nil
}
