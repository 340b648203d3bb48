package tsa

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// request is a TimeStampReq (RFC 3161 section 2.4.1).
type request struct {
	hash    crypto.Hash // 0 when the algorithm is not known
	digest  []byte
	policy  x509.OID // zero for any
	nonce   *big.Int // nil for none
	certReq bool
	// extended is set when there are extensions; none is known here.
	extended bool
}

var hashes = []struct {
	hash crypto.Hash
	oid  x509.OID
}{
	{crypto.SHA256, oid(2, 16, 840, 1, 101, 3, 4, 2, 1)},
	{crypto.SHA384, oid(2, 16, 840, 1, 101, 3, 4, 2, 2)},
	{crypto.SHA512, oid(2, 16, 840, 1, 101, 3, 4, 2, 3)},
}

func oid(arcs ...uint64) x509.OID {
	o, err := x509.OIDFromInts(arcs)
	if err != nil {
		panic("tsa: impossible object identifier: " + err.Error())
	}
	return o
}

func addOID(b *cryptobyte.Builder, o x509.OID) {
	content, err := o.MarshalBinary()
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(content) })
}

func isZero(o x509.OID) bool { return o.Equal(x509.OID{}) }

// readOID reads an object identifier of up to 64 octets.
func readOID(s *cryptobyte.String, out *x509.OID) bool {
	var content cryptobyte.String
	return s.ReadASN1(&content, asn1.OBJECT_IDENTIFIER) && len(content) <= 64 && out.UnmarshalBinary(content) == nil
}

// addImprint writes a MessageImprint.
func addImprint(b *cryptobyte.Builder, hash crypto.Hash, digest []byte) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, h := range hashes {
				if h.hash == hash {
					addOID(b, h.oid)
					b.AddASN1NULL()
					return
				}
			}
			b.SetError(fmt.Errorf("tsa: digest algorithm %v", hash))
		})
		b.AddASN1OctetString(digest)
	})
}

func (r request) marshal() ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addImprint(b, r.hash, r.digest)
		if !isZero(r.policy) {
			addOID(b, r.policy)
		}
		if r.nonce != nil {
			b.AddASN1BigInt(r.nonce)
		}
		if r.certReq {
			b.AddASN1Boolean(true)
		}
	})
	return b.Bytes()
}

// parseRequest reads a request. Its error says only that the bytes are none;
// what a responder does not serve is for it to refuse with the right reason.
func parseRequest(der []byte) (request, error) {
	var (
		r                         request
		input                     = cryptobyte.String(der)
		body, imprint, ai, octets cryptobyte.String
		algorithm                 x509.OID
		version                   int
	)
	if !input.ReadASN1(&body, asn1.SEQUENCE) || !input.Empty() ||
		!body.ReadASN1Integer(&version) || version != 1 ||
		!body.ReadASN1(&imprint, asn1.SEQUENCE) ||
		!imprint.ReadASN1(&ai, asn1.SEQUENCE) || !readOID(&ai, &algorithm) ||
		!imprint.ReadASN1(&octets, asn1.OCTET_STRING) || !imprint.Empty() {
		return r, fmt.Errorf("%w: request", ErrMalformed)
	}
	r.digest = octets
	for _, h := range hashes {
		if h.oid.Equal(algorithm) {
			r.hash = h.hash
		}
	}
	if body.PeekASN1Tag(asn1.OBJECT_IDENTIFIER) && !readOID(&body, &r.policy) {
		return r, fmt.Errorf("%w: request policy", ErrMalformed)
	}
	if body.PeekASN1Tag(asn1.INTEGER) {
		r.nonce = new(big.Int)
		if !body.ReadASN1Integer(r.nonce) {
			return r, fmt.Errorf("%w: request nonce", ErrMalformed)
		}
	}
	if body.PeekASN1Tag(asn1.BOOLEAN) && !body.ReadASN1Boolean(&r.certReq) {
		return r, fmt.Errorf("%w: request certReq", ErrMalformed)
	}
	extensions := asn1.Tag(0).Constructed().ContextSpecific()
	r.extended = body.PeekASN1Tag(extensions)
	if !body.SkipOptionalASN1(extensions) || !body.Empty() {
		return r, fmt.Errorf("%w: request extensions", ErrMalformed)
	}
	return r, nil
}
