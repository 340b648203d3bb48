package verify_test

import (
	"strings"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// lockedAs signs a form whose text field (object 5) and whose lock are named in
// bytes as given, and then fills the field in.
func lockedAs(title string, action string, names ...string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = lockRaw(action, names...)
		return edit(t, c.apply(t, formWith(map[int]string{5: textField(title)})), fill)
	}
}

func textField(title string) string {
	return "<</Type/Annot/Subtype/Widget/FT/Tx/T " + title + "/V(lama)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"
}

func formObjects(more map[int]string) map[int]string {
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R]>>",
		4: stream("BT /F1 12 Tf 72 720 Td (Formulir) Tj ET"),
		5: textField("(Nama)"),
		6: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[72 100 300 160]/P 3 0 R/F 4>>",
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		8: "<</Fields[5 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		9: "<</Type/XObject/Subtype/Form/BBox[0 0 228 20]/Resources<</Font<</F1 7 0 R>>>>/Length 30>>stream\nBT /F1 10 Tf (lama) Tj ET     \nendstream",
	}
	for n, body := range more {
		objects[n] = body
	}
	return objects
}

func formWith(more map[int]string) []byte { return assemble(1, formObjects(more), "") }

// lockRaw is lockFields with the bytes of the names.
func lockRaw(action string, names ...string) func(pdf.Dict) {
	return func(d pdf.Dict) {
		fields := pdf.Array{}
		for _, n := range names {
			fields = append(fields, pdf.String{Bytes: []byte(n)})
		}
		lockFields(action)(d)
		d["Reference"].(pdf.Array)[0].(pdf.Dict)["TransformParams"].(pdf.Dict)["Fields"] = fields
	}
}

func locked(base []byte, dict func(pdf.Dict), change func(*pdf.Document, *pdf.Update)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = dict
		return edit(t, c.apply(t, base), change)
	}
}

func sigRef(method pdf.Object, params pdf.Object) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": method, "TransformParams": params}
}

func mdp(p int64) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("TransformParams"), "P": pdf.Integer(p), "V": pdf.Name("1.2")}
}

func references(refs ...pdf.Object) func(pdf.Dict) {
	return func(d pdf.Dict) { d["Reference"] = pdf.Array(refs) }
}

var long = strings.Repeat("Bagian", 60)

// fillingIn certifies a form for filling in and changes it.
func fillingIn(base []byte, change func(*pdf.Document, *pdf.Update)) func(*testing.T, *world) []byte {
	return certifiedReceipt(signing.CertifyFormFilling, base, change)
}

func overwrite(num uint32) func(*pdf.Document, *pdf.Update) {
	return func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: num}, overlay()) }
}

func setKeys(num uint32, keys pdf.Dict) func(*pdf.Document, *pdf.Update) {
	return func(_ *pdf.Document, u *pdf.Update) {
		set(u, num, func(d pdf.Dict) {
			for k, v := range keys {
				if v == nil {
					delete(d, k)
				} else {
					d[k] = v
				}
			}
		})
	}
}

const checkBox = "<</Type/Annot/Subtype/Widget/FT/Btn/T(Setuju)/V/Off/AS/Off/Rect[20 90 280 140]/P 3 0 R/F 4/AP<</N<</Ya 9 0 R/Off 10 0 R>>>>>>"

func checkForm() []byte {
	return formWith(map[int]string{
		5: checkBox, 10: "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 14>>stream\n0 0 10 10 re f\nendstream",
	})
}

