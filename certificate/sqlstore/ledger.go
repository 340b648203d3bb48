package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Ledger is an [authority.Ledger]. One schema serves any number of authorities and nodes.
type Ledger struct{ db *postgres.DB }

var _ authority.Ledger = (*Ledger)(nil)

// Ledger returns the ledger of serials.
func (d *Database) Ledger() *Ledger { return &Ledger{d.db} }

// Begin implements [authority.Ledger].
func (l *Ledger) Begin(ctx context.Context, e authority.Entry) (begun authority.Entry, err error) {
	err = l.db.Write(ctx, "begin serial", func(c *postgres.Conn) error {
		var xid string
		fresh, err := c.Row(ctx, `INSERT INTO {schema}.request (id, serial, cancelled) VALUES ($1, $2, false)
			ON CONFLICT DO NOTHING RETURNING pg_current_xact_id()::text`, []any{e.RequestID, e.Serial.String()}, &xid)
		if err != nil {
			return err
		}
		if !fresh {
			begun, err = begunBefore(ctx, c, e.RequestID)
			return err
		}
		c.Track(xid)
		begun, err = addSerial(ctx, c, e)
		return err
	})
	return begun, err
}

// begunBefore is the entry of a request that is there; if it is not, the serial is.
func begunBefore(ctx context.Context, c *postgres.Conn, requestID string) (authority.Entry, error) {
	serial, cancelled, found, err := request(ctx, c, requestID, "")
	switch {
	case err != nil:
		return authority.Entry{}, err
	case !found:
		return authority.Entry{}, authority.ErrSerialTaken
	case cancelled:
		return authority.Entry{}, authority.ErrCancelled
	}
	e, _, err := entry(ctx, c, serial, "")
	return e, err
}

func addSerial(ctx context.Context, c *postgres.Conn, e authority.Entry) (authority.Entry, error) {
	added, err := c.Exec(ctx, `INSERT INTO {schema}.serial (serial, issuer, request, request_digest, profile, tbs, not_after)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (serial) DO NOTHING`,
		e.Serial.String(), e.Issuer, e.RequestID, e.RequestDigest[:], e.Profile, e.TBS, at(e.NotAfter))
	if err != nil {
		return authority.Entry{}, err
	}
	if added == 0 {
		return authority.Entry{}, authority.ErrSerialTaken
	}
	e, _, err = entry(ctx, c, e.Serial.String(), "")
	return e, err
}

// request reads a request's row.
func request(ctx context.Context, c *postgres.Conn, id, lock string) (serial string, cancelled, found bool, err error) {
	var s sql.NullString
	found, err = c.Row(ctx, `SELECT serial, cancelled FROM {schema}.request WHERE id = $1 `+lock, []any{id}, &s, &cancelled)
	return s.String, cancelled, found, err
}

// entry reads a serial's row.
func entry(ctx context.Context, c *postgres.Conn, serial, lock string) (e authority.Entry, found bool, err error) {
	var text string
	var digest []byte
	var revokedAt, invalidity sql.NullTime
	var reason sql.NullInt64
	found, err = c.Row(ctx, `SELECT serial, issuer, request, request_digest, profile, tbs, certificate, not_after,
		revoked_at, reason, invalidity_date FROM {schema}.serial WHERE serial = $1 `+lock, []any{serial},
		&text, &e.Issuer, &e.RequestID, &digest, &e.Profile, &e.TBS, &e.Certificate, &e.NotAfter, &revokedAt, &reason, &invalidity)
	if err != nil || !found {
		return authority.Entry{}, found, err
	}
	if e.Serial, err = certificate.ParseSerial(text); err != nil {
		return authority.Entry{}, found, fmt.Errorf("sqlstore: stored serial: %w", err)
	}
	copy(e.RequestDigest[:], digest)
	e.NotAfter = e.NotAfter.UTC()
	e.Revocation, err = revocation(revokedAt, reason, invalidity)
	return e, found, err
}

func revocation(revokedAt sql.NullTime, reason sql.NullInt64, invalidity sql.NullTime) (*authority.Revocation, error) {
	if !revokedAt.Valid {
		return nil, nil
	}
	r := &authority.Revocation{At: revokedAt.Time.UTC(), Reason: certificate.Reason(reason.Int64)}
	if !r.Reason.Valid() {
		return nil, fmt.Errorf("sqlstore: stored reason: %w", certificate.ErrReason)
	}
	if invalidity.Valid {
		r.InvalidityDate = invalidity.Time.UTC()
	}
	return r, nil
}

// Complete implements [authority.Ledger].
func (l *Ledger) Complete(ctx context.Context, serial certificate.Serial, der []byte) (e authority.Entry, err error) {
	err = l.db.Write(ctx, "complete serial", func(c *postgres.Conn) error {
		var found bool
		if e, found, err = entry(ctx, c, serial.String(), ""); err != nil {
			return err
		}
		if !found {
			return authority.ErrNotFound
		}
		// Whoever cancels goes through the same row.
		_, cancelled, _, err := request(ctx, c, e.RequestID, "FOR UPDATE")
		if err != nil {
			return err
		}
		if cancelled {
			return authority.ErrCancelled
		}
		var xid string
		if _, err := c.Row(ctx, `UPDATE {schema}.serial SET certificate = COALESCE(certificate, $2) WHERE serial = $1
			RETURNING pg_current_xact_id()::text`, []any{serial.String(), der}, &xid); err != nil {
			return err
		}
		c.Track(xid)
		e, _, err = entry(ctx, c, serial.String(), "")
		return err
	})
	if err != nil {
		return authority.Entry{}, err
	}
	return e, nil
}

