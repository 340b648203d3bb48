package verify_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/verify"
)

// objectsPerPage makes a letter of 5,000 objects one of 20 pages. Each page is
// read on its own, so that a document of many small pages takes longer.
const objectsPerPage = 250

// bigLetter makes a letter of many objects: pages, their content, their
// resources and what they draw. It is filled up to about a size.
func bigLetter(objects, size int) []byte {
	extra := map[int]string{}
	kids := "3 0 R 5 0 R"
	each := max(size/objects-100, 10)
	filler := func(i int) string { return string(bytes.Repeat([]byte{byte('a' + i%26)}, each)) }
	for page := 20; page < 20+objects; page += objectsPerPage {
		kids += fmt.Sprintf(" %d 0 R", page)
		extra[page] = fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources %d 0 R>>", page+1, page+2)
		extra[page+1] = stream("%" + filler(page))
		drawings := ""
		for i := page + 3; i < page+objectsPerPage; i++ {
			drawings += fmt.Sprintf("/X%d %d 0 R", i, i)
			extra[i] = fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length %d>>stream\n%s\nendstream", each, filler(i))
		}
		extra[page+2] = "<</Font<</F1 7 0 R>>/XObject<<" + drawings + ">>>>"
	}
	extra[2] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, 2+objects/objectsPerPage)
	return letterWith(extra)
}

// BenchmarkVerify measures letters of 5,000 objects, by turns with the limit:
// hashing the file and one operation of the signer's private key. x-limit is by
// the clock, x-limit-cpu by processor time, which is more, since the search
// goes on beside the hashing. Checking certificates, evidence and timestamps
// takes public-key operations that do not grow with the file: five for B-B,
// nine for B-LT, more for each further signature. The smallest letters show
// that cost.
func BenchmarkVerify(b *testing.B) {
	for _, k := range []struct {
		name string
		key  func() (crypto.Signer, error)
	}{{"RSA-2048", rsaKey}, {"P-256", p256Key}} {
		w := newWorldOf(b, k.key)
		for _, size := range []int{0, 5, 20, 100} {
			plain := bigLetter(5000, size<<20)
			once := w.sign(plain, w.optionsBLT(w.budi))
			for _, c := range []struct {
				kind     string
				document []byte
				options  verify.Options
			}{
				{"B-B", w.sign(plain, w.optionsBB(w.budi)), withEvidence(w)},
				{"B-LT", once, w.options()},
				{"three signatures", w.sign(w.sign(once, w.optionsBLT(w.sari)), w.optionsBLT(w.budi)), w.options()},
			} {
				b.Run(fmt.Sprintf("%s/%dMB/%s", k.name, size, c.kind), func(b *testing.B) {
					benchmarkVerify(b, c.document, c.options, w.budi.key)
				})
			}
		}
	}
}

// BenchmarkVerifyDense measures a small letter of many objects.
func BenchmarkVerifyDense(b *testing.B) {
	w := newWorld(b)
	once := w.sign(denseLetter(32_000), w.optionsBB(w.budi))
	b.Run("one signature", func(b *testing.B) { benchmarkVerify(b, once, withEvidence(w), w.budi.key) })
	twice := w.sign(once, w.optionsBB(w.sari))
	b.Run("two signatures", func(b *testing.B) { benchmarkVerify(b, twice, withEvidence(w), w.budi.key) })
}

// denseLetter keeps its objects in object streams, named by a cross-reference
// stream.
func denseLetter(objects int) []byte {
	const each, first = 200, 20
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	xref := make([]byte, 7*(first+objects+objects/each+2))
	entry := func(num int, kind byte, position uint32, index uint16) {
		e := xref[7*num:]
		e[0] = kind
		binary.BigEndian.PutUint32(e[1:], position)
		binary.BigEndian.PutUint16(e[5:], index)
	}
	write := func(num int, body string) {
		entry(num, 1, uint32(out.Len()), 0)
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	packed := func(dict string, data []byte) string {
		var z bytes.Buffer
		zw := zlib.NewWriter(&z)
		must(zw.Write(data))
		must(0, zw.Close())
		return fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream", dict, z.Len(), z.Bytes())
	}
	write(1, "<</Type/Catalog/Pages 2 0 R>>")
	write(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
	write(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>")
	write(4, stream("0 0 10 10 re f"))
	next := first + objects
	for start := 0; start < objects; start, next = start+each, next+1 {
		var head, body bytes.Buffer
		for i := range each {
			num := first + start + i
			entry(num, 2, uint32(next), uint16(i))
			fmt.Fprintf(&head, "%d %d ", num, body.Len())
			fmt.Fprintf(&body, "<</N %d/Of %d 0 R>> ", num*7919%100_003, first+num*31%objects)
		}
		write(next, packed(fmt.Sprintf("/Type/ObjStm/N %d/First %d", each, head.Len()), append(head.Bytes(), body.Bytes()...)))
	}
	start := out.Len()
	entry(next, 1, uint32(start), 0)
	write(next, packed(fmt.Sprintf("/Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/ID[(1234567890123456)(1234567890123456)]", next+1), xref[:7*(next+1)]))
	fmt.Fprintf(&out, "startxref\n%d\n%%%%EOF\n", start)
	return out.Bytes()
}

func benchmarkVerify(b *testing.B, document []byte, options verify.Options, key crypto.Signer) {
	b.SetBytes(int64(len(document)))
	var limit, ours, limitCPU, oursCPU time.Duration
	for b.Loop() {
		start, startCPU := time.Now(), budgettest.CPU()
		digest := sha256.Sum256(document)
		_, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
		done, doneCPU := time.Now(), budgettest.CPU()
		if err != nil {
			b.Fatal(err)
		}
		report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), options)
		ours, oursCPU = ours+time.Since(done), oursCPU+budgettest.CPU()-doneCPU
		limit, limitCPU = limit+done.Sub(start), limitCPU+doneCPU-startCPU
		if err != nil || report.Err() != nil {
			b.Fatal(err, report.Err())
		}
	}
	b.ReportMetric(float64(len(document))/1e6, "MB")
	b.ReportMetric(float64(ours)/float64(limit), "x-limit")
	b.ReportMetric(float64(oursCPU)/float64(limitCPU), "x-limit-cpu")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/1000, "ms/verify")
}
