package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
	"github.com/sertel-id/sertel/signing/esign"
)

// Ledger is an [esign.Ledger], which signing.Local takes too.
type Ledger struct{ db *postgres.DB }

var _ esign.Ledger = (*Ledger)(nil)

// Ledger returns the ledger of attempts to sign.
func (d *Database) Ledger() *Ledger { return &Ledger{d.db} }

// Update implements [esign.Ledger]. f runs without a lock held.
func (l *Ledger) Update(ctx context.Context, key string, f func(*esign.Entry) error) error {
	const op = "update signature"
	return l.db.Race(ctx, op, func() error {
		version, e, err := l.read(ctx, op, key)
		if err != nil {
			return err
		}
		if err := f(&e); err != nil {
			return err
		}
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("sqlstore: signature: %w", err)
		}
		return l.db.Write(ctx, op, func(c *postgres.Conn) error {
			var xid string
			stored, err := c.Row(ctx, `INSERT INTO {schema}.signature AS s (key, version, entry, unsettled) VALUES ($1, $2::bigint + 1, $3, $4)
				ON CONFLICT (key) DO UPDATE SET version = s.version + 1, entry = EXCLUDED.entry, unsettled = EXCLUDED.unsettled
				WHERE s.version = $2 RETURNING pg_current_xact_id()::text`, []any{key, version, string(text), e.Unsettled()}, &xid)
			if err == nil && !stored {
				return postgres.ErrRaced
			}
			c.Track(xid)
			return err
		})
	})
}

// read returns version 0 for an unknown key.
func (l *Ledger) read(ctx context.Context, op, key string) (version int64, e esign.Entry, err error) {
	err = l.db.Read(ctx, op, func(c *postgres.Conn) error {
		version, e = 0, esign.Entry{}
		var text []byte
		found, err := c.Row(ctx, `SELECT version, entry FROM {schema}.signature WHERE key = $1`, []any{key}, &version, &text)
		if err != nil || !found {
			return err
		}
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("%w: signature not in form", ErrStored)
		}
		return nil
	})
	return version, e, err
}

// Entry implements [esign.Ledger].
func (l *Ledger) Entry(ctx context.Context, key string) (esign.Entry, error) {
	_, e, err := l.read(ctx, "read signature", key)
	return e, err
}

// Unsettled implements [esign.Ledger].
func (l *Ledger) Unsettled(ctx context.Context, after string, limit int) (keys []string, err error) {
	err = l.db.Read(ctx, "list unsettled", func(c *postgres.Conn) error {
		keys = nil
		return c.Rows(ctx, `SELECT key FROM {schema}.signature WHERE unsettled AND key > $1 ORDER BY key LIMIT $2`,
			[]any{after, int64(max(limit, 0))}, func(scan func(...any) error) error {
				var key string
				err := scan(&key)
				keys = append(keys, key)
				return err
			})
	})
	return keys, err
}
