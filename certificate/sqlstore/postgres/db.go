package postgres

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"
)

// DB runs statements in a pool, or in a transaction of the caller. It is safe for concurrent use
// as far as the pool or the transaction is.
type DB struct {
	pool   *sql.DB
	tx     *sql.Tx
	schema Schema
}

// New returns a DB over a pool. Nothing is asked of the server yet.
func New(pool *sql.DB, schema Schema) *DB { return &DB{pool: pool, schema: schema} }

// In returns a DB that does everything in the caller's transaction, under a savepoint each time,
// so that a refusal leaves the transaction usable. It repeats nothing.
func (d *DB) In(tx *sql.Tx) *DB { return &DB{pool: d.pool, tx: tx, schema: d.schema} }

// Schema returns the schema.
func (d *DB) Schema() Schema { return d.schema }

// The bounds of repetition.
const (
	conflictTries    = 10
	unavailableTries = 4
	commitTime       = 30 * time.Second // for the commit itself, which must not be interrupted lightly
	settleTime       = 5 * time.Second  // for asking what became of a lost one
)

// querier is what pools, connections and transactions have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Read runs f without a transaction of its own. f must only read, or make one statement that may
// be made twice. It is repeated when the connection was lost. Errors: [*Error], and those of f.
func (d *DB) Read(ctx context.Context, op string, f func(*Conn) error) error {
	if err := ctx.Err(); err != nil {
		return newError(ctx, op, err)
	}
	if d.tx != nil {
		return f(&Conn{q: d.tx, schema: d.schema, op: op})
	}
	return repeat(ctx, func() error { return f(&Conn{q: d.pool, schema: d.schema, op: op}) })
}

// Write runs f in a transaction (READ COMMITTED, so that what a lock waited for is seen) and
// commits it unless f fails. After a deadlock, a serialisation failure or a connection lost
// before the commit, f is called again on a new transaction. When the answer to the commit is
// lost, the server is asked what became of it, if f called [Conn.Track].
func (d *DB) Write(ctx context.Context, op string, f func(*Conn) error) error {
	if err := ctx.Err(); err != nil {
		return newError(ctx, op, err)
	}
	if d.tx != nil {
		return d.nested(ctx, op, f)
	}
	return repeat(ctx, func() error { return d.once(ctx, op, f) })
}

// repeat calls f until it succeeds, fails for good, or was called often enough.
func repeat(ctx context.Context, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		var e *Error
		if !errors.As(err, &e) {
			return err
		}
		if (!errors.Is(e, ErrConflict) || try >= conflictTries) && (!errors.Is(e, ErrUnavailable) || try >= unavailableTries) {
			return err
		}
		if Pause(ctx, try) != nil {
			return err
		}
	}
}

// Pause waits before the next try: a random time, of 5 ms at most at first, doubling to 160 ms.
// The error is the context's.
func Pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(5 * time.Millisecond << min(try-1, 5))) //nolint:gosec // a pause is no secret
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once makes one transaction.
func (d *DB) once(ctx context.Context, op string, f func(*Conn) error) error {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return newError(ctx, op, err)
	}
	defer func() { _ = conn.Close() }()
	// The context of the transaction ends with the caller's, but not during the commit: an
	// interrupted commit has an unknown outcome.
	txCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	release := context.AfterFunc(ctx, cancel)
	defer release()
	tx, err := conn.BeginTx(txCtx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return newError(ctx, op, err)
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit
	c := &Conn{q: tx, schema: d.schema, op: op}
	if err := f(c); err != nil {
		return err
	}
	if !release() {
		return newError(ctx, op, ctx.Err())
	}
	defer time.AfterFunc(commitTime, cancel).Stop()
	err = tx.Commit()
	if err == nil {
		return nil
	}
	if state := sqlState(err); state != "" && !errors.Is(kindOf(state), ErrUnavailable) {
		return newError(ctx, op, err) // the server said that it did not commit
	}
	_ = conn.Close()
	return d.settle(ctx, op, c.xid)
}

// settle asks what became of a transaction whose commit was not answered.
func (d *DB) settle(ctx context.Context, op, xid string) error {
	unknown := &Error{Op: op, kind: ErrOutcomeUnknown}
	if xid == "" {
		return unknown
	}
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for try := 1; ; try++ {
		var status sql.NullString
		_, err := (&Conn{q: d.pool, op: op}).Row(ctx, `SELECT pg_xact_status($1::text::xid8)`, []any{xid}, &status)
		switch {
		case err == nil && status.String == "committed":
			return nil
		case err == nil && status.String == "aborted":
			return &Error{Op: op, kind: ErrUnavailable} // nothing was stored: it may be repeated
		case err == nil && !status.Valid:
			return unknown // too long ago for the server to know
		}
		if Pause(ctx, try) != nil {
			return unknown
		}
	}
}

// nested runs f in the caller's transaction.
func (d *DB) nested(ctx context.Context, op string, f func(*Conn) error) error {
	c := &Conn{q: d.tx, schema: d.schema, op: op}
	if _, err := c.Exec(ctx, `SAVEPOINT sertel`); err != nil {
		return err
	}
	if err := f(c); err != nil {
		// The context may be what failed; the savepoint is left in any case.
		_, back := d.tx.ExecContext(context.WithoutCancel(ctx), `ROLLBACK TO SAVEPOINT sertel`)
		if back == nil {
			_, _ = d.tx.ExecContext(context.WithoutCancel(ctx), `RELEASE SAVEPOINT sertel`)
		}
		return err
	}
	_, err := c.Exec(ctx, `RELEASE SAVEPOINT sertel`)
	return err
}
