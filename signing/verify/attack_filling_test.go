package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// fillingAttacks show something through what filling in may change.
var fillingAttacks = []attack{
	// appearances
	{"appearances shared with the page's pictures, written over", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/XObject 10 0 R>>/Annots[5 0 R 6 0 R]>>",
		4:  stream("BT /F1 12 Tf 72 720 Td (Formulir) Tj ET /N Do"),
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP 10 0 R", 1),
		10: "<</N 9 0 R>>",
	}), overwrite(9)), verify.CodeModified, nil},
	{"resources of an appearance that the page draws too, exchanged", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 9 0 R>>>>/Annots[5 0 R 6 0 R]>>",
		4:  stream("/X Do"),
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP 9 0 R", 1),
		8:  "<</Fields[5 0 R 6 0 R]>>",
		9:  "<</Type/XObject/Subtype/Form/BBox[0 0 228 200]/Resources 10 0 R/Length 30>>stream\nBT /F1 10 Tf (1000) Tj ET     \nendstream",
		10: "<</Font<</F1 7 0 R>>>>",
	}), func(_ *pdf.Document, u *pdf.Update) {
		ref := forgedFont(u)
		u.Set(pdf.Ref{Num: 10}, pdf.Dict{"Font": pdf.Dict{"F1": ref}})
	}), verify.CodeModified, nil},
	{"widget of a locked field that is also another's", locked(formWith(map[int]string{
		5:  strings.Replace(textField("(Nama)"), "/FT/Tx/T (Nama)/V(lama)", "/Parent 11 0 R", 1),
		8:  "<</Fields[11 0 R 12 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</FT/Tx/T(Satu)/Kids[5 0 R]>>",
		12: "<</FT/Tx/T(Dua)/Kids[5 0 R]>>",
	}), lockFields("Include", "Dua"), func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(overlay())
		set(u, 5, func(d pdf.Dict) { d["AP"] = pdf.Dict{"N": ref} })
	}), verify.CodeModified, nil},
	{"field made more than read-only", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "Ff": pdf.Integer(4097)})), verify.CodeModified, nil},
	{"appearances shared with a stamp, written over", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R 11 0 R]>>",
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP 10 0 R", 1),
		10: "<</N 9 0 R>>",
		11: "<</Type/Annot/Subtype/Stamp/Rect[72 600 300 740]/AP 10 0 R/F 4>>",
	}), overwrite(9)), verify.CodeModified, nil},
	{"appearances shared with a locked field, written over", locked(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R 11 0 R]>>",
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP 10 0 R", 1),
		8:  "<</Fields[5 0 R 6 0 R 11 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		10: "<</N 9 0 R>>",
		11: strings.Replace(textField("(Jumlah)"), "/AP<</N 9 0 R>>", "/AP 10 0 R", 1),
	}), lockFields("Include", "Jumlah"), overwrite(9)), verify.CodeModified, nil},
	{"field that is the page's pictures, its appearance written over", fillingIn(picturesAre("5 0 R", map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
		5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)/Rect[0 0 9 9]/P 3 0 R/F 4/AP 9 0 R>>", 9: oldPicture,
	}, "AP", ""), overwrite(9)), verify.CodeModified, nil},
	{"covering picture of an empty signature field gone with a document timestamp", func(t *testing.T, w *world) []byte {
		base := assemble(1, map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
			2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R]>>",
			4: stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"),
			5: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Stempel)/Rect[20 90 200 130]/F 4/AP<</N 9 0 R>>>>",
			7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
			8: "<</Fields[5 0 R]>>",
			9: "<</Type/XObject/Subtype/Form/BBox[0 0 180 40]/Resources<</Font<</F1 7 0 R>>>>/Length 64>>stream\n1 g 0 0 180 40 re f 0 g BT /F1 24 Tf 0 10 Td (Rp 100) Tj ET     \nendstream",
		}, "")
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		c := w.stampCraft(t)
		c.reuse = 5
		return c.apply(t, w.sign(base, o))
	}, verify.CodeModified, nil},
	// buttons
	{"box given a state that it has not", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.Name("Lain"), "AS": pdf.Name("Lain")})), verify.CodeModified, nil},
	{"box that shows what its value is not", fillingIn(checkForm(), setKeys(5, pdf.Dict{"AS": pdf.Name("Ya")})), verify.CodeModified, nil},
	{"box that is no more ticked but shows it", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.Name("Lain"), "AS": pdf.Name("Ya")})), verify.CodeModified, nil},
	{"box that loses its state", fillingIn(checkForm(), setKeys(5, pdf.Dict{"AS": nil})), verify.CodeModified, nil},
	{"box with drawings swapped", fillingIn(checkForm(), setKeys(5, pdf.Dict{"AP": pdf.Dict{"N": pdf.Dict{"Ya": pdf.Ref{Num: 10}, "Off": pdf.Ref{Num: 9}}}})), verify.CodeModified, nil},
	{"box with drawing overwritten", fillingIn(checkForm(), overwrite(9)), verify.CodeModified, nil},
	{"box whose value is a list", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.Array{pdf.Name("Ya")}})), verify.CodeModified, nil},
	{"read-only field filled in", fillingIn(formWith(map[int]string{5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Ff 1", 1)}), fill), verify.CodeModified, nil},
	{"read-only field, inherited, filled in", fillingIn(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/Parent 11 0 R", 1), 11: "<</FT/Tx/Ff 1/T(Grup)/Kids[5 0 R]>>",
		8: "<</Fields[11 0 R 6 0 R]>>"}), fill), verify.CodeModified, nil},
	// entries
	{"MK changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "MK": pdf.Dict{"BG": rectOf(1, 0, 0)}})), verify.CodeModified, nil},
	{"DA changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "DA": pdf.TextString("/F1 90 Tf")})), verify.CodeModified, nil},
	{"Q changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "Q": pdf.Integer(1)})), verify.CodeModified, nil},
	{"Ff changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "Ff": pdf.Integer(4096)})), verify.CodeModified, nil},
	{"T changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"T": pdf.TextString("x")})), verify.CodeModified, nil},
	{"TU changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "TU": pdf.TextString("x")})), verify.CodeModified, nil},
	{"TM changed", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "TM": pdf.TextString("x")})), verify.CodeModified, nil},
	{"field put into a layer", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "OC": pdf.Dict{"Type": pdf.Name("OCG")}})), verify.CodeModified, nil},
	{"field hidden", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "F": pdf.Integer(2)})), verify.CodeModified, nil},
	{"calculation order given", fillingIn(formLetter(), setKeys(8, pdf.Dict{"CO": pdf.Array{pdf.Ref{Num: 5}}})), verify.CodeModified, nil},
	{"Opt changed", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/T(Nama)/Opt[(a)(b)]/V(a)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}),
		setKeys(5, pdf.Dict{"Opt": pdf.Array{pdf.TextString("c")}, "V": pdf.TextString("c")})), verify.CodeModified, nil},
	{"value of a choice that is none of its options", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(Nama)/Opt[(a)(b)]/V(a)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}),
		setKeys(5, pdf.Dict{"V": pdf.TextString("c")})), verify.CodeModified, nil},
	{"value of a text field a dictionary", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": pdf.Dict{"X": pdf.Integer(1)}})), verify.CodeModified, nil},
	// new fields
	{"empty field that names a text field its parent", fillingIn(formWith(map[int]string{
		8:  "<</Fields[5 0 R 6 0 R 11 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</T(Grup)/FT/Sig/Kids[12 0 R]>>", 12: "<</T(Satu)/Parent 11 0 R>>",
	}), func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "T": pdf.TextString("Baru"), "Parent": pdf.Ref{Num: 5},
			"Rect": rectOf(72, 700, 300, 760), "F": pdf.Integer(4)})
		set(u, 11, func(d pdf.Dict) { d["Kids"] = append(d["Kids"].(pdf.Array), ref) })
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeModified, nil},
	{"text field that is a stamp filled in", fillingIn(formWith(map[int]string{5: strings.Replace(textField("(Nama)"), "/Subtype/Widget", "/Subtype/Stamp", 1)}), fill), verify.CodeModified, nil},
	{"text field that is a remark filled in", fillingIn(formWith(map[int]string{5: strings.Replace(textField("(Nama)"), "/Subtype/Widget", "/Subtype/FreeText/Contents(900)", 1)}), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "AP": nil})), verify.CodeModified, nil},
	{"text field below an empty signature field", fillingIn(formLetter(), func(_ *pdf.Document, u *pdf.Update) {
		above, widget, kid := u.Reserve(), pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "Rect": rectOf(0, 0, 0, 0)}, pdf.Dict{
			"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "T": pdf.TextString("Jumlah"), "V": pdf.TextString("900"), "Rect": rectOf(72, 700, 300, 760), "P": pdf.Ref{Num: 3}}
		widget["Parent"], kid["Parent"] = above, above
		u.Set(above, pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString("Baru"), "Kids": pdf.Array{u.Add(widget), u.Add(kid)}})
		set(u, 8, func(d pdf.Dict) { d["Fields"] = append(d["Fields"].(pdf.Array), above) })
	}), verify.CodeModified, nil},
	{"grouping field with two names", locked(formWith(map[int]string{
		5:  strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Parent 11 0 R", 1),
		11: "<</T(Satu)/T(Dua)/Kids[5 0 R]>>", 8: "<</Fields[11 0 R 6 0 R]>>",
	}), lockFields("Include", "Satu"), fill), verify.CodeAmbiguous, nil},
	{"grouping field with two names, the other", locked(formWith(map[int]string{
		5:  strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Parent 11 0 R", 1),
		11: "<</T(Satu)/T(Dua)/Kids[5 0 R]>>", 8: "<</Fields[11 0 R 6 0 R]>>",
	}), lockFields("Include", "Dua"), fill), verify.CodeChangeNotPermitted, nil},
	{"lock with two actions", twiceLocked("/Action/All/Action/Include/Fields[]"), verify.CodeAmbiguous, nil},
	{"lock with two actions, the other way round", twiceLocked("/Action/Include/Action/All/Fields[]"), verify.CodeChangeNotPermitted, nil},
	{"document timestamp that certifies, and a remark after the approval that follows", func(t *testing.T, w *world) []byte {
		c := w.stampCraft(t)
		stamp := c.dict
		c.dict = func(d pdf.Dict) { stamp(d); references(sigRef(pdf.Name("DocMDP"), mdp(3)))(d) }
		return edit(t, w.sign(c.apply(t, letter()), w.optionsBB(w.budi)), annotate)
	}, verify.CodeChangeNotPermitted, nil},
	{"document timestamp in a field that permits, and a remark after the approval that follows", func(t *testing.T, w *world) []byte {
		c := w.stampCraft(t)
		c.field = func(d pdf.Dict) {
			d["Lock"] = pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{}, "P": pdf.Integer(3)}
		}
		return edit(t, w.sign(c.apply(t, letter()), w.optionsBB(w.budi)), annotate)
	}, verify.CodeChangeNotPermitted, nil},
	{"document timestamp in a locked field", func(t *testing.T, w *world) []byte {
		c, d := w.sound(w.budi), w.stampCraft(t)
		c.dict, d.reuse = lockFields("Include", "Kadis"), 6
		return d.apply(t, c.apply(t, formLetter()))
	}, verify.CodeChangeNotPermitted, nil},
	{"widget freed under cover of its field's value", func(t *testing.T, w *world) []byte {
		base := formWith(map[int]string{
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R 12 0 R]>>",
			5:  "<</Type/Annot/Subtype/Widget/Parent 11 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
			8:  "<</Fields[11 0 R 6 0 R]>>",
			11: "<</FT/Tx/T(Nama)/V(lama)/Kids[5 0 R 12 0 R]>>",
			12: "<</Type/Annot/Subtype/Widget/Parent 11 0 R/Rect[72 500 300 520]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		})
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyFormFilling
		return freeing(w.sign(base, o), 11, "<</FT/Tx/T(Nama)/V(baru)/Kids[5 0 R 12 0 R]>>", 5)
	}, verify.CodeModified, nil},
	{"box that hides that it is ticked", fillingIn(formWith(map[int]string{
		5: strings.Replace(checkBox, "/V/Off/AS/Off", "/V/Ya/AS/Ya", 1), 10: pictureOf,
	}), setKeys(5, pdf.Dict{"AS": pdf.Name("Off")})), verify.CodeModified, nil},
	{"second signature after a lock that permits nothing", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = references(sigRef(pdf.Name("FieldMDP"), pdf.Dict{"Type": pdf.Name("TransformParams"), "Action": pdf.Name("All"), "P": pdf.Integer(1), "V": pdf.Name("1.2")}))
		return w.sound(w.sari).named("Kedua").apply(t, c.apply(t, letter()))
	}, verify.CodeChangeNotPermitted, nil},
	{"widget of a signature that is also a text field's", func(t *testing.T, w *world) []byte {
		base := formWith(map[int]string{
			5:  "<</Type/Annot/Subtype/Widget/Parent 6 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R]>>",
			6:  "<</FT/Sig/T(Kadis)/Kids[5 0 R]>>",
			8:  "<</Fields[11 0 R 6 0 R]>>",
			11: "<</FT/Tx/T(Nama)/V(lama)/Kids[5 0 R]>>",
		})
		c := w.sound(w.budi)
		c.dict, c.reuse = references(sigRef(pdf.Name("DocMDP"), mdp(2))), 6
		return edit(t, c.apply(t, base), func(doc *pdf.Document, u *pdf.Update) {
			showField(doc, u)
			set(u, 11, func(d pdf.Dict) { d["V"] = pdf.TextString("baru") })
		})
	}, verify.CodeModified, nil},
	{"field given another value and made read-only after a plain approval", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(formLetter(), w.optionsBB(w.budi)), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "Ff": pdf.Integer(1)}))
	}, verify.CodeChangeNotPermitted, nil},
	{"field made read-only in a document certified against changes", certified(signing.CertifyNoChanges, formLetter, setKeys(5, pdf.Dict{"Ff": pdf.Integer(1)})), verify.CodeChangeNotPermitted, nil},
	{"field made writable", fillingIn(formWith(map[int]string{5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Ff 1", 1)}), setKeys(5, pdf.Dict{"V": pdf.TextString("x"), "Ff": pdf.Integer(0)})), verify.CodeModified, nil},
	{"appearances that are a pattern of the page, their shading written over", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Pattern 5 0 R>>/Annots[5 0 R 6 0 R]>>",
		4:  stream("/Pattern cs /AP scn 72 300 200 200 re f"),
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP<</N 9 0 R/PatternType 2/Shading 10 0 R>>", 1),
		10: shading("1 0 0"),
	}), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 10, func(d pdf.Dict) {
			d["Function"].(pdf.Dict)["C0"], d["Function"].(pdf.Dict)["C1"] = rectOf(0, 0, 1), rectOf(0, 0, 1)
		})
	}), verify.CodeModified, nil},
	{"field that is the page's states, its value written over", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</ExtGState 5 0 R>>/Annots[5 0 R 6 0 R]>>",
		4:  stream("/V gs 72 300 200 200 re f"),
		5:  strings.Replace(textField("(Nama)"), "/V(lama)", "/V 10 0 R", 1),
		10: "<</ca 0>>",
	}), func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 10}, pdf.TextString("baru")) }), verify.CodeModified, nil},
	{"field that is the page's states, its appearances a dash pattern written over", fillingIn(formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</ExtGState 5 0 R>>/Annots[5 0 R 6 0 R]>>",
		4:  stream("9 w /AP gs 72 300 m 300 300 l S"),
		5:  strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP<</N 9 0 R/D 10 0 R>>", 1),
		10: "[[] 0]",
	}), func(_ *pdf.Document, u *pdf.Update) {
		u.Set(pdf.Ref{Num: 10}, pdf.Array{rectOf(20, 20), pdf.Integer(0)})
	}), verify.CodeModified, nil},
	{"text field that is below a signature too", func(t *testing.T, w *world) []byte {
		base := formWith(map[int]string{
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 13 0 R]>>",
			5:  "<</Type/Annot/Subtype/Widget/T(Satu)/Parent 6 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
			6:  "<</FT/Sig/T(Kadis)/Kids[5 0 R 13 0 R]>>",
			8:  "<</Fields[11 0 R 6 0 R]>>",
			11: "<</FT/Tx/T(Nama)/Kids[5 0 R]>>",
			13: "<</Type/Annot/Subtype/Widget/Parent 6 0 R/Rect[0 0 0 0]/P 3 0 R/F 4>>",
		})
		c := w.sound(w.budi)
		c.dict, c.reuse = references(sigRef(pdf.Name("DocMDP"), mdp(2))), 6
		return edit(t, c.apply(t, base), showField)
	}, verify.CodeModified, nil},
	{"state of a field that is Tx by one parent and a push button by the other", fillingIn(formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/T(Satu)/Parent 12 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		8:  "<</Fields[11 0 R 12 0 R 6 0 R]>>",
		11: "<</FT/Tx/T(Nama)/Kids[5 0 R]>>",
		12: "<</FT/Btn/Ff 65536/T(Logo)/Kids[5 0 R]>>",
	}), showField), verify.CodeModified, nil},
	{"push button that a text field lists as its kid", fillingIn(formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/T(Satu)/Parent 12 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		8:  "<</Fields[11 0 R 6 0 R]>>",
		11: "<</FT/Tx/T(Nama)/Kids[5 0 R]>>",
		12: "<</FT/Btn/Ff 65536/T(Logo)>>",
	}), showField), verify.CodeModified, nil},
	{"redaction among remarks", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(remark("Redact"))
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeModified, nil},
	{"watermark among remarks", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(remark("Watermark"))
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeModified, nil},
	{"screen among remarks", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(remark("Screen"))
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeModified, nil},
	{"link as the answered remark of a note", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		link := u.Add(remark("Link"))
		note := remark("Text")
		note["IRT"] = link
		ref := u.Add(note)
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref, link) })
	}), verify.CodeModified, nil},
	{"remark with an action in its popup", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		pop := remark("Popup")
		pop["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.TextString("http://contoh.example/")}
		p := u.Add(pop)
		note := remark("Text")
		note["Popup"] = p
		ref := u.Add(note)
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref, p) })
	}), verify.CodeModified, nil},
}

