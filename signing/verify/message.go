package verify

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// signedMessage is the CMS message of a signature.
type signedMessage struct {
	data   *cms.SignedData
	signer *cms.SignerInfo
	// hash is the digest algorithm of the byte range, 0 until it is known;
	// digest is what the pass over the file computed.
	hash   crypto.Hash
	digest []byte
	// certificate is the one whose key made the signature.
	certificate *x509.Certificate
	// stamp is the content of a document timestamp.
	stamp *cms.TSTInfo
}

// parseMessage reads the CMS message out of Contents.
func (s *signature) parseMessage() {
	if s.SubFilter == subFilterX509 {
		s.cms.hash = crypto.SHA1 // there is no message
		return
	}
	cut := cms.Cut
	if isIndefinite(s.place.contents) {
		cut = definite
	}
	der, rest, err := cut(s.place.contents)
	if err != nil {
		s.find(CodeCMSMalformed, err.Error())
		return
	}
	if !cms.IsPadding(rest) {
		s.find(CodeCMSMalformed, "bytes other than padding after the message")
		return
	}
	m := &s.cms
	if m.data, err = cms.Parse(der); err != nil {
		s.find(CodeCMSMalformed, err.Error())
		return
	}
	if len(m.data.SignerInfos) != 1 {
		s.find(CodeCMSMalformed, fmt.Sprintf("%d signers instead of one", len(m.data.SignerInfos)))
		return
	}
	m.signer = m.data.SignerInfos[0]
	if s.Kind == DocumentTimestamp {
		s.parseStamp()
		return
	}
	if s.SubFilter == subFilterSHA1 {
		s.cms.hash = crypto.SHA1
		return
	}
	if m.data.Content != nil || !m.data.ContentType.Equal(cms.OIDData) {
		s.find(CodeContentAttached, "")
		return
	}
	s.useHash(m.signer.Hash())
}

// useHash decides the digest algorithm of the byte range.
func (s *signature) useHash(h crypto.Hash, err error) {
	switch {
	case err != nil:
		s.find(CodeAlgorithmUnsupported, err.Error())
	case !h.Available():
		s.find(CodeDigestWeak, h.String())
	default:
		s.cms.hash = h
	}
}

// checkCryptography checks each digest and signature.
func (v *verifier) checkCryptography(ctx context.Context) error {
	for _, s := range v.sigs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.failed() || s.cms.digest == nil {
			continue
		}
		switch {
		case s.SubFilter == subFilterX509:
			s.checkBareRSA()
		case s.cms.signer == nil:
		case s.SubFilter == subFilterSHA1:
			s.checkEnclosedDigest()
		case s.Kind == DocumentTimestamp:
			s.checkStamp(v.evidence.certificates)
		default:
			s.checkSignature(&v.tried)
		}
		if s.cms.certificate != nil {
			s.Signer = describeSigner(&s.cms)
		}
	}
	return nil
}

// checkSignature finds the certificate whose key made the signature. Of
// several that the signer's identifier names only the key decides. tried counts
// those beyond the first, of all signatures.
func (s *signature) checkSignature(tried *int) {
	m := &s.cms
	if len(m.signer.SignedAttributes) == 0 && s.SubFilter == subFilterCAdES {
		s.find(CodeAttributeMissing, "signed attributes")
		return
	}
	var last error
	named := m.named(tried)
	for _, c := range named {
		if m.certificate != nil {
			// Of several for one key, the one that the signer bound is meant.
			if last == nil && m.signer.CheckSigningCertificate(c) == nil && verifyMessage(m, c) == nil {
				m.certificate = c
				break
			}
			continue
		}
		last = verifyMessage(m, c)
		if last == nil || errors.Is(last, cms.ErrDigestMismatch) {
			m.certificate = c
		}
		if last == nil && m.signer.CheckSigningCertificate(c) == nil {
			break
		}
	}
	switch {
	case len(named) == 0:
		s.find(CodeSignerMissing, "")
		return
	case last != nil:
		code, detail := messageFinding(last)
		s.find(code, detail)
		if code == CodeDigestMismatch {
			s.Intact, s.Valid = No, No
		} else if code.Severity() == Fatal {
			s.Valid = No
		}
		if code != CodeDigestWeak && code != CodeKeyWeak {
			return
		}
		s.checkWeak(named)
		return
	}
	s.Intact = Yes
	s.checkBinding()
	s.Valid = No
	if !s.failed() {
		s.Valid = Yes
	}
}

