package verify_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// picture is an image of 64 by 64 dots whose data are a comment to a reader that
// takes it for a form. Ghostscript paints it.
func picture() *pdf.Stream {
	return pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": pdf.Integer(64), "Height": pdf.Integer(64),
		"BBox": rectOf(0, 0, 1, 1), "BitsPerComponent": pdf.Integer(1), "ColorSpace": pdf.Name("DeviceGray")}, append([]byte{'%'}, make([]byte, 511)...))
}

// formOf is an appearance with some entries, which draws beyond every page.
func formOf(entries pdf.Dict) *pdf.Stream {
	return drawing("1 g -2000 -2000 4000 4000 re f", entries)
}

func drawing(data string, entries pdf.Dict) *pdf.Stream {
	dict := pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}
	maps.Copy(dict, entries)
	return pdf.NewStream(dict, []byte(data))
}

// widgetOf is a field over the amount of a receipt. An entry that is nil is left out.
func widgetOf(kind pdf.Name, entries pdf.Dict) pdf.Dict {
	dict := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": kind, "T": pdf.TextString("Sekda"),
		"Rect": rectOf(15, 90, 200, 130), "F": pdf.Integer(4)}
	maps.Copy(dict, entries)
	maps.DeleteFunc(dict, func(_ pdf.Name, v pdf.Object) bool { return v == nil })
	return dict
}

// emptied adds an empty signature field to a receipt after an approval.
func emptied(entries pdf.Dict, look *pdf.Stream) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			d := widgetOf("Sig", entries)
			if look != nil {
				d["AP"] = pdf.Dict{"N": u.Add(look)}
			}
			addField(u, u.Add(d))
		})
	}
}

// drawnBy is a signature or timestamp with these entries and appearance.
func (c craft) drawnBy(entries pdf.Dict, look *pdf.Stream) craft {
	var field pdf.Dict
	c.field = func(d pdf.Dict) {
		field = d
		d["F"] = pdf.Integer(4)
		maps.Copy(d, entries)
		maps.DeleteFunc(d, func(_ pdf.Name, v pdf.Object) bool { return v == nil })
		if look != nil {
			d["AP"] = pdf.Dict{"N": pdf.Ref{Num: 900}}
		}
	}
	c.update = func(u *pdf.Update) {
		if look != nil {
			field["AP"].(pdf.Dict)["N"] = u.Add(look)
		}
	}
	return c
}

// stampedOver adds a document timestamp to a receipt that is certified against changes.
func stampedOver(entries pdf.Dict, look *pdf.Stream) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		return w.stampCraft(t).drawnBy(entries, look).apply(t, w.sign(receipt("", "", ""), o))
	}
}

// countersigned adds a second signature to a receipt.
func countersigned(entries pdf.Dict, look *pdf.Stream) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return w.sound(w.sari).drawnBy(entries, look).apply(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi)))
	}
}

var nowhereField = receipt("<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/F 4/P 3 0 R>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]")

// reusing is a second signature in field 5.
func reusing(base []byte, look *pdf.Stream) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari).drawnBy(nil, look)
		c.reuse = 5
		return c.apply(t, w.sign(base, w.optionsBB(w.budi)))
	}
}

// filled fills in a text field of a receipt that is certified for that.
func filled(rect string, look *pdf.Stream) func(*testing.T, *world) []byte {
	return certifiedReceipt(signing.CertifyFormFilling,
		receipt("<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)"+rect+"/F 4/P 3 0 R>>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]"),
		func(_ *pdf.Document, u *pdf.Update) {
			var ap pdf.Object
			if look != nil {
				ap = pdf.Dict{"N": u.Add(look)}
			}
			set(u, 5, func(d pdf.Dict) { d["V"], d["AP"] = pdf.TextString("x"), ap })
		})
}

const smallField = "/Rect[250 5 290 15]"

