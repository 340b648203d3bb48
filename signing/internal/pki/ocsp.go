package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"
)

// Bounds on an OCSP response.
const (
	maxOCSPSize      = 256 << 10
	maxOCSPResponses = 64
	maxOCSPCerts     = 16
)

// Extensions of OCSP (RFC 6960 section 4.4) and of its responder.
var (
	oidOCSPBasic         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidOCSPNonce         = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}
	oidOCSPNoCheck       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
	oidOCSPArchiveCutoff = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
	oidInvalidityDate    = asn1.ObjectIdentifier{2, 5, 29, 24}
)

type ocspResponse struct {
	Status asn1.Enumerated
	Bytes  struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	} `asn1:"explicit,tag:0,optional"`
}

type basicResponse struct {
	Data               responseData
	SignatureAlgorithm pkix.AlgorithmIdentifier
	Signature          asn1.BitString
	Certificates       []asn1.RawValue `asn1:"explicit,tag:0,optional"`
}

type responseData struct {
	Raw         asn1.RawContent
	Version     int `asn1:"optional,default:0,explicit,tag:0"`
	ResponderID asn1.RawValue
	ProducedAt  time.Time `asn1:"generalized"`
	Responses   []singleResponse
	Extensions  []pkix.Extension `asn1:"explicit,tag:1,optional"`
}

type singleResponse struct {
	CertID     certID
	Status     asn1.RawValue
	ThisUpdate time.Time        `asn1:"generalized"`
	NextUpdate time.Time        `asn1:"generalized,explicit,tag:0,optional"`
	Extensions []pkix.Extension `asn1:"explicit,tag:1,optional"`
}

// CheckOCSP reads an OCSP response and returns what it says of cert, issued by
// issuer. It checks the signature, that the signer is the issuer or was
// delegated by the issuer's own key (RFC 6960 section 4.2.2.2), the responder's
// name, all four parts of the CertID and every critical extension; times are
// left to [Judge]. golang.org/x/crypto/ocsp does not show the CertID, the
// nonce and the responder among several certificates, so the response is read
// here.
func CheckOCSP(raw []byte, cert, issuer *x509.Certificate) (*Evidence, error) {
	return new(Memory).checkOCSP(raw, cert, issuer)
}

func (m *Memory) checkOCSP(raw []byte, cert, issuer *x509.Certificate) (*Evidence, error) {
	basic, err := parseOCSP(raw)
	if err != nil {
		return nil, fmt.Errorf("pki: OCSP response: %w", err)
	}
	signer, err := basic.signer(issuer, m)
	if err != nil {
		return nil, fmt.Errorf("pki: OCSP response: %w", err)
	}
	e := &Evidence{Kind: KindOCSP, Raw: raw, ProducedAt: basic.Data.ProducedAt, Signer: signer}
	if err := e.readExtensions(basic.Data.Extensions); err != nil {
		return nil, fmt.Errorf("pki: OCSP response: %w", err)
	}
	var worst *Evidence
	for _, single := range basic.Data.Responses {
		if !single.CertID.names(cert, issuer) {
			continue
		}
		one := *e
		if err := one.readSingle(single); err != nil {
			return nil, fmt.Errorf("pki: OCSP response: %w", err)
		}
		// More than one answer for a certificate is odd but lawful: the worst
		// counts.
		if worst == nil || one.worse(worst) {
			worst = &one
		}
	}
	if worst == nil {
		return nil, fmt.Errorf("pki: OCSP response: %w", ErrOtherCertificate)
	}
	worst.ResponderUnchecked = !signer.Equal(issuer) && !hasExtension(signer, oidOCSPNoCheck)
	return worst, nil
}

// worse compares two answers of one response: revoked, the earliest first, is
// worse than unknown, and unknown than good, of which the older is.
func (e *Evidence) worse(other *Evidence) bool {
	if e.Status != other.Status {
		return e.Status == StatusRevoked || e.Status == StatusUnknown && other.Status == StatusGood
	}
	if e.Status == StatusRevoked {
		return e.effective().Before(other.effective())
	}
	return e.ThisUpdate.Before(other.ThisUpdate)
}

func parseOCSP(raw []byte) (*basicResponse, error) {
	if len(raw) > maxOCSPSize {
		return nil, ErrTooLarge
	}
	var outer ocspResponse
	if rest, err := asn1.Unmarshal(raw, &outer); err != nil || len(rest) > 0 {
		return nil, ErrMalformed
	}
	if outer.Status != 0 {
		return nil, fmt.Errorf("status %d: %w", outer.Status, ErrNoAnswer)
	}
	if !outer.Bytes.Type.Equal(oidOCSPBasic) {
		return nil, fmt.Errorf("response type %v: %w", outer.Bytes.Type, ErrUnsupported)
	}
	var basic basicResponse
	if rest, err := asn1.Unmarshal(outer.Bytes.Response, &basic); err != nil || len(rest) > 0 {
		return nil, ErrMalformed
	}
	if basic.Data.Version != 0 {
		return nil, fmt.Errorf("version %d: %w", basic.Data.Version+1, ErrUnsupported)
	}
	if len(basic.Data.Responses) > maxOCSPResponses || len(basic.Certificates) > maxOCSPCerts {
		return nil, ErrTooLarge
	}
	return &basic, nil
}

