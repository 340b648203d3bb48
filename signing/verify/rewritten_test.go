package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// What programs write otherwise than it stood, when they fill in a form or sign a
// second time, is no change; with another value it is.
func TestRewrittenByOtherPrograms(t *testing.T) {
	radio := formWith(map[int]string{
		5:  "<</Type/Annot/Subtype/Widget/FT/Btn/Parent 11 0 R/Rect[72 590 100 610]/P 3 0 R/F 4/AS/Off/AP<</N<</Ya 9 0 R/Off 10 0 R>>>>>>",
		8:  "<</Fields[11 0 R 6 0 R]>>",
		9:  "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 11>>stream\n0 0 9 9 re f\nendstream",
		10: "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 1>>stream\n\n\nendstream",
		11: "<</FT/Btn/Ff 49152/T(Pilihan)/V/Off/Kids[5 0 R]>>",
	})
	colours := formWith(map[int]string{5: strings.Replace(textField("(Nama)"), "/FT/Tx", "/MK<</BC[0.0]/BG[1.0]>>/FT/Tx", 1)})
	inherits := formWith(map[int]string{
		2: "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]/Resources<</Font<</F1 7 0 R>>>>>>",
		3: "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Annots[5 0 R 6 0 R]>>",
	})
	value := func(set5 func(pdf.Dict)) func(*pdf.Document, *pdf.Update) {
		return func(doc *pdf.Document, u *pdf.Update) {
			fill(doc, u)
			set(u, 5, set5)
		}
	}
	page := func(change func(pdf.Dict)) func(*pdf.Document, *pdf.Update) {
		return func(doc *pdf.Document, u *pdf.Update) { fill(doc, u); set(u, 3, change) }
	}
	box := func(top int64) pdf.Array {
		return pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(595), pdf.Integer(top)}
	}
	for name, c := range map[string]struct {
		base   []byte
		change func(*pdf.Document, *pdf.Update)
		sound  bool
	}{
		"radio button whose widget repeats its kind": {radio, func(_ *pdf.Document, u *pdf.Update) {
			set(u, 11, func(d pdf.Dict) { d["V"] = pdf.Name("Ya") })
			set(u, 5, func(d pdf.Dict) { d["AS"] = pdf.Name("Ya") })
		}, true},
		"colours as integers": {colours, value(func(d pdf.Dict) {
			d["MK"] = pdf.Dict{"BC": pdf.Array{pdf.Integer(0)}, "BG": pdf.Array{pdf.Integer(1)}}
		}), true},
		"other colours": {colours, value(func(d pdf.Dict) {
			d["MK"] = pdf.Dict{"BC": pdf.Array{pdf.Integer(1)}, "BG": pdf.Array{pdf.Integer(1)}}
		}), false},
		"page that says what it inherits": {inherits, page(func(d pdf.Dict) {
			d["MediaBox"], d["Resources"] = box(842), pdf.Dict{"Font": pdf.Dict{"F1": pdf.Ref{Num: 7}}}
		}), true},
		"page that says another box than it inherits":       {inherits, page(func(d pdf.Dict) { d["MediaBox"] = box(421) }), false},
		"page that says another turn than it inherits":      {inherits, page(func(d pdf.Dict) { d["Rotate"] = pdf.Integer(90) }), false},
		"page that says other resources than it inherits":   {inherits, page(func(d pdf.Dict) { d["Resources"] = pdf.Dict{"Font": pdf.Dict{"F1": pdf.Ref{Num: 6}}} }), false},
		"page that says a box of which there is none above": {inherits, page(func(d pdf.Dict) { d["CropBox"] = box(421) }), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, fillingIn(c.base, c.change)(t, w), w.online())
			assert.Equal(t, c.sound, report.Conclusion.Indication == verify.TotalPassed, "%s %v", report.Summary(verify.English), codes(report))
		})
	}
}
