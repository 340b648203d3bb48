package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// spellingAttacks write what was signed anew, the same by value and another thing
// to some reader. Whoever makes validation data can do so, also under a
// certification that allows no changes.
var spellingAttacks = []attack{
	// "Rp 100" becomes "Rp 900" in MuPDF, poppler and Ghostscript.
	{"code of a glyph, once with many zeros and then as a real", spelledAnew(7, map[int]string{
		4: stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"), 7: encodedFont(manyZeros + "57"),
	}, manyZeros+"57", "57.0"), verify.CodeModified, nil},
	{"code of a glyph, once with two points and then with one", spelledAnew(7, map[int]string{
		4: stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"), 7: encodedFont("57.0.0"),
	}, "57.0.0", "57.0"), verify.CodeModified, nil},
	{"hidden flag of an annotation within its page, then a real", spelledAnew(3, map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>" +
			"/Annots[<</Type/Annot/Subtype/Stamp/Rect[20 95 120 125]/F 2/AP<</N 9 0 R>>>>]>>",
		9: "<</Type/XObject/Subtype/Form/BBox[0 0 100 30]/Length 19>>stream\n1 g 0 0 100 30 re f\nendstream",
	}, "/F 2", "/F 2.0"), verify.CodeModified, nil},
	{"hidden flag of a widget, once with many zeros and then as a real", spelledAnew(5, hiddenWidget(manyZeros+"2"), "/F "+manyZeros+"2", "/F 2.0"), verify.CodeModified, nil},
	{"hidden flag of a widget, once with two points and then with one", spelledAnew(5, hiddenWidget("2.0.0"), "/F 2.0.0", "/F 2.0"), verify.CodeModified, nil},
	{"box with more digits than readers take, then zero", func(t *testing.T, w *world) []byte {
		data := "1 g 0 0 300 200 re f"
		signed := w.signedPaid(map[int]string{
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</XObject<</X 9 0 R>>/Font<</F1 7 0 R>>>>>>",
			4: stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET /X Do"),
			9: fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 300 200.%s]/Length %d>>stream\n%s\nendstream", strings.Repeat("0", 1100), len(data), data),
		})
		return rewrittenStream(t, signed, 9, "BBox", "[0 0 300 0.0]")
	}, verify.CodeModified, nil},
	{"empty crop box, then a tiny one", spelledAnew(3, map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/CropBox[0 0 300 0]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
	}, "0 300 0]", "0 300 0.00009]"), verify.CodeModified, nil},
	// Ghostscript takes the first of two keys.
	{"encoding of a font twice, the same by value", spelledAnew(7, map[int]string{
		4: stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"), 7: encodedFont("57"),
	}, "/Encoding<<", "/Encoding<</Type/Encoding/Differences[57.0/one]>>/Encoding<<"), verify.CodeLaterUnreadable, nil},
	// Ghostscript draws no stream whose filter is null.
	{"content of a page given a filter of null", func(t *testing.T, w *world) []byte {
		return rewrittenStream(t, w.signedPaid(nil), 4, "Filter", "null")
	}, verify.CodeModified, nil},
	{"content of a page that loses a filter of null", func(t *testing.T, w *world) []byte {
		signed := w.signedPaid(map[int]string{4: strings.Replace(stream("BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"), "<<", "<</Filter null", 1)})
		return rewrittenStream(t, signed, 4, "Filter", "")
	}, verify.CodeModified, nil},
	{"font given a width of null", spelledAnew(7, nil, "/Type/Font", "/Type/Font/Widths null"), verify.CodeModified, nil},
	{"page given a turn of null", spelledAnew(3, nil, "/MediaBox", "/Rotate null/MediaBox"), verify.CodeModified, nil},
}

var manyZeros = strings.Repeat("0", 70)

func encodedFont(code string) string {
	return "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Type/Encoding/Differences[" + code + "/one]>>>>"
}

func hiddenWidget(flags string) map[int]string {
	data := "1 g 0 0 228 40 re f 0 g BT /F1 24 Tf 0 10 Td (Rp 900) Tj ET"
	return map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R]>>",
		5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(Rp 900)/Rect[10 90 238 130]/P 3 0 R/AP<</N 9 0 R>>/F " + flags + ">>",
		9: fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 228 40]/Resources<</Font<</F1 7 0 R>>>>/Length %d>>stream\n%s\nendstream", len(data), data),
	}
}

// signedPaid is a receipt for 100 rupiah, with some objects written otherwise,
// certified against all changes.
func (w *world) signedPaid(more map[int]string) []byte {
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
		4: stream("BT /F1 24 Tf 20 100 Td (Rp 100) Tj ET"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	for n, body := range more {
		objects[n] = body
	}
	o := w.optionsBB(w.budi)
	o.Certify = signing.CertifyNoChanges
	return w.sign(assemble(1, objects, ""), o)
}

// spelledAnew signs the receipt, then adds validation data and an object with one
// text in the place of another.
func spelledAnew(num uint32, more map[int]string, old, new string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		signed := w.signedPaid(more)
		body := strings.TrimSpace(textOf(signed, int(num), ""))
		if !strings.Contains(body, old) {
			t.Fatalf("%q is not in %s", old, body)
		}
		return edit(t, signed, func(_ *pdf.Document, u *pdf.Update) {
			addEvidence(u)
			u.Set(pdf.Ref{Num: num}, pdf.NewPlaceholder([]byte(strings.Replace(body, old, new, 1))))
		})
	}
}

// rewrittenStream adds validation data and a stream with the same bytes and
// another entry, or without it.
func rewrittenStream(t *testing.T, signed []byte, num uint32, key pdf.Name, value string) []byte {
	return edit(t, signed, func(doc *pdf.Document, u *pdf.Update) {
		addEvidence(u)
		s := must(doc.Get(pdf.Ref{Num: num})).(*pdf.Stream)
		dict := s.Dict.Clone()
		if dict[key] = pdf.NewPlaceholder([]byte(value)); value == "" {
			delete(dict, key)
		}
		u.Set(pdf.Ref{Num: num}, pdf.NewStream(dict, must(doc.RawData(s, 1<<20))))
	})
}

// What is written anew as all readers read it is no change.
func TestSpelledAnewLawfully(t *testing.T) {
	w := newWorld(t)
	for name, make := range map[string]func(*testing.T, *world) []byte{
		"as it was":                    spelledAnew(7, nil, "/Type/Font", "/Type /Font"),
		"coordinates as reals":         spelledAnew(3, nil, "[0 0 300 200]", "[0.0 0 300.00 200.]"),
		"a real with another fraction": spelledAnew(7, map[int]string{7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/X 1.5>>"}, "1.5", "+1.500"),
		"a string in hexadecimal":      spelledAnew(7, map[int]string{7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/X(ab)>>"}, "(ab)", "<6162>"),
	} {
		t.Run(name, func(t *testing.T) {
			report := judge(t, make(t, w), w.online())
			assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication, report.Summary(verify.English))
		})
	}
}
