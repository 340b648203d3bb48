package verify_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Evidence and certificates that cost much to read, or to check.
var hostileEvidence = []hostileCase{
	{"a stream of evidence that decodes to too much, listed often", func(t *testing.T, w *world) []byte {
		bomb := deflated(make([]byte, 17<<20))
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			list := make(pdf.Array, 512)
			ref := u.Add(pdf.NewStream(pdf.Dict{"Filter": pdf.Name("FlateDecode")}, bomb))
			for i := range list {
				list[i] = ref
			}
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": list, "OCSPs": list, "Certs": list} })
		})
	}},
	{"streams of evidence that decode to too much", func(t *testing.T, w *world) []byte {
		bomb := deflated(make([]byte, 17<<20))
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			var list pdf.Array
			for range 400 {
				list = append(list, u.Add(pdf.NewStream(pdf.Dict{"Filter": pdf.Name("FlateDecode")}, bomb)))
			}
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": list} })
		})
	}},
	{"pieces of evidence that differ at their ends", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			var list pdf.Array
			for i := range 512 {
				data := make([]byte, 96<<10)
				data[len(data)-1], data[len(data)-2] = byte(i), byte(i>>8)
				list = append(list, u.Add(pdf.NewStream(pdf.Dict{"Filter": pdf.Name("FlateDecode")}, deflated(data))))
			}
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": list, "OCSPs": list} })
		})
	}},
	{"answers full of responders that the issuer did not appoint", func(t *testing.T, w *world) []byte {
		*w = *newWorldOf(t, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 4096) })
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			impostor := w.impostor()
			var list pdf.Array
			for i := range 511 {
				answer := deflated(answerOf(w.budi.cert, impostor, signedAt.Add(time.Duration(i)*time.Second)))
				list = append(list, u.Add(pdf.NewStream(pdf.Dict{"Filter": pdf.Name("FlateDecode")}, answer)))
			}
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"OCSPs": list} })
		})
	}},
	{"a weak digest, and many certificates of one name with large keys", func(t *testing.T, w *world) []byte {
		named := w.largeKeys(t, 256)
		m := w.sound(w.budi).message
		m.certificates, m.digest = named, crypto.SHA1
		m.signer.cert, m.rsaSignature = named[0], append(make([]byte, 1), bytes.Repeat([]byte{0x5a}, 1023)...)
		value := hex.EncodeToString(m.build(t, []byte("lain")))
		f, kids := continuing(letter()), ""
		for i := range 5 {
			kids += fmt.Sprintf("%d 0 R ", 100+2*i)
			f.revision(numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + kids + "]/SigFlags 3>>>>"},
				numbered{100 + 2*i, fmt.Sprintf("<</FT/Sig/T(%d)/V %d 0 R>>", i, 101+2*i)}, numbered{101 + 2*i, signed(value)})
		}
		return f.buf.Bytes()
	}},
}

// impostor is a responder that has the issuer's name above it, but not the
// issuer's signature.
func (w *world) impostor() *x509.Certificate {
	above := w.certify(identity{}, authorityTemplate("x"), must(w.newKey()))
	above.cert.RawSubject, above.cert.Subject = w.ca.cert.RawSubject, w.ca.cert.Subject
	template := leafTemplate("Palsu")
	template.SerialNumber = big.NewInt(77)
	template.ExtraExtensions = []pkix.Extension{usages(oidOCSPSigning)}
	key := must(p256Key())
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, above.cert, key.Public(), above.key))))
}

var (
	oidOCSPSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
	oidOCSPBasic   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
)

// answerOf is an OCSP response about a certificate that holds its responder
// sixteen times, and no signature.
func answerOf(about, responder *x509.Certificate, at time.Time) []byte {
	b := cryptobyte.NewBuilder(nil)
	seq := func(b *cryptobyte.Builder, fn func(*cryptobyte.Builder)) { b.AddASN1(casn1.SEQUENCE, fn) }
	tag := func(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }
	single := func(b *cryptobyte.Builder) {
		seq(b, func(b *cryptobyte.Builder) { // CertID
			seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(digestOIDs[crypto.SHA1]) })
			b.AddASN1OctetString(make([]byte, 20))
			b.AddASN1OctetString(make([]byte, 20))
			b.AddASN1BigInt(about.SerialNumber)
		})
		b.AddASN1(casn1.Tag(0).ContextSpecific(), func(*cryptobyte.Builder) {})
		b.AddASN1GeneralizedTime(signedAt)
	}
	basic := func(b *cryptobyte.Builder) {
		seq(b, func(b *cryptobyte.Builder) { // ResponseData
			b.AddASN1(tag(1), func(b *cryptobyte.Builder) { b.AddBytes(responder.RawSubject) })
			b.AddASN1GeneralizedTime(at)
			seq(b, func(b *cryptobyte.Builder) { seq(b, single) })
		})
		seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(ecdsaOIDs[crypto.SHA256]) })
		b.AddASN1BitString(make([]byte, 70))
		b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				for range 16 {
					b.AddBytes(responder.Raw)
				}
			})
		})
	}
	seq(b, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(0)
		b.AddASN1(tag(0), func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidOCSPBasic)
				b.AddASN1(casn1.OCTET_STRING, func(b *cryptobyte.Builder) { seq(b, basic) })
			})
		})
	})
	return b.BytesOrPanic()
}

// largeKeys are certificates of one issuer and serial number, with keys that
// take as long to use as any.
func (w *world) largeKeys(t testing.TB, n int) []*x509.Certificate {
	var all []*x509.Certificate
	for range n {
		modulus := new(big.Int).Lsh(big.NewInt(1), 8191)
		modulus.Or(modulus, must(rand.Int(rand.Reader, modulus))).SetBit(modulus, 0, 1)
		template := leafTemplate("Palsu")
		template.SerialNumber = big.NewInt(99)
		der, err := x509.CreateCertificate(rand.Reader, template, w.ca.cert, &rsa.PublicKey{N: modulus, E: 1<<31 - 1}, w.ca.key)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, must(x509.ParseCertificate(der)))
	}
	return all
}
