package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/passphrase"
)

// What the owner of the tables grants the service's role after each Migrate.
func ExampleGrants() {
	statements, err := sqlstore.Grants("sertel", "layanan_tte", sqlstore.Auditor)
	if err != nil {
		log.Fatal(err)
	}
	for _, statement := range statements {
		fmt.Println(statement)
	}
	_, err = sqlstore.Grants("sertel", "layanan-tte", sqlstore.Application)
	fmt.Println(err)
	// Output:
	// GRANT USAGE ON SCHEMA "sertel" TO "layanan_tte"
	// GRANT SELECT ON "sertel".schema_version, "sertel".audit_entry, "sertel".audit_anchor TO "layanan_tte"
	// sqlstore: not a plain identifier: "layanan-tte"
}

// A node of a service: everything that several nodes share lies in the database. The example needs
// a server, so it is compiled and not run.
func Example() {
	ctx := context.Background()
	// Any driver for PostgreSQL: import _ "github.com/jackc/pgx/v5/stdlib".
	pool, err := sql.Open("pgx", "host=/var/run/postgresql dbname=tte user=layanan_tte")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sqlstore.New(sqlstore.Config{DB: pool})
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Check(ctx); err != nil {
		log.Fatal(err) // the owner has not migrated yet, or a newer version has
	}
	registrar := certificate.RegistrarConfig{
		Store:   db.Store(),
		Limiter: passphrase.NewLimiter(passphrase.LimiterConfig{Store: db.Attempts()}),
		// Agencies, Vault with db.KeyStore(), Issuer, Mailer and the registers as without a database.
	}
	issuer := authority.Config{Ledger: db.Ledger()}
	fmt.Println(registrar.Store != nil, issuer.Ledger != nil)
}

// Two changes in one transaction: the program's own table and a person's record.
func ExampleDatabase_In() {
	ctx := context.Background()
	var pool *sql.DB // from sql.Open
	var db *sqlstore.Database
	var person certificate.PersonID

	move := func() error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // without effect after the commit
		if _, err := tx.ExecContext(ctx, `UPDATE letters SET owner = $1 WHERE id = $2`, person.String(), 7); err != nil {
			return err
		}
		err = db.In(tx).Store().Update(ctx, person, func(r *certificate.Record) error {
			r.AddAudit(certificate.AuditEntry{Action: "letter_moved", Result: "ok"})
			return nil
		})
		if err != nil {
			return err // sqlstore.ErrConflict: begin again
		}
		return tx.Commit()
	}
	_ = move
}
