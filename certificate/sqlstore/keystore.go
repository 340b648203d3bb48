package sqlstore

import (
	"context"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// KeyStore is a [certificate.KeyStore].
type KeyStore struct{ db *postgres.DB }

var _ certificate.KeyStore = (*KeyStore)(nil)

// KeyStore returns the store of sealed private keys.
func (d *Database) KeyStore() *KeyStore { return &KeyStore{d.db} }

// Put implements [certificate.KeyStore].
func (s *KeyStore) Put(ctx context.Context, id certificate.KeyID, k certificate.SealedKey) error {
	return s.db.Write(ctx, "store key", func(c *postgres.Conn) error {
		var xid string
		stored, err := c.Row(ctx, `INSERT INTO {schema}.sealed_key (id, person, origin, sealed) VALUES ($1, $2, $3, $4)
			ON CONFLICT (id) DO NOTHING RETURNING pg_current_xact_id()::text`,
			[]any{string(id), k.Person.String(), string(k.Origin), append([]byte{}, k.Sealed...)}, &xid)
		if err == nil && !stored {
			return certificate.ErrKeyExists
		}
		c.Track(xid)
		return err
	})
}

// Get implements [certificate.KeyStore].
func (s *KeyStore) Get(ctx context.Context, id certificate.KeyID) (k certificate.SealedKey, err error) {
	err = s.db.Read(ctx, "read key", func(c *postgres.Conn) error {
		k = certificate.SealedKey{}
		var person string
		found, err := c.Row(ctx, `SELECT person, origin, sealed FROM {schema}.sealed_key WHERE id = $1`,
			[]any{string(id)}, &person, &k.Origin, &k.Sealed)
		if err != nil {
			return err
		}
		if !found {
			return certificate.ErrKeyNotFound
		}
		return k.Person.UnmarshalText([]byte(person))
	})
	return k, err
}

// Delete implements [certificate.KeyStore]. The bytes may rest in dead rows until a VACUUM, in the
// write-ahead log and in backups; they are sealed.
func (s *KeyStore) Delete(ctx context.Context, id certificate.KeyID) error {
	return s.db.Read(ctx, "delete key", func(c *postgres.Conn) error {
		_, err := c.Exec(ctx, `DELETE FROM {schema}.sealed_key WHERE id = $1`, string(id))
		return err
	})
}
