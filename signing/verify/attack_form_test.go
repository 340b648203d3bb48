package verify_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// crafted signs a letter with something wrong.
func crafted(change func(w *world, c *craft)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		change(w, &c)
		return c.apply(t, letter())
	}
}

func rangeText(format string) func(*world, *craft) {
	return func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string {
			numbers := []any{a, b, end - b}
			return fmt.Sprintf(format, numbers[:strings.Count(format, "%d")]...)
		}
	}
}

func withDict(change func(pdf.Dict)) func(*world, *craft) {
	return func(_ *world, c *craft) { c.dict = change }
}

func withMessage(change func(w *world, m *message)) func(*world, *craft) {
	return func(w *world, c *craft) { change(w, &c.message) }
}

// formAttacks are signatures that are wrong in their form: universal forgery,
// wrapping, games with the message.
var formAttacks = []attack{
	{"ByteRange missing", crafted(withDict(func(d pdf.Dict) { delete(d, "ByteRange") })), verify.CodeByteRangeMissing, nil},
	{"ByteRange null", crafted(withDict(func(d pdf.Dict) { d["ByteRange"] = nil })), verify.CodeByteRangeMissing, nil},
	{"ByteRange empty", crafted(rangeText("[]")), verify.CodeByteRangeMalformed, nil},
	{"ByteRange not an array", crafted(withDict(func(d pdf.Dict) { d["ByteRange"] = pdf.Integer(0) })), verify.CodeByteRangeMalformed, nil},
	{"ByteRange of three numbers", crafted(rangeText("[0 %d %d]")), verify.CodeByteRangeMalformed, nil},
	{"ByteRange of six numbers", crafted(rangeText("[0 %d %d %d 0 0]")), verify.CodeByteRangeMalformed, nil},
	{"ByteRange negative", crafted(rangeText("[0 %d %d -%d]")), verify.CodeByteRangeMalformed, nil},
	{"ByteRange with a real number", crafted(rangeText("[0.0 %d %d %d]")), verify.CodeByteRangeMalformed, nil},
	{"ByteRange past the end", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d %d]", a, b, end-b+1) }
	}), verify.CodeByteRangeMalformed, nil},
	{"ByteRange that overflows", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d 9223372036854775807]", a, b) }
	}), verify.CodeByteRangeMalformed, nil},
	{"ByteRange overlapping", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d %d]", b, a, end-a) }
	}), verify.CodeByteRangeMalformed, nil},
	{"ByteRange in reverse order", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[%d %d 0 %d]", b, end-b, a) }
		c.covered = func(file []byte, a, b, end int64) []byte {
			return append(bytes.Clone(file[b:end]), file[:a]...)
		}
	}), verify.CodeByteRangeStart, nil},
	{"ByteRange that begins late", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[9 %d %d %d]", a-9, b, end-b) }
		c.covered = func(file []byte, a, b, end int64) []byte { return append(bytes.Clone(file[9:a]), file[b:end]...) }
	}), verify.CodeByteRangeStart, nil},
	{"gap wider than Contents", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d %d]", a-9, b, end-b) }
		c.covered = func(file []byte, a, b, end int64) []byte { return append(bytes.Clone(file[:a-9]), file[b:end]...) }
	}), verify.CodeByteRangeGap, nil},
	{"gap reaches into the rest of the file", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d %d]", a, b+40, end-b-40) }
		c.covered = func(file []byte, a, b, end int64) []byte { return append(bytes.Clone(file[:a]), file[b+40:end]...) }
	}), verify.CodeByteRangeGap, nil},
	{"range ends before the end of the revision", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d %d]", a, b, end-b-20) }
		c.covered = func(file []byte, a, b, end int64) []byte { return append(bytes.Clone(file[:a]), file[b:end-20]...) }
	}), verify.CodeByteRangeEnd, nil},
	{"only the first span", crafted(func(_ *world, c *craft) {
		c.byteRange = func(a, b, end int64) string { return fmt.Sprintf("[0 %d %d 0]", a, b) }
		c.covered = func(file []byte, a, b, end int64) []byte { return file[:a] }
	}), verify.CodeByteRangeEnd, nil},

	{"Contents missing", crafted(withDict(func(d pdf.Dict) { delete(d, "Contents") })), verify.CodeContentsMissing, nil},
	{"Contents null", crafted(withDict(func(d pdf.Dict) { d["Contents"] = nil })), verify.CodeContentsMissing, nil},
	{"Contents empty", crafted(withDict(func(d pdf.Dict) { d["Contents"] = pdf.String{Hex: true} })), verify.CodeContentsMissing, nil},
	{"Contents a name", crafted(withDict(func(d pdf.Dict) { d["Contents"] = pdf.Name("Ada") })), verify.CodeContentsMissing, nil},
	{"Contents not in hexadecimal form", crafted(withDict(func(d pdf.Dict) { d["Contents"] = pdf.NewPlaceholder([]byte("(0\003\002\001\000)")) })), verify.CodeContentsPlace, nil},
	{"Contents with white space", crafted(func(_ *world, c *craft) {
		c.contents = func(value []byte) []byte { return append(value, ' ', '\n') }
	}), verify.CodeContentsPlace, nil},
	{"Contents that end early", crafted(func(_ *world, c *craft) {
		c.contents = func(value []byte) []byte { return append(value, ">/X<"...) }
	}), verify.CodeByteRangeGap, nil},
	{"Contents all zero", crafted(func(_ *world, c *craft) {
		c.contents = func(value []byte) []byte { return bytes.Repeat([]byte{'0'}, len(value)) }
	}), verify.CodeCMSMalformed, nil},
	{"Contents with a second message", crafted(func(_ *world, c *craft) {
		c.contents = func(value []byte) []byte { return append(value, "3003020100"...) }
	}), verify.CodeCMSMalformed, nil},
	{"signature value a number", crafted(func(_ *world, c *craft) {
		c.field = func(d pdf.Dict) { d["V"] = pdf.Integer(1) }
	}), verify.CodeFieldUnreadable, nil},
	{"unknown handler", crafted(withDict(func(d pdf.Dict) { d["Filter"] = pdf.Name("Percaya.Saja") })), verify.CodeFilterUnknown, nil},
	{"no format", crafted(withDict(func(d pdf.Dict) { delete(d, "SubFilter") })), verify.CodeSubFilterUnknown, nil},
	{"unknown format", crafted(withDict(func(d pdf.Dict) { d["SubFilter"] = pdf.Name("ETSI.Percaya") })), verify.CodeSubFilterUnknown, nil},
	{"format with SHA-1", func(t *testing.T, w *world) []byte {
		return enclosedDigest(w, t, nil).apply(t, letter())
	}, verify.CodeSubFilterWeak, nil},
	{"format with SHA-1, changed", func(t *testing.T, w *world) []byte {
		return replaced(enclosedDigest(w, t, nil).apply(t, letter()), "Nomor 099", "Nomor 990")
	}, verify.CodeDigestMismatch, nil},
	{"signature that calls itself a timestamp", crafted(withDict(func(d pdf.Dict) {
		d["SubFilter"], d["Type"] = pdf.Name("ETSI.RFC3161"), pdf.Name("DocTimeStamp")
	})), verify.CodeTimestampInvalid, nil},
	{"signature moved to another field", func(t *testing.T, w *world) []byte {
		signed := w.sound(w.budi).apply(t, letter())
		return edit(t, signed, func(doc *pdf.Document, u *pdf.Update) {
			old, _ := doc.Dict(pdf.Ref{Num: fieldNumber(doc)})
			set(u, fieldNumber(doc), func(d pdf.Dict) { delete(d, "V") })
			addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
				"T": pdf.TextString("Wali"), "V": old["V"], "Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}}))
		})
	}, verify.CodeNotInOwnRevision, nil},

	{"content of its own", crafted(withMessage(func(_ *world, m *message) { m.content = []byte("isi lain") })), verify.CodeContentAttached, nil},
	{"two signers", crafted(withMessage(func(_ *world, m *message) { m.twoSigners = true })), verify.CodeCMSMalformed, nil},
	{"no signer", crafted(withMessage(func(_ *world, m *message) { m.noSigner = true })), verify.CodeCMSMalformed, nil},
	{"no signed attributes", crafted(withMessage(func(_ *world, m *message) { m.noAttributes = true })), verify.CodeAttributeMissing, nil},
	{"no content-type", crafted(withMessage(func(_ *world, m *message) { m.noContentType = true })), verify.CodeAttributeWrong, nil},
	{"content-type of something else", crafted(withMessage(func(_ *world, m *message) { m.contentType = oidSignedData })), verify.CodeAttributeWrong, nil},
	{"no message-digest", crafted(withMessage(func(_ *world, m *message) { m.noDigest = true })), verify.CodeAttributeWrong, nil},
	{"not bound to a certificate", crafted(withMessage(func(_ *world, m *message) { m.noBinding = true })), verify.CodeBindingMissing, nil},
	{"bound to another certificate", crafted(withMessage(func(w *world, m *message) { m.bind = w.sari.cert })), verify.CodeBindingMismatch, nil},
	{"algorithms disagree", crafted(withMessage(func(_ *world, m *message) { m.claimDigest = crypto.SHA512 })), verify.CodeAlgorithmsDisagree, nil},
	{"SHA-1", crafted(withMessage(func(_ *world, m *message) { m.digest = crypto.SHA1 })), verify.CodeDigestWeak, nil},
	{"broken signature value", crafted(withMessage(func(_ *world, m *message) { m.breakSignature = true })), verify.CodeSignatureMismatch, nil},
	{"signer's certificate missing", crafted(withMessage(func(w *world, m *message) { m.certificates = []*x509.Certificate{w.ca.cert} })), verify.CodeSignerMissing, nil},
	{"message of another document", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.covered = func([]byte, int64, int64, int64) []byte { return []byte("surat lain") }
		return c.apply(t, letter())
	}, verify.CodeDigestMismatch, nil},
	{"name of somebody else", crafted(withDict(func(d pdf.Dict) { d["Name"] = pdf.TextString("Sari Contoh") })), verify.CodeNameContradicts, nil},
}
