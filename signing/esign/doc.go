// Package esign is a client of BSrE's Esign Client Service, the box in an
// agency's network that signs PDF files with the certificates of its civil
// servants, over its HTTP API in version 1 (forms) and version 2 (JSON).
//
//	client, err := esign.New(esign.Config{
//		BaseURL:  "https://esign.agency.example",
//		Username: "e-office",
//		Password: passphrase.FromString(secret),
//	})
//	signer := client.Signer(esign.Identity{NIK: nik})
//	receipt, err := signer.SignDocument(ctx, dst, src, size, signing.Request{
//		Credential: signing.Credential{Passphrase: typed},
//	})
//
// # Three outcomes
//
// A signature that was asked for ends in one of three ways: signed, refused
// with an [*Error], or unknown ([CodeOutcomeUnknown]): the request left and no
// whole answer came. The box offers no look-up, and asking again would add a
// second signature, so nothing is repeated by itself. [Client.Reconcile] takes
// a person's decision, abandon or sign again, and the [Ledger] keeps every
// attempt. Only reads (status, certificate chain, verification) are retried.
//
// [signing.Request].DedupeKey names a signature by the caller's own words, so
// that a letter that was made anew is not signed twice either. Every attempt,
// also one that was refused before anything left, leaves a record with
// [Config.Auditor].
//
// # Seals
//
// A [SealSession] seals documents for an agency (segel elektronik): it keeps the
// activation sealed in a [SealStore] that nodes share, has one of them renew it
// before its end, and gets a new code for each batch. The seal comes before the
// officials' signatures.
//
// # What is checked
//
// Before the credential leaves: that the file is a PDF that can be signed,
// that no earlier signature forbids it, that the box lies on the page, and the
// signer's status when asked. In what comes back: that it begins with the very
// bytes that were sent, that earlier signatures stand, that there is a new
// signature and by whom. Nothing is written to dst before that. Where the
// answer cannot be accepted, its bytes go to [Config.Quarantine]: a signed
// letter is never lost.
//
// # Sources
//
// Petunjuk Teknis Esign Client Service v2.2.1 (BSrE, January 2024), saved
// answers of servers 2.x, and the practice of public clients where the manual
// is silent. What differs between boxes is in [Profile].
package esign
