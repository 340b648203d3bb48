package postgres_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

func TestIdentifier(t *testing.T) {
	for _, good := range []string{"a", "sertel", "a_1", "public", strings.Repeat("a", 63)} {
		quoted, err := postgres.Identifier(good)
		require.NoError(t, err)
		assert.Equal(t, `"`+good+`"`, quoted)
	}
	for _, bad := range []string{"", "A", "1a", "_a", "a-b", `a"`, "a b", "pg_a", "é", "a\x00", strings.Repeat("a", 64)} {
		_, err := postgres.Identifier(bad)
		assert.ErrorIs(t, err, postgres.ErrIdentifier, "%q", bad)
	}
	s, err := postgres.NewSchema("")
	require.NoError(t, err)
	assert.Equal(t, `SELECT n FROM "sertel".t, "sertel".u`, s.In(`SELECT n FROM {schema}.t, {schema}.u`))
}

func FuzzIdentifier(f *testing.F) {
	for _, seed := range []string{"sertel", `a"; DROP TABLE t; --`, "pg_catalog", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		quoted, err := postgres.Identifier(name)
		if err == nil && (quoted != `"`+name+`"` || strings.ContainsAny(name, "\"\\ \x00';")) {
			t.Fatalf("%q became %q", name, quoted)
		}
	})
}

func TestMigrationsAreNumbered(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("SELECT 1")}
	steps := postgres.Migrations(fstest.MapFS{"m/0001_a.sql": file, "m/0002_b.sql": file, "m/README": file}, "m")
	require.Len(t, steps, 2)
	assert.Equal(t, 2, steps[1].Version)
	for name, files := range map[string]fstest.MapFS{
		"none": {}, "a gap": {"m/0001_a.sql": file, "m/0003_b.sql": file}, "twice": {"m/0001_a.sql": file, "m/0001_b.sql": file},
		"no number": {"m/a.sql": file}, "not from 1": {"m/0002_a.sql": file},
	} {
		assert.Panics(t, func() { postgres.Migrations(files, "m") }, name)
	}
}

// stateError is an error as lib/pq and pgx have them.
type stateError struct{ state string }

func (e *stateError) Error() string    { return "duplicate key (nik)=(3371990101850001)" }
func (e *stateError) SQLState() string { return e.state }

// broken is a driver whose every statement fails.
type broken struct{ err error }

func (b broken) Connect(context.Context) (driver.Conn, error) { return b, nil }
func (b broken) Driver() driver.Driver                        { return nil }
func (b broken) Prepare(string) (driver.Stmt, error)          { return nil, b.err }
func (b broken) Close() error                                 { return nil }
func (b broken) Begin() (driver.Tx, error)                    { return nil, b.err }

func (b broken) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) { return nil, b.err }

func (b broken) open(t *testing.T) *postgres.DB {
	t.Helper()
	pool := sql.OpenDB(b)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	s, err := postgres.NewSchema("")
	require.NoError(t, err)
	return postgres.New(pool, s)
}

// Errors of any driver are sorted by what they say, and none of their text is shown.
func TestErrorsOfAnyDriver(t *testing.T) {
	for _, c := range []struct {
		err  error
		want error
		text string
	}{
		{&stateError{"40P01"}, postgres.ErrConflict, "(SQLSTATE 40P01)"},
		{&stateError{"40001"}, postgres.ErrConflict, "(SQLSTATE 40001)"},
		{&stateError{"55P03"}, postgres.ErrConflict, "(SQLSTATE 55P03)"},
		{fmt.Errorf("wrapped: %w", &stateError{"08006"}), postgres.ErrUnavailable, "(SQLSTATE 08006)"},
		{&stateError{"57P02"}, postgres.ErrUnavailable, "(SQLSTATE 57P02)"},
		{&stateError{"53300"}, postgres.ErrUnavailable, "(SQLSTATE 53300)"},
		{&stateError{"53100"}, postgres.ErrFull, "(SQLSTATE 53100)"},
		{&stateError{"42P01"}, postgres.ErrNotMigrated, "(SQLSTATE 42P01)"},
		{&stateError{"42501"}, postgres.ErrPrivilege, "(SQLSTATE 42501)"},
		{&stateError{"28P01"}, postgres.ErrPrivilege, "(SQLSTATE 28P01)"},
		{&stateError{"23505"}, postgres.ErrServer, "(SQLSTATE 23505)"},
		{driver.ErrBadConn, postgres.ErrUnavailable, ""},
		{io.ErrUnexpectedEOF, postgres.ErrUnavailable, "connection closed by the server"},
		{&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}, postgres.ErrUnavailable, "connection reset by peer"},
		{errors.New("conn closed"), postgres.ErrUnavailable, ""},
		{errors.New("cannot parse (nik)=(3371990101850001)"), postgres.ErrServer, ""},
	} {
		db := broken{c.err}.open(t)
		for call, err := range map[string]error{
			"Write": db.Write(t.Context(), "test", func(*postgres.Conn) error { return nil }),
			"Read": db.Read(t.Context(), "test", func(conn *postgres.Conn) error {
				_, err := conn.Exec(t.Context(), "SELECT 1")
				return err
			}),
		} {
			require.ErrorIs(t, err, c.want, "%s: %v", call, c.err)
			assert.ErrorContains(t, err, c.text)
			assert.True(t, strings.HasPrefix(err.Error(), "sqlstore: test: "), err.Error())
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), "3371990101850001")
		}
	}
}

func TestContextComesFirst(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	db := broken{&stateError{"57014"}}.open(t)
	require.ErrorIs(t, db.Write(ctx, "test", func(*postgres.Conn) error { return nil }), context.Canceled)
	require.ErrorIs(t, db.Read(ctx, "test", func(*postgres.Conn) error { return nil }), context.Canceled)
	require.ErrorIs(t, db.Race(ctx, "test", func() error { return postgres.ErrRaced }), context.Canceled)
}

// What a callback says itself is passed on as it is, and is not repeated.
func TestCallbackErrors(t *testing.T) {
	own := errors.New("own")
	calls := 0
	err := broken{io.EOF}.open(t).Read(t.Context(), "test", func(*postgres.Conn) error { calls++; return own })
	assert.Equal(t, own, err)
	assert.Equal(t, 1, calls)
	assert.Equal(t, own, broken{io.EOF}.open(t).Race(t.Context(), "test", func() error { return own }))
}
