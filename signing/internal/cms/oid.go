package cms

import (
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

func oid(arcs ...uint64) x509.OID {
	o, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic("cms: impossible object identifier: " + err.Error())
	}
	return o
}

// Content types and attribute types.
var (
	// OIDData is id-data (RFC 5652, section 4).
	OIDData = oid(1, 2, 840, 113549, 1, 7, 1)
	// OIDSignedData is id-signedData (RFC 5652, section 5.1).
	OIDSignedData = oid(1, 2, 840, 113549, 1, 7, 2)
	// OIDTSTInfo is id-ct-TSTInfo (RFC 3161, section 2.4.2).
	OIDTSTInfo = oid(1, 2, 840, 113549, 1, 9, 16, 1, 4)

	// OIDContentType is the content-type attribute (RFC 5652, section 11.1).
	OIDContentType = oid(1, 2, 840, 113549, 1, 9, 3)
	// OIDMessageDigest is the message-digest attribute (section 11.2).
	OIDMessageDigest = oid(1, 2, 840, 113549, 1, 9, 4)
	// OIDSigningTime is the signing-time attribute (section 11.3).
	OIDSigningTime = oid(1, 2, 840, 113549, 1, 9, 5)
	// OIDSigningCertificate is signing-certificate (RFC 2634), SHA-1 only.
	OIDSigningCertificate = oid(1, 2, 840, 113549, 1, 9, 16, 2, 12)
	// OIDSigningCertificateV2 is signing-certificate-v2 (RFC 5035).
	OIDSigningCertificateV2 = oid(1, 2, 840, 113549, 1, 9, 16, 2, 47)
	// OIDAlgorithmProtection is CMSAlgorithmProtection (RFC 6211).
	OIDAlgorithmProtection = oid(1, 2, 840, 113549, 1, 9, 52)
	// OIDTimestamp is the signature-time-stamp attribute (RFC 3161, appendix A).
	OIDTimestamp = oid(1, 2, 840, 113549, 1, 9, 16, 2, 14)
	// OIDContentTimestamp is the content-time-stamp attribute (ETSI EN 319 122-1,
	// section 5.2.8).
	OIDContentTimestamp = oid(1, 2, 840, 113549, 1, 9, 16, 2, 20)
	// OIDRevocationArchival is Adobe's adbe-revocationInfoArchival
	// (ISO 32000-1, 12.8.3.3.2).
	OIDRevocationArchival = oid(1, 2, 840, 113583, 1, 1, 8)
	// OIDOCSPResponse is id-ri-ocsp-response (RFC 5940), the format of an OCSP
	// answer among a message's revocation information.
	OIDOCSPResponse = oid(1, 3, 6, 1, 5, 5, 7, 16, 2)
)

// Algorithms.
var (
	oidMD5    = oid(1, 2, 840, 113549, 2, 5)
	oidSHA1   = oid(1, 3, 14, 3, 2, 26)
	oidSHA256 = oid(2, 16, 840, 1, 101, 3, 4, 2, 1)
	oidSHA384 = oid(2, 16, 840, 1, 101, 3, 4, 2, 2)
	oidSHA512 = oid(2, 16, 840, 1, 101, 3, 4, 2, 3)

	oidRSA           = oid(1, 2, 840, 113549, 1, 1, 1)
	oidMGF1          = oid(1, 2, 840, 113549, 1, 1, 8)
	oidPSS           = oid(1, 2, 840, 113549, 1, 1, 10)
	oidMD5WithRSA    = oid(1, 2, 840, 113549, 1, 1, 4)
	oidSHA1WithRSA   = oid(1, 2, 840, 113549, 1, 1, 5)
	oidSHA256WithRSA = oid(1, 2, 840, 113549, 1, 1, 11)
	oidSHA384WithRSA = oid(1, 2, 840, 113549, 1, 1, 12)
	oidSHA512WithRSA = oid(1, 2, 840, 113549, 1, 1, 13)

	oidECKey           = oid(1, 2, 840, 10045, 2, 1)
	oidECDSAWithSHA1   = oid(1, 2, 840, 10045, 4, 1)
	oidECDSAWithSHA256 = oid(1, 2, 840, 10045, 4, 3, 2)
	oidECDSAWithSHA384 = oid(1, 2, 840, 10045, 4, 3, 3)
	oidECDSAWithSHA512 = oid(1, 2, 840, 10045, 4, 3, 4)
)

func addOID(b *cryptobyte.Builder, o x509.OID) {
	content, err := o.MarshalBinary()
	if err != nil || len(content) == 0 {
		b.SetError(fmt.Errorf("%w: empty object identifier", ErrMalformed))
		return
	}
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
}

// readOID reads an object identifier with arcs of any size, as the 128-bit
// arcs under 2.25 need, within a bounded length.
func readOID(s *cryptobyte.String, out *x509.OID) bool {
	var content cryptobyte.String
	if !s.ReadASN1(&content, asn1.OBJECT_IDENTIFIER) || len(content) > maxOID {
		return false
	}
	return out.UnmarshalBinary(content) == nil
}
