package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Migration is one step of a schema, which never changes once it was released.
type Migration struct {
	Version   int
	statement string
}

// Migrations reads the files NNNN_name.sql of a folder, which must be numbered from 1 without
// gaps: a mistake of the program otherwise, and it panics.
func Migrations(files fs.FS, folder string) []Migration {
	names, err := fs.Glob(files, folder+"/*.sql")
	if err != nil || len(names) == 0 {
		panic("sqlstore: no migrations in " + folder)
	}
	slices.Sort(names)
	var list []Migration
	for i, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, folder+"/"), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			panic("sqlstore: migrations not numbered from 1: " + name)
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			panic("sqlstore: " + err.Error())
		}
		list = append(list, Migration{version, string(data)})
	}
	return list
}

// Migrate brings the part of the schema that is named component to the last version, in one
// transaction under an advisory lock: of several nodes that start at once one does it and the
// others find it done. A schema that is newer is [ErrNewer] and left as it is.
func Migrate(ctx context.Context, pool *sql.DB, schema Schema, component string, steps []Migration) error {
	op := "migrate " + component
	return New(pool, schema).Write(ctx, op, func(c *Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('sertel migrate ' || $1, 0))`, schema.name()); err != nil {
			return err
		}
		var there bool
		if _, err := c.Row(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, []any{schema.quoted}, &there); err != nil {
			return err
		}
		if !there {
			if _, err := c.Exec(ctx, `CREATE SCHEMA {schema}`); err != nil {
				return err
			}
		}
		_, err := c.Exec(ctx, `CREATE TABLE IF NOT EXISTS {schema}.schema_version (
			component   text PRIMARY KEY,
			version     integer NOT NULL,
			migrated_at timestamptz NOT NULL DEFAULT now()
		)`)
		if err != nil {
			return err
		}
		present, err := version(ctx, c, component)
		if err != nil {
			return err
		}
		last := len(steps)
		if present > last {
			return fmt.Errorf("%w: %s has version %d, this program knows %d", ErrNewer, component, present, last)
		}
		for _, step := range steps[present:] {
			if _, err := c.Exec(ctx, step.statement); err != nil {
				return fmt.Errorf("version %d: %w", step.Version, err)
			}
		}
		if present == last {
			return nil
		}
		_, err = c.Exec(ctx, `INSERT INTO {schema}.schema_version (component, version) VALUES ($1, $2)
			ON CONFLICT (component) DO UPDATE SET version = EXCLUDED.version, migrated_at = now()`, component, last)
		return err
	})
}

func version(ctx context.Context, c *Conn, component string) (int, error) {
	var v int
	_, err := c.Row(ctx, `SELECT version FROM {schema}.schema_version WHERE component = $1`, []any{component}, &v)
	return v, err
}

// Check compares the version of the schema with the last one: [ErrNotMigrated], [ErrNewer] or an
// error of the database.
func Check(ctx context.Context, d *DB, component string, steps []Migration) error {
	return d.Read(ctx, "check schema", func(c *Conn) error {
		v, err := version(ctx, c, component)
		switch {
		case err != nil:
			return err
		case v < len(steps):
			return fmt.Errorf("%w: %s has version %d, this program needs %d", ErrNotMigrated, component, v, len(steps))
		case v > len(steps):
			return fmt.Errorf("%w: %s has version %d, this program knows %d", ErrNewer, component, v, len(steps))
		}
		return nil
	})
}

// ErrConfig is returned for a configuration that cannot work.
var ErrConfig = errors.New("sqlstore: configuration")
