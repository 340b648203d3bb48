package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

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

// BenchmarkVerify measures one signature over 5,000 objects against hashing
// alone.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	options := w.options()
	for _, size := range []int{1 << 20, 5 << 20, 50 << 20} {
		plain := bigLetter(5000, size)
		once := w.sign(plain, w.optionsBLT(w.budi))
		bb := w.sign(plain, w.optionsBB(w.budi))
		thrice := w.sign(w.sign(once, w.optionsBLT(w.sari)), w.optionsBLT(w.budi))
		name := fmt.Sprintf("%dMB", size>>20)
		b.Run(name+"/hash", func(b *testing.B) {
			b.SetBytes(int64(len(once)))
			for b.Loop() {
				sha256.Sum256(bb)
			}
		})
		online := withEvidence(w)
		for _, c := range []struct {
			kind     string
			document []byte
			options  verify.Options
		}{{"B-B", bb, online}, {"B-LT", once, options}, {"three signatures", thrice, options}} {
			b.Run(name+"/"+c.kind, func(b *testing.B) {
				b.SetBytes(int64(len(c.document)))
				for b.Loop() {
					report, err := verify.Verify(context.Background(), bytes.NewReader(c.document), int64(len(c.document)), c.options)
					if err != nil || report.Err() != nil {
						b.Fatal(err, report.Err())
					}
				}
			})
		}
	}
}
