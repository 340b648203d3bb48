package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// AuditLog is an [audit.Log]. Who adds to it waits for whoever is adding, until that transaction
// ends: it is what orders all writers of audit entries. [Store] adds what a registrar reports in
// the transaction that stores it.
type AuditLog struct {
	db    *postgres.DB
	chain *audit.Chain
}

var _ audit.Log = (*AuditLog)(nil)

// AuditLog returns the trail.
func (d *Database) AuditLog() *AuditLog { return &AuditLog{d.db, d.cfg.Audit} }

// Chain returns the chain that the log keeps.
func (l *AuditLog) Chain() *audit.Chain { return l.chain }

// Append implements [audit.Log].
func (l *AuditLog) Append(ctx context.Context, records ...audit.Record) (head audit.Checkpoint, err error) {
	if len(records) == 0 {
		return l.Head(ctx)
	}
	err = l.db.Write(ctx, "append to audit trail", func(c *postgres.Conn) error {
		p, err := l.add(ctx, c, records)
		if err != nil {
			return err
		}
		head, err = l.chain.Checkpoint(audit.Head, p)
		return err
	})
	return head, err
}

// entryRow is an entry on its way into the table, as JSON, which every driver can pass. Times are
// texts of RFC 3339 and hashes hexadecimal.
type entryRow struct {
	Seq     uint64     `json:"seq"`
	At      time.Time  `json:"at"`
	Source  string     `json:"source"`
	Action  string     `json:"action"`
	Result  string     `json:"result"`
	Subject string     `json:"subject"`
	Actor   string     `json:"actor"`
	Serial  string     `json:"serial"`
	Detail  string     `json:"detail"`
	Prev    audit.Hash `json:"prev"`
	Hash    audit.Hash `json:"hash"`
	Key     string     `json:"key"`
	Seal    string     `json:"seal"`
}

// add links the records to the end of the chain, in the transaction under way.
func (l *AuditLog) add(ctx context.Context, c *postgres.Conn, records []audit.Record) (audit.Position, error) {
	head, err := l.tail(ctx, c)
	if err != nil {
		return head, err
	}
	entries, err := l.chain.LinkAll(head, records)
	if err != nil {
		return head, err
	}
	rows := make([]entryRow, 0, len(entries))
	for _, e := range entries {
		seal := ""
		if e.Key != "" {
			seal = e.Seal.String()
		}
		rows = append(rows, entryRow{e.Seq, e.At, e.Source, e.Action, e.Result, e.Subject, e.Actor, e.Serial,
			string(e.Detail), e.Prev, e.Hash, e.Key, seal})
		head = e.Position()
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return head, fmt.Errorf("sqlstore: audit entry: %w", err)
	}
	var xid string
	_, err = c.Row(ctx, `INSERT INTO {schema}.audit_entry
			(seq, at, source, action, result, subject, actor, serial, detail, prev, hash, key, seal)
		SELECT seq, at, source, action, result, subject, actor, serial, detail,
			decode(prev, 'hex'), decode(hash, 'hex'), key, decode(seal, 'hex')
		FROM json_to_recordset($1::text::json) AS r (seq bigint, at timestamptz, source text, action text, result text,
			subject text, actor text, serial text, detail text, prev text, hash text, key text, seal text)
		RETURNING pg_current_xact_id()::text`, []any{string(text)}, &xid)
	if postgres.Unique(err) {
		return head, c.Conflict() // a transaction that does not see what came after it began
	}
	if err == nil {
		c.Track(xid)
	}
	return head, err
}

// tail locks the end of the chain for the transaction and returns it.
func (l *AuditLog) tail(ctx context.Context, c *postgres.Conn) (audit.Position, error) {
	var seq int64
	var hash []byte
	if _, err := c.Row(ctx, `SELECT tail_seq, tail_hash FROM {schema}.audit_tail()`, nil, &seq, &hash); err != nil {
		return audit.Position{}, err
	}
	return position(seq, hash)
}

func position(seq int64, hash []byte) (audit.Position, error) {
	p := audit.Position{Seq: uint64(seq)}
	var err error
	if seq > 0 {
		p.Hash, err = hashOf(hash)
	}
	return p, err
}

// hashOf reads a stored hash. A row of another length was not written here.
func hashOf(stored []byte) (audit.Hash, error) {
	var h audit.Hash
	if len(stored) != len(h) {
		return h, fmt.Errorf("%w: a stored hash has %d bytes", audit.ErrBroken, len(stored))
	}
	copy(h[:], stored)
	return h, nil
}

const entryColumns = `seq, at, source, action, result, subject, actor, serial, detail, prev, hash, key, seal`

func scanEntry(scan func(...any) error) (audit.Entry, error) {
	var e audit.Entry
	var seq int64
	var detail string
	var prev, hash, seal []byte
	err := scan(&seq, &e.At, &e.Source, &e.Action, &e.Result, &e.Subject, &e.Actor, &e.Serial, &detail, &prev, &hash, &e.Key, &seal)
	if err != nil {
		return e, err
	}
	e.Seq, e.At = uint64(seq), e.At.UTC()
	if detail != "" {
		e.Detail = json.RawMessage(detail)
	}
	if e.Prev, err = hashOf(prev); err != nil {
		return e, err
	}
	if e.Hash, err = hashOf(hash); err != nil {
		return e, err
	}
	if e.Key != "" || len(seal) > 0 {
		e.Seal, err = hashOf(seal)
	}
	return e, err
}

