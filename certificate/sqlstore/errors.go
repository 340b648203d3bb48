package sqlstore

import "github.com/sertel-id/sertel/certificate/sqlstore/postgres"

// Error is a failure of the database: what was being done, the SQLSTATE, and as its cause one of
// the errors below. It holds no text of the server, which may quote stored values; that stands in
// the server's own log.
type Error = postgres.Error

// The outcomes of the database that a caller branches on, each wrapped in an [*Error]. What the
// interfaces themselves define, such as certificate.ErrNotFound, comes as it is, and so do errors
// of the context.
var (
	// ErrUnavailable: the server cannot be reached, is starting or stopping, has no connection
	// left, or the connection broke before the commit. Nothing was stored; trying again later is
	// safe.
	ErrUnavailable = postgres.ErrUnavailable
	// ErrConflict: a deadlock or a serialisation failure, more often than it was repeated. In a
	// transaction of the caller nothing is repeated: the caller begins a new one. Nothing was
	// stored.
	ErrConflict = postgres.ErrConflict
	// ErrFull: disk, memory or another resource of the server is used up. Nothing was stored.
	ErrFull = postgres.ErrFull
	// ErrNotMigrated: the tables are not there or of an older version: see [Migrate].
	ErrNotMigrated = postgres.ErrNotMigrated
	// ErrNewer: the schema was migrated by a newer version of this module.
	ErrNewer = postgres.ErrNewer
	// ErrPrivilege: the role lacks a privilege ([Grants]), or the server is a read-only standby.
	ErrPrivilege = postgres.ErrPrivilege
	// ErrOutcomeUnknown: the connection broke during a commit, and within five seconds the server
	// could not be asked whether it took effect. Look before doing it again.
	ErrOutcomeUnknown = postgres.ErrOutcomeUnknown
	// ErrServer: any other failure.
	ErrServer = postgres.ErrServer
)

// Errors of configuration.
var (
	// ErrConfig is returned by [New].
	ErrConfig = postgres.ErrConfig
	// ErrIdentifier: a schema or role that is not of 1 to 63 lower-case letters, digits and
	// underscores, beginning with a letter and not with "pg_".
	ErrIdentifier = postgres.ErrIdentifier
)
