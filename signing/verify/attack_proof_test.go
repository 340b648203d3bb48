package verify_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

var (
	oidBindingV1    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidEmailAddress = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// proofAttacks are sound but for what binds, dates or vouches for them.
var proofAttacks = []attack{
	{"bound to another certificate by the older attribute", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.message.more = boundV1(w.sari.cert)
		return c.apply(t, letter())
	}, verify.CodeBindingMismatch, nil},
	{"timestamp from before the document timestamp that was signed", func(t *testing.T, w *world) []byte {
		var document []byte
		w.at(signedAt.Add(2*time.Hour), func() { document = w.documentTimestamp(t, letter(), w.stamper(w.tsa)) })
		return w.sign(document, w.optionsBT(w.budi))
	}, verify.CodeTimestampOrder, nil},
	{"timestamp from before that of the signature that was signed", func(t *testing.T, w *world) []byte {
		var document []byte
		w.at(signedAt.Add(2*time.Hour), func() { document = w.sign(letter(), w.optionsBT(w.sari)) })
		return w.sign(document, w.optionsBT(w.budi))
	}, verify.CodeTimestampOrder, nil},
	{"content timestamp from after the timestamp", func(t *testing.T, w *world) []byte {
		return contentStamped(t, w, 2*time.Hour, true)
	}, verify.CodeTimestampOrder, nil},
	{"content timestamp from after the document timestamp that covers it", func(t *testing.T, w *world) []byte {
		return w.documentTimestamp(t, contentStamped(t, w, 2*time.Hour, false), w.stamper(w.tsa))
	}, verify.CodeTimestampOrder, nil},
	{"answer of a revoked responder, and a list from before that", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeRevocationUnknown, func(w *world, o *verify.Options) {
		responder := w.responder()
		then := *w
		then.clock = judgedAt
		o.CRLs = [][]byte{
			must(then.CRL(context.Background(), w.ca.cert, nil)),
			w.list(signedAt.Add(-48*time.Hour), signedAt.Add(time.Hour)),
			w.list(signedAt.Add(-12*time.Hour), signedAt.Add(-6*time.Hour), revoked(responder, signedAt.Add(-24*time.Hour))),
		}
		o.OCSP = [][]byte{w.answerBy(responder, w.budi, judgedAt)}
		o.Fetcher = nil
	}},
	{"twice in one list, revoked before and after", func(t *testing.T, w *world) []byte {
		return w.sign(letter(), w.optionsBT(w.budi))
	}, verify.CodeRevokedNoTime, func(w *world, o *verify.Options) {
		o.CRLs = [][]byte{w.list(judgedAt.Add(-time.Hour), judgedAt, revoked(w.budi, signedAt.Add(-time.Hour)), revoked(w.budi, signedAt.Add(time.Hour)))}
	}},
	{"answer of an issuer that was revoked before it", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsApart(w.budi))
		w.revoke(w.ca, signedAt.Add(time.Hour))
		return document
	}, verify.CodeCARevoked, nil},
	{"evidence only after the issuer was revoked, in the file", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsApart(w.budi))
		w.at(signedAt.Add(2*time.Hour), func() { document = w.store(t, document, w.budi) })
		w.at(signedAt.Add(3*time.Hour), func() { document = w.documentTimestamp(t, document, w.stamper(w.tsa)) })
		w.revoke(w.ca, signedAt.Add(time.Hour))
		return document
	}, verify.CodeCARevoked, nil},
	{"timestamp whose evidence is from after its issuer was revoked", func(t *testing.T, w *world) []byte {
		w.apart()
		first := w.stampAuthority(signedAt) // of the issuer that is revoked
		document := w.documentTimestamp(t, w.sign(letter(), w.optionsBB(w.budi)), w.stamper(first))
		w.at(signedAt.Add(time.Hour), func() {
			c := craft{name: "Akhir", dict: func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }}
			c.token = func(covered []byte) []byte { return w.token(t, w.stamper(w.tsa), covered) }
			document = c.apply(t, document)
		})
		w.revoke(w.ca, signedAt.Add(2*time.Hour))
		return document
	}, verify.CodeTimestampRevoked, nil},
	{"address in the name that the issuer may not certify", func(t *testing.T, w *world) []byte {
		return constrainedAddress(t, w, "budi@lain.example")
	}, verify.CodeChainInvalid, nil},
	{"timestamp with a critical extension that nobody knows", func(t *testing.T, w *world) []byte {
		return stamped(t, w, func(v []byte) []byte { return w.tokenWith(t, v, bareToken{critical: true}) })
	}, verify.CodeTimestampWeak, nil},
	{"timestamp that may be off by a year, revoked in between", func(t *testing.T, w *world) []byte {
		document := stamped(t, w, func(v []byte) []byte { return w.tokenWith(t, v, bareToken{yearOff: true}) })
		w.revoke(w.budi, signedAt.Add(time.Hour))
		return document
	}, verify.CodeRevokedNoTime, nil},
	{"timestamp that may be off by a year, expired in between", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Budi Contoh")
		template.NotAfter = signedAt.Add(36 * time.Hour)
		w.budi = w.issue(w.ca, template)
		return stamped(t, w, func(v []byte) []byte { return w.tokenWith(t, v, bareToken{yearOff: true}) })
	}, verify.CodeExpired, nil},
	{"authority's key stolen, and a list from before that was known", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsBT(w.budi))
		entry := revoked(w.tsa, signedAt.Add(time.Hour))
		entry.ReasonCode = 4 // superseded
		old := w.list(signedAt.Add(time.Hour), signedAt.Add(2*time.Hour), entry)
		w.reason = 1 // keyCompromise
		w.revoke(w.tsa, signedAt.Add(time.Hour))
		return edit(t, document, func(_ *pdf.Document, u *pdf.Update) {
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": pdf.Array{u.Add(pdf.NewStream(pdf.Dict{}, old))}} })
		})
	}, verify.CodeTimestampRevoked, nil},
	{"revoked later by the file, earlier by the network", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsBT(w.budi))
		old := w.list(signedAt.Add(time.Hour), signedAt.Add(2*time.Hour), revoked(w.budi, signedAt.Add(time.Hour)))
		w.revoke(w.budi, signedAt.Add(-time.Hour))
		return edit(t, document, func(_ *pdf.Document, u *pdf.Update) {
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": pdf.Array{u.Add(pdf.NewStream(pdf.Dict{}, old))}} })
		})
	}, verify.CodeRevokedNoTime, nil},
	{"list of changes only, not marked as critical", func(t *testing.T, w *world) []byte {
		return w.sign(letter(), w.optionsBB(w.budi))
	}, verify.CodeRevocationUnknown, func(w *world, o *verify.Options) {
		delta := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Value: []byte{2, 1, 1}}
		list := &x509.RevocationList{Number: big.NewInt(2), ThisUpdate: judgedAt, NextUpdate: judgedAt, ExtraExtensions: []pkix.Extension{delta}}
		o.CRLs = [][]byte{must(x509.CreateRevocationList(rand.Reader, list, w.ca.cert, w.ca.key)), must(w.CRL(context.Background(), w.ca.cert, nil))}
		o.Fetcher = nil
	}},
}

