package verify_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// A cross-reference that one reader takes and another takes for damage brings
// dead objects to life: the base holds an older copy of the content, as it does
// after any edit, and one that rebuilds the file may show that.

// withDead is a letter with a second copy of its content, which no
// cross-reference names, behind the one that is drawn.
func withDead() []byte {
	b := letter()
	i := bytes.Index(b, []byte("xref\n0 "))
	dead := "4 0 obj\n" + stream("BT /F1 12 Tf 72 720 Td (Surat Palsu Nomor 666) Tj ET") + "\nendobj\n"
	tail := strings.Replace(string(b[i:]), fmt.Sprintf("startxref\n%d", i), fmt.Sprintf("startxref\n%d", i+len(dead)), 1)
	return append(append(b[:i:i], dead...), tail...)
}

// withDraft is a letter whose first page was packed into an object stream, and
// then edited.
func withDraft(t *testing.T) []byte {
	base := letter()
	size := sizeOf(base)
	page := strings.ReplaceAll(textOf(base, 3, ""), "\n", " ")
	head := "3 0 "
	packed := streamUpdate{compressed: map[int][2]int{3: {size, 0}}}.apply(base, map[int]string{
		size: fmt.Sprintf("<</Type/ObjStm/N 1/First %d/Length %d>>stream\n%s\nendstream", len(head), len(head+page), head+page),
	})
	return edit(t, packed, func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(content("Surat Tugas Nomor 100"))
		set(u, 3, func(d pdf.Dict) { d["Contents"] = ref })
	})
}

// overDead is an update behind a letter that is certified against all changes.
func overDead(name string, update func(signed []byte) []byte) attack {
	return attack{name, func(_ *testing.T, w *world) []byte { return update(certifiedDead(w)) }, verify.CodeLaterUnreadable, nil}
}

func certifiedDead(w *world) []byte {
	o := w.optionsBB(w.budi)
	o.Certify = signing.CertifyNoChanges
	return w.sign(withDead(), o)
}

func oddTable(name string, o oddUpdate) attack {
	o.data = "x"
	return overDead(name, o.apply)
}

func oddRows(name string, r rowsUpdate) attack { return overDead(name, r.apply) }

// rowsUpdate is an update by a cross-reference stream whose dictionary and data
// can be written oddly.
type rowsUpdate struct {
	widths   [3]int // zero: 1, 4, 2
	filter   string // and its parameters
	more     string // entries of the dictionary
	index    string // "%d 1 %d 1": the catalog, and the stream itself
	extra    string // rows
	flate    bool
	hex      bool
	row      bool   // filtered by a predictor
	store    string // filter of an object stream with the store; empty: none
	checksum bool   // a wrong one
}

