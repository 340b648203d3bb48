package verify_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// emptyField adds an empty, invisible signature field.
func emptyField(name string) func(*pdf.Document, *pdf.Update) {
	return func(_ *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
			"T": pdf.TextString(name), "Rect": pdf.Array{pdf.Integer(72), pdf.Integer(72), pdf.Integer(200), pdf.Integer(120)}, "F": pdf.Integer(4)}))
	}
}

const xmpPacket = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><xmp:ModifyDate>%s</xmp:ModifyDate><dc:title><rdf:Alt><rdf:li>%s</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

func xmpLetter() []byte {
	data := fmt.Sprintf(xmpPacket, "2048-03-01T08:00:00+07:00", "Surat Tugas")
	return letterWith(map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>",
		9: fmt.Sprintf("<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream", len(data), data),
	})
}

func newXMP(date, title string) *pdf.Stream {
	return pdf.NewStream(pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, fmt.Appendf(nil, xmpPacket, date, title))
}

func TestHarmless(t *testing.T) {
	cases := []struct {
		name  string
		make  func(t *testing.T, w *world) []byte
		kinds []verify.ChangeKind // of the last revision
	}{
		{"second signer", func(t *testing.T, w *world) []byte {
			return w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.sari))
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"second signer by another writer", func(t *testing.T, w *world) []byte {
			return w.sound(w.sari).apply(t, w.sign(letter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"validation data", func(t *testing.T, w *world) []byte {
			return w.sign(letter(), w.optionsBLT(w.budi))
		}, []verify.ChangeKind{verify.ChangeValidationData}},
		{"more validation data", func(t *testing.T, w *world) []byte {
			return w.sign(w.sign(letter(), w.optionsBLT(w.budi)), w.optionsBLT(w.sari))
		}, []verify.ChangeKind{verify.ChangeValidationData}},
		{"document timestamp", func(t *testing.T, w *world) []byte {
			return w.documentTimestamp(t, w.sign(letter(), w.optionsBLT(w.budi)), w.stamper(w.tsa))
		}, []verify.ChangeKind{verify.ChangeDocumentTimestamp}},
		{"document timestamp on a document certified against changes", func(t *testing.T, w *world) []byte {
			o := w.optionsBLT(w.budi)
			o.Certify = signing.CertifyNoChanges
			return w.documentTimestamp(t, w.sign(letter(), o), w.stamper(w.tsa))
		}, []verify.ChangeKind{verify.ChangeDocumentTimestamp}},
		{"empty signature field", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBB(w.budi)), emptyField("Sekda"))
		}, []verify.ChangeKind{verify.ChangeEmptyField}},
		{"empty field from before signed later", func(t *testing.T, w *world) []byte {
			o := w.optionsBB(w.sari)
			o.Field = "Kadis"
			return w.sign(w.sign(formLetter(), w.optionsBB(w.budi)), o)
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"empty field added and then signed", func(t *testing.T, w *world) []byte {
			document := edit(t, w.sign(letter(), w.optionsBB(w.budi)), emptyField("Sekda"))
			o := w.optionsBB(w.sari)
			o.Field = "Sekda"
			return w.sign(document, o)
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"form filled in under a certification for that", func(t *testing.T, w *world) []byte {
			return certified(signing.CertifyFormFilling, formLetter, fill)(t, w)
		}, []verify.ChangeKind{verify.ChangeFormValue}},
		{"appearance of a field written over in place", func(t *testing.T, w *world) []byte {
			return certified(signing.CertifyFormFilling, formLetter, func(_ *pdf.Document, u *pdf.Update) {
				set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("baru") })
				u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}, []byte("BT (baru) Tj ET")))
			})(t, w)
		}, []verify.ChangeKind{verify.ChangeFormValue}},
		{"form filled in and signed by the second signer", func(t *testing.T, w *world) []byte {
			return w.sign(certified(signing.CertifyFormFilling, formLetter, fill)(t, w), w.optionsBB(w.sari))
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"field filled in that the signature does not lock", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.dict = lockFields("Include", "Kadis")
			return edit(t, c.apply(t, formLetter()), fill)
		}, []verify.ChangeKind{verify.ChangeFormValue}},
		{"remark under a certification for that", func(t *testing.T, w *world) []byte {
			return certified(signing.CertifyAnnotations, letter, annotate)(t, w)
		}, []verify.ChangeKind{verify.ChangeAnnotation}},
		{"time of the last change renewed with a signature", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) {
				set(u, 8, func(d pdf.Dict) {
					d["ModDate"], d["Producer"] = pdf.TextString("D:20480302090000+07'00'"), pdf.TextString("Penanda Tangan")
				})
			}
			return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeMetadata, verify.ChangeSignature}},
		{"metadata stream renewed with a signature", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) { u.Set(pdf.Ref{Num: 9}, newXMP("2048-03-02T09:00:00+07:00", "Surat Tugas")) }
			return c.apply(t, w.sign(xmpLetter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature, verify.ChangeMetadata}},
		{"object written again unchanged", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) { set(u, 7, func(pdf.Dict) {}) }
			return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"field below a grouping field", func(t *testing.T, w *world) []byte {
			first, second := w.optionsBB(w.budi), w.optionsBB(w.sari)
			first.Field, second.Field = "Pejabat.Satu", "Pejabat.Dua"
			return w.sign(w.sign(groupedLetter(), first), second)
		}, []verify.ChangeKind{verify.ChangeSignature}},
		{"empty field added below a grouping field", func(t *testing.T, w *world) []byte {
			o := w.optionsBB(w.budi)
			o.Field = "Pejabat.Satu"
			return edit(t, w.sign(groupedLetter(), o), func(_ *pdf.Document, u *pdf.Update) {
				ref := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Tiga"),
					"Parent": pdf.Ref{Num: 5}, "AP": pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{"Subtype": pdf.Name("Form")}, []byte("% kosong\n")))}})
				set(u, 5, func(d pdf.Dict) { d["Kids"] = append(d["Kids"].(pdf.Array), ref) })
			})
		}, []verify.ChangeKind{verify.ChangeEmptyField}},
		{"several harmless revisions", func(t *testing.T, w *world) []byte {
			document := w.sign(letter(), w.optionsBLT(w.budi))
			document = edit(t, document, emptyField("Sekda"))
			document = w.documentTimestamp(t, document, w.stamper(w.tsa))
			return w.sign(document, w.optionsBLT(w.sari))
		}, []verify.ChangeKind{verify.ChangeValidationData}},
		{"revision without any change", func(t *testing.T, w *world) []byte {
			signed := w.sign(letter(), w.optionsBB(w.budi))
			return fmt.Appendf(signed, "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size %d/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
				sizeOf(signed), fileID, lastXRef(signed), len(signed))
		}, nil},
		{"no end-of-line after the base", func(t *testing.T, w *world) []byte {
			return w.sign(w.sign(bytes.TrimRight(letter(), "\n"), w.optionsBB(w.budi)), w.optionsBB(w.sari))
		}, []verify.ChangeKind{verify.ChangeSignature}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, c.make(t, w), w.online())
			require.NoError(t, report.Err(), "%s", text(t, report, verify.English))
			revisions := report.Document.Revisions
			var kinds []verify.ChangeKind
			for _, change := range revisions[len(revisions)-1].Changes {
				kinds = append(kinds, change.Kind)
			}
			assert.ElementsMatch(t, c.kinds, kinds)
		})
	}
}