// signer finds the certificate whose key made the signature: the issuer, or
// one of the enclosed ones that the issuer's key delegated.
func (b *basicResponse) signer(issuer *x509.Certificate, m *Memory) (*x509.Certificate, error) {
	algorithm, err := signatureAlgorithm(b.SignatureAlgorithm)
	if err != nil {
		return nil, err
	}
	candidates := []*x509.Certificate{issuer}
	for _, raw := range b.Certificates {
		c, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			return nil, fmt.Errorf("enclosed certificate: %w", ErrMalformed)
		}
		if !c.Equal(issuer) {
			candidates = append(candidates, c)
		}
	}
	for _, c := range candidates {
		if !b.responderIs(c) || checkKey(c.PublicKey) != nil {
			continue
		}
		if m.verified += 2; m.verified > maxVerified {
			return nil, ErrTooLarge
		}
		if !c.Equal(issuer) && !delegated(c, issuer, b.Data.ProducedAt) {
			continue
		}
		if c.CheckSignature(algorithm, b.Data.Raw, b.Signature.RightAlign()) == nil {
			return c, nil
		}
	}
	return nil, ErrNotAuthorized
}

// responderIs tells whether the ResponderID, by name or by key hash, is c.
func (b *basicResponse) responderIs(c *x509.Certificate) bool {
	id := b.Data.ResponderID
	if id.Class != asn1.ClassContextSpecific || !id.IsCompound {
		return false
	}
	switch id.Tag {
	case 1:
		return bytes.Equal(id.Bytes, c.RawSubject)
	case 2:
		var hash []byte
		if rest, err := asn1.Unmarshal(id.Bytes, &hash); err != nil || len(rest) > 0 {
			return false
		}
		key, err := publicKeyBits(c)
		return err == nil && bytes.Equal(hash, digest(crypto.SHA1, key))
	}
	return false
}

// delegated tells whether the issuer's key itself appointed c to answer, and c
// was valid when it did.
func delegated(c, issuer *x509.Certificate, at time.Time) bool {
	return slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) &&
		(c.KeyUsage == 0 || c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0) &&
		bytes.Equal(c.RawIssuer, issuer.RawSubject) &&
		len(c.UnhandledCriticalExtensions) == 0 &&
		!at.Before(c.NotBefore) && !at.After(c.NotAfter) && !bySHA1(c) &&
		issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// readExtensions reads the extensions of the whole response.
func (e *Evidence) readExtensions(extensions []pkix.Extension) error {
	for _, ext := range extensions {
		switch {
		case ext.Id.Equal(oidOCSPNonce):
			// Older responders write the octets without the OCTET STRING.
			if rest, err := asn1.Unmarshal(ext.Value, &e.Nonce); err != nil || len(rest) > 0 {
				e.Nonce = ext.Value
			}
		case ext.Critical:
			return fmt.Errorf("critical extension %v: %w", ext.Id, ErrUnsupported)
		}
	}
	return nil
}

// readSingle takes over the answer about one certificate.
func (e *Evidence) readSingle(s singleResponse) error {
	e.ThisUpdate, e.NextUpdate = s.ThisUpdate, s.NextUpdate
	if !s.NextUpdate.IsZero() && s.NextUpdate.Before(s.ThisUpdate) {
		return fmt.Errorf("nextUpdate before thisUpdate: %w", ErrMalformed)
	}
	if s.Status.Class != asn1.ClassContextSpecific {
		return ErrMalformed
	}
	switch s.Status.Tag {
	case 0:
		e.Status = StatusGood
	case 1:
		if err := e.readRevoked(s.Status); err != nil {
			return err
		}
	case 2:
		e.Status = StatusUnknown
	default:
		return ErrMalformed
	}
	for _, ext := range s.Extensions {
		var at *time.Time
		switch {
		case ext.Id.Equal(oidOCSPArchiveCutoff):
			at = &e.speaksOfExpired
		case ext.Id.Equal(oidInvalidityDate):
			at = &e.InvalidityDate
		case ext.Critical:
			return fmt.Errorf("critical extension %v: %w", ext.Id, ErrUnsupported)
		default:
			continue
		}
		if rest, err := asn1.UnmarshalWithParams(ext.Value, at, "generalized"); err != nil || len(rest) > 0 {
			return ErrMalformed
		}
	}
	return nil
}

func (e *Evidence) readRevoked(status asn1.RawValue) error {
	var info struct {
		At     time.Time       `asn1:"generalized"`
		Reason asn1.Enumerated `asn1:"explicit,tag:0,optional"`
	}
	if rest, err := asn1.UnmarshalWithParams(status.FullBytes, &info, "tag:1"); err != nil || len(rest) > 0 {
		return ErrMalformed
	}
	e.Status, e.RevokedAt, e.Reason = StatusRevoked, info.At, int(info.Reason)
	return nil
}

func hasExtension(c *x509.Certificate, oid asn1.ObjectIdentifier) bool {
	return slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oid) })
}
