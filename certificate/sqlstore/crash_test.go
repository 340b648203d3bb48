package sqlstore_test

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
	"github.com/sertel-id/sertel/passphrase"
)

// The server is killed in the middle of many enrolments. Whoever saw an error page goes on from
// where he was, and nothing is there twice.
func TestServerKilledDuringEnrolments(t *testing.T) {
	people := count(500, 12)
	i := pgtest.Start(t, os.Getenv("SERTEL_CI") == "1")
	dsn := i.DSN() + " dbname=postgres"
	pool := pgtest.Open(t, dsn)
	require.NoError(t, sqlstore.Migrate(t.Context(), pool, ""))
	d, err := sqlstore.New(sqlstore.Config{DB: pool})
	require.NoError(t, err)
	o := newOffice(t, d)

	applicants := make([]certificate.Applicant, people)
	for n := range applicants {
		applicants[n] = applicant(t, n)
	}
	kill, killed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(killed)
		<-kill
		assert.NoError(t, i.Kill())
	}()
	var done, failed atomic.Int64
	next := make(chan int)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for n := range next {
				for range 10 {
					reached, err := o.step(t.Context(), applicants[n], n)
					if err != nil {
						failed.Add(1) // an error page: the person comes back another day
						break
					}
					if reached {
						if done.Add(1) == int64(people)/3 {
							close(kill)
						}
						break
					}
				}
			}
		})
	}
	for n := range people {
		if n == 2*people/3 { // however fast they were, some come when it is dead
			select {
			case <-killed:
			case <-time.After(2 * time.Minute):
				t.Error("not killed yet")
			}
		}
		next <- n
	}
	close(next)
	wg.Wait()
	require.Positive(t, failed.Load(), "the server was killed among them")
	require.GreaterOrEqual(t, done.Load(), int64(people)/3)
	require.NoError(t, i.Start())
	require.NoError(t, d.Check(t.Context()))

	keys := map[certificate.KeyID]bool{}
	for n := range people {
		finish(t, o, applicants[n], n)
		id, err := o.Find(t.Context(), certificate.NIKIndex(applicants[n].NIK()))
		require.NoError(t, err)
		key, err := o.Unlock(t.Context(), id, certificate.Factor{Passphrase: passphrase.FromString(phrase)})
		require.NoError(t, err, "person %d signs", n)
		require.NoError(t, key.Close())
		rec, err := o.Record(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, rec.Certificates, 1, "person %d", n)
		keys[rec.Certificates[0].KeyID] = true
	}
	checkLedger(t, o, d, pool, people, keys)
}

// finish lets the workers run and the person try again, with pauses, until ISSUE.
func finish(t *testing.T, o *office, a certificate.Applicant, n int) {
	t.Helper()
	for round := 0; ; round++ {
		require.Less(t, round, 25, "no way for person %d", n)
		done, _ := o.step(t.Context(), a, n) // such as a link that was replaced meanwhile
		if done {
			return
		}
		o.clock.Advance(3 * time.Minute)
		if report, err := o.StatusByNIK(t.Context(), a.NIK()); err == nil && !report.Person.IsZero() {
			_, err := o.DeliverTo(t.Context(), report.Person)
			require.NoError(t, err)
		}
	}
}

// checkLedger: what the authority calls good is what people have, every other key is gone, and the
// trail is whole.
func checkLedger(t *testing.T, o *office, d *sqlstore.Database, pool querier, people int, keys map[certificate.KeyID]bool) {
	t.Helper()
	ctx := t.Context()
	for range 5 {
		o.clock.Advance(2 * time.Hour)
		_, err := o.Deliver(ctx)
		require.NoError(t, err)
		_, err = o.Settle(ctx)
		require.NoError(t, err)
	}
	var good, stored int
	require.NoError(t, pool.QueryRowContext(ctx, `SELECT count(*) FROM sertel.serial WHERE profile = 'person' AND revoked_at IS NULL`).Scan(&good))
	require.NoError(t, pool.QueryRowContext(ctx, `SELECT count(*) FROM sertel.sealed_key`).Scan(&stored))
	assert.Equal(t, people, good, "certificates that are not revoked")
	assert.Equal(t, people, stored, "keys")
	assert.Len(t, keys, people)
	log := d.AuditLog()
	_, err := audit.Verify(ctx, log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
