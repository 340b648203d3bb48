package authority

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Unsigned answers (RFC 6960 section 4.2.1).
const (
	ocspMalformed     = 1
	ocspInternalError = 2
	ocspUnauthorized  = 6
)

// ocspError is a whole response that holds only an error status.
func ocspError(status asn1.Enumerated) []byte {
	return []byte{0x30, 0x03, 0x0a, 0x01, byte(status)}
}

// responderCache keeps the delegated responder of an issuer.
type responderCache struct {
	mu   sync.Mutex
	pair KeyPair
}

// responderOf returns the issuer's responder, and makes one when there is none
// or the clock has left its validity. Its certificate is signed by the same
// key as what it answers for.
func (a *Authority) responderOf(ctx context.Context, i *issuer, now time.Time) (KeyPair, error) {
	i.responder.mu.Lock()
	defer i.responder.mu.Unlock()
	if c := i.responder.pair.Certificate; c != nil && !now.Before(c.NotBefore) && now.Before(c.NotAfter) {
		return i.responder.pair, nil
	}
	signer, err := a.cfg.Keys.GenerateKey()
	if err != nil {
		return KeyPair{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	o, err := newOrder("", a.cfg.ResponderName, signer.Public())
	if err != nil {
		return KeyPair{}, err
	}
	o.id = fmt.Sprintf("%s:%x", a.cfg.ResponderProfile.Name, o.keyID)
	cert, err := a.certify(ctx, i, a.cfg.ResponderProfile, o)
	if err != nil {
		return KeyPair{}, err
	}
	i.responder.pair = KeyPair{Signer: signer, Certificate: cert}
	return i.responder.pair, nil
}

type (
	ocspSingle struct {
		CertID     certID
		Status     asn1.RawValue
		ThisUpdate time.Time        `asn1:"generalized"`
		NextUpdate time.Time        `asn1:"generalized,explicit,tag:0,optional"`
		Extensions []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
	}
	ocspData struct {
		ResponderID asn1.RawValue
		ProducedAt  time.Time `asn1:"generalized"`
		Responses   []ocspSingle
		Extensions  []pkix.Extension `asn1:"explicit,tag:1,optional,omitempty"`
	}
	ocspBasic struct {
		Data         asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0"`
	}
	ocspResponse struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type     asn1.ObjectIdentifier
			Response []byte
		} `asn1:"explicit,tag:0"`
	}
	ocspRevoked struct {
		At     time.Time       `asn1:"generalized"`
		Reason asn1.Enumerated `asn1:"explicit,tag:0,optional,omitempty"`
	}
)

// errUnauthorized means that a request names no issuer of this authority, or
// more than one: one signature cannot answer for two.
var errUnauthorized = errors.New("authority: OCSP request for another issuer")

// answerOCSP makes a signed response to a request.
func (a *Authority) answerOCSP(ctx context.Context, r ocspRequest) ([]byte, error) {
	var by *issuer
	for _, id := range r.ids {
		i := a.issuerOf(id)
		if i == nil || by != nil && by != i {
			return nil, errUnauthorized
		}
		by = i
	}
	now := a.now()
	responder, err := a.responderOf(ctx, by, now)
	if err != nil {
		return nil, err
	}
	data := ocspData{ProducedAt: now}
	if data.ResponderID, err = responderID(responder.Certificate); err != nil {
		return nil, err
	}
	for _, id := range r.ids {
		single, err := a.single(ctx, by, id, now)
		if err != nil {
			return nil, err
		}
		data.Responses = append(data.Responses, single)
	}
	if r.nonce != nil {
		data.Extensions = []pkix.Extension{{Id: oidOCSPNonce, Value: r.nonce}}
	}
	return signOCSP(data, responder)
}

// issuerOf finds the issuer that name and key hash of id both name.
func (a *Authority) issuerOf(id certID) *issuer {
	hash := id.hash()
	if hash == 0 {
		return nil
	}
	sum := func(data []byte) []byte {
		h := hash.New()
		h.Write(data)
		return h.Sum(nil)
	}
	for _, i := range a.issuers() {
		if !bytes.Equal(id.NameHash, sum(i.cert.RawSubject)) {
			continue
		}
		if bits, err := publicKeyBits(i.cert.PublicKey); err == nil && bytes.Equal(id.KeyHash, sum(bits)) {
			return i
		}
	}
	return nil
}

