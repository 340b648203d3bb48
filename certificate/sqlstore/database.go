package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Migrations are the steps of the schema, for whoever applies migrations with a tool of his own:
// statements of PostgreSQL in which {schema} stands for the quoted schema. [Migrate] also keeps
// the table schema_version.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// component names this package's part of a schema.
const component = "certificate"

// Migrate creates the schema (zero: "sertel") and its tables or brings them to this version, in
// one transaction. It may be called by any number of nodes at once: one does it, the others wait.
// The role needs CREATE on the database, or on the schema if it is there, and owns the tables
// afterwards; the program itself should run as another role ([Grants]).
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

// Config configures a [Database].
type Config struct {
	// DB is the pool, of any driver for PostgreSQL whose errors have a method SQLState; required.
	DB *sql.DB
	// Schema holds the tables; zero means "sertel".
	Schema string
	// Fields seals the records of people and hashes their look-ups. Nil stores both as they are:
	// then the protection of personal data is the database's alone. See [Store.Reseal] for turning
	// it on later.
	Fields *certificate.FieldSealer
	// Handoff seals passphrases in a [Handoff]; nil means that there is none.
	Handoff *keyring.Ring
	// MaxHandoffs is how many of them may wait, about; zero means 10,000.
	MaxHandoffs int
	// Audit links the audit trail; nil means a chain named "sertel" without keys. A schema holds
	// one chain.
	Audit *audit.Chain
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Database gives out the stores that share a pool and a schema. It and they are safe for
// concurrent use, by any number of nodes.
type Database struct {
	cfg Config
	db  *postgres.DB
}

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
	if cfg.MaxHandoffs < 0 {
		return nil, fmt.Errorf("%w: MaxHandoffs is negative", ErrConfig)
	}
	if cfg.MaxHandoffs == 0 {
		cfg.MaxHandoffs = 10_000
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Audit == nil {
		if cfg.Audit, err = audit.NewChain(audit.Config{Name: "sertel", Now: cfg.Now}); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	return &Database{cfg, postgres.New(cfg.DB, schema)}, nil
}

// In returns the same for a transaction of the caller: what its stores do takes effect when he
// commits. A refusal, such as certificate.ErrDuplicate, leaves the transaction usable. Nothing is
// repeated there: after [ErrConflict] he begins again. At REPEATABLE READ or SERIALIZABLE such
// conflicts are more frequent, and an audit entry is one that all writers meet.
func (d *Database) In(tx *sql.Tx) *Database { return &Database{d.cfg, d.db.In(tx)} }

// Check compares the schema with this version: nil, [ErrNotMigrated], [ErrNewer], or an error of
// the database. It is for the start of a program and for a health check.
func (d *Database) Check(ctx context.Context) error {
	return postgres.Check(ctx, d.db, component, postgres.Migrations(Migrations, "migrations"))
}

// at is an instant as a column keeps it: UTC, microseconds.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// upTo is the first instant of a column that is not before t.
func upTo(t time.Time) time.Time {
	if c := at(t); !c.Equal(t) {
		return c.Add(time.Microsecond)
	}
	return at(t)
}

// orNull is an instant that may be zero.
func orNull(t time.Time) sql.NullTime { return sql.NullTime{Time: at(t), Valid: !t.IsZero()} }
