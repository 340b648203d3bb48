package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func TestParseObject(t *testing.T) {
	tests := []struct {
		name, in string
		want     pdf.Object
		strict   bool // sound by the letter
	}{
		{"null", "null", nil, true},
		{"boolean", "true", true, true},
		{"integer with sign", "+17", pdf.Integer(17), true},
		{"negative integer", "-98", pdf.Integer(-98), true},
		{"real without leading digit", "-.002", pdf.Real{Value: -0.002, Text: "-.002"}, true},
		{"real without fraction", "4.", pdf.Real{Value: 4, Text: "4."}, true},
		{"integer beyond 64 bits is a real", "123456789012345678901", pdf.Real{Value: 123456789012345678901, Text: "123456789012345678901"}, true},
		{"two signs: the last counts", "--5", pdf.Real{Value: -5, Text: "--5"}, false},
		{"minus inside a number ends it", "12-34", pdf.Real{Value: 12, Text: "12-34"}, false},
		{"escapes in a string", `(\n\(\)\\\053\53 \0533)`, pdf.String{Bytes: []byte("\n()\\++ +3")}, true},
		{"balanced parentheses", "(a(b)c)", pdf.String{Bytes: []byte("a(b)c")}, true},
		{"ends of line become one", "(a\r\nb\rc\\\r\nd)", pdf.String{Bytes: []byte("a\nb\ncd")}, true},
		{"octal overflow is cut", `(\777)`, pdf.String{Bytes: []byte{0xff}}, true},
		{"odd hexadecimal digits", "<901FA>", pdf.String{Bytes: []byte{0x90, 0x1f, 0xa0}, Hex: true}, true},
		{"space in hexadecimal", "<4 1\n42>", pdf.String{Bytes: []byte("AB"), Hex: true}, true},
		{"letters in hexadecimal", "<4x1>", pdf.String{Bytes: []byte("A"), Hex: true}, false},
		{"escapes in a name", "/A#42#20C", pdf.Name("AB C"), true},
		{"empty name", "/", pdf.Name(""), true},
		{"bad escape in a name", "/A#4", pdf.Name("A#4"), false},
		{"array", "[1 0 R 2 3 (x) 4 0]", pdf.Array{pdf.Ref{Num: 1}, pdf.Integer(2), pdf.Integer(3), pdf.String{Bytes: []byte("x")}, pdf.Integer(4), pdf.Integer(0)}, true},
		{"dictionary", "<</A/B/C[/D]/E<</F 1>>>>", pdf.Dict{"A": pdf.Name("B"), "C": pdf.Array{pdf.Name("D")}, "E": pdf.Dict{"F": pdf.Integer(1)}}, true},
		{"comment between tokens", "[1 % two 2\n3]", pdf.Array{pdf.Integer(1), pdf.Integer(3)}, true},
		{"unknown word in an array", "[1 abc 2]", pdf.Array{pdf.Integer(1), nil, pdf.Integer(2)}, false},
		{"key without value", "<</A 1/B>>", pdf.Dict{"A": pdf.Integer(1), "B": nil}, false},
		{"key that is no name", "<</A 1 (x) /B 2>>", pdf.Dict{"A": pdf.Integer(1), "B": pdf.Integer(2)}, false},
		{"array that its dictionary ends", "<</A [1 2 >>", pdf.Dict{"A": pdf.Array{pdf.Integer(1), pdf.Integer(2)}}, false},
		{"the same key twice, the same value", "<</A 1/A 1>>", pdf.Dict{"A": pdf.Integer(1)}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pdf.ParseObject([]byte(test.in), false)
			require.NoError(t, err)
			assertParsed(t, test.in, test.want, got)
			got, err = pdf.ParseObject([]byte(test.in), true)
			if !test.strict {
				require.ErrorIs(t, err, pdf.ErrMalformed)
				return
			}
			require.NoError(t, err)
			assertParsed(t, test.in, test.want, got)
		})
	}
	for name, in := range map[string]string{
		"nothing": "", "string without end": "(a(b)", "hexadecimal without end": "<41",
		"dictionary without end": "<</A 1", "array without end": "[1", "lone bracket": "]", "lone brace": "{",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pdf.ParseObject([]byte(in), false)
			require.ErrorIs(t, err, pdf.ErrMalformed)
		})
	}
	_, err := pdf.ParseObject([]byte("<</A 1/A 2>>"), true)
	require.ErrorIs(t, err, pdf.ErrAmbiguous)
}

func TestSoundFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"table": plain().Bytes(), "stream": compressed().Bytes(), "hybrid": hybrid(false).Bytes(), "linearised": linearised().Bytes(),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := open(data, pdf.Options{Strict: true})
			require.NoError(t, err)
			assert.Empty(t, d.Repairs())
			assert.Empty(t, d.Ambiguities())
			n, err := d.PageCount()
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			p, err := d.Page(0)
			require.NoError(t, err)
			assert.Equal(t, pdf.Ref{Num: 3}, p.Ref)
			assert.Equal(t, pdf.Rect{URX: 595, URY: 842}, p.MediaBox)
			revisions := d.Revisions()
			require.Len(t, revisions, 1)
			assert.Equal(t, int64(len(data)), revisions[0].End)
			assert.NoError(t, d.CheckRevision(0))
			_, err = d.Page(1)
			assert.ErrorIs(t, err, pdf.ErrNoPage)
		})
	}
}

func TestHiddenObjectOfHybrid(t *testing.T) {
	o, err := mustOpen(t, hybrid(false).Bytes()).Get(pdf.Ref{Num: 6})
	require.NoError(t, err)
	assert.Equal(t, pdf.String{Bytes: []byte("hidden")}, o)
}

// TestRepairs reads lies that other readers read over, and refuses them when
// strict.
func TestRepairs(t *testing.T) {
	replace := func(old, new string) func() []byte {
		return func() []byte {
			data := plain().Bytes()
			if !bytes.Contains(data, []byte(old)) {
				panic(old)
			}
			return bytes.Replace(data, []byte(old), []byte(new), 1)
		}
	}
	tests := []struct {
		name string
		make func() []byte
		kind pdf.RepairKind
	}{
		{"junk before the header", func() []byte { return append([]byte("junk\r\n"), plain().Bytes()...) }, pdf.RepairHeader},
		{"junk before the header that offsets count", func() []byte {
			m := &maker{at: map[int]int{}}
			m.WriteString("junk\n%PDF-1.4\n")
			m.pages().table("/Size 4 /Root 1 0 R")
			return m.Bytes()
		}, pdf.RepairHeader},
		{"junk after the end", func() []byte { return append(plain().Bytes(), "<html>junk</html>"...) }, pdf.RepairTrailing},
		{"5 KB of junk after the end", func() []byte { return append(plain().Bytes(), strings.Repeat("junk ", 1000)...) }, pdf.RepairTrailing},
		{"end marker missing", func() []byte { return bytes.TrimSuffix(plain().Bytes(), []byte("%%EOF\n")) }, pdf.RepairTrailing},
		{"Size too small", replace("/Size 4", "/Size 2"), pdf.RepairSize},
		{"Size missing", replace("/Size 4", "/Zise 4"), pdf.RepairSize},
		{"startxref one byte early", func() []byte {
			m := newMaker().pages()
			at := m.table("/Size 4 /Root 1 0 R")
			return bytes.Replace(m.Bytes(), fmt.Appendf(nil, "startxref\n%d", at), fmt.Appendf(nil, "startxref\n%d", at-1), 1)
		}, pdf.RepairStartXRef},
		{"startxref some bytes late", func() []byte {
			m := newMaker().pages()
			at := m.table("/Size 4 /Root 1 0 R")
			return bytes.Replace(m.Bytes(), fmt.Appendf(nil, "startxref\n%d", at), fmt.Appendf(nil, "startxref\n%d", at+9), 1)
		}, pdf.RepairStartXRef},
		{"startxref of no use", func() []byte {
			m := newMaker().pages()
			at := m.table("/Size 4 /Root 1 0 R")
			return bytes.Replace(m.Bytes(), fmt.Appendf(nil, "startxref\n%d", at), []byte("startxref\n7"), 1)
		}, pdf.RepairRebuilt},
		{"cross-reference missing", func() []byte { return newMaker().pages().Bytes() }, pdf.RepairRebuilt},
		{"cross-reference missing, objects in an object stream", func() []byte {
			data := compressed().Bytes()
			return data[:bytes.Index(data, []byte("5 0 obj"))]
		}, pdf.RepairRebuilt},
		{"table with entries of 19 bytes", func() []byte {
			return bytes.ReplaceAll(plain().Bytes(), []byte(" n\r\n"), []byte(" n\n"))
		}, pdf.RepairXRef},
		{"table with fewer entries than it says", replace("3 1\n", "3 9\n"), pdf.RepairXRef},
		{"all entries a few bytes off", func() []byte {
			return bytes.Replace(plain().Bytes(), []byte("1 0 obj"), []byte("   1 0 obj"), 1)
		}, pdf.RepairRebuilt},
		{"page object a few bytes off", func() []byte {
			m := newMaker().pages()
			m.at[3] -= 3
			m.table("/Size 4 /Root 1 0 R")
			return m.Bytes()
		}, pdf.RepairPlace},
		{"endobj missing", func() []byte {
			m := newMaker().pages()
			m.at[4] = m.Len()
			m.WriteString("4 0 obj (x)\n")
			m.table("/Size 5 /Root 1 0 R")
			return m.Bytes()
		}, pdf.RepairSyntax},
		{"Length too small", func() []byte {
			return withObject("<< /Length 1 >>\nstream\nabc\nendstream")
		}, pdf.RepairLength},
		{"Length beyond the file", func() []byte {
			return withObject("<< /Length 99999 >>\nstream\nabc\nendstream")
		}, pdf.RepairLength},
		{"Prev of 0", replace("/Root 1 0 R", "/Prev 0 /Root 1 0 R"), pdf.RepairXRef},
		{"kid that is missing", func() []byte {
			m := newMaker().pages().obj(2, "<< /Type /Pages /Kids [9 0 R 3 0 R] >>")
			m.table("/Size 4 /Root 1 0 R")
			return m.Bytes()
		}, pdf.RepairPages},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := test.make()
			d, err := open(data, pdf.Options{})
			require.NoError(t, err)
			n, err := d.PageCount()
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			if o, _ := d.Get(pdf.Ref{Num: 4}); test.kind == pdf.RepairLength {
				b, err := d.StreamData(o.(*pdf.Stream), 100)
				require.NoError(t, err)
				assert.Equal(t, "abc", string(b))
			}
			found := slices.ContainsFunc(d.Repairs(), func(r pdf.Repair) bool { return r.Kind == test.kind })
			assert.True(t, found, "%v", d.Repairs())
			assert.Equal(t, test.kind == pdf.RepairRebuilt, d.Rebuilt())

			d, err = open(data, pdf.Options{Strict: true})
			if err == nil {
				_, err = d.PageCount()
			}
			if err == nil {
				_, err = d.Get(pdf.Ref{Num: 4})
			}
			assert.ErrorIs(t, err, pdf.ErrMalformed)
		})
	}
}

