package verify_test

import (
	"crypto"
	"fmt"
	"strings"
	"testing"
)

// Objects that many others lead to, and lists that are gone through for each
// element of another.
var hostileObjects = []hostileCase{
	{"pages that share large resources", func(t *testing.T, w *world) []byte {
		var names, kids strings.Builder
		for i := range 20_000 {
			fmt.Fprintf(&names, "/N%d 7 0 R", i)
		}
		objects := map[int]string{9: "<<" + names.String() + ">>", 10: stream(strings.Repeat("x", 14<<20))}
		for i := range 3000 {
			objects[20+i] = "<</Type/Page/Parent 2 0 R/Annots[7 0 R]/Resources 9 0 R>>"
			fmt.Fprintf(&kids, "%d 0 R ", 20+i)
		}
		objects[2] = fmt.Sprintf("<</Type/Pages/MediaBox[0 0 9 9]/Count 3002/Kids[3 0 R 5 0 R %s]>>", kids.String())
		return w.sound(w.budi).apply(t, letterWith(objects))
	}},
	{"pages that share a large list", func(t *testing.T, w *world) []byte {
		var kids strings.Builder
		objects := map[int]string{9: "[" + strings.Repeat("0 ", 200_000) + "]", 10: stream(strings.Repeat("x", 14<<20))}
		for i := range 3000 {
			objects[20+i] = "<</Type/Page/Parent 2 0 R/Annots[7 0 R]/MediaBox 9 0 R>>"
			fmt.Fprintf(&kids, "%d 0 R ", 20+i)
		}
		objects[2] = fmt.Sprintf("<</Type/Pages/Count 3002/Kids[3 0 R 5 0 R %s]>>", kids.String())
		return w.sound(w.budi).apply(t, letterWith(objects))
	}},
	{"a lock of many names, many fields filled in", func(*testing.T, *world) []byte {
		const n = 24_000
		objects := map[int]string{}
		var kids, names strings.Builder
		var filled []numbered
		for i := range n {
			objects[20+i] = fmt.Sprintf("<</FT/Tx/T(%d)/Parent 10 0 R>>", i)
			filled = append(filled, numbered{20 + i, fmt.Sprintf("<</FT/Tx/T(%d)/Parent 10 0 R/V(1)>>", i)})
			fmt.Fprintf(&kids, "%d 0 R ", 20+i)
		}
		for i := range 120_000 {
			fmt.Fprintf(&names, "(a.x%d)", i)
		}
		objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R 11 0 R]/SigFlags 3>>>>"
		objects[10] = "<</T(a)/Kids[" + kids.String() + "]>>"
		objects[12] = "[" + names.String() + "]"
		f := continuing(letterWith(objects))
		lock := "<</Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields 12 0 R>>>>]"
		f.revision(numbered{11, "<</FT/Sig/T(x)/V 13 0 R>>"}, numbered{13, strings.Replace(signed(noMessage), "<<", lock, 1)})
		f.revision(filled...)
		return f.buf.Bytes()
	}},
	{"choices that share many options", func(*testing.T, *world) []byte {
		objects := map[int]string{10: "<</T(a)/FT/Ch/Opt 12 0 R/Kids[", 12: "[" + strings.Repeat("()", 500_000) + "(1)]", 13: stream(strings.Repeat("x", 14<<20))}
		var filled []numbered
		for i := range 3000 {
			objects[20+i] = fmt.Sprintf("<</FT/Ch/T(%d)/Parent 10 0 R>>", i)
			filled = append(filled, numbered{20 + i, fmt.Sprintf("<</FT/Ch/T(%d)/Parent 10 0 R/V(1)>>", i)})
			objects[10] += fmt.Sprintf("%d 0 R ", 20+i)
		}
		objects[10] += "]>>"
		objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R 11 0 R]/SigFlags 3>>>>"
		f := continuing(letterWith(objects))
		f.revision(numbered{11, "<</FT/Sig/T(x)/V 14 0 R>>"}, numbered{14, signed(noMessage)})
		f.revision(filled...)
		return f.buf.Bytes()
	}},
	{"appearances changed in place, of fields written twice", func(*testing.T, *world) []byte {
		const n = 45_000
		f := continuing(letter())
		var kids strings.Builder
		var first, fields, last []numbered
		for i := range n {
			fmt.Fprintf(&kids, "%d 0 R ", 1000+i)
			fields = append(fields, numbered{1000 + i, fmt.Sprintf("<</FT/Tx/T(%d)/AP<</N %d 0 R>>>>", i, 50_000+i)})
			first = append(first, numbered{100_000 + i, "<</a 1>>"})
			last = append(last, numbered{100_000 + i, "<</a 2>>"})
		}
		first = append(append(first, fields...),
			numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[11 0 R 10 0 R]/SigFlags 3>>>>"},
			numbered{10, "<</T(a)/Kids[" + kids.String() + "]>>"},
			numbered{11, "<</FT/Sig/T(x)/V 12 0 R>>"}, numbered{12, signed(noMessage)})
		f.revision(first...)
		f.revision(fields...)
		f.revision(last...)
		return f.buf.Bytes()
	}},
	{"many signatures of one revision, which cover it all", func(t *testing.T, w *world) []byte {
		token := w.sound(w.budi).message
		token.certificates, token.digest = nil, crypto.SHA512
		value := fmt.Sprintf("%x", token.build(t, []byte("lain")))
		kids := ""
		var objects []numbered
		for i := range 90 {
			kids += fmt.Sprintf("%d 0 R ", 100+2*i)
			objects = append(objects, numbered{100 + 2*i, fmt.Sprintf("<</FT/Sig/T(%d)/V %d 0 R>>", i, 101+2*i)}, numbered{101 + 2*i, signed(value)})
		}
		f := continuing(letter())
		f.revision(append(objects, numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + kids + "]/SigFlags 3>>>>"},
			numbered{99, stream(strings.Repeat("x", 24<<20))})...)
		return f.buf.Bytes()
	}},
	{"actions that many others are followed by", func(t *testing.T, w *world) []byte {
		objects := map[int]string{}
		for i := range 150_000 {
			objects[20+i] = fmt.Sprintf("<</S/Named/N/Print/Next[%d 0 R %d 0 R %d 0 R]>>", 20+(7*i+1)%150_000, 20+(11*i+2)%150_000, 20+(i+1)%150_000)
		}
		objects[1] = "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Named/N/Print/Next[" + numbers(20, 150_000) + "]>>>>"
		return w.sound(w.budi).apply(t, letterWith(objects))
	}},
}
