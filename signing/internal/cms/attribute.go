package cms

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// signed returns the single value of a signed attribute. A missing attribute
// gives nil and no error, another number of values than one is ErrAttributes.
func (si *SignerInfo) signed(t x509.OID) ([]byte, error) {
	for _, a := range si.SignedAttributes {
		if a.Type.Equal(t) {
			if len(a.Values) != 1 {
				return nil, fmt.Errorf("%w: %v has %d values", ErrAttributes, t, len(a.Values))
			}
			return a.Values[0], nil
		}
	}
	return nil, nil
}

// MessageDigest is the signed digest of the content. A message without signed
// attributes has none: [ErrAttributes].
func (si *SignerInfo) MessageDigest() ([]byte, error) {
	v, err := si.signed(OIDMessageDigest)
	if err != nil {
		return nil, err
	}
	s := cryptobyte.String(v)
	var digest cryptobyte.String
	if v == nil || !s.ReadASN1(&digest, casn1.OCTET_STRING) || !s.Empty() {
		return nil, fmt.Errorf("%w: message-digest missing or malformed", ErrAttributes)
	}
	return digest, nil
}

// SigningTime is the time the signer claims in the message, which proves
// nothing. The boolean tells whether there is one; PAdES forbids it.
func (si *SignerInfo) SigningTime() (time.Time, bool, error) {
	v, err := si.signed(OIDSigningTime)
	if err != nil || v == nil {
		return time.Time{}, false, err
	}
	s := cryptobyte.String(v)
	var t time.Time
	if s.PeekASN1Tag(casn1.UTCTime) {
		if s.ReadASN1UTCTime(&t) && s.Empty() {
			return t, true, nil
		}
	} else if s.ReadASN1GeneralizedTime(&t) && s.Empty() {
		return t, true, nil
	}
	return time.Time{}, false, fmt.Errorf("%w: signing-time malformed", ErrAttributes)
}

// checkContentType compares the content-type attribute, which must be there,
// with the type of the content (RFC 5652, section 11.1).
func (si *SignerInfo) checkContentType(want x509.OID) error {
	v, err := si.signed(OIDContentType)
	if err != nil {
		return err
	}
	s := cryptobyte.String(v)
	var got x509.OID
	if v == nil || !readOID(&s, &got) || !s.Empty() {
		return fmt.Errorf("%w: content-type missing or malformed", ErrAttributes)
	}
	if !got.Equal(want) {
		return fmt.Errorf("%w: content-type %v, content is %v", ErrAttributes, got, want)
	}
	return nil
}

// checkProtection compares CMSAlgorithmProtection, where present, with the
// algorithms in the signer info (RFC 6211, section 2).
func (si *SignerInfo) checkProtection() error {
	v, err := si.signed(OIDAlgorithmProtection)
	if err != nil || v == nil {
		return err
	}
	s := cryptobyte.String(v)
	var seq, body cryptobyte.String
	var digest, sig AlgorithmIdentifier
	if !s.ReadASN1(&seq, casn1.SEQUENCE) || !s.Empty() || !readAlgorithm(&seq, &digest) ||
		!seq.ReadASN1(&body, casn1.Tag(1).ContextSpecific().Constructed()) || !seq.Empty() || !readOID(&body, &sig.OID) {
		return fmt.Errorf("%w: CMSAlgorithmProtection malformed", ErrAttributes)
	}
	sig.Parameters = body
	if !digest.Equal(si.DigestAlgorithm) || !sig.Equal(si.SignatureAlgorithm) {
		return fmt.Errorf("%w: CMSAlgorithmProtection names others", ErrAlgorithmMismatch)
	}
	return nil
}

// CertID is one entry of a signing-certificate attribute (RFC 5035).
type CertID struct {
	Hash   crypto.Hash
	Digest []byte

	rawIssuer, rawSerial []byte // DER of issuer and serial number, nil when not given
}

// matches reports whether the entry is bound to the certificate.
func (id CertID) matches(c *x509.Certificate) bool {
	h := id.Hash.New()
	h.Write(c.Raw)
	if string(h.Sum(nil)) != string(id.Digest) {
		return false
	}
	if id.rawSerial == nil {
		return true
	}
	serial, err := asn1.Marshal(c.SerialNumber)
	return err == nil && string(serial) == string(id.rawSerial) &&
		(id.rawIssuer == nil || string(id.rawIssuer) == string(c.RawIssuer))
}

// SigningCertificates lists the entries of signing-certificate-v2, or of its
// first version where the second is missing. Without either the error is
// [ErrNoSigningCertificate].
func (si *SignerInfo) SigningCertificates() ([]CertID, error) {
	v2, err := si.signed(OIDSigningCertificateV2)
	if err != nil {
		return nil, err
	}
	if v2 != nil {
		return parseCertIDs(v2, true)
	}
	v1, err := si.signed(OIDSigningCertificate)
	if err != nil {
		return nil, err
	}
	if v1 != nil {
		return parseCertIDs(v1, false)
	}
	return nil, ErrNoSigningCertificate
}