func boundV1(c *x509.Certificate) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		addAttribute(b, oidBindingV1, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digestOf(crypto.SHA1, c.Raw)) })
				})
			})
		})
	}
}

// contentStamped signs with a content time-stamp of that much later.
func contentStamped(t *testing.T, w *world, after time.Duration, own bool) []byte {
	c := w.sound(w.budi)
	c.message.contentToken = func(content []byte) (der []byte) {
		w.at(signedAt.Add(after), func() { der = w.token(t, w.stamper(w.tsa), content) })
		return der
	}
	if own {
		c.message.token = func(value []byte) []byte { return w.token(t, w.stamper(w.tsa), value) }
	}
	return c.apply(t, letter())
}

// responder is delegated by the issuer, without id-pkix-ocsp-nocheck.
func (w *world) responder() identity {
	template := leafTemplate("Penjawab Contoh")
	template.NotBefore = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // package ocsp dates answers by the machine's clock
	template.ExtraExtensions = []pkix.Extension{usages(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9})}
	return w.issue(w.ca, template)
}

func revoked(id identity, at time.Time) x509.RevocationListEntry {
	return x509.RevocationListEntry{SerialNumber: id.cert.SerialNumber, RevocationTime: at}
}

// list is one of the issuing authority.
func (w *world) list(from, until time.Time, entries ...x509.RevocationListEntry) []byte {
	list := &x509.RevocationList{Number: big.NewInt(from.Unix()), ThisUpdate: from, NextUpdate: until, RevokedCertificateEntries: entries}
	return must(x509.CreateRevocationList(rand.Reader, list, w.ca.cert, w.ca.key))
}