// Find implements [authority.Ledger].
func (l *Ledger) Find(ctx context.Context, serial certificate.Serial) (e authority.Entry, err error) {
	err = l.db.Read(ctx, "find serial", func(c *postgres.Conn) error {
		var found bool
		if e, found, err = entry(ctx, c, serial.String(), ""); err == nil && !found {
			err = authority.ErrNotFound
		}
		return err
	})
	return e, err
}

// FindRequest implements [authority.Ledger].
func (l *Ledger) FindRequest(ctx context.Context, requestID string) (e authority.Entry, err error) {
	err = l.db.Read(ctx, "find request", func(c *postgres.Conn) error {
		serial, cancelled, found, err := request(ctx, c, requestID, "")
		switch {
		case err != nil:
			return err
		case cancelled:
			return authority.ErrCancelled
		case !found:
			return authority.ErrNotFound
		}
		e, _, err = entry(ctx, c, serial, "")
		return err
	})
	return e, err
}

// Cancel implements [authority.Ledger].
func (l *Ledger) Cancel(ctx context.Context, requestID string) (e authority.Entry, err error) {
	err = l.db.Write(ctx, "cancel request", func(c *postgres.Conn) error {
		e = authority.Entry{}
		var serial sql.NullString
		var xid string
		if _, err := c.Row(ctx, `INSERT INTO {schema}.request (id, cancelled) VALUES ($1, true)
			ON CONFLICT (id) DO UPDATE SET cancelled = true RETURNING serial, pg_current_xact_id()::text`,
			[]any{requestID}, &serial, &xid); err != nil {
			return err
		}
		c.Track(xid)
		if serial.Valid {
			e, _, err = entry(ctx, c, serial.String, "")
		}
		return err
	})
	return e, err
}

// ChangeRevocation implements [authority.Ledger]. change runs while the entry is locked: it must
// not use the ledger.
func (l *Ledger) ChangeRevocation(ctx context.Context, serial certificate.Serial, change func(authority.Entry) (*authority.Revocation, error)) error {
	return l.db.Write(ctx, "change revocation", func(c *postgres.Conn) error {
		e, found, err := entry(ctx, c, serial.String(), "FOR UPDATE")
		if err != nil {
			return err
		}
		if !found {
			return authority.ErrNotFound
		}
		next, err := change(e)
		if err != nil {
			return err
		}
		var revokedAt, invalidity sql.NullTime
		var reason sql.NullInt64
		if next != nil {
			revokedAt, invalidity = sql.NullTime{Time: at(next.At), Valid: true}, orNull(next.InvalidityDate)
			reason = sql.NullInt64{Int64: int64(next.Reason), Valid: true}
		}
		var xid string
		_, err = c.Row(ctx, `UPDATE {schema}.serial SET revoked_at = $2, reason = $3, invalidity_date = $4 WHERE serial = $1
			RETURNING pg_current_xact_id()::text`, []any{serial.String(), revokedAt, reason, invalidity}, &xid)
		c.Track(xid)
		return err
	})
}

// revokedPage is how many revoked entries are read at a time.
const revokedPage = 2000

// Revoked implements [authority.Ledger]. Entries come in the order of serials, each as it was at
// some time during the call.
func (l *Ledger) Revoked(ctx context.Context, issuer string, yield func(certificate.Serial, authority.Revocation) bool) error {
	type revoked struct {
		serial certificate.Serial
		authority.Revocation
	}
	for after := ""; ; {
		var page []revoked
		err := l.db.Read(ctx, "list revoked", func(c *postgres.Conn) error {
			page = nil
			return c.Rows(ctx, `SELECT serial, revoked_at, reason, invalidity_date FROM {schema}.serial
				WHERE issuer = $1 AND revoked_at IS NOT NULL AND serial > $2 ORDER BY serial LIMIT $3`,
				[]any{issuer, after, int64(revokedPage)}, func(scan func(...any) error) error {
					var text string
					var revokedAt, invalidity sql.NullTime
					var reason sql.NullInt64
					if err := scan(&text, &revokedAt, &reason, &invalidity); err != nil {
						return err
					}
					serial, err := certificate.ParseSerial(text)
					if err != nil {
						return fmt.Errorf("sqlstore: stored serial: %w", err)
					}
					r, err := revocation(revokedAt, reason, invalidity)
					if err == nil {
						page = append(page, revoked{serial, *r})
					}
					return err
				})
		})
		if err != nil {
			return err
		}
		for _, r := range page {
			if !yield(r.serial, r.Revocation) {
				return nil
			}
		}
		if len(page) < revokedPage {
			return nil
		}
		after = page[len(page)-1].serial.String()
	}
}

// NextCRLNumber implements [authority.Ledger]. A number whose answer was lost is skipped.
func (l *Ledger) NextCRLNumber(ctx context.Context, issuer string) (n int64, err error) {
	err = l.db.Read(ctx, "next CRL number", func(c *postgres.Conn) error {
		_, err := c.Row(ctx, `INSERT INTO {schema}.crl_number AS n (issuer, number) VALUES ($1, 1)
			ON CONFLICT (issuer) DO UPDATE SET number = n.number + 1 RETURNING number`, []any{issuer}, &n)
		return err
	})
	return n, err
}
