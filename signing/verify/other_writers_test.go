package verify_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// secondBy signs a document once more, with what else the writer changes.
func secondBy(base []byte, reuse uint32, change func(u *pdf.Update)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		c.reuse, c.update = reuse, change
		return c.apply(t, w.sign(base, w.optionsBB(w.budi)))
	}
}

const (
	fineBox   = "[0 0 595.303937007874 841.889763779528]"
	pictureOf = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<>>/Length 14>>stream\n0 0 10 10 re f\nendstream"
)

func real(text string) pdf.Real {
	value := must(strconv.ParseFloat(text, 64))
	return pdf.Real{Value: value, Text: text}
}

// fieldWith is a letter with an empty signature field, object 5.
func fieldWith(more string) []byte {
	return receipt("<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[20 20 120 60]/F 4"+more+">>", "<</Fields[5 0 R]/SigFlags 3>>", "/Annots[5 0 R]")
}

// pictureForm is a letter whose form keeps a picture under a name, and a widget
// with the given appearance.
func pictureForm(appearance string) []byte {
	return assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[5 0 R]>>",
		4: stream("0 0 10 10 re f"),
		5: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[0 0 100 50]/F 4/AP<</N 9 0 R>>>>",
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		8: "<</Fields[5 0 R]/SigFlags 3/DR<</XObject<</FRM 10 0 R>>>>>>",
		9: appearance, 10: pictureOf,
	}, "")
}

// withID is a later revision with validation data and another file identifier.
func withID(id string) func(*testing.T, *world) []byte {
	return func(_ *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		document := oddUpdate{data: "x"}.apply(signed)
		return append(document[:len(signed):len(signed)], bytes.Replace(document[len(signed):], []byte(fileID), []byte(id), 1)...)
	}
}

func exchangedPicture(u *pdf.Update) {
	ref := u.Add(overlay())
	set(u, 8, func(d pdf.Dict) { d["DR"] = pdf.Dict{"XObject": pdf.Dict{"FRM": ref}} })
}

// What other programs that sign change along the way (poppler 22.12, PDFBox 2,
// iText 5 and 2 were seen to), and how far that goes.
func TestSecondSignatureByOtherWriters(t *testing.T) {
	boxed := letterWith(map[int]string{3: "<</Type/Page/Parent 2 0 R/MediaBox" + fineBox + "/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>"})
	setBox := func(width string) func(*pdf.Update) {
		return func(u *pdf.Update) {
			set(u, 3, func(d pdf.Dict) {
				d["MediaBox"] = pdf.Array{pdf.Integer(0), pdf.Integer(0), real(width), real("841.8897637795")}
			})
		}
	}
	setField := func(key pdf.Name, value pdf.Object) func(*pdf.Update) {
		return func(u *pdf.Update) { set(u, 5, func(d pdf.Dict) { d[key] = value }) }
	}
	indirect := assemble(1, map[int]string{
		1:  "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
		2:  "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[5 0 R]>>",
		4:  stream("0 0 10 10 re f"),
		5:  "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(lama)/Rect[0 0 100 50]/F 4/AP 10 0 R>>",
		8:  "<</Fields[5 0 R]>>",
		9:  pictureOf,
		10: "<</N 9 0 R>>",
	}, "")
	for _, c := range []struct {
		name   string
		make   func(t *testing.T, w *world) []byte
		lawful bool
	}{
		{"box with fewer decimals", secondBy(boxed, 0, setBox("595.3039370079")), true},
		{"box a hundredth of a point wider", secondBy(boxed, 0, setBox("595.3139370079")), false},
		{"box that is no box", secondBy(boxed, 0, func(u *pdf.Update) { set(u, 3, func(d pdf.Dict) { d["MediaBox"] = rectOf(0, 0, 595) }) }), false},
		{"page named in the field", secondBy(fieldWith(""), 5, setField("P", pdf.Ref{Num: 3})), true},
		{"something else named as the page", secondBy(fieldWith(""), 5, setField("P", pdf.Ref{Num: 4})), false},
		{"another page named in the field", secondBy(fieldWith("/P 2 0 R"), 5, setField("P", pdf.Ref{Num: 3})), false},
		{"area taken from an empty field", secondBy(fieldWith(""), 5, setField("Rect", rectOf(0, 0, 0, 0))), true},
		{"field made larger", secondBy(fieldWith(""), 5, setField("Rect", rectOf(0, 0, 300, 200))), false},
		{"new file identifier", withID("[<AA112233445566778899aabbccddeeff><AA112233445566778899aabbccddeeff>]"), true},
		{"file identifier that is none", withID("[1 2]"), false},
		{"mark in the page tree", secondBy(letter(), 0, func(u *pdf.Update) { set(u, 2, func(d pdf.Dict) { d["ITXT"] = pdf.TextString("2.1.7") }) }), true},
		{"mark in the page tree that is a stream", secondBy(letter(), 0, func(u *pdf.Update) {
			ref := u.Add(overlay())
			set(u, 2, func(d pdf.Dict) { d["ITXT"] = ref })
		}), false},
		{"picture under the name of the last signer's", secondBy(pictureForm(pictureOf), 0, exchangedPicture), true},
		{"picture that an appearance without resources may draw", secondBy(
			pictureForm("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 7>>stream\n/FRM Do\nendstream"), 0, exchangedPicture), false},
		{"appearance behind a dictionary of its own written over", certifiedReceipt(signing.CertifyFormFilling, indirect, func(_ *pdf.Document, u *pdf.Update) {
			set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("baru") })
			u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 228, 20)}, []byte("BT (baru) Tj ET")))
		}), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, c.make(t, w), w.online())
			if c.lawful {
				require.NoError(t, report.Err(), "%v", codes(report))
				return
			}
			require.Error(t, report.Err())
			assert.Contains(t, codes(report), verify.CodeModified)
		})
	}
}
