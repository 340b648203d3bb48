package verify_test

import (
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// roleAttacks give an object of the signed content a second use that may
// change.
var roleAttacks = []attack{
	{"font overwritten and named as document information", later(func(doc *pdf.Document, u *pdf.Update) {
		info := must(doc.Dict(pdf.Ref{Num: 8}))
		info["ModDate"] = pdf.TextString("D:20480302090000Z")
		u.Set(pdf.Ref{Num: 7}, info)
		u.SetTrailer("Info", pdf.Ref{Num: 7})
		emptyField("Sekda")(doc, u)
	}), verify.CodeModified, nil},
	{"page content overwritten by the form", later(func(doc *pdf.Document, u *pdf.Update) {
		set(u, 1, func(d pdf.Dict) {
			u.Set(pdf.Ref{Num: 4}, must(doc.Dict(d["AcroForm"])))
			d["AcroForm"] = pdf.Ref{Num: 4}
		})
	}), verify.CodeModified, nil},
	{"page content overwritten by the list of fields", later(func(doc *pdf.Document, u *pdf.Update) {
		set(u, 1, func(d pdf.Dict) {
			form := must(doc.Dict(d["AcroForm"]))
			u.Set(pdf.Ref{Num: 4}, must(doc.Array(form["Fields"])))
			form["Fields"] = pdf.Ref{Num: 4}
			d["AcroForm"] = form
		})
	}), verify.CodeModified, nil},
	{"font overwritten by the security store", later(func(_ *pdf.Document, u *pdf.Update) {
		u.Set(pdf.Ref{Num: 7}, pdf.Dict{"Certs": pdf.Array{}})
		set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Ref{Num: 7} })
	}), verify.CodeModified, nil},
	{"page content overwritten by validation data", later(func(_ *pdf.Document, u *pdf.Update) {
		u.Set(pdf.Ref{Num: 4}, content("Surat Palsu"))
		set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{pdf.Ref{Num: 4}}} })
	}), verify.CodeModified, nil},
	{"page content overwritten by annotations", later(func(doc *pdf.Document, u *pdf.Update) {
		set(u, 3, func(d pdf.Dict) {
			u.Set(pdf.Ref{Num: 6}, must(doc.Array(d["Annots"])))
			d["Annots"] = pdf.Ref{Num: 6}
		})
	}), verify.CodeModified, nil},
	{"page content overwritten by the metadata stream", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(xmpLetter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			u.Set(pdf.Ref{Num: 4}, newXMP("2048-03-02T09:00:00+07:00", "Surat Tugas"))
			set(u, 1, func(d pdf.Dict) { d["Metadata"] = pdf.Ref{Num: 4} })
			emptyField("Sekda")(doc, u)
		})
	}, verify.CodeModified, nil},
	{"value of a field that is a drawable form", certified(signing.CertifyFormFilling, formLetter, func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) {
			d["V"] = u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}, []byte("0 0 10 10 re f")))
		})
	}), verify.CodeModified, nil},
	{"second field of the signed field's name", func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Field = "Palsu"
		return w.sound(w.sari).apply(t, w.sign(letter(), o))
	}, verify.CodeModified, nil},
	{"resource added under a name that the page already draws", func(t *testing.T, w *world) []byte {
		shared := letterWith(map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/DR 9 0 R>>>>",
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 9 0 R>>",
			4: stream("BT /F1 12 Tf (Surat) Tj ET /Cap Do"),
			9: "<</Font<</F1 7 0 R>>>>",
		})
		return edit(t, w.sign(shared, w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			set(u, 9, func(d pdf.Dict) {
				d["XObject"] = pdf.Dict{"Cap": u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}, []byte("0 0 10 10 re f")))}
			})
		})
	}, verify.CodeModified, nil},
}
