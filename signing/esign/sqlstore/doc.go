// Package sqlstore keeps on PostgreSQL what a service with several nodes shares when it signs
// through the box: the ledger of attempts ([esign.Ledger], which signing.Local takes too) and the
// activations of seals ([esign.SealStore]). Package certificate/sqlstore has the rest, among it the
// audit trail for a signing.LogAuditor.
//
//	err := sqlstore.Migrate(ctx, ownerDB, "sertel") // by the owner's role, at each deployment
//	db, err := sqlstore.New(sqlstore.Config{DB: appDB})
//	client, err := esign.New(esign.Config{Ledger: db.Ledger(), LedgerKey: key, …})
//
// # Database
//
// PostgreSQL 13 or newer, through database/sql and any driver whose errors tell their SQLSTATE
// (pgx, lib/pq). The owner of the tables migrates; the program runs as a role that can read, add
// and change rows, not delete any ([Grants]). Entries are never removed here: whoever wants to
// forget old signatures deletes rows of the table signature as the owner, and with them the
// protection against signing those documents again. All times stored are those of the callers'
// clocks; the database's own stands in schema_version.migrated_at alone.
//
// Errors, repetition, the settling of lost commits, backup and upgrading are as in package
// certificate/sqlstore. After a restore to an earlier time, attempts made since are unknown here:
// sign nothing again before looking.
//
// # What rests here
//
// Keyed hashes that name signatures, digests of documents, times, outcomes; the activation of a
// seal in an envelope. No name, number, mail address or secret in plain form.
package sqlstore