func twiceLocked(lock string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict, c.reuse = references(sigRef(pdf.Name("DocMDP"), mdp(2))), 6
		return edit(t, c.apply(t, formWith(map[int]string{
			6:  "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[72 100 300 160]/P 3 0 R/F 4/Lock 20 0 R>>",
			20: "<<" + lock + ">>",
		})), fill)
	}
}

// freeing writes one object anew and frees another.
func freeing(signed []byte, num int, body string, freed int) []byte {
	var out bytes.Buffer
	out.Write(signed)
	at := out.Len()
	fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 1\n%010d 65535 f \n%d 1\n0000000000 00001 f \n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root 1 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
		freed, freed, num, at, sizeOf(signed), fileID, lastXRef(signed), start)
	return out.Bytes()
}

func shading(colour string) string {
	return "<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 300 0]/Extend[true true]/Function<</FunctionType 2/N 1/Domain[0 1]/C0[" + colour + "]/C1[" + colour + "]>>>>"
}

func remarked(change func(*pdf.Document, *pdf.Update)) func(*testing.T, *world) []byte {
	return certified(signing.CertifyAnnotations, func() []byte {
		return letterWith(map[int]string{
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R]>>",
			9: "<</Type/Annot/Subtype/Text/Contents(Periksa)/Rect[10 10 30 30]/F 28>>",
		})
	}, change)
}

func radioForm() []byte {
	kid := func(state string) string {
		return "<</Type/Annot/Subtype/Widget/Parent 11 0 R/AS/Off/Rect[20 90 280 140]/P 3 0 R/F 4/AP<</N<</" + state + " 9 0 R>>>>>>"
	}
	return formWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R 12 0 R]>>",
		5:  strings.Replace(kid("0"), "/AS/Off", "/AS/0", 1),
		8:  "<</Fields[11 0 R 6 0 R]>>",
		11: "<</FT/Btn/Ff 49152/T(Pilih)/V/0/Opt[(a)(b)]/Kids[5 0 R 12 0 R]>>", 12: kid("1"),
	})
}
