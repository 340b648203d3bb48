package pdf_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func TestFormatObject(t *testing.T) {
	tests := []struct {
		name string
		in   pdf.Object
		want string
	}{
		{"null", nil, "null"},
		{"boolean", false, "false"},
		{"integer", pdf.Integer(math.MinInt64 + 1), "-9223372036854775807"},
		{"real as it was written", pdf.Real{Value: 0.1, Text: "+.10"}, "+.10"},
		{"real made by the program", pdf.Real{Value: -12.50}, "-12.5"},
		{"real too small to see", pdf.Real{Value: -1e-9}, "0"},
		{"real with text that is no number", pdf.Real{Value: 2, Text: "2 0 R"}, "2"},
		{"string with special characters", pdf.String{Bytes: []byte("a(b)\\\nabcdefgh")}, `(a\(b\)\\\012abcdefgh)`},
		{"binary string", pdf.String{Bytes: []byte{0, 1, 0xff}}, "<0001ff>"},
		{"hexadecimal string", pdf.String{Bytes: []byte("A"), Hex: true}, "<41>"},
		{"empty string", pdf.String{}, "()"},
		{"name with delimiters", pdf.Name("A B/#(é"), "/A#20B#2f#23#28#c3#a9"},
		{"reference", pdf.Ref{Num: 12, Gen: 3}, "12 3 R"},
		{"array", pdf.Array{pdf.Integer(1), nil, pdf.Array{}}, "[1 null []]"},
		{"dictionary in order, with null", pdf.Dict{"B": pdf.Integer(2), "A": pdf.Name("x"), "C": nil, "D": pdf.Dict{}}, "<< /A /x /B 2 /C null /D << >> >>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := pdf.FormatObject(test.in)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			back, err := pdf.ParseObject([]byte(got), true)
			require.NoError(t, err)
			if test.in != nil && !strings.Contains(test.name, "real") {
				assert.True(t, pdf.Equal(test.in, back), "%v", back)
			}
		})
	}
	loop := pdf.Array{nil}
	loop[0] = loop
	for name, o := range map[string]pdf.Object{
		"not a number": pdf.Real{Value: math.NaN()}, "infinite": pdf.Real{Value: math.Inf(1)},
		"stream in an array": pdf.Array{pdf.NewStream(nil, nil)}, "array in itself": loop, "Go integer": 3,
	} {
		_, err := pdf.FormatObject(o)
		require.Error(t, err, name)
	}
}

// TestUpdate writes updates of each kind of file and reads them back.
func TestUpdate(t *testing.T) {
	for name, data := range map[string][]byte{
		"table": plain().Bytes(), "stream": compressed().Bytes(), "hybrid": hybrid(false).Bytes(), "linearised": linearised().Bytes(),
		"no end of line at the end": bytes.TrimSuffix(plain().Bytes(), []byte("\n")),
		"rebuilt":                   newMaker().pages().Bytes(),
		"rebuilt, object streams":   compressed().Bytes()[:bytes.Index(compressed().Bytes(), []byte("5 0 obj"))],
		"junk before the header":    append([]byte("junk\n"), plain().Bytes()...),
	} {
		t.Run(name, func(t *testing.T) {
			d := mustOpen(t, data)
			u := d.NewUpdate()
			placeholder := pdf.NewPlaceholder([]byte("<0000>"))
			reserved := u.Reserve()
			added := u.Add(pdf.Dict{"Other": reserved, "Here": placeholder})
			u.Set(reserved, pdf.NewFlateStream(pdf.Dict{"Type": pdf.Name("Contoh")}, []byte("isi")))
			require.NoError(t, u.RaiseVersion("2.0"))
			got, err := u.Get(d.CatalogRef())
			require.NoError(t, err)
			assert.Equal(t, pdf.Name("2.0"), got.(pdf.Dict)["Version"])
			built, err := u.Build()
			require.NoError(t, err)
			again, err := u.Build()
			require.NoError(t, err)
			assert.Equal(t, built.Bytes, again.Bytes, "the same twice")

			assert.Equal(t, int64(len(data)), built.Start)
			built.Patch(placeholder, []byte("<abcd>"))
			out := append(bytes.Clone(data), built.Bytes...)
			assert.Equal(t, int64(len(out)), built.Size())
			span := built.Span(placeholder)
			assert.Equal(t, "<abcd>", string(out[span.Offset:span.End]))

			after := mustOpen(t, out)
			assert.False(t, after.Rebuilt())
			assert.Equal(t, "2.0", after.Version())
			assert.Equal(t, "isi", streamText(t, after, reserved))
			o, err := after.Get(added)
			require.NoError(t, err)
			assert.Equal(t, pdf.Dict{"Other": reserved, "Here": pdf.String{Bytes: []byte{0xab, 0xcd}, Hex: true}}, o)
			n, err := after.PageCount()
			require.NoError(t, err)
			assert.Equal(t, 1, n)
			revisions := after.Revisions()
			last := revisions[len(revisions)-1]
			assert.Equal(t, strings.Contains(name, "stream"), last.Stream)
			highest := uint32(0)
			for e := range after.Entries() {
				highest = max(highest, e.Num)
			}
			assert.Equal(t, pdf.Integer(highest)+1, after.Trailer()["Size"])
			if last.Start > 0 {
				require.NoError(t, after.CheckRevision(len(revisions)-1))
			}
			qpdfFindsNothing(t, out, strings.Contains(name, "junk"))
		})
	}
}

