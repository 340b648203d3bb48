package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// streamAttacks write what decides what the document is into streams that only
// some readers decode as sertel does: the others see another page.
var streamAttacks = []attack{
	{"object stream whose F names a filter", packed3(func(page string, _ int) (string, []byte) {
		// Read as run-length data, a blank begins 33 bytes and a line feed 11,
		// and both vanish: the comment then goes on over Contents.
		var raw strings.Builder
		line := func(s string) { fmt.Fprintf(&raw, " %-33s", s) }
		words := func(s string) {
			text := ""
			for _, f := range strings.Fields(strings.NewReplacer("/", " /", "[", " [ ", "]", " ] ", "<<", " << ", ">>", " >> ").Replace(s)) {
				if len(text)+1+len(f) > 33 {
					line(text)
					text = ""
				}
				text += " " + f
			}
			line(text)
		}
		before, after, _ := strings.Cut(page, "/Contents 4 0 R")
		line("3 0")
		line("")
		words(before)
		line("%")
		fmt.Fprintf(&raw, "\n%-11s\n%-11s", "/Contents", "4 0 R")
		line("%")
		line(" \n ")
		words(after)
		return "/Type/ObjStm/N 1/First 60/F/RunLengthDecode", []byte(raw.String())
	}, 0), verify.CodeLaterUnreadable, nil},
	{"object stream with parameters beside an array of filters", packed3(func(page string, size int) (string, []byte) {
		return twoViews("   "+page, strings.Replace(page, "4 0 R", fmt.Sprintf("%d 0 R", size+4), 1))
	}, 0), verify.CodeLaterUnreadable, nil},
	{"object that begins within another of its stream", packed3(func(page string, size int) (string, []byte) {
		page = strings.TrimSuffix(strings.Replace(page, "/Contents 4 0 R", "", 1), ">>") + "/Contents 4 0 R>>"
		head := fmt.Sprintf("3 0 %d %d ", size+1, strings.Index(page, "/Contents"))
		return fmt.Sprintf("/Type/ObjStm/N 2/First %d", len(head)), []byte(head + page)
	}, 1), verify.CodeLaterUnreadable, nil},
	{"object stream of another type", packed3(func(page string, _ int) (string, []byte) {
		return "/Type/Foo/N 1/First 4", []byte("3 0 " + page)
	}, 0), verify.CodeLaterUnreadable, nil},
	{"object stream without a type, with a member that no cross-reference names", packed3(func(page string, _ int) (string, []byte) {
		return "/N 2/First 20", fmt.Appendf(nil, "%-20s%s null", fmt.Sprintf("3 0 4 %d", len(page)+1), page)
	}, 0), verify.CodeLaterUnreadable, nil},
	{"object stream whose N is a reference", packed3(func(page string, size int) (string, []byte) {
		return fmt.Sprintf("/Type/ObjStm/N %d 0 R/First 4", size+5), []byte("3 0 " + page)
	}, 0), verify.CodeLaterUnreadable, nil},
	{"object stream with too large a window", packed3(func(page string, _ int) (string, []byte) {
		raw := deflated([]byte("3 0 " + page))
		raw[0], raw[1] = 0xf8, 0
		return "/Type/ObjStm/N 1/First 4/Filter/FlateDecode", raw
	}, 0), verify.CodeLaterUnreadable, nil},
	{"content in what an object stream holds for other readers", func(t *testing.T, w *world) []byte {
		return withContent40(t, w.sound(w.budi).apply(t, packedLetter(func(page string) (string, []byte) {
			return twoViews("   "+page, strings.Replace(page, "4 0 R", "[4 0 R 40 0 R]", 1))
		})))
	}, verify.CodeAmbiguous, nil},
	{"drawn stream that calls itself a cross-reference", func(t *testing.T, w *world) []byte {
		signed := w.sound(w.budi).apply(t, letterWith(map[int]string{
			3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>/XObject<</X 30 0 R>>>>>>",
			4:  stream("BT /F1 12 Tf 72 720 Td (Surat Tugas Nomor 099) Tj ET /X Do"),
			30: "<</Type/XRef/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</Y 35 0 R>>>>/Length 5>>stream\n/Y Do\nendstream",
		}))
		return rawUpdate(signed, len(signed), map[int]string{
			35: "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 7 0 R>>>>/Length 42>>stream\nBT /F1 12 Tf 72 600 Td (Surat Palsu) Tj ET\nendstream",
			36: stream("x"),
			1:  catalogWith(signed, "/DSS<</Certs[36 0 R]>>"),
		}, "")
	}, verify.CodeModified, nil},
	{"appearance of an empty field whose F names a filter", later(func(_ *pdf.Document, u *pdf.Update) {
		// One comment, unless "%" begins 38 bytes of run-length data.
		data := fmt.Sprintf("%%%-38s%%%-38s\x80", "BT /F1 40 Tf 72 600 Td (Palsu) Tj", " ET")
		form := u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "F": pdf.Name("RunLengthDecode"), "BBox": rectOf(0, 0, 595, 842),
			"Resources": pdf.Dict{"Font": pdf.Dict{"F1": pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")}}}}, []byte(data)))
		addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Sekda"), "F": pdf.Integer(4),
			"Rect": rectOf(0, 0, 595, 842), "AP": pdf.Dict{"N": form}}))
	}), verify.CodeModified, nil},
}

