package verify_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// lawfulFilling is what a signer permitted, in forms that other programs write.
var lawfulFilling = []struct {
	name string
	make func(t *testing.T, w *world) []byte
}{
	{"excluded field", lockedAs("(Nama)", "Exclude", "Nama")},
	{"excluded in UTF-16", lockedAs("(Nama)", "Exclude", "\xfe\xff\x00N\x00a\x00m\x00a")},
	{"excluded in UTF-8", lockedAs("<FEFF004E0061006D0061>", "Exclude", "\xef\xbb\xbfNama")},
	{"excluded by the parent", locked(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Parent 11 0 R", 1), 11: "<</T(Grup)/Kids[5 0 R]>>", 8: "<</Fields[11 0 R 6 0 R]>>",
	}), lockFields("Exclude", "Grup"), fill)},
	{"included parent of the same beginning", lockedAs("(Namanya)", "Include", "Nama")},
	{"included name of another case", lockedAs("(nama)", "Include", "Nama")},
	{"box ticked", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.Name("Ya"), "AS": pdf.Name("Ya")}))},
	{"box without drawings ticked", fillingIn(formWith(map[int]string{5: checkBox[:strings.Index(checkBox, "/AP")] + ">>"}), setKeys(5, pdf.Dict{"V": pdf.Name("Ya"), "AS": pdf.Name("Ya")}))},
	{"prefilled choice that is no option made read-only", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/T(Nama)/Opt[(a)(b)]/V(-)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}), setKeys(5, pdf.Dict{"Ff": pdf.Integer(1)}))},
	{"choice by what is exported", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/T(Nama)/Opt[[(1)(a)][(2)(b)]]/V(1)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}), setKeys(5, pdf.Dict{"V": pdf.TextString("2"), "I": rectOf(1)}))},
	{"written choice", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 393216/T(Nama)/Opt[(a)(b)]/V(a)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}), setKeys(5, pdf.Dict{"V": pdf.TextString("c")}))},
	{"radio chosen", fillingIn(radioForm(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 11, func(d pdf.Dict) { d["V"] = pdf.Name("1") })
		set(u, 5, func(d pdf.Dict) { d["AS"] = pdf.Name("Off") })
		set(u, 12, func(d pdf.Dict) { d["AS"] = pdf.Name("1") })
	})},
	{"radio chosen, value as text", fillingIn(radioForm(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 11, func(d pdf.Dict) { d["V"] = pdf.TextString("b") })
		set(u, 5, func(d pdf.Dict) { d["AS"] = pdf.Name("Off") })
		set(u, 12, func(d pdf.Dict) { d["AS"] = pdf.Name("1") })
	})},
	{"list chosen and scrolled", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/T(Nama)/Opt[(a)(b)]/V(a)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}),
		setKeys(5, pdf.Dict{"V": pdf.TextString("b"), "I": rectOf(1), "TI": pdf.Integer(1)}))},
	{"field made read-only by a second signature that locks it", func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyFormFilling
		c := w.sound(w.sari)
		c.dict = lockFields("All")
		c.update = func(u *pdf.Update) { set(u, 5, func(d pdf.Dict) { d["Ff"] = pdf.Integer(1) }) }
		return c.apply(t, w.sign(formLetter(), o))
	}},
	{"fields made read-only by a second signature after a plain approval", func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		c.dict = lockFields("All")
		c.update = func(u *pdf.Update) { set(u, 5, func(d pdf.Dict) { d["Ff"] = pdf.Integer(1) }) }
		return c.apply(t, w.sign(formLetter(), w.optionsBB(w.budi)))
	}},
	{"field without a name, where no field is locked", fillingIn(formWith(map[int]string{5: textField("null")}), fill)},
	{"kid that names no parent, where no field is locked", fillingIn(formWith(map[int]string{
		8:  "<</Fields[11 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		11: "<</T(Satu)/Kids[5 0 R]>>",
	}), fill)},
	{"field listed twice", fillingIn(formWith(map[int]string{8: "<</Fields[5 0 R 6 0 R 5 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>"}), fill)},
	{"several chosen", fillingIn(formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 2097152/T(Nama)/Opt[(a)(b)]/V(a)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}),
		setKeys(5, pdf.Dict{"V": pdf.Array{pdf.TextString("a"), pdf.TextString("b")}, "I": rectOf(0, 1)}))},
	{"emptied", fillingIn(formLetter(), setKeys(5, pdf.Dict{"V": nil, "AP": nil}))},
	{"appearances of its own dictionary renewed", fillingIn(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/AP<</N 9 0 R>>", "/AP 10 0 R", 1), 10: "<</N 9 0 R>>",
	}), func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(overlay())
		set(u, 10, func(d pdf.Dict) { d["N"] = ref })
		set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("baru") })
	})},
	{"value an object of its own, renewed", fillingIn(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/V(lama)", "/V 10 0 R", 1), 10: "(lama)",
	}), func(_ *pdf.Document, u *pdf.Update) {
		u.Set(pdf.Ref{Num: 10}, pdf.TextString("baru"))
		ref := u.Add(overlay())
		set(u, 5, func(d pdf.Dict) { d["AP"] = pdf.Dict{"N": ref} })
	})},
	{"read-only field that is calculated", fillingIn(formWith(map[int]string{
		5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/FT/Tx/Ff 1/AA<</C<</S/JavaScript/JS(event.value=1)>>>>", 1),
		8: "<</Fields[5 0 R 6 0 R]/CO[5 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
	}), fill)},
	{"remark answered", remarked(func(_ *pdf.Document, u *pdf.Update) {
		note := remark("Text")
		note["IRT"], note["RT"] = pdf.Ref{Num: 9}, pdf.Name("R")
		ref := u.Add(note)
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	})},
	{"usage rights transform beside", locked(formLetter(), references(sigRef(pdf.Name("DocMDP"), mdp(2)), sigRef(pdf.Name("UR3"), pdf.Dict{"V": pdf.Name("2.2")})), fill)},
}

func TestLawfulFilling(t *testing.T) {
	for _, c := range lawfulFilling {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			document := c.make(t, w)
			report := judge(t, document, w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}

// What mutool makes of a form that is filled in and saved incrementally.
func TestFilledByMutool(t *testing.T) {
	tool(t, "mutool")
	for name, c := range map[string]struct {
		base []byte
		do   string
	}{
		"text":  {formLetter(), "w.setTextValue('baru')"},
		"tick":  {checkForm(), "w.toggle()"},
		"radio": {radioForm(), "page.getWidgets()[2].toggle()"},
		"choice": {formWith(map[int]string{5: "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(Nama)/Opt[(a)(b)]/V(a)/DA(/F1 10 Tf 0 g)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>"}),
			"w.setChoiceValue('b')"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.optionsBB(w.budi)
			o.Certify = signing.CertifyFormFilling
			dir := t.TempDir()
			script := fmt.Sprintf("var doc = new PDFDocument('%[1]s/a.pdf'), page = doc.loadPage(0), w = page.getWidgets()[0];"+
				"%[2]s; w.update(); page.update(); doc.save('%[1]s/b.pdf', 'incremental')", dir, c.do)
			require.NoError(t, os.WriteFile(dir+"/a.pdf", w.sign(c.base, o), 0o600))
			require.NoError(t, os.WriteFile(dir+"/a.js", []byte(script), 0o600))
			run(t, "mutool", "run", dir+"/a.js")
			filled, err := os.ReadFile(dir + "/b.pdf")
			require.NoError(t, err)
			report := judge(t, filled, w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
