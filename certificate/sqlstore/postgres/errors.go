package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// The outcomes that a caller branches on. Each comes wrapped in an [*Error].
var (
	// ErrUnavailable: the server cannot be reached, is starting or stopping, has no connection
	// left, or the connection broke before the commit. Nothing was stored; trying again later is
	// safe.
	ErrUnavailable = errors.New("sqlstore: database not available")
	// ErrConflict: the server rolled the transaction back for the sake of another one (deadlock,
	// serialisation failure, lock not available) more often than it was repeated, or the
	// transaction is the caller's, who alone can repeat it. Nothing was stored.
	ErrConflict = errors.New("sqlstore: transaction rolled back for another one")
	// ErrFull: disk, memory or another resource of the server is used up. Nothing was stored.
	ErrFull = errors.New("sqlstore: database has no room left")
	// ErrNotMigrated: the tables are not there or of an older version: call Migrate.
	ErrNotMigrated = errors.New("sqlstore: schema not migrated")
	// ErrNewer: the schema was migrated by a newer version of this module.
	ErrNewer = errors.New("sqlstore: schema is newer than this program")
	// ErrPrivilege: the role lacks a privilege, or the server is a read-only standby.
	ErrPrivilege = errors.New("sqlstore: role may not do this")
	// ErrOutcomeUnknown: the connection broke during the commit, and within the time allowed the
	// server could not be asked whether it took effect. Look before doing it again.
	ErrOutcomeUnknown = errors.New("sqlstore: commit may or may not have taken effect")
	// ErrServer: any other failure. The SQLSTATE says which.
	ErrServer = errors.New("sqlstore: database refused the statement")
)

// Error is a failure of the database. It holds no text of the server, which may quote stored
// values: look SQLSTATE and time up in the server's own log.
type Error struct {
	Op       string // what was being done, such as "update person"
	SQLState string // PostgreSQL's error code, appendix A of its manual; empty when there was none
	kind     error
	cause    string // of a failure to connect: address and reason
}

// Error implements error.
func (e *Error) Error() string {
	text := fmt.Sprintf("sqlstore: %s: %s", e.Op, strings.TrimPrefix(e.kind.Error(), "sqlstore: "))
	if e.SQLState != "" {
		text += " (SQLSTATE " + e.SQLState + ")"
	}
	if e.cause != "" {
		text += ": " + e.cause
	}
	return text
}

// Unwrap returns the outcome, such as [ErrUnavailable].
func (e *Error) Unwrap() error { return e.kind }

// newError turns an error of the driver into one that can be shown. An error of the context is
// passed on as such.
func newError(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	if ctxErr := ctx.Err(); ctxErr != nil {
		return fmt.Errorf("sqlstore: %s: %w", op, ctxErr)
	}
	e := &Error{Op: op, SQLState: sqlState(err)}
	if e.SQLState != "" {
		e.kind = kindOf(e.SQLState)
		return e
	}
	e.kind = ErrServer
	if connectionError(err) {
		e.kind, e.cause = ErrUnavailable, reason(err)
	}
	return e
}

// sqlState returns the SQLSTATE of an error of pgx, lib/pq or another driver that tells it.
func sqlState(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}

// kindOf sorts the codes of PostgreSQL 15, appendix A.
func kindOf(state string) error {
	switch state {
	case "40001", "40P01", "55P03": // serialization_failure, deadlock_detected, lock_not_available
		return ErrConflict
	case "57P01", "57P02", "57P03", "57P05", "53300": // shutdowns, starting up, idle timeout, too_many_connections
		return ErrUnavailable
	case "42P01", "42703", "42883", "3F000": // undefined table, column, function, schema
		return ErrNotMigrated
	case "42501", "25006", "28000", "28P01": // insufficient_privilege, read only, refused log-in
		return ErrPrivilege
	}
	switch {
	case strings.HasPrefix(state, "08"): // connection exceptions
		return ErrUnavailable
	case strings.HasPrefix(state, "53"): // disk_full, out_of_memory, configuration_limit_exceeded
		return ErrFull
	}
	return ErrServer
}

// connectionError reports an error of the network or of a connection that is gone.
func connectionError(err error) bool {
	var network net.Error
	var errno syscall.Errno
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) ||
		errors.As(err, &errno) || isConnect(err)
}

// isConnect reports whether a driver says that the connection is closed without wrapping
// anything that the standard library knows.
func isConnect(err error) bool {
	text := err.Error()
	return strings.Contains(text, "conn closed") || strings.Contains(text, "failed to connect")
}

// reason is the part of a connection's error that quotes nothing but addresses.
func reason(err error) string {
	var op *net.OpError
	var errno syscall.Errno
	switch {
	case errors.As(err, &op):
		return op.Error()
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed by the server"
	}
	return ""
}