// packed3 moves page 1, object 3, into an object stream in a later revision. pack
// makes the entries of its dictionary and its data; members more objects, null
// elsewhere, are named in it.
func packed3(pack func(page string, size int) (dict string, data []byte), members int) func(*testing.T, *world) []byte {
	return func(_ *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		size := sizeOf(signed)
		dict, data := pack(strings.ReplaceAll(textOf(signed, 3, ""), "\n", " "), size)
		compressed := map[int][2]int{3: {size, 0}}
		for i := range members {
			compressed[size+1+i] = [2]int{size, 1 + i}
		}
		return streamUpdate{compressed: compressed}.apply(signed, map[int]string{
			size:     fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data),
			size + 4: stream("BT /F1 12 Tf 72 720 Td (Surat Palsu) Tj ET"),
			size + 5: "1",
			1:        catalogWith(signed, fmt.Sprintf("/DSS<</Certs[%d 0 R]>>", size+4)),
		})
	}
}

// twoViews is an object stream of object 3 that reads as good, from its fourth
// byte on, where PNG prediction is undone, and as evil where it is not.
func twoViews(good, evil string) (string, []byte) {
	n := max(len(good), len(evil))
	good, evil = fmt.Sprintf("%-*s", n, good), fmt.Sprintf("%-*s", n, evil)
	data := append([]byte{0}, fmt.Sprintf("%-*s", n, "3 0")...)
	data = append(data, 0)
	for i := range n {
		data = append(data, good[i]-evil[i])
	}
	data = append(append(data, 2), evil...)
	raw := deflated(data)
	return fmt.Sprintf("/Type/ObjStm/N 1/First %d/Filter[/FlateDecode]/DecodeParms<</Predictor 12/Columns %d>>", 2*n+3, n), raw
}

// packedLetter has its second page in an object stream.
func packedLetter(pack func(page string) (string, []byte)) []byte {
	dict, data := pack("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>")
	return streamed(50, map[int]string{
		1:  "<</Type/Catalog/Pages 2 0 R>>",
		2:  "<</Type/Pages/Kids[5 0 R 3 0 R]/Count 2>>",
		4:  stream("BT /F1 12 Tf 72 720 Td (Surat Tugas Nomor 099) Tj ET"),
		5:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
		7:  "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		45: fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data),
	}, map[int][2]int{3: {45, 0}})
}

// withContent40 adds content under number 40, and evidence.
func withContent40(t *testing.T, signed []byte) []byte {
	return edit(t, signed, func(_ *pdf.Document, u *pdf.Update) {
		u.Set(pdf.Ref{Num: 40}, content("Palsu"))
		addEvidence(u)
	})
}

// What all readers decode alike is read.
func TestPlainStreamsAreRead(t *testing.T) {
	w := newWorld(t)
	plain := func(page string) (string, []byte) { return "/Type/ObjStm/N 1/First 4", []byte("3 0 " + page) }
	for name, document := range map[string][]byte{
		"plain": packed3(func(page string, _ int) (string, []byte) { return plain(page) }, 0)(t, w),
		"compressed": packed3(func(page string, _ int) (string, []byte) {
			return "/Type/ObjStm/N 1/First 4/Filter[/FlateDecode]/DecodeParms[null]", deflated([]byte("3 0 " + page))
		}, 0)(t, w),
		"in the first revision":     withContent40(t, w.sound(w.budi).apply(t, packedLetter(plain))),
		"encrypted":                 packedPage("/Type/ObjStm", ciphertext)(t, w),
		"odd string, written again": recoloured(oddColour, bytes.Clone)(t, w),
	} {
		t.Run(name, func(t *testing.T) {
			report := judge(t, document, w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
