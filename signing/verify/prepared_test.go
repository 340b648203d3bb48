package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

const (
	pageWith   = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[9 0 R]>>"
	appearance = "<</Type/XObject/Subtype/Form/BBox[0 0 500 600]/Length 19>>stream\n1 g 0 0 500 600 re f\nendstream"
)

// Content that prepares a later change is warned of; the document stays valid.
func TestPreparedContent(t *testing.T) {
	annotated := func(annotation string) map[int]string {
		return map[int]string{3: pageWith, 9: annotation, 10: appearance}
	}
	for _, c := range []struct {
		name    string
		objects map[int]string
		want    verify.Code // empty: no warning
	}{
		{"a stamp over the text", annotated("<</Type/Annot/Subtype/Stamp/Rect[40 100 540 700]/AP<</N 10 0 R>>>>"), verify.CodeCovered},
		{"a button over the text", annotated("<</Type/Annot/Subtype/Widget/Rect[40 100 540 700]/F 4/AP<</N 10 0 R>>>>"), verify.CodeCovered},
		{"a stamp with its corners swapped", annotated("<</Type/Annot/Subtype/Stamp/Rect[540 700 40 100]/AP<</N 10 0 R>>>>"), verify.CodeCovered},
		{"a hidden stamp", annotated("<</Type/Annot/Subtype/Stamp/Rect[40 100 540 700]/F 2/AP<</N 10 0 R>>>>"), verify.CodeHidden},
		{"a stamp that is not shown on screen", annotated("<</Type/Annot/Subtype/Stamp/Rect[40 100 540 700]/F 32/AP<</N 10 0 R>>>>"), verify.CodeHidden},
		{"a layer that is off", map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>>>", 9: "<</Type/OCG/Name(Lapisan)>>",
		}, verify.CodeLayersOff},
		{"all layers off at first", map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[9 0 R]/D<</BaseState/OFF/ON[9 0 R]>>>>>>", 9: "<</Type/OCG/Name(Lapisan)>>",
		}, verify.CodeLayersOff},

		{"a page that the page tree does not name", map[int]string{9: "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"}, verify.CodeUnusedContent},
		{"a page tree and its page", map[int]string{
			9: "<</Type/Pages/Kids[10 0 R]/Count 1>>", 10: "<</Type/Page/Parent 9 0 R/Contents 4 0 R>>",
		}, verify.CodeUnusedContent},
		{"a second catalog", map[int]string{9: "<</Type/Catalog/Pages 2 0 R>>"}, verify.CodeUnusedContent},
		{"content of no page", map[int]string{9: stream("BT /F1 12 Tf 72 720 Td (Surat Palsu) Tj ET")}, verify.CodeUnusedContent},
		{"content of no page, in hexadecimal", map[int]string{9: "<</Filter/ASCIIHexDecode/Length 27>>stream\n4254 28 61 29 20 54 6A 2045>\nendstream"}, verify.CodeUnusedContent},

		{"a content stream of a page twice", map[int]string{5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R 6 0 R]>>"}, ""},
		{"an unused font", map[int]string{9: "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"}, ""},
		{"an unused stream without operators", map[int]string{9: stream("just some bytes")}, ""},
		{"a small stamp", annotated("<</Type/Annot/Subtype/Stamp/Rect[40 100 240 200]/AP<</N 10 0 R>>>>"), ""},
		{"a large link", annotated("<</Type/Annot/Subtype/Link/Rect[0 0 595 842]>>"), ""},
		{"a large annotation without appearance", annotated("<</Type/Annot/Subtype/Square/Rect[0 0 595 842]/F 2>>"), ""},
		{"a large stamp off the page", annotated("<</Type/Annot/Subtype/Stamp/Rect[700 100 1200 700]/AP<</N 10 0 R>>>>"), ""},
		{"a layer that is on", map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[9 0 R]/D<</Order[9 0 R]>>>>>>", 9: "<</Type/OCG/Name(Lapisan)>>",
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, w.sign(letterWith(c.objects), w.optionsBB(w.budi)), w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
			if c.want == "" {
				assert.Empty(t, report.Findings)
			} else {
				assert.Contains(t, codes(report), c.want)
			}
		})
	}
}

// A key that stands twice in what a page begins with has two readings, also
// when nothing follows the signature. The signer would refuse such a file.
func TestTwoReadingsInSignedRevision(t *testing.T) {
	for name, objects := range map[string]map[int]string{
		"catalog":         {1: "<</Type/Catalog/Pages 2 0 R/AcroForm 9 0 R/Lang(id)/Lang(en)>>", 9: "<</Fields[]>>"},
		"page tree":       {2: "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2/Rotate 0/Rotate 90>>"},
		"page":            {5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>"},
		"fonts of a page": {5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font 9 0 R>>>>", 9: "<</F1 7 0 R/F1 8 0 R>>"},
		"content stream":  {6: "<</Length 5/Filter/FlateDecode/Filter/ASCIIHexDecode>>stream\n41>  \nendstream"},
		"annotation":      {3: pageWith, 9: "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/F 0/F 2/AP<</N 10 0 R>>>>", 10: appearance},
		"font":            {7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/BaseFont/Symbol>>"},
		"descriptor of a font": {
			7: "<</Type/Font/Subtype/Type1/BaseFont/Contoh/FontDescriptor 9 0 R>>", 9: "<</Type/FontDescriptor/Flags 4/Flags 32>>",
		},
		"font of a second page": {
			5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F1 9 0 R>>>>>>",
			9: "<</Type/Font/Subtype/Type0/DescendantFonts[10 0 R]>>", 10: "<</Type/Font/W[]/W[1 2 3]>>",
		},
		"picture": {
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 9 0 R>>>>>>",
			9: "<</Subtype/Image/Width 1/Width 2/Height 1/Length 1>>stream\nx\nendstream",
		},
		"form in a form": {
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 9 0 R>>>>>>",
			9:  "<</Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</Y 10 0 R/X 9 0 R>>>>/Length 1>>stream\nn\nendstream",
			10: "<</Subtype/Form/BBox[0 0 1 1]/BBox[0 0 9 9]/Length 1>>stream\nn\nendstream",
		},
		"appearance stream": {3: pageWith, 9: "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 10 0 R>>>>", 10: "<</Subtype/Form/BBox[0 0 9 9]/BBox[0 0 1 1]/Length 1>>stream\nf\nendstream"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, w.sound(w.budi).apply(t, letterWith(objects)), w.online())
			require.ErrorIs(t, report.Err(), verify.ErrIndeterminate, "%v", codes(report))
			assert.Contains(t, codes(report), verify.CodeAmbiguous)
		})
	}
}

// A signer who covers the page answers for it; readers are told.
func TestLaterSignatureOverThePageIsWarnedOf(t *testing.T) {
	w := newWorld(t)
	signed := w.sign(receipt("", "", ""), w.optionsBB(w.budi))
	report := judge(t, w.sound(w.sari).shown().apply(t, signed), w.online())
	require.NoError(t, report.Err())
	assert.Contains(t, codes(report), verify.CodeCovered)

	report = judge(t, w.sound(w.sari).apply(t, signed), w.online())
	require.NoError(t, report.Err())
	assert.NotContains(t, codes(report), verify.CodeCovered, "an invisible one covers nothing")
}
