package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
)

// unreachable is a pool whose server is not there.
func unreachable(t testing.TB) *sql.DB {
	t.Helper()
	return pgtest.Open(t, "host="+filepath.Join(t.TempDir(), "nobody")+" user=sertel dbname=sertel password=Rahasia-Sekali-9")
}

// raise makes the next n statements of a kind on a table fail with a SQLSTATE. What is written
// stands in the message, as servers do it. A sequence counts, since it is not rolled back.
func (n *node) raise(statement, table, sqlstate string, times int) {
	n.owner.Must(`DROP SEQUENCE IF EXISTS public.raised`, `CREATE SEQUENCE public.raised`, `GRANT USAGE ON SEQUENCE public.raised TO PUBLIC`,
		fmt.Sprintf(`CREATE OR REPLACE FUNCTION public.raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('public.raised') <= %d THEN RAISE EXCEPTION 'row %% %%', NEW, convert_from(NEW.record, 'UTF8') USING ERRCODE = '%s'; END IF;
			RETURN NEW; END $$`, times, sqlstate),
		`DROP TRIGGER IF EXISTS raise ON tte.`+table,
		`CREATE TRIGGER raise BEFORE `+statement+` ON tte.`+table+` FOR EACH ROW EXECUTE FUNCTION public.raise()`)
}

func rename(word string) func(*certificate.Record) error {
	return func(r *certificate.Record) error {
		r.Agency = word
		r.AddAudit(certificate.AuditEntry{At: start, Action: "rename", Result: "ok"})
		return nil
	}
}

// renamed counts how often it took effect.
func renamed(t testing.TB, s *sqlstore.Store, id certificate.PersonID) (count int) {
	t.Helper()
	entries, err := s.Audit(t.Context(), id)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Action == "rename" {
			count++
		}
	}
	return count
}

func TestStatesOfTheServer(t *testing.T) {
	n := newNode(t)
	id := newOffice(t, n.Database).enrol(t, 0)
	s := n.Store()
	nik := form(0).NIK
	done := 0
	for _, c := range []struct {
		name, state string
		times       int
		want        error
	}{
		{"a deadlock is repeated", "40P01", 3, nil},
		{"a serialisation failure is repeated", "40001", 3, nil},
		{"but not for ever", "40P01", 1000, sqlstore.ErrConflict},
		{"a full disk is not repeated", "53100", 1, sqlstore.ErrFull},
		{"memory used up", "53200", 1, sqlstore.ErrFull},
		{"a server that stops is tried again", "57P01", 2, nil},
		{"but not for long", "57P01", 1000, sqlstore.ErrUnavailable},
		{"no connection left", "53300", 1000, sqlstore.ErrUnavailable},
		{"a standby", "25006", 1, sqlstore.ErrPrivilege},
		{"a column that is not there", "42703", 1, sqlstore.ErrNotMigrated},
		{"anything else", "XX001", 1, sqlstore.ErrServer},
	} {
		n.raise("UPDATE", "person", c.state, c.times)
		err := s.Update(t.Context(), id, rename(c.name))
		if c.want == nil {
			require.NoError(t, err, c.name)
			done++
			continue
		}
		require.ErrorIs(t, err, c.want, c.name)
		var failure *sqlstore.Error
		require.ErrorAs(t, err, &failure, c.name)
		assert.Equal(t, c.state, failure.SQLState, c.name)
		assert.Equal(t, "update person", failure.Op, c.name)
		for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
			for _, shown := range []any{err, failure, *failure} {
				text := fmt.Sprintf(verb, shown)
				assert.NotContains(t, text, nik, c.name)
				assert.NotContains(t, text, workMail(0), c.name)
			}
		}
	}
	n.owner.Must(`DROP TRIGGER raise ON tte.person`)
	assert.Equal(t, done, renamed(t, s, id), "what failed left nothing, what succeeded was stored once")
}

func TestServerNotThere(t *testing.T) {
	d, err := sqlstore.New(sqlstore.Config{DB: unreachable(t)})
	require.NoError(t, err)
	id := certificate.GeneratePersonID()
	for name, err := range map[string]error{
		"Update": d.Store().Update(t.Context(), id, rename("x")),
		"Check":  d.Check(t.Context()),
	} {
		require.ErrorIs(t, err, sqlstore.ErrUnavailable, name)
		assert.NotContains(t, fmt.Sprintf("%+v", err), "Rahasia-Sekali-9", name)
	}
}

// A commit whose answer is lost took effect or did not; the caller is told which.
func TestLostCommits(t *testing.T) {
	n := newNode(t)
	id := newOffice(t, n.Database).enrol(t, 0)
	proxy := pgtest.NewProxy(t, n.owner)
	d := n.open(t, pgtest.Open(t, proxy.DSN(n.owner.DSN())+" user="+n.role))
	s := d.Store()
	for i, c := range []struct {
		name string
		cut  pgtest.Cut
		cuts int
	}{
		{"it took effect", pgtest.CutAfter, 1}, {"it did not", pgtest.CutBefore, 1}, {"it did not, three times", pgtest.CutBefore, 3},
	} {
		proxy.CutCommits(c.cut, c.cuts, nil)
		require.NoError(t, s.Update(t.Context(), id, rename(c.name)), c.name)
		rec, err := s.View(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, c.name, rec.Agency)
		assert.Equal(t, i+1, renamed(t, n.Store(), id), "%s: once", c.name)
	}
	for _, cut := range []pgtest.Cut{pgtest.CutBefore, pgtest.CutAfter} {
		ctx, cancel := context.WithCancel(t.Context())
		proxy.CutCommits(cut, 1, cancel)
		require.ErrorIs(t, s.Update(ctx, id, rename("unknown")), sqlstore.ErrOutcomeUnknown, "there is no time left to ask")
		cancel()
	}
	require.NoError(t, s.Update(t.Context(), id, rename("and on")), "the pool recovers")
}

