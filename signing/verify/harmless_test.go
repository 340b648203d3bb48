package verify_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
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

// setForm sets entries of the form, which may be an object of its own.
func setForm(u *pdf.Update, entries pdf.Dict) {
	set(u, 1, func(d pdf.Dict) {
		if ref, ok := d["AcroForm"].(pdf.Ref); ok {
			set(u, ref.Num, func(f pdf.Dict) { maps.Copy(f, entries) })
		} else {
			maps.Copy(d["AcroForm"].(pdf.Dict), entries)
		}
	})
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
		{"version declared beside a signature", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) {
				set(u, 1, func(d pdf.Dict) { d["Version"] = pdf.Name("2.0") })
			}
			return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature, verify.ChangeDeclared}},
		{"default font where every field has its appearance", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(receipt(amountField[:len(amountField)-2]+"/AP<</N 4 0 R>>>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"), w.optionsBB(w.budi)), newDefault)
		}, []verify.ChangeKind{verify.ChangeEmptyField, verify.ChangeDefaults}},
		{"security store written anew with the same pieces", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBLT(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
				old := must(doc.Dict(must(doc.Catalog())["DSS"]))
				dss := pdf.Dict{}
				for _, list := range []pdf.Name{"Certs", "OCSPs", "CRLs"} {
					var pieces pdf.Array
					for _, ref := range must(doc.Array(old[list])) {
						pieces = append(pieces, u.Add(pdf.NewStream(pdf.Dict{}, must(doc.StreamData(must(doc.Resolve(ref)).(*pdf.Stream), 1<<20)))))
					}
					dss[list] = pieces
				}
				set(u, 1, func(d pdf.Dict) { d["DSS"] = dss })
			})
		}, []verify.ChangeKind{verify.ChangeValidationData}},
		{"second signer who sets the form's defaults and the page's tab order", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) {
				font := u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
				setForm(u, pdf.Dict{"DA": pdf.TextString("/Helv 0 Tf 0 g "), "DR": pdf.Dict{"Font": pdf.Dict{"Helv": font}}})
				set(u, 3, func(d pdf.Dict) { d["Tabs"] = pdf.Name("S") })
			}
			return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature, verify.ChangeDefaults}},
		{"font under a free name beside those of the form", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(formLetter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
				emptyField("Sekda")(doc, u)
				ref := forgedFont(u)
				set(u, 8, func(d pdf.Dict) {
					d["DR"] = pdf.Dict{"Font": pdf.Dict{"F1": pdf.Ref{Num: 7}, "Cour": ref}}
				})
			})
		}, []verify.ChangeKind{verify.ChangeEmptyField, verify.ChangeDefaults}},
		{"note with its popup under a certification that permits notes", func(t *testing.T, w *world) []byte {
			return certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
				popup := u.Reserve()
				note, window := remark("Text"), remark("Popup")
				note["Popup"] = popup
				ref := u.Add(note)
				window["Parent"] = ref
				u.Set(popup, window)
				set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref, popup) })
			})(t, w)
		}, []verify.ChangeKind{verify.ChangeAnnotation}},
		{"metadata written by another toolkit", func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari)
			c.update = func(u *pdf.Update) {
				packet := fmt.Sprintf(xmpPacket, "2048-03-02T09:00:00+07:00", "Surat Tugas")
				packet = strings.Replace(packet, `xmlns:x="adobe:ns:meta/"`, `xmlns:x="adobe:ns:meta/" x:xmptk="Contoh 1.0" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"`, 1)
				u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, []byte(packet)))
			}
			return c.apply(t, w.sign(xmpLetter(), w.optionsBB(w.budi)))
		}, []verify.ChangeKind{verify.ChangeSignature, verify.ChangeMetadata}},
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
				u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 228, 20)}, []byte("BT (baru) Tj ET")))
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
					"Parent": pdf.Ref{Num: 5}, "Rect": rectOf(0, 0, 0, 0), "AP": pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{"Subtype": pdf.Name("Form")}, []byte("% kosong\n")))}})
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
		{"lock in the field alone, which the signature says nothing of", func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.field = func(d pdf.Dict) {
				d["Lock"] = pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": pdf.Array{pdf.TextString("Lain")}}
			}
			return edit(t, c.apply(t, formLetter()), fill)
		}, verify.CodeChangeNotPermitted},
		{"page given a tab order that is none", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
				emptyField("Sekda")(doc, u)
				set(u, 3, func(d pdf.Dict) { d["Tabs"] = pdf.Dict{"X": pdf.Ref{Num: 4}} })
			})
		}, verify.CodeModified},
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
		{"security store removed", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBLT(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
				set(u, 1, func(d pdf.Dict) { delete(d, "DSS") })
				emptyField("Sekda")(doc, u)
			})
		}, verify.CodeModified},
		{"security store emptied", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBLT(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
				set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{} })
				emptyField("Sekda")(doc, u)
			})
		}, verify.CodeModified},
		{"extension that is no extension", changedCatalog("Extensions", pdf.Dict{"X": pdf.Dict{"N": pdf.Ref{Num: 4}}}), verify.CodeModified},
		{"version that is none", changedCatalog("Version", pdf.Name("Baru")), verify.CodeModified},
		{"version declared and nothing else", func(t *testing.T, w *world) []byte {
			return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
				set(u, 1, func(d pdf.Dict) { d["Version"] = pdf.Name("2.0") })
			})
		}, verify.CodeModified},
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

// changedCatalog sets an entry of the catalog, with an empty field for company.
func changedCatalog(key pdf.Name, value pdf.Object) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			emptyField("Sekda")(doc, u)
			set(u, 1, func(d pdf.Dict) { d[key] = value })
		})
	}
}

// changedForm changes the form dictionary of a signed form.
func changedForm(change func(pdf.Dict)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(formLetter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) { set(u, 8, change) })
	}
}
