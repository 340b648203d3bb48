package sqlstore_test

import (
	"io/fs"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	esignstore "github.com/sertel-id/sertel/signing/esign/sqlstore"
)

// Nodes that start at once all call Migrate, and both packages may share a schema.
func TestMigrateByManyNodesAtOnce(t *testing.T) {
	owner := server.Database(t)
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			if i%2 == 0 {
				errs[i] = sqlstore.Migrate(t.Context(), owner.DB, "")
			} else {
				errs[i] = esignstore.Migrate(t.Context(), owner.DB, "")
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	for _, at := range []string{"first", "second"} {
		var n int
		require.NoError(t, owner.QueryRow(`SELECT count(*) FROM sertel.schema_version`).Scan(&n))
		assert.Equal(t, 2, n)
		require.NoError(t, sqlstore.Migrate(t.Context(), owner.DB, "sertel"), "%s time after", at)
	}
	d, err := sqlstore.New(sqlstore.Config{DB: owner.DB})
	require.NoError(t, err)
	require.NoError(t, d.Check(t.Context()))
	e, err := esignstore.New(esignstore.Config{DB: owner.DB})
	require.NoError(t, err)
	require.NoError(t, e.Check(t.Context()))
}

func TestMigrateUnderAnOwnerWithOneSchemaOnly(t *testing.T) {
	db := server.Database(t)
	role := db.Role()
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), db.As(role), schema), sqlstore.ErrPrivilege, "no schema yet")
	db.Must(`CREATE SCHEMA tte AUTHORIZATION ` + role)
	require.NoError(t, sqlstore.Migrate(t.Context(), db.As(role), schema))
}

func TestVersions(t *testing.T) {
	owner := server.Database(t)
	d, err := sqlstore.New(sqlstore.Config{DB: owner.DB, Schema: schema})
	require.NoError(t, err)
	require.ErrorIs(t, d.Check(t.Context()), sqlstore.ErrNotMigrated, "no schema")
	_, err = d.Store().View(t.Context(), certificate.GeneratePersonID())
	require.ErrorIs(t, err, sqlstore.ErrNotMigrated)

	require.NoError(t, sqlstore.Migrate(t.Context(), owner.DB, schema))
	require.NoError(t, d.Check(t.Context()))
	owner.Must(`UPDATE tte.schema_version SET version = version - 1`)
	require.ErrorIs(t, d.Check(t.Context()), sqlstore.ErrNotMigrated, "an older version")
	owner.Must(`UPDATE tte.schema_version SET version = version + 2`)
	require.ErrorIs(t, d.Check(t.Context()), sqlstore.ErrNewer)
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), owner.DB, schema), sqlstore.ErrNewer)
}

// A step that fails leaves the version as it was, and nothing of the others.
func TestMigrateIsAllOrNothing(t *testing.T) {
	owner := server.Database(t)
	owner.Must(`CREATE SCHEMA tte`, `CREATE TABLE tte.attempt (in_the_way integer)`)
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), owner.DB, schema), sqlstore.ErrServer)
	var there bool
	require.NoError(t, owner.QueryRow(`SELECT to_regclass('tte.person') IS NOT NULL OR to_regclass('tte.schema_version') IS NOT NULL`).Scan(&there))
	assert.False(t, there)
	owner.Must(`DROP TABLE tte.attempt`)
	require.NoError(t, sqlstore.Migrate(t.Context(), owner.DB, schema))
}

func TestConfiguration(t *testing.T) {
	_, err := sqlstore.New(sqlstore.Config{})
	require.ErrorIs(t, err, sqlstore.ErrConfig)
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), nil, ""), sqlstore.ErrConfig)
	pool := unreachable(t)
	for name, bad := range map[string]string{
		"a quote": `a"b`, "a dot": "a.b", "capitals": "Sertel", "a digit first": "1a", "PostgreSQL's own": "pg_x",
		"a space": "a b", "too long": "a123456789012345678901234567890123456789012345678901234567890123", "not ASCII": "tté",
	} {
		_, err := sqlstore.New(sqlstore.Config{DB: pool, Schema: bad})
		require.ErrorIs(t, err, sqlstore.ErrIdentifier, name)
		require.ErrorIs(t, sqlstore.Migrate(t.Context(), pool, bad), sqlstore.ErrIdentifier, name)
		_, err = sqlstore.Grants("tte", bad, sqlstore.Application)
		require.ErrorIs(t, err, sqlstore.ErrIdentifier, name)
	}
	_, err = sqlstore.Grants("tte", "app", 0)
	require.ErrorIs(t, err, sqlstore.ErrConfig)
	_, err = sqlstore.New(sqlstore.Config{DB: pool, MaxHandoffs: -1})
	require.ErrorIs(t, err, sqlstore.ErrConfig)
	d, err := sqlstore.New(sqlstore.Config{DB: pool})
	require.NoError(t, err)
	_, err = d.Handoff()
	require.ErrorIs(t, err, sqlstore.ErrConfig, "a handoff without keys")
}

// Whoever applies the statements with another tool replaces {schema}, and nothing else.
func TestMigrationsAreThere(t *testing.T) {
	names, err := fs.Glob(sqlstore.Migrations, "migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := fs.ReadFile(sqlstore.Migrations, name)
		require.NoError(t, err)
		assert.Contains(t, string(text), "{schema}.", name)
	}
}