func (r rowsUpdate) apply(signed []byte) []byte {
	out := bytes.NewBuffer(bytes.Clone(signed))
	if r.widths == [3]int{} {
		r.widths = [3]int{1, 4, 2}
	}
	size := sizeOf(signed)
	var rows []byte
	add := func(values ...int) {
		if r.row {
			rows = append(rows, 0)
		}
		for i, width := range r.widths {
			var full [8]byte
			binary.BigEndian.PutUint64(full[:], uint64(values[i]))
			rows = append(rows, full[8-width:]...)
		}
	}
	put := func(num int, body string) {
		add(1, out.Len(), 0)
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	index, store := fmt.Sprintf(cmpOr(r.index, "%d 1 %d 1"), 1, size), "<</Certs[]>>"
	if r.store != "" {
		index, store = fmt.Sprintf("1 1 %d 3", size), fmt.Sprintf("%d 0 R", size+1)
	}
	put(1, catalogWith(signed, "/DSS "+store))
	own := size
	if r.store != "" {
		head := fmt.Sprintf("%d 0 ", size+1)
		put(size, fmt.Sprintf("<</Type/ObjStm/N 1/First %d%s/Length %d>>stream\n%s<</Certs[]>>\nendstream", len(head), r.store, len(head)+12, head))
		add(2, size, 0)
		own = size + 2
	}
	start := out.Len()
	add(1, start, 0)
	rows = append(rows, r.extra...)
	if r.flate {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_ = must(z.Write(rows))
		_ = z.Close()
		if rows = b.Bytes(); r.checksum {
			rows[len(rows)-1]++
		}
	}
	if r.hex {
		rows = fmt.Appendf(nil, "%X>", rows)
	}
	fmt.Fprintf(out, "%d 0 obj\n<</Type/XRef/Size %d/W[%d %d %d]/Index[%s]/Root 1 0 R/Info 8 0 R/ID%s/Prev %d%s%s/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		own, own+1, r.widths[0], r.widths[1], r.widths[2], index, fileID, lastXRef(signed), r.filter, r.more, len(rows), rows, start)
	return out.Bytes()
}

// layoutAttacks are cross-references that strict reading once took and some
// reader at hand does not: it is named behind each.
var layoutAttacks = []attack{
	oddTable("blank line behind the header of a subsection", oddUpdate{section: "%d %d\n\n"}), // MuPDF
	oddTable("blank behind the header of a subsection", oddUpdate{section: "%d %d\n "}),       // MuPDF
	oddTable("comment behind the header of a subsection", oddUpdate{section: "%d %d\n%%c\n"}), // MuPDF, Ghostscript
	oddTable("blank line between subsections", oddUpdate{keyword: "xref", section: "\n%d %d\n"}),
	oddTable("comment before the trailer", oddUpdate{more: "%c\n"}),
	oddTable("NUL before the trailer", oddUpdate{more: "\x00"}),
	oddTable("numbers with zeros before them", oddUpdate{section: "%05d %05d\n"}),
	oddTable("empty subsection of a high number", oddUpdate{more: "9999 0\n"}),
	oddTable("nothing between startxref and its number", oddUpdate{tail: "startxref%d\n%%%%EOF\n"}), // PDFium
	oddTable("startxref and its number on one line", oddUpdate{tail: "startxref %d\n%%%%EOF\n"}),
	oddTable("nothing between the number and the end", oddUpdate{tail: "startxref\n%d%%%%EOF\n"}),
	oddTable("startxref with zeros before its number", oddUpdate{tail: "startxref\n000%d\n%%%%EOF\n"}),
	oddRows("types of two bytes", rowsUpdate{widths: [3]int{2, 4, 2}}),                                                                    // Ghostscript
	oddRows("types of four bytes", rowsUpdate{widths: [3]int{4, 8, 8}}),                                                                   // Ghostscript
	oddRows("filter of null in the cross-reference", rowsUpdate{filter: "/Filter null"}),                                                  // Ghostscript
	oddRows("parameters of null in the cross-reference", rowsUpdate{flate: true, filter: "/Filter/FlateDecode/DecodeParms null"}),         // Ghostscript
	oddRows("list of null parameters in the cross-reference", rowsUpdate{flate: true, filter: "/Filter[/FlateDecode]/DecodeParms[null]"}), // Ghostscript
	oddRows("list of parameters in the cross-reference", rowsUpdate{flate: true, filter: "/Filter[/FlateDecode]/DecodeParms[<<>>]"}),      // Ghostscript
	oddRows("parameters of hexadecimal data", rowsUpdate{hex: true, filter: "/Filter/ASCIIHexDecode/DecodeParms<<>>"}),                    // qpdf
	oddRows("file of null in the cross-reference", rowsUpdate{more: "/F null"}),                                                           // pdf.js
	oddRows("XRefStm in a cross-reference stream", rowsUpdate{more: "/XRefStm 9"}),                                                        // MuPDF
	oddRows("empty subsections in a cross-reference stream", rowsUpdate{index: "%d 1 99 0 %d 1"}),                                         // qpdf
	oddRows("more rows than the cross-reference stream names", rowsUpdate{extra: "\x01\x00\x00\x00\x09\x00\x00"}),                         // qpdf
	oddRows("wrong checksum of a cross-reference stream", rowsUpdate{flate: true, checksum: true, filter: "/Filter/FlateDecode"}),         // Ghostscript warns
	oddRows("filter of null in an object stream", rowsUpdate{store: "/Filter null"}),                                                      // Ghostscript
	overDead("hybrid section whose table does not name its stream", func(signed []byte) []byte { return hybridUpdate(signed, false) }),    // Ghostscript
	{"blank line behind the header of a subsection, over a draft", func(t *testing.T, w *world) []byte { // MuPDF
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		return oddUpdate{data: "x", section: "%d %d\n\n"}.apply(w.sign(withDraft(t), o))
	}, verify.CodeLaterUnreadable, nil},
}

// hybridUpdate names the store by XRefStm, as PDFBox does, with or without the
// stream's own place in the table.
func hybridUpdate(signed []byte, named bool) []byte {
	out := bytes.NewBuffer(bytes.Clone(signed))
	size := sizeOf(signed)
	container := out.Len()
	head := fmt.Sprintf("%d 0 ", size+1)
	fmt.Fprintf(out, "%d 0 obj\n<</Type/ObjStm/N 1/First %d/Length %d>>stream\n%s<</Certs[]>>\nendstream\nendobj\n", size, len(head), len(head)+12, head)
	catalog := out.Len()
	fmt.Fprintf(out, "1 0 obj\n%s\nendobj\n", catalogWith(signed, fmt.Sprintf("/DSS %d 0 R", size+1)))
	rows := out.Len()
	trailer := fmt.Sprintf("/Size %d/Root 1 0 R/Info 8 0 R/ID%s/Prev %d", size+3, fileID, lastXRef(signed))
	fmt.Fprintf(out, "%d 0 obj\n<</Type/XRef/W[1 4 1]/Index[%d 3]%s/Length 18>>stream\n", size+2, size, trailer)
	for _, r := range [][2]int{{1, container}, {2, size}, {1, rows}} {
		out.Write(append(binary.BigEndian.AppendUint32([]byte{byte(r[0])}, uint32(r[1])), 0))
	}
	out.WriteString("\nendstream\nendobj\n")
	start := out.Len()
	fmt.Fprintf(out, "xref\n1 1\n%010d 00000 n \n", catalog)
	if named {
		fmt.Fprintf(out, "%d 1\n%010d 00000 n \n", size+2, rows)
	}
	fmt.Fprintf(out, "trailer\n<<%s/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", trailer, rows, start)
	return out.Bytes()
}

// What real programs write is read: Acrobat, iText, PDFBox, MuPDF and poppler
// were seen to.
func TestUsualLayoutsAreRead(t *testing.T) {
	w := newWorld(t)
	signed := certifiedDead(w)
	for name, document := range map[string][]byte{
		"carriage returns":              oddUpdate{data: "x", keyword: "xref\r", section: "%d %d\r", tail: "startxref\r%d\r%%%%EOF\r"}.apply(signed),
		"blanks at the end of lines":    oddUpdate{data: "x", keyword: "xref \n", section: "%d %d \r", tail: "startxref\n%d \n%%%%EOF"}.apply(signed),
		"blank line before the trailer": oddUpdate{data: "x", more: "\n"}.apply(signed),
		"subsection of nothing":         oddUpdate{data: "x", more: "0 0\r\n"}.apply(signed),
		"comment behind the trailer":    oddUpdate{data: "x", tail: "%%writer 5.5\nstartxref\n%d\n%%%%EOF\n"}.apply(signed),
		"hybrid":                        hybridUpdate(signed, true),
		"rows":                          rowsUpdate{}.apply(signed),
		"rows, narrow":                  rowsUpdate{widths: [3]int{1, 2, 1}}.apply(signed),
		"rows, wide":                    rowsUpdate{widths: [3]int{1, 8, 4}}.apply(signed),
		"rows without generations":      rowsUpdate{widths: [3]int{1, 3, 0}}.apply(signed),
		"rows, packed":                  rowsUpdate{flate: true, filter: "/Filter/FlateDecode"}.apply(signed),
		"rows, packed in a list":        rowsUpdate{flate: true, filter: "/Filter[/FlateDecode]"}.apply(signed),
		"rows, predicted":               rowsUpdate{flate: true, row: true, filter: "/Filter/FlateDecode/DecodeParms<</Columns 7/Predictor 12>>"}.apply(signed),
		"object stream":                 rowsUpdate{store: "/Extends 4 0 R"}.apply(signed),
	} {
		t.Run(name, func(t *testing.T) {
			report := judge(t, document, w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
