package sqlstore_test

import (
	"database/sql"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		if err := runChild(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(server.Main(m))
}

// schema is not the default one, so that a statement without {schema} is found.
const schema = "tte"

// node is a program with the least privileges on a migrated database.
type node struct {
	*sqlstore.Database
	owner *pgtest.Database
	pool  *sql.DB
	role  string
}

// newNode makes a database and connects to it as the application's role.
func newNode(t testing.TB, change ...func(*sqlstore.Config)) *node {
	t.Helper()
	n := &node{owner: server.Database(t)}
	require.NoError(t, sqlstore.Migrate(t.Context(), n.owner.DB, schema))
	n.role = n.owner.Role()
	n.grant(t, n.role, sqlstore.Application)
	n.pool = n.owner.As(n.role)
	n.Database = n.open(t, n.pool, change...)
	return n
}

func (n *node) grant(t testing.TB, role string, duty sqlstore.Duty) {
	t.Helper()
	statements, err := sqlstore.Grants(schema, role, duty)
	require.NoError(t, err)
	n.owner.Must(statements...)
}

// open is another node on the same database.
func (n *node) open(t testing.TB, pool *sql.DB, change ...func(*sqlstore.Config)) *sqlstore.Database {
	t.Helper()
	cfg := sqlstore.Config{DB: pool, Schema: schema}
	for _, f := range change {
		f(&cfg)
	}
	d, err := sqlstore.New(cfg)
	require.NoError(t, err)
	return d
}

// ring has a random key for each id, the current one first.
func ring(t testing.TB, ids ...string) *keyring.Ring {
	t.Helper()
	var keys []keyring.Key
	for _, id := range ids {
		key, err := keyring.GenerateKey(id)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	r, err := keyring.New(keys[0], keys[1:]...)
	require.NoError(t, err)
	return r
}

// count is full in CI and a sample elsewhere.
func count(full, sample int) int {
	if os.Getenv("SERTEL_CI") == "1" {
		return full
	}
	return sample
}
