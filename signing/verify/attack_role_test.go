package verify_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// pictureOfInfo is a letter whose document information is the pictures of an
// object that draws with one of them; who renews the information takes it away.
func pictureOfInfo(objects map[int]string) func(*testing.T, *world) []byte {
	const form = "<</Type/XObject/Subtype/Form/BBox[0 0 300 200]"
	all := map[int]string{
		8:  "<</Title(Surat)/Producer 15 0 R>>",
		10: form + "/Resources<</XObject 8 0 R>>/Length 12>>stream\n/Producer Do\nendstream",
		11: ")",
		13: "<</Type/Annot/Subtype/Stamp/Rect[0 0 90 60]/F 4/AP<</N 10 0 R>>>>",
		15: form + "/Length 20>>stream\n1 g 0 0 300 200 re f\nendstream",
	}
	maps.Copy(all, objects)
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sound(w.budi).apply(t, letterWith(all)), func(_ *pdf.Document, u *pdf.Update) {
			set(u, 8, func(d pdf.Dict) { d["Producer"] = pdf.TextString("baru") })
			addEvidence(u)
		})
	}
}

// besideA is a page with an annotation that draws such a picture, after another.
func besideA(annotation string) map[int]string {
	return map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[12 0 R 13 0 R]>>",
		12: annotation,
	}
}

