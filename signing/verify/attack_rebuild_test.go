package verify_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// The update that anybody may append holds an object 4 in its validation data,
// and something for which other readers rebuild the cross-reference. They then
// find that object.

// hidden is data that ends its stream for who looks through the file.
const hidden = "0000endstream\nendobj\n4 0 obj\n<</Length 56>>stream\nBT /F1 12 Tf 72 720 Td (Surat Palsu Nomor 666) Tj ET    \nendstream\nendobj\n"

// oddUpdate is an update by a table whose parts can be written oddly.
type oddUpdate struct {
	keyword string // "xref\n"
	section string // "%d %d\n", first number and count
	more    string // sections
	size    int    // zero: as it is
	tail    string // "startxref\n%d\n%%%%EOF\n"
	data    string // of the piece of validation data
	early   int    // bytes before the table to which startxref points
}

func (o oddUpdate) apply(signed []byte) []byte {
	var out bytes.Buffer
	out.Write(signed)
	size := sizeOf(signed)
	offsets := map[int]int{}
	put := func(num int, body string) {
		offsets[num] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	put(size, fmt.Sprintf("<</Length %d 0 R>>stream\n%s\nendstream", size+1, o.data))
	put(size+1, fmt.Sprint(len(o.data)))
	put(1, catalogWith(signed, fmt.Sprintf("/DSS<</Certs[%d 0 R]>>", size)))
	start := out.Len()
	out.WriteString(cmpOr(o.keyword, "xref\n"))
	section := cmpOr(o.section, "%d %d\n")
	fmt.Fprintf(&out, section+"%010d 00000 n \n", 1, 1, offsets[1])
	fmt.Fprintf(&out, section+"%010d 00000 n \n%010d 00000 n \n", size, 2, offsets[size], offsets[size+1])
	total := o.size
	if total == 0 {
		total = size + 2
	}
	fmt.Fprintf(&out, "%strailer\n<</Size %d/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\n", o.more, total, fileID, lastXRef(signed))
	fmt.Fprintf(&out, cmpOr(o.tail, "startxref\n%d\n%%%%EOF\n"), start-o.early)
	return out.Bytes()
}

func cmpOr(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// catalogWith is the text of the newest catalog, object 1, with more entries.
func catalogWith(document []byte, more string) string { return textOf(document, 1, more) }

// textOf is the newest text of an object that is a dictionary, with more entries.
func textOf(document []byte, num int, more string) string {
	head := fmt.Sprintf("\n%d 0 obj", num)
	i := bytes.LastIndex(document, []byte(head)) + len(head)
	body := strings.TrimSpace(string(document[i : i+bytes.Index(document[i:], []byte("endobj"))]))
	return strings.TrimSuffix(body, ">>") + more + ">>"
}

func odd(name string, o oddUpdate) attack {
	return attack{name, func(_ *testing.T, w *world) []byte {
		return o.apply(w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeLaterUnreadable, nil}
}

// streamUpdate is an update by a cross-reference stream.
type streamUpdate struct {
	widths     [3]int // zero: 1, 4, 2
	head       string // of objects, "%d 0 obj\n"
	rows       [][4]int
	compressed map[int][2]int // object: stream, index
}

func (s streamUpdate) apply(document []byte, objects map[int]string) []byte {
	if s.widths == [3]int{} {
		s.widths = [3]int{1, 4, 2}
	}
	var out bytes.Buffer
	out.Write(document)
	rows := s.rows
	for num, body := range objects {
		rows = append(rows, [4]int{num, 1, out.Len(), 0})
		fmt.Fprintf(&out, cmpOr(s.head, "%d 0 obj\n"), num)
		fmt.Fprintf(&out, "%s\nendobj\n", body)
	}
	for num, at := range s.compressed {
		rows = append(rows, [4]int{num, 2, at[0], at[1]})
	}
	size := sizeOf(document)
	for _, r := range rows {
		size = max(size, r[0]+1)
	}
	start := out.Len()
	rows = append(rows, [4]int{size, 1, start, 0})
	var data []byte
	index := ""
	for _, r := range rows {
		index += fmt.Sprintf("%d 1 ", r[0])
		for i, width := range s.widths {
			var full [8]byte
			binary.BigEndian.PutUint64(full[:], uint64(r[1+i]))
			data = append(data, full[8-width:]...)
		}
	}
	fmt.Fprintf(&out, "%d 0 obj\n<</Type/XRef/Size %d/W[%d %d %d]/Index[%s]/Root 1 0 R/Info 8 0 R/ID%s/Prev %d/Filter/ASCIIHexDecode/Length %d>>stream\n%X>\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		size, size+1, s.widths[0], s.widths[1], s.widths[2], index, fileID, lastXRef(document), 2*len(data)+1, data, start)
	return out.Bytes()
}

// oddStream is such an update with validation data that hides an object.
func oddStream(name string, data string, s func(size int) streamUpdate) attack {
	return attack{name, func(_ *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		signed := w.sign(letter(), o)
		size := sizeOf(signed)
		return s(size).apply(signed, map[int]string{
			size:     fmt.Sprintf("<</Length %d 0 R>>stream\n%s\nendstream", size+1, data),
			size + 1: fmt.Sprint(len(data)),
			1:        catalogWith(signed, fmt.Sprintf("/DSS<</Certs[%d 0 R]>>", size)),
		})
	}, verify.CodeLaterUnreadable, nil}
}

func plainStream(int) streamUpdate { return streamUpdate{} }

// rebuildAttacks count on readers that rebuild the cross-reference.
var rebuildAttacks = slices.Concat([]attack{
	odd("object hidden in validation data", oddUpdate{data: hidden}),
	odd("object hidden behind a comment within its head", oddUpdate{data: strings.Replace(hidden, "4 0 obj", "4 % a\n0 % b\nobj", 1)}),
	odd("object hidden with signs in its head", oddUpdate{data: strings.Replace(hidden, "4 0 obj", "+4 -0 obj", 1)}),
	odd("object hidden with much white space in its head", oddUpdate{data: strings.Replace(hidden, "4 0 obj", "4"+strings.Repeat(" ", 9000)+"0"+strings.Repeat("\n", 9000)+"obj", 1)}),
	odd("object hidden across the edge of a block", oddUpdate{data: strings.Repeat(".", 64<<10) + hidden}),
	odd("trailer hidden in validation data", oddUpdate{data: "trailer\n<</Root 5 0 R>>\n"}),
	odd("trailer hidden behind much white space", oddUpdate{data: "trailer" + strings.Repeat(" ", 9000) + "<</Root 5 0 R>>\n"}),
	odd("comment in a table", oddUpdate{data: "x", keyword: "xref\n%x\n"}),
	odd("header of a subsection on two lines", oddUpdate{data: "x", section: "%d\n%d\n"}),
	odd("header of a subsection with two blanks", oddUpdate{data: "x", section: "%d  %d\n"}),
	odd("header of a subsection with a tab", oddUpdate{data: "x", section: "%d\t%d\n"}),
	odd("header of a subsection with signs", oddUpdate{data: "x", section: "+%d +%d\n"}),
	odd("table on one line", oddUpdate{data: "x", keyword: "xref ", section: "%d %d "}),
	odd("table after a NUL", oddUpdate{data: "x", keyword: "xref\x00"}),
	odd("free entry of an enormous number", oddUpdate{data: "x", more: "2000000000 1\n0000000000 65535 f \n", size: 2000000001}),
	odd("free entry of an enormous generation", oddUpdate{data: "x", more: "7000 1\n0000000000 99999 f \n", size: 7001}),
	odd("enormous Size", oddUpdate{data: "x", size: 2147483647}),
	odd("NUL bytes after startxref", oddUpdate{data: "x", tail: "startxref\x00\x00%d\n%%%%EOF\n"}),
	odd("Size below the numbers in use", oddUpdate{data: "x", size: 5}),
	{"object stream with a member that no cross-reference names", func(_ *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		size := sizeOf(signed)
		return streamUpdate{compressed: map[int][2]int{size + 1: {size, 0}}}.apply(signed, map[int]string{
			size: fmt.Sprintf("<</Type/ObjStm/N 2/First 16/Length %d>>stream\n%-16s%s\nendstream", 16+9, fmt.Sprintf("%d 0 4 3", size+1), "[] (Palsu)"[:9]),
			1:    catalogWith(signed, fmt.Sprintf("/DSS<</Certs %d 0 R>>", size+1)),
		})
	}, verify.CodeLaterUnreadable, nil},
	{"field that refers to what does not exist", later(func(_ *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Sekda"),
			"Rect": rectOf(0, 0, 0, 0), "BS": pdf.Ref{Num: 999}}))
	}), verify.CodeModified, nil},
	{"field that refers to another generation", later(func(_ *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Sekda"),
			"Rect": rectOf(0, 0, 0, 0), "BS": pdf.Ref{Num: 7, Gen: 5}}))
	}), verify.CodeModified, nil},
	{"object of the base beside its place, with validation data", func(t *testing.T, w *world) []byte {
		base := letter()
		at := bytes.Index(base, []byte("7 0 obj"))
		base = replaced(base, fmt.Sprintf("%010d 00000 n", at), fmt.Sprintf("%010d 00000 n", at+1))
		return edit(t, w.sound(w.budi).apply(t, base), func(_ *pdf.Document, u *pdf.Update) { addEvidence(u) })
	}, verify.CodeAmbiguous, nil},
	odd("startxref that names the end of an object", oddUpdate{data: "x", early: 2}),
	odd("form feed after startxref", oddUpdate{data: "x", tail: "startxref\f%d\n%%%%EOF\n"}),
	oddStream("object hidden beside a cross-reference stream", hidden, plainStream),
	oddStream("entry of an unknown type", "x", func(size int) streamUpdate { return streamUpdate{rows: [][4]int{{size + 3, 3, 0, 0}}} }),
	oddStream("entry of an enormous number in a stream", "x", func(int) streamUpdate { return streamUpdate{rows: [][4]int{{20_000_000, 0, 0, 0}}} }),
	oddStream("types of eight bytes", "x", func(int) streamUpdate { return streamUpdate{widths: [3]int{8, 8, 8}} }),
	oddStream("signs in the heads of objects", "x", func(int) streamUpdate { return streamUpdate{head: "+%d +0 obj\n"} }),
	oddStream("comments in the heads of objects", "x", func(int) streamUpdate { return streamUpdate{head: "%d 0 %%x\nobj\n"} }),
	{"compressed object under another number, in a revision between", func(_ *testing.T, w *world) []byte {
		return between(w, func(page, evil string) (head, body string) {
			return fmt.Sprintf("9999 0 3 %d ", len(evil)+1), evil + " " + page
		})
	}, verify.CodeLaterUnreadable, nil},
	{"compressed object with a key twice, in a revision between", func(_ *testing.T, w *world) []byte {
		return between(w, func(page, evil string) (head, body string) {
			return "3 0 ", strings.Replace(page, "<<", "<<"+evil[strings.Index(evil, "/Contents"):strings.Index(evil, "/Resources")]+" ", 1)
		})
	}, "", nil},
}, layoutAttacks, linearAttacks)

