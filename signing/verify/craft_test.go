package verify_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	_ "crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// message is a CMS message that can be wrong in every way a test needs. The
// zero values of its switches make a sound one.
type message struct {
	signer       identity
	certificates []*x509.Certificate   // instead of the signer's own and the issuer's
	digest       crypto.Hash           // zero: SHA-256
	claimDigest  crypto.Hash           // named in the message; zero: digest
	content      []byte                // attached when not nil
	encloses     asn1.ObjectIdentifier // type of the content; nil: data

	noAttributes   bool
	noContentType  bool
	contentType    asn1.ObjectIdentifier
	noDigest       bool
	noBinding      bool
	bind           *x509.Certificate // instead of the signer's own
	twoSigners     bool
	noSigner       bool
	token          func(value []byte) []byte   // makes the signature time-stamp
	contentToken   func(content []byte) []byte // makes the content time-stamp
	breakSignature bool
	rsaSignature   []byte // of SHA-1, instead of the signer's own
	trailing       []byte
	more           func(*cryptobyte.Builder) // further signed attributes
	byKeyID        bool                      // names the signer by the identifier of his key
}

var (
	oidData         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigest       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidBinding      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidSHA1WithRSA  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}
	oidContentToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 20}
	oidToken        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}

	digestOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.MD5:    {1, 2, 840, 113549, 2, 5},
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	ecdsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 2, 840, 10045, 4, 1},
		crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
		crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4},
	}
)

func (m message) build(t testing.TB, covered []byte) []byte {
	t.Helper()
	if m.digest == 0 {
		m.digest = crypto.SHA256
	}
	if m.claimDigest == 0 {
		m.claimDigest = m.digest
	}
	ctx0 := casn1.Tag(0).ContextSpecific().Constructed()
	b := cryptobyte.NewBuilder(nil)
	seq := func(b *cryptobyte.Builder, fn func(*cryptobyte.Builder)) { b.AddASN1(casn1.SEQUENCE, fn) }
	seq(b, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(ctx0, func(b *cryptobyte.Builder) {
			seq(b, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
					seq(b, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(digestOIDs[m.claimDigest]) })
				})
				seq(b, func(b *cryptobyte.Builder) {
					if m.encloses == nil {
						m.encloses = oidData
					}
					b.AddASN1ObjectIdentifier(m.encloses)
					if m.content != nil {
						b.AddASN1(ctx0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(m.content) })
					}
				})
				b.AddASN1(ctx0, func(b *cryptobyte.Builder) {
					for _, c := range m.certificates {
						b.AddBytes(c.Raw)
					}
				})
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
					if !m.noSigner {
						m.addSigner(t, b, covered)
					}
					if m.twoSigners {
						m.addSigner(t, b, covered)
					}
				})
			})
		})
	})
	der, err := b.Bytes()
	require.NoError(t, err)
	return append(der, m.trailing...)
}

func (m message) addSigner(t testing.TB, b *cryptobyte.Builder, covered []byte) {
	var attributes []byte
	signed := covered
	if !m.noAttributes {
		attributes = m.attributes(t, covered)
		set := cryptobyte.NewBuilder(nil)
		set.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		signed = set.BytesOrPanic()
	}
	signature, err := m.signer.key.Sign(rand.Reader, digestOf(m.digest, signed), m.digest)
	require.NoError(t, err)
	if m.breakSignature {
		signature[len(signature)-1] ^= 1
	}
	cert := m.signer.cert
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if m.byKeyID {
			b.AddASN1Int64(3)
			b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(cert.SubjectKeyId) })
		} else {
			b.AddASN1Int64(1)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(cert.RawIssuer)
				b.AddASN1BigInt(cert.SerialNumber)
			})
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(digestOIDs[m.claimDigest]) })
		if attributes != nil {
			b.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if m.rsaSignature != nil {
				b.AddASN1ObjectIdentifier(oidSHA1WithRSA)
				b.AddASN1NULL()
				signature = m.rsaSignature
				return
			}
			b.AddASN1ObjectIdentifier(ecdsaOIDs[m.digest])
		})
		b.AddASN1OctetString(signature)
		if m.token != nil {
			b.AddASN1(casn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				addAttribute(b, oidToken, func(b *cryptobyte.Builder) { b.AddBytes(m.token(signature)) })
			})
		}
	})
}

func (m message) attributes(t testing.TB, covered []byte) []byte {
	b := cryptobyte.NewBuilder(nil)
	if !m.noContentType {
		contentType := m.contentType
		if contentType == nil {
			contentType = oidData
		}
		addAttribute(b, oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(contentType) })
	}
	if !m.noDigest {
		addAttribute(b, oidDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digestOf(m.digest, covered)) })
	}
	if !m.noBinding {
		bound := m.signer.cert
		if m.bind != nil {
			bound = m.bind
		}
		addAttribute(b, oidBinding, func(b *cryptobyte.Builder) { addBinding(b, bound) })
	}
	if m.contentToken != nil {
		addAttribute(b, oidContentToken, func(b *cryptobyte.Builder) { b.AddBytes(m.contentToken(covered)) })
	}
	if m.more != nil {
		m.more(b)
	}
	out, err := b.Bytes()
	require.NoError(t, err)
	return out
}

// addBinding writes a SigningCertificateV2 of one certificate.
func addBinding(b *cryptobyte.Builder, c *x509.Certificate) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1OctetString(digestOf(crypto.SHA256, c.Raw))
			})
		})
	})
}