func (w *world) answerBy(responder, of identity, at time.Time) []byte {
	answer := ocsp.Response{SerialNumber: of.cert.SerialNumber, ThisUpdate: at, Certificate: responder.cert}
	return must(ocsp.CreateResponse(w.ca.cert, responder.cert, answer, responder.key))
}

// apart moves the time-stamping authority below an issuer of its own.
func (w *world) apart() {
	issuer := w.issue(w.root, authorityTemplate("Penerbit Stempel"))
	w.others = append(w.others, issuer)
	template := leafTemplate("Stempel Lain")
	template.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
	w.tsa = w.issue(issuer, template)
}

// constrainedAddress is signed below an issuer bound to one mail domain, by
// whoever has this address in his name.
func constrainedAddress(t *testing.T, w *world, address string) []byte {
	template := authorityTemplate("Penerbit Terbatas")
	template.PermittedEmailAddresses = []string{"contoh.example"}
	limited := w.issue(w.root, template)
	w.others = append(w.others, limited)
	leaf := leafTemplate("Budi Contoh")
	leaf.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: oidEmailAddress, Value: asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(address)}}}
	signer := w.issue(limited, leaf)
	c := w.sound(signer)
	c.message.certificates = []*x509.Certificate{signer.cert, limited.cert}
	return c.apply(t, letter())
}

// tokenWith is a token of the world's authority and clock, with its certificates.
func (w *world) tokenWith(t *testing.T, value []byte, b bareToken) []byte {
	b.at, b.certificates = w.clock, []*x509.Certificate{w.tsa.cert, w.ca.cert}
	return b.make(t, w.tsa, value)
}

