package pdf_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// seeds are the files that fuzzing begins with.
func seeds(f *testing.F) [][]byte {
	f.Helper()
	all := [][]byte{
		plain().Bytes(), compressed().Bytes(), hybrid(false).Bytes(), hybrid(true).Bytes(), linearised().Bytes(),
		newMaker().pages().Bytes(), revised(f, plain().Bytes()), revised(f, compressed().Bytes()),
		append([]byte("junk"), plain().Bytes()...),
	}
	for _, data := range encrypted(f) {
		all = append(all, data)
	}
	return all
}

// FuzzParse reads one object; what was read can be written and read again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"<</A[1 2.5 -3 (x\\)\\101) <41 4> /B#20 true null 7 0 R]/C<</D()>>>>", "[[[[", "<</A<</A<</A", "(((", "--1.2.3", "/#", "<4", "[1 0 R 2 0 3 0 R]", "% x",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, strict bool) {
		o, err := pdf.ParseObject(data, strict)
		if err != nil {
			if !typed(err) {
				t.Fatal(err)
			}
			return
		}
		text, err := pdf.FormatObject(o)
		if err != nil {
			t.Fatal(err)
		}
		back, err := pdf.ParseObject([]byte(text), false)
		if err != nil {
			t.Fatalf("%v: %q", err, text)
		}
		again, err := pdf.FormatObject(back)
		if err != nil || again != text {
			t.Fatalf("%v: %q became %q", err, text, again)
		}
	})
}

// FuzzOpen opens a file and does with it all that a caller could.
func FuzzOpen(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, data []byte, strict bool) {
		opts := pdf.Options{Strict: strict, Password: []byte("baca")}
		if err := exercise(data, opts); err != nil && !typed(err) {
			t.Fatal(err)
		}
	})
}

// FuzzXRef reads a table or a cross-reference stream's rows in a sound file.
func FuzzXRef(f *testing.F) {
	f.Add([]byte("xref\n0 1\n0000000000 65535 f\r\n1 3\n0000000015 00000 n\r\n0000000066 00000 n\r\n0000000148 00000 n\r\ntrailer\n<< /Size 4 /Root 1 0 R >>\n"))
	f.Add([]byte("4 0 obj << /Type /XRef /W [1 2 1] /Index [0 4] /Size 4 /Root 1 0 R /Length 16 >>\nstream\n\x00\x00\x00\x00\x01\x00\x0f\x00\x01\x00B\x00\x01\x00\x94\x00\nendstream\nendobj\n"))
	f.Fuzz(func(t *testing.T, section []byte) {
		m := newMaker().pages()
		at := m.Len()
		m.Write(section)
		m.tail(at)
		if err := exercise(m.Bytes(), pdf.Options{}); err != nil && !typed(err) {
			t.Fatal(err)
		}
	})
}

// FuzzObjectStream reads the decoded bytes of an object stream.
func FuzzObjectStream(f *testing.F) {
	f.Add([]byte("6 0 7 2 8 8 1 (abc) <</A 1>>"), 12, 3)
	f.Add([]byte("6 0 6 0 6 0"), 11, 3)
	f.Add([]byte("6 99999 "), -1, 1<<30)
	f.Fuzz(func(t *testing.T, data []byte, first, n int) {
		m := newMaker().pages()
		at := m.at
		stm := m.Len()
		m.stream(4, fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", n, first), deflate(string(data)))
		x := m.Len()
		m.xrefStream(5, []int{0, 9}, []row{{}, {1, at[1]}, {1, at[2]}, {1, at[3]}, {1, stm}, {1, x}, {2, 4, 0}, {2, 4, 1}, {2, 4, 2}}, "/Size 9 /Root 1 0 R")
		m.tail(x)
		if err := exercise(m.Bytes(), pdf.Options{}); err != nil && !typed(err) {
			t.Fatal(err)
		}
	})
}

// FuzzUpdate writes an object into an update and reads it back; what the
// update wrote is strictly readable.
func FuzzUpdate(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, []byte("<</A[(x) /B 1.5 <00>]>>"))
	}
	f.Fuzz(func(t *testing.T, data, object []byte) {
		opts := pdf.Options{Password: []byte("baca")}
		d, err := open(data, opts)
		if err != nil {
			return
		}
		o, err := pdf.ParseObject(object, false)
		if err != nil {
			return
		}
		want := pdf.Clone(o)
		u := d.NewUpdate()
		ref := u.Add(o)
		built, err := u.Build()
		if err != nil {
			if !typed(err) {
				t.Fatal(err)
			}
			return
		}
		out := append(bytes.Clone(data), built.Bytes...)
		again, err := open(out, opts)
		if err != nil {
			t.Fatalf("update cannot be read: %v", err)
		}
		got, err := again.Get(ref)
		if err != nil || !pdf.Equal(want, got) {
			t.Fatalf("wrote %v, read %v: %v", want, got, err)
		}
		if err := checkUpdate(again, data); err != nil {
			t.Fatal(err)
		}
	})
}

// checkUpdate reads the last revision strictly when it is all that follows
// data.
func checkUpdate(d *pdf.Document, data []byte) error {
	revisions := d.Revisions()
	n := len(revisions) - 1
	if n < 1 {
		return nil
	}
	start := min(int(revisions[n].Start), len(data))
	if revisions[n].Sections > 1 || len(bytes.TrimSpace(data[start:])) > 0 {
		return nil
	}
	return d.CheckRevision(n)
}
