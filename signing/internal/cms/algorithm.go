package cms

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "crypto/sha1" // recognised and digested, so that a report can name it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Scheme is a signature scheme, apart from its hash.
type Scheme int

// The schemes of RFC 5754, RFC 4056 and RFC 5753.
const (
	SchemeUnknown Scheme = iota
	RSAPKCS1v15
	RSAPSS
	ECDSA
)

// String gives the scheme's usual name.
func (s Scheme) String() string {
	switch s {
	case RSAPKCS1v15:
		return "RSASSA-PKCS1-v1_5"
	case RSAPSS:
		return "RSASSA-PSS"
	case ECDSA:
		return "ECDSA"
	}
	return "unknown"
}

// AlgorithmIdentifier is the structure of RFC 5280, section 4.1.1.2.
type AlgorithmIdentifier struct {
	OID x509.OID
	// Parameters is the DER of the parameters, nil when absent.
	Parameters []byte
}

// Equal reports whether both name the same algorithm with the same
// parameters. Absent and NULL parameters are the same (RFC 5754, section 2).
func (a AlgorithmIdentifier) Equal(b AlgorithmIdentifier) bool {
	return a.OID.Equal(b.OID) && bytes.Equal(dropNull(a.Parameters), dropNull(b.Parameters))
}

func dropNull(params []byte) []byte {
	if len(params) == 2 && params[0] == byte(asn1.NULL) && params[1] == 0 {
		return nil
	}
	return params
}

var hashes = []struct {
	hash               crypto.Hash
	oid, rsa, ecdsa    x509.OID
	weak, withoutECDSA bool
}{
	{hash: crypto.SHA256, oid: oidSHA256, rsa: oidSHA256WithRSA, ecdsa: oidECDSAWithSHA256},
	{hash: crypto.SHA384, oid: oidSHA384, rsa: oidSHA384WithRSA, ecdsa: oidECDSAWithSHA384},
	{hash: crypto.SHA512, oid: oidSHA512, rsa: oidSHA512WithRSA, ecdsa: oidECDSAWithSHA512},
	{hash: crypto.SHA1, oid: oidSHA1, rsa: oidSHA1WithRSA, ecdsa: oidECDSAWithSHA1, weak: true},
	{hash: crypto.MD5, oid: oidMD5, rsa: oidMD5WithRSA, weak: true, withoutECDSA: true},
}

func strongHash(h crypto.Hash) bool {
	return h == crypto.SHA256 || h == crypto.SHA384 || h == crypto.SHA512
}

// Hash names the digest algorithm, weak ones too; callers that accept must
// ask [StrongHash] first.
func (a AlgorithmIdentifier) Hash() (crypto.Hash, error) {
	for _, h := range hashes {
		if a.OID.Equal(h.oid) {
			if dropNull(a.Parameters) != nil {
				return 0, fmt.Errorf("%w: parameters of digest algorithm %v", ErrMalformed, h.hash)
			}
			return h.hash, nil
		}
	}
	return 0, fmt.Errorf("%w: digest %v", ErrUnsupportedAlgorithm, a.OID)
}

// StrongHash reports whether the hash may be used in new signatures and is
// accepted in old ones: SHA-256, SHA-384 and SHA-512.
func StrongHash(h crypto.Hash) bool { return strongHash(h) }

// signature takes a signature algorithm apart. The hash is zero where the
// identifier does not name one (rsaEncryption, id-ecPublicKey).
func (a AlgorithmIdentifier) signature() (s Scheme, hash crypto.Hash, saltLen int, err error) {
	if a.OID.Equal(oidPSS) {
		hash, saltLen, err = parsePSS(a.Parameters)
		return RSAPSS, hash, saltLen, err
	}
	if a.OID.Equal(oidECKey) {
		return ECDSA, 0, 0, nil
	}
	plain := dropNull(a.Parameters) == nil
	if a.OID.Equal(oidRSA) && plain {
		return RSAPKCS1v15, 0, 0, nil
	}
	for _, h := range hashes {
		if a.OID.Equal(h.rsa) && plain {
			return RSAPKCS1v15, h.hash, 0, nil
		}
		if !h.withoutECDSA && a.OID.Equal(h.ecdsa) && plain {
			return ECDSA, h.hash, 0, nil
		}
	}
	return 0, 0, 0, fmt.Errorf("%w: signature %v", ErrUnsupportedAlgorithm, a.OID)
}