// groupedLetter has two signature fields below a grouping one.
func groupedLetter() []byte {
	return assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R 7 0 R]>>",
		4: stream("BT (Surat) Tj ET"),
		5: "<</T(Pejabat)/Kids[6 0 R 7 0 R]>>",
		6: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Satu)/Parent 5 0 R/Rect[0 0 0 0]>>",
		7: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Dua)/Parent 5 0 R/Rect[0 0 0 0]>>",
	}, "")
}

func lockFields(action string, names ...string) func(pdf.Dict) {
	return func(d pdf.Dict) {
		fields := pdf.Array{}
		for _, n := range names {
			fields = append(fields, pdf.TextString(n))
		}
		d["Reference"] = pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"),
			"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "Action": pdf.Name(action), "Fields": fields, "V": pdf.Name("1.2")}}}
	}
}

func sizeOf(document []byte) int {
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}))
	size, _ := doc.Trailer().Int("Size")
	return int(size)
}

// What a rule lets through for a good reason it must not let through without.
func TestAlmostHarmless(t *testing.T) {
	cases := []struct {
		name string
		make func(t *testing.T, w *world) []byte
		want verify.Code
	}{
		{"locked field filled in", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.dict = lockFields("Include", "Nama")
			return edit(t, c.apply(t, formLetter()), fill)
		}, verify.CodeChangeNotPermitted},
		{"all fields locked", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.dict = lockFields("All")
			return edit(t, c.apply(t, formLetter()), fill)
		}, verify.CodeChangeNotPermitted},
		{"lock of the whole document in the field", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.field = func(d pdf.Dict) {
				d["Lock"] = pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("All"), "P": pdf.Integer(1)}
			}
			return w.sound(w.sari).named("Kedua").apply(t, c.apply(t, letter()))
		}, verify.CodeChangeNotPermitted},
		{"grouping field renamed", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(groupedLetter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
				set(u, 5, func(d pdf.Dict) { d["T"] = pdf.TextString("Wakil") })
			})
		}, verify.CodeModified},
		{"viewers told to draw the fields anew", changedForm(func(d pdf.Dict) { d["NeedAppearances"] = true }), verify.CodeModified},
		{"another form laid over", changedForm(func(d pdf.Dict) { d["XFA"] = pdf.TextString("<xdp/>") }), verify.CodeModified},
		{"signature flags withdrawn", changedForm(func(d pdf.Dict) { d["SigFlags"] = pdf.Integer(0) }), verify.CodeModified},
		{"default appearance changed", changedForm(func(d pdf.Dict) { d["DA"] = pdf.TextString("/F1 0 Tf") }), verify.CodeModified},
		{"default font exchanged", changedForm(func(d pdf.Dict) {
			d["DR"] = pdf.Dict{"Font": pdf.Dict{"F1": pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type3")}}}
		}), verify.CodeModified},
		{"fields in another order", changedForm(func(d pdf.Dict) {
			f := d["Fields"].(pdf.Array)
			f[0], f[1] = f[1], f[0]
		}), verify.CodeModified},
		{"document timestamp over changed bytes", func(t *testing.T, w *world) []byte {
			stamped := w.documentTimestamp(t, w.sign(letter(), w.optionsBB(w.budi)), w.stamper(w.tsa))
			return replaced(stamped, "/Prev ", "/Prev\t")
		}, verify.CodeDigestMismatch},
		{"lock that says nothing", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.dict = lockFields("Perhaps", "Nama")
			return c.apply(t, formLetter())
		}, verify.CodePermissionsUnusable},
		{"title in the metadata stream changed with a signature", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) { u.Set(pdf.Ref{Num: 9}, newXMP("2048-03-02T09:00:00+07:00", "Surat Kuasa")) }
			return c.apply(t, w.sign(xmpLetter(), w.optionsBB(w.budi)))
		}, verify.CodeModified},
		{"remark that is a link", func(t *testing.T, w *world) []byte {
			return certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
				note := remark("Text")
				note["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.TextString("http://contoh.example/")}
				ref := u.Add(note)
				set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
			})(t, w)
		}, verify.CodeModified},
		{"signed field signed again", func(t *testing.T, w *world) []byte {
			first := w.sound(w.budi)
			signed := first.apply(t, letter())
			return edit(t, signed, func(doc *pdf.Document, u *pdf.Update) {
				set(u, fieldNumber(doc), func(d pdf.Dict) { d["V"] = u.Add(pdf.Dict{"Type": pdf.Name("Sig")}) })
			})
		}, verify.CodeSignatureRemoved},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, c.make(t, w), w.online())
			require.Error(t, report.Err())
			assert.Contains(t, codes(report), c.want)
		})
	}
}

// changedForm changes the form dictionary of a signed form.
func changedForm(change func(pdf.Dict)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(formLetter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) { set(u, 8, change) })
	}
}
