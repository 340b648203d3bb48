package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
	"github.com/sertel-id/sertel/passphrase"
)

// Handoff does what a [passphrase.Handoff] does between processes: the passphrase waits in the
// database, sealed with the program's key together with the grant. Whoever has the database alone
// reads neither, and cannot widen what was granted. The handle alone, which lies in the job's
// payload, opens nothing without the key.
//
// Its end is judged by the clock of the node that takes it.
type Handoff struct {
	db   *postgres.DB
	keys *keyring.Ring
	max  int
	now  func() time.Time
}

// Handoff returns the handoff, or [ErrConfig] without Config.Handoff.
func (d *Database) Handoff() (*Handoff, error) {
	if d.cfg.Handoff == nil {
		return nil, fmt.Errorf("%w: a handoff needs keys", ErrConfig)
	}
	return &Handoff{d.db, d.cfg.Handoff, d.cfg.MaxHandoffs, d.cfg.Now}, nil
}

const handoffPurpose = "passphrase handoff"

// Put keeps the secret under grant and returns its handle. Errors: passphrase.ErrEmpty,
// passphrase.ErrGrant, passphrase.ErrHandoffFull, those of the database.
func (h *Handoff) Put(ctx context.Context, secret passphrase.Secret, grant passphrase.Grant) (passphrase.Handle, error) {
	grant, err := grant.Check()
	if err != nil {
		return passphrase.Handle{}, fmt.Errorf("sqlstore: handoff: %w", err)
	}
	typed := secret.Reveal()
	defer clear(typed)
	if len(typed) == 0 {
		return passphrase.Handle{}, fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrEmpty)
	}
	handle, key, err := newHandle()
	if err != nil {
		return passphrase.Handle{}, err
	}
	expires := at(h.now().Add(grant.TTL))
	plain := packed{expires, min(grant.MaxUses, len(grant.Digests)), grant.Signer, grant.Digests, typed}.bytes()
	defer clear(plain)
	envelope, err := h.keys.Seal(handoffPurpose, key, plain)
	if err != nil {
		return passphrase.Handle{}, fmt.Errorf("sqlstore: handoff: %w", err)
	}
	err = h.db.Write(ctx, "put handoff", func(c *postgres.Conn) error {
		if err := h.sweep(ctx, c); err != nil {
			return err
		}
		var waiting int
		if _, err := c.Row(ctx, `SELECT count(*) FROM {schema}.handoff`, nil, &waiting); err != nil {
			return err
		}
		if waiting >= h.max {
			return fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrHandoffFull)
		}
		var xid string
		_, err := c.Row(ctx, `INSERT INTO {schema}.handoff (key, sealed, taken, expires) VALUES ($1, $2, 0, $3)
			RETURNING pg_current_xact_id()::text`, []any{key, envelope, expires}, &xid)
		c.Track(xid)
		return err
	})
	if err != nil {
		return passphrase.Handle{}, err
	}
	return handle, nil
}

// newHandle returns 256 random bits and the hash under which they are known.
func newHandle() (passphrase.Handle, []byte, error) {
	var id [32]byte
	rand.Read(id[:])
	handle, err := passphrase.ParseHandle(base64.RawURLEncoding.EncodeToString(id[:]))
	if err != nil {
		return handle, nil, fmt.Errorf("sqlstore: handoff: %w", err)
	}
	key := sha256.Sum256(id[:])
	return handle, key[:], nil
}

// keyOf returns the hash of a handle.
func keyOf(handle passphrase.Handle) ([]byte, error) {
	id, err := base64.RawURLEncoding.DecodeString(handle.Token())
	if err != nil || len(id) == 0 {
		return nil, fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrHandle)
	}
	key := sha256.Sum256(id)
	return key[:], nil
}

// Take returns the secret and the signer it belongs to, for one granted document. Of several who
// take it for the same document one gets it, on whatever node. Errors: passphrase.ErrHandle,
// passphrase.ErrNotGranted, keyring.ErrUnknownKey and keyring.ErrSealed for what this program
// cannot open, those of the database. After [ErrOutcomeUnknown] the document counts as taken.
func (h *Handoff) Take(ctx context.Context, handle passphrase.Handle, digest [sha256.Size]byte) (passphrase.Secret, string, error) {
	key, err := keyOf(handle)
	if err != nil {
		return passphrase.Secret{}, "", err
	}
	var p packed
	var plain []byte
	defer func() { clear(plain) }()
	expired := false
	err = h.db.Write(ctx, "take handoff", func(c *postgres.Conn) error {
		var envelope []byte
		var taken int
		found, err := c.Row(ctx, `SELECT sealed, taken FROM {schema}.handoff WHERE key = $1 FOR UPDATE`, []any{key}, &envelope, &taken)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrHandle)
		}
		clear(plain)
		if plain, err = h.keys.Open(handoffPurpose, key, envelope); err == nil {
			p, err = unpack(plain)
		}
		if err != nil {
			return fmt.Errorf("sqlstore: handoff: %w", err)
		}
		if expired = !h.now().Before(p.expires); expired {
			return drop(ctx, c, key) // so that a clock that goes back revives nothing
		}
		return p.take(ctx, c, key, taken, digest)
	})
	if err == nil && expired {
		err = fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrHandle)
	}
	if err != nil {
		return passphrase.Secret{}, "", err
	}
	return passphrase.New(p.secret), p.signer, nil
}

