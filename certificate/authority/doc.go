// Package authority is a certification authority for services that issue
// certificates themselves, and for fakes: a root, an issuing authority below
// it, a ledger of serial numbers, revocation, and the OCSP, CRL and
// certificate addresses that its certificates name (RFC 5280, RFC 6960).
//
//	ca, err := authority.New(ctx, authority.Config{RootName: root, IssuingName: issuing, ResponderName: responder, BaseURL: base})
//	http.Handle("/", ca.Handler()) // and certificate.RegistrarConfig{Issuer: ca, …}
//
// It is not a PSrE: what it certifies is an uncertified signature in the sense
// of Government Regulation 71/2019, article 60. The names of its authorities
// come from [Config] and should say whose they are, or that they are a fake.
//
// [New] makes or takes the keys. An [Authority] meets certificate.Issuer;
// [Authority.Handler] serves everything that relying parties fetch.
//
// # Nothing is signed unseen
//
// Each certificate is first made with a throw-away key and checked field by
// field against its [Profile]; its serial and its exact bytes go into the
// [Ledger]; only then does the authority's key sign those same bytes. Issuing
// is idempotent by request id, also when a process dies between the steps.
//
// # Generations
//
// [Authority.Rollover] puts a new key of the issuing authority in front. The
// earlier ones go on answering for their certificates, and
// [Authority.CrossCertificates] joins them for who trusts only one.
//
// # Privacy
//
// A certificate is public. It names a person and an agency; names that hold
// anything like a NIK or NIP are refused.
package authority
