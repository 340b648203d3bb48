package sqlstore_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
	"github.com/sertel-id/sertel/signing/esign/sqlstore"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// schema is not the default one, so that a statement without {schema} is found.
const schema = "tte"

// newDatabase migrates an empty database and connects to it as the program's role.
func newDatabase(t testing.TB) (owner *pgtest.Database, pool *sql.DB, db *sqlstore.Database) {
	t.Helper()
	owner = server.Database(t)
	require.NoError(t, sqlstore.Migrate(t.Context(), owner.DB, schema))
	role := owner.Role()
	statements, err := sqlstore.Grants(schema, role)
	require.NoError(t, err)
	owner.Must(statements...)
	pool = owner.As(role)
	db, err = sqlstore.New(sqlstore.Config{DB: pool, Schema: schema})
	require.NoError(t, err)
	return owner, pool, db
}
