package authority

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/certificate"
)

var (
	oidExtKeyUsage  = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidQCStatements = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidOCSPNoCheck  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}
)

// draft makes the certificate, signed by a throw-away key in the issuer's
// place, and checks it against the profile. Its to-be-signed part is what the
// issuer signs later.
func (a *Authority) draft(by *issuer, p Profile, o order, serial certificate.Serial) (*x509.Certificate, error) {
	t, err := a.template(by, p, o, serial)
	if err != nil {
		return nil, err
	}
	throwaway, err := a.throwawayKey(by.signer.Public())
	if err != nil {
		return nil, err
	}
	parent := &x509.Certificate{
		RawSubject: by.subject, SubjectKeyId: by.subjectKeyID(), PublicKey: throwaway.Public(),
	}
	t.SignatureAlgorithm, _ = signatureAlgorithm(by.signer.Public())
	der, err := x509.CreateCertificate(rand.Reader, t, parent, o.publicKey, throwaway)
	if err != nil {
		return nil, fmt.Errorf("authority: draft: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("authority: draft: %w", err)
	}
	if broken := a.shape(by, p, o, serial, t.NotBefore).check(cert); len(broken) > 0 {
		return nil, &ShapeError{Profile: p.Name, Broken: broken}
	}
	return cert, nil
}

func (i *issuer) subjectKeyID() []byte {
	if i.cert != nil {
		return i.cert.SubjectKeyId
	}
	return i.keyID
}

func (a *Authority) template(by *issuer, p Profile, o order, serial certificate.Serial) (*x509.Certificate, error) {
	notBefore := a.now()
	notAfter, err := by.endOfValidity(notBefore, p.Validity)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: serial.Int(), NotBefore: notBefore, NotAfter: notAfter,
		RawSubject: o.subject, SubjectKeyId: o.keyID,
		KeyUsage: p.KeyUsage, BasicConstraintsValid: true, IsCA: p.CA, Policies: p.Policies,
	}
	if p.CA {
		t.MaxPathLen, t.MaxPathLenZero = p.MaxPathLen, p.MaxPathLen == 0
	}
	if !p.NoOCSP {
		t.OCSPServer = []string{a.ocspURL()}
	}
	if !p.NoIssuer {
		t.IssuingCertificateURL = []string{a.certificateURL(by)}
	}
	if !p.NoCRL {
		t.CRLDistributionPoints = []string{a.crlURL(by)}
	}
	t.ExtraExtensions, err = p.extraExtensions()
	return t, err
}

// extraExtensions are those that crypto/x509 does not write, or not as the
// profile wants them.
func (p Profile) extraExtensions() ([]pkix.Extension, error) {
	var list []pkix.Extension
	add := func(oid asn1.ObjectIdentifier, critical bool, content func(*cryptobyte.Builder)) error {
		b := cryptobyte.NewBuilder(nil)
		content(b)
		value, err := b.Bytes()
		list = append(list, pkix.Extension{Id: oid, Critical: critical, Value: value})
		return err
	}
	var errs [3]error
	if len(p.ExtKeyUsage) > 0 {
		errs[0] = add(oidExtKeyUsage, p.ExtKeyUsageCritical, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, oid := range p.ExtKeyUsage {
					addOID(b, oid)
				}
			})
		})
	}
	if len(p.QCStatements) > 0 {
		errs[1] = add(oidQCStatements, false, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, oid := range p.QCStatements {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
				}
			})
		})
	}
	if p.OCSPNoCheck {
		errs[2] = add(oidOCSPNoCheck, false, func(b *cryptobyte.Builder) { b.AddASN1NULL() })
	}
	return list, errors.Join(errs[:]...)
}

func addOID(b *cryptobyte.Builder, oid x509.OID) {
	content, err := oid.MarshalBinary()
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
}

// endOfValidity is when a certificate made now ends: never after its issuer.
func (i *issuer) endOfValidity(notBefore time.Time, validity time.Duration) (time.Time, error) {
	notAfter := notBefore.Add(validity)
	if i.cert == nil {
		return notAfter, nil
	}
	if notBefore.Before(i.cert.NotBefore) || !notBefore.Before(i.cert.NotAfter) {
		return time.Time{}, ErrIssuerNotValid
	}
	if notAfter.After(i.cert.NotAfter) {
		notAfter = i.cert.NotAfter
	}
	return notAfter, nil
}

// throwawayKey is a key that signs by the same algorithm as the real one. Only
// the algorithm matters, and no signature of it is kept; so one RSA key, which
// takes long to make, is enough for an authority.
func (a *Authority) throwawayKey(like crypto.PublicKey) (crypto.Signer, error) {
	switch algorithm, _ := signatureAlgorithm(like); algorithm {
	case x509.SHA256WithRSA:
		return a.throwawayRSA()
	case x509.ECDSAWithSHA256:
		return ECDSAP256.GenerateKey()
	case x509.ECDSAWithSHA384:
		return ECDSAP384.GenerateKey()
	}
	return nil, fmt.Errorf("%w: key of type %T", ErrKey, like)
}

// signTBS signs a to-be-signed certificate and puts the certificate together,
// then checks the signature: a signer elsewhere may fail without saying so.
func (i *issuer) signTBS(tbs []byte) ([]byte, error) {
	var body, algorithm cryptobyte.String
	input := cryptobyte.String(tbs)
	if !input.ReadASN1(&body, cbasn1.SEQUENCE) ||
		!body.SkipOptionalASN1(cbasn1.Tag(0).Constructed().ContextSpecific()) ||
		!body.SkipASN1(cbasn1.INTEGER) || !body.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) {
		return nil, errors.New("authority: to-be-signed certificate in the ledger is malformed")
	}
	signature, err := i.sign(tbs)
	if err != nil {
		return nil, err
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		b.AddBytes(algorithm)
		b.AddASN1BitString(signature)
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	by := &x509.Certificate{PublicKey: i.signer.Public()}
	if err := by.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		return nil, fmt.Errorf("authority: signer's signature does not verify: %w", err)
	}
	return der, nil
}

// sign hashes and signs data by the issuer's algorithm.
func (i *issuer) sign(data []byte) ([]byte, error) { return signData(i.signer, data) }

func signData(signer crypto.Signer, data []byte) ([]byte, error) {
	_, hash := signatureAlgorithm(signer.Public())
	h := hash.New()
	h.Write(data)
	signature, err := signer.Sign(rand.Reader, h.Sum(nil), hash)
	if err != nil {
		return nil, fmt.Errorf("authority: sign: %w", err)
	}
	return signature, nil
}
