package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// bareUpdates appends revisions that change nothing.
func bareUpdates(document []byte, n int) []byte {
	out := bytes.Clone(document)
	size, prev := sizeOf(document), lastXRef(document)
	for range n {
		start := len(out)
		out = fmt.Appendf(out, "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size %d/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
			size, fileID, prev, start)
		prev = start
	}
	return out
}

// hostileCase is a document that asks for much work. Each is refused, or judged
// as not valid, within the budget of time and memory.
type hostileCase struct {
	name string
	make func(t *testing.T, w *world) []byte
}

var hostile = []hostileCase{
	{"a hundred thousand byte ranges", func(t *testing.T, w *world) []byte {
		return append(w.sign(letter(), w.optionsBB(w.budi)), bytes.Repeat([]byte("<</ByteRange[0 1 2 3]/Contents<30>>>\n"), 100_000)...)
	}},
	{"a thousand revisions", func(t *testing.T, w *world) []byte {
		return bareUpdates(w.sign(letter(), w.optionsBB(w.budi)), 1000)
	}},
	{"five thousand revisions", func(t *testing.T, w *world) []byte {
		return bareUpdates(w.sign(letter(), w.optionsBB(w.budi)), 5000)
	}},
	{"fields that contain each other", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			a, b := u.Reserve(), u.Reserve()
			u.Set(a, pdf.Dict{"T": pdf.TextString("a"), "Kids": pdf.Array{b, b}})
			u.Set(b, pdf.Dict{"T": pdf.TextString("b"), "Kids": pdf.Array{a, a}})
			addField(u, a)
		})
	}},
	{"a hundred thousand fields that are none", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			addField(u, u.Add(pdf.Dict{"T": pdf.TextString("a"), "Kids": make(pdf.Array, 100_000)}))
		})
	}},
	{"fields in a deep chain", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			kid := u.Add(pdf.Dict{"T": pdf.TextString("dalam"), "FT": pdf.Name("Sig")})
			for range 5000 {
				kid = u.Add(pdf.Dict{"T": pdf.TextString(strings.Repeat("x", 100)), "Kids": pdf.Array{kid}})
			}
			addField(u, kid)
		})
	}},
	{"thirty thousand fields, many revisions", func(t *testing.T, w *world) []byte {
		objects := map[int]string{1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 9 0 R>>>>"}
		var refs strings.Builder
		for i := range 30_000 {
			objects[20+i] = fmt.Sprintf("<</FT/Tx/T(%d)>>", i)
			fmt.Fprintf(&refs, "%d 0 R ", 20+i)
		}
		objects[9] = "[" + refs.String() + "]"
		return bareUpdates(w.sign(letterWith(objects), w.optionsBB(w.budi)), 100)
	}},
	{"a chain of new objects", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			next := u.Add(pdf.Dict{})
			for range 100_000 {
				next = u.Add(pdf.Array{next})
			}
			set(u, 1, func(d pdf.Dict) { d["Extensions"] = next })
			annotate(doc, u)
		})
	}},
	{"the same signature in many fields", func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(doc *pdf.Document, u *pdf.Update) {
			value := must(doc.Dict(pdf.Ref{Num: fieldNumber(doc)}))["V"]
			var kids pdf.Array
			for i := range 2000 {
				kids = append(kids, u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString(fmt.Sprint(i)), "V": value}))
			}
			addField(u, u.Add(pdf.Dict{"T": pdf.TextString("banyak"), "Kids": kids}))
		})
	}},
	{"drawings that never end", func(t *testing.T, w *world) []byte {
		names, objects := &strings.Builder{}, map[int]string{}
		for i := range 150_000 {
			fmt.Fprintf(names, "/X%d %d 0 R", i, 20+i)
			objects[20+i] = "("
		}
		objects[9] = "<<" + names.String() + ">>"
		objects[3] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject 9 0 R>>>>"
		return w.sound(w.budi).apply(t, letterWith(objects))
	}},
	{"much evidence about nothing", func(t *testing.T, w *world) []byte {
		crl := must(w.CRL(context.Background(), w.ca.cert, nil))
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			var lists pdf.Array
			for i := range 3000 {
				lists = append(lists, u.Add(pdf.NewStream(pdf.Dict{}, append(bytes.Clone(crl), byte(i), byte(i>>8)))))
			}
			set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": lists, "OCSPs": lists, "Certs": lists} })
		})
	}},
}

// Outside CI every eighth document is judged.
func TestHostile(t *testing.T) {
	for i, c := range slices.Concat(hostile, hostileRevisions, hostileObjects, hostileEvidence, hostileStreams) {
		if os.Getenv("SERTEL_CI") != "1" && i%8 != 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			document := c.make(t, w)
			var report *verify.Report
			var err error
			budgettest.File.Keep(t, func() {
				report, err = verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), w.options())
			})
			t.Logf("%d KB", len(document)>>10)
			if err == nil {
				assert.Error(t, report.Err(), "called valid")
			}
		})
	}
}
