package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
	"github.com/sertel-id/sertel/signing/esign"
)

// Seals is an [esign.SealStore].
type Seals struct{ db *postgres.DB }

var _ esign.SealStore = (*Seals)(nil)

// Seals returns the store of seals' activations.
func (d *Database) Seals() *Seals { return &Seals{d.db} }

// Update implements [esign.SealStore]. f runs without a lock held.
func (s *Seals) Update(ctx context.Context, seal string, f func(*esign.SealRecord) error) error {
	const op = "update seal"
	return s.db.Race(ctx, op, func() error {
		version, r, err := s.read(ctx, op, seal)
		if err != nil {
			return err
		}
		if err := f(&r); err != nil {
			return err
		}
		return s.db.Write(ctx, op, func(c *postgres.Conn) error {
			var xid string
			stored, err := c.Row(ctx, `INSERT INTO {schema}.seal AS s (id, version, sealed, expires, holder, until)
				VALUES ($1, $2::bigint + 1, $3, $4, $5, $6)
				ON CONFLICT (id) DO UPDATE SET version = s.version + 1, sealed = EXCLUDED.sealed, expires = EXCLUDED.expires,
					holder = EXCLUDED.holder, until = EXCLUDED.until
				WHERE s.version = $2 RETURNING pg_current_xact_id()::text`,
				[]any{seal, version, append([]byte{}, r.Sealed...), orNull(r.Expires), r.Holder, orNull(r.Until)}, &xid)
			if err == nil && !stored {
				return postgres.ErrRaced
			}
			c.Track(xid)
			return err
		})
	})
}

// orNull is an instant that may be zero, in microseconds.
func orNull(t time.Time) sql.NullTime {
	return sql.NullTime{Time: t.UTC().Truncate(time.Microsecond), Valid: !t.IsZero()}
}

// read returns version 0 for an unknown seal.
func (s *Seals) read(ctx context.Context, op, seal string) (version int64, r esign.SealRecord, err error) {
	err = s.db.Read(ctx, op, func(c *postgres.Conn) error {
		version, r = 0, esign.SealRecord{}
		var expires, until sql.NullTime
		_, err := c.Row(ctx, `SELECT version, sealed, expires, holder, until FROM {schema}.seal WHERE id = $1`,
			[]any{seal}, &version, &r.Sealed, &expires, &r.Holder, &until)
		if expires.Valid {
			r.Expires = expires.Time.UTC()
		}
		if until.Valid {
			r.Until = until.Time.UTC()
		}
		return err
	})
	return version, r, err
}

// Record implements [esign.SealStore].
func (s *Seals) Record(ctx context.Context, seal string) (esign.SealRecord, error) {
	_, r, err := s.read(ctx, "read seal", seal)
	return r, err
}