// appearanceAttacks draw where nothing should draw, or beyond the rectangle, in
// some reader.
var appearanceAttacks = []attack{
	// What is called empty is a picture to Ghostscript.
	{"empty signature field whose appearance is an image", emptied(nil, picture()), verify.CodeModified, nil},
	{"document timestamp whose appearance is an image", stampedOver(pdf.Dict{"Rect": rectOf(15, 90, 200, 130)}, picture()), verify.CodeModified, nil},
	{"empty signature field whose appearance is of no kind", emptied(nil, drawing("% x\n", pdf.Dict{"Subtype": nil, "BBox": rectOf(0, 0, 1, 1)})), verify.CodeModified, nil},
	{"empty signature field whose blank appearance has the entries of a pattern", emptied(nil, drawing("% x\n", pdf.Dict{"PatternType": pdf.Integer(1), "BBox": rectOf(0, 0, 1, 1)})), verify.CodeModified, nil},
	// Without a rectangle MuPDF draws over the whole page.
	{"empty signature field without a rectangle", emptied(pdf.Dict{"Rect": nil}, nil), verify.CodeModified, nil},
	{"empty signature field with a rectangle of five numbers", emptied(pdf.Dict{"Rect": rectOf(0, 0, 300, 200, 0)}, nil), verify.CodeModified, nil},
	{"empty signature field with a rectangle of names", emptied(pdf.Dict{"Rect": pdf.Array{pdf.Name("a"), pdf.Name("b"), pdf.Name("c"), pdf.Name("d")}}, nil), verify.CodeModified, nil},
	{"empty signature field with a rectangle that overflows", emptied(pdf.Dict{"Rect": rectOf(0, 0, 300, 4294967496)}, nil), verify.CodeModified, nil},
	{"document timestamp without a rectangle", stampedOver(pdf.Dict{"Rect": nil}, nil), verify.CodeModified, nil},
	// Without a box PDFium draws over the whole page.
	{"text field filled in by an appearance without a box", filled(smallField, formOf(nil)), verify.CodeModified, nil},
	{"text field filled in by an appearance whose box is null", filled(smallField, formOf(pdf.Dict{"BBox": pdf.NewPlaceholder([]byte("null"))})), verify.CodeModified, nil},
	{"text field filled in by an appearance whose box has no area", filled(smallField, formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 0)})), verify.CodeModified, nil},
	{"text field filled in by an appearance with a box of five numbers", filled(smallField, formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10, 0)})), verify.CodeModified, nil},
	{"text field filled in by an appearance whose matrix flattens it", filled(smallField, formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10), "Matrix": rectOf(1, 1, 1, 1, 0, 0)})), verify.CodeModified, nil},
	{"text field filled in by an image", filled(smallField, picture()), verify.CodeModified, nil},
	{"text field filled in by an appearance without a box, written over", fillingIn(formLetter(), func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) { d["V"] = pdf.TextString("x") })
		u.Set(pdf.Ref{Num: 9}, formOf(nil))
	}), verify.CodeModified, nil},
	// MuPDF draws over the whole page, Ghostscript at the size of the box.
	{"text field without a rectangle filled in", filled("", formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10)})), verify.CodeModified, nil},
	{"text field whose rectangle is null filled in", filled("/Rect null", formOf(pdf.Dict{"BBox": rectOf(0, 0, 40, 10)})), verify.CodeModified, nil},
	{"text field without a rectangle filled in without an appearance", filled("", nil), verify.CodeModified, nil},
	{"text field of no width filled in", filled("/Rect[15 90 15 130]", formOf(pdf.Dict{"BBox": rectOf(0, 0, 200, 40)})), verify.CodeModified, nil},
	// Signers answer for what they draw, but not where a report calls it invisible.
	{"second signature with a rectangle of five numbers", countersigned(pdf.Dict{"Rect": rectOf(0, 0, 300, 200, 0)}, overlay()), verify.CodeModified, nil},
	{"second signature without a rectangle", countersigned(pdf.Dict{"Rect": nil}, overlay()), verify.CodeModified, nil},
	{"second signature with a rectangle without area that draws", countersigned(pdf.Dict{"Rect": rectOf(0, 0, 0, 0)}, overlay()), verify.CodeModified, nil},
	{"second signature that is a line", countersigned(pdf.Dict{"Rect": rectOf(15, 110, 215, 110)}, formOf(pdf.Dict{"BBox": rectOf(0, 0, 200, 0)})), verify.CodeModified, nil},
	{"second signature of a small rectangle, its appearance without a box", countersigned(pdf.Dict{"Rect": rectOf(0, 0, 5, 5)}, formOf(nil)), verify.CodeModified, nil},
	{"second signature in a field from before, its appearance without a box", reusing(fieldWith(""), formOf(nil)), verify.CodeModified, nil},
	{"second signature in a field from before without a rectangle", reusing(nowhereField, overlay()), verify.CodeModified, nil},
}

