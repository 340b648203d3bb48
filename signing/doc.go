// Package signing puts electronic signatures into PDF files: PAdES baseline
// signatures (ETSI EN 319 142-1) of level B-B, B-T, B-LT or B-LTA, as the
// European standards call them, in the incremental updates of ISO 32000-2.
//
// Most programs make a signer once and hand it letters:
//
//	signer, err := signing.NewLocal(signing.LocalConfig{Keys: keys})
//	receipt, err := signer.SignDocument(ctx, dst, src, size, signing.Request{
//		Credential: signing.Credential{Passphrase: typed},
//	})
//
// # Who does what
//
//   - [Sign] and [SignFile] sign one document with an open [Key].
//   - [Local] is a [DocumentSigner]: it opens the key for each document from a
//     [KeySource] with the [Credential] that the signer typed. E-office code is
//     written against the interface, so that the same code runs with a key at
//     hand, with a signing service, and with a fake of it in tests.
//     Each attempt leaves an [AuditRecord] with an [Auditor], and a
//     [Request].DedupeKey in a [Ledger] makes a request that comes twice be
//     signed once.
//   - [Prepare] and [Finish] are for a key somewhere else and later: the first
//     gives a digest and a state to store, the second takes the signature.
//     For a key somewhere else but now, there is [RemoteSigner].
//   - [Extend] and [ExtendFile] raise a signed document: to B-LT, to B-LTA, and
//     every few years again.
//   - [AddField] adds an empty signature field, for others to sign in.
//   - [PrepareLetter] does what must be done before the first signature of a
//     letter: it finds and covers the signers' tags, draws the legal footer, and
//     returns a [Layout] by which each signer signs. [Stamp] draws a block as
//     page content.
//   - [Preflight] says everything that would stop or spoil a signature, before a
//     secret is used. [Batch] signs many documents with one credential.
//   - Package appearance draws what people see, package tsa gets time-stamps,
//     package verify judges signed files. The picture proves nothing; the
//     signature does.
//
// # What happens to the file
//
// The original bytes are never changed: everything is appended, so that
// earlier signatures stand. The document is read once for its digest and only
// the appended part is held in memory, however large the file is.
//
// A signature covers the whole file but the place where it lies itself. That
// place is a hole, and its size is part of what is signed: it must be fixed
// before the signature exists. So the size is computed beforehand from the
// real certificates, the key and, for B-T, an estimate of the time-stamp token
// ([Options].TimestampSize), and a signature that would not fit is an error
// ([ErrSpace]), never a cut one.
//
// Everything that can fail without the digest fails before the first byte is
// written, and what concerns the document (a damaged or ambiguous structure, an
// earlier certification that forbids the signature, a tag that is not there)
// before the credential is used. What can only fail later (the signer, the
// network) returns an error, and what was written is to be thrown away;
// [SignFile] does so itself.
//
// # What it refuses
//
// A library that writes a damaged official letter is worse than none. A file
// that two readers would read differently is refused, as is one whose
// structure after its first signature needs any repair, XFA forms, public-key
// encryption, field locks and seed values that cannot be obeyed, keys and
// hashes below today's strength. Each refusal has an error that can be tested
// for; what was repaired in the original is listed in the [Receipt].
//
// # Levels
//
// B-B says who signed and that nothing changed. B-T adds when, by an authority
// ([Options].Timestamper). B-LT adds the evidence that the certificates were
// good then ([Options].Evidence), fetched after the time-stamp, so that the
// signature can be judged when the authorities are gone. B-LTA puts a document
// timestamp over all of it ([Options].Archive, or [Extend] at any time later),
// so that it outlives the certificates and algorithms of its day. The [Receipt]
// says which level was reached.
//
// A document timestamp ends with the certificate of its authority. Before that
// ([Extended].RenewBefore, also told by package verify), Extend adds the
// evidence for it and the next document timestamp. Letters with several signers
// are raised after the last: each document timestamp covers what is there.
package signing
