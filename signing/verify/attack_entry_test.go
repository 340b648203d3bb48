package verify_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// entryAttacks sign a cross-reference that names places where nothing stands
// yet. The first revision is read with repair, so that alone refuses nothing;
// a later revision then fills the place without naming the object again.
var entryAttacks = []attack{
	{"object in bytes that are yet to come", func(t *testing.T, w *world) []byte {
		return filledLater(t, w, func(_ *pdf.Document, u *pdf.Update) {
			inner := pdf.NewStream(pdf.Dict{}, []byte("30 0 obj\n"+stream("BT /F1 12 Tf 72 700 Td (Palsu) Tj ET")+"\nendobj\n"))
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{u.Add(inner)}} })
		})
	}, verify.CodeLaterUnreadable, nil},
	{"object in bytes that are yet to come, and named again", func(t *testing.T, w *world) []byte {
		return filledLater(t, w, func(_ *pdf.Document, u *pdf.Update) {
			u.Set(pdf.Ref{Num: 30}, content("Palsu"))
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{pdf.Ref{Num: 30}}} })
		})
	}, verify.CodeModified, nil},
	{"font in an object stream that is yet to come", func(t *testing.T, w *world) []byte {
		signed := w.sound(w.budi).apply(t, streamedLetter())
		head := "30 0 31 9 "
		return edit(t, signed, func(_ *pdf.Document, u *pdf.Update) {
			u.Set(pdf.Ref{Num: 40}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("ObjStm"), "N": pdf.Integer(2), "First": pdf.Integer(len(head))},
				[]byte(head+"<</F1 31 0 R>> <</Type/Font/Subtype/Type1/BaseFont/Symbol>>")))
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{}} })
		})
	}, verify.CodeLaterUnreadable, nil},
}

// filledLater signs a letter whose page draws object 30, which the
// cross-reference puts where the change places it later.
func filledLater(t *testing.T, w *world, change func(*pdf.Document, *pdf.Update)) []byte {
	base := letterWith(map[int]string{
		3:  "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R 30 0 R]/Resources<</Font<</F1 7 0 R>>>>>>",
		31: "null",
	})
	table := bytes.LastIndex(base, []byte("xref\n0 32\n")) + len("xref\n0 32\n")
	filled := func(offset int) []byte {
		out := bytes.Clone(base)
		copy(out[table+30*20:], fmt.Sprintf("%010d 00000 n", offset))
		return edit(t, w.sound(w.budi).apply(t, out), change)
	}
	// Every part has the same length wherever the entry points.
	document := filled(1 << 20)
	return filled(bytes.LastIndex(document, []byte("30 0 obj")))
}

// streamedLetter has a cross-reference stream that places objects 30 and 31 in
// object stream 40, which does not exist: the fonts of its page.
func streamedLetter() []byte {
	return streamed(42, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font 30 0 R>>>>",
		4: stream("BT /F1 12 Tf 72 720 Td (Surat Tugas Nomor 099) Tj ET"),
	}, map[int][2]int{30: {40, 0}, 31: {40, 1}})
}

// streamed is a document with a cross-reference stream, its last object, which
// places some in object streams: by number, the stream and the index there.
func streamed(size int, objects map[int]string, stored map[int][2]int) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	xref := make([]byte, 7*size)
	here := func(num int) {
		xref[7*num] = 1
		binary.BigEndian.PutUint32(xref[7*num+1:], uint32(out.Len()))
	}
	for _, num := range slices.Sorted(maps.Keys(objects)) {
		here(num)
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, objects[num])
	}
	for num, at := range stored {
		xref[7*num] = 2
		binary.BigEndian.PutUint32(xref[7*num+1:], uint32(at[0]))
		binary.BigEndian.PutUint16(xref[7*num+5:], uint16(at[1]))
	}
	start := out.Len()
	here(size - 1)
	fmt.Fprintf(&out, "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/ID%s/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		size-1, size, fileID, len(xref), xref, start)
	return out.Bytes()
}
