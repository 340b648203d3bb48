package pdf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maker writes test files byte by byte, right or wrong as a test wants.
type maker struct {
	bytes.Buffer
	at map[int]int // offsets of objects of the current revision
}

func newMaker() *maker {
	m := &maker{at: map[int]int{}}
	m.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return m
}

// obj writes an object of generation 0.
func (m *maker) obj(num int, body string) *maker {
	m.at[num] = m.Len()
	fmt.Fprintf(m, "%d 0 obj\n%s\nendobj\n", num, body)
	return m
}

// stream writes a stream object with the right Length.
func (m *maker) stream(num int, dict, data string) *maker {
	return m.obj(num, fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// pages writes catalog 1, page tree 2 and one page 3.
func (m *maker) pages() *maker {
	m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
	m.obj(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>")
	return m.obj(3, "<< /Type /Page /Parent 2 0 R >>")
}

// table writes a cross-reference table of the objects since the last one, and
// a trailer; it returns the table's offset.
func (m *maker) table(trailer string) int {
	nums := make([]int, 0, len(m.at))
	for n := range m.at {
		nums = append(nums, n)
	}
	sort.Ints(nums)
	at := m.Len()
	m.WriteString("xref\n0 1\n0000000000 65535 f\r\n")
	for _, n := range nums {
		fmt.Fprintf(m, "%d 1\n%010d 00000 n\r\n", n, m.at[n])
	}
	m.at = map[int]int{}
	fmt.Fprintf(m, "trailer\n<< %s >>\n", trailer)
	m.tail(at)
	return at
}

func (m *maker) tail(xref int) { fmt.Fprintf(m, "startxref\n%d\n%%%%EOF\n", xref) }

// row is an entry of a cross-reference stream: type and two fields.
type row [3]int

// xrefStream writes a cross-reference stream as object num with the rows of
// index, and returns its offset.
func (m *maker) xrefStream(num int, index []int, rows []row, extra string) int {
	at := m.Len()
	var data bytes.Buffer
	for _, r := range rows {
		data.WriteByte(byte(r[0]))
		_ = binary.Write(&data, binary.BigEndian, uint32(r[1]))
		_ = binary.Write(&data, binary.BigEndian, uint16(r[2]))
	}
	m.stream(num, fmt.Sprintf("/Type /XRef /W [1 4 2] /Index %s /Filter /FlateDecode %s",
		strings.ReplaceAll(fmt.Sprint(index), ",", ""), extra), deflate(data.String()))
	m.at = map[int]int{}
	return at
}

func deflate(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

// plain is a one-page file with a table.
func plain() *maker {
	m := newMaker().pages()
	m.table("/Size 4 /Root 1 0 R")
	return m
}

// compressed is a one-page file whose objects are in an object stream.
func compressed() *maker {
	m := newMaker()
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
		"<< /Type /Page /Parent 2 0 R >>",
	}
	head, body := "", ""
	for i, o := range objects {
		head += fmt.Sprintf("%d %d ", i+1, len(body))
		body += o + " "
	}
	stm := m.Len()
	m.stream(4, fmt.Sprintf("/Type /ObjStm /N 3 /First %d /Filter /FlateDecode", len(head)), deflate(head+body))
	at := m.Len()
	m.xrefStream(5, []int{0, 6}, []row{{0, 0, 65535}, {2, 4, 0}, {2, 4, 1}, {2, 4, 2}, {1, stm, 0}, {1, at, 0}}, "/Size 6 /Root 1 0 R")
	m.tail(at)
	return m
}

// hybrid is a file as word processors write it: a table that hides objects in
// an object stream, named by XRefStm. differ makes the stream place object 3
// elsewhere than the table.
func hybrid(differ bool) *maker {
	m := newMaker().pages()
	stm := m.Len()
	m.stream(4, "/Type /ObjStm /N 1 /First 4", "6 0 (hidden)")
	three := m.at[3]
	if differ {
		three = m.Len()
		m.WriteString("3 0 obj\n<< /Type /Page /Parent 2 0 R /Rotate 90 >>\nendobj\n")
	}
	at := m.at
	x := m.xrefStream(5, []int{0, 7}, []row{{0, 0, 65535}, {1, at[1], 0}, {1, at[2], 0}, {1, three, 0}, {1, stm, 0}, {0, 0, 0}, {2, 4, 0}}, "/Size 7")
	m.at = at
	delete(m.at, 5)
	m.table(fmt.Sprintf("/Size 7 /Root 1 0 R /XRefStm %d", x))
	return m
}

// linearised is the shape of a linearised file: the section of the first page
// at the beginning, the main section at the end.
func linearised() *maker {
	build := func(main, first int) (*maker, int, int) {
		m := newMaker()
		m.obj(4, "<< /Linearized 1 /L 0 >>")
		firstAt := m.Len()
		fmt.Fprintf(m, "xref\n3 2\n%010d 00000 n\r\n%010d 00000 n\r\ntrailer\n<< /Size 5 /Root 1 0 R /Prev %010d >>\nstartxref\n0\n%%%%EOF\n", first, m.at[4], main)
		m.obj(3, "<< /Type /Page /Parent 2 0 R >>")
		m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
		m.obj(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>")
		three := m.at[3]
		mainAt := m.Len()
		fmt.Fprintf(m, "xref\n0 3\n0000000000 65535 f\r\n%010d 00000 n\r\n%010d 00000 n\r\ntrailer\n<< /Size 3 >>\n", m.at[1], m.at[2])
		m.tail(firstAt)
		return m, mainAt, three
	}
	_, main, three := build(0, 0)
	m, _, _ := build(main, three)
	return m
}

func open(data []byte, opts pdf.Options) (*pdf.Document, error) {
	return pdf.Open(bytes.NewReader(data), int64(len(data)), opts)
}

func mustOpen(t testing.TB, data []byte) *pdf.Document {
	t.Helper()
	d, err := open(data, pdf.Options{})
	require.NoError(t, err)
	return d
}

// update applies an update and returns the new file.
func update(t testing.TB, data []byte, change func(u *pdf.Update)) []byte {
	t.Helper()
	u := mustOpen(t, data).NewUpdate()
	change(u)
	built, err := u.Build()
	require.NoError(t, err)
	return append(bytes.Clone(data), built.Bytes...)
}
