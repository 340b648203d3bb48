package verify_test

import (
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// overlay covers a small page with other text.
func overlay() *pdf.Stream {
	return pdf.NewStream(pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 300, 200),
		"Resources": pdf.Dict{"Font": pdf.Dict{"F1": pdf.Ref{Num: 7}}},
	}, []byte("1 g 0 0 300 200 re f 0 g BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"))
}

func rectOf(numbers ...int64) pdf.Array {
	var array pdf.Array
	for _, n := range numbers {
		array = append(array, pdf.Integer(n))
	}
	return array
}

// receipt is a page of 300 by 200 points with an amount. Field 5 is on it when
// given, and in the form 8.
func receipt(field, form string, annotations string) []byte {
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>" + annotations + ">>",
		4: stream("BT /F1 12 Tf 20 160 Td (Jumlah dibayar) Tj ET BT /F1 24 Tf 20 100 Td (Rp 100) Tj ET"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	if field != "" {
		objects[5] = field
	}
	if form != "" {
		objects[1], objects[8] = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>", form
	}
	return assemble(1, objects, "")
}

// remarkField is a remark that calls itself an empty signature field.
func remarkField(subtype pdf.Name) attack {
	return attack{"empty signature field that is a " + string(subtype), func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			addField(u, u.Add(pdf.Dict{
				"Type": pdf.Name("Annot"), "Subtype": subtype, "FT": pdf.Name("Sig"), "T": pdf.TextString("Sekda"),
				"Contents": pdf.TextString("Rp 900"), "DA": pdf.TextString("/Helv 24 Tf 0 g"), "F": pdf.Integer(4),
				"C": rectOf(1, 1, 1), "Rect": rectOf(15, 90, 200, 130),
			}))
		})
	}, verify.CodeModified, nil}
}

// shown makes a signature or timestamp cover the page.
func (c craft) shown() craft {
	var field pdf.Dict
	c.field = func(d pdf.Dict) {
		field = d
		d["Rect"], d["F"], d["AP"] = rectOf(0, 0, 300, 200), pdf.Integer(4), pdf.Dict{"N": pdf.Ref{Num: 900}}
	}
	c.update = func(u *pdf.Update) { field["AP"].(pdf.Dict)["N"] = u.Add(overlay()) }
	return c
}

func (w *world) stampCraft(t *testing.T) craft {
	c := craft{name: "Stempel"}
	c.dict = func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }
	c.token = func(covered []byte) []byte { return w.token(t, w.stamper(w.tsa), covered) }
	return c
}

// certifiedReceipt certifies a document and changes it.
func certifiedReceipt(level signing.Certification, document []byte, change func(doc *pdf.Document, u *pdf.Update)) func(*testing.T, *world) []byte {
	return certified(level, func() []byte { return document }, change)
}

// forgedFont draws a nine for every zero but the first.
func forgedFont(u *pdf.Update) pdf.Ref {
	return u.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica"),
		"Encoding": pdf.Dict{"Type": pdf.Name("Encoding"), "Differences": pdf.Array{pdf.Integer(48), pdf.Name("zero"), pdf.Name("nine")}},
	})
}

// newDefault gives the form a font under the name Helv, with an empty field for
// company.
func newDefault(doc *pdf.Document, u *pdf.Update) {
	catalog := must(doc.Catalog())
	form := must(doc.Dict(catalog["AcroForm"]))
	form["DR"] = pdf.Dict{"Font": pdf.Dict{"Helv": forgedFont(u)}}
	field := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
		"T": pdf.TextString("Sekda"), "Rect": rectOf(0, 0, 0, 0)})
	form["Fields"] = append(must(doc.Array(form["Fields"])), field)
	if ref, ok := catalog["AcroForm"].(pdf.Ref); ok {
		u.Set(ref, form)
		return
	}
	catalog["AcroForm"] = form
	u.Set(doc.CatalogRef(), catalog)
}

const amountField = "<</Type/Annot/Subtype/Widget/FT/Tx/T(Jumlah)/V(100)/DA(/Helv 24 Tf 0 g)/Rect[20 100 280 140]/P 3 0 R/F 4>>"

