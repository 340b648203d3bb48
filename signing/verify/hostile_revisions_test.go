package verify_test

import (
	"fmt"
	"strings"
	"testing"
)

// oneSigned is a letter with a signature that is none, in a form of its own.
func oneSigned(base []byte) *byHand {
	f := continuing(base)
	f.revision(numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R]/SigFlags 3>>>>"},
		numbered{10, "<</FT/Sig/T(x)/V 11 0 R>>"}, numbered{11, signed(noMessage)})
	return f
}

// Every revision is cheap, and so is every signature; together they are not.
var hostileRevisions = []hostileCase{
	{"a large index, many signatures", func(*testing.T, *world) []byte {
		f := continuing(manyEntries(1_500_000))
		f.revision(numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R]/SigFlags 3>>>>"}, numbered{10, "<</T(ttd)/Kids[]>>"})
		for range 8 {
			f.revision()
		}
		f.signedRevisions(12)
		return f.buf.Bytes()
	}},
	{"a large index, many streams whose length is an object", func(*testing.T, *world) []byte {
		f := oneSigned(manyEntries(1_500_000))
		for i := range 200 {
			f.revision(numbered{100 + 2*i, fmt.Sprintf("<</Length %d 0 R>>stream\nx\nendstream", 101+2*i)}, numbered{101 + 2*i, "1"})
		}
		return f.buf.Bytes()
	}},
	{"an object stream that decodes to much, for every revision", func(t *testing.T, w *world) []byte {
		const n = 250
		var head strings.Builder
		for i := range n {
			fmt.Fprintf(&head, "%d %d ", 100+i, 2*i)
		}
		objects := packed(fmt.Sprintf("/Type/ObjStm/N %d/First %d", n, head.Len()), head.String()+strings.Repeat("1 ", n)+strings.Repeat(" ", 28<<20))
		f := continuing(w.sound(w.budi).apply(t, letterWith(map[int]string{40: objects})))
		for i := range n {
			f.placing(100+i, 40, i, 1000+i)
		}
		return f.buf.Bytes()
	}},
	{"a large form, many signatures", func(*testing.T, *world) []byte {
		objects := map[int]string{10: "<</T(ttd)/Kids[]>>"}
		refs := ""
		for g := range 4 {
			var kids strings.Builder
			for i := range 9_900 {
				fmt.Fprintf(&kids, "<</FT/Tx/T(%d)>>", i)
			}
			objects[20+g] = fmt.Sprintf("<</T(g%d)/Kids[%s]>>", g, kids.String())
			refs += fmt.Sprintf("%d 0 R ", 20+g)
		}
		objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R " + refs + "]/SigFlags 3>>>>"
		f := continuing(letterWith(objects))
		f.signedRevisions(30)
		return f.buf.Bytes()
	}},
	{"much metadata in every revision", func(t *testing.T, w *world) []byte {
		metadata := func(i int) string {
			return packed("/Type/Metadata/Subtype/XML", "<a>"+strings.Repeat("<b/>", 250_000)+fmt.Sprintf("<Producer>%d</Producer></a>", i))
		}
		f := continuing(w.sound(w.budi).apply(t, letterWith(map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>", 9: metadata(0),
		})))
		for i := range 20 {
			f.revision(numbered{9, metadata(i + 1)}, numbered{8, fmt.Sprintf("<</Title(Surat Tugas)/Author(Budi Contoh)/Producer(%d)>>", i)})
		}
		return f.buf.Bytes()
	}},
	{"many pages to name a change by, in every revision", func(t *testing.T, w *world) []byte {
		objects := map[int]string{}
		var kids strings.Builder
		for i := range 15_000 {
			objects[20+i] = "<</Type/Page/Parent 2 0 R>>"
			fmt.Fprintf(&kids, "%d 0 R ", 20+i)
		}
		objects[2] = fmt.Sprintf("<</Type/Pages/MediaBox[0 0 9 9]/Count 15002/Kids[3 0 R 5 0 R %s]>>", kids.String())
		f := continuing(w.sound(w.budi).apply(t, letterWith(objects)))
		for i := range 60 {
			f.revision(numbered{7, fmt.Sprintf("<</Type/Font/Subtype/Type1/BaseFont/F%d>>", i)})
		}
		return f.buf.Bytes()
	}},
	{"broken revisions between others, after which references are counted anew", func(t *testing.T, w *world) []byte {
		objects := map[int]string{}
		dangling := ""
		for i := range 126 {
			dangling += fmt.Sprintf("%d 0 R ", 70_000+i)
		}
		for i := range 20_000 {
			objects[20+i] = "[" + strings.Repeat("3 0 R ", 12) + "]"
		}
		objects[19] = "[" + dangling + "]"
		f := continuing(w.sound(w.budi).apply(t, letterWith(objects)))
		for i := range 126 {
			f.buf.WriteString("99 0 obj\n1\nendobj\n") // which no cross-reference names
			f.revision(numbered{60_000 + i, "1"})
			f.revision(numbered{70_000 + i, "1"})
		}
		return f.buf.Bytes()
	}},
}
