package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Trails is a [certificate.TrackerStore].
type Trails struct{ db *postgres.DB }

var _ certificate.TrackerStore = (*Trails)(nil)

// Trails returns the store of a [certificate.Tracker].
func (d *Database) Trails() *Trails { return &Trails{d.db} }

// UpdateTrail implements [certificate.TrackerStore]. f runs without a lock held.
func (t *Trails) UpdateTrail(ctx context.Context, person string, f func([]certificate.Observed) ([]certificate.Observed, error)) error {
	const op = "update trail"
	return t.db.Race(ctx, op, func() error {
		version, trail, err := t.read(ctx, op, person)
		if err != nil {
			return err
		}
		if trail, err = f(trail); err != nil {
			return err
		}
		text, err := json.Marshal(trail)
		if err != nil {
			return fmt.Errorf("sqlstore: trail: %w", err)
		}
		return t.db.Write(ctx, op, func(c *postgres.Conn) error {
			var xid string
			stored, err := c.Row(ctx, `INSERT INTO {schema}.trail AS t (person, version, seen) VALUES ($1, $2::bigint + 1, $3)
				ON CONFLICT (person) DO UPDATE SET version = t.version + 1, seen = EXCLUDED.seen WHERE t.version = $2
				RETURNING pg_current_xact_id()::text`, []any{[]byte(person), version, string(text)}, &xid)
			if err == nil && !stored {
				return postgres.ErrRaced
			}
			c.Track(xid)
			return err
		})
	})
}

// read returns version 0 for nobody.
func (t *Trails) read(ctx context.Context, op, person string) (version int64, trail []certificate.Observed, err error) {
	err = t.db.Read(ctx, op, func(c *postgres.Conn) error {
		version, trail = 0, nil
		var text []byte
		found, err := c.Row(ctx, `SELECT version, seen FROM {schema}.trail WHERE person = $1`, []any{[]byte(person)}, &version, &text)
		if err != nil || !found {
			return err
		}
		if err := json.Unmarshal(text, &trail); err != nil {
			return fmt.Errorf("%w: trail not in form", certificate.ErrRecord)
		}
		return nil
	})
	return version, trail, err
}

// Trail implements [certificate.TrackerStore].
func (t *Trails) Trail(ctx context.Context, person string) ([]certificate.Observed, error) {
	_, trail, err := t.read(ctx, "read trail", person)
	return trail, err
}

// Tracked implements [certificate.TrackerStore].
func (t *Trails) Tracked(ctx context.Context, after string, limit int) (page []string, err error) {
	err = t.db.Read(ctx, "list trails", func(c *postgres.Conn) error {
		page = nil
		return c.Rows(ctx, `SELECT person FROM {schema}.trail WHERE person > $1 ORDER BY person LIMIT $2`,
			[]any{[]byte(after), int64(max(limit, 0))}, func(scan func(...any) error) error {
				var person []byte
				err := scan(&person)
				page = append(page, string(person))
				return err
			})
	})
	return page, err
}
