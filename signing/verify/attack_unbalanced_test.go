package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

func inSmallBox(data string) *pdf.Stream {
	return drawing(data, pdf.Dict{"BBox": rectOf(0, 0, 40, 10)})
}

// drawnAs fills in a small text field with this content.
func drawnAs(data string) func(*testing.T, *world) []byte {
	return filled(smallField, inSmallBox(data))
}

// drawnWith fills in a small text field with what draws by a resource.
func drawnWith(data string, resources func(u *pdf.Update) pdf.Dict) func(*testing.T, *world) []byte {
	return fillingIn(receipt("<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)"+smallField+"/F 4/P 3 0 R>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"),
		func(_ *pdf.Document, u *pdf.Update) {
			look := inSmallBox(data)
			look.Dict["Resources"] = resources(u)
			ref := u.Add(look)
			set(u, 5, func(d pdf.Dict) { d["V"], d["AP"] = pdf.TextString("x"), pdf.Dict{"N": ref} })
		})
}

// resource is one that a stream draws, and what lies between.
func resource(category pdf.Name, look *pdf.Stream, around func(pdf.Ref) pdf.Object) func(*pdf.Update) pdf.Dict {
	return func(u *pdf.Update) pdf.Dict {
		var value pdf.Object = u.Add(look)
		if around != nil {
			value = around(value.(pdf.Ref))
		}
		return pdf.Dict{category: pdf.Dict{"X": value}}
	}
}

func glyphOf(ref pdf.Ref) pdf.Object {
	return pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type3"), "FontBBox": rectOf(0, 0, 1, 1), "FontMatrix": rectOf(1, 0, 0, 1, 0, 0),
		"FirstChar": pdf.Integer(65), "LastChar": pdf.Integer(65), "Widths": rectOf(1), "Encoding": pdf.Dict{"Differences": pdf.Array{pdf.Integer(65), pdf.Name("A")}},
		"CharProcs": pdf.Dict{"A": ref}, "Resources": pdf.Dict{}}
}

// sharedGlyph are two fonts with one glyph, which draws by a resource of its font.
func sharedGlyph(u *pdf.Update) pdf.Dict {
	glyph, fonts := u.Add(drawing("1 0 d0 /G Do", nil)), pdf.Dict{}
	for name, data := range map[pdf.Name]string{"X": "q Q", "Y": takenOff} {
		font := glyphOf(glyph).(pdf.Dict)
		font["Resources"] = pdf.Dict{"XObject": pdf.Dict{"G": u.Add(inSmallBox(data))}}
		fonts[name] = font
	}
	return pdf.Dict{"Font": fonts}
}

func maskOf(ref pdf.Ref) pdf.Object {
	return pdf.Dict{"SMask": pdf.Dict{"S": pdf.Name("Alpha"), "G": ref}}
}

const takenOff = "Q 1 g -2000 -2000 4000 4000 re f"