// Entries implements [audit.Log].
func (l *AuditLog) Entries(ctx context.Context, after uint64, limit int) (page []audit.Entry, err error) {
	err = l.db.Read(ctx, "read audit trail", func(c *postgres.Conn) error {
		page, err = l.entries(ctx, c, after, limit)
		return err
	})
	return page, err
}

func (l *AuditLog) entries(ctx context.Context, c *postgres.Conn, after uint64, limit int) ([]audit.Entry, error) {
	var page []audit.Entry
	err := c.Rows(ctx, `SELECT `+entryColumns+` FROM {schema}.audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2`,
		[]any{int64(min(after, math.MaxInt64)), int64(max(limit, 0))}, func(scan func(...any) error) error {
			e, err := scanEntry(scan)
			page = append(page, e)
			return err
		})
	return page, err
}

// Anchor implements [audit.Log].
func (l *AuditLog) Anchor(ctx context.Context) (anchor audit.Checkpoint, err error) {
	err = l.db.Read(ctx, "read audit anchor", func(c *postgres.Conn) error {
		anchor, err = l.anchor(ctx, c)
		return err
	})
	return anchor, err
}

func (l *AuditLog) anchor(ctx context.Context, c *postgres.Conn) (audit.Checkpoint, error) {
	cp := audit.Checkpoint{Chain: l.chain.Name(), Kind: audit.Anchor}
	var seq int64
	var hash, seal []byte
	var chain, key string
	var made time.Time
	found, err := c.Row(ctx, `SELECT seq, chain, hash, at, key, seal FROM {schema}.audit_anchor ORDER BY seq DESC LIMIT 1`,
		nil, &seq, &chain, &hash, &made, &key, &seal)
	if err != nil || !found {
		return cp, err
	}
	cp.Chain, cp.At, cp.Key = chain, made.UTC(), key
	if cp.Position, err = position(seq, hash); err != nil {
		return cp, err
	}
	if key != "" || len(seal) > 0 {
		cp.Seal, err = hashOf(seal)
	}
	return cp, err
}

// Head implements [audit.Log]. It does not wait for who is adding.
func (l *AuditLog) Head(ctx context.Context) (head audit.Checkpoint, err error) {
	err = l.db.Read(ctx, "read audit head", func(c *postgres.Conn) error {
		var seq sql.NullInt64
		var hash []byte
		_, err := c.Row(ctx, `(SELECT seq, hash FROM {schema}.audit_entry ORDER BY seq DESC LIMIT 1)
			UNION ALL (SELECT seq, hash FROM {schema}.audit_anchor ORDER BY seq DESC LIMIT 1)
			ORDER BY seq DESC LIMIT 1`, nil, &seq, &hash)
		if err != nil {
			return err
		}
		p, err := position(seq.Int64, hash)
		if err != nil {
			return err
		}
		head, err = l.chain.Checkpoint(audit.Head, p)
		return err
	})
	return head, err
}

// purgePage is how many entries a purge checks at a time.
const purgePage = 1000

// Purge implements [audit.Log]. It needs a role that may delete entries ([AuditKeeper]); the
// application's may not. Writers wait while it checks what it removes.
func (l *AuditLog) Purge(ctx context.Context, before time.Time, actor string) (anchor audit.Checkpoint, err error) {
	if actor == "" {
		return anchor, audit.ErrActor
	}
	err = l.db.Write(ctx, "purge audit trail", func(c *postgres.Conn) error {
		if _, err := l.tail(ctx, c); err != nil {
			return err
		}
		if anchor, err = l.anchor(ctx, c); err != nil {
			return err
		}
		first, last, err := l.checkOld(ctx, c, anchor, before)
		if err != nil || last.Seq == 0 {
			return err
		}
		record, err := l.chain.PurgeRecord(first, last, before, actor)
		if err != nil {
			return err
		}
		if anchor, err = l.chain.Checkpoint(audit.Anchor, last.Position()); err != nil {
			return err
		}
		if _, err := l.add(ctx, c, []audit.Record{record}); err != nil {
			return err
		}
		seal := []byte{}
		if anchor.Key != "" {
			seal = anchor.Seal[:]
		}
		if _, err := c.Exec(ctx, `INSERT INTO {schema}.audit_anchor (seq, chain, hash, at, key, seal) VALUES ($1, $2, $3, $4, $5, $6)`,
			int64(anchor.Seq), anchor.Chain, anchor.Hash[:], anchor.At, anchor.Key, seal); err != nil {
			return err
		}
		_, err = c.Exec(ctx, `DELETE FROM {schema}.audit_entry WHERE seq <= $1`, int64(anchor.Seq))
		return err
	})
	return anchor, err
}

// checkOld verifies the entries before the first one that is not older, and returns the first and
// the last of them; zero entries when there are none.
func (l *AuditLog) checkOld(ctx context.Context, c *postgres.Conn, anchor audit.Checkpoint, before time.Time) (first, last audit.Entry, err error) {
	verifier, err := l.chain.NewVerifier(anchor)
	if err != nil {
		return first, last, err
	}
	for after := anchor.Seq; ; {
		page, err := l.entries(ctx, c, after, purgePage)
		if err != nil || len(page) == 0 {
			return first, last, err
		}
		for _, e := range page {
			if !e.At.Before(before) {
				return first, last, nil
			}
			if err := verifier.Add(e); err != nil {
				return first, last, err
			}
			if first.Seq == 0 {
				first = e
			}
			last = e
		}
		after = last.Seq
	}
}
