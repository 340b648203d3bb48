package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// exercise does with a file all that a caller could.
func exercise(data []byte, opts pdf.Options) error {
	d, err := open(data, opts)
	if err != nil {
		return err
	}
	_ = d.Version()
	n, err := d.PageCount()
	for i := range min(n, 100) {
		_, _ = d.Page(i)
	}
	count := 0
	for e := range d.Entries() {
		if count++; count > 2000 {
			break
		}
		ref := pdf.Ref{Num: e.Num, Gen: e.Gen}
		o, err := d.Get(ref)
		if err != nil {
			continue
		}
		if s, ok := o.(*pdf.Stream); ok {
			_, _ = d.StreamData(s, 1<<20)
		}
		_, _ = d.Locate(ref)
		_, _ = d.ValueSpan(ref, "Contents")
	}
	for i := range min(len(d.Revisions()), 20) {
		_ = d.CheckRevision(i)
		_, _ = d.At(i)
	}
	u := d.NewUpdate()
	u.Add(pdf.Dict{"A": pdf.String{Bytes: []byte("b")}})
	if _, buildErr := u.Build(); err == nil {
		err = buildErr
	}
	return err
}

func TestHostile(t *testing.T) {
	for name, file := range hostileFiles() {
		t.Run(name, func(t *testing.T) {
			data := file()
			var err error
			budgettest.File.Keep(t, func() { err = exercise(data, pdf.Options{}) })
			if err != nil {
				assert.True(t, typed(err), "%v", err)
			}
			t.Logf("%d bytes in: %.100v", len(data), err)
		})
	}
}

// withObject is a file that has one object more, number 4.
func withObject(body string) []byte {
	m := newMaker().pages().obj(4, body)
	m.table("/Size 5 /Root 1 0 R")
	return m.Bytes()
}

