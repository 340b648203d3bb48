package pki

import (
	"crypto"
	_ "crypto/sha1"   // CertID hashes (RFC 6960)
	_ "crypto/sha256" // CertID hashes and signatures
	_ "crypto/sha512" // CertID hashes and signatures
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

var oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

// hashes are the digests of an OCSP CertID. SHA-1 names a certificate there
// and protects nothing.
var hashes = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, crypto.SHA1},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, crypto.SHA256},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512},
}

func hashByOID(oid asn1.ObjectIdentifier) crypto.Hash {
	for _, h := range hashes {
		if h.oid.Equal(oid) {
			return h.hash
		}
	}
	return 0
}

var signatureAlgorithms = []struct {
	oid       asn1.ObjectIdentifier
	algorithm x509.SignatureAlgorithm
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, x509.SHA256WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, x509.SHA384WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, x509.SHA512WithRSA},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, x509.ECDSAWithSHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, x509.ECDSAWithSHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, x509.ECDSAWithSHA512},
	{asn1.ObjectIdentifier{1, 3, 101, 112}, x509.PureEd25519},
}

// signatureAlgorithm maps the identifier of a signature to the name that
// crypto/x509 checks it by. SHA-1 and older have none.
func signatureAlgorithm(ai pkix.AlgorithmIdentifier) (x509.SignatureAlgorithm, error) {
	for _, a := range signatureAlgorithms {
		if a.oid.Equal(ai.Algorithm) {
			return a.algorithm, nil
		}
	}
	if ai.Algorithm.Equal(oidRSAPSS) {
		// Only the hash is read: crypto/x509 then checks with MGF1 of the same
		// hash and a salt of its length, and anything else fails there.
		var params struct {
			Hash pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
			MGF  asn1.RawValue            `asn1:"optional,explicit,tag:1"`
			Salt int                      `asn1:"optional,explicit,tag:2,default:20"`
		}
		if _, err := asn1.Unmarshal(ai.Parameters.FullBytes, &params); err == nil {
			switch hashByOID(params.Hash.Algorithm) {
			case crypto.SHA256:
				return x509.SHA256WithRSAPSS, nil
			case crypto.SHA384:
				return x509.SHA384WithRSAPSS, nil
			case crypto.SHA512:
				return x509.SHA512WithRSAPSS, nil
			}
		}
	}
	return 0, fmt.Errorf("signature algorithm %v: %w", ai.Algorithm, ErrWeak)
}