func TestAmbiguities(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		kind pdf.AmbiguityKind
		num  uint32
	}{
		{"hybrid whose table and stream differ", hybrid(true).Bytes(), pdf.AmbiguousHybrid, 3},
		{"one section that lists an object twice", func() []byte {
			m := newMaker().pages()
			twice := fmt.Sprintf("3 1\n%010d 00000 n\r\n", m.at[1])
			at := m.Len()
			m.table("/Size 4 /Root 1 0 R")
			data := m.Bytes()
			return slices.Concat(data[:at], bytes.Replace(data[at:], []byte("trailer"), []byte(twice+"trailer"), 1))
		}(), pdf.AmbiguousEntry, 3},
		{"catalog with two page trees", func() []byte {
			m := newMaker()
			m.pages().obj(1, "<< /Type /Catalog /Pages 2 0 R /Pages 3 0 R /Pages 2 0 R >>")
			m.table("/Size 4 /Root 1 0 R")
			return m.Bytes()
		}(), pdf.AmbiguousKey, 1},
		{"object stream that holds another object there", func() []byte {
			m := newMaker().pages()
			at := m.at
			stm := m.Len()
			m.stream(4, "/Type /ObjStm /N 2 /First 8", "7 0 6 4 (a) (b)")
			x := m.Len()
			m.xrefStream(5, []int{0, 7}, []row{{}, {1, at[1]}, {1, at[2]}, {1, at[3]}, {1, stm}, {1, x}, {2, 4, 0}}, "/Size 7 /Root 1 0 R")
			m.tail(x)
			return m.Bytes()
		}(), pdf.AmbiguousObject, 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := mustOpen(t, test.data)
			_, err := d.Get(pdf.Ref{Num: 6})
			require.NoError(t, err)
			a := d.Ambiguities()
			require.NotEmpty(t, a)
			assert.Equal(t, test.kind, a[0].Kind)
			assert.Equal(t, test.num, a[0].Num)
			require.ErrorIs(t, a[0], pdf.ErrAmbiguous)

			d, err = open(test.data, pdf.Options{Strict: true})
			if err == nil {
				_, err = d.Get(pdf.Ref{Num: 6})
			}
			assert.ErrorIs(t, err, pdf.ErrAmbiguous)
		})
	}
}

