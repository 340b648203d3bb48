package sqlstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
)

// durable is an office on a server that waits for the disk.
func durable(b *testing.B) (*sqlstore.Database, *office, querier) {
	b.Helper()
	i := pgtest.Start(b, true)
	pool := pgtest.Open(b, i.DSN()+" dbname=postgres")
	require.NoError(b, sqlstore.Migrate(b.Context(), pool, ""))
	d, err := sqlstore.New(sqlstore.Config{DB: pool})
	require.NoError(b, err)
	_, err = pool.Exec(`CREATE TABLE bare (id text PRIMARY KEY, record bytea NOT NULL)`)
	require.NoError(b, err)
	return d, newOffice(b, d), pool
}

// against measures f and the bare statement by turns and reports how many times longer f takes.
func against(b *testing.B, f, bare func(n int) error) {
	b.Helper()
	var ours, theirs time.Duration
	n := 0
	for b.Loop() {
		began := time.Now()
		err := f(n)
		ours += time.Since(began)
		require.NoError(b, err)
		began = time.Now()
		err = bare(n)
		theirs += time.Since(began)
		require.NoError(b, err)
		n++
	}
	b.ReportMetric(float64(ours)/float64(theirs), "times-bare")
	b.ReportMetric(float64(n)/ours.Seconds(), "per-second")
}

// A look-up by NIK, against the same statement without this package.
func BenchmarkFind(b *testing.B) {
	d, o, pool := durable(b)
	id := o.enrol(b, 0)
	key := certificate.NIKIndex(applicant(b, 0).NIK())
	against(b, func(int) error { _, err := d.Store().Find(b.Context(), key); return err }, func(int) error {
		var person string
		return pool.QueryRowContext(b.Context(), `SELECT person FROM sertel.person_key WHERE kind = $1 AND value = $2`,
			string(key.Kind()), key.Value()).Scan(&person)
	})
	require.False(b, id.IsZero())
}

// A change of a person with its audit entry, against one UPDATE of the same bytes.
func BenchmarkUpdate(b *testing.B) {
	d, o, pool := durable(b)
	id := o.enrol(b, 0)
	rec, err := d.Store().View(b.Context(), id)
	require.NoError(b, err)
	data, err := rec.MarshalBinary()
	require.NoError(b, err)
	require.NoError(b, insertBare(b, pool, "0", data))
	against(b, func(int) error { return d.Store().Update(b.Context(), id, rename("x")) }, func(int) error {
		var id string
		return pool.QueryRowContext(b.Context(), `UPDATE bare SET record = $2 WHERE id = $1 RETURNING id`, "0", data).Scan(&id)
	})
}

// A whole enrolment, from the form to the certificate, with its keys and signatures, against one
// INSERT of the record that it leaves.
func BenchmarkEnrolment(b *testing.B) {
	_, o, pool := durable(b)
	data := make([]byte, 6<<10)
	against(b, func(n int) error { o.enrol(b, n); return nil }, func(n int) error {
		return insertBare(b, pool, workMail(n), data)
	})
}

func insertBare(b *testing.B, pool querier, id string, data []byte) error {
	b.Helper()
	return pool.QueryRowContext(context.WithoutCancel(b.Context()), `INSERT INTO bare VALUES ($1, $2) RETURNING id`, id, data).Scan(&id)
}
