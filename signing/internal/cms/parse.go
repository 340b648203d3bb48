package cms

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// SignedData is a parsed message (RFC 5652, section 5.1). Its byte slices
// share memory with the bytes given to Parse.
type SignedData struct {
	// Raw is the whole ContentInfo.
	Raw []byte

	Version          int
	DigestAlgorithms []AlgorithmIdentifier

	// ContentType is the type of the signed content.
	ContentType x509.OID

	// Content is the embedded content, nil when the signature is detached.
	Content []byte

	// Certificates are those of RawCertificates that crypto/x509 can read, in
	// the message's order. Being there says nothing about trust.
	Certificates []*x509.Certificate

	// RawCertificates is the DER of every certificate in the message.
	RawCertificates [][]byte

	// CRLs is the DER of every X.509 revocation list in the message.
	CRLs [][]byte

	// OtherRevocations is the other revocation information, such as OCSP
	// responses ([OIDOCSPResponse]).
	OtherRevocations []OtherRevocation

	SignerInfos []*SignerInfo
}

// OtherRevocation is revocation information that is not a CRL (RFC 5652,
// section 10.2.1).
type OtherRevocation struct {
	Format x509.OID
	// Value is the DER of the information.
	Value []byte
}

// SignerInfo is one signer's part (RFC 5652, section 5.3).
type SignerInfo struct {
	Version int

	// RawIssuer and SerialNumber name the certificate; both are nil when
	// SubjectKeyID does.
	RawIssuer    []byte
	SerialNumber *big.Int
	SubjectKeyID []byte

	DigestAlgorithm AlgorithmIdentifier

	// SignedAttributes is nil when the content itself was signed. No type
	// occurs twice.
	SignedAttributes []Attribute

	// RawSignedAttributes is what was digested and signed: the attributes in
	// the order received, with the tag of a SET OF. Nil without attributes.
	RawSignedAttributes []byte

	SignatureAlgorithm AlgorithmIdentifier
	Signature          []byte
	UnsignedAttributes []Attribute
}

// Attribute is a type with its values, each as DER (RFC 5652, section 5.3).
type Attribute struct {
	Type   x509.OID
	Values [][]byte
}

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

// Parse reads a ContentInfo with SignedData. The bytes must be exactly one
// DER value; [Cut] takes one out of a padded buffer. Errors match
// [ErrMalformed].
func Parse(der []byte) (*SignedData, error) {
	if len(der) > MaxSize {
		return nil, malformed("message too large")
	}
	ctx0 := asn1.Tag(0).ContextSpecific().Constructed()
	s := cryptobyte.String(der)
	var info, explicit, seq cryptobyte.String
	var contentType x509.OID
	if !s.ReadASN1(&info, asn1.SEQUENCE) || !readOID(&info, &contentType) {
		return nil, malformed("ContentInfo")
	}
	if !s.Empty() {
		return nil, malformed("bytes after the message")
	}
	if !contentType.Equal(OIDSignedData) {
		return nil, fmt.Errorf("%w: content type %v is not SignedData", ErrMalformed, contentType)
	}
	if !info.ReadASN1(&explicit, ctx0) || !info.Empty() || !explicit.ReadASN1(&seq, asn1.SEQUENCE) || !explicit.Empty() {
		return nil, malformed("SignedData")
	}
	sd := &SignedData{Raw: der}
	if err := sd.parse(seq); err != nil {
		return nil, err
	}
	return sd, nil
}