func TestPageTree(t *testing.T) {
	m := newMaker()
	m.obj(1, "<< /Type /Catalog /Pages 2 0 R >>")
	m.obj(2, "<< /Type /Pages /Kids [3 0 R 4 0 R 7 0 R] /Count 4 /MediaBox [0 0 595 842] /Rotate 90 /Resources << /A 1 >> >>")
	m.obj(3, "<< /Type /Page /Parent 2 0 R /CropBox [700 10 5 800] >>")
	m.obj(4, "<< /Type /Pages /Parent 2 0 R /Kids [5 0 R 6 0 R] /MediaBox [10 20 110 220] /Rotate -90 >>")
	m.obj(5, "<< /Type /Page /Parent 4 0 R /Rotate 8 0 R /UserUnit 2.5 >>")
	m.obj(6, "<< /Type /Page /Parent 4 0 R /Resources 9 0 R /MediaBox [0 0 0 0] >>")
	m.obj(7, "<< /Type /Page /Parent 2 0 R >>").obj(8, "450").obj(9, "<< /B 2 >>")
	m.table("/Size 10 /Root 1 0 R")
	d := mustOpen(t, m.Bytes())
	want := []pdf.Page{
		{Ref: pdf.Ref{Num: 3}, MediaBox: pdf.Rect{URX: 595, URY: 842}, CropBox: pdf.Rect{LLX: 5, LLY: 10, URX: 595, URY: 800}, Rotate: 90, UserUnit: 1, Resources: pdf.Dict{"A": pdf.Integer(1)}},
		{Ref: pdf.Ref{Num: 5}, MediaBox: pdf.Rect{LLX: 10, LLY: 20, URX: 110, URY: 220}, CropBox: pdf.Rect{LLX: 10, LLY: 20, URX: 110, URY: 220}, Rotate: 90, UserUnit: 2.5, Resources: pdf.Dict{"A": pdf.Integer(1)}},
		{Ref: pdf.Ref{Num: 6}, MediaBox: pdf.Rect{URX: 612, URY: 792}, CropBox: pdf.Rect{URX: 612, URY: 792}, Rotate: 270, UserUnit: 1, Resources: pdf.Dict{"B": pdf.Integer(2)}},
		{Ref: pdf.Ref{Num: 7}, MediaBox: pdf.Rect{URX: 595, URY: 842}, CropBox: pdf.Rect{URX: 595, URY: 842}, Rotate: 90, UserUnit: 1, Resources: pdf.Dict{"A": pdf.Integer(1)}},
	}
	for _, i := range []int{1, 0, 3, 2} { // in any order
		got, err := d.Page(i)
		require.NoError(t, err)
		got.Dict = nil
		assert.Equal(t, want[i], got)
	}
	n, err := d.PageCount()
	require.NoError(t, err)
	assert.Equal(t, 4, n)
}

func TestValueSpan(t *testing.T) {
	data := withObject("<< /V << /Contents <00ff> /ByteRange [0 1 2 3] >> /Ref 3 0 R /N 12 /Twice 1 /Twice 1 >>")
	d := mustOpen(t, data)
	ref := pdf.Ref{Num: 4}
	for path, want := range map[string]string{
		"V/Contents": "<00ff>", "V/ByteRange": "[0 1 2 3]", "Ref": "3 0 R", "N": "12",
		"V": "<< /Contents <00ff> /ByteRange [0 1 2 3] >>",
	} {
		var keys []pdf.Name
		for _, k := range strings.Split(path, "/") {
			keys = append(keys, pdf.Name(k))
		}
		s, err := d.ValueSpan(ref, keys...)
		require.NoError(t, err, path)
		assert.Equal(t, want, string(data[s.Offset:s.End]))
	}
	s, err := d.ValueSpan(ref)
	require.NoError(t, err)
	assert.Equal(t, "<< /V", string(data[s.Offset:s.Offset+5]))

	_, err = d.ValueSpan(ref, "Twice")
	require.ErrorIs(t, err, pdf.ErrAmbiguous, "a key twice, even with one value, has two places")
	_, err = d.ValueSpan(ref, "Missing")
	require.ErrorIs(t, err, pdf.ErrMalformed)
	_, err = d.ValueSpan(ref, "N", "Deeper")
	require.ErrorIs(t, err, pdf.ErrMalformed)
	_, err = mustOpen(t, compressed().Bytes()).ValueSpan(pdf.Ref{Num: 1}, "Pages")
	require.ErrorIs(t, err, pdf.ErrMalformed, "object streams have no place in the file")
}

// failing fails to read from a position on.
type failing struct {
	data []byte
	from int64
}

var errDisk = errors.New("disk is gone")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return copy(p, f.data[off:]), nil
}

