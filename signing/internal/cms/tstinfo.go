package cms

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// TSTInfo is what a time-stamping authority signs (RFC 3161, section 2.4.2).
type TSTInfo struct {
	Policy x509.OID

	// HashAlgorithm and HashedMessage are the imprint: of a PDF signature,
	// the digest of the signature value in the CMS.
	HashAlgorithm AlgorithmIdentifier
	HashedMessage []byte

	SerialNumber *big.Int
	// Time is genTime, in UTC.
	Time time.Time

	// Accuracy is the deviation the authority admits; zero when it says none.
	Accuracy time.Duration

	Ordering bool
	// Nonce repeats the request's, nil when there is none.
	Nonce *big.Int

	// RawTSA is the DER of the authority's GeneralName, nil when not given.
	RawTSA []byte
}

// Hash is the digest algorithm of the imprint.
func (t *TSTInfo) Hash() (crypto.Hash, error) { return t.HashAlgorithm.Hash() }

// ParseTSTInfo reads the content of a time-stamp token. Errors match
// [ErrMalformed] or [ErrUnsupportedAlgorithm].
func ParseTSTInfo(der []byte) (*TSTInfo, error) {
	s := cryptobyte.String(der)
	var seq, imprint, digest cryptobyte.String
	var version int64
	t := &TSTInfo{SerialNumber: new(big.Int)}
	if !s.ReadASN1(&seq, asn1.SEQUENCE) || !s.Empty() || !seq.ReadASN1Integer(&version) || version != 1 {
		return nil, malformed("TSTInfo")
	}
	if !readOID(&seq, &t.Policy) || !seq.ReadASN1(&imprint, asn1.SEQUENCE) ||
		!readAlgorithm(&imprint, &t.HashAlgorithm) || !imprint.ReadASN1(&digest, asn1.OCTET_STRING) || !imprint.Empty() {
		return nil, malformed("TSTInfo imprint")
	}
	hash, err := t.HashAlgorithm.Hash()
	if err != nil {
		return nil, err
	}
	if len(digest) != hash.Size() {
		return nil, malformed("TSTInfo imprint length")
	}
	t.HashedMessage = digest
	if !seq.ReadASN1Integer(t.SerialNumber) || !readGenTime(&seq, &t.Time) {
		return nil, malformed("TSTInfo serial number or time")
	}
	if !readAccuracy(&seq, &t.Accuracy) || seq.PeekASN1Tag(asn1.BOOLEAN) && !seq.ReadASN1Boolean(&t.Ordering) {
		return nil, malformed("TSTInfo accuracy or ordering")
	}
	if seq.PeekASN1Tag(asn1.INTEGER) {
		t.Nonce = new(big.Int)
		if !seq.ReadASN1Integer(t.Nonce) {
			return nil, malformed("TSTInfo nonce")
		}
	}
	var tsa cryptobyte.String
	var present bool
	if !seq.ReadOptionalASN1(&tsa, &present, asn1.Tag(0).ContextSpecific().Constructed()) {
		return nil, malformed("TSTInfo authority")
	}
	if present {
		t.RawTSA = tsa
	}
	var extensions cryptobyte.String
	if !seq.ReadOptionalASN1(&extensions, &present, asn1.Tag(1).ContextSpecific().Constructed()) || !seq.Empty() {
		return nil, malformed("TSTInfo extensions")
	}
	if err := checkStampExtensions(extensions); err != nil {
		return nil, err
	}
	return t, nil
}

// checkStampExtensions refuses critical ones: none is known, and ETSI EN 319
// 422, section 5.2, lets no authority write any.
func checkStampExtensions(s cryptobyte.String) error {
	for !s.Empty() {
		var one cryptobyte.String
		var oid x509.OID
		var critical bool
		if !s.ReadASN1(&one, asn1.SEQUENCE) || !readOID(&one, &oid) || one.PeekASN1Tag(asn1.BOOLEAN) && !one.ReadASN1Boolean(&critical) {
			return malformed("TSTInfo extension")
		}
		if critical {
			return fmt.Errorf("%w: critical extension %v of TSTInfo", ErrUnsupportedAlgorithm, oid)
		}
	}
	return nil
}

// readGenTime reads a GeneralizedTime in UTC with optional fractions of a
// second, which must not end in zero (RFC 3161, section 2.4.2).
func readGenTime(s *cryptobyte.String, out *time.Time) bool {
	var raw cryptobyte.String
	if !s.ReadASN1(&raw, asn1.GeneralizedTime) || len(raw) > 32 {
		return false
	}
	text, ok := strings.CutSuffix(string(raw), "Z")
	if !ok {
		return false
	}
	layout := "20060102150405"
	whole, fraction, found := strings.Cut(text, ".")
	if found && (fraction == "" || len(fraction) > 9 || strings.HasSuffix(fraction, "0")) || len(whole) != len(layout) {
		return false
	}
	// time.Parse takes a fraction after the seconds without being told.
	t, err := time.Parse(layout, text)
	*out = t
	return err == nil
}

func readAccuracy(s *cryptobyte.String, out *time.Duration) bool {
	if !s.PeekASN1Tag(asn1.SEQUENCE) {
		return true
	}
	var seq, field cryptobyte.String
	if !s.ReadASN1(&seq, asn1.SEQUENCE) {
		return false
	}
	var seconds, millis, micros int64
	if seq.PeekASN1Tag(asn1.INTEGER) && !seq.ReadASN1Integer(&seconds) {
		return false
	}
	for i, v := range []*int64{&millis, &micros} {
		var present bool
		if !seq.ReadOptionalASN1(&field, &present, asn1.Tag(i).ContextSpecific()) {
			return false
		}
		if !present {
			continue
		}
		if len(field) == 0 || len(field) > 2 {
			return false
		}
		for _, b := range field {
			*v = *v<<8 | int64(b)
		}
		if *v < 1 || *v > 999 {
			return false
		}
	}
	if !seq.Empty() || seconds < 0 || seconds > 1<<31 {
		return false
	}
	*out = time.Duration(seconds)*time.Second + time.Duration(millis)*time.Millisecond + time.Duration(micros)*time.Microsecond
	return true
}
