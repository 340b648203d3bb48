package verify

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// The two formats with SHA-1 (ISO 32000-2 section 12.8.3.2 and table 260, both
// deprecated) are never called valid. That a document was changed shows all
// the same.

// checkEnclosedDigest checks adbe.pkcs7.sha1, whose message holds the SHA-1
// digest of the byte range as its content.
func (s *signature) checkEnclosedDigest() {
	m := &s.cms
	if !bytes.Equal(m.data.Content, m.digest) {
		s.Intact, s.Valid = No, No
		s.find(CodeDigestMismatch, "")
		return
	}
	hash, err := m.signer.Hash()
	if err != nil || !hash.Available() {
		return // as weak as the format, which is said
	}
	digest := sum(hash, m.data.Content)
	named := 0
	for _, c := range m.data.Certificates {
		if !m.signer.Names(c) {
			continue
		}
		if named++; named > maxSameNamed {
			break
		}
		if err = m.signer.Verify(c, m.data.ContentType, digest, cms.VerifyOptions{InsecureAllowWeak: true}); err == nil {
			m.certificate, s.Intact = c, Yes
			return
		}
	}
	if named == 0 {
		s.find(CodeSignerMissing, "")
		return
	}
	s.findFault(messageFinding(err))
}

// checkBareRSA checks adbe.x509.rsa_sha1: an RSA signature of the byte range
// by SHA-1, without a message, and certificates beside it.
func (s *signature) checkBareRSA() {
	var value []byte
	rest, err := asn1.Unmarshal(s.place.contents, &value)
	if err != nil || !cms.IsPadding(rest) {
		s.findFault(CodeCMSMalformed, "not an OCTET STRING")
		return
	}
	key := bareKey(s.place.dict["Cert"])
	if key == nil {
		s.find(CodeSignerMissing, "")
		return
	}
	switch {
	case rsa.VerifyPKCS1v15(key, crypto.SHA1, s.cms.digest, value) == nil:
		s.Intact = Yes
	case rsa.VerifyPKCS1v15(key, crypto.SHA1, signedDigest(key, value), value) == nil:
		s.Intact = No
		s.findFault(CodeDigestMismatch, "")
	default:
		s.findFault(CodeSignatureMismatch, "")
	}
}

// findFault notes a finding that, if fatal, takes the signature's validity.
func (s *signature) findFault(code Code, detail string) {
	s.find(code, detail)
	if code.Severity() == Fatal {
		s.Valid = No
	}
}

// bareKey is the key of the certificate in Cert, the first of several; nil if
// it has none that can be used. Only what stands in the signature dictionary
// itself is looked at: later revisions may change what it refers to.
func bareKey(o pdf.Object) *rsa.PublicKey {
	if list, ok := o.(pdf.Array); ok && len(list) > 0 {
		o = list[0]
	}
	text, ok := o.(pdf.String)
	if !ok {
		return nil
	}
	c, err := x509.ParseCertificate(text.Bytes)
	if err != nil {
		return nil
	}
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 1024 || key.N.BitLen() > 8192 {
		return nil
	}
	return key
}

// signedDigest is the digest in a PKCS #1 signature, if it is one.
func signedDigest(key *rsa.PublicKey, value []byte) []byte {
	padded := make([]byte, key.Size())
	if len(value) != len(padded) {
		return padded[:crypto.SHA1.Size()]
	}
	new(big.Int).Exp(new(big.Int).SetBytes(value), big.NewInt(int64(key.E)), key.N).FillBytes(padded)
	return padded[len(padded)-crypto.SHA1.Size():]
}
