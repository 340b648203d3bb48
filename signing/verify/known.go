package verify

import (
	"crypto/x509"
	"slices"
)

// KnownAuthority describes a public certificate of an Indonesian
// certification authority (PSrE), for comparing what one has fetched. It is a
// description, not an endorsement, and nothing is trusted for being in it.
type KnownAuthority struct {
	Name         string
	Organization string
	// SHA256 is the digest of the certificate's DER, in hexadecimal.
	SHA256 string
	// NotBefore and NotAfter are dates in UTC, as YYYY-MM-DD.
	NotBefore, NotAfter string
	// Root: the certificate is self-signed.
	Root bool
	// Source says where the fingerprint was read.
	Source string
}

// KnownPSrE lists the certificates of BSrE's hierarchies that are met in
// signed documents. The fingerprints were read from chains embedded in
// published signed documents of 2023 and 2024, not from an official
// publication. Before trusting a root, compare its fingerprint with one that
// the authority gives by a second channel: its published certification policy,
// its help desk by telephone, or a letter. A signature under the national root
// may come from any authority below it: see Options.AllowIssuers.
func KnownPSrE() []KnownAuthority {
	const source = "chains embedded in published signed documents, 2023 and 2024"
	return []KnownAuthority{
		{
			Name: "Root CA Indonesia DS G1", Organization: "Kementerian Komunikasi dan Informatika",
			SHA256:    "b5f36672fd7cfd401e01ef640b2fe61f816f32f447b280b76f536244cf42fcdf",
			NotBefore: "2018-08-28", NotAfter: "2038-08-23", Root: true, Source: source,
		},
		{
			Name: "BSRE CA DS G1", Organization: "Badan Siber dan Sandi Negara",
			SHA256:    "4a3ab062c4d24f60417fa28f6543ac7151c9f1fde5817bbe67f49c55ce5ffed5",
			NotBefore: "2022-11-21", NotAfter: "2032-11-18", Source: source,
		},
		{
			Name: "OSD LU Kelas 2", Organization: "Lembaga Sandi Negara",
			SHA256:    "2178095b3cc0f6facb9e6f07feecee6327a89c6681af43ba95126b68867d02b2",
			NotBefore: "2016-08-18", NotAfter: "2026-08-18", Root: true, Source: source,
		},
	}
}

// Describe finds a certificate among KnownPSrE by its fingerprint.
func Describe(certificate *x509.Certificate) (KnownAuthority, bool) {
	known := KnownPSrE()
	i := slices.IndexFunc(known, func(k KnownAuthority) bool { return k.SHA256 == fingerprint(certificate) })
	if i < 0 {
		return KnownAuthority{}, false
	}
	return known[i], true
}