// TestReadError hands on what the reader says instead of taking it for a
// damaged file.
func TestReadError(t *testing.T) {
	data := plain().Bytes()
	for _, from := range []int64{0, 10, int64(len(data) - 1)} {
		_, err := pdf.Open(failing{data, from}, int64(len(data)), pdf.Options{})
		require.ErrorIs(t, err, errDisk)
		assert.False(t, typed(err))
	}
	_, err := pdf.Open(bytes.NewReader(data), int64(len(data)+100), pdf.Options{})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "a size larger than the file")
	require.ErrorIs(t, err, pdf.ErrShort)
	assert.EqualError(t, err, fmt.Sprintf("pdf: input is shorter than its size: nothing at byte %d: unexpected EOF", len(data)))
}

// Integers and references are told apart wherever the blocks of the file end.
func TestReferencesOverTheEndsOfBlocks(t *testing.T) {
	const blockSize = 16 << 10
	want := pdf.Array{}
	var text strings.Builder
	for range 8 {
		want = append(want, pdf.Integer(1), pdf.Integer(22), pdf.Ref{Num: 3}, pdf.Integer(4), pdf.Ref{Num: 55, Gen: 6},
			pdf.Ref{Num: 7}, pdf.Integer(8), pdf.Integer(9), pdf.Integer(70000), pdf.Name("R"), pdf.Integer(-1), pdf.Integer(5))
		text.WriteString("1 22 3 0 R 4 %R\n55 6 R 7 0\r\nR 8 9 70000/R -1 5 ")
	}
	for shift := range text.Len() + 8 {
		m := newMaker().pages()
		m.WriteString("%" + strings.Repeat("x", blockSize-m.Len()-shift-10) + "\n")
		m.obj(4, "["+text.String()+"]").table("/Size 5 /Root 1 0 R")
		got, err := mustOpen(t, m.Bytes()).Array(pdf.Ref{Num: 4})
		require.NoError(t, err)
		require.Equal(t, want, got, "%d bytes before the end", shift)
	}
}

func TestCutShort(t *testing.T) {
	plain := func() *maker { m := newMaker().pages(); m.table("/Size 4 /Root 1 0 R"); return m }
	whole := plain().Bytes()
	table := bytes.LastIndex(whole, []byte("xref\n0 1"))
	for name, c := range map[string]struct {
		file []byte
		want bool
	}{
		"whole":                          {whole, false},
		"the cross-reference is wrong":   {bytes.Replace(whole, []byte("startxref\n"), []byte("startxref\n9"), 1), false},
		"the last object only":           {whole[:table], true},
		"an update begun":                {append(plain().Bytes(), "4 0 obj\n<< /Ty"...), true},
		"an update begun over 64 KB":     {append(plain().Bytes(), "4 0 obj\n("+strings.Repeat("x", 70<<10)...), true},
		"junk that speaks of objects":    {append(plain().Bytes(), "<p>3 objects, obj 4"...), false},
		"a trailer in front of the rest": {append([]byte("%PDF-1.7\ntrailer\n<< /Root 1 0 R >>\n"), whole[9:table]...), true},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, mustOpen(t, c.file).CutShort())
		})
	}
}

// assertParsed compares an object with what is wanted; of a string with a CR only
// what can be seen, since how it stood is kept too.
func assertParsed(t *testing.T, in string, want, got pdf.Object) {
	t.Helper()
	w, ok := want.(pdf.String)
	g, isString := got.(pdf.String)
	if ok && isString && strings.Contains(in, "\r") {
		assert.Equal(t, w.Bytes, g.Bytes)
		assert.Equal(t, w.Hex, g.Hex)
		return
	}
	assert.Equal(t, want, got)
}

// Some readers keep the line ends of literal strings as they stand: strings in
// which they differ are not the same, and are written again as they stood.
func TestLineEndsOfStringsAreKept(t *testing.T) {
	texts := []string{"(a\nb)", "(a\rb)", "(a\r\nb)", "(a\r\n\r\rb)", "(a\n\n\nb)", "(\r)", "(\n)", "(a\\nb\r)", "(a\\\r\nb\r)"}
	for i, a := range texts {
		x, err := pdf.ParseObject([]byte(a), true)
		require.NoError(t, err)
		written, err := pdf.FormatObject(x)
		require.NoError(t, err)
		again, err := pdf.ParseObject([]byte(written), true)
		require.NoError(t, err)
		assert.True(t, pdf.Equal(x, again), "%q as %q", a, written)
		for j, b := range texts {
			y, err := pdf.ParseObject([]byte(b), true)
			require.NoError(t, err)
			assert.Equal(t, i == j, pdf.Equal(x, y), "%q and %q", a, b)
		}
	}
}
