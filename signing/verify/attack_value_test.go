package verify_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// twoWidgets is a receipt with a field that is shown twice.
func twoWidgets(field, kid string) []byte {
	widget := func(rect string) string {
		return "<</Type/Annot/Subtype/Widget/Parent 5 0 R/F 4/P 3 0 R/Rect[" + rect + "]" + kid + ">>"
	}
	const box = "<</Type/XObject/Subtype/Form/BBox[0 0 40 10]/Length 17>>stream\n0 g 0 0 40 9 re f\nendstream"
	return assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>", 2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R 10 0 R]>>",
		4: stream("BT /F1 24 Tf 20 100 Td (Rp 100) Tj ET"), 7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		5: "<<" + field + "/T(Nama)/Kids[9 0 R 10 0 R]>>", 9: widget("250 5 290 15"), 10: widget("200 5 240 15"), 11: box, 12: box,
	}, "")
}

// drawnTwice fills in a field, and draws it in the first of its widgets.
func drawnTwice(field, widget pdf.Dict, look *pdf.Stream) func(*pdf.Document, *pdf.Update) {
	return func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(look)
		set(u, 5, func(d pdf.Dict) { maps.Copy(d, field) })
		set(u, 9, func(d pdf.Dict) {
			maps.Copy(d, widget)
			d["AP"] = pdf.Dict{"N": ref}
		})
	}
}

func choiceForm(entries string) []byte {
	return receipt("<</Type/Annot/Subtype/Widget/FT/Ch/T(C)"+entries+"/Rect[20 40 290 80]/F 4/P 3 0 R>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]")
}

const (
	twoStates   = "/AS/Off/AP<</N<</Ya 11 0 R/Off 12 0 R>>>>"
	twoOptions  = "/Opt[[(a)(Rp 100)][(b)(Rp 900)]]"
	firstChosen = twoOptions + "/V(a)/I[0]"
)

// valueAttacks show something else than the value of a field says.
var valueAttacks = []attack{
	// A widget with a value is a field of its own, that was none before.
	{"value given to a widget, whose appearance has no box", fillingIn(twoWidgets("/FT/Tx", ""),
		drawnTwice(nil, pdf.Dict{"V": pdf.TextString("x")}, formOf(nil))), verify.CodeModified, nil},
	{"value given to a widget and to its field", fillingIn(twoWidgets("/FT/Tx", ""),
		drawnTwice(pdf.Dict{"V": pdf.TextString("x")}, pdf.Dict{"V": pdf.TextString("y")}, formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10)}))), verify.CodeModified, nil},
	{"value given to a widget that is ticked, its field off", fillingIn(twoWidgets("/FT/Btn/V/Off", twoStates),
		setKeys(9, pdf.Dict{"V": pdf.Name("Off"), "AS": pdf.Name("Ya")})), verify.CodeModified, nil},
	{"value given to a widget that is no option", fillingIn(twoWidgets("/FT/Ch/Opt[(a)(b)]/V(a)", ""),
		setKeys(9, pdf.Dict{"V": pdf.TextString("Rp 900")})), verify.CodeModified, nil},
	{"rich text given to a widget", fillingIn(twoWidgets("/FT/Tx/V(a)", ""), setKeys(9, pdf.Dict{"RV": pdf.TextString("Rp 900")})), verify.CodeModified, nil},
	{"choice given to a widget by its index", fillingIn(twoWidgets("/FT/Ch/Opt[(a)(b)]/V(a)", ""), setKeys(9, pdf.Dict{"I": rectOf(1)})), verify.CodeModified, nil},
	{"flags given to a widget", fillingIn(twoWidgets("/FT/Tx/V(a)", ""), setKeys(9, pdf.Dict{"Ff": pdf.Integer(1)})), verify.CodeModified, nil},
	// A text is no state.
	{"box ticked whose value is the text Off", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.TextString("Off"), "AS": pdf.Name("Ya")})), verify.CodeModified, nil},
	{"box ticked whose value is no text", fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.TextString(""), "AS": pdf.Name("Ya")})), verify.CodeModified, nil},
	{"radio chosen whose value is the text of another", fillingIn(radioForm(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 11, func(d pdf.Dict) { d["V"] = pdf.TextString("a") })
		set(u, 5, func(d pdf.Dict) { d["AS"] = pdf.Name("Off") })
		set(u, 12, func(d pdf.Dict) { d["AS"] = pdf.Name("1") })
	}), verify.CodeModified, nil},
	{"radio off whose value is a text of it", fillingIn(radioForm(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 11, func(d pdf.Dict) { d["V"] = pdf.TextString("b") })
		set(u, 5, func(d pdf.Dict) { d["AS"] = pdf.Name("Off") })
	}), verify.CodeModified, nil},
	// Poppler and pdf.js show what the indices name.
	{"index of a choice alone changed", fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"I": rectOf(1)})), verify.CodeModified, nil},
	{"index of another option added", fillingIn(choiceForm(twoOptions+"/V(a)"), setKeys(5, pdf.Dict{"I": rectOf(1)})), verify.CodeModified, nil},
	{"index of two options for one", fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"I": rectOf(0, 1)})), verify.CodeModified, nil},
	{"index that is no option", fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"I": rectOf(2)})), verify.CodeModified, nil},
	{"index of nothing for a choice", fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"I": pdf.Array{}})), verify.CodeModified, nil},
}

func TestLawfulValue(t *testing.T) {
	box := formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10)})
	for name, document := range map[string]func(*testing.T, *world) []byte{
		"field of two widgets filled in": fillingIn(twoWidgets("/FT/Tx", ""), drawnTwice(pdf.Dict{"V": pdf.TextString("x")}, nil, box)),
		"box of two widgets ticked": fillingIn(twoWidgets("/FT/Btn/V/Off", twoStates), func(_ *pdf.Document, u *pdf.Update) {
			set(u, 5, func(d pdf.Dict) { d["V"] = pdf.Name("Ya") })
			for _, num := range []uint32{9, 10} {
				set(u, num, func(d pdf.Dict) { d["AS"] = pdf.Name("Ya") })
			}
		}),
		"choice whose index is left, as MuPDF does":         fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"V": pdf.TextString("b")})),
		"written choice whose index is left, as MuPDF does": fillingIn(choiceForm("/Ff 393216"+firstChosen), setKeys(5, pdf.Dict{"V": pdf.TextString("c")})),
		"choice with its index":                             fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"V": pdf.TextString("b"), "I": rectOf(1)})),
		"choice without an index":                           fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"V": pdf.TextString("b"), "I": nil})),
		"written choice without an index":                   fillingIn(choiceForm("/Ff 393216"+firstChosen), setKeys(5, pdf.Dict{"V": pdf.TextString("c"), "I": nil})),
		"choice emptied with its index":                     fillingIn(choiceForm(firstChosen), setKeys(5, pdf.Dict{"V": nil, "I": nil})),
		"choice whose index was that of another":            fillingIn(choiceForm(twoOptions+"/V(a)/I[1]"), setKeys(5, pdf.Dict{"M": pdf.TextString("D:20480401000000Z")})),
		"index of another put right":                        fillingIn(choiceForm(twoOptions+"/V(a)/I[1]"), setKeys(5, pdf.Dict{"I": rectOf(0)})),
		"box off whose value is a text of no state":         fillingIn(checkForm(), setKeys(5, pdf.Dict{"V": pdf.TextString("Off")})),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, document(t, w), w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