func addAttribute(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1(casn1.SET, value)
	})
}

func digestOf(h crypto.Hash, data []byte) []byte {
	w := h.New()
	w.Write(data)
	return w.Sum(nil)
}

// craft makes a signature by hand, with hooks for everything that a signer
// would not let go wrong.
type craft struct {
	message   message
	token     func(covered []byte) []byte  // instead of message
	name      string                       // field name; empty: Palsu
	reuse     uint32                       // number of the empty field that is signed; zero: a new one
	dict      func(pdf.Dict)               // changes the signature dictionary
	field     func(pdf.Dict)               // changes the field
	update    func(*pdf.Update)            // adds to the revision
	byteRange func(a, b, end int64) string // the array as it is written
	contents  func(hexadecimal []byte) []byte
	covered   func(file []byte, a, b, end int64) []byte // what is digested
	room      int                                       // zero: craftRoom
}

const craftRoom = 6000

func (c craft) apply(t testing.TB, document []byte) []byte {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{})
	require.NoError(t, err)
	u := doc.NewUpdate()
	if c.room == 0 {
		c.room = craftRoom
	}
	contents := pdf.NewPlaceholder(append(append([]byte{'<'}, bytes.Repeat([]byte{'0'}, 2*c.room)...), '>'))
	byteRange := pdf.NewPlaceholder(fmt.Appendf(nil, "%-60s", "[0 0 0 0]"))
	dict := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"Contents": contents, "ByteRange": byteRange,
	}
	if c.dict != nil {
		c.dict(dict)
	}
	name := c.name
	if name == "" {
		name = "Palsu"
	}
	field := pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString(name),
		"Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}, "V": u.Add(dict),
	}
	if c.field != nil {
		c.field(field)
	}
	if c.reuse != 0 {
		set(u, c.reuse, func(d pdf.Dict) { d["V"], d["AP"] = field["V"], field["AP"] })
	} else {
		addField(u, u.Add(field))
	}
	if c.update != nil {
		c.update(u)
	}
	built, err := u.Build()
	require.NoError(t, err)
	file := append(bytes.Clone(document), built.Bytes...)
	at := func(p *pdf.Placeholder) pdf.Span {
		for _, v := range dict {
			if v == pdf.Object(p) {
				return built.Span(p)
			}
		}
		return pdf.Span{}
	}
	gap, end := at(contents), int64(len(file))
	if span := at(byteRange); span.End > 0 {
		text := fmt.Sprintf("[0 %d %d %d]", gap.Offset, gap.End, end-gap.End)
		if c.byteRange != nil {
			text = c.byteRange(gap.Offset, gap.End, end)
		}
		copy(file[span.Offset:span.End], fmt.Sprintf("%-60s", text))
	}
	covered := append(bytes.Clone(file[:gap.Offset]), file[gap.End:]...)
	if c.covered != nil {
		covered = c.covered(file, gap.Offset, gap.End, end)
	}
	if gap.End > 0 {
		if c.token == nil {
			c.token = func(covered []byte) []byte { return c.message.build(t, covered) }
		}
		value := []byte(hex.EncodeToString(c.token(covered)))
		if c.contents != nil {
			value = c.contents(value)
		}
		require.LessOrEqual(t, len(value), 2*c.room)
		copy(file[gap.Offset+1:], value)
	}
	return file
}

// addField puts a field into the form and on page 1.
func addField(u *pdf.Update, ref pdf.Ref) {
	doc := u.Document()
	catalog := must(doc.Catalog())
	form := must(doc.Dict(catalog["AcroForm"]))
	if form == nil {
		form = pdf.Dict{}
	}
	form["Fields"] = append(must(doc.Array(form["Fields"])), ref)
	form["SigFlags"] = pdf.Integer(3)
	if formRef, ok := catalog["AcroForm"].(pdf.Ref); ok {
		u.Set(formRef, form)
	} else {
		catalog["AcroForm"] = form
		u.Set(doc.CatalogRef(), catalog)
	}
	page := must(doc.Page(0))
	page.Dict["Annots"] = append(must(doc.Array(page.Dict["Annots"])), ref)
	u.Set(page.Ref, page.Dict)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// sound is a craft that makes nothing wrong.
func (w *world) sound(id identity) craft {
	return craft{message: message{signer: id, certificates: []*x509.Certificate{id.cert, w.ca.cert}}}
}

// named gives the field a name.
func (c craft) named(name string) craft {
	c.name = name
	return c
}

// edit appends an ordinary incremental update.
func edit(t testing.TB, document []byte, change func(doc *pdf.Document, u *pdf.Update)) []byte {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{})
	require.NoError(t, err)
	u := doc.NewUpdate()
	change(doc, u)
	built, err := u.Build()
	require.NoError(t, err)
	return append(bytes.Clone(document), built.Bytes...)
}

// documentTimestamp adds a document timestamp.
func (w *world) documentTimestamp(t testing.TB, document []byte, stamper signing.Timestamper) []byte {
	c := craft{name: "Stempel"}
	c.dict = func(d pdf.Dict) {
		d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161")
	}
	c.token = func(covered []byte) []byte { return w.token(t, stamper, covered) }
	return c.apply(t, document)
}

// token is a time-stamp token over data.
func (w *world) token(t testing.TB, stamper signing.Timestamper, data []byte) []byte {
	t.Helper()
	token, err := stamper.Timestamp(t.Context(), crypto.SHA256, digestOf(crypto.SHA256, data))
	require.NoError(t, err)
	return token.Raw
}
