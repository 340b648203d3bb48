package verify_test

import (
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// enclosedDigest signs in the form adbe.pkcs7.sha1.
func enclosedDigest(w *world, t *testing.T, change func(*message)) craft {
	c := craft{dict: func(d pdf.Dict) { d["SubFilter"] = pdf.Name("adbe.pkcs7.sha1") }}
	c.token = func(covered []byte) []byte {
		m := w.sound(w.budi).message
		m.digest, m.content = crypto.SHA1, digestOf(crypto.SHA1, covered)
		if change != nil {
			change(&m)
		}
		return m.build(t, m.content)
	}
	return c
}

// bareRSA signs in the form adbe.x509.rsa_sha1.
func bareRSA(w *world, certificate pdf.Object) craft {
	c := craft{dict: func(d pdf.Dict) { d["SubFilter"], d["Cert"] = pdf.Name("adbe.x509.rsa_sha1"), certificate }}
	c.token = func(covered []byte) []byte {
		return must(asn1.Marshal(must(w.budi.key.Sign(rand.Reader, digestOf(crypto.SHA1, covered), crypto.SHA1))))
	}
	return c
}

// withMessageOf puts a message where adbe.x509.rsa_sha1 has none.
func withMessageOf(w *world) craft {
	c := w.sound(w.budi)
	c.dict = func(d pdf.Dict) { d["SubFilter"] = pdf.Name("adbe.x509.rsa_sha1") }
	return c
}

// The two formats with SHA-1 are recognised and never called valid; that the
// document was changed is told all the same.
func TestWeakFormats(t *testing.T) {
	w := newWorldOf(t, rsaKey)
	small := newWorld(t)
	own := pdf.String{Bytes: w.budi.cert.Raw, Hex: true}
	weak := verify.Conclusion{Indication: verify.Indeterminate, SubIndication: verify.CryptoConstraintsFailure}
	failed := func(sub verify.SubIndication) verify.Conclusion {
		return verify.Conclusion{Indication: verify.TotalFailed, SubIndication: sub}
	}
	changed := func(document []byte) []byte { return replaced(document, "Nomor 099", "Nomor 990") }
	enclosed := enclosedDigest(small, t, nil).apply(t, letter())
	bare := bareRSA(w, own).apply(t, letter())
	for _, c := range []struct {
		name     string
		document []byte
		want     verify.Conclusion
		intact   verify.Answer
	}{
		{"adbe.pkcs7.sha1", enclosed, weak, verify.Yes},
		{"adbe.pkcs7.sha1, changed", changed(enclosed), failed(verify.HashFailure), verify.No},
		{"adbe.pkcs7.sha1, another's key", enclosedDigest(small, t, func(m *message) { m.breakSignature = true }).apply(t, letter()), failed(verify.SigCryptoFailure), verify.Unknown},
		{"adbe.pkcs7.sha1 without a digest", enclosedDigest(small, t, func(m *message) { m.content = nil }).apply(t, letter()), failed(verify.HashFailure), verify.No},
		{"adbe.pkcs7.sha1 without certificate", enclosedDigest(small, t, func(m *message) { m.certificates = nil }).apply(t, letter()), weak, verify.Unknown},
		{"adbe.x509.rsa_sha1", bare, weak, verify.Yes},
		{"adbe.x509.rsa_sha1 with a chain", bareRSA(w, pdf.Array{own, pdf.String{Bytes: w.ca.cert.Raw, Hex: true}}).apply(t, letter()), weak, verify.Yes},
		{"adbe.x509.rsa_sha1, changed", changed(bare), failed(verify.HashFailure), verify.No},
		{"adbe.x509.rsa_sha1, another's key", bareRSA(w, pdf.String{Bytes: w.sari.cert.Raw, Hex: true}).apply(t, letter()), failed(verify.SigCryptoFailure), verify.Unknown},
		{"adbe.x509.rsa_sha1 without certificate", bareRSA(w, pdf.String{}).apply(t, letter()), weak, verify.Unknown},
		{"adbe.x509.rsa_sha1 with another kind of key", bareRSA(w, pdf.String{Bytes: small.budi.cert.Raw, Hex: true}).apply(t, letter()), weak, verify.Unknown},
		{"adbe.x509.rsa_sha1 with a message", withMessageOf(small).apply(t, letter()), failed(verify.FormatFailure), verify.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := judge(t, c.document, verify.Options{Roots: verify.Trust(w.root.cert, small.root.cert), At: judgedAt, InsecureSkipRevocation: true})
			assert.Equal(t, c.want, report.Conclusion, "%v", codes(report))
			assert.Equal(t, c.intact, report.Signatures[0].Intact)
			assert.Contains(t, codes(report), verify.CodeSubFilterWeak)
			assert.NotEqual(t, verify.Yes, report.Signatures[0].Valid)
		})
	}
}