// A reader that gives up while others hold what it needs gets its context's error.
func TestContextEndsAWait(t *testing.T) {
	n := newNode(t)
	id := newOffice(t, n.Database).enrol(t, 0)
	tx, err := n.pool.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, n.In(tx).Store().Update(t.Context(), id, rename("held")))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, n.Store().Update(ctx, id, rename("waits")), context.DeadlineExceeded)
	require.NoError(t, tx.Rollback())
	assert.Zero(t, renamed(t, n.Store(), id))
}

func TestCallersTransaction(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	first, second := o.enrol(t, 0), o.enrol(t, 1)
	n.owner.Must(`CREATE TABLE public.letters (n integer)`, `GRANT ALL ON public.letters TO PUBLIC`)
	letters := func() (count int) {
		require.NoError(t, n.pool.QueryRow(`SELECT count(*) FROM public.letters`).Scan(&count))
		return count
	}
	for _, commit := range []bool{false, true} {
		tx, err := n.pool.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		s := n.In(tx).Store()
		_, err = tx.Exec(`INSERT INTO public.letters VALUES (1)`)
		require.NoError(t, err)
		require.NoError(t, s.Update(t.Context(), first, rename("in a transaction")))
		err = s.Update(t.Context(), second, func(r *certificate.Record) error {
			other, err := s.View(t.Context(), first)
			if err == nil {
				r.NIK = other.NIK
			}
			return err
		})
		require.ErrorIs(t, err, certificate.ErrDuplicate)
		_, err = s.View(t.Context(), certificate.GeneratePersonID())
		require.ErrorIs(t, err, certificate.ErrNotFound)
		rec, err := s.View(t.Context(), first)
		require.NoError(t, err, "a refusal leaves the transaction usable")
		assert.Equal(t, "in a transaction", rec.Agency, "it sees its own change")
		require.Zero(t, renamed(t, n.Store(), first), "others do not")
		if !commit {
			require.NoError(t, tx.Rollback())
			assert.Zero(t, letters())
			continue
		}
		require.NoError(t, tx.Commit())
		assert.Equal(t, 1, letters())
		assert.Equal(t, 1, renamed(t, n.Store(), first))
	}
}

// Two transactions that change the same two people in opposite orders: the server ends one of
// them, which learns it as a conflict and begins again.
func TestDeadlockInCallersTransactions(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	people := []certificate.PersonID{o.enrol(t, 0), o.enrol(t, 1)}
	n.owner.Must(`ALTER ROLE ` + n.role + ` SET deadlock_timeout = '50ms'`)
	pool := n.owner.As(n.role)
	var meet sync.WaitGroup
	meet.Add(2)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			tx, err := pool.BeginTx(t.Context(), nil)
			if err != nil {
				errs[i] = err
				meet.Done()
				return
			}
			defer func() { _ = tx.Rollback() }()
			s := n.In(tx).Store()
			quiet := func(r *certificate.Record) error { r.Agency = "mine"; return nil }
			errs[i] = s.Update(t.Context(), people[i], quiet)
			meet.Done()
			meet.Wait()
			if errs[i] == nil {
				errs[i] = s.Update(t.Context(), people[1-i], quiet)
			}
			if errs[i] == nil {
				errs[i] = tx.Commit()
			}
		})
	}
	wg.Wait()
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	require.ErrorIs(t, errs[0], sqlstore.ErrConflict)
	require.NoError(t, errs[1])
}

// At SERIALIZABLE a transaction that saw what came later is ended.
func TestSerialisationFailureInCallersTransaction(t *testing.T) {
	n := newNode(t)
	id := newOffice(t, n.Database).enrol(t, 0)
	for _, level := range []sql.IsolationLevel{sql.LevelRepeatableRead, sql.LevelSerializable} {
		tx, err := n.pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
		require.NoError(t, err)
		s := n.In(tx).Store()
		_, err = s.View(t.Context(), id)
		require.NoError(t, err)
		require.NoError(t, n.Store().Update(t.Context(), id, rename("meanwhile")))
		err = s.Update(t.Context(), id, rename("late"))
		require.ErrorIs(t, err, sqlstore.ErrConflict, "%s", level)
		require.NoError(t, tx.Rollback())
	}
	assert.Equal(t, 2, renamed(t, n.Store(), id))
}

// An audit entry after one that the transaction does not see is a conflict, not a second entry of
// the same number.
func TestAuditConflictInCallersTransaction(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	first, second := o.enrol(t, 0), o.enrol(t, 1)
	tx, err := n.pool.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	s := n.In(tx).Store()
	_, err = s.View(t.Context(), first)
	require.NoError(t, err)
	require.NoError(t, n.Store().Update(t.Context(), second, rename("meanwhile")))
	require.ErrorIs(t, s.Update(t.Context(), first, rename("late")), sqlstore.ErrConflict)
}
