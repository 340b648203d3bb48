package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Config says who signs and how.
type Config struct {
	// Certificate is the signer's. Required.
	Certificate *x509.Certificate

	// Chain holds further certificates to embed. The signer's own is embedded
	// in any case, and no certificate twice.
	Chain []*x509.Certificate

	// Hash digests the content and the attributes: SHA-256, SHA-384 or
	// SHA-512. Zero is [DefaultHash] of the certificate's key.
	Hash crypto.Hash

	// Scheme is the signature scheme. Unknown is RSASSA-PKCS1-v1_5 for an RSA
	// key and ECDSA for an elliptic curve key.
	Scheme Scheme

	// ContentType is the type of what is signed. The zero OID is id-data.
	ContentType x509.OID

	// Content is embedded when it is not nil; nil makes a detached signature.
	Content []byte
}

// Builder assembles one SignedData with one signer. It holds no state between
// calls and may be used from several goroutines.
type Builder struct {
	cfg       Config
	digestAlg AlgorithmIdentifier
	sigAlg    AlgorithmIdentifier
	certs     [][]byte
}

// NewBuilder checks a configuration. Errors match [ErrWeakAlgorithm],
// [ErrUnsupportedAlgorithm] or [ErrAlgorithmMismatch].
func NewBuilder(cfg Config) (*Builder, error) {
	if cfg.Certificate == nil {
		return nil, errors.New("cms: no certificate")
	}
	if err := CheckKey(cfg.Certificate.PublicKey); err != nil {
		return nil, err
	}
	if cfg.Hash == 0 {
		cfg.Hash = DefaultHash(cfg.Certificate.PublicKey)
	}
	if !strongHash(cfg.Hash) {
		return nil, fmt.Errorf("%w: digest %v", ErrWeakAlgorithm, cfg.Hash)
	}
	scheme, err := schemeFor(cfg.Certificate.PublicKey, cfg.Scheme)
	if err != nil {
		return nil, err
	}
	cfg.Scheme = scheme
	if cfg.ContentType.Equal(x509.OID{}) {
		cfg.ContentType = OIDData
	}
	b := &Builder{cfg: cfg, digestAlg: digestAlgorithm(cfg.Hash)}
	if b.sigAlg, err = signatureAlgorithm(scheme, cfg.Hash); err != nil {
		return nil, err
	}
	for _, c := range append([]*x509.Certificate{cfg.Certificate}, cfg.Chain...) {
		if c != nil && !slices.ContainsFunc(b.certs, func(raw []byte) bool { return bytes.Equal(raw, c.Raw) }) {
			b.certs = append(b.certs, c.Raw)
		}
	}
	if len(b.certs) > maxCertificates {
		return nil, fmt.Errorf("%w: %d certificates", ErrMalformed, len(b.certs))
	}
	return b, nil
}

func schemeFor(pub crypto.PublicKey, asked Scheme) (Scheme, error) {
	switch pub.(type) {
	case *rsa.PublicKey:
		if asked == SchemeUnknown {
			return RSAPKCS1v15, nil
		}
		if asked == RSAPKCS1v15 || asked == RSAPSS {
			return asked, nil
		}
	case *ecdsa.PublicKey:
		if asked == SchemeUnknown || asked == ECDSA {
			return ECDSA, nil
		}
	}
	return 0, fmt.Errorf("%w: %v with a key of type %T", ErrAlgorithmMismatch, asked, pub)
}

// Hash is the digest algorithm in use.
func (b *Builder) Hash() crypto.Hash { return b.cfg.Hash }

// Scheme is the signature scheme in use.
func (b *Builder) Scheme() Scheme { return b.cfg.Scheme }

// SignerOpts is what the key's Sign method must be given.
func (b *Builder) SignerOpts() crypto.SignerOpts { return SignerOpts(b.cfg.Scheme, b.cfg.Hash) }

