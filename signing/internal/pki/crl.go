package pki

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxCRLSize bounds a CRL: about a million entries.
const maxCRLSize = 32 << 20

// Extensions of CRLs and their entries (RFC 5280 section 5, X.509 section
// 9.5.2.8).
var (
	oidCRLNumber         = asn1.ObjectIdentifier{2, 5, 29, 20}
	oidCRLReason         = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidIssuingPoint      = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidAuthorityKeyID    = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExpiredCertsOnCRL = asn1.ObjectIdentifier{2, 5, 29, 60}
	oidDeltaCRL          = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidCertificateIssuer = asn1.ObjectIdentifier{2, 5, 29, 29}
)

// crl is a CertificateList whose entries stay in DER. crypto/x509 builds every
// entry twice in memory, which a hostile list of a few megabytes turns into
// hundreds; here they are walked.
type crl struct {
	tbs                    []byte
	algorithm              pkix.AlgorithmIdentifier
	signature              []byte
	issuer                 []byte
	thisUpdate, nextUpdate time.Time
	entries                cryptobyte.String
	extensions             cryptobyte.String
}

// CheckCRL reads a CRL and returns what it says of cert, issued by issuer. It
// checks the signature by the issuer itself, the issuer's right to sign CRLs,
// and every critical extension; times are left to [Judge]. Delta lists,
// indirect lists, lists of only some reasons and critical extensions that are
// not known are refused (RFC 5280 sections 5.2 and 6.3).
func CheckCRL(raw []byte, cert, issuer *x509.Certificate) (*Evidence, error) {
	list, err := parseCRL(raw)
	if err != nil {
		return nil, fmt.Errorf("pki: CRL: %w", err)
	}
	if !bytes.Equal(list.issuer, issuer.RawSubject) || !bytes.Equal(cert.RawIssuer, issuer.RawSubject) {
		return nil, fmt.Errorf("pki: CRL: %w", ErrOtherCertificate)
	}
	if err := list.checkSignature(issuer); err != nil {
		return nil, fmt.Errorf("pki: CRL: %w", err)
	}
	e := &Evidence{
		Kind: KindCRL, Raw: raw, Status: StatusGood, Signer: issuer,
		ThisUpdate: list.thisUpdate, NextUpdate: list.nextUpdate,
	}
	if err := e.readListExtensions(list.extensions, cert); err != nil {
		return nil, fmt.Errorf("pki: CRL: %w", err)
	}
	if err := e.findEntry(list.entries, cert.SerialNumber); err != nil {
		return nil, fmt.Errorf("pki: CRL: %w", err)
	}
	return e, nil
}

func parseCRL(raw []byte) (*crl, error) {
	if len(raw) > maxCRLSize {
		return nil, ErrTooLarge
	}
	var (
		list              crl
		input             = cryptobyte.String(raw)
		outer, tbs        cryptobyte.String
		inner, algorithm  cryptobyte.String
		issuer, tbsHeader cryptobyte.String
		version           int
		hasEntries        bool
		hasExtensions     bool
	)
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !input.Empty() ||
		!outer.ReadASN1Element(&tbsHeader, cbasn1.SEQUENCE) ||
		!outer.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) ||
		!outer.ReadASN1BitStringAsBytes(&list.signature) || !outer.Empty() {
		return nil, ErrMalformed
	}
	list.tbs = tbsHeader
	if !tbsHeader.ReadASN1(&tbs, cbasn1.SEQUENCE) ||
		!tbs.ReadASN1Integer(&version) || version != 1 ||
		!tbs.ReadASN1Element(&inner, cbasn1.SEQUENCE) || !bytes.Equal(inner, algorithm) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) ||
		!readTime(&tbs, &list.thisUpdate) {
		return nil, ErrMalformed
	}
	list.issuer = issuer
	if tbs.PeekASN1Tag(cbasn1.UTCTime) || tbs.PeekASN1Tag(cbasn1.GeneralizedTime) {
		if !readTime(&tbs, &list.nextUpdate) || list.nextUpdate.Before(list.thisUpdate) {
			return nil, ErrMalformed
		}
	}
	var wrapped cryptobyte.String
	if !tbs.ReadOptionalASN1(&list.entries, &hasEntries, cbasn1.SEQUENCE) ||
		!tbs.ReadOptionalASN1(&wrapped, &hasExtensions, cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!tbs.Empty() ||
		hasExtensions && !wrapped.ReadASN1(&list.extensions, cbasn1.SEQUENCE) {
		return nil, ErrMalformed
	}
	if rest, err := asn1.Unmarshal(algorithm, &list.algorithm); err != nil || len(rest) > 0 {
		return nil, ErrMalformed
	}
	return &list, nil
}

func (l *crl) checkSignature(issuer *x509.Certificate) error {
	algorithm, err := signatureAlgorithm(l.algorithm)
	if err != nil {
		return err
	}
	if err := checkKey(issuer.PublicKey); err != nil {
		return err
	}
	if !issuer.IsCA || issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCRLSign == 0 {
		return fmt.Errorf("issuer may not sign CRLs: %w", ErrNotAuthorized)
	}
	if issuer.CheckSignature(algorithm, l.tbs, l.signature) != nil {
		return ErrNotAuthorized
	}
	return nil
}