func parseCertIDs(der []byte, v2 bool) ([]CertID, error) {
	bad := fmt.Errorf("%w: signing-certificate malformed", ErrAttributes)
	s := cryptobyte.String(der)
	var seq, list cryptobyte.String
	// The policies that may follow the list only restrict the path.
	if !s.ReadASN1(&seq, casn1.SEQUENCE) || !s.Empty() || !seq.ReadASN1(&list, casn1.SEQUENCE) ||
		!seq.SkipOptionalASN1(casn1.SEQUENCE) || !seq.Empty() {
		return nil, bad
	}
	var ids []CertID
	for !list.Empty() {
		var one, digest, issuerSerial cryptobyte.String
		id := CertID{Hash: crypto.SHA1}
		if len(ids) == maxCertificates || !list.ReadASN1(&one, casn1.SEQUENCE) {
			return nil, bad
		}
		if v2 {
			id.Hash = crypto.SHA256
			if one.PeekASN1Tag(casn1.SEQUENCE) {
				var alg AlgorithmIdentifier
				var err error
				if !readAlgorithm(&one, &alg) {
					return nil, bad
				}
				if id.Hash, err = alg.Hash(); err != nil {
					return nil, err
				}
			}
		}
		var present bool
		if !one.ReadASN1(&digest, casn1.OCTET_STRING) || len(digest) != id.Hash.Size() ||
			!one.ReadOptionalASN1(&issuerSerial, &present, casn1.SEQUENCE) || !one.Empty() {
			return nil, bad
		}
		id.Digest = digest
		if present && !id.parseIssuerSerial(issuerSerial) {
			return nil, bad
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, bad
	}
	return ids, nil
}

func (id *CertID) parseIssuerSerial(s cryptobyte.String) bool {
	var names, name, issuer, serial cryptobyte.String
	if !s.ReadASN1(&names, casn1.SEQUENCE) || !s.ReadASN1Element(&serial, casn1.INTEGER) || !s.Empty() {
		return false
	}
	id.rawSerial = serial
	// Only a directory name can be compared; anything else is left alone.
	if names.ReadASN1(&name, casn1.Tag(4).ContextSpecific().Constructed()) && names.Empty() &&
		name.ReadASN1Element(&issuer, casn1.SEQUENCE) && name.Empty() {
		id.rawIssuer = issuer
	}
	return true
}

// CheckSigningCertificate reports whether the signer bound this certificate
// as his own: the first entry of signing-certificate(-v2), of both where both are
// there. Errors match [ErrNoSigningCertificate], [ErrSigningCertificate],
// [ErrAttributes] or, for an entry digested with MD5 or (in version 2) SHA-1,
// [ErrWeakAlgorithm].
func (si *SignerInfo) CheckSigningCertificate(c *x509.Certificate) error {
	ids, err := si.SigningCertificates()
	if err != nil {
		return err
	}
	// Version 1 knows SHA-1 alone. What it binds is a public certificate
	// whose own signature stands, so a collision gains nothing by itself.
	v2, _ := si.signed(OIDSigningCertificateV2)
	if v2 != nil && !strongHash(ids[0].Hash) {
		return fmt.Errorf("%w: signing-certificate-v2 with %v", ErrWeakAlgorithm, ids[0].Hash)
	}
	if !ids[0].matches(c) {
		return ErrSigningCertificate
	}
	if v2 == nil {
		return nil
	}
	// Where both attributes are, each is evaluated by itself (RFC 5035).
	v1, err := si.signed(OIDSigningCertificate)
	if err != nil || v1 == nil {
		return err
	}
	if ids, err = parseCertIDs(v1, false); err != nil {
		return err
	}
	if !ids[0].matches(c) {
		return ErrSigningCertificate
	}
	return nil
}

// Timestamps lists the DER of the signature time-stamp tokens among the
// unsigned attributes.
func (si *SignerInfo) Timestamps() [][]byte {
	var tokens [][]byte
	for _, a := range si.UnsignedAttributes {
		if a.Type.Equal(OIDTimestamp) {
			tokens = append(tokens, a.Values...)
		}
	}
	return tokens
}

// ContentTimestamps lists the DER of the content time-stamp tokens among the
// signed attributes: they were there before the signature was made (ETSI EN
// 319 122-1 section 5.2.8).
func (si *SignerInfo) ContentTimestamps() [][]byte {
	for _, a := range si.SignedAttributes {
		if a.Type.Equal(OIDContentTimestamp) {
			return a.Values
		}
	}
	return nil
}

// RevocationArchival reads Adobe's signed attribute with revocation evidence:
// the DER of CRLs and of OCSP responses (ISO 32000-1, 12.8.3.3.2). Both are
// nil when there is none.
func (si *SignerInfo) RevocationArchival() (crls, ocsps [][]byte, err error) {
	v, err := si.signed(OIDRevocationArchival)
	if err != nil || v == nil {
		return nil, nil, err
	}
	bad := fmt.Errorf("%w: revocation archive malformed", ErrAttributes)
	s := cryptobyte.String(v)
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, casn1.SEQUENCE) || !s.Empty() {
		return nil, nil, bad
	}
	for tag, out := range []*[][]byte{&crls, &ocsps} {
		var explicit, list cryptobyte.String
		var present bool
		if !seq.ReadOptionalASN1(&explicit, &present, casn1.Tag(tag).ContextSpecific().Constructed()) {
			return nil, nil, bad
		}
		if !present {
			continue
		}
		if !explicit.ReadASN1(&list, casn1.SEQUENCE) || !explicit.Empty() {
			return nil, nil, bad
		}
		for !list.Empty() {
			var one cryptobyte.String
			if len(*out) == maxRevocations || !list.ReadASN1Element(&one, casn1.SEQUENCE) {
				return nil, nil, bad
			}
			*out = append(*out, one)
		}
	}
	// [2], other revocation information, is defined but used by nobody.
	if !seq.SkipOptionalASN1(casn1.Tag(2).ContextSpecific().Constructed()) || !seq.Empty() {
		return nil, nil, bad
	}
	return crls, ocsps, nil
}
