// Package tsa is a client and a responder of the Time-Stamp Protocol
// (RFC 3161, with the certificate identifiers of RFC 5816).
//
//	client, err := tsa.NewClient(tsa.ClientConfig{URL: "https://tsa.example", Roots: roots})
//	token, err := client.Timestamp(ctx, crypto.SHA256, digest)
//
// [Client.Timestamp] asks a time-stamping authority for a token over a digest
// and returns it only after checking everything that RFC 3161 section 2.2 asks
// of a requester: status, imprint, nonce, policy, time, signature, and the
// authority's certificate up to a root that the caller trusts. [Verify] makes
// the same checks, except those of the request, on a token found in a file.
//
// [Responder] is an http.Handler that issues tokens, for one's own authority
// and for fakes. Whether its clock is right is the caller's matter.
package tsa