// maxSameNamed bounds the certificates of one name that are tried, maxTried
// those beyond the first, of all signatures: to check a large key takes
// milliseconds.
const (
	maxSameNamed = 4
	maxTried     = 64
)

// named are the certificates that the signer's identifier names, each once, as
// many as are tried.
func (m *signedMessage) named(tried *int) []*x509.Certificate {
	var named []*x509.Certificate
	for _, c := range m.data.Certificates {
		if !m.signer.Names(c) || slices.ContainsFunc(named, c.Equal) {
			continue
		}
		if len(named) > 0 {
			if *tried++; *tried > maxTried {
				break
			}
		}
		if named = append(named, c); len(named) == maxSameNamed {
			break
		}
	}
	return named
}

func verifyMessage(m *signedMessage, c *x509.Certificate) error {
	return m.signer.Verify(c, m.data.ContentType, m.digest, cms.VerifyOptions{})
}

// checkWeak says whether a weakly signed document is at least intact. It is
// never called valid.
func (s *signature) checkWeak(named []*x509.Certificate) {
	m := &s.cms
	for _, c := range named {
		if m.signer.Verify(c, m.data.ContentType, m.digest, cms.VerifyOptions{InsecureAllowWeak: true}) == nil {
			m.certificate = c
			s.Intact = Yes
			return
		}
	}
}

// checkBinding asks that the signer bound his certificate by a signed
// attribute (ETSI EN 319 122-1 section 5.2.2). In the older adbe.pkcs7 form
// the attribute may be missing, but not be wrong.
func (s *signature) checkBinding() {
	err := s.cms.signer.CheckSigningCertificate(s.cms.certificate)
	switch {
	case err == nil:
	case errors.Is(err, cms.ErrNoSigningCertificate) && s.SubFilter == subFilterPKCS7:
		s.find(CodeNotBoundToCertificate, "")
	case errors.Is(err, cms.ErrNoSigningCertificate):
		s.find(CodeBindingMissing, "")
	case errors.Is(err, cms.ErrSigningCertificate):
		s.find(CodeBindingMismatch, "")
	default:
		code, detail := messageFinding(err)
		s.find(code, detail)
	}
}

// messageFinding names what package cms refused.
func messageFinding(err error) (Code, string) {
	detail := err.Error()
	switch {
	case errors.Is(err, cms.ErrDigestMismatch):
		return CodeDigestMismatch, ""
	case errors.Is(err, cms.ErrSignature):
		return CodeSignatureMismatch, ""
	case errors.Is(err, cms.ErrWeakAlgorithm):
		return CodeDigestWeak, detail
	case errors.Is(err, cms.ErrUnsupportedAlgorithm):
		return CodeAlgorithmUnsupported, detail
	case errors.Is(err, cms.ErrAlgorithmMismatch):
		return CodeAlgorithmsDisagree, detail
	case errors.Is(err, cms.ErrAttributes):
		return CodeAttributeWrong, detail
	}
	return CodeCMSMalformed, detail
}

// describeSigner fills in what the certificate says.
func describeSigner(m *signedMessage) *Signer {
	c := m.certificate
	signer := &Signer{
		CommonName:  printable(c.Subject.CommonName),
		Issuer:      printable(c.Issuer.CommonName),
		Serial:      fmt.Sprintf("%x", c.SerialNumber),
		NotBefore:   c.NotBefore.UTC(),
		NotAfter:    c.NotAfter.UTC(),
		SHA256:      fingerprint(c),
		Algorithm:   keyName(c.PublicKey),
		Certificate: c,
	}
	if len(c.Subject.Organization) > 0 {
		signer.Organization = printable(c.Subject.Organization[0])
	}
	if scheme, hash, err := m.signer.Algorithm(); err == nil {
		signer.Algorithm += fmt.Sprintf(" %s %s", scheme, hash)
	}
	return signer
}

func fingerprint(c *x509.Certificate) string {
	h := crypto.SHA256.New()
	h.Write(c.Raw)
	return hex.EncodeToString(h.Sum(nil))
}

func keyName(key any) string {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return k.Curve.Params().Name
	}
	return fmt.Sprintf("%T", key)
}