// readListExtensions reads the extensions of the whole list.
func (e *Evidence) readListExtensions(extensions cryptobyte.String, cert *x509.Certificate) error {
	return eachExtension(extensions, func(oid asn1.ObjectIdentifier, critical bool, value []byte) error {
		switch {
		case oid.Equal(oidIssuingPoint):
			return checkScope(value, cert)
		case oid.Equal(oidExpiredCertsOnCRL):
			rest, err := asn1.UnmarshalWithParams(value, &e.speaksOfExpired, "generalized")
			if err != nil || len(rest) > 0 {
				return ErrMalformed
			}
		case oid.Equal(oidCRLNumber), oid.Equal(oidAuthorityKeyID):
		case critical, oid.Equal(oidDeltaCRL): // of which only the mark may be wrong
			return fmt.Errorf("extension %v: %w", oid, ErrUnsupported)
		}
		return nil
	})
}

// checkScope reads an issuingDistributionPoint: the list must cover all
// reasons of certificates like cert, and its name, when there is one, must be
// one that cert names (RFC 5280 section 6.3.3 b).
func checkScope(der []byte, cert *x509.Certificate) error {
	var point struct {
		Name            asn1.RawValue  `asn1:"optional,tag:0"`
		OnlyUsers       bool           `asn1:"optional,tag:1"`
		OnlyAuthorities bool           `asn1:"optional,tag:2"`
		SomeReasons     asn1.BitString `asn1:"optional,tag:3"`
		Indirect        bool           `asn1:"optional,tag:4"`
		OnlyAttributes  bool           `asn1:"optional,tag:5"`
	}
	if rest, err := asn1.Unmarshal(der, &point); err != nil || len(rest) > 0 {
		return ErrMalformed
	}
	switch {
	case point.Indirect, point.SomeReasons.BitLength > 0:
		return fmt.Errorf("indirect or partial list: %w", ErrUnsupported)
	case point.OnlyAttributes, point.OnlyUsers && cert.IsCA, point.OnlyAuthorities && !cert.IsCA:
		return ErrOtherCertificate
	case len(point.Name.FullBytes) == 0:
		return nil
	}
	// DistributionPointName: fullName [0] with URIs [6]; a relative name is
	// not supported.
	name, uri := cryptobyte.String(point.Name.Bytes), cryptobyte.String(nil)
	var names cryptobyte.String
	if !name.ReadASN1(&names, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return fmt.Errorf("relative distribution point: %w", ErrUnsupported)
	}
	for !names.Empty() {
		var tag cbasn1.Tag
		if !names.ReadAnyASN1(&uri, &tag) {
			return ErrMalformed
		}
		if tag == cbasn1.Tag(6).ContextSpecific() && slices.Contains(cert.CRLDistributionPoints, string(uri)) {
			return nil
		}
	}
	return ErrOtherCertificate
}

// findEntry walks all entries: one with a critical extension that is not known
// spoils the whole list (RFC 5280 section 5.3), wherever it stands. Of several
// about one certificate, which no list should have, the earliest counts.
func (e *Evidence) findEntry(entries cryptobyte.String, serial *big.Int) error {
	wanted := serial.Bytes()
	for !entries.Empty() {
		var entry, number, extensions cryptobyte.String
		var at time.Time
		var has bool
		if !entries.ReadASN1(&entry, cbasn1.SEQUENCE) ||
			!entry.ReadASN1(&number, cbasn1.INTEGER) ||
			!readTime(&entry, &at) ||
			!entry.ReadOptionalASN1(&extensions, &has, cbasn1.SEQUENCE) || !entry.Empty() {
			return ErrMalformed
		}
		found := bytes.Equal(bytes.TrimLeft(number, "\x00"), wanted)
		var said *Evidence
		if found {
			said = &Evidence{Status: StatusRevoked, RevokedAt: at}
		}
		err := eachExtension(extensions, func(oid asn1.ObjectIdentifier, critical bool, value []byte) error {
			switch {
			case found && oid.Equal(oidCRLReason):
				return said.readReason(value)
			case found && oid.Equal(oidInvalidityDate):
				rest, err := asn1.UnmarshalWithParams(value, &said.InvalidityDate, "generalized")
				if err != nil || len(rest) > 0 {
					return ErrMalformed
				}
			case oid.Equal(oidCRLReason), oid.Equal(oidInvalidityDate):
			case critical, oid.Equal(oidCertificateIssuer):
				return fmt.Errorf("entry extension %v: %w", oid, ErrUnsupported)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if found && (e.Status != StatusRevoked || said.worse(e)) {
			e.Status, e.RevokedAt, e.Reason, e.InvalidityDate = said.Status, said.RevokedAt, said.Reason, said.InvalidityDate
		}
	}
	return nil
}

func (e *Evidence) readReason(value cryptobyte.String) error {
	if !value.ReadASN1Enum(&e.Reason) || !value.Empty() {
		return ErrMalformed
	}
	return nil
}

// eachExtension calls f for every member of the contents of an Extensions
// sequence. The values alias the input.
func eachExtension(extensions cryptobyte.String, f func(oid asn1.ObjectIdentifier, critical bool, value []byte) error) error {
	for !extensions.Empty() {
		var ext, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !extensions.ReadASN1(&ext, cbasn1.SEQUENCE) ||
			!ext.ReadASN1ObjectIdentifier(&oid) ||
			ext.PeekASN1Tag(cbasn1.BOOLEAN) && !ext.ReadASN1Boolean(&critical) ||
			!ext.ReadASN1(&value, cbasn1.OCTET_STRING) || !ext.Empty() {
			return ErrMalformed
		}
		if err := f(oid, critical, value); err != nil {
			return err
		}
	}
	return nil
}

// readTime reads a Time: UTCTime or GeneralizedTime.
func readTime(s *cryptobyte.String, t *time.Time) bool {
	if s.PeekASN1Tag(cbasn1.UTCTime) {
		return s.ReadASN1UTCTime(t)
	}
	return s.ReadASN1GeneralizedTime(t)
}
