package main

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

//go:embed schema.sql
var schema string

// postgresStore is a store in PostgreSQL for one process, which holds the lock of
// the database while it runs.
type postgresStore struct {
	db   *sql.DB
	lock *sql.Conn
}

// lockKey is the advisory lock of the process that works on the database: typed
// passphrases and sessions are in its memory.
const lockKey = 0x656f66666963 // "eoffic"

// openPostgres connects, makes sure that nobody else works on the database, and
// makes the tables that are missing.
func openPostgres(ctx context.Context, dsn string) (*postgresStore, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		// The driver's error repeats the connection string, which may hold a password.
		return nil, errors.New("eoffice: -postgres is no connection string")
	}
	p := &postgresStore{db: db}
	if err := p.prepare(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *postgresStore) prepare(ctx context.Context) error {
	p.db.SetMaxOpenConns(10)
	var err error
	if p.lock, err = p.db.Conn(ctx); err != nil {
		return errors.New("eoffice: the database does not answer")
	}
	var alone bool
	if err := p.lock.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(lockKey)).Scan(&alone); err != nil {
		return fmt.Errorf("eoffice: database: %w", err)
	}
	if !alone {
		return errInUse
	}
	if _, err := p.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("eoffice: make the tables: %w", err)
	}
	return nil
}

// Close implements store. The lock ends with its connection.
func (p *postgresStore) Close() error {
	if p.lock != nil {
		_, err := p.lock.ExecContext(context.Background(), `SELECT pg_advisory_unlock($1)`, int64(lockKey))
		return errors.Join(err, p.lock.Close(), p.db.Close())
	}
	return p.db.Close()
}

// within runs f in a transaction.
func (p *postgresStore) within(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("eoffice: database: %w", err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("eoffice: database: %w", err)
	}
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// one reads one record.
func one[T any](ctx context.Context, q queryer, query string, args ...any) (T, error) {
	var v T
	var record []byte
	err := q.QueryRowContext(ctx, query, args...).Scan(&record)
	if errors.Is(err, sql.ErrNoRows) {
		return v, errNotFound
	}
	if err != nil {
		return v, fmt.Errorf("eoffice: database: %w", err)
	}
	return v, json.Unmarshal(record, &v)
}

// many reads records.
func many[T any](ctx context.Context, db *sql.DB, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("eoffice: database: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		var record []byte
		if err := rows.Scan(&record); err != nil {
			return nil, fmt.Errorf("eoffice: database: %w", err)
		}
		if err := json.Unmarshal(record, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("eoffice: database: %w", err)
	}
	return nil
}

const addDocument = `INSERT INTO eoffice.document (letter, version, bytes) VALUES ($1, $2, $3)`

// AddLetter implements store.
func (p *postgresStore) AddLetter(ctx context.Context, l letter, document []byte) error {
	record, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return p.within(ctx, func(tx *sql.Tx) error {
		err := exec(ctx, tx, `INSERT INTO eoffice.letter (id, token, people, created, record) VALUES ($1, $2, $3, $4, $5)`,
			l.ID, l.Token, l.people(), l.Created, string(record))
		if err != nil {
			return err
		}
		return exec(ctx, tx, addDocument, l.ID, len(l.Versions), document)
	})
}

// Letter implements store.
func (p *postgresStore) Letter(ctx context.Context, id string) (letter, error) {
	return one[letter](ctx, p.db, `SELECT record FROM eoffice.letter WHERE id = $1`, id)
}

// LetterByToken implements store.
func (p *postgresStore) LetterByToken(ctx context.Context, token string) (letter, error) {
	return one[letter](ctx, p.db, `SELECT record FROM eoffice.letter WHERE token = $1`, token)
}

// Letters implements store.
func (p *postgresStore) Letters(ctx context.Context, username string, limit int) ([]letter, error) {
	return many[letter](ctx, p.db, `SELECT record FROM eoffice.letter WHERE people @> ARRAY[$1::text]
		ORDER BY created DESC, id LIMIT $2`, username, limit)
}

// ChangeLetter implements store.
func (p *postgresStore) ChangeLetter(ctx context.Context, id string, change func(*letter) ([]byte, error)) (letter, error) {
	var l letter
	err := p.within(ctx, func(tx *sql.Tx) error {
		var err error
		if l, err = one[letter](ctx, tx, `SELECT record FROM eoffice.letter WHERE id = $1 FOR UPDATE`, id); err != nil {
			return err
		}
		document, err := change(&l)
		if err != nil {
			return err
		}
		record, err := json.Marshal(l)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, `UPDATE eoffice.letter SET people = $2, record = $3 WHERE id = $1`, id, l.people(), string(record)); err != nil {
			return err
		}
		if document == nil {
			return nil
		}
		return exec(ctx, tx, addDocument, id, len(l.Versions), document)
	})
	if err != nil {
		return letter{}, err
	}
	return l, nil
}

// Document implements store.
func (p *postgresStore) Document(ctx context.Context, id string, version int) ([]byte, error) {
	var document []byte
	err := p.db.QueryRowContext(ctx, `SELECT bytes FROM eoffice.document WHERE letter = $1 AND version = $2`, id, version).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("eoffice: database: %w", err)
	}
	return document, nil
}

// AddJob implements store.
func (p *postgresStore) AddJob(ctx context.Context, j job) error {
	record, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return p.within(ctx, func(tx *sql.Tx) error {
		return exec(ctx, tx, `INSERT INTO eoffice.job (id, created, ended, record) VALUES ($1, $2, $3, $4)`,
			j.ID, j.Created, j.State == jobEnded, string(record))
	})
}

// Job implements store.
func (p *postgresStore) Job(ctx context.Context, id string) (job, error) {
	return one[job](ctx, p.db, `SELECT record FROM eoffice.job WHERE id = $1`, id)
}

// ChangeJob implements store.
func (p *postgresStore) ChangeJob(ctx context.Context, id string, change func(*job) error) (job, error) {
	var j job
	err := p.within(ctx, func(tx *sql.Tx) error {
		var err error
		if j, err = one[job](ctx, tx, `SELECT record FROM eoffice.job WHERE id = $1 FOR UPDATE`, id); err != nil {
			return err
		}
		if err := change(&j); err != nil {
			return err
		}
		record, err := json.Marshal(j)
		if err != nil {
			return err
		}
		return exec(ctx, tx, `UPDATE eoffice.job SET ended = $2, record = $3 WHERE id = $1`, id, j.State == jobEnded, string(record))
	})
	if err != nil {
		return job{}, err
	}
	return j, nil
}

// OpenJobs implements store.
func (p *postgresStore) OpenJobs(ctx context.Context) ([]job, error) {
	return many[job](ctx, p.db, `SELECT record FROM eoffice.job WHERE NOT ended ORDER BY created, id`)
}
