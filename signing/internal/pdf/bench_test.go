package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// manyObjects is a file of n small objects with a table.
func manyObjects(n int) []byte {
	m := newMaker().pages()
	at := m.at
	offsets := make([]int, 0, n)
	for i := range n {
		offsets = append(offsets, m.Len())
		fmt.Fprintf(m, "%d 0 obj\n<< /Type /Annot /Subtype /Link /Rect [10 %d 90 170] /P 3 0 R >>\nendobj\n", 4+i, i)
	}
	xref := m.Len()
	fmt.Fprintf(m, "xref\n0 %d\n0000000000 65535 f\r\n", n+4)
	for i := 1; i < 4; i++ {
		fmt.Fprintf(m, "%010d 00000 n\r\n", at[i])
	}
	for _, o := range offsets {
		fmt.Fprintf(m, "%010d 00000 n\r\n", o)
	}
	fmt.Fprintf(m, "trailer\n<< /Size %d /Root 1 0 R >>\n", n+4)
	m.tail(xref)
	return m.Bytes()
}

func BenchmarkParse(b *testing.B) {
	for name, part := range map[string]string{
		"references": "12 0 R ", "integers": "1234 ", "reals": "12.50 ", "names": "/Name ", "strings": "(abc\\n) ", "dictionaries": "<</A 1>>",
	} {
		data := []byte("[" + strings.Repeat(part, 10_000) + "]")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := pdf.ParseObject(data, true)
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	d := mustOpen(b, manyObjects(1000))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if o, err := d.Get(pdf.Ref{Num: uint32(4 + i%1000)}); err != nil || o == nil {
			if err != nil && strings.Contains(err.Error(), "too often") {
				d = mustOpen(b, manyObjects(1000))
				continue
			}
			b.Fatal(o, err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{10, 5000, 32000} {
		data := manyObjects(n)
		b.Run(fmt.Sprintf("table of %d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := pdf.Open(bytes.NewReader(data), int64(len(data)), pdf.Options{})
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkReadAll32000(b *testing.B) {
	data := manyObjects(32000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		d := mustOpen(b, data)
		for e := range d.Entries() {
			_, err := d.Get(pdf.Ref{Num: e.Num, Gen: e.Gen})
			require.NoError(b, err)
		}
	}
}

// BenchmarkSingleKeys is the quick look for doubled keys in small objects.
func BenchmarkSingleKeys(b *testing.B) {
	resources := &strings.Builder{}
	for i := range 250 {
		fmt.Fprintf(resources, "/X%d %d 0 R", 4000+i, 4000+i)
	}
	for name, text := range map[string]string{
		"form":      "1234 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 950>>stream\n",
		"resources": "1234 0 obj\n<</Font<</F1 7 0 R>>/XObject<<" + resources.String() + ">>>>\nendobj\n",
	} {
		b.Run(name, func(b *testing.B) {
			var s pdf.KeyScanner
			b.SetBytes(int64(len(text)))
			for data := []byte(text); b.Loop(); {
				if !s.Single(data, pdf.Entry{Num: 1234, Kind: pdf.EntryInUse}) {
					b.Fatal(text)
				}
			}
		})
	}
}
