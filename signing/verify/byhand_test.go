package verify_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// byHand writes revisions as no library would.
type byHand struct {
	buf        bytes.Buffer
	prev, size int
}

type numbered struct {
	num  int
	body string
}

func continuing(document []byte) *byHand {
	f := &byHand{prev: lastXRef(document), size: sizeOf(document)}
	f.buf.Write(document)
	return f
}

// signed is a signature dictionary whose byte range is filled in by revision;
// the value is hexadecimal.
func signed(value string) string {
	return "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 @@@@@@@@@@ @@@@@@@@@@ @@@@@@@@@@]/Contents<" + value + ">>>"
}

// noMessage is a value that is no CMS message.
const noMessage = "3003020100"

// revision appends objects.
func (f *byHand) revision(objects ...numbered) {
	var table strings.Builder
	start := f.buf.Len()
	for _, o := range objects {
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", o.num, f.buf.Len())
		fmt.Fprintf(&f.buf, "%d 0 obj\n%s\nendobj\n", o.num, o.body)
		f.size = max(f.size, o.num+1)
	}
	if len(objects) == 0 {
		table.WriteString("0 1\n0000000000 65535 f \n")
	}
	xref := f.buf.Len()
	fmt.Fprintf(&f.buf, "xref\n%strailer\n<</Size %d/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", table.String(), f.size, fileID, f.prev, xref)
	f.prev = xref
	fillRanges(f.buf.Bytes(), start)
}

// fillRanges fills in the byte ranges at or after an offset.
func fillRanges(file []byte, at int) {
	for {
		i := bytes.Index(file[at:], []byte("/ByteRange[0 @"))
		if i < 0 {
			return
		}
		i += at
		gap := i + bytes.Index(file[i:], []byte("/Contents<")) + len("/Contents")
		end := gap + bytes.IndexByte(file[gap:], '>') + 1
		copy(file[i:], fmt.Sprintf("/ByteRange[0 %-10d %-10d %-10d]", gap, end, len(file)-end))
		at = end
	}
}

// signedRevisions appends revisions that each add a signature to the field 10.
func (f *byHand) signedRevisions(n int) {
	kids := ""
	for i := range n {
		num := 100 + 2*i
		kids += fmt.Sprintf("%d 0 R ", num)
		f.revision(numbered{10, "<</T(ttd)/Kids[" + kids + "]>>"},
			numbered{num, fmt.Sprintf("<</FT/Sig/T(%d)/Parent 10 0 R/V %d 0 R>>", i, num+1)}, numbered{num + 1, signed(noMessage)})
	}
}

// packed is a stream, compressed.
func packed(dict, data string) string {
	encoded := deflated([]byte(data))
	return fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", dict, len(encoded), encoded)
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// manyEntries is a letter whose cross-reference stream has n free entries.
func manyEntries(n int) []byte {
	f := continuing(letter())
	at := f.buf.Len()
	rows := packed(fmt.Sprintf("/Type/XRef/Size %d/W[1 1 0]/Index[1000 %d]/Root 1 0 R/Info 8 0 R/ID%s/Prev %d", n+1000, n, fileID, f.prev), string(make([]byte, 2*n)))
	fmt.Fprintf(&f.buf, "50 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", rows, at)
	return f.buf.Bytes()
}

// placing appends a revision that places object num in an object stream.
func (f *byHand) placing(num, container, index, xref int) {
	at := f.buf.Len()
	row := func(kind, a, b int) string { return fmt.Sprintf("%02X%08X%04X", kind, a, b) }
	rows := row(2, container, index) + row(1, at, 0) + ">"
	f.size = max(f.size, xref+1)
	fmt.Fprintf(&f.buf, "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Index[%d 1 %d 1]/Root 1 0 R/Info 8 0 R/ID%s/Prev %d/Filter/ASCIIHexDecode/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		xref, f.size, num, xref, fileID, f.prev, len(rows), rows, at)
	f.prev = at
}