// drawnBy is a page that draws such a picture under a name.
func drawnBy(name string) map[int]string {
	return map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/XObject 20 0 R>>>>",
		4:  stream("/" + name + " Do"),
		20: "<</" + name + " 10 0 R>>",
	}
}

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
	{"document information that is the page's pictures", certifiedReceipt(signing.CertifyNoChanges, picturesAre("8 0 R", map[int]string{
		8: "<</Title(Surat)/Producer 9 0 R>>", 9: oldPicture,
	}, "Producer", "/Info 8 0 R"), func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(overlay())
		set(u, 8, func(d pdf.Dict) { d["Producer"] = ref })
		addEvidence(u)
	}), verify.CodeModified, nil},
	{"document information that is the page's states, renewed", certifiedReceipt(signing.CertifyNoChanges, picturesAre("9 0 R", map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</ExtGState 8 0 R>>>>",
		8: "<</Title(Surat)/Producer(lama)>>", 9: "<<>>",
	}, "Producer", "/Info 8 0 R"), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 8, func(d pdf.Dict) { d["Producer"] = pdf.TextString("baru") })
		addEvidence(u)
	}), verify.CodeModified, nil},
	{"catalog that is the page's pictures", certifiedReceipt(signing.CertifyNoChanges, picturesAre("1 0 R", map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/Extensions 9 0 R>>", 9: oldPicture,
	}, "Extensions", ""), func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(overlay())
		set(u, 1, func(d pdf.Dict) { d["Extensions"] = ref })
		addEvidence(u)
	}), verify.CodeModified, nil},
	{"catalog that is the page's pictures, with validation data", certifiedReceipt(signing.CertifyNoChanges, picturesAre("1 0 R", nil, "DSS", ""),
		func(_ *pdf.Document, u *pdf.Update) { addEvidence(u) }), verify.CodeModified, nil},
	{"catalog that a second signature draws with, with validation data", func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		appearance := pdf.Dict{}
		c.field = func(d pdf.Dict) { d["AP"] = appearance }
		c.update = func(u *pdf.Update) {
			appearance["N"] = u.Add(pdf.NewStream(pdf.Dict{"Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 9, 9),
				"Resources": pdf.Dict{"ExtGState": pdf.Ref{Num: 1}}}, []byte("/DSS gs")))
		}
		return edit(t, c.apply(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi))), func(_ *pdf.Document, u *pdf.Update) { addEvidence(u) })
	}, verify.CodeModified, nil},
	{"document information that an annotation draws with", pictureOfInfo(besideA("<</Type/Annot/Subtype/Square/Rect[0 0 9 9]>>")), verify.CodeModified, nil},
	{"the same, after an annotation whose place cannot be read", pictureOfInfo(besideA("<</Type/Annot/Subtype/Square/Rect 11 0 R>>")), verify.CodeModified, nil},
	{"the same, after one whose place is wrong", pictureOfInfo(besideA("<</Type/Annot/Subtype/Square/Rect[11 0 R 0 1 1]>>")), verify.CodeModified, nil},
	{"the same, after one whose appearance cannot be read", pictureOfInfo(besideA("<</Type/Annot/Subtype/Square/Rect[0 0 9 9]/AP 11 0 R>>")), verify.CodeModified, nil},
	{"the same, after one whose appearance is a number", pictureOfInfo(besideA("<</Type/Annot/Subtype/Square/Rect[0 0 9 9]/AP 1>>")), verify.CodeModified, nil},
	{"the same, after a field whose kind cannot be read", pictureOfInfo(besideA("<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/FT 11 0 R>>")), verify.CodeModified, nil},
	{"the same, on a page whose crop box cannot be read", pictureOfInfo(map[int]string{
		5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>/CropBox 11 0 R/Annots[13 0 R]>>",
	}), verify.CodeModified, nil},
	{"document information that the page draws with", pictureOfInfo(drawnBy("Q")), verify.CodeModified, nil},
	{"the same, under the name P", pictureOfInfo(drawnBy("P")), verify.CodeModified, nil},
	{"the same, under the name Parent", pictureOfInfo(drawnBy("Parent")), verify.CodeModified, nil},
	{"document information that is the content of a page", func(_ *testing.T, w *world) []byte {
		signed := w.sign(replaced(letter(), "/Info 8 0 R", "/Info 4 0 R"), w.optionsBB(w.budi))
		return streamUpdate{}.apply(signed, map[int]string{4: stream("BT /F1 12 Tf 72 720 Td (Surat Tugas Nomor 999) Tj ET")})
	}, verify.CodeModified, nil},
	{"page that is a reference to a page", func(t *testing.T, w *world) []byte {
		page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 7 0 R>>>>>>"
		signed := w.sound(w.budi).apply(t, letterWith(map[int]string{5: "9 0 R", 9: fmt.Sprintf(page, 6)}))
		return rawUpdate(signed, len(signed), map[int]string{
			5: "31 0 R", 31: fmt.Sprintf(page, 32), 32: stream("BT /F1 24 Tf 72 600 Td (Palsu) Tj ET"), 1: catalogWith(signed, "/DSS<</Certs[]>>"),
		}, "")
	}, verify.CodeModified, nil},
	{"object stream that is the metadata too", func(t *testing.T, w *world) []byte {
		packed := func(num int) string {
			const head = "30 0 <Producer>"
			data := fmt.Sprintf("%s[%d 0 R]</Producer>", head, num)
			return fmt.Sprintf("<</Type/ObjStm/Subtype/XML/N 1/First %d/Length %d>>stream\n%s\nendstream", len(head), len(data), data)
		}
		base := streamUpdate{compressed: map[int][2]int{30: {20, 0}}}.apply(letterWith(map[int]string{
			1:  "<</Type/Catalog/Pages 2 0 R/AcroForm 22 0 R>>",
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 30 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
			22: "<</Fields[]/SigFlags 3>>",
		}), map[int]string{20: packed(4)})
		c := w.sound(w.budi)
		c.update = func(u *pdf.Update) { set(u, 1, func(d pdf.Dict) { d["Metadata"] = pdf.Ref{Num: 20} }) }
		signed := c.apply(t, base)
		size := sizeOf(signed)
		return streamUpdate{}.apply(signed, map[int]string{
			20: packed(size), size: stream("BT /F1 24 Tf 72 720 Td (Palsu) Tj ET"), 1: catalogWith(signed, "/DSS<</Certs[]>>"),
		})
	}, verify.CodeLaterUnreadable, nil},
	strayReference("40 --0 R"), strayReference("40 0-0 R"), strayReference("40+0 R"), strayReference("4294967336 0 R"),
	strayReference("18446744073709551656 0 R"), strayReference("40 4294967296 R"), strayReference("40 0 #52"),
	{"page that is a colour space of itself, its Tabs a colour", func(t *testing.T, w *world) []byte {
		base := letterWith(map[int]string{
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/ColorSpace 3 0 R>>>>",
			4: stream("1 g /Tabs cs BT /F1 12 Tf 72 720 Td (Palsu) Tj ET"),
		})
		return edit(t, w.sign(base, w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			emptyField("Sekda")(doc, u)
			set(u, 3, func(d pdf.Dict) { d["Tabs"] = pdf.Name("S") })
		})
	}, verify.CodeModified, nil},
	{"flags written as a number that readers cut off", func(t *testing.T, w *world) []byte {
		stamp := "<</Type/Annot/Subtype/Stamp/Rect[72 500 300 600]/F %s/AP<</N 10 0 R>>>>"
		base := letterWith(map[int]string{3: pageWith, 9: fmt.Sprintf(stamp, "1152921504606846978"), 10: appearance})
		signed := w.sign(base, w.optionsBB(w.budi))
		return rawUpdate(signed, len(signed), map[int]string{9: fmt.Sprintf(stamp, "1152921504606846976"), 1: catalogWith(signed, "/DSS<</Certs[]>>")}, "")
	}, verify.CodeModified, nil},
	{"stream written anew with another Length", func(t *testing.T, w *world) []byte {
		base := letterWith(map[int]string{4: "<</Length -1>>stream\nBT /F1 12 Tf 72 720 Td (Palsu) Tj ET\nendstream"})
		signed := w.sound(w.budi).apply(t, base)
		return rawUpdate(signed, len(signed), map[int]string{4: stream("BT /F1 12 Tf 72 720 Td (Palsu) Tj ET"), 1: catalogWith(signed, "/DSS<</Certs[]>>")}, "")
	}, verify.CodeModified, nil},
	oddReference("40 +0 R"), oddReference("40 -0 R"), oddReference("40 0R"), oddReference("40 0000000 R"), oddReference("40\f0\fR"), oddReference("40\x000 R"),
	{"grouping field that is a node of the page tree", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(treeOfFields(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			ref := u.Add(pdf.Dict{"Type": pdf.Name("Page"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Dua"), "Parent": pdf.Ref{Num: 2},
				"Contents": u.Add(content("Surat Palsu"))})
			set(u, 2, func(d pdf.Dict) { d["Kids"] = pdf.Array{ref, pdf.Ref{Num: 3}} })
		})
	}, verify.CodeModified, nil},
	{"grouping field that is a node of the page tree, given an empty field", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(treeOfFields(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			ref := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Dua"),
				"Parent": pdf.Ref{Num: 2}, "Rect": rectOf(0, 0, 0, 0)})
			set(u, 2, func(d pdf.Dict) { d["Kids"] = pdf.Array{ref, pdf.Ref{Num: 3}} })
		})
	}, verify.CodeModified, nil},
	fieldOfPictures("M"), fieldOfPictures("AP"), fieldOfPictures("I"), fieldOfPictures("RV"),
	{"field that is the page's pictures, filled in", certifiedReceipt(signing.CertifyFormFilling, picturesAre("5 0 R", map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
		5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)/Rect[0 0 9 9]/P 3 0 R/F 4>>",
	}, "V", ""), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("baru") })
	}), verify.CodeModified, nil},
}