func (sd *SignedData) parse(seq cryptobyte.String) error {
	ctx0 := asn1.Tag(0).ContextSpecific().Constructed()
	var algs, encap, signers cryptobyte.String
	if !seq.ReadASN1Integer(&sd.Version) || sd.Version < 0 || sd.Version > 5 {
		return malformed("SignedData version")
	}
	if !seq.ReadASN1(&algs, asn1.SET) {
		return malformed("digest algorithms")
	}
	for !algs.Empty() {
		var a AlgorithmIdentifier
		if !readAlgorithm(&algs, &a) || len(sd.DigestAlgorithms) == maxAlgorithms {
			return malformed("digest algorithms")
		}
		sd.DigestAlgorithms = append(sd.DigestAlgorithms, a)
	}
	if !seq.ReadASN1(&encap, asn1.SEQUENCE) || !readOID(&encap, &sd.ContentType) {
		return malformed("encapsulated content")
	}
	if !encap.Empty() {
		var explicit, octets cryptobyte.String
		if !encap.ReadASN1(&explicit, ctx0) || !encap.Empty() ||
			!explicit.ReadASN1(&octets, asn1.OCTET_STRING) || !explicit.Empty() {
			return malformed("encapsulated content")
		}
		sd.Content = append([]byte{}, octets...) // never nil, even when empty
	}
	if err := sd.parseCertificates(&seq); err != nil {
		return err
	}
	if err := sd.parseRevocations(&seq); err != nil {
		return err
	}
	if !seq.ReadASN1(&signers, asn1.SET) || !seq.Empty() {
		return malformed("signer infos")
	}
	for !signers.Empty() {
		var one cryptobyte.String
		if len(sd.SignerInfos) == maxSigners || !signers.ReadASN1(&one, asn1.SEQUENCE) {
			return malformed("signer infos")
		}
		si, err := parseSignerInfo(one)
		if err != nil {
			return err
		}
		sd.SignerInfos = append(sd.SignerInfos, si)
	}
	return nil
}

func (sd *SignedData) parseCertificates(seq *cryptobyte.String) error {
	var set cryptobyte.String
	var present bool
	if !seq.ReadOptionalASN1(&set, &present, asn1.Tag(0).ContextSpecific().Constructed()) {
		return malformed("certificates")
	}
	for n := 0; !set.Empty(); n++ {
		var element cryptobyte.String
		var tag asn1.Tag
		if n == maxCertificates || !set.ReadAnyASN1Element(&element, &tag) {
			return malformed("certificates")
		}
		// Other choices are attribute certificates and the obsolete extended
		// certificates: nothing here uses them.
		if tag != asn1.SEQUENCE {
			continue
		}
		sd.RawCertificates = append(sd.RawCertificates, element)
		if c, err := x509.ParseCertificate(element); err == nil {
			sd.Certificates = append(sd.Certificates, c)
		}
	}
	return nil
}

func (sd *SignedData) parseRevocations(seq *cryptobyte.String) error {
	var set cryptobyte.String
	var present bool
	if !seq.ReadOptionalASN1(&set, &present, asn1.Tag(1).ContextSpecific().Constructed()) {
		return malformed("revocation information")
	}
	ctx1 := asn1.Tag(1).ContextSpecific().Constructed()
	for n := 0; !set.Empty(); n++ {
		if n == maxRevocations {
			return malformed("revocation information")
		}
		if set.PeekASN1Tag(ctx1) {
			var other, value cryptobyte.String
			var o OtherRevocation
			var tag asn1.Tag
			if !set.ReadASN1(&other, ctx1) || !readOID(&other, &o.Format) ||
				!other.ReadAnyASN1Element(&value, &tag) || !other.Empty() {
				return malformed("revocation information")
			}
			o.Value = value
			sd.OtherRevocations = append(sd.OtherRevocations, o)
			continue
		}
		var crl cryptobyte.String
		if !set.ReadASN1Element(&crl, asn1.SEQUENCE) {
			return malformed("revocation information")
		}
		sd.CRLs = append(sd.CRLs, crl)
	}
	return nil
}

