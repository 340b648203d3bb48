package sqlstore_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/esign/sqlstore"
)

func TestConfiguration(t *testing.T) {
	_, err := sqlstore.New(sqlstore.Config{})
	require.ErrorIs(t, err, sqlstore.ErrConfig)
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), nil, ""), sqlstore.ErrConfig)
	_, err = sqlstore.Grants(schema, `app"; DROP SCHEMA tte`)
	require.ErrorIs(t, err, sqlstore.ErrIdentifier)
	owner, _, db := newDatabase(t)
	_, err = sqlstore.New(sqlstore.Config{DB: owner.DB, Schema: "A"})
	require.ErrorIs(t, err, sqlstore.ErrIdentifier)
	require.ErrorIs(t, sqlstore.Migrate(t.Context(), owner.DB, "A"), sqlstore.ErrIdentifier)
	require.NoError(t, db.Check(t.Context()))
	owner.Must(`DROP TABLE tte.signature CASCADE`)
	_, err = db.Ledger().Entry(t.Context(), "k")
	require.ErrorIs(t, err, sqlstore.ErrNotMigrated)
}

func TestProgramMayOnlyWhatItNeeds(t *testing.T) {
	_, pool, _ := newDatabase(t)
	for _, statement := range []string{
		`DELETE FROM tte.signature`, `DELETE FROM tte.seal`, `TRUNCATE tte.signature`, `DROP TABLE tte.seal`, `CREATE TABLE tte.mine (n integer)`,
		`UPDATE tte.schema_version SET version = 0`,
	} {
		_, err := pool.Exec(statement)
		require.Error(t, err, statement)
		e, ok := err.(interface{ SQLState() string })
		require.True(t, ok)
		assert.Equal(t, "42501", e.SQLState(), statement)
	}
}

func TestCallersTransaction(t *testing.T) {
	_, pool, db := newDatabase(t)
	note := func(e *esign.Entry) error {
		e.Attempts = append(e.Attempts, esign.Attempt{ID: "a"})
		return nil
	}
	for _, commit := range []bool{false, true} {
		tx, err := pool.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, db.In(tx).Ledger().Update(t.Context(), "k", note))
		require.NoError(t, db.In(tx).Seals().Update(t.Context(), "s", func(r *esign.SealRecord) error { r.Holder = "node-1"; return nil }))
		if commit {
			require.NoError(t, tx.Commit())
		} else {
			require.NoError(t, tx.Rollback())
		}
		e, err := db.Ledger().Entry(t.Context(), "k")
		require.NoError(t, err)
		r, err := db.Seals().Record(t.Context(), "s")
		require.NoError(t, err)
		assert.Equal(t, commit, len(e.Attempts) == 1 && r.Holder == "node-1")
	}
}

// A row that somebody else wrote is told apart from one that is not there.
func TestStoredRowNotReadable(t *testing.T) {
	owner, _, db := newDatabase(t)
	owner.Must(`INSERT INTO tte.signature VALUES ('k', 1, 'no JSON', false)`)
	_, err := db.Ledger().Entry(t.Context(), "k")
	require.ErrorIs(t, err, sqlstore.ErrStored)
	require.ErrorIs(t, db.Ledger().Update(t.Context(), "k", func(*esign.Entry) error { return nil }), sqlstore.ErrStored)
}

// Lists and look-ups use the indexes.
func TestNoSequentialScan(t *testing.T) {
	owner, _, _ := newDatabase(t)
	owner.Must(`INSERT INTO tte.signature SELECT md5(i::text), 1, '{}', i % 100 = 0 FROM generate_series(1, 20000) AS i`,
		`INSERT INTO tte.seal SELECT md5(i::text), 1, '', NULL, '', NULL FROM generate_series(1, 20000) AS i`, `ANALYZE`)
	for _, query := range []string{
		`SELECT version, entry FROM tte.signature WHERE key = 'a'`,
		`SELECT key FROM tte.signature WHERE unsettled AND key > 'a' ORDER BY key LIMIT 10`,
		`SELECT version, sealed, expires, holder, until FROM tte.seal WHERE id = 'a'`,
	} {
		var plan string
		require.NoError(t, owner.QueryRow("EXPLAIN (FORMAT JSON) "+query).Scan(&plan))
		assert.NotContains(t, plan, "Seq Scan", "%s\n%s", query, plan)
	}
}