// lawfulProofs are those beside the attacks that must not be refused.
var lawfulProofs = []attack{
	{"both attributes bind the certificate", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.message.more = boundV1(w.budi.cert)
		return c.apply(t, letter())
	}, "", nil},
	{"named by the key, beside an older certificate of the same key", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		// The issuer writes the key's identifier on request only.
		template := leafTemplate("Budi Contoh")
		template.SubjectKeyId = []byte{1, 2, 3, 4}
		renewed := w.certify(w.ca, template, w.budi.key)
		template = leafTemplate("Budi Contoh")
		template.SubjectKeyId = []byte{1, 2, 3, 4}
		old := w.certify(w.ca, template, w.budi.key)
		c.message.signer, c.message.byKeyID = renewed, true
		c.message.certificates = []*x509.Certificate{old.cert, renewed.cert, w.ca.cert}
		return c.apply(t, letter())
	}, "", nil},
	{"a certificate of a stranger for the signer's key, first in the message", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		template := leafTemplate("Budi Contoh")
		template.SerialNumber = w.budi.cert.SerialNumber
		copied := other.certify(other.ca, template, w.budi.key)
		c := w.sound(w.budi)
		c.message.certificates = []*x509.Certificate{copied.cert, w.budi.cert, w.ca.cert}
		return c.apply(t, letter())
	}, "", nil},
	{"signed over a document timestamp of its second", func(t *testing.T, w *world) []byte {
		return w.sign(w.documentTimestamp(t, letter(), w.stamper(w.tsa)), w.optionsBT(w.budi))
	}, "", nil},
	{"content timestamp from before the timestamp", func(t *testing.T, w *world) []byte {
		return contentStamped(t, w, -time.Hour, true)
	}, "", nil},
	{"issuer's older certificate of the same key revoked", func(t *testing.T, w *world) []byte {
		return renewedIssuer(t, w, true)
	}, "", nil},
	{"the same the other way round", func(t *testing.T, w *world) []byte {
		return renewedIssuer(t, w, false)
	}, "", nil},
	{"answer of a responder that a list knows", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, "", func(w *world, o *verify.Options) {
		then := *w
		then.clock = judgedAt
		o.CRLs = [][]byte{must(then.CRL(context.Background(), w.ca.cert, nil)), w.list(signedAt.Add(-48*time.Hour), signedAt.Add(time.Hour))}
		o.OCSP = [][]byte{w.answerBy(w.responder(), w.budi, judgedAt)}
		o.Fetcher = nil
	}},
	{"issuer revoked after the evidence, which a document timestamp covers", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsApart(w.budi))
		w.at(signedAt.Add(time.Minute), func() { document = w.store(t, document, w.budi) })
		w.at(signedAt.Add(2*time.Minute), func() { document = w.documentTimestamp(t, document, w.stamper(w.tsa)) })
		w.revoke(w.ca, signedAt.Add(time.Hour))
		return document
	}, "", nil},
	{"address in the name that the issuer may certify", func(t *testing.T, w *world) []byte {
		return constrainedAddress(t, w, "Budi@Contoh.example")
	}, "", nil},
	{"a document timestamp that may be off by a year below one that may not", func(t *testing.T, w *world) []byte {
		c := craft{name: "Kasar", dict: func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }}
		c.token = func(covered []byte) []byte { return w.tokenWith(t, covered, bareToken{yearOff: true}) }
		document := w.documentTimestamp(t, c.apply(t, w.sign(letter(), w.optionsBB(w.budi))), w.stamper(w.tsa))
		w.revoke(w.budi, signedAt.Add(time.Hour))
		return document
	}, "", nil},
	{"an old hold in the file, lifted since", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsBB(w.budi))
		w.reason = 6
		w.revoke(w.budi, signedAt.Add(-72*time.Hour))
		w.at(signedAt.Add(-48*time.Hour), func() { document = w.store(t, document, w.budi) })
		delete(w.revoked, w.budi.cert.SerialNumber.String())
		return document
	}, "", nil},
	{"caller's issuer beside a crowd of its name in the message", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.message.certificates = []*x509.Certificate{w.budi.cert}
		other := newWorld(t)
		c.room = 32000
		for range 33 {
			c.message.certificates = append(c.message.certificates, other.issue(other.root, authorityTemplate("Penerbit Contoh")).cert)
		}
		return c.apply(t, letter())
	}, "", func(w *world, o *verify.Options) { o.Intermediates = []*x509.Certificate{w.ca.cert} }},
}

// optionsApart signs with a timestamp of an authority below another issuer.
func (w *world) optionsApart(id identity) signing.Options {
	w.apart()
	return w.optionsBT(id)
}

// renewedIssuer signs below an issuer with two certificates, one revoked.
func renewedIssuer(t *testing.T, w *world, first bool) []byte {
	renewed := w.certify(w.root, authorityTemplate("Penerbit Contoh"), w.ca.key)
	c := w.sound(w.budi)
	c.message.certificates = []*x509.Certificate{w.budi.cert, w.ca.cert, renewed.cert}
	if first {
		w.revoke(w.ca, signedAt.Add(-time.Hour))
	} else {
		w.revoke(renewed, signedAt.Add(-time.Hour))
	}
	return c.apply(t, letter())
}

func TestLawfulProofs(t *testing.T) {
	for _, a := range lawfulProofs {
		t.Run(a.name, func(t *testing.T) {
			w := newWorld(t)
			document := a.make(t, w)
			options := w.online()
			if a.options != nil {
				a.options(w, &options)
			}
			report := judge(t, document, options)
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