// parsePSS reads RSASSA-PSS-params (RFC 4055, section 3.1), whose defaults
// are all SHA-1. The mask generation hash must be the message hash.
func parsePSS(params []byte) (crypto.Hash, int, error) {
	bad := fmt.Errorf("%w: RSASSA-PSS parameters", ErrMalformed)
	s := cryptobyte.String(params)
	var seq, field cryptobyte.String
	if !s.ReadASN1(&seq, asn1.SEQUENCE) || !s.Empty() {
		return 0, 0, bad
	}
	hash, mask := crypto.SHA1, crypto.SHA1
	var present bool
	if !seq.ReadOptionalASN1(&field, &present, asn1.Tag(0).ContextSpecific().Constructed()) {
		return 0, 0, bad
	}
	if present {
		var alg AlgorithmIdentifier
		var err error
		if !readAlgorithm(&field, &alg) || !field.Empty() {
			return 0, 0, bad
		}
		if hash, err = alg.Hash(); err != nil {
			return 0, 0, err
		}
	}
	if !seq.ReadOptionalASN1(&field, &present, asn1.Tag(1).ContextSpecific().Constructed()) {
		return 0, 0, bad
	}
	if present {
		var mgf, alg AlgorithmIdentifier
		var err error
		if !readAlgorithm(&field, &mgf) || !field.Empty() {
			return 0, 0, bad
		}
		if !mgf.OID.Equal(oidMGF1) {
			return 0, 0, fmt.Errorf("%w: mask generation %v", ErrUnsupportedAlgorithm, mgf.OID)
		}
		inner := cryptobyte.String(mgf.Parameters)
		if !readAlgorithm(&inner, &alg) || !inner.Empty() {
			return 0, 0, bad
		}
		if mask, err = alg.Hash(); err != nil {
			return 0, 0, err
		}
	}
	salt, trailer := int64(20), int64(1)
	if !seq.ReadOptionalASN1Integer(&salt, asn1.Tag(2).ContextSpecific().Constructed(), int64(20)) ||
		!seq.ReadOptionalASN1Integer(&trailer, asn1.Tag(3).ContextSpecific().Constructed(), int64(1)) ||
		!seq.Empty() || trailer != 1 || salt < 0 || salt > maxRSABits/8 {
		return 0, 0, bad
	}
	if mask != hash {
		return 0, 0, fmt.Errorf("%w: RSASSA-PSS with %v and mask %v", ErrAlgorithmMismatch, hash, mask)
	}
	return hash, int(salt), nil
}

func readAlgorithm(s *cryptobyte.String, out *AlgorithmIdentifier) bool {
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, asn1.SEQUENCE) || !readOID(&seq, &out.OID) {
		return false
	}
	out.Parameters = nil
	if seq.Empty() {
		return true
	}
	var params cryptobyte.String
	var tag asn1.Tag
	if !seq.ReadAnyASN1Element(&params, &tag) || !seq.Empty() {
		return false
	}
	out.Parameters = params
	return true
}

func addAlgorithm(b *cryptobyte.Builder, tag asn1.Tag, a AlgorithmIdentifier) {
	b.AddASN1(tag, func(b *cryptobyte.Builder) {
		addOID(b, a.OID)
		b.AddBytes(a.Parameters)
	})
}

// digestAlgorithm is the identifier of a hash, without parameters (RFC 5754,
// section 2).
func digestAlgorithm(h crypto.Hash) AlgorithmIdentifier {
	for _, e := range hashes {
		if e.hash == h {
			return AlgorithmIdentifier{OID: e.oid}
		}
	}
	return AlgorithmIdentifier{}
}