// lockAttacks fill in what is locked: by what fields are called, by where they hang,
// and by what a signature says of them.
var lockAttacks = []attack{
	// names
	{"long name beyond what is printed, included", lockedAs("("+long+")", "Include", long), verify.CodeChangeNotPermitted, nil},
	{"name with a control character, included", lockedAs("(Na\\001ma)", "Include", "Na\x01ma"), verify.CodeChangeNotPermitted, nil},
	{"name with no-break space, included", lockedAs("<FEFF004E00A00061>", "Include", "\xfe\xff\x00N\x00\xa0\x00a"), verify.CodeChangeNotPermitted, nil},
	{"name with soft hyphen UTF16, included", lockedAs("<FEFF004E00AD0061>", "Include", "\xfe\xff\x00N\x00\xad\x00a"), verify.CodeChangeNotPermitted, nil},
	{"question mark excluded, field with a control character", lockedAs("(Na\\001ma)", "Exclude", "Na?ma"), verify.CodeChangeNotPermitted, nil},
	{"long names, one excluded, other filled", lockedAs("("+long+"A)", "Exclude", long[:200]+"..."), verify.CodeChangeNotPermitted, nil},
	{"UTF-16 in the field, PDFDoc in the lock", lockedAs("<FEFF004E0061006D0061>", "Include", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"UTF-8 in the field, PDFDoc in the lock", lockedAs("<EFBBBF4E616D61>", "Include", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"language escape in the field", lockedAs("<FEFF001B00690064001B004E0061006D0061>", "Include", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"language escape in the lock", lockedAs("(Nama)", "Include", "\xfe\xff\x00\x1b\x00i\x00d\x00\x1b\x00N\x00a\x00m\x00a"), verify.CodeChangeNotPermitted, nil},
	{"language escape in the exclusion", lockedAs("<FEFF001B00690064001B004E0061006D0061>", "Exclude", "\xfe\xff\x00\x1b\x00e\x00n\x00\x1b\x00N\x00a\x00m\x00a"), verify.CodeChangeNotPermitted, nil},
	{"trailing NUL in the field", lockedAs("(Nama\\000)", "Include", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"trailing NUL in the lock", lockedAs("(Nama)", "Include", "Nama\x00"), verify.CodeChangeNotPermitted, nil},
	{"odd byte behind UTF-16 in an exclusion", lockedAs("<FEFF004E0061006D00610042>", "Exclude", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"undefined character excluded for another", lockedAs("(Na\\255)", "Exclude", "Na\x7f"), verify.CodeChangeNotPermitted, nil},
	{"lone surrogate excluded for another", lockedAs("<FEFFD801>", "Exclude", "\xfe\xff\xd8\x00"), verify.CodeChangeNotPermitted, nil},
	{"little-endian UTF-16 in the field", lockedAs("<FFFE4E0061006D006100>", "Exclude", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"dot within a partial name that is excluded above", lockedAs("(Nama.Ibu)", "Exclude", "Nama"), verify.CodeChangeNotPermitted, nil},
	{"empty name included", lockedAs("()", "Include", ""), verify.CodeChangeNotPermitted, nil},
	{"missing name, all but others locked", lockedAs("null", "Exclude", "Lain"), verify.CodeChangeNotPermitted, nil},
	{"include without Fields", locked(formLetter(), func(d pdf.Dict) {
		lockFields("Include")(d)
		delete(d["Reference"].(pdf.Array)[0].(pdf.Dict)["TransformParams"].(pdf.Dict), "Fields")
	}, fill), verify.CodeChangeNotPermitted, nil},
	{"lock of a name that ends in a dot", locked(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Parent 11 0 R", 1), 11: "<</T(Grup)/Kids[5 0 R]>>", 8: "<</Fields[11 0 R 6 0 R]>>",
	}), lockFields("Include", "Grup."), fill), verify.CodeChangeNotPermitted, nil},
	// tree
	{"parent entry that gives another name", locked(formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(lama)/Parent 11 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		11: "<</T(Lunas)>>",
	}), lockFields("Include", "Lunas"), fill), verify.CodeChangeNotPermitted, nil},
	{"parent entry that gives another name to a kid", locked(formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(lama)/Parent 11 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		8:  "<</Fields[12 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</T(Lunas)>>",
		12: "<</T(Grup)/Kids[5 0 R]>>",
	}), lockFields("Include", "Lunas"), fill), verify.CodeChangeNotPermitted, nil},
	{"field below two parents", locked(formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(lama)/Parent 11 0 R/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		8:  "<</Fields[11 0 R 12 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</T(Satu)/Kids[5 0 R]>>",
		12: "<</T(Dua)/Kids[5 0 R]>>",
	}), lockFields("Include", "Dua"), fill), verify.CodeChangeNotPermitted, nil},
	{"kid without parent entry, locked below its parent", locked(formWith(map[int]string{
		8:  "<</Fields[11 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</T(Satu)/Kids[5 0 R]>>",
	}), lockFields("Include", "Nama"), fill), verify.CodeChangeNotPermitted, nil},
	// transforms
	{"two certifications in one signature, the wider last", locked(formLetter(), references(sigRef(pdf.Name("DocMDP"), mdp(1)), sigRef(pdf.Name("DocMDP"), mdp(2))), fill), verify.CodeChangeNotPermitted, nil},
	{"two certifications in one signature, the wider first", locked(formLetter(), references(sigRef(pdf.Name("DocMDP"), mdp(2)), sigRef(pdf.Name("DocMDP"), mdp(1))), fill), verify.CodeChangeNotPermitted, nil},
	{"method of the transform in an object of its own", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = references(sigRef(pdf.Ref{Num: 20}, mdp(1)))
		return edit(t, c.apply(t, formWith(map[int]string{20: "/DocMDP"})), emptyField("Sekda"))
	}, verify.CodeChangeNotPermitted, nil},
	{"method of a lock in an object of its own", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = references(sigRef(pdf.Name("DocMDP"), mdp(2)), sigRef(pdf.Ref{Num: 20}, pdf.Dict{"Action": pdf.Name("All")}))
		return edit(t, c.apply(t, formWith(map[int]string{20: "/FieldMDP"})), fill)
	}, verify.CodeChangeNotPermitted, nil},
	{"unknown transform", locked(formLetter(), references(sigRef(pdf.Name("DocMDP"), mdp(2)), sigRef(pdf.Name("FieldMDP2"), pdf.Dict{"Action": pdf.Name("All")})), fill), verify.CodeChangeNotPermitted, nil},
	{"locks that contradict", locked(formLetter(), references(sigRef(pdf.Name("FieldMDP"), pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{}}), sigRef(pdf.Name("FieldMDP"), pdf.Dict{"Action": pdf.Name("All")})), fill), verify.CodeChangeNotPermitted, nil},
	{"locked signature field signed", func(t *testing.T, w *world) []byte {
		c, d := w.sound(w.budi), w.sound(w.sari)
		c.dict, d.reuse = lockFields("Include", "Kadis"), 6
		return d.apply(t, c.apply(t, formLetter()))
	}, verify.CodeChangeNotPermitted, nil},
	{"lock of the field changed later", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.field = func(d pdf.Dict) { d["Lock"] = pdf.Dict{"Action": pdf.Name("All"), "P": pdf.Integer(1)} }
		return edit(t, c.apply(t, formLetter()), func(doc *pdf.Document, u *pdf.Update) {
			set(u, uint32(sizeOf(formLetter()))+1, func(d pdf.Dict) { delete(d, "Lock") })
		})
	}, verify.CodeModified, nil},
	{"lock below certification P=2", func(t *testing.T, w *world) []byte {
		c := w.sound(w.budi)
		c.dict = references(sigRef(pdf.Name("DocMDP"), mdp(2)))
		c.field = func(d pdf.Dict) {
			d["Lock"] = pdf.Dict{"Action": pdf.Name("Include"), "Fields": pdf.Array{}, "P": pdf.Integer(1)}
		}
		return edit(t, c.apply(t, formLetter()), fill)
	}, verify.CodeChangeNotPermitted, nil},
}
