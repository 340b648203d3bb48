// Package sertel is the map of a library for electronic certificates (sertifikat elektronik) and signed
// letters (naskah dinas) of Indonesian civil servants. It holds no code: import the packages below it.
//
// # Two kinds of user
//
// An e-office whose officials own certificates of BSrE, the state's certification body, needs
//
//   - [github.com/sertel-id/sertel/certificate/identity] and
//     [github.com/sertel-id/sertel/certificate] to check NIK, NIP, NI PPPK, work mail and names before a
//     portal refuses them, and to follow the certificates that live at BSrE (the tracker);
//   - [github.com/sertel-id/sertel/signing] to put PAdES signatures and visible blocks into PDFs,
//     [github.com/sertel-id/sertel/signing/appearance] for how the blocks look, and
//     [github.com/sertel-id/sertel/signing/esign] to have BSrE's box sign;
//   - [github.com/sertel-id/sertel/signing/verify] to judge signed PDFs;
//   - [github.com/sertel-id/sertel/passphrase] to hold officials' passphrases so that they do not print;
//   - [github.com/sertel-id/sertel/signing/esign/sqlstore] to remember in PostgreSQL what was signed, and
//     [github.com/sertel-id/sertel/certificate/sqlstore] what the tracker and the audit trail know;
//   - [github.com/sertel-id/sertel/certificate/audit] to show later who did what;
//   - [github.com/sertel-id/sertel/mockbsre] to develop and test all of that without access to BSrE.
//
// Only who runs a certification service of his own, or the fake, also needs the registrar and the vault of
// [github.com/sertel-id/sertel/certificate], [github.com/sertel-id/sertel/certificate/authority],
// [github.com/sertel-id/sertel/certificate/keyring], [github.com/sertel-id/sertel/certificate/smtpmail]
// and, for time-stamps of his own, [github.com/sertel-id/sertel/signing/tsa]. Such an authority is no PSrE:
// signatures under it are "tidak tersertifikasi" (PP 71/2019 art. 60).
//
// # What flows
//
//	ApplicantForm --Check(agency, asOf)--> Applicant + Findings (malformed or doubtful)
//	Registration --mail--> Activation (four steps, one token) --mail--> passphrase --> key, certificate --> ISSUE
//	PDF --Sign(key, block, placement)--> signed PDF --Verify(roots)--> Report
//
// # Where a line belongs
//
// Arrows go downwards only: examples, mockbsre, signing, certificate, passphrase. Signing does not know the
// life cycle and declares the little that it needs of a key (signing.KeySource); a short adapter in the
// caller joins a vault to it. Nothing but tests and examples imports mockbsre.
//
// # Why not pdfsign
//
// Signing has an engine of its own (signing/internal/pdf and signing/internal/cms), because
// github.com/digitorus/pdfsign drops form fields and document information; it is a yardstick in tests and
// benchmarks.
//
// # Promise
//
// Until version 1.0 the exported names may change from one minor version to the next; CHANGELOG.md says how.
package sertel
