package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// largeField is a receipt with a field of some kind over the page, which shows
// nothing yet.
func largeField(entries string) []byte {
	return receipt("<</Type/Annot/Subtype/Widget/T(Kadis)/Rect[0 0 300 200]/P 3 0 R"+entries+">>", "<</Fields[5 0 R]>>", "/Annots[5 0 R]")
}

// remarksOf adds remarks to a receipt that is certified for them, each with an
// appearance if it has none. Others are added by what the remarks refer to.
func remarksOf(make func(u *pdf.Update) []pdf.Dict) func(*testing.T, *world) []byte {
	return certifiedReceipt(signing.CertifyAnnotations, receipt("", "", ""), func(_ *pdf.Document, u *pdf.Update) {
		var refs pdf.Array
		for _, d := range make(u) {
			if _, ok := d["AP"]; !ok {
				d["AP"] = pdf.Dict{"N": u.Add(overlay())}
			}
			refs = append(refs, u.Add(d))
		}
		set(u, 3, func(d pdf.Dict) {
			annotations, _ := d["Annots"].(pdf.Array)
			d["Annots"] = append(annotations, refs...)
		})
	})
}

func stampAt(rect pdf.Array) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Stamp"), "Rect": rect, "F": pdf.Integer(4)}
}

// splitField is a second signature whose new field has a widget for each rectangle.
func splitField(rects ...pdf.Array) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		var field pdf.Dict
		c.field = func(d pdf.Dict) {
			field = d
			delete(d, "Rect")
			delete(d, "Subtype")
			delete(d, "Type")
		}
		c.update = func(u *pdf.Update) {
			form := must(u.Get(u.Document().CatalogRef())).(pdf.Dict)["AcroForm"]
			if ref, ok := form.(pdf.Ref); ok {
				form = must(u.Get(ref))
			}
			fields := form.(pdf.Dict)["Fields"].(pdf.Array)
			self := fields[len(fields)-1].(pdf.Ref)
			var kids pdf.Array
			for _, rect := range rects {
				kids = append(kids, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "Parent": self, "F": pdf.Integer(4),
					"Rect": rect, "AP": pdf.Dict{"N": u.Add(overlay())}}))
			}
			field["Kids"] = kids
			u.Set(self, field)
			set(u, 3, func(d pdf.Dict) {
				annotations := d["Annots"].(pdf.Array)
				d["Annots"] = append(annotations[:len(annotations)-1], kids...)
			})
		}
		return c.apply(t, w.sign(receipt("", "", ""), w.optionsBB(w.budi)))
	}
}

// manyFields is a letter of ordinary fields that show nothing yet, or of two
// larger ones.
func manyFields(rects ...string) []byte {
	objects, refs := map[int]string{}, ""
	for i, rect := range rects {
		objects[20+i] = fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Tx/T(Isian %d)/Rect[%s]/F 4/P 3 0 R>>", i, rect)
		refs += fmt.Sprintf("%d 0 R ", 20+i)
	}
	objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + refs + "]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>>>"
	objects[3] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[" + refs + "]>>"
	return letterWith(objects)
}

func fillAll(count int) func(*pdf.Document, *pdf.Update) {
	return func(_ *pdf.Document, u *pdf.Update) {
		for i := range count {
			ref := u.Add(overlay())
			set(u, uint32(20+i), func(d pdf.Dict) { d["V"], d["AP"] = pdf.TextString("isi"), pdf.Dict{"N": ref} })
		}
	}
}

