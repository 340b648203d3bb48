package authority

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/sertel-id/sertel/certificate"
)

// Errors of [Authority.Issue] and [Authority.IssueProfile].
var (
	// ErrRequest means a request id, subject id or PKCS#10 that is not as it
	// should be.
	ErrRequest = errors.New("authority: request refused")
	// ErrRequestConflict means that the request id was used for another
	// request.
	ErrRequestConflict = errors.New("authority: request id used for another request")
	// ErrIssuerNotValid means that the issuing authority's own certificate is
	// over, or not yet begun.
	ErrIssuerNotValid = errors.New("authority: issuer not valid now")
)

// Bounds on what callers give.
const (
	maxRequestID = 64
	maxCSR       = 16 << 10
	subjectIDLen = 16
)

// Request asks for a certificate of a given profile.
type Request struct {
	// ID makes the request idempotent: 1 to 64 characters of A to Z and 2 to 7.
	ID string
	// Subject is the whole subject.
	Subject Name
	// PublicKey is certified. That the asker holds the private key is for the
	// caller to know.
	PublicKey crypto.PublicKey
}

// Issue makes a certificate of the configured person profile. It implements
// certificate.Issuer. Names and extensions inside the PKCS#10 are not read.
//
// Errors: [ErrRequest], [ErrRequestConflict], [ErrCancelled], [ErrKey], [ErrIssuerNotValid],
// a *[NameError], a *[ShapeError], and those of ledger and signer.
func (a *Authority) Issue(ctx context.Context, req certificate.IssueRequest) (certificate.Issued, error) {
	pub, err := parseCSR(req.CSR)
	if err != nil {
		return certificate.Issued{}, err
	}
	id := req.Subject.ID
	if len(id) != subjectIDLen || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" || strings.Trim(id, "0123456789") == "" {
		return certificate.Issued{}, fmt.Errorf("%w: subject id is not 16 capital letters and digits", ErrRequest)
	}
	return a.IssueProfile(ctx, a.cfg.Person, Request{
		ID: req.RequestID,
		Subject: Name{
			Description:  id + "_" + a.cfg.Person.DescriptionSuffix,
			CommonName:   req.Subject.CommonName,
			Organization: req.Subject.Organization,
		},
		PublicKey: pub,
	})
}

// IssueProfile makes a certificate of any profile that is not an authority's:
// a time-stamping authority, a seal, or a caller's own. Errors are those of
// [Authority.Issue] and [ErrProfile].
func (a *Authority) IssueProfile(ctx context.Context, p Profile, r Request) (certificate.Issued, error) {
	if err := checkRequestID(r.ID); err != nil {
		return certificate.Issued{}, err
	}
	if err := p.check(); err != nil {
		return certificate.Issued{}, err
	}
	if p.CA {
		return certificate.Issued{}, fmt.Errorf("%w: %q: authorities are not issued on request", ErrProfile, p.Name)
	}
	o, err := newOrder(r.ID, r.Subject, r.PublicKey)
	if err != nil {
		return certificate.Issued{}, err
	}
	cert, err := a.certify(ctx, a.current(), p, o)
	if err != nil {
		return certificate.Issued{}, err
	}
	issued := certificate.Issued{Certificate: cert}
	for _, i := range a.issuers() {
		if bytes.Equal(cert.AuthorityKeyId, i.cert.SubjectKeyId) {
			issued.Chain = []*x509.Certificate{i.cert}
			break
		}
	}
	return issued, nil
}

// checkRequestID keeps callers' ids apart from the authority's own, which hold
// a colon.
func checkRequestID(id string) error {
	if id == "" || len(id) > maxRequestID || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return fmt.Errorf("%w: request id is not 1 to %d characters of A-Z and 2-7", ErrRequest, maxRequestID)
	}
	return nil
}

