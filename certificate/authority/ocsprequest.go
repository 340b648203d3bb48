package authority

import (
	"crypto"
	_ "crypto/sha1"   // CertID hashes (RFC 6960)
	_ "crypto/sha256" // CertID hashes
	_ "crypto/sha512" // CertID hashes
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// Bounds on an OCSP request. A request of one certificate with a nonce has
// about 120 octets.
const (
	maxOCSPRequest  = 8 << 10
	maxOCSPRequests = 16
	maxNonce        = 128 // RFC 9654 section 2.1
)

var (
	oidOCSPBasic = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidOCSPNonce = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
)

// certID names a certificate (RFC 6960 section 4.1.1).
type certID struct {
	HashAlgorithm pkix.AlgorithmIdentifier
	NameHash      []byte
	KeyHash       []byte
	Serial        *big.Int
}

// hash is the function that the two hashes were made with, 0 when it is not
// known.
func (id certID) hash() crypto.Hash {
	for _, h := range []struct {
		oid  asn1.ObjectIdentifier
		hash crypto.Hash
	}{
		{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, crypto.SHA1},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, crypto.SHA256},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA384},
		{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, crypto.SHA512},
	} {
		if h.oid.Equal(id.HashAlgorithm.Algorithm) {
			return h.hash
		}
	}
	return 0
}

// ocspRequest is what a client asked.
type ocspRequest struct {
	ids []certID
	// nonce is the value of the nonce extension as it came; nil without one.
	nonce []byte
}

var errMalformedRequest = errors.New("authority: malformed OCSP request")

// parseOCSPRequest reads a request (RFC 6960 section 4.1). A signature on it
// is not looked at: everybody may ask. golang.org/x/crypto/ocsp reads only the
// first certificate and no nonce.
func parseOCSPRequest(der []byte) (ocspRequest, error) {
	type request struct {
		CertID     certID
		Extensions []pkix.Extension `asn1:"explicit,tag:0,optional"`
	}
	var outer struct {
		TBS struct {
			Version    int           `asn1:"explicit,tag:0,optional,default:0"`
			Requestor  asn1.RawValue `asn1:"explicit,tag:1,optional"`
			Requests   []request
			Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
		}
		Signature asn1.RawValue `asn1:"explicit,tag:0,optional"`
	}
	if len(der) > maxOCSPRequest {
		return ocspRequest{}, fmt.Errorf("%w: over %d bytes", errMalformedRequest, maxOCSPRequest)
	}
	if rest, err := asn1.Unmarshal(der, &outer); err != nil || len(rest) > 0 || outer.TBS.Version != 0 {
		return ocspRequest{}, errMalformedRequest
	}
	if n := len(outer.TBS.Requests); n == 0 || n > maxOCSPRequests {
		return ocspRequest{}, fmt.Errorf("%w: %d certificates", errMalformedRequest, n)
	}
	var r ocspRequest
	for _, one := range outer.TBS.Requests {
		if one.CertID.Serial == nil {
			return ocspRequest{}, errMalformedRequest
		}
		if err := refuseCritical(one.Extensions); err != nil {
			return ocspRequest{}, err
		}
		r.ids = append(r.ids, one.CertID)
	}
	for _, e := range outer.TBS.Extensions {
		if !e.Id.Equal(oidOCSPNonce) {
			continue
		}
		var nonce []byte
		rest, err := asn1.Unmarshal(e.Value, &nonce)
		if err != nil || len(rest) > 0 || len(nonce) == 0 || len(nonce) > maxNonce || r.nonce != nil {
			return ocspRequest{}, fmt.Errorf("%w: nonce", errMalformedRequest)
		}
		r.nonce = e.Value
	}
	return r, refuseCritical(outer.TBS.Extensions)
}

// refuseCritical refuses critical extensions other than the nonce.
func refuseCritical(extensions []pkix.Extension) error {
	for _, e := range extensions {
		if e.Critical && !e.Id.Equal(oidOCSPNonce) {
			return fmt.Errorf("%w: critical extension %v", errMalformedRequest, e.Id)
		}
	}
	return nil
}