// unbalancedAttacks draw or hide beyond their rectangle by what an appearance
// leaves behind.
var unbalancedAttacks = []attack{
	// pdf.js takes the clip of the appearance off.
	{"text field whose appearance restores more than it saved", drawnAs(takenOff), verify.CodeModified, nil},
	{"text field whose appearance restores more in the end", drawnAs("q Q " + takenOff), verify.CodeModified, nil},
	{"text field, restored behind a string", drawnAs(`q (\)) Tj (Q\() Tj Q ` + takenOff), verify.CodeModified, nil},
	{"text field, saved in a string", drawnAs("(\n q \n) Tj " + takenOff), verify.CodeModified, nil},
	{"text field, saved in a comment", drawnAs("% q\n" + takenOff), verify.CodeModified, nil},
	{"text field, saved in an array", drawnAs("[ q ] 0 d " + takenOff), verify.CodeModified, nil},
	{"text field, saved in an inline image", drawnAs("BI /W 8 /H 1 /BPC 1 /CS /G /L 9 ID a EI q EI " + takenOff), verify.CodeModified, nil},
	{"text field, restored behind the first end of an inline image", drawnAs("BI /W 8 /H 1 /BPC 1 /CS /G /L 9 ID a EI " + takenOff + " EI"), verify.CodeModified, nil},
	{"text field, operators glued together", drawnAs("q QQ 1 g -2000 -2000 4000 4000 re f"), verify.CodeModified, nil},
	{"text field, operator behind a number", drawnAs("q Q 1Q 1 g -2000 -2000 4000 4000 re f"), verify.CodeModified, nil},
	{"text field that draws a form that restores more", drawnWith("q /X Do Q", resource("XObject", inSmallBox(takenOff), nil)), verify.CodeModified, nil},
	{"text field that draws it by an escaped name", drawnWith("q /#58 Do Q", resource("XObject", inSmallBox(takenOff), nil)), verify.CodeModified, nil},
	{"text field in a font whose glyph restores more", drawnWith("BT /X 1 Tf (A) Tj ET", resource("Font", drawing("1 0 d0 "+takenOff, nil), glyphOf)), verify.CodeModified, nil},
	{"text field in two fonts that share a glyph, which draws what the second names otherwise", drawnWith("BT /X 1 Tf (A) Tj /Y 1 Tf (A) Tj ET", sharedGlyph), verify.CodeModified, nil},
	{"text field with a mask that restores more", drawnWith("/X gs 0 0 9 9 re f", resource("ExtGState", inSmallBox(takenOff), maskOf)), verify.CodeModified, nil},
	{"text field that draws what it does not have", drawnAs("/X Do"), verify.CodeModified, nil},
	{"text field written over", fillingIn(formLetter(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("x") })
		u.Set(pdf.Ref{Num: 9}, inSmallBox(takenOff))
	}), verify.CodeModified, nil},
	{"second signature whose appearance restores more than it saved", countersigned(pdf.Dict{"Rect": rectOf(250, 5, 290, 15)}, inSmallBox(takenOff)), verify.CodeModified, nil},
	// Ghostscript hides what is drawn next.
	{"text field that leaves marked content open", drawnAs("/OC /M BDC"), verify.CodeModified, nil},
	{"text field that ends marked content for what some pass over", drawnAs("/OC /M BDC BMC EMC EMC /OC /M BDC BMC EMC"), verify.CodeModified, nil},
	{"text field that ends the marked content of others", drawnAs("EMC /OC /M BDC"), verify.CodeModified, nil},
	{"text field that leaves a text open", drawnAs("BT"), verify.CodeModified, nil},
	{"text field whose end of marked content is in an image", drawnAs("/OC /M BDC BI /W 8 /H 8 /BPC 8 /CS /G ID a EI EMC"), verify.CodeModified, nil},
}

func TestLawfulBalance(t *testing.T) {
	even := "q 0 0 9 9 re W n 0 g 0 0 9 9 re f Q"
	for name, document := range map[string]func(*testing.T, *world) []byte{
		"as Acrobat writes it":     drawnAs("/Tx BMC \nq\n1 1 38 8 re\nW\nn\nBT\n/Helv 8 Tf\n0 g\n2 2 Td\n(Q \\) EMC) Tj\nET\nQ\nEMC\n"),
		"not restored at the end":  drawnAs("q 1 0 0 1 0 0 cm q 0 g 0 0 9 9 re f Q"),
		"with an inline image":     drawnAs("q 8 0 0 8 0 0 cm BI /W 8 /H 1 /BPC 8 /CS /G ID 12345678\nEI Q"),
		"property list and array":  drawnAs("/Span <</ActualText <FEFF0041>/K[1 2]>> BDC [(A) -12.5 (B)] TJ EMC"),
		"odd numbers":              drawnAs("q --1 -.5 +2 .0 1. 0 cm Q"),
		"words of a viewer's form": drawnWith("q 1 0 0 1 0 0 cm /X Do Q", resource("XObject", inSmallBox(even), nil)),
		"glyphs that are drawn":    drawnWith("BT /X 1 Tf (A) Tj ET", resource("Font", drawing("1 0 d0 "+even, nil), glyphOf)),
		"mask":                     drawnWith("/X gs 0 0 9 9 re f", resource("ExtGState", inSmallBox(even), maskOf)),
		"second signature":         countersigned(pdf.Dict{"Rect": rectOf(250, 5, 290, 15)}, inSmallBox(even)),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, document(t, w), w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
			assert.Empty(t, report.Findings)
		})
	}
}

// A stamp takes the page where it could draw over all of it.
func TestUnbalancedStamp(t *testing.T) {
	for data, want := range map[string][]verify.Code{takenOff: {verify.CodeCovered}, "q 1 g 0 0 9 9 re f Q": nil} {
		w := newWorld(t)
		report := judge(t, certifiedReceipt(signing.CertifyAnnotations, receipt("", "", ""), func(_ *pdf.Document, u *pdf.Update) {
			ref := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Stamp"), "Rect": rectOf(250, 5, 290, 15), "F": pdf.Integer(4),
				"AP": pdf.Dict{"N": u.Add(inSmallBox(data))}})
			set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
		})(t, w), w.online())
		assert.NoError(t, report.Err())
		var found []verify.Code
		for _, f := range report.Findings {
			found = append(found, f.Code)
		}
		assert.Equal(t, want, found, data)
	}
}