// SignedAttributes encodes the attributes that bind the content's digest, its
// type, the certificate and the algorithms: the DER SET OF that is to be
// digested and signed.
func (b *Builder) SignedAttributes(contentDigest []byte) ([]byte, error) {
	if len(contentDigest) != b.cfg.Hash.Size() {
		return nil, fmt.Errorf("%w: content digest of %d bytes for %v", ErrMalformed, len(contentDigest), b.cfg.Hash)
	}
	var attrs [][]byte
	for _, a := range []struct {
		oid   x509.OID
		value func(*cryptobyte.Builder)
	}{
		{OIDContentType, func(v *cryptobyte.Builder) { addOID(v, b.cfg.ContentType) }},
		{OIDMessageDigest, func(v *cryptobyte.Builder) { v.AddASN1OctetString(contentDigest) }},
		{OIDSigningCertificateV2, b.addSigningCertificate},
		{OIDAlgorithmProtection, b.addAlgorithmProtection},
	} {
		attr, err := encodeAttribute(a.oid, a.value)
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, attr)
	}
	w := cryptobyte.NewBuilder(nil)
	addSetOf(w, asn1.SET, attrs)
	return w.Bytes()
}

func encodeAttribute(o x509.OID, value func(*cryptobyte.Builder)) ([]byte, error) {
	w := cryptobyte.NewBuilder(nil)
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		addOID(w, o)
		w.AddASN1(asn1.SET, value)
	})
	return w.Bytes()
}

// addSetOf writes a SET OF with its elements in the order that DER asks for
// (X.690, 11.6).
func addSetOf(w *cryptobyte.Builder, tag asn1.Tag, elements [][]byte) {
	sorted := slices.SortedFunc(slices.Values(elements), bytes.Compare)
	w.AddASN1(tag, func(w *cryptobyte.Builder) {
		for _, e := range sorted {
			w.AddBytes(e)
		}
	})
}

// addSigningCertificate writes SigningCertificateV2 (RFC 5035, section 3)
// with one ESSCertIDv2. Its hash algorithm has the default SHA-256, which DER
// requires to be left out.
func (b *Builder) addSigningCertificate(w *cryptobyte.Builder) {
	h := b.cfg.Hash.New()
	h.Write(b.cfg.Certificate.Raw)
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
			w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
				if b.cfg.Hash != crypto.SHA256 {
					addAlgorithm(w, asn1.SEQUENCE, b.digestAlg)
				}
				w.AddASN1OctetString(h.Sum(nil))
				w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) { // IssuerSerial
					w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) { // GeneralNames
						w.AddASN1(asn1.Tag(4).ContextSpecific().Constructed(), func(w *cryptobyte.Builder) {
							w.AddBytes(b.cfg.Certificate.RawIssuer)
						})
					})
					w.AddASN1BigInt(b.cfg.Certificate.SerialNumber)
				})
			})
		})
	})
}

// addAlgorithmProtection writes CMSAlgorithmProtection (RFC 6211, section 2).
func (b *Builder) addAlgorithmProtection(w *cryptobyte.Builder) {
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		addAlgorithm(w, asn1.SEQUENCE, b.digestAlg)
		addAlgorithm(w, asn1.Tag(1).ContextSpecific().Constructed(), b.sigAlg)
	})
}

// Digest hashes encoded signed attributes: what the key signs.
func (b *Builder) Digest(attributes []byte) []byte {
	h := b.cfg.Hash.New()
	h.Write(attributes)
	return h.Sum(nil)
}

// CheckSignature verifies a raw signature over encoded signed attributes with
// the certificate's key. A signature that does not fit is [ErrSignature].
func (b *Builder) CheckSignature(attributes, signature []byte) error {
	salt := 0
	if b.cfg.Scheme == RSAPSS {
		salt = b.cfg.Hash.Size()
	}
	return checkRaw(b.cfg.Certificate.PublicKey, b.cfg.Scheme, b.cfg.Hash, salt, b.Digest(attributes), signature)
}