// What may be shown over much of a page is permitted and warned of; what is of
// ordinary size is not warned of.
func TestCoveredPage(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("72 %d 540 %d", 40+18*i, 56+18*i))
	}
	whole := pdf.Dict{"Rect": rectOf(0, 0, 300, 200)}
	for _, c := range []struct {
		name string
		make func(*testing.T, *world) []byte
		want verify.Code // empty: no warning
	}{
		{"large text field filled in", certifiedReceipt(signing.CertifyFormFilling, largeField("/FT/Tx/F 4"), func(_ *pdf.Document, u *pdf.Update) {
			ref := u.Add(overlay())
			set(u, 5, func(d pdf.Dict) { d["V"], d["AP"] = pdf.TextString("x"), pdf.Dict{"N": ref} })
		}), verify.CodeCovered},
		{"large text field, not filled in yet", signedAlone(largeField("/FT/Tx/F 4")), verify.CodeCovered},
		{"large list", signedAlone(largeField("/FT/Ch/F 4")), verify.CodeCovered},
		{"large text field that is hidden", signedAlone(largeField("/FT/Tx/F 2")), verify.CodeHidden},
		{"large text field, its kind from above", signedAlone(receiptWithKids("/Rect[0 0 300 200]")), verify.CodeCovered},
		{"text field of three large widgets", signedAlone(receiptWithKids("/Rect[0 0 300 60]", "/Rect[0 60 300 120]", "/Rect[0 120 300 180]")), verify.CodeCovered},
		{"large empty signature field from before, signed", func(t *testing.T, w *world) []byte {
			s := w.sound(w.sari).shown()
			s.reuse = 5
			return s.apply(t, w.sign(largeField("/FT/Sig/F 4"), w.optionsBB(w.budi)))
		}, verify.CodeCovered},
		{"large empty signature field", emptied(whole, nil), verify.CodeCovered},
		{"large empty signature field that is hidden", emptied(pdf.Dict{"Rect": rectOf(0, 0, 300, 200), "F": pdf.Integer(2)}, nil), verify.CodeHidden},
		{"second signature on paper but not on screen", countersigned(pdf.Dict{"Rect": rectOf(0, 0, 300, 200), "F": pdf.Integer(36)}, overlay()), verify.CodeCovered},
		{"second widget of a new signature field", splitField(rectOf(0, 0, 5, 5), rectOf(0, 0, 300, 200)), verify.CodeCovered},
		{"three widgets of a third of the page", splitField(rectOf(0, 0, 300, 60), rectOf(0, 60, 300, 120), rectOf(0, 120, 300, 180)), verify.CodeCovered},
		{"one widget on a large page and on a small one", onTwoPages, verify.CodeCovered},
		{"stamp on paper but not on screen, signed", signedAlone(receipt("<</Type/Annot/Subtype/Stamp/Rect[0 0 300 200]/F 36/AP<</N 8 0 R>>>>", "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 1>>stream\nn\nendstream", "/Annots[5 0 R]")), verify.CodeCovered},
		{"remark over the page", remarksOf(func(*pdf.Update) []pdf.Dict { return []pdf.Dict{stampAt(rectOf(0, 0, 300, 200))} }), verify.CodeCovered},
		{"remark over the page, drawn by the viewer", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Square"), "IC": rectOf(1, 1, 1), "Rect": rectOf(0, 0, 300, 200), "AP": nil}}
		}), verify.CodeCovered},
		{"small remark, its appearance without a box", remarksOf(func(u *pdf.Update) []pdf.Dict {
			d := stampAt(rectOf(0, 0, 5, 5))
			d["AP"] = pdf.Dict{"N": u.Add(formOf(nil))}
			return []pdf.Dict{d}
		}), verify.CodeCovered},
		{"remark without a rectangle", remarksOf(func(*pdf.Update) []pdf.Dict { return []pdf.Dict{stampAt(nil)} }), verify.CodeCovered},
		{"four remarks of a tenth of the page", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{stampAt(rectOf(0, 0, 300, 25)), stampAt(rectOf(0, 25, 300, 50)), stampAt(rectOf(0, 50, 300, 75)), stampAt(rectOf(0, 75, 300, 100))}
		}), verify.CodeCovered},

		{"four remarks of a tenth of the page, one by one", func(t *testing.T, w *world) []byte {
			document := remarksOf(func(*pdf.Update) []pdf.Dict { return []pdf.Dict{stampAt(rectOf(0, 0, 300, 25))} })(t, w)
			for i := range int64(3) {
				document = edit(t, document, func(_ *pdf.Document, u *pdf.Update) {
					d := stampAt(rectOf(0, 25+25*i, 300, 50+25*i))
					d["AP"] = pdf.Dict{"N": u.Add(overlay())}
					ref := u.Add(d)
					set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
				})
			}
			return document
		}, verify.CodeCovered},
		{"small remark whose corners are the page's", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Polygon"), "IC": rectOf(1, 1, 1), "Rect": rectOf(0, 0, 5, 5),
				"Vertices": rectOf(0, 0, 300, 0, 300, 200, 0, 200), "AP": nil}}
		}), verify.CodeCovered},
		{"small drawing by hand over the page", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Ink"), "C": rectOf(1, 1, 1), "Rect": rectOf(0, 0, 5, 5),
				"InkList": pdf.Array{rectOf(0, 0, 1, 1), rectOf(5, 5, 295, 195)}, "AP": nil}}
		}), verify.CodeCovered},
		{"line as wide as the page", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Line"), "L": rectOf(0, 100, 300, 100), "Rect": rectOf(0, 95, 300, 105),
				"BS": pdf.Dict{"W": pdf.Integer(200)}, "AP": nil}}
		}), verify.CodeCovered},
		{"remark that another answers, over the page", remarksOf(func(u *pdf.Update) []pdf.Dict {
			d := stampAt(rectOf(0, 0, 300, 200))
			d["AP"] = pdf.Dict{"N": u.Add(overlay())}
			answered := u.Add(d)
			answer := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Text"), "Rect": rectOf(10, 10, 30, 30), "IRT": answered})
			set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), answer, answered) })
			return nil
		}), verify.CodeCovered},
		{"four text fields of a quarter of the page", signedAlone(manyFields("0 0 298 421", "298 0 595 421", "0 421 298 842", "298 421 595 842")), verify.CodeCovered},

		{"ordinary signature block", countersigned(pdf.Dict{"Rect": rectOf(160, 10, 290, 70)}, overlay()), ""},
		{"signature block on two pages", splitField(rectOf(160, 10, 290, 50), rectOf(10, 10, 140, 50)), ""},
		{"invisible signature", countersigned(nil, nil), ""},
		{"empty signature field of a block's size", emptied(nil, nil), ""},
		{"form of many fields filled in", certifiedReceipt(signing.CertifyFormFilling, manyFields(lines...), fillAll(len(lines))), ""},
		{"form of two larger fields filled in", certifiedReceipt(signing.CertifyFormFilling, manyFields("50 60 545 360", "50 380 545 680"), fillAll(2)), ""},
		{"large push button that shows nothing", signedAlone(largeField("/FT/Btn/Ff 65536/F 4")), ""},
		{"large text field that is a note's window", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Popup"), "Rect": rectOf(0, 0, 300, 200), "AP": nil}}
		}), ""},
		{"remark drawn by the viewer, with points and a border", remarksOf(func(*pdf.Update) []pdf.Dict {
			return []pdf.Dict{{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Line"), "L": rectOf(20, 100, 280, 100), "Rect": rectOf(20, 95, 280, 105),
				"Border": rectOf(0, 0, 2), "AP": nil}}
		}), ""},
		{"review of many highlighted lines, a note and a stamp", remarksOf(func(*pdf.Update) []pdf.Dict {
			marks := []pdf.Dict{stampAt(rectOf(180, 10, 290, 70)), {"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Text"), "Rect": rectOf(10, 170, 30, 190)}}
			for i := range int64(13) {
				marks = append(marks, pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Highlight"), "Rect": rectOf(20, 12*i, 280, 12*i+11),
					"QuadPoints": rectOf(20, 12*i+11, 280, 12*i+11, 20, 12*i, 280, 12*i)})
			}
			return marks
		}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, c.make(t, w), w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
			if c.want != "" {
				assert.Contains(t, codes(report), c.want)
				return
			}
			assert.NotContains(t, codes(report), verify.CodeCovered)
			assert.NotContains(t, codes(report), verify.CodeHidden)
		})
	}
}