// widgetAttacks show something through fields and their defaults.
var widgetAttacks = []attack{
	remarkField("FreeText"), remarkField("Square"), remarkField("Highlight"), remarkField("Stamp"),
	{"empty signature field with a border and a ground", later(func(_ *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{
			"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Sekda"),
			"F": pdf.Integer(4), "Rect": rectOf(15, 90, 200, 130), "MK": pdf.Dict{"RC": pdf.TextString("Rp 900")},
		}))
	}), verify.CodeModified, nil},
	{"document timestamp that covers a page of a certified document", func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		return w.stampCraft(t).shown().apply(t, w.sign(receipt("", "", ""), o))
	}, verify.CodeModified, nil},
	{"document timestamp that covers a page, in a field from before", func(t *testing.T, w *world) []byte {
		base := receipt("<</Type/Annot/Subtype/Widget/FT/Sig/T(Stempel)/Rect[0 0 300 200]/F 4>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]")
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		c := w.stampCraft(t).shown()
		c.reuse = 5
		return c.apply(t, w.sign(base, o))
	}, verify.CodeModified, nil},
	{"default font for a field without appearance", certifiedReceipt(signing.CertifyFormFilling,
		receipt(amountField, "<</Fields[5 0 R]/DA(/Helv 24 Tf 0 g)>>", "/Annots[5 0 R]"), newDefault), verify.CodeModified, nil},
	{"default font for fields that are to be drawn anew", certifiedReceipt(signing.CertifyFormFilling,
		receipt(amountField[:len(amountField)-2]+"/AP<</N 4 0 R>>>>", "<</Fields[5 0 R]/NeedAppearances true>>", "/Annots[5 0 R]"), newDefault), verify.CodeModified, nil},
	{"default font for a list that shows its choices", certifiedReceipt(signing.CertifyFormFilling,
		receipt("<</Type/Annot/Subtype/Widget/FT/Ch/T(Jumlah)/Opt[(100)(200)]/DA(/Helv 24 Tf 0 g)/Rect[20 100 280 140]/P 3 0 R/F 4>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"), newDefault), verify.CodeModified, nil},
	{"default font for a field whose appearance is empty", certifiedReceipt(signing.CertifyFormFilling,
		receipt(amountField[:len(amountField)-2]+"/AP<</N<<>>>>>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"), newDefault), verify.CodeModified, nil},
	{"default font for a remark without appearance", func(t *testing.T, w *world) []byte {
		base := receipt("<</Type/Annot/Subtype/FreeText/Contents(100)/DA(/Helv 24 Tf 0 g)/Rect[20 100 280 140]/P 3 0 R/F 4>>", "", "/Annots[5 0 R]")
		return edit(t, w.sign(base, w.optionsBB(w.budi)), newDefault)
	}, verify.CodeModified, nil},
	{"push button that inherits what it is given another picture", certifiedReceipt(signing.CertifyFormFilling, assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[5 0 R]>>",
		4: stream("0 0 10 10 re f"),
		5: "<</Type/Annot/Subtype/Widget/T(Logo)/Parent 6 0 R/Rect[0 0 300 200]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		6: "<</T(Grup)/FT/Btn/Ff 65536/Kids[5 0 R]>>",
		8: "<</Fields[6 0 R]>>",
		9: "<</Type/XObject/Subtype/Form/BBox[0 0 300 200]/Length 14>>stream\n0 0 10 10 re f\nendstream",
	}, ""), showField), verify.CodeModified, nil},
	{"ticked box given another picture", certifiedReceipt(signing.CertifyFormFilling,
		receipt("<</Type/Annot/Subtype/Widget/FT/Btn/T(Setuju)/V/Off/AS/Off/Rect[0 0 300 200]/P 3 0 R/F 4>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"), showField), verify.CodeModified, nil},
	{"field of no page filled in and put on the page", certifiedReceipt(signing.CertifyFormFilling,
		receipt("<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)/Rect[0 0 300 200]/F 4>>", "<</Fields[5 0 R]>>", ""),
		func(doc *pdf.Document, u *pdf.Update) {
			showField(doc, u)
			set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("x") })
			set(u, 3, func(d pdf.Dict) {
				a, _ := d["Annots"].(pdf.Array)
				d["Annots"] = append(a, pdf.Ref{Num: 5})
			})
		}), verify.CodeModified, nil},
}

// showField gives field 5 an appearance that covers the page.
func showField(_ *pdf.Document, u *pdf.Update) {
	ref := u.Add(overlay())
	set(u, 5, func(d pdf.Dict) { d["AP"] = pdf.Dict{"N": ref} })
}
