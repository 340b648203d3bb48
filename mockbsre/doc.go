// Package mockbsre is a fake of BSrE for tests and development: it issues
// worthless certificates to made-up people. Never use it in production.
//
// It is built from the real packages of this module. The life cycle is that of
// [certificate.Registrar], certificates, OCSP and revocation lists come from
// package authority, signatures from package signing; so what a program sees of
// it is what those packages do, under a root that is made anew at each start
// and kept in memory alone. Around them stand what an applicant meets: the
// registers of population (Dukcapil) and personnel (SIASN), a mailbox, and a
// clock that moves only when told.
//
//	srv := mockbsre.New(t)
//	budi := mockbsre.MadeUpPerson(0)
//	id, err := srv.Enrol(ctx, budi, secret)           // the whole way to ISSUE
//	_, err = signing.Sign(ctx, out, in, size, signing.Options{Key: ...})
//
// [Server.Registrar] gives every step by itself, [Server.Inbox] the mails with
// their links, [Server.Seed] a person in any status.
//
// # People
//
// Only made-up people are taken: a NIK with district 99, which no regency has,
// and a province below 90; a NIP or NI PPPK with a serial from 900; an NRP that
// ends in 99 and two digits. Config.AllowAnyNIK lifts this for those who keep
// test data of their own.
//
// # What it does not imitate
//
// Pages and the HTTP interface of the signing service; one-time codes; the time
// that people at a real desk take. Whether a reset at BSrE keeps the certificate
// is not known; here it does. Lifetimes of links and the number of wrong
// passphrases before a lock are those of package certificate, not BSrE's.
package mockbsre
