package tsa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Token is a time-stamp token whose signature, imprint and certificate were
// checked. Only [Verify] and [Client.Timestamp] make it.
type Token struct {
	// Raw is the DER of the token: a CMS ContentInfo.
	Raw []byte
	// Time is genTime, in UTC; the authority admits that it may be wrong by
	// Accuracy, zero when it says nothing about it.
	Time     time.Time
	Accuracy time.Duration
	// Policy is the authority's policy for the token, and SerialNumber its
	// number for it.
	Policy       x509.OID
	SerialNumber *big.Int
	// Nonce repeats that of the request; nil when there is none.
	Nonce *big.Int
	// Chain leads from the authority's certificate to a root.
	Chain []*x509.Certificate
	// Certificates are those in the token. Being there says nothing about
	// trust.
	Certificates []*x509.Certificate
}

// VerifyOptions says what a token is compared with.
type VerifyOptions struct {
	// Hash and Digest are what the token must stamp: the digest, by that
	// function, of the stamped data. Required.
	Hash   crypto.Hash
	Digest []byte
	// Roots are the trusted roots. Required; none is trusted by default.
	Roots []*x509.Certificate
	// Intermediates are certificates that may help to find a path, beside
	// those in the token.
	Intermediates []*x509.Certificate
	// At is when the authority's certificate must be valid; zero is the time
	// that the token claims. Whether it was revoked is not looked at.
	At time.Time
}

// Errors of [Verify], also returned by [Client.Timestamp].
var (
	// ErrMalformed means bytes that are not a time-stamp token or answer.
	ErrMalformed = errors.New("tsa: malformed")
	// ErrImprint means that the token stamps something else.
	ErrImprint = errors.New("tsa: token is for other data")
	// ErrSignature means that the token's signature does not stand: a wrong
	// signature, a weak algorithm, a certificate that was not bound to it.
	ErrSignature = errors.New("tsa: signature of the token does not stand")
	// ErrUntrusted means that the authority's certificate does not lead to a
	// given root, was not valid, or may not make time-stamps.
	ErrUntrusted = errors.New("tsa: time-stamping authority not trusted")
)

// maxToken bounds a token. With a chain of RSA 4096 certificates one has about
// 10 KiB.
const maxToken = 512 << 10

// Verify checks a time-stamp token and returns what it says. Errors match
// [ErrMalformed], [ErrImprint], [ErrSignature] or [ErrUntrusted].
func Verify(raw []byte, opts VerifyOptions) (*Token, error) {
	if len(opts.Roots) == 0 {
		return nil, errors.New("tsa: VerifyOptions.Roots is required")
	}
	if !cms.StrongHash(opts.Hash) || len(opts.Digest) != opts.Hash.Size() {
		return nil, fmt.Errorf("%w: digest of %d bytes", ErrImprint, len(opts.Digest))
	}
	if len(raw) > maxToken {
		return nil, fmt.Errorf("%w: token over %d bytes", ErrMalformed, maxToken)
	}
	message, err := cms.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	// RFC 3161 section 2.4.2: the content is inside, and one signer, the
	// authority, signed it.
	if !message.ContentType.Equal(cms.OIDTSTInfo) || message.Content == nil || len(message.SignerInfos) != 1 {
		return nil, fmt.Errorf("%w: not one signed TSTInfo", ErrMalformed)
	}
	info, err := cms.ParseTSTInfo(message.Content)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if hash, err := info.Hash(); err != nil || hash != opts.Hash || !bytes.Equal(info.HashedMessage, opts.Digest) {
		return nil, ErrImprint
	}
	signer, err := verifySigner(message, opts.Intermediates)
	if err != nil {
		return nil, err
	}
	at := opts.At
	if at.IsZero() {
		at = info.Time
	}
	path, err := findPath(signer, message.Certificates, opts, at)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUntrusted, err)
	}
	return &Token{
		Raw: raw, Time: info.Time, Accuracy: info.Accuracy, Policy: info.Policy,
		SerialNumber: info.SerialNumber, Nonce: info.Nonce,
		Chain: path, Certificates: message.Certificates,
	}, nil
}

// verifySigner finds the certificate whose key made the signature and that the
// signer bound to it.
func verifySigner(message *cms.SignedData, more []*x509.Certificate) (*x509.Certificate, error) {
	si := message.SignerInfos[0]
	hash, err := si.Hash()
	if err != nil || !cms.StrongHash(hash) {
		return nil, fmt.Errorf("%w: digest algorithm", ErrSignature)
	}
	h := hash.New()
	h.Write(message.Content)
	digest := h.Sum(nil)
	candidates := message.Certificates
	if message.Certificate(si) == nil {
		candidates = more
	}
	for _, c := range candidates {
		if !si.Names(c) {
			continue
		}
		if err := si.Verify(c, cms.OIDTSTInfo, digest, cms.VerifyOptions{}); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSignature, err)
		}
		if err := si.CheckSigningCertificate(c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSignature, err)
		}
		return c, nil
	}
	return nil, fmt.Errorf("%w: signer's certificate not at hand", ErrSignature)
}

func findPath(signer *x509.Certificate, enclosed []*x509.Certificate, opts VerifyOptions, at time.Time) (pki.Path, error) {
	roots := make([]pki.Root, len(opts.Roots))
	for i, c := range opts.Roots {
		roots[i].Certificate = c
	}
	inter := append(append([]*x509.Certificate{}, enclosed...), opts.Intermediates...)
	return pki.FindPath(signer, pki.PathOptions{
		Roots: roots, Intermediates: inter, At: at, Purpose: pki.TimeStamping,
	})
}