// parseCSR reads a PKCS#10 and checks the proof of possession.
func parseCSR(der []byte) (crypto.PublicKey, error) {
	if len(der) > maxCSR {
		return nil, fmt.Errorf("%w: PKCS#10 over %d bytes", ErrRequest, maxCSR)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("%w: PKCS#10 malformed", ErrRequest)
	}
	// The key before the signature: a huge one costs seconds to check.
	if err := checkPublicKey(csr.PublicKey); err != nil {
		return nil, err
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, fmt.Errorf("%w: PKCS#10 not signed by its key", ErrRequest)
	}
	return csr.PublicKey, nil
}

// order is a checked request: what the certificate will say of its subject.
type order struct {
	id        string
	subject   []byte // DER
	publicKey crypto.PublicKey
	spki      []byte // DER
	keyID     []byte // subject key identifier
}

func newOrder(id string, subject Name, pub crypto.PublicKey) (order, error) {
	if err := subject.check(); err != nil {
		return order{}, err
	}
	if err := checkPublicKey(pub); err != nil {
		return order{}, err
	}
	o := order{id: id, publicKey: pub}
	var err error
	if o.subject, err = subject.der(); err != nil {
		return order{}, fmt.Errorf("authority: subject: %w", err)
	}
	if o.spki, err = x509.MarshalPKIXPublicKey(pub); err != nil {
		return order{}, fmt.Errorf("authority: public key: %w", err)
	}
	o.keyID, err = keyIdentifier(pub)
	return o, err
}

// digest identifies what is ordered, apart from the request id.
func (o order) digest(p Profile) [32]byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(p.Name), o.subject, o.spki} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

// certify brings an order through ledger and signature, or finishes or returns
// what an earlier call with the same id began.
func (a *Authority) certify(ctx context.Context, by *issuer, p Profile, o order) (*x509.Certificate, error) {
	digest := o.digest(p)
	entry, err := a.cfg.Ledger.FindRequest(ctx, o.id)
	if errors.Is(err, ErrNotFound) {
		entry, err = a.begin(ctx, by, p, o, digest)
	}
	if err != nil {
		return nil, err
	}
	if entry.RequestDigest != digest {
		return nil, ErrRequestConflict
	}
	if entry.Certificate == nil {
		if entry, err = a.finish(ctx, by, entry); err != nil {
			return nil, err
		}
	}
	cert, err := x509.ParseCertificate(entry.Certificate)
	if err != nil {
		return nil, fmt.Errorf("authority: certificate in the ledger: %w", err)
	}
	return cert, nil
}

// begin chooses a serial, makes and checks the bytes to be signed, and records
// both.
func (a *Authority) begin(ctx context.Context, by *issuer, p Profile, o order, digest [32]byte) (Entry, error) {
	for range 3 {
		serial, err := newSerial()
		if err != nil {
			return Entry{}, err
		}
		d, err := a.draft(by, p, o, serial)
		if err != nil {
			return Entry{}, err
		}
		entry, err := a.cfg.Ledger.Begin(ctx, Entry{
			Serial: serial, Issuer: by.id(), RequestID: o.id, RequestDigest: digest,
			Profile: p.Name, TBS: d.RawTBSCertificate, NotAfter: d.NotAfter,
		})
		if !errors.Is(err, ErrSerialTaken) {
			return entry, err
		}
	}
	return Entry{}, ErrSerialTaken
}

// finish signs what the ledger holds. Two that finish the same entry sign the
// same bytes, and the ledger keeps the first signature.
func (a *Authority) finish(ctx context.Context, by *issuer, entry Entry) (Entry, error) {
	if entry.Issuer != by.id() {
		other, ok := a.issuerByID(entry.Issuer)
		if !ok {
			return Entry{}, errors.New("authority: the key that began this request is not at hand")
		}
		by = other
	}
	der, err := by.signTBS(entry.TBS)
	if err != nil {
		return Entry{}, err
	}
	return a.cfg.Ledger.Complete(ctx, entry.Serial, der)
}

// newSerial makes a serial of 20 octets, of which 158 bits are random; the
// first two bits keep it positive and at its full length.
func newSerial() (certificate.Serial, error) {
	var b [20]byte
	rand.Read(b[:])
	b[0] = b[0]&0x3f | 0x40
	return certificate.NewSerial(new(big.Int).SetBytes(b[:]))
}