// Assemble makes the message from encoded signed attributes and the raw
// signature over their digest, which is checked first. A time-stamp token, if
// given, becomes the unsigned signature-time-stamp attribute.
func (b *Builder) Assemble(attributes, signature, token []byte) ([]byte, error) {
	if err := b.CheckSignature(attributes, signature); err != nil {
		return nil, err
	}
	return b.encode(attributes, signature, token)
}

// Sign makes the whole message with a key at hand.
func (b *Builder) Sign(rand io.Reader, key crypto.Signer, contentDigest []byte) ([]byte, error) {
	attrs, err := b.SignedAttributes(contentDigest)
	if err != nil {
		return nil, err
	}
	sig, err := key.Sign(rand, b.Digest(attrs), b.SignerOpts())
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	return b.Assemble(attrs, sig, nil)
}

// Size is an upper bound of the message's length with a time-stamp token of
// the given length; zero means without. It is exact up to the few bytes by
// which one ECDSA signature differs from the next.
func (b *Builder) Size(token int) (int, error) {
	attrs, err := b.SignedAttributes(make([]byte, b.cfg.Hash.Size()))
	if err != nil {
		return 0, err
	}
	if token < 0 || token > MaxSize {
		return 0, fmt.Errorf("%w: time-stamp token of %d bytes", ErrMalformed, token)
	}
	der, err := b.encode(attrs, make([]byte, maxSignature(b.cfg.Certificate.PublicKey)), make([]byte, token))
	return len(der), err
}

func (b *Builder) encode(attributes, signature, token []byte) ([]byte, error) {
	// RFC 5652, section 5.1: version 3 when the content is not id-data.
	version := int64(1)
	if !b.cfg.ContentType.Equal(OIDData) {
		version = 3
	}
	ctx0 := asn1.Tag(0).ContextSpecific().Constructed()
	w := cryptobyte.NewBuilder(nil)
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		addOID(w, OIDSignedData)
		w.AddASN1(ctx0, func(w *cryptobyte.Builder) {
			w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
				w.AddASN1Int64(version)
				w.AddASN1(asn1.SET, func(w *cryptobyte.Builder) {
					addAlgorithm(w, asn1.SEQUENCE, b.digestAlg)
				})
				w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
					addOID(w, b.cfg.ContentType)
					if b.cfg.Content != nil {
						w.AddASN1(ctx0, func(w *cryptobyte.Builder) { w.AddASN1OctetString(b.cfg.Content) })
					}
				})
				addSetOf(w, ctx0, b.certs)
				w.AddASN1(asn1.SET, func(w *cryptobyte.Builder) {
					w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
						b.addSignerInfo(w, attributes, signature, token)
					})
				})
			})
		})
	})
	return w.Bytes()
}

func (b *Builder) addSignerInfo(w *cryptobyte.Builder, attributes, signature, token []byte) {
	w.AddASN1Int64(1) // the signer is named by issuer and serial number
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		w.AddBytes(b.cfg.Certificate.RawIssuer)
		w.AddASN1BigInt(b.cfg.Certificate.SerialNumber)
	})
	addAlgorithm(w, asn1.SEQUENCE, b.digestAlg)
	// [0] IMPLICIT: the same bytes as the SET OF that was signed, but its tag.
	set := cryptobyte.String(attributes)
	var content cryptobyte.String
	if !set.ReadASN1(&content, asn1.SET) || !set.Empty() {
		w.SetError(fmt.Errorf("%w: signed attributes", ErrMalformed))
		return
	}
	w.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(w *cryptobyte.Builder) { w.AddBytes(content) })
	addAlgorithm(w, asn1.SEQUENCE, b.sigAlg)
	w.AddASN1OctetString(signature)
	if len(token) > 0 {
		w.AddASN1(asn1.Tag(1).ContextSpecific().Constructed(), func(w *cryptobyte.Builder) {
			w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
				addOID(w, OIDTimestamp)
				w.AddASN1(asn1.SET, func(w *cryptobyte.Builder) { w.AddBytes(token) })
			})
		})
	}
}
