// Package verify judges signed PDF documents and says why.
//
// It asks each question on its own: are the signed bytes unchanged, was the
// signature made with the key of the signer's certificate, does that
// certificate lead to a root that the caller trusts, was it revoked, what time
// is proven, what changed later. [Report] keeps the answers apart, draws one
// careful conclusion in the terms of ETSI EN 319 102-1, and tells a clerk
// "Valid", "Tidak valid" or "Belum dapat dipastikan", always with the piece
// that is wrong or missing.
//
//	report, err := verify.Verify(ctx, file, size, verify.Options{
//		Roots: verify.Trust(root),
//	})
//	if err != nil {
//		// no PDF, unreadable, cancelled: nothing can be said
//	}
//	if err := report.Err(); err != nil {
//		// not valid, or not known to be
//	}
//
// # What is checked
//
// Every signature field and every signature dictionary that the file holds,
// those that a later revision removed included (ISO 32000-2 section 12.8). A
// signature must cover the file from its first byte to the end of a revision,
// and leave out exactly its own value. Its message must hold one signer, bound
// to one certificate as CAdES asks (ETSI EN 319 122-1), with algorithms that
// agree and are not weak.
//
// Every later revision must have a strict reading, and each object that
// differs must be explained by a rule: another signature that stands, an empty
// signature field, validation data, a document timestamp, and, where a
// certification or a field lock says so, form values and remarks. Everything
// else is a modification. Rules know objects by what they are, so an object
// that is used twice cannot change under cover of one use, and a new object
// cannot fill a place that the signed revision had left open. Nor may a later
// revision hold, in a stream or a comment, what a program that rebuilds damaged
// files would take for an object.
//
// Filling in is bound to the field: its value is of its kind and among its options,
// a button shows the state that is its value, and nobody fills in a field that is
// read-only, unless it is calculated. Where readers may disagree about the name of
// a field, a lock counts as one of it. What the text field's appearance says is not
// compared with its value, and remarks that were signed may not be changed even
// where remarks may be added.
//
// The path is built from the certificate whose key made the signature to the
// given roots, at the proven time or else at the time of judgment. Evidence of
// revocation counts only when the issuer or its delegate signed it; what is
// unknown is never good.
//
// Document timestamps may follow one another for as long as a document is kept.
// Each is judged as of the time that the next one proves, their order is
// checked, and [Report.NextTimestamp] says by when a further one is due.
//
// Content that prepares a later change, such as a picture over the text, a
// large hidden annotation or a page that nothing leads to yet, is warned of, by
// its looks and without effect on the conclusion. So are scripts, actions and
// XFA forms, by which a document may change what it shows as it lies there.
// ATTACKS.md beside this file lists attacks with the answers of this and of two
// other verifiers.
//
// [Report.JudgeLetter] goes on from there: whether the expected people signed, in
// the expected order, and nothing but signing happened in between.
//
// # What programs read
//
// A report and the verdict on a letter are written as JSON and read back.
// report.schema.json and letter.schema.json beside this file are JSON Schemas of
// the form; testdata holds a sample of each with every key, and the list of
// codes. Findings and changes carry their sentences along, in both languages.
//
// # What is not
//
// Nothing goes over the network unless Options.Fetcher is set. What a document
// means, and whether its signer was entitled to sign, is for people to judge.
// Content that looks different in different programs, such as fonts that are
// not embedded, is not looked for. A dictionary key that stands twice is, in
// what pages draw with and in what leads to them, but not elsewhere. A timestamp
// that no later one covers is judged at its own time, also after its certificate
// has expired; the report then says so.
//
// # Concurrency
//
// Verify keeps nothing between calls. Calls may run at the same time, also with
// the same Options, if the Fetcher allows it; that of [NewHTTPFetcher] does.
// A call reads from its io.ReaderAt in up to two goroutines, which have ended when
// it returns. Reports are not locked: many may read one that nobody changes.
//
// # Limits
//
// A file may hold 100 signatures (Options.MaxSignatures) and 256 revisions
// after the first one; evidence, fields and comparisons have bounds of their
// own. What goes beyond them is never called valid.
//
// The bytes of the file are gone over once, whatever the number of signatures;
// they are digested by a goroutine of their own while the other looks around in
// what was signed. Beyond that come the public-key operations for certificates, evidence and
// timestamps, and a look at each object that the pages draw with.
package verify
