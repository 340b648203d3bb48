package postgres

import (
	"context"
	"database/sql"
	"errors"
)

// Conn runs statements for one operation. Its errors are [*Error] or the context's.
type Conn struct {
	q      querier
	schema Schema
	op     string
	xid    string
}

// Exec runs a statement and returns the number of rows that it changed. Errors: [*Error].
func (c *Conn) Exec(ctx context.Context, statement string, args ...any) (int64, error) {
	result, err := c.q.ExecContext(ctx, c.schema.In(statement), args...)
	if err != nil {
		return 0, newError(ctx, c.op, err)
	}
	n, err := result.RowsAffected()
	return n, newError(ctx, c.op, err)
}

// Row reads the first row into dest; false means that there is none. Errors: [*Error].
func (c *Conn) Row(ctx context.Context, query string, args []any, dest ...any) (bool, error) {
	found := false
	err := c.Rows(ctx, query, args, func(scan func(...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(dest...)
	})
	return found, err
}

// Rows calls each for every row. An error of scan is the database's, any other error of each is
// returned as it is.
func (c *Conn) Rows(ctx context.Context, query string, args []any, each func(scan func(...any) error) error) (err error) {
	rows, err := c.q.QueryContext(ctx, c.schema.In(query), args...)
	if err != nil {
		return newError(ctx, c.op, err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = newError(ctx, c.op, closeErr)
		}
	}()
	for rows.Next() {
		if err := each(func(dest ...any) error { return newError(ctx, c.op, rows.Scan(dest...)) }); err != nil {
			return err
		}
	}
	return newError(ctx, c.op, rows.Err())
}

// Track remembers the number of the transaction, which a statement returned as
// pg_current_xact_id()::text, so that a commit without answer can be settled.
func (c *Conn) Track(xid string) { c.xid = xid }

// Unique reports whether the statement failed since a unique constraint holds.
func Unique(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.SQLState == "23505"
}

// Conflict is what an operation returns when it noticed by itself that another transaction came
// first.
func (c *Conn) Conflict() error { return &Error{Op: c.op, kind: ErrConflict} }

// ensure that the standard library's types fit.
var (
	_ querier = (*sql.DB)(nil)
	_ querier = (*sql.Tx)(nil)
)