// take notes the document, and removes the row with the last one.
func (p packed) take(ctx context.Context, c *postgres.Conn, key []byte, taken int, digest [sha256.Size]byte) error {
	granted := map[[sha256.Size]byte]bool{}
	for _, d := range p.digests {
		granted[d] = true
	}
	fresh := int64(0)
	if granted[digest] {
		var err error
		if fresh, err = c.Exec(ctx, `INSERT INTO {schema}.handoff_taken (key, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			key, digest[:]); err != nil {
			return err
		}
	}
	if fresh == 0 {
		return fmt.Errorf("sqlstore: handoff: %w", passphrase.ErrNotGranted)
	}
	if taken++; taken >= p.uses || taken >= len(granted) {
		return drop(ctx, c, key)
	}
	var xid string
	_, err := c.Row(ctx, `UPDATE {schema}.handoff SET taken = $2 WHERE key = $1 RETURNING pg_current_xact_id()::text`,
		[]any{key, taken}, &xid)
	c.Track(xid)
	return err
}

func drop(ctx context.Context, c *postgres.Conn, key []byte) error {
	var xid string
	_, err := c.Row(ctx, `DELETE FROM {schema}.handoff WHERE key = $1 RETURNING pg_current_xact_id()::text`, []any{key}, &xid)
	c.Track(xid)
	return err
}

// Revoke removes the secret behind a handle, if it still waits. Errors are those of the database.
func (h *Handoff) Revoke(ctx context.Context, handle passphrase.Handle) error {
	key, err := keyOf(handle)
	if err != nil {
		return nil // nothing waits behind the zero handle
	}
	return h.db.Write(ctx, "revoke handoff", func(c *postgres.Conn) error { return drop(ctx, c, key) })
}

// Sweep removes what nobody came for. Put does it too; a service calls it every few minutes. Sealed
// bytes may rest in dead rows until a VACUUM, in the write-ahead log and in backups: keep the keys
// of a handoff apart from others and renew them often. Errors are those of the database.
func (h *Handoff) Sweep(ctx context.Context) error {
	return h.db.Read(ctx, "sweep handoffs", func(c *postgres.Conn) error { return h.sweep(ctx, c) })
}

func (h *Handoff) sweep(ctx context.Context, c *postgres.Conn) error {
	_, err := c.Exec(ctx, `DELETE FROM {schema}.handoff WHERE expires <= $1`, at(h.now()))
	return err
}

// packed is what is sealed.
type packed struct {
	expires time.Time
	uses    int
	signer  string
	digests [][sha256.Size]byte
	secret  []byte
}

// bytes is a version, the end in microseconds, the uses, signer and digests after their lengths,
// and the secret; numbers big-endian.
func (p packed) bytes() []byte {
	b := make([]byte, 0, 32+len(p.signer)+len(p.digests)*sha256.Size+len(p.secret))
	b = binary.BigEndian.AppendUint64(append(b, 1), uint64(p.expires.UnixMicro()))
	b = binary.BigEndian.AppendUint32(b, uint32(p.uses))
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.signer)))
	b = append(b, p.signer...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.digests)))
	for _, d := range p.digests {
		b = append(b, d[:]...)
	}
	return append(b, p.secret...)
}

// unpack reads what bytes wrote; the secret is not copied.
func unpack(b []byte) (packed, error) {
	var p packed
	var head struct {
		Version byte
		Expires int64
		Uses    uint32
		Signer  uint32
	}
	if n, err := binary.Decode(b, binary.BigEndian, &head); err != nil || head.Version != 1 || int64(head.Signer) > int64(len(b)-n) {
		return p, keyring.ErrSealed
	}
	b = b[binary.Size(head):]
	p.expires, p.uses, p.signer = time.UnixMicro(head.Expires), int(head.Uses), string(b[:head.Signer])
	b = b[head.Signer:]
	if len(b) < 4 {
		return p, keyring.ErrSealed
	}
	n := int64(binary.BigEndian.Uint32(b))
	if b = b[4:]; n*sha256.Size > int64(len(b)) {
		return p, keyring.ErrSealed
	}
	p.digests = make([][sha256.Size]byte, n)
	for i := range p.digests {
		b = b[copy(p.digests[i][:], b):]
	}
	p.secret = b
	return p, nil
}