// single answers for one certificate: what was never issued, or not by this
// issuer, is unknown and never good.
func (a *Authority) single(ctx context.Context, by *issuer, id certID, now time.Time) (ocspSingle, error) {
	s := ocspSingle{
		CertID: id, ThisUpdate: now,
		Status: asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2},
	}
	if a.cfg.OCSPLifetime > 0 {
		s.NextUpdate = now.Add(a.cfg.OCSPLifetime)
	}
	serial, err := certificate.NewSerial(id.Serial)
	if err != nil {
		return s, nil
	}
	entry, err := a.cfg.Ledger.Find(ctx, serial)
	switch {
	case errors.Is(err, ErrNotFound):
		return s, nil
	case err != nil:
		return s, err
	case entry.Issuer != by.id() || entry.Certificate == nil && entry.Revocation == nil:
		return s, nil
	case entry.Revocation == nil:
		s.Status.Tag = 0
	default:
		if err := s.revoke(*entry.Revocation); err != nil {
			return s, err
		}
	}
	// The ledger forgets nothing, so the answer also holds for certificates
	// that have expired (archiveCutoff, RFC 6960 section 4.4.4).
	cutoff, err := asn1.MarshalWithParams(by.cert.NotBefore.UTC(), "generalized")
	s.Extensions = append(s.Extensions, pkix.Extension{Id: oidOCSPArchiveCutoff, Value: cutoff})
	return s, err
}

var oidOCSPArchiveCutoff = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}

func (s *ocspSingle) revoke(r Revocation) error {
	info, err := asn1.MarshalWithParams(ocspRevoked{r.At.UTC(), asn1.Enumerated(r.Reason)}, "tag:1")
	if err != nil {
		return fmt.Errorf("authority: OCSP: %w", err)
	}
	s.Status = asn1.RawValue{FullBytes: info}
	if r.InvalidityDate.IsZero() {
		return nil
	}
	at, err := asn1.MarshalWithParams(r.InvalidityDate.UTC(), "generalized")
	if err != nil {
		return fmt.Errorf("authority: OCSP: %w", err)
	}
	s.Extensions = append(s.Extensions, pkix.Extension{Id: oidInvalidityDate, Value: at})
	return nil
}

// responderID names the responder by the hash of its key, as BSrE does.
func responderID(c *x509.Certificate) (asn1.RawValue, error) {
	id, err := keyIdentifier(c.PublicKey)
	if err != nil {
		return asn1.RawValue{}, err
	}
	der, err := asn1.Marshal(id)
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2, IsCompound: true, Bytes: der}, err
}

func signOCSP(data ocspData, by KeyPair) ([]byte, error) {
	tbs, err := asn1.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("authority: OCSP: %w", err)
	}
	signature, err := signData(by.Signer, tbs)
	if err != nil {
		return nil, err
	}
	basic, err := asn1.Marshal(ocspBasic{
		Data:         asn1.RawValue{FullBytes: tbs},
		Algorithm:    algorithmIdentifier(by.Signer.Public()),
		Signature:    asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
		Certificates: []asn1.RawValue{{FullBytes: by.Certificate.Raw}},
	})
	if err != nil {
		return nil, fmt.Errorf("authority: OCSP: %w", err)
	}
	var r ocspResponse
	r.Bytes.Type, r.Bytes.Response = oidOCSPBasic, basic
	der, err := asn1.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("authority: OCSP: %w", err)
	}
	return der, nil
}

// algorithmIdentifier names how a key signs.
func algorithmIdentifier(pub crypto.PublicKey) pkix.AlgorithmIdentifier {
	switch algorithm, _ := signatureAlgorithm(pub); algorithm {
	case x509.SHA256WithRSA:
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, Parameters: asn1.NullRawValue}
	case x509.ECDSAWithSHA384:
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}}
	}
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}}
}
