package verify_test

import (
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// repairedAttacks write anew, cleanly, what other readers may have repaired
// otherwise, or read otherwise, where it was signed.
var repairedAttacks = []attack{
	// Some readers keep the line ends of literal strings, and then all colours move.
	{"table of colours with line feeds, then with CR LF", writtenAnew(9, coloured("[/Indexed/DeviceRGB 1 <0A0A0AFFFFFF>]", nil), crlfColours), verify.CodeModified, nil},
	{"table of colours with CR LF, then with line feeds", writtenAnew(9, coloured(crlfColours, nil), "[/Indexed/DeviceRGB 1 <0A0A0AFFFFFF>]"), verify.CodeModified, nil},
	{"reference glued to its generation, then apart", writtenAnew(9, map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 9 0 R/Resources<</Font<</F1 7 0 R>>>>>>", 9: "[4 0 R 8 0R]",
		8: stream("1 g 0 0 300 200 re f 0 g BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"),
	}, "[4 0 R 8 0 R]"), verify.CodeAmbiguous, nil},
	{"turn glued to a letter, then without", writtenAnew(2, pagesWith("/Rotate 90x"), pagesWith("/Rotate 90")[2]), verify.CodeAmbiguous, nil},
	{"turn of two numbers, then of one", writtenAnew(2, pagesWith("/Rotate 180 0"), pagesWith("/Rotate 180")[2]), verify.CodeAmbiguous, nil},
	{"key of a font without a value, then with null", writtenAnew(7, map[int]string{7: fontWith("/X")}, fontWith("/X null")), verify.CodeAmbiguous, nil},
	{"code of a glyph glued to a letter, then null", writtenAnew(7, map[int]string{7: encodedFont("57x")}, encodedFont("57 null")), verify.CodeAmbiguous, nil},
	{"name with a broken escape, then whole", writtenAnew(9, map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font 9 0 R>>>>",
		4: stream("BT /F#1z 24 Tf 20 100 Td (Rp 100) Tj ET"), 9: "<</F#1z 7 0 R>>",
	}, "<</F#231z 7 0 R>>"), verify.CodeAmbiguous, nil},
	{"hexadecimal colours with other digits, then without", writtenAnew(9, coloured("[/Indexed/DeviceRGB 1 <000000zzFFFFFF>]", nil), "[/Indexed/DeviceRGB 1 <000000FFFFFF>]"), verify.CodeAmbiguous, nil},
	{"layer that is off by a glued reference, then apart", writtenAnew(9, layered("<</OFF[8 0R]/Order[]>>"), "<</OFF[8 0 R]/Order[]>>"), verify.CodeAmbiguous, nil},
	{"layers that are off and more, then only off", writtenAnew(9, layered("<</BaseState/OFF 5/Order[]>>"), "<</BaseState/OFF/Order[]>>"), verify.CodeAmbiguous, nil},
	{"stream glued to its data, then apart", writtenAnew(8, colourStream("stream"), plainColours), verify.CodeAmbiguous, nil},
	{"stream behind a tab, then without", writtenAnew(8, colourStream("stream\t\n"), plainColours), verify.CodeAmbiguous, nil},
	// The object is a change that would be vouched for, had it been read by all.
	{"page with a turn glued to a letter, signed on without it", func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		base := assemble(1, map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R>>", 2: "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>",
			3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R>>", 4: stream("20 20 200 150 re f"),
			5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Rotate 90x/Annots[]>>",
		}, "")
		return edit(t, w.sign(base, o), func(_ *pdf.Document, u *pdf.Update) {
			addEvidence(u)
			set(u, 5, func(d pdf.Dict) { d["Tabs"] = pdf.Name("S") })
		})
	}, verify.CodeAmbiguous, nil},
}

const (
	crlfColours  = "[/Indexed/DeviceRGB 1 (\r\n\r\n\r\n\xff\xff\xff)]"
	plainColours = "<</Length 6>>stream\n\x00\x00\x00\xff\xff\xff\nendstream"
)

// writtenAnew signs the receipt, then adds validation data and an object as
// another text.
func writtenAnew(num uint32, more map[int]string, then string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.signedPaid(more), func(_ *pdf.Document, u *pdf.Update) {
			addEvidence(u)
			u.Set(pdf.Ref{Num: num}, pdf.NewPlaceholder([]byte(then)))
		})
	}
}

// coloured is the receipt with a text in a colour of a table.
func coloured(table string, more map[int]string) map[int]string {
	objects := map[int]string{
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</ColorSpace<</C 9 0 R>>/Font<</F1 7 0 R>>>>>>",
		4: stream("/C cs 1 sc BT /F1 24 Tf 20 100 Td (Rp 900) Tj ET"),
		9: table,
	}
	for n, body := range more {
		objects[n] = body
	}
	return objects
}

func colourStream(head string) map[int]string {
	return coloured("[/Indexed/DeviceRGB 1 8 0 R]", map[int]string{8: "<</Length 6>>" + head + "\x00\x00\x00\xff\xff\xff\nendstream"})
}

func pagesWith(more string) map[int]string {
	return map[int]string{2: "<</Type/Pages/Kids[3 0 R]/Count 1" + more + ">>"}
}

func fontWith(more string) string {
	return "<</Type/Font/Subtype/Type1/BaseFont/Helvetica" + more + ">>"
}

// layered is the receipt with what it draws in a layer.
func layered(config string) map[int]string {
	return map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[8 0 R]/D 9 0 R>>>>", 8: "<</Type/OCG/Name(x)>>", 9: config,
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/Properties<</P 8 0 R>>>>>>",
		4: stream("/OC /P BDC 20 20 200 150 re f EMC"),
	}
}
