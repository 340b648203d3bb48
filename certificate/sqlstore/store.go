package sqlstore

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Store is a [certificate.Store].
type Store struct {
	db     *postgres.DB
	log    *AuditLog
	fields *certificate.FieldSealer
}

var _ certificate.Store = (*Store)(nil)

// Store returns the store of people.
func (d *Database) Store() *Store { return &Store{d.db, d.AuditLog(), d.cfg.Fields} }

// Update implements [certificate.Store]. f runs without a lock held.
func (s *Store) Update(ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error {
	const op = "update person"
	if id.IsZero() {
		return certificate.ErrNotFound
	}
	return s.update(ctx, op, id, s.open, f)
}

func (s *Store) update(ctx context.Context, op string, id certificate.PersonID, open opener, f func(*certificate.Record) error) error {
	return s.db.Race(ctx, op, func() error {
		version, rec, err := s.read(ctx, op, id, open)
		if err != nil {
			return err
		}
		if err := f(rec); err != nil {
			return err
		}
		rec.ID = id
		return s.write(ctx, op, version, rec)
	})
}

// opener makes a stored record readable.
type opener func(id certificate.PersonID, stored []byte) ([]byte, error)

func (s *Store) open(id certificate.PersonID, stored []byte) ([]byte, error) {
	if s.fields == nil {
		return stored, nil
	}
	return s.fields.OpenRecord(id, stored)
}

// read returns version 0 and an empty record for nobody.
func (s *Store) read(ctx context.Context, op string, id certificate.PersonID, open opener) (version int64, rec *certificate.Record, err error) {
	err = s.db.Read(ctx, op, func(c *postgres.Conn) error {
		var data []byte
		version, rec = 0, &certificate.Record{ID: id}
		found, err := c.Row(ctx, `SELECT version, record FROM {schema}.person WHERE id = $1`, []any{id.String()}, &version, &data)
		if err != nil || !found {
			return err
		}
		if data, err = open(id, data); err != nil {
			return err
		}
		return rec.UnmarshalBinary(data)
	})
	return version, rec, err
}

// write stores the record if its version is still the one that was read.
func (s *Store) write(ctx context.Context, op string, version int64, rec *certificate.Record) error {
	data, err := rec.MarshalBinary()
	if err == nil && s.fields != nil {
		data, err = s.fields.SealRecord(rec.ID, data)
	}
	if err != nil {
		return err
	}
	keys, err := s.keysOf(rec)
	if err != nil {
		return err
	}
	var trail []audit.Record
	for _, e := range rec.NewAudit() {
		r, err := e.Record(rec.ID)
		if err != nil {
			return err
		}
		trail = append(trail, r)
	}
	return s.db.Write(ctx, op, func(c *postgres.Conn) error {
		if err := writePerson(ctx, c, version, rec, data); err != nil {
			return err
		}
		if !rec.NIK.IsZero() {
			if err := writeKeys(ctx, c, rec.ID, keys); err != nil {
				return err
			}
		}
		if len(trail) == 0 {
			return nil
		}
		_, err := s.log.add(ctx, c, trail) // last, since it makes all others wait
		return err
	})
}

// writePerson stores the row, or removes it with its look-ups when there is no NIK.
func writePerson(ctx context.Context, c *postgres.Conn, version int64, rec *certificate.Record, data []byte) error {
	var xid string
	if rec.NIK.IsZero() {
		removed, err := c.Row(ctx, `DELETE FROM {schema}.person WHERE id = $1 AND version = $2
			RETURNING pg_current_xact_id()::text`, []any{rec.ID.String(), version}, &xid)
		if err == nil && version > 0 && !removed {
			return postgres.ErrRaced
		}
		c.Track(xid)
		return err
	}
	statement := `UPDATE {schema}.person SET version = version + 1, record = $3, outbox = $4, waiting = $5, expiry = $6
		WHERE id = $1 AND version = $2 RETURNING pg_current_xact_id()::text`
	if version == 0 {
		statement = `INSERT INTO {schema}.person (id, version, record, outbox, waiting, expiry)
			VALUES ($1, $2::bigint + 1, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING pg_current_xact_id()::text`
	}
	stored, err := c.Row(ctx, statement, []any{rec.ID.String(), version, data, rec.HasOutbox(),
		rec.State == certificate.StatusWaitingForVerification, orNull(rec.Expiry())}, &xid)
	if err != nil {
		return err
	}
	if !stored {
		return postgres.ErrRaced
	}
	c.Track(xid)
	return nil
}

// keyRow is a look-up on its way into the table, as JSON, which every driver can pass.
type keyRow struct {
	N     int                   `json:"n"`
	Kind  certificate.IndexKind `json:"kind"`
	Value string                `json:"value"`
}

func (s *Store) keysOf(rec *certificate.Record) (string, error) {
	rows := []keyRow{}
	for i, key := range rec.Indexes() {
		values, err := s.values(key)
		if err != nil {
			return "", err
		}
		for _, value := range values {
			rows = append(rows, keyRow{i, key.Kind(), value})
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("sqlstore: look-ups: %w", err)
	}
	return string(text), nil
}

// values are what is stored of a look-up, any of which finds it: one for each key of the sealer.
func (s *Store) values(key certificate.Index) ([]string, error) {
	if s.fields == nil {
		return []string{key.Value()}, nil
	}
	hashes, err := s.fields.IndexHashes(key)
	if err != nil {
		return nil, err
	}
	var values []string
	for _, h := range hashes {
		values = append(values, hex.EncodeToString(h[:]))
	}
	return values, nil
}

// writeKeys makes the person's look-ups those given. One that another person holds is found by
// trying to take it, which waits for whoever is taking it at the same time.
func writeKeys(ctx context.Context, c *postgres.Conn, id certificate.PersonID, keys string) error {
	var kind string
	taken, err := c.Row(ctx, `WITH wanted AS (
			SELECT kind, value, min(n) AS n FROM json_to_recordset($2::text::json) AS r (n integer, kind text, value text)
			GROUP BY kind, value
		), gone AS (
			DELETE FROM {schema}.person_key AS k WHERE k.person = $1
			AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.kind = k.kind AND w.value = k.value)
		), added AS (
			INSERT INTO {schema}.person_key AS k (kind, value, person)
			SELECT w.kind, w.value, $1 FROM wanted AS w
			WHERE NOT EXISTS (SELECT FROM {schema}.person_key AS own WHERE own.kind = w.kind AND own.value = w.value AND own.person = $1)
			ORDER BY w.kind, w.value
			ON CONFLICT (kind, value) DO UPDATE SET person = k.person
			RETURNING k.kind, k.value, k.person
		)
		SELECT a.kind FROM added AS a JOIN wanted AS w ON w.kind = a.kind AND w.value = a.value
		WHERE a.person <> $1 ORDER BY w.n LIMIT 1`, []any{id.String(), keys}, &kind)
	if err == nil && taken {
		return &certificate.DuplicateError{Kind: certificate.IndexKind(kind)}
	}
	return err
}

// View implements [certificate.Store].
func (s *Store) View(ctx context.Context, id certificate.PersonID) (*certificate.Record, error) {
	version, rec, err := s.read(ctx, "view person", id, s.open)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		return nil, certificate.ErrNotFound
	}
	return rec, nil
}

// Find implements [certificate.Store].
func (s *Store) Find(ctx context.Context, key certificate.Index) (id certificate.PersonID, err error) {
	values, err := s.values(key)
	if err != nil {
		return id, err
	}
	err = s.db.Read(ctx, "find person", func(c *postgres.Conn) error {
		for _, value := range values {
			var text string
			found, err := c.Row(ctx, `SELECT person FROM {schema}.person_key WHERE kind = $1 AND value = $2`,
				[]any{string(key.Kind()), value}, &text)
			if err != nil {
				return err
			}
			if found {
				id, err = certificate.ParsePersonID(text)
				return err
			}
		}
		return certificate.ErrNotFound
	})
	return id, err
}

// Audit implements [certificate.Store]: the person's entries of the [AuditLog], without those that
// were purged.
func (s *Store) Audit(ctx context.Context, id certificate.PersonID) (entries []certificate.AuditEntry, err error) {
	err = s.db.Read(ctx, "read person's audit trail", func(c *postgres.Conn) error {
		entries = nil
		return c.Rows(ctx, `SELECT `+entryColumns+` FROM {schema}.audit_entry
			WHERE subject = $1 AND subject <> '' AND source = $2 ORDER BY seq`, []any{id.String(), audit.SourceCertificate},
			func(scan func(...any) error) error {
				stored, err := scanEntry(scan)
				if err != nil {
					return err
				}
				_, e, err := certificate.AuditEntryOf(stored.Record)
				entries = append(entries, e)
				return err
			})
	})
	return entries, err
}

// Outbox implements [certificate.Store].
func (s *Store) Outbox(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	return s.page(ctx, `SELECT id FROM {schema}.person WHERE outbox AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// People implements [certificate.Store].
func (s *Store) People(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	return s.page(ctx, `SELECT id FROM {schema}.person WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Waiting implements [certificate.Store].
func (s *Store) Waiting(ctx context.Context, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	return s.page(ctx, `SELECT id FROM {schema}.person WHERE waiting AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Expiring implements [certificate.Store].
func (s *Store) Expiring(ctx context.Context, from, to time.Time, after certificate.PersonID, limit int) ([]certificate.PersonID, error) {
	return s.page(ctx, `SELECT id FROM {schema}.person WHERE expiry >= $3 AND expiry < $4 AND id > $1 ORDER BY id LIMIT $2`,
		after, limit, upTo(from), upTo(to))
}

func (s *Store) page(ctx context.Context, query string, after certificate.PersonID, limit int, args ...any) (page []certificate.PersonID, err error) {
	err = s.db.Read(ctx, "list people", func(c *postgres.Conn) error {
		page = nil
		return c.Rows(ctx, query, append([]any{after.String(), int64(max(limit, 0))}, args...), func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			id, err := certificate.ParsePersonID(text)
			page = append(page, id)
			return err
		})
	})
	return page, err
}