// What programs write that sign and fill in, and is drawn in its place alone.
func TestLawfulAppearance(t *testing.T) {
	nowhere, box := pdf.Dict{"Rect": rectOf(0, 0, 0, 0)}, pdf.Dict{"BBox": rectOf(0, 0, 40, 10)}
	amount := pdf.Dict{"Rect": rectOf(15, 20, 100, 50)}
	noBox := pdf.Dict{"BBox": rectOf(0, 0, 0, 0), "FormType": pdf.Integer(1), "Matrix": rectOf(1, 0, 0, 1, 0, 0), "Resources": pdf.Dict{}}
	for name, document := range map[string]func(*testing.T, *world) []byte{
		"empty field with a blank appearance":                    emptied(nil, drawing("% DSBlank\n", pdf.Dict{"BBox": rectOf(0, 0, 100, 100)})),
		"empty field with a blank appearance of its size":        emptied(nil, drawing("", pdf.Dict{"BBox": rectOf(0, 0, 185, 40), "Resources": pdf.Dict{}})),
		"empty field with a rectangle from the other corners":    emptied(pdf.Dict{"Rect": rectOf(200, 130, 15, 90)}, nil),
		"empty field that is invisible":                          emptied(nowhere, nil),
		"empty field off the page":                               emptied(pdf.Dict{"Rect": rectOf(-9999, -9999, -9999, -9999)}, nil),
		"document timestamp that is invisible":                   stampedOver(nowhere, nil),
		"document timestamp with an empty appearance":            stampedOver(nowhere, drawing("", noBox)),
		"document timestamp with a blank appearance of a size":   stampedOver(nowhere, drawing("% DSBlank\n", pdf.Dict{"BBox": rectOf(0, 0, 100, 100)})),
		"invisible signature with an empty appearance":           countersigned(nowhere, drawing("", noBox)),
		"invisible signature that draws in a box without area":   countersigned(nowhere, drawing("q 1 0 0 1 0 0 cm Q", noBox)),
		"visible signature":                                      countersigned(amount, formOf(box)),
		"visible signature, turned":                              countersigned(amount, formOf(pdf.Dict{"BBox": rectOf(0, 0, 30, 85), "Matrix": rectOf(0, 1, -1, 0, 0, 0)})),
		"visible signature whose box is of another size":         countersigned(amount, formOf(pdf.Dict{"BBox": rectOf(0, 0, 1, 1)})),
		"visible signature whose appearance is blank, of no box": countersigned(amount, drawing("", nil)),
		"text field filled in":                                   filled(smallField, formOf(box)),
		"text field filled in, drawn by the viewer":              filled(smallField, nil),
		"text field without area filled in":                      filled("/Rect[0 0 0 0]", nil),
		"text field without area filled in, with an appearance":  filled("/Rect[0 0 0 0]", drawing("/Tx BMC EMC", pdf.Dict{"BBox": rectOf(0, 0, 0, 0)})),
		"text field that is no annotation filled in": certifiedReceipt(signing.CertifyFormFilling,
			receipt("<</FT/Tx/T(Catatan)>>", "<</Fields[5 0 R]>>", ""), setKeys(5, pdf.Dict{"V": pdf.TextString("x")})),
		"text field of an old appearance without a box, its value emptied": certifiedReceipt(signing.CertifyFormFilling, assemble(1, map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
			2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[5 0 R]>>",
			4: stream("BT (Rp 100) Tj ET"),
			5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Catatan)/V(x)" + smallField + "/F 4/P 3 0 R/AP<</N 9 0 R>>>>",
			9: "<</Type/XObject/Subtype/Form/Length 6>>stream\n0 0 m \nendstream",
		}, ""), setKeys(5, pdf.Dict{"V": nil})),
		"signature field that is no annotation": reusing(receipt("<</FT/Sig/T(Kadis)>>", "<</Fields[5 0 R]>>", ""), nil),
		"signature field from before":           reusing(fieldWith(""), formOf(box)),
		"signature field from before without a rectangle, nothing drawn": func(t *testing.T, w *world) []byte {
			o := w.optionsBB(w.sari)
			o.Field = "Kadis"
			return w.sign(w.sign(nowhereField, w.optionsBB(w.budi)), o)
		},
		"rectangle and its numbers objects of their own": func(t *testing.T, w *world) []byte {
			c := w.sound(w.sari).drawnBy(amount, formOf(box))
			add := c.update
			var field pdf.Dict
			set := c.field
			c.field = func(d pdf.Dict) { set(d); field = d }
			c.update = func(u *pdf.Update) {
				add(u)
				field["Rect"] = u.Add(pdf.Array{pdf.Integer(15), pdf.Integer(20), u.Add(pdf.Integer(100)), pdf.Integer(50)})
			}
			return c.apply(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, document(t, w), w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