func parseSignerInfo(s cryptobyte.String) (*SignerInfo, error) {
	si := &SignerInfo{}
	if !s.ReadASN1Integer(&si.Version) || si.Version < 0 || si.Version > 5 {
		return nil, malformed("signer version")
	}
	if err := si.parseIdentifier(&s); err != nil {
		return nil, err
	}
	if !readAlgorithm(&s, &si.DigestAlgorithm) {
		return nil, malformed("signer digest algorithm")
	}
	var set, sig cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&set, &present, asn1.Tag(0).ContextSpecific().Constructed()) {
		return nil, malformed("signed attributes")
	}
	if present {
		var err error
		if si.SignedAttributes, err = parseAttributes(set); err != nil {
			return nil, err
		}
		// RFC 5652, section 5.3: content-type and message-digest at least, so
		// an empty set is not a set of signed attributes.
		if len(si.SignedAttributes) == 0 {
			return nil, malformed("empty signed attributes")
		}
		for i, a := range si.SignedAttributes {
			for _, b := range si.SignedAttributes[:i] {
				if a.Type.Equal(b.Type) {
					return nil, fmt.Errorf("%w: signed attribute %v twice", ErrMalformed, a.Type)
				}
			}
		}
		w := cryptobyte.NewBuilder(make([]byte, 0, len(set)+6))
		w.AddASN1(asn1.SET, func(w *cryptobyte.Builder) { w.AddBytes(set) })
		if si.RawSignedAttributes, err = w.Bytes(); err != nil {
			return nil, malformed("signed attributes")
		}
	}
	if !readAlgorithm(&s, &si.SignatureAlgorithm) || !s.ReadASN1(&sig, asn1.OCTET_STRING) {
		return nil, malformed("signature")
	}
	si.Signature = sig
	if !s.ReadOptionalASN1(&set, &present, asn1.Tag(1).ContextSpecific().Constructed()) || !s.Empty() {
		return nil, malformed("unsigned attributes")
	}
	if present {
		var err error
		if si.UnsignedAttributes, err = parseAttributes(set); err != nil {
			return nil, err
		}
	}
	return si, nil
}

func (si *SignerInfo) parseIdentifier(s *cryptobyte.String) error {
	if s.PeekASN1Tag(asn1.Tag(0).ContextSpecific()) {
		var id cryptobyte.String
		if !s.ReadASN1(&id, asn1.Tag(0).ContextSpecific()) || id.Empty() {
			return malformed("signer identifier")
		}
		si.SubjectKeyID = id
		return nil
	}
	var seq, issuer cryptobyte.String
	si.SerialNumber = new(big.Int)
	if !s.ReadASN1(&seq, asn1.SEQUENCE) || !seq.ReadASN1Element(&issuer, asn1.SEQUENCE) ||
		!seq.ReadASN1Integer(si.SerialNumber) || !seq.Empty() {
		return malformed("signer identifier")
	}
	si.RawIssuer = issuer
	return nil
}

func parseAttributes(set cryptobyte.String) ([]Attribute, error) {
	var attrs []Attribute
	for !set.Empty() {
		var seq, values cryptobyte.String
		var a Attribute
		if len(attrs) == maxAttributes || !set.ReadASN1(&seq, asn1.SEQUENCE) || !readOID(&seq, &a.Type) ||
			!seq.ReadASN1(&values, asn1.SET) || !seq.Empty() {
			return nil, malformed("attribute")
		}
		for !values.Empty() {
			var v cryptobyte.String
			var tag asn1.Tag
			if len(a.Values) == maxValues || !values.ReadAnyASN1Element(&v, &tag) {
				return nil, malformed("attribute value")
			}
			a.Values = append(a.Values, v)
		}
		attrs = append(attrs, a)
	}
	return attrs, nil
}

// Certificate finds the certificate that a signer names among those of the
// message, nil when it is not there. Names prove nothing: verify the
// signature with it and then judge the certificate.
func (sd *SignedData) Certificate(si *SignerInfo) *x509.Certificate {
	for _, c := range sd.Certificates {
		if si.Names(c) {
			return c
		}
	}
	return nil
}

// Names reports whether the signer identifier names the certificate.
func (si *SignerInfo) Names(c *x509.Certificate) bool {
	if si.SubjectKeyID != nil {
		return bytes.Equal(si.SubjectKeyID, c.SubjectKeyId)
	}
	return bytes.Equal(si.RawIssuer, c.RawIssuer) && si.SerialNumber.Cmp(c.SerialNumber) == 0
}
