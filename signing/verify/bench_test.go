package verify_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// document makes a letter with many objects, filled up to about a size.
func bigLetter(objects, size int) []byte {
	extra := map[int]string{}
	each := max(size/objects-40, 10)
	for i := range objects {
		extra[20+i] = stream(string(bytes.Repeat([]byte{byte('a' + i%26)}, each)))
	}
	return letterWith(extra)
}

// BenchmarkVerify measures letters of 5,000 objects against hashing alone, by
// turns and in processor time, so that other work on the machine does not
// count.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	online := withEvidence(w)
	for _, size := range []int{1 << 20, 5 << 20, 50 << 20} {
		plain := bigLetter(5000, size)
		once := w.sign(plain, w.optionsBLT(w.budi))
		for _, c := range []struct {
			kind     string
			document []byte
			options  verify.Options
		}{
			{"B-B", w.sign(plain, w.optionsBB(w.budi)), online},
			{"B-LT", once, w.options()},
			{"three signatures", w.sign(w.sign(once, w.optionsBLT(w.sari)), w.optionsBLT(w.budi)), w.options()},
		} {
			b.Run(fmt.Sprintf("%dMB/%s", size>>20, c.kind), func(b *testing.B) { benchmarkVerify(b, c.document, c.options) })
		}
	}
}

// BenchmarkVerifyDense measures a small letter of many objects.
func BenchmarkVerifyDense(b *testing.B) {
	w := newWorld(b)
	once := w.sign(denseLetter(32_000), w.optionsBB(w.budi))
	b.Run("one signature", func(b *testing.B) { benchmarkVerify(b, once, withEvidence(w)) })
	twice := w.sign(once, w.optionsBB(w.sari))
	b.Run("two signatures", func(b *testing.B) { benchmarkVerify(b, twice, withEvidence(w)) })
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

func benchmarkVerify(b *testing.B, document []byte, options verify.Options) {
	b.SetBytes(int64(len(document)))
	var hashing, verifying time.Duration
	for b.Loop() {
		start := cpuTime()
		sha256.Sum256(document)
		middle := cpuTime()
		report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), options)
		verifying += cpuTime() - middle
		hashing += middle - start
		if err != nil || report.Err() != nil {
			b.Fatal(err, report.Err())
		}
	}
	b.ReportMetric(float64(len(document))/1e6, "MB")
	b.ReportMetric(float64(verifying)/float64(hashing), "x-hashing")
	b.ReportMetric(float64(verifying.Microseconds())/float64(b.N)/1000, "cpu-ms/op")
}