// qpdfFindsNothing has qpdf check a file; warnings are allowed only if warned.
func qpdfFindsNothing(t *testing.T, data []byte, warned bool) {
	t.Helper()
	requireTool(t, "qpdf")
	path := filepath.Join(t.TempDir(), "out.pdf")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	out, err := exec.Command("qpdf", "--check", path).CombinedOutput()
	if !warned {
		require.NoError(t, err, string(out))
		assert.NotContains(t, string(out), "WARNING")
	}
}

func TestTrailerOfUpdate(t *testing.T) {
	build := func(trailer string, change func(u *pdf.Update)) pdf.Dict {
		m := newMaker().pages().obj(4, "<< /Title (Contoh) >>")
		m.table("/Size 5 /Root 1 0 R " + trailer)
		return mustOpen(t, update(t, m.Bytes(), change)).Trailer()
	}
	add := func(u *pdf.Update) { u.Add(pdf.Integer(1)) }

	kept := build("/Info 4 0 R /ID [<01> <02>] /Contoh (x)", add)
	assert.Equal(t, pdf.Ref{Num: 4}, kept["Info"])
	assert.Equal(t, pdf.Ref{Num: 1}, kept["Root"])
	assert.Equal(t, pdf.String{Bytes: []byte("x")}, kept["Contoh"])
	assert.Equal(t, pdf.Integer(6), kept["Size"])
	id := kept["ID"].(pdf.Array)
	assert.Equal(t, []byte{1}, id[0].(pdf.String).Bytes, "the first element is the file's for ever")
	assert.Len(t, id[1].(pdf.String).Bytes, 16)
	other := build("/Info 4 0 R /ID [<01> <02>]", func(u *pdf.Update) { u.Add(pdf.Integer(2)) })["ID"].(pdf.Array)
	assert.NotEqual(t, id[1], other[1], "another update has another second element")

	made := build("", add)["ID"].(pdf.Array)
	assert.Equal(t, made[0], made[1])

	info := build("", func(u *pdf.Update) { u.SetTrailer("Info", u.Add(pdf.Dict{"Title": pdf.TextString("ä")})) })
	assert.Equal(t, pdf.Ref{Num: 5}, info["Info"])
	assert.NotContains(t, build("/Info 4 0 R", func(u *pdf.Update) { u.SetTrailer("Info", nil) }), "Info")
}

// TestNumbers never gives a new object a number that a reference may hold.
func TestNumbers(t *testing.T) {
	first := func(size int) pdf.Ref {
		m := newMaker().pages()
		m.table(fmt.Sprintf("/Size %d /Root 1 0 R", size))
		return mustOpen(t, m.Bytes()).NewUpdate().Reserve()
	}
	assert.Equal(t, pdf.Ref{Num: 4}, first(4))
	assert.Equal(t, pdf.Ref{Num: 4}, first(2), "a Size too small is not believed")
	assert.Equal(t, pdf.Ref{Num: 9}, first(9), "numbers below Size count as taken")
	assert.Equal(t, pdf.Ref{Num: 4}, first(2_000_000_000), "a Size far too large is not believed")
}