// between writes page 1 into an object stream in one revision, and something
// harmless in the next.
func between(w *world, pack func(page, evil string) (head, body string)) []byte {
	signed := w.sign(letter(), w.optionsBB(w.budi))
	size := sizeOf(signed)
	page := strings.ReplaceAll(textOf(signed, 3, ""), "\n", " ")
	head, body := pack(page, strings.Replace(page, "4 0 R", fmt.Sprintf("%d 0 R", size+1), 1))
	middle := streamUpdate{compressed: map[int][2]int{3: {size, 0}}}.apply(signed, map[int]string{
		size:     fmt.Sprintf("<</Type/ObjStm/N %d/First %d/Length %d>>stream\n%s\nendstream", 1+strings.Count(head, " 3 "), len(head), len(head+body), head+body),
		size + 1: stream("BT /F1 12 Tf 72 720 Td (Surat Palsu) Tj ET"),
		1:        catalogWith(signed, "/DSS<</Certs[]>>"),
	})
	return streamUpdate{}.apply(middle, map[int]string{1: catalogWith(signed, "/DSS<</Certs[]/OCSPs[]>>")})
}

// What is written plainly is read.
func TestPlainUpdatesAreRead(t *testing.T) {
	w := newWorld(t)
	signed := w.sign(letter(), w.optionsBB(w.budi))
	for name, document := range map[string][]byte{
		"table":                               oddUpdate{data: "0 obj, an object, endobj, 12 objects"}.apply(signed),
		"ends":                                oddUpdate{data: "x", keyword: "xref \r\n", section: "%d %d \r\n", tail: "startxref\r\n%d\r\n%%%%EOF\r\n"}.apply(signed),
		"startxref to the end of line before": oddUpdate{data: "x", early: 1}.apply(signed),
		"stream":                              streamUpdate{}.apply(signed, map[int]string{1: catalogWith(signed, "/DSS<</Certs[]>>")}),
	} {
		t.Run(name, func(t *testing.T) {
			report := judge(t, document, w.online())
			if err := report.Err(); err != nil {
				t.Fatal(err, codes(report))
			}
		})
	}
}
