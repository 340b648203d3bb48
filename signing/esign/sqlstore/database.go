package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Migrations are the steps of the schema, for whoever applies migrations with a tool of his own:
// statements of PostgreSQL in which {schema} stands for the quoted schema. [Migrate] also keeps
// the table schema_version.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// component names this package's part of a schema.
const component = "esign"

// Migrate creates the schema (zero: "sertel") and its tables or brings them to this version, in
// one transaction. It may be called by any number of nodes at once: one does it, the others wait.
// The schema may be the one of certificate/sqlstore. The role needs CREATE on the database, or on
// the schema if it is there, and owns the tables afterwards; the program itself should run as
// another role ([Grants]).
//
// Errors: [ErrIdentifier], [ErrNewer], those of the database.
func Migrate(ctx context.Context, db *sql.DB, schema string) error {
	if db == nil {
		return fmt.Errorf("%w: no database", ErrConfig)
	}
	s, err := postgres.NewSchema(schema)
	if err != nil {
		return err
	}
	return postgres.Migrate(ctx, db, s, component, postgres.Migrations(Migrations, "migrations"))
}

// Grants returns the statements that give the program's role the least privileges, for the owner
// of the tables to run once and again after each [Migrate]. Errors match [ErrIdentifier].
func Grants(schema, role string) ([]string, error) {
	return postgres.Grants(schema, role, []string{
		`GRANT SELECT ON {schema}.schema_version TO {role}`,
		`GRANT SELECT, INSERT, UPDATE ON {schema}.signature, {schema}.seal TO {role}`,
	})
}

// Config configures a [Database].
type Config struct {
	// DB is the pool, of any driver for PostgreSQL whose errors have a method SQLState; required.
	DB *sql.DB
	// Schema holds the tables; zero means "sertel".
	Schema string
}

// Database gives out the stores that share a pool and a schema. It and they are safe for
// concurrent use, by any number of nodes.
type Database struct{ db *postgres.DB }

// New returns a Database. It asks the server nothing: see [Database.Check]. Errors match
// [ErrConfig] or [ErrIdentifier].
func New(cfg Config) (*Database, error) {
	if cfg.DB == nil {
		return nil, fmt.Errorf("%w: DB is required", ErrConfig)
	}
	schema, err := postgres.NewSchema(cfg.Schema)
	if err != nil {
		return nil, err
	}
	return &Database{postgres.New(cfg.DB, schema)}, nil
}

// In returns the same for a transaction of the caller: what its stores do takes effect when he
// commits. Nothing is repeated there: after [ErrConflict] he begins again. The ledger of a client
// that signs does not belong into a transaction that lasts as long as the signature: its first
// note must be there when the program ends in the middle.
func (d *Database) In(tx *sql.Tx) *Database { return &Database{d.db.In(tx)} }

// Check compares the schema with this version: nil, [ErrNotMigrated], [ErrNewer], or an error of
// the database. It is for the start of a program and for a health check.
func (d *Database) Check(ctx context.Context) error {
	return postgres.Check(ctx, d.db, component, postgres.Migrations(Migrations, "migrations"))
}