// hostileFiles are files that ask for too much. Outside CI most of them ask for
// a tenth.
func hostileFiles() map[string]func() []byte {
	n := func(full int) int { return full / sampling() }
	return map[string]func() []byte{
		"empty":       func() []byte { return nil },
		"header only": func() []byte { return []byte("%PDF-1.7\n") },
		"zeros":       func() []byte { return append([]byte("%PDF-1.7\n"), make([]byte, n(1<<20))...) },
		"arrays nested 1 million deep": func() []byte {
			return withObject(strings.Repeat("[", n(1<<20)))
		},
		"dictionaries nested 100,000 deep": func() []byte {
			return withObject(strings.Repeat("<</A", n(100_000)))
		},
		"array of 8 million elements": func() []byte {
			return withObject("[" + strings.Repeat("0 ", n(8<<20)) + "]")
		},
		"array of 4 million empty arrays": func() []byte {
			return withObject("[" + strings.Repeat("[]", n(4<<20)) + "]")
		},
		"string of 40 MB": func() []byte {
			return withObject("(" + strings.Repeat("x", n(40<<20)) + ")")
		},
		"name of 20 MB": func() []byte {
			return withObject("/" + strings.Repeat("x", n(20<<20)))
		},
		"string without an end in each of 20,000 objects": func() []byte {
			m := newMaker().pages()
			for i := range n(20_000) {
				m.at[4+i] = m.Len()
				fmt.Fprintf(m, "%d 0 obj (", 4+i)
			}
			m.table("/Size 30000 /Root 1 0 R")
			return m.Bytes()
		},
		"objects without an end, rebuilt": func() []byte {
			return append(newMaker().pages().Bytes(), strings.Repeat("9 0 obj << /A [ (", n(200_000))...)
		},
		"trailers without an end, rebuilt": func() []byte {
			return append(newMaker().pages().Bytes(), strings.Repeat("trailer << /A ", n(200_000))...)
		},
		"streams without an end, rebuilt": func() []byte {
			return append(newMaker().pages().Bytes(), strings.Repeat("9 0 obj << >> stream\n", n(200_000))...)
		},
		"streams without an end": func() []byte {
			m := newMaker().pages()
			for i := range n(2000) {
				m.at[4+i] = m.Len()
				fmt.Fprintf(m, "%d 0 obj << /Length 99999999 >> stream\n", 4+i)
			}
			m.Write(make([]byte, n(4<<20)))
			m.table("/Size 30000 /Root 1 0 R")
			return m.Bytes()
		},
		"Prev leads to itself": func() []byte {
			m := newMaker().pages()
			at := m.Len()
			m.table(fmt.Sprintf("/Size 4 /Root 1 0 R /Prev %d", at))
			return m.Bytes()
		},
		"table claims 2 billion entries": func() []byte {
			m := newMaker().pages()
			at := m.Len()
			m.WriteString("xref\n0 2147483646\n0000000000 65535 f\r\ntrailer << /Root 1 0 R >>\n")
			m.tail(at)
			return m.Bytes()
		},
		"10,000 revisions": func() []byte {
			m := newMaker().pages()
			prev := m.table("/Size 4 /Root 1 0 R")
			for range 10_000 {
				prev = m.table(fmt.Sprintf("/Size 4 /Root 1 0 R /Prev %d", prev))
			}
			return m.Bytes()
		},
		"4,000 revisions of 1,000 entries": func() []byte {
			m := newMaker().pages()
			prev := m.table("/Size 4 /Root 1 0 R")
			block := "100 1000\n" + strings.Repeat("0000000009 00000 n\r\n", 1000)
			for range n(4_000) {
				at := m.Len()
				fmt.Fprintf(m, "xref\n%strailer << /Size 2000 /Root 1 0 R /Prev %d >>\n", block, prev)
				m.tail(at)
				prev = at
			}
			return m.Bytes()
		},
		"cross-reference stream of 1 billion rows": func() []byte {
			m := newMaker().pages()
			zeros := deflate(string(make([]byte, n(60<<20))))
			at := m.Len()
			m.stream(4, "/Type /XRef /Size 1000000000 /W [1 1 1] /Root 1 0 R /Filter /FlateDecode", zeros)
			m.tail(at)
			return m.Bytes()
		},
		"many hybrid sections": func() []byte {
			m := newMaker().pages()
			rows := make([]row, 2000)
			x := m.xrefStream(4, []int{10, 2000}, rows, "/Size 2010")
			m.at = map[int]int{}
			prev := 0
			for i := range n(1000) {
				extra := ""
				if i > 0 {
					extra = fmt.Sprintf("/Prev %d", prev)
				}
				prev = m.table(fmt.Sprintf("/Size 2010 /Root 1 0 R /XRefStm %d %s", x, extra))
			}
			return m.Bytes()
		},
		"Length is its own stream": func() []byte {
			return withObject("<< /Length 4 0 R >>\nstream\nabc\nendstream")
		},
		"chain of 1,000 Lengths": func() []byte {
			m := newMaker().pages()
			for i := range 1000 {
				m.obj(4+i, fmt.Sprintf("<< /Length %d 0 R >>\nstream\nabc\nendstream", 5+i))
			}
			m.table("/Size 2000 /Root 1 0 R")
			return m.Bytes()
		},
		"reference to itself": func() []byte {
			m := newMaker()
			m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>").obj(2, "2 0 R")
			m.table("/Size 3 /Root 1 0 R")
			return m.Bytes()
		},
		"object stream inside itself": func() []byte {
			m := newMaker().pages()
			stm := m.Len()
			m.stream(4, "/Type /ObjStm /N 9 0 R /First 4", "9 0 3")
			at := m.Len()
			m.xrefStream(5, []int{0, 10}, []row{{}, {1, m.at[1]}, {1, m.at[2]}, {1, m.at[3]}, {1, stm}, {1, at}, {}, {}, {}, {2, 4, 0}}, "/Size 10 /Root 1 0 R")
			m.tail(at)
			return m.Bytes()
		},
		"1,000 object streams that are bombs": func() []byte {
			m := newMaker().pages()
			head := "9999 0 "
			bomb := deflate(head + strings.Repeat(" ", n(32<<20)))
			rows := []row{{}, {1, m.at[1]}, {1, m.at[2]}, {1, m.at[3]}}
			for i := range n(1000) {
				rows = append(rows, row{1, m.Len()})
				m.stream(4+i, fmt.Sprintf("/Type /ObjStm /N 1 /First %d /Filter /FlateDecode", len(head)), bomb)
			}
			for i := range n(1000) {
				rows = append(rows, row{2, 4 + i, 0})
			}
			at := m.Len()
			rows = append(rows, row{1, at})
			m.xrefStream(4+2*n(1000), []int{0, len(rows)}, rows, "/Size 2005 /Root 1 0 R")
			m.tail(at)
			return m.Bytes()
		},
		"stream of filters on filters": func() []byte {
			data := string(make([]byte, n(32<<20)))
			for range 3 {
				data = deflate(data)
			}
			return withObject(fmt.Sprintf("<< /Filter [/FlateDecode /FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream", len(data), data))
		},
		"page tree that doubles at each level": func() []byte {
			m := newMaker()
			m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
			for i := 2; i < 60; i++ {
				m.obj(i, fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R %d 0 R] >>", i+1, i+1))
			}
			m.obj(60, "<< /Type /Page >>")
			m.table("/Size 61 /Root 1 0 R")
			return m.Bytes()
		},
		"page tree that holds itself": func() []byte {
			m := newMaker()
			m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>").obj(2, "<< /Type /Pages /Kids [2 0 R] >>")
			m.table("/Size 3 /Root 1 0 R")
			return m.Bytes()
		},
		"one page 250,000 times": func() []byte {
			m := newMaker()
			m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>").obj(3, "<< /Type /Page >>")
			m.obj(2, "<< /Type /Pages /Kids ["+strings.Repeat("3 0 R ", n(250_000))+"] >>")
			m.table("/Size 4 /Root 1 0 R")
			return m.Bytes()
		},
		"kids that are dictionaries of dictionaries": func() []byte {
			m := newMaker()
			m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
			m.obj(2, "<< /Type /Pages /Kids ["+strings.Repeat("<</A<<>>>>", n(25_000))+"] >>")
			m.table("/Size 3 /Root 1 0 R")
			return m.Bytes()
		},
	}
}