func TestUpdateMisuse(t *testing.T) {
	u := mustOpen(t, plain().Bytes()).NewUpdate()
	ref := u.Reserve()
	_, err := u.Build()
	require.ErrorContains(t, err, "4 0 R was reserved")
	p := pdf.NewPlaceholder([]byte("<00>"))
	u.Set(ref, pdf.Array{p})
	built, err := u.Build()
	require.NoError(t, err)
	assert.Panics(t, func() { built.Patch(p, []byte("<000000>")) })
	assert.Panics(t, func() { built.Span(pdf.NewPlaceholder(nil)) })
	assert.Panics(t, func() { u.Set(pdf.Ref{}, nil) })
	assert.Panics(t, func() { u.Set(pdf.Ref{Num: 77}, nil) })
	assert.Panics(t, func() { u.SetTrailer("Prev", nil) })
	u.Set(ref, pdf.Array{p, p})
	assert.Panics(t, func() { _, _ = u.Build() })
	u.Set(ref, pdf.Array{pdf.NewStream(nil, nil)})
	_, err = u.Build()
	require.Error(t, err)
}

// TestUpdateKeepsValues changes nothing through Get and its copies.
func TestUpdateKeepsValues(t *testing.T) {
	u := mustOpen(t, plain().Bytes()).NewUpdate()
	ref := u.Add(pdf.Dict{"A": pdf.Array{pdf.Integer(1)}})
	o, err := u.Get(ref)
	require.NoError(t, err)
	o.(pdf.Dict)["A"].(pdf.Array)[0] = pdf.Integer(2)
	o, err = u.Get(ref)
	require.NoError(t, err)
	assert.Equal(t, pdf.Dict{"A": pdf.Array{pdf.Integer(1)}}, o)
}

func TestRaiseVersion(t *testing.T) {
	m := newMaker().obj(1, "<< /Type /Catalog /Pages 2 0 R /Version /1.4 >>")
	m.obj(2, "<< /Type /Pages /Kids [] >>").table("/Size 3 /Root 1 0 R")
	for version, want := range map[string]string{"1.3": "1.7", "1.7": "1.7", "2.0": "2.0"} {
		out := update(t, m.Bytes(), func(u *pdf.Update) { require.NoError(t, u.RaiseVersion(version)) })
		assert.Equal(t, want, mustOpen(t, out).Version(), version)
	}
}

func TestTextString(t *testing.T) {
	for _, s := range []string{"", "Budi Contoh", "Surat (2)\\", "Ngurah – Ketut", "😀 ꦲꦏ꧀ꦱꦫ", "þÿ"} {
		assert.Equal(t, s, pdf.Text(pdf.TextString(s)))
	}
	assert.Equal(t, "a\ufffdb", pdf.Text(pdf.TextString("a\xffb")))
	for in, want := range map[string]string{
		"\xef\xbb\xbfna\xc3\xafve": "naïve", "\xff\xfeA\x00": "A", "\x80\xa0\x18\xe9": "•€˘é", "\xfe\xff\x00A\x00": "A", "\xad": "\ufffd",
	} {
		assert.Equal(t, want, pdf.Text(pdf.String{Bytes: []byte(in)}))
	}
}

// Object numbers that some readers do not take are not written.
func TestUpdateRefusesEnormousNumbers(t *testing.T) {
	for last, want := range map[int]error{8_388_606: nil, 8_388_607: pdf.ErrLimit, 99_999_999: pdf.ErrLimit} {
		m := newMaker().pages()
		xref := m.Len()
		fmt.Fprintf(m, "xref\n0 1\n0000000000 65535 f\r\n")
		for i := 1; i < 4; i++ {
			fmt.Fprintf(m, "%d 1\n%010d 00000 n\r\n", i, m.at[i])
		}
		fmt.Fprintf(m, "%d 1\n0000000000 65535 f\r\ntrailer\n<< /Size %d /Root 1 0 R >>\n", last-1, last)
		m.tail(xref)
		u := mustOpen(t, m.Bytes()).NewUpdate()
		u.Add(pdf.Integer(7))
		_, err := u.Build()
		require.ErrorIs(t, err, want, last)
	}
}