const oldPicture = "<</Type/XObject/Subtype/Form/BBox[0 0 300 200]/Length 14>>stream\n0 0 10 10 re f\nendstream"

// picturesAre is a page whose dictionary of pictures is some other object, and
// which draws the one under a key.
func picturesAre(pictures string, objects map[int]string, key, trailer string) []byte {
	all := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/XObject " + pictures + ">>/Annots[5 0 R]>>",
		4: stream("BT /F1 12 Tf 20 160 Td (Jumlah dibayar) Tj ET /" + key + " Do"),
		5: "<</Type/Annot/Subtype/Link/Rect[0 0 0 0]>>",
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	maps.Copy(all, objects)
	return assemble(1, all, trailer)
}

// fieldOfPictures is a text field that is the page's pictures.
func fieldOfPictures(key pdf.Name) attack {
	return attack{"field that is the page's pictures, its " + string(key) + " another one", certifiedReceipt(signing.CertifyFormFilling,
		picturesAre("5 0 R", map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
			5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)/Rect[0 0 9 9]/P 3 0 R/F 4/" + string(key) + " 9 0 R>>", 9: oldPicture,
		}, string(key), ""), func(_ *pdf.Document, u *pdf.Update) {
			ref := u.Add(overlay())
			set(u, 5, func(d pdf.Dict) { d[key] = ref })
		}), verify.CodeModified, nil}
}

func treeOfFields() []byte {
	return assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[2 0 R]>>>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1/T(Grup)/MediaBox[0 0 300 200]/Resources<</Font<</F1 7 0 R>>>>>>",
		3: "<</Type/Page/Parent 2 0 R/Contents 4 0 R/T(Satu)>>",
		4: stream("BT /F1 12 Tf 20 160 Td (Surat asli) Tj ET"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}, "")
}

// addEvidence gives the document a security store of one piece.
func addEvidence(u *pdf.Update) {
	ref := u.Add(pdf.NewStream(pdf.Dict{}, []byte("x")))
	set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{ref}} })
}

// strayReference is what only some readers take for a reference to what a later
// revision adds. It is undetermined from the start.
func strayReference(ref string) attack {
	return attack{fmt.Sprintf("%q to what a later revision adds", ref), func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.reuse = 30
		signed := c.apply(t, letterWith(map[int]string{
			1:  "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[30 0 R]/SigFlags 3>>>>",
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R " + ref + "]/Resources<</Font<</F1 7 0 R>>>>>>",
			5:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Annots[30 0 R]>>",
			30: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[0 0 0 0]/F 4/P 5 0 R>>",
			41: "null",
		}))
		return streamUpdate{}.apply(signed, map[int]string{
			40: stream("BT /F1 24 Tf 72 600 Td (Palsu) Tj ET"), 1: catalogWith(signed, "/DSS<</Certs[40 0 R]>>"),
		})
	}, verify.CodeAmbiguous, nil}
}

// oddReference is a reference, in the content of a page, to an object that is
// yet to come, written in a way that not every reader takes for one.
func oddReference(ref string) attack {
	return attack{fmt.Sprintf("reference written as %q to what a later revision adds", ref), func(t *testing.T, w *world) []byte {
		base := letterWith(map[int]string{
			1:  "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[30 0 R]/SigFlags 3>>>>",
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R " + ref + "]/Resources<</Font<</F1 7 0 R>>>>>>",
			5:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Annots[30 0 R]>>",
			30: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[0 0 0 0]/F 4/P 5 0 R>>",
			41: "null",
		})
		o := w.optionsBB(w.budi)
		o.Field = "Kadis"
		signed := w.sign(base, o)
		return streamUpdate{}.apply(signed, map[int]string{
			40: stream("BT /F1 24 Tf 72 600 Td (Palsu) Tj ET"), 1: catalogWith(signed, "/DSS<</Certs[40 0 R]>>"),
		})
	}, "", nil}
}
