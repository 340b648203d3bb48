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
// # The signing service
//
// [Server.Handler], and on loopback [Server.URL], answer the Esign Client API of
// BSrE's box, version 1 and 2, to whoever has the application's credential:
// signatures, download, verification, status, one-time codes, registration and
// certificate chain. What boxes differ in are quirks, each with what is known of
// it ([Quirk.Evidence]); the defaults are what was observed. [Server.Journal]
// tells what was asked for and [Server.Signatures] what was signed, also when
// [Server.FailNext] lost the answer. Pauses after wrong passphrases go by the
// fake's clock, which stands still until it is moved.
//
// Sources: Petunjuk Teknis Esign Client Service v2.2.1 (BSrE, January 2024),
// saved answers of servers 2.x, files that they signed, and the practice of
// public clients where these are silent. Where an answer is an inference, the
// code that gives it says so.
//
// # What it does not imitate
//
// Pages; seals, the registration of version 1 and the interface of BSrE's cloud;
// the field text of version 1, which is taken and not drawn; the empty field
// that the box adds in an update of its own before it signs; how the box takes
// pages that are rotated or cropped (here as they are shown); the time that
// people at a real desk take. Whether a reset at BSrE keeps the certificate
// is not known; here it does. Lifetimes of links and the number of wrong
// passphrases before a lock are those of package certificate, not BSrE's.
package mockbsre
