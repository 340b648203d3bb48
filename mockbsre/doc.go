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
//	func TestLetterIsSigned(t *testing.T) {
//		letter, err := os.ReadFile("testdata/surat.pdf")
//		require.NoError(t, err)
//		srv, secret := mockbsre.New(t), passphrase.FromString("Tiga-Kelinci9-Ungu")
//		id, err := srv.Enrol(t.Context(), mockbsre.MadeUpPerson(0), secret) // the whole way to ISSUE
//		require.NoError(t, err)
//		signer, err := srv.Signer(id)
//		require.NoError(t, err)
//		var signed bytes.Buffer
//		_, err = signer.SignDocument(t.Context(), &signed, bytes.NewReader(letter), int64(len(letter)),
//			signing.Request{Credential: signing.Credential{Passphrase: secret}})
//		require.NoError(t, err)
//	}
//
// [Server.Registrar] gives every step of an applicant's way by itself,
// [Server.Inbox] the mails with their links, [Server.Seed] a person in any
// status, [Server.ChangeNumber] a second NIP. [Server.Forget] and [Server.Reset]
// clear up between tests that share a fake.
//
// # People
//
// Only made-up people are taken: a NIK with district 99, which no regency has,
// and a province below 90; a NIP or NI PPPK with a serial from 900; an NRP that
// ends in 99 and two digits. Config.AllowAnyNIK lifts this for those who keep
// test data of their own.
//
// # The pages
//
// [Server.URL] serves what the guide of Kota Magelang shows, for a browser on a
// desk or a phone: MyASN, the activation, setting and resetting the passphrase,
// renewal and revocation, and the mails. Whoever is in the personnel register
// logs in with NIP and [PortalPassword]. examples/enrol walks them as a program.
//
// # The signing service
//
// [Server.Handler], and on loopback [Server.URL], answer the Esign Client API of
// BSrE's box, version 1 and 2, to whoever has the application's credential:
// signatures, download, verification, status, one-time codes, registration,
// certificate chain, and seals of agencies ([Server.SeedSeal]). What boxes differ in are quirks, each with what is known of
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
// # What goes wrong
//
// [Server.FailNext] and [Server.SetFaults] let calls go wrong in the ways of
// [FaultKinds], each with the mistake of a client that it finds; chance comes
// from a seed that is logged, and the same seed does the same again. With
// Config.Strict a test fails when its client sends what a real box only
// tolerates, and [Exchange.Remarks] has the nearest thing that would have been
// right. [Server.Admin] is all of this over HTTP, for tests in other languages.
//
// # What it does not imitate
//
// MyASN's real pages, of which these have the fields, the words and the order
// alone; its passwords and second factor; an operator's desk, for which there
// are [Server.Registrar]'s calls; the registration of version 1 and the
// interface of BSrE's cloud; the field text of version 1, which is taken and
// not drawn, since no source shows where; how the box takes pages that are
// rotated or cropped (here as they are shown); the time that people at a real
// desk take. Whether a reset at BSrE keeps the certificate is not known; here
// it does. Lifetimes of links and the number of wrong passphrases before a lock
// are those of package certificate, not BSrE's.
package mockbsre
