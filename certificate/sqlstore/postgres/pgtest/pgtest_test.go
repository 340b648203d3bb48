package pgtest_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

func TestDatabasesAreApart(t *testing.T) {
	one, two := server.Database(t), server.Database(t)
	one.Must(`CREATE TABLE t (n integer)`, `INSERT INTO t VALUES (1)`)
	_, err := two.Exec(`SELECT n FROM t`)
	require.ErrorContains(t, err, "does not exist")
	role := one.Role()
	_, err = one.As(role).Exec(`SELECT n FROM t`)
	require.ErrorContains(t, err, "permission denied")
}

func TestKilledServerComesBack(t *testing.T) {
	i := pgtest.Start(t, true)
	db := pgtest.Open(t, i.DSN()+" dbname=postgres")
	_, err := db.Exec(`CREATE TABLE t (n integer)`)
	require.NoError(t, err)
	require.NoError(t, i.Kill())
	require.Error(t, db.Ping())
	require.NoError(t, i.Start())
	_, err = db.Exec(`INSERT INTO t VALUES (1)`)
	require.NoError(t, err, "what was committed is there")
}
