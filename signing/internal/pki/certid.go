package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// certID names a certificate in OCSP (RFC 6960 section 4.1.1).
type certID struct {
	HashAlgorithm pkix.AlgorithmIdentifier
	NameHash      []byte
	IssuerKeyHash []byte
	SerialNumber  *big.Int
}

// publicKeyBits is the key of a certificate without the tag, length and unused
// bits of its BIT STRING: what OCSP hashes.
func publicKeyBits(c *x509.Certificate) ([]byte, error) {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}
	if _, err := asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &spki); err != nil {
		return nil, fmt.Errorf("public key of the issuer: %w", ErrMalformed)
	}
	return spki.PublicKey.RightAlign(), nil
}

// newCertID names cert, issued by issuer, with SHA-1: every responder knows
// it, and nothing rests on its strength.
func newCertID(cert, issuer *x509.Certificate) (certID, error) {
	key, err := publicKeyBits(issuer)
	if err != nil {
		return certID{}, err
	}
	return certID{
		HashAlgorithm: pkix.AlgorithmIdentifier{Algorithm: hashes[0].oid, Parameters: asn1.NullRawValue},
		NameHash:      digest(crypto.SHA1, issuer.RawSubject),
		IssuerKeyHash: digest(crypto.SHA1, key),
		SerialNumber:  cert.SerialNumber,
	}, nil
}

// names tells whether all four parts of id name cert, issued by issuer.
func (id certID) names(cert, issuer *x509.Certificate) bool {
	hash := hashByOID(id.HashAlgorithm.Algorithm)
	if hash == 0 || id.SerialNumber == nil || id.SerialNumber.Cmp(cert.SerialNumber) != 0 {
		return false
	}
	key, err := publicKeyBits(issuer)
	return err == nil &&
		bytes.Equal(id.NameHash, digest(hash, issuer.RawSubject)) &&
		bytes.Equal(id.IssuerKeyHash, digest(hash, key))
}

func digest(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}
