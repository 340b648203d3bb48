package verify_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Streams that are long to decode and yield little, and strings that are long to
// decrypt.
var hostileStreams = []hostileCase{
	{"cross-reference stream behind a gigabyte of white space", func(*testing.T, *world) []byte {
		out := letter()
		return fmt.Appendf(out, "50 0 obj\n<</Type/XRef/Size 51/W[1 4 2]/Root 1 0 R/Prev %d%s\nendobj\nstartxref\n%d\n%%%%EOF\n", lastXRef(out), whiteSpace(), len(out))
	}},
	{"object stream behind a gigabyte of white space", func(_ *testing.T, w *world) []byte {
		return streamUpdate{compressed: map[int][2]int{3: {50, 0}}}.apply(w.sign(letter(), w.optionsBB(w.budi)), map[int]string{50: "<</Type/ObjStm/N 1/First 4" + whiteSpace()})
	}},
	{"evidence behind a gigabyte of white space", func(_ *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		return streamUpdate{}.apply(signed, map[int]string{50: "<<" + whiteSpace(), 1: catalogWith(signed, "/DSS<</Certs[50 0 R]/OCSPs[50 0 R]/CRLs[50 0 R]>>")})
	}},
	{"cross-reference streams within each other", func(*testing.T, *world) []byte {
		const n = 300
		out := letter()
		prev := lastXRef(out)
		// Each stream's data is blocks that hold the next one's head, and then
		// the blocks of all.
		head := func(i, at, rows, length int) string {
			return fmt.Sprintf("%03d 0 obj\n<</Type/XRef/Size 9999/W[8 8 8]/Index[1000 %05d]/Root 1 0 R/Prev %010d/Filter/FlateDecode/Length %010d>>stream\n\x78\x9c", 100+i, rows, at, length)
		}
		one := len(head(0, 0, 0, 0))
		empty := bytes.Repeat([]byte{0, 0, 0, 255, 255}, 1_600_000)
		end := append([]byte{1, 240, 0, 15, 255}, bytes.Repeat([]byte{0}, 240)...)
		start := len(out)
		total := start + n*one + (n-1)*5 + len(empty) + len(end)
		for i := range n {
			data := len(out) + one - 2
			next := prev
			if i < n-1 {
				next = len(out) + one + 5
			}
			rows := (n-1-i)*one/24 + 2
			out = append(out, head(i, next, rows, total-data)...)
			if i < n-1 {
				out = append(out, 0, byte(one), byte(one>>8), ^byte(one), ^byte(one>>8))
			}
		}
		out = append(append(out, empty...), end...)
		out = append(out, "\nendstream\nendobj\n"...)
		return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", start)
	}},
	{"cross-reference streams of wide rows", func(*testing.T, *world) []byte {
		out := letter()
		prev := lastXRef(out)
		data := deflated([]byte{0, 1})
		for i := range 4000 {
			start := len(out)
			out = fmt.Appendf(out, "%d 0 obj\n<</Type/XRef/Size 9999/W[1 1 1]/Index[1000 0]/Root 1 0 R/Prev %d/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 16777215>>/Length %d>>stream\n%s\nendstream\nendobj\n", 1000+i, prev, len(data), data)
			prev = start
		}
		return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", prev)
	}},
	{"pages that share many strings, RC4", sharedStrings("rc4-128", "(a)", 2000)},
	{"pages that share many strings, AES", sharedStrings("aes256-r6", "("+strings.Repeat("a", 32)+")", 2000)},
}

// whiteSpace is the end of the dictionary and the data of a stream of white
// space, compressed twice.
func whiteSpace() string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(bytes.Repeat([]byte{' '}, 1<<20))
	_ = w.Flush()
	// What was flushed refers to nothing before it, and can be said again.
	once := append(append(bytes.Clone(b.Bytes()[:2]), bytes.Repeat(b.Bytes()[2:], 1<<10)...), 1, 0, 0, 0xff, 0xff)
	data := deflated(once)
	return fmt.Sprintf("/Filter[/FlateDecode/FlateDecode/ASCIIHexDecode]/Length %d>>stream\n%s\nendstream", len(data), data)
}

// sharedStrings is an encrypted letter whose pages share a list of strings.
func sharedStrings(file, text string, n int) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		base := must(os.ReadFile("../testdata/producers/encrypted-" + file + ".pdf"))
		return w.sound(w.budi).apply(t, edit(t, base, func(doc *pdf.Document, u *pdf.Update) {
			list := u.Add(pdf.NewPlaceholder([]byte("[" + strings.Repeat(text, n) + "]")))
			parent := must(doc.Page(0)).Dict["Parent"].(pdf.Ref)
			set(u, parent.Num, func(d pdf.Dict) {
				kids := d["Kids"].(pdf.Array)
				for range 3000 {
					kids = append(kids, u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": parent, "MediaBox": list, "Annots": pdf.Array{doc.CatalogRef()}}))
				}
				d["Kids"], d["Count"] = kids, pdf.Integer(len(kids))
			})
			u.Add(pdf.NewStream(pdf.Dict{}, bytes.Repeat([]byte("x"), 14<<20)))
		}))
	}
}
