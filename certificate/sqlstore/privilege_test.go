package sqlstore_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/sqlstore"
)

// tables of the schema.
func (n *node) tables(t testing.TB) (names []string) {
	t.Helper()
	rows, err := n.owner.Query(`SELECT relname FROM pg_class WHERE relnamespace = 'tte'::regnamespace AND relkind = 'r' ORDER BY 1`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, names)
	return names
}

func TestApplicationChangesNoTableAndNoAuditEntry(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	o.enrol(t, 0)
	refused := []string{
		`CREATE TABLE tte.mine (n integer)`, `CREATE SCHEMA mine`,
		`UPDATE tte.audit_entry SET result = 'ok'`, `DELETE FROM tte.audit_entry`, `INSERT INTO tte.audit_anchor SELECT seq, 'x', hash, at, '', '' FROM tte.audit_entry`,
		`DELETE FROM tte.serial`, `DELETE FROM tte.request`, `DELETE FROM tte.crl_number`, `UPDATE tte.sealed_key SET sealed = ''`,
		`UPDATE tte.schema_version SET version = 0`,
		`CREATE OR REPLACE FUNCTION tte.audit_tail(OUT tail_seq bigint, OUT tail_hash bytea) LANGUAGE sql AS 'SELECT 0::bigint, NULL::bytea'`,
	}
	for _, table := range n.tables(t) {
		refused = append(refused, `TRUNCATE tte.`+table+` CASCADE`, `DROP TABLE tte.`+table+` CASCADE`,
			`ALTER TABLE tte.`+table+` ADD COLUMN mine integer`, `ALTER TABLE tte.`+table+` DISABLE TRIGGER ALL`)
	}
	for _, statement := range refused {
		_, err := n.pool.Exec(statement)
		require.Error(t, err, statement)
		assert.Equal(t, "42501", state(err), statement)
	}
	_, err := n.AuditLog().Purge(t.Context(), start.Add(time.Hour), "operator")
	require.ErrorIs(t, err, sqlstore.ErrPrivilege)
}

func state(err error) string {
	if e, ok := err.(interface{ SQLState() string }); ok {
		return e.SQLState()
	}
	return ""
}

func TestAuditorReadsTheTrailAlone(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	role := n.owner.Role()
	n.grant(t, role, sqlstore.Auditor)
	d := n.open(t, n.owner.As(role))
	require.NoError(t, d.Check(t.Context()))
	log := d.AuditLog()
	var file bytes.Buffer
	sum, err := audit.Export(t.Context(), &file, log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Positive(t, sum.Entries)
	again, err := audit.CheckExport(&file, log.Chain(), audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Equal(t, sum, again)

	_, err = log.Append(t.Context(), audit.Record{At: start, Source: "x", Action: "y"})
	require.ErrorIs(t, err, sqlstore.ErrPrivilege)
	_, err = d.Store().View(t.Context(), id)
	require.ErrorIs(t, err, sqlstore.ErrPrivilege)
	_, err = log.Purge(t.Context(), start.Add(time.Hour), "auditor")
	require.ErrorIs(t, err, sqlstore.ErrPrivilege)

	keeper := n.owner.Role()
	n.grant(t, keeper, sqlstore.AuditKeeper)
	purger := n.open(t, n.owner.As(keeper))
	_, err = purger.AuditLog().Purge(t.Context(), start.Add(time.Hour), "keeper")
	require.NoError(t, err)
	_, err = audit.Verify(t.Context(), log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
	_, err = purger.Store().View(t.Context(), id)
	require.ErrorIs(t, err, sqlstore.ErrPrivilege)
	trail, err := o.Audit(t.Context(), id)
	require.NoError(t, err)
	assert.Empty(t, trail)
}

func TestTamperingShows(t *testing.T) {
	chain, err := audit.NewChain(audit.Config{Name: "contoh", Keys: ring(t, "k1")})
	require.NoError(t, err)
	n := newNode(t, func(cfg *sqlstore.Config) { cfg.Audit = chain })
	for i := range 5 {
		_, err := n.AuditLog().Append(t.Context(), audit.Record{At: start.Add(time.Duration(i) * time.Minute), Source: "contoh", Action: "sign", Result: "ok"})
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		statement string
		seq       uint64
		problem   audit.Problem
	}{
		"a row removed":            {`DELETE FROM tte.audit_entry WHERE seq = 3`, 4, audit.ProblemMissing},
		"a row changed":            {`UPDATE tte.audit_entry SET result = 'refused' WHERE seq = 2`, 2, audit.ProblemChanged},
		"a time changed":           {`UPDATE tte.audit_entry SET at = at - interval '1 hour' WHERE seq = 2`, 2, audit.ProblemChanged},
		"a seal removed":           {`UPDATE tte.audit_entry SET key = '', seal = '' WHERE seq = 2`, 2, audit.ProblemUnsealed},
		"the anchor moved forward": {`WITH e AS (DELETE FROM tte.audit_entry WHERE seq <= 2 RETURNING *) INSERT INTO tte.audit_anchor SELECT seq, 'contoh', hash, at, key, seal FROM e WHERE seq = 2`, 2, audit.ProblemSeal},
		"a hash of no length":      {`UPDATE tte.audit_entry SET hash = '\x00' WHERE seq = 2`, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := n.owner.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			defer func() { _ = tx.Rollback() }()
			_, err = tx.Exec(c.statement)
			require.NoError(t, err)
			_, err = audit.Verify(t.Context(), chain, n.In(tx).AuditLog(), audit.VerifyOptions{})
			require.ErrorIs(t, err, audit.ErrBroken)
			var broken *audit.BrokenError
			if c.seq > 0 {
				require.ErrorAs(t, err, &broken)
				assert.Equal(t, audit.BrokenError{Chain: "contoh", Seq: c.seq, Problem: c.problem}, *broken)
			}
		})
	}
}

// The end cut off shows against a head that was kept elsewhere.
func TestCutOffEndShows(t *testing.T) {
	n := newNode(t)
	log := n.AuditLog()
	var head audit.Checkpoint
	for range 3 {
		var err error
		head, err = log.Append(t.Context(), audit.Record{At: start, Source: "contoh", Action: "sign", Result: "ok"})
		require.NoError(t, err)
	}
	n.owner.Must(`DELETE FROM tte.audit_entry WHERE seq = 3`)
	_, err := audit.Verify(t.Context(), log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
	_, err = audit.Verify(t.Context(), log.Chain(), log, audit.VerifyOptions{Heads: []audit.Checkpoint{head}})
	var broken *audit.BrokenError
	require.ErrorAs(t, err, &broken)
	assert.Equal(t, audit.ProblemCutOff, broken.Problem)
}

// Where nothing is open to everybody, what Grants says is all that is needed.
func TestGrantsAreEnough(t *testing.T) {
	owner := server.Database(t)
	owner.Must(`ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`)
	require.NoError(t, sqlstore.Migrate(t.Context(), owner.DB, schema))
	n := &node{owner: owner, role: owner.Role()}
	n.grant(t, n.role, sqlstore.Application)
	n.pool = owner.As(n.role)
	n.Database = n.open(t, n.pool)
	newOffice(t, n.Database).enrol(t, 0)
}
