// Package sqlstore keeps on PostgreSQL what the nodes of a service share: people
// ([certificate.Store]), their sealed keys ([certificate.KeyStore]), what is tracked of certificates
// elsewhere ([certificate.TrackerStore]), the authority's ledger ([authority.Ledger]), tries at
// passphrases ([passphrase.AttemptStore]), passphrases handed from web to worker ([Handoff]) and the
// audit trail ([audit.Log]), which takes the records of signing.LogAuditor too.
//
//	err := sqlstore.Migrate(ctx, ownerDB, "sertel") // by the owner's role, at each deployment
//	db, err := sqlstore.New(sqlstore.Config{DB: appDB, Fields: sealer})
//	registrar, err := certificate.NewRegistrar(certificate.RegistrarConfig{Store: db.Store(), …})
//
// Each passes the suite that its counterpart in memory passes.
//
// # Database
//
// PostgreSQL 13 or newer, through database/sql and any driver whose errors tell their SQLSTATE by a
// method SQLState (pgx, lib/pq). All statements name the schema, so neither the search path nor
// other users of the pool matter. No state of a session is used, and locks are those of transactions,
// so proxies that pool connections by transaction work if the driver's prepared statements do.
//
// Transactions of this package are READ COMMITTED whatever the default of the server is; an update
// compares the version that it read with the one it replaces. [Database.In] works in a transaction
// of the caller's instead.
//
// # Roles
//
// Four kinds of role, none of them a superuser:
//
//	owner          runs Migrate and Grants, owns the tables; used by deployments alone
//	Application    the service: reads and writes rows, changes no table, only adds to the audit trail
//	AuditKeeper    purges the audit trail by age
//	Auditor        reads, checks and exports it
//
// The application's role can remove people (certificate.Registrar.Erase) but no serial, no request
// and no audit entry.
//
// # When something fails
//
// A deadlock or serialisation failure is repeated up to ten times, a lost connection up to four
// times, with random pauses below 160 ms; then the error matches [ErrConflict] or
// [ErrUnavailable], and nothing was stored. When the answer to a COMMIT is lost, the server is asked
// what became of that transaction (pg_xact_status): the call returns nil if it took effect, is
// repeated if it did not, and fails with [ErrOutcomeUnknown] if the server cannot be reached for
// five seconds or until the context ends. So nothing is stored twice, and an error without
// ErrOutcomeUnknown means that nothing was stored. What may be done twice without harm (deleting a
// key, taking a CRL number, purging attempts) is simply done again, and after an error may have been
// done. Errors never hold text of the server, which may quote rows.
//
// # Time
//
// What is stored comes from the clock of the program's configuration, in UTC and microseconds:
// validity, expiries, audit entries, tries. When the clocks of two nodes differ, a link, a delay or
// a handoff ends earlier or later by that much; the order of audit entries, versions and CRL
// numbers is the database's and does not depend on clocks. Run NTP. Only
// schema_version.migrated_at is the database's time.
//
// # Audit trail
//
// Entries of all writers make one chain of hashes, so whoever adds to it waits for whoever is
// adding, until that transaction has committed. That bounds a schema to about as many changes of
// people per second as the disk makes commits one after another; keep transactions passed to
// [Database.In] short. Export the head regularly to another system: what the chain proves, and that
// it does not show entries cut off at the end, stands in package audit.
//
// # Backup and upgrading
//
// pg_dump takes a consistent copy; physical backups with WAL archiving lose less. Keep the keys of
// Config.Fields, Config.Handoff and the audit chain elsewhere: without them a backup cannot be read,
// and with them it must be guarded like the database. A restore to an earlier time forgets what came
// after: serials that were signed, CRL numbers that were published, links that were used, entries of
// the audit trail. Before opening the service again: raise the numbers in crl_number above the last
// ones published (RFC 5280 section 5.2.3); revoke, at the authority, the certificates issued since,
// which mails and the last CRL tell; wait until the links open at the time of the backup have run
// out, 24 hours unless configured otherwise; compare the audit head with the one kept elsewhere.
//
// To upgrade: back up, run [Migrate] and [Grants] with the new version, start its nodes. Migrations
// go forward only, in one transaction; a version that meets a newer schema refuses ([ErrNewer]). A
// change that old nodes cannot live with is announced in the changelog.
//
// # Privacy
//
// Without Config.Fields records and look-ups hold names, numbers and addresses in plain form, and the
// database's own protection (roles, encrypted disks and backups) is all there is. With it they are
// sealed or hashed. Certificates in the ledger name their owners either way: they are made to be
// shown. Deleted and changed rows rest in the table until VACUUM, and in WAL and backups for as long
// as those are kept.
package sqlstore