// signatureAlgorithm is the identifier written for a scheme and a hash.
func signatureAlgorithm(s Scheme, h crypto.Hash) (AlgorithmIdentifier, error) {
	if s == RSAPSS {
		params, err := pssParameters(h)
		return AlgorithmIdentifier{OID: oidPSS, Parameters: params}, err
	}
	for _, e := range hashes {
		if e.hash != h {
			continue
		}
		if s == ECDSA {
			return AlgorithmIdentifier{OID: e.ecdsa}, nil
		}
		return AlgorithmIdentifier{OID: e.rsa, Parameters: []byte{byte(asn1.NULL), 0}}, nil
	}
	return AlgorithmIdentifier{}, fmt.Errorf("%w: %v with %v", ErrUnsupportedAlgorithm, s, h)
}

// pssParameters writes RSASSA-PSS-params with the salt as long as the hash;
// the trailer field stays at its default and is therefore left out.
func pssParameters(h crypto.Hash) ([]byte, error) {
	alg := digestAlgorithm(h)
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			addAlgorithm(b, asn1.SEQUENCE, alg)
		})
		b.AddASN1(asn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				addOID(b, oidMGF1)
				addAlgorithm(b, asn1.SEQUENCE, alg)
			})
		})
		b.AddASN1(asn1.Tag(2).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(h.Size()))
		})
	})
	return b.Bytes()
}

// SignerOpts is what a crypto.Signer must be given for a scheme and a hash.
func SignerOpts(s Scheme, h crypto.Hash) crypto.SignerOpts {
	if s == RSAPSS {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	return h
}

// DefaultHash is the hash for a key when nobody asks for another: SHA-384
// for P-384, else SHA-256.
func DefaultHash(pub crypto.PublicKey) crypto.Hash {
	if ec, ok := pub.(*ecdsa.PublicKey); ok && ec.Curve == elliptic.P384() {
		return crypto.SHA384
	}
	return crypto.SHA256
}

// CheckKey refuses a public key that new signatures must not use: RSA below
// 2048 bits ([ErrWeakAlgorithm]) or above 8192, curves other than P-256 and
// P-384, other kinds ([ErrUnsupportedAlgorithm]).
func CheckKey(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		switch bits := k.N.BitLen(); {
		case bits < minRSABits:
			return fmt.Errorf("%w: RSA key of %d bits, need %d", ErrWeakAlgorithm, bits, minRSABits)
		case bits > maxRSABits:
			return fmt.Errorf("%w: RSA key of %d bits", ErrUnsupportedAlgorithm, bits)
		}
		return nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() && k.Curve != elliptic.P384() {
			return fmt.Errorf("%w: curve %s", ErrUnsupportedAlgorithm, k.Curve.Params().Name)
		}
		return nil
	}
	return fmt.Errorf("%w: key of type %T", ErrUnsupportedAlgorithm, pub)
}

// maxSignature is the largest raw signature a key can make.
func maxSignature(pub crypto.PublicKey) int {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return k.Size()
	case *ecdsa.PublicKey:
		// Two INTEGERs, each with a sign byte at most.
		n := (k.Curve.Params().N.BitLen() + 7) / 8
		return 2*(n+1+2) + 3
	}
	return 0
}

func checkRaw(pub crypto.PublicKey, s Scheme, h crypto.Hash, saltLen int, digest, sig []byte) error {
	var ok bool
	switch k := pub.(type) {
	case *rsa.PublicKey:
		switch s {
		case RSAPKCS1v15:
			ok = rsa.VerifyPKCS1v15(k, h, digest, sig) == nil
		case RSAPSS:
			opts := &rsa.PSSOptions{SaltLength: saltLen, Hash: h}
			if saltLen == 0 {
				// Zero means "any length" to crypto/rsa; nobody signs so.
				return fmt.Errorf("%w: RSASSA-PSS without salt", ErrUnsupportedAlgorithm)
			}
			ok = rsa.VerifyPSS(k, h, digest, sig, opts) == nil
		default:
			return fmt.Errorf("%w: RSA key, %v signature", ErrAlgorithmMismatch, s)
		}
	case *ecdsa.PublicKey:
		if s != ECDSA {
			return fmt.Errorf("%w: ECDSA key, %v signature", ErrAlgorithmMismatch, s)
		}
		ok = ecdsa.VerifyASN1(k, digest, sig)
	default:
		return fmt.Errorf("%w: key of type %T", ErrUnsupportedAlgorithm, pub)
	}
	if !ok {
		return ErrSignature
	}
	return nil
}
