package sqlstore_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/passphrase"
)

// recorder keeps every statement that a pool sends, once, with the arguments of the first time.
type recorder struct {
	mu         sync.Mutex
	statements map[string][]any
}

func (r *recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	verb, _, _ := strings.Cut(strings.TrimLeft(strings.ToUpper(q.SQL), "( "), " ")
	if _, known := r.statements[q.SQL]; !known && strings.Contains("SELECT INSERT UPDATE DELETE WITH", verb) {
		r.statements[q.SQL] = q.Args
	}
	return ctx
}

func (*recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// recorded is a pool of the role whose statements are kept.
func (n *node) recorded(t testing.TB, r *recorder, role string) *sql.DB {
	t.Helper()
	cfg, err := pgx.ParseConfig(n.owner.DSN() + " user=" + role)
	require.NoError(t, err)
	cfg.Tracer = r
	db := stdlib.OpenDB(*cfg)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// populate fills the tables beside the people that are there already, in one go and without asking
// whether references are there.
func (n *node) populate(people int) {
	fill := func(rows int, statement string) string {
		statement = strings.ReplaceAll(statement, "{person}", `upper(translate(left(md5(i::text), 26), '0189', 'ghij'))`)
		return fmt.Sprintf(statement, fmt.Sprintf("generate_series(1, %d) AS i", rows))
	}
	n.owner.Must(strings.Join([]string{
		`BEGIN; SET LOCAL session_replication_role = replica`,
		fill(people, `INSERT INTO tte.person SELECT {person}, 1, decode(repeat('00', 300), 'hex'), i %% 100 = 0, i %% 100 = 1,
			now() + interval '4 years' + i * interval '10 minutes' FROM %s`),
		fill(people, `INSERT INTO tte.person_key SELECT k, 'x' || i, {person} FROM %s,
			unnest(ARRAY['nik', 'number', 'work_mail', 'token', 'serial']) AS k`),
		fill(people, `INSERT INTO tte.sealed_key SELECT 'KEY' || i, {person}, 'KEY', '\x00' FROM %s`),
		fill(people, `INSERT INTO tte.trail SELECT decode(md5(i::text), 'hex'), 1, '[]' FROM %s`),
		fill(people, `INSERT INTO tte.request SELECT 'request' || i, '40' || md5(i::text), false FROM %s`),
		fill(people, `INSERT INTO tte.serial SELECT '40' || md5(i::text), i %% 2, 'request' || i, '\x00', 'person', '\x00', '\x00', now(),
			CASE WHEN i %% 100 = 0 THEN now() END, CASE WHEN i %% 100 = 0 THEN 1 END FROM %s`),
		fill(people, `INSERT INTO tte.attempt SELECT convert_to('account:' || i, 'UTF8'), 1,
			'2020-01-01'::timestamptz + i * interval '10 minutes' FROM %s`),
		fill(3*people, `INSERT INTO tte.audit_entry SELECT 1000000 + i, now(), 'certificate', 'unlock', 'ok',
			upper(translate(left(md5((i / 3)::text), 26), '0189', 'ghij')), '', '', '', decode(repeat('00', 32), 'hex'),
			decode(repeat('00', 32), 'hex'), '', '' FROM %s`),
		fill(10_000, `INSERT INTO tte.audit_anchor SELECT i, 'sertel', decode(repeat('00', 32), 'hex'), now(), '', '' FROM %s`),
		fill(10_000, `INSERT INTO tte.crl_number SELECT 'issuer' || i, 1 FROM %s`),
		fill(10_000, `INSERT INTO tte.handoff SELECT decode(md5(i::text), 'hex'), '\x00', 0,
			now() + interval '1 year' + i * interval '1 minute' FROM %s`),
		fill(10_000, `INSERT INTO tte.handoff_taken SELECT decode(md5(i::text), 'hex'), '\x00' FROM %s`),
		`COMMIT`,
	}, ";\n"), `ANALYZE`)
}

func TestNoSequentialScan(t *testing.T) {
	ctx := t.Context()
	n := newNode(t)
	keys := ring(t, "k1")
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	n.populate(count(100_000, 10_000))

	r := &recorder{statements: map[string][]any{}}
	configure := func(cfg *sqlstore.Config) { cfg.Handoff, cfg.MaxHandoffs = keys, 1_000_000 }
	d := n.open(t, n.recorded(t, r, n.role), configure)
	everyCall(t, d, newOffice(t, d), id)
	keeper := n.owner.Role()
	n.grant(t, keeper, sqlstore.AuditKeeper)
	_, err := n.open(t, n.recorded(t, r, keeper)).AuditLog().Purge(ctx, start.Add(-24*time.Hour), "keeper")
	require.True(t, err == nil || errors.Is(err, audit.ErrBroken), "%v", err) // the rows were made up
	// What the function asks, which a plan does not show.
	r.statements[`SELECT e.seq, e.hash FROM "tte".audit_entry AS e ORDER BY e.seq DESC LIMIT 1`] = nil
	r.statements[`SELECT a.seq, a.hash FROM "tte".audit_anchor AS a ORDER BY a.seq DESC LIMIT 1`] = nil
	require.Greater(t, len(r.statements), 40)

	for statement, args := range r.statements {
		if strings.Contains(statement, "schema_version") || strings.Contains(statement, "count(*) FROM \"tte\".handoff") {
			continue // two rows; and all that wait are counted, which Config.MaxHandoffs bounds
		}
		plan := n.explain(t, statement, args)
		assert.NotContains(t, plan, "Seq Scan", "%s\n%s", statement, plan)
	}
}

func (n *node) explain(t testing.TB, statement string, args []any) string {
	t.Helper()
	var plan string
	require.NoError(t, n.owner.QueryRow("EXPLAIN (FORMAT JSON) "+statement, args...).Scan(&plan), statement)
	return plan
}

// everyCall makes every statement of the package at least once.
func everyCall(t *testing.T, d *sqlstore.Database, o *office, id certificate.PersonID) {
	t.Helper()
	ctx := t.Context()
	var failed []error
	note := func(_ any, err error) { failed = append(failed, err) }
	o.enrol(t, 1)
	s := d.Store()
	rec, err := s.View(ctx, id)
	note(nil, err)
	for _, key := range rec.Indexes() {
		note(s.Find(ctx, key))
	}
	note(s.Audit(ctx, id))
	note(s.Outbox(ctx, id, 100))
	note(s.Waiting(ctx, id, 100))
	note(s.People(ctx, id, 100))
	note(s.Expiring(ctx, start.AddDate(4, 0, 7), start.AddDate(4, 0, 14), certificate.PersonID{}, 100))
	note(nil, o.Revoke(ctx, id, certificate.ReasonKeyCompromise, certificate.Operator{ID: "operator"}))
	note(o.DeliverTo(ctx, id))
	note(nil, o.Erase(ctx, id, certificate.Operator{ID: "operator"}))
	note(nil, d.KeyStore().Delete(ctx, "KEY1"))
	note(o.ca.CRL(ctx))
	note(d.Ledger().FindRequest(ctx, "request1"))
	note(d.Ledger().Cancel(ctx, "request1"))
	note(nil, d.Attempts().Purge(ctx, time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)))
	tracker := certificate.NewTracker(certificate.TrackerConfig{Store: d.Trails(), Now: o.clock.Now})
	note(tracker.Observe(ctx, "user-17", certificate.Observation{Status: certificate.StatusIssue}))
	note(d.Trails().Tracked(ctx, "a", 100))
	log := d.AuditLog()
	note(log.Entries(ctx, 5, 100))
	note(log.Anchor(ctx))
	h, err := d.Handoff()
	note(nil, err)
	digests := [][32]byte{sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))}
	handle, err := h.Put(ctx, passphrase.FromString(phrase), passphrase.Grant{Signer: "p", Digests: digests})
	note(nil, err)
	_, _, err = h.Take(ctx, handle, digests[0])
	note(nil, err)
	note(nil, h.Revoke(ctx, handle))
	note(nil, h.Sweep(ctx))
	note(log.Head(ctx))
	require.NoError(t, errors.Join(failed...))
}
