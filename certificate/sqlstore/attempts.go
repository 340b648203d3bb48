package sqlstore

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
	"github.com/sertel-id/sertel/passphrase"
)

// Attempts is a [passphrase.AttemptStore].
type Attempts struct{ db *postgres.DB }

var _ passphrase.AttemptStore = (*Attempts)(nil)

// Attempts returns the counts of tries at passphrases.
func (d *Database) Attempts() *Attempts { return &Attempts{d.db} }

// attemptRow is a state on its way into the table, as JSON, which every driver can pass.
type attemptRow struct {
	Key      string    `json:"key"` // hexadecimal
	Failures int       `json:"failures"`
	Last     time.Time `json:"last"`
}

// UpdateAttempts implements [passphrase.AttemptStore]. f runs while the keys are locked: it must
// not use the store.
func (a *Attempts) UpdateAttempts(ctx context.Context, keys []string, f func([]passphrase.AttemptState) error) error {
	index := make(map[string]int, len(keys))
	rows := make([]attemptRow, len(keys))
	for i, key := range keys {
		rows[i].Key = hex.EncodeToString([]byte(key))
		index[key] = i
	}
	return a.db.Write(ctx, "count attempts", func(c *postgres.Conn) error {
		states := make([]passphrase.AttemptState, len(keys))
		if err := lockAttempts(ctx, c, rows, index, states); err != nil {
			return err
		}
		if err := f(states); err != nil {
			return err
		}
		changed := make([]attemptRow, len(rows))
		for i, s := range states {
			changed[i] = attemptRow{rows[i].Key, s.Failures, at(s.Last)}
		}
		text, err := json.Marshal(changed)
		if err != nil {
			return fmt.Errorf("sqlstore: attempts: %w", err)
		}
		_, err = c.Exec(ctx, `UPDATE {schema}.attempt AS a SET failures = r.failures, last = r.last
			FROM json_to_recordset($1::text::json) AS r (key text, failures bigint, last timestamptz)
			WHERE a.key = decode(r.key, 'hex')`, string(text))
		return err
	})
}

// lockAttempts makes a row of each key, in their order so that nobody waits in a circle, locks it
// and reads it.
func lockAttempts(ctx context.Context, c *postgres.Conn, rows []attemptRow, index map[string]int, states []passphrase.AttemptState) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("sqlstore: attempts: %w", err)
	}
	var xid string
	err = c.Rows(ctx, `INSERT INTO {schema}.attempt AS a (key, failures, last)
		SELECT DISTINCT decode(key, 'hex'), 0, '0001-01-01 00:00:00Z'::timestamptz
		FROM json_to_recordset($1::text::json) AS r (key text) ORDER BY 1
		ON CONFLICT (key) DO UPDATE SET failures = a.failures
		RETURNING key, failures, last, pg_current_xact_id()::text`, []any{string(text)}, func(scan func(...any) error) error {
		var key []byte
		var s passphrase.AttemptState
		if err := scan(&key, &s.Failures, &s.Last, &xid); err != nil {
			return err
		}
		s.Last = s.Last.UTC()
		states[index[string(key)]] = s
		return nil
	})
	c.Track(xid)
	return err
}

// Purge removes what nobody needs any more: cleared counts, and origins not tried since the
// instant. An account's failures stay, since a lock ends only by a reset or an operator. Once a
// day is often enough; the instant lies at least as far back as the limiter remembers an origin,
// four times its MaxDelay.
func (a *Attempts) Purge(ctx context.Context, before time.Time) error {
	return a.db.Read(ctx, "purge attempts", func(c *postgres.Conn) error {
		_, err := c.Exec(ctx, `DELETE FROM {schema}.attempt
			WHERE last < $1 AND (failures = 0 OR substring(key FROM 1 FOR 7) = 'origin:'::bytea)`, at(before))
		return err
	})
}
