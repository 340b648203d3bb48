// Package pgtest gives tests a PostgreSQL of their own: a server in a temporary folder, reached
// by a socket in it, that is gone after the tests.
//
//	var server pgtest.Server
//
//	func TestMain(m *testing.M) { os.Exit(server.Main(m)) }
//
//	func TestStore(t *testing.T) {
//		db := server.Database(t)
//		…
//	}
//
// With SERTEL_PG in the environment, as .ci/postgres sets it, the databases are made in the
// server of that connection string instead. Without a server and without the programs of
// PostgreSQL a test skips, or fails when SERTEL_CI is 1.
package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of all tests
)

// Server is started by the first test that asks for a database. The zero value is ready.
type Server struct {
	mu    sync.Mutex
	own   *Instance
	admin *sql.DB
	dsn   string // without the name of a database
	err   error
}

// Main runs the tests and stops the server.
func (s *Server) Main(m *testing.M) int {
	defer s.stop()
	return m.Run()
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.own != nil {
		s.own.Remove()
	}
}

func (s *Server) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.admin != nil || s.err != nil {
		return s.err
	}
	if s.dsn = os.Getenv("SERTEL_PG"); s.dsn == "" { //nolint:forbidigo // only tests use this package
		if s.own, s.err = NewInstance(false); s.err != nil {
			return s.err
		}
		s.dsn = s.own.DSN()
	}
	s.admin, s.err = sql.Open("pgx", s.dsn+" dbname=postgres")
	return s.err
}

// missing skips the test, or fails it in CI.
func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("SERTEL_CI") == "1" { //nolint:forbidigo // only tests use this package
		t.Fatal(err)
	}
	t.Skip(err)
}

// Database is an empty database of one test.
type Database struct {
	*sql.DB
	t    testing.TB
	dsn  string
	lent bool // the server is somebody else's
}

// Database makes an empty database, gone after the test.
func (s *Server) Database(t testing.TB) *Database {
	t.Helper()
	if err := s.start(); err != nil {
		missing(t, err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	// template0 has no connections that could be in the way of another test's copy.
	if _, err := s.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	d := &Database{t: t, dsn: s.dsn + " dbname=" + name, lent: s.own == nil}
	if d.lent { // a server of one's own goes as a whole, which is faster
		t.Cleanup(func() {
			if _, err := s.admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
	}
	d.DB = Open(t, d.dsn)
	return d
}

// DSN is the connection string of the database.
func (d *Database) DSN() string { return d.dsn }

// As connects as another role.
func (d *Database) As(role string) *sql.DB { return Open(d.t, d.dsn+" user="+role) }

// Role makes a role without any privilege that may log in, gone after the test.
func (d *Database) Role() string {
	d.t.Helper()
	role := "r_" + strings.ToLower(rand.Text())
	d.Must("CREATE ROLE " + role + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
	if !d.lent {
		return role
	}
	d.t.Cleanup(func() {
		if _, err := d.DB.ExecContext(context.Background(), "DROP OWNED BY "+role+" CASCADE"); err != nil {
			d.t.Error(err)
		}
		if _, err := d.DB.ExecContext(context.Background(), "DROP ROLE "+role); err != nil {
			d.t.Error(err)
		}
	})
	return role
}

// Must runs statements that cannot fail.
func (d *Database) Must(statements ...string) {
	d.t.Helper()
	for _, statement := range statements {
		if _, err := d.ExecContext(context.Background(), statement); err != nil {
			d.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Open connects to a connection string, for one test. The pool is as small as that of a program
// that shares a server with others.
func Open(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Start returns a running server for one test alone, which the test may kill. With durable it waits
// for the disk at each commit, unlike the shared one; without, a commit survives the server's death
// and not the machine's.
func Start(t testing.TB, durable bool) *Instance {
	t.Helper()
	i, err := NewInstance(durable)
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(i.Remove)
	return i
}

// await calls ready until it returns nil.
func await(what string, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pgtest: %s: %w", what, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