func signedAlone(document []byte) func(*testing.T, *world) []byte {
	return func(_ *testing.T, w *world) []byte { return w.sign(document, w.optionsBB(w.budi)) }
}

// receiptWithKids has a text field of several widgets, which show nothing yet.
func receiptWithKids(rects ...string) []byte {
	objects, refs := map[int]string{}, ""
	for i, rect := range rects {
		objects[20+i] = "<</Type/Annot/Subtype/Widget/Parent 8 0 R" + rect + "/F 4/P 3 0 R>>"
		refs += fmt.Sprintf("%d 0 R ", 20+i)
	}
	objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[8 0 R]>>>>"
	objects[2] = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
	objects[3] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Annots[" + strings.TrimSpace(refs) + "]>>"
	objects[4] = stream("BT (Rp 100) Tj ET")
	objects[8] = "<</FT/Tx/T(Catatan)/Kids[" + refs + "]>>"
	return assemble(1, objects, "")
}

// onTwoPages is a second signature whose one widget takes little of a large page
// and all of a small one.
func onTwoPages(t *testing.T, w *world) []byte {
	page := func(box string) string {
		return "<</Type/Page/Parent 2 0 R/MediaBox[" + box + "]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>"
	}
	signed := w.sign(assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
		3: page("0 0 1200 1600"), 4: stream("BT /F1 24 Tf 20 100 Td (Rp 100) Tj ET"), 6: page("0 0 300 200"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}, ""), w.optionsBB(w.budi))
	c := w.sound(w.sari).shown()
	add := c.update
	c.update = func(u *pdf.Update) {
		add(u)
		annotations := must(u.Get(pdf.Ref{Num: 3})).(pdf.Dict)["Annots"].(pdf.Array)
		set(u, 6, func(d pdf.Dict) { d["Annots"] = pdf.Array{annotations[len(annotations)-1]} })
	}
	return c.apply(t, signed)
}

// What is printed has a place, though no screen shows it.
func TestPlaceOfWhatIsOnlyPrinted(t *testing.T) {
	w := newWorld(t)
	for flags, shown := range map[pdf.Integer]bool{4: true, 36: true, 32: false, 2: false, 38: false} {
		report := judge(t, countersigned(pdf.Dict{"Rect": rectOf(160, 10, 290, 70), "F": flags}, overlay())(t, w), w.online())
		require.NoError(t, report.Err())
		assert.Equal(t, shown, report.Signatures[1].Place != nil, "flags %d", flags)
	}
}
