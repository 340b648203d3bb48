package verify_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/sertel-id/sertel/signing/verify"
)

// FuzzVerify asks that no input makes the verifier panic, and that none but
// the seeds' own revisions is ever called valid.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	once := w.sign(letter(), w.optionsBB(w.budi))
	whole := [][]byte{
		w.sign(once, w.optionsBB(w.sari)),
		w.sign(formLetter(), w.optionsBB(w.budi)),
		w.sound(w.budi).apply(f, letter()),
	}
	for _, seed := range whole {
		f.Add(seed)
	}
	f.Add(edit(f, once, annotate))
	options := withEvidence(w)
	f.Fuzz(func(t *testing.T, document []byte) {
		report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), options)
		if err != nil {
			return
		}
		if err := report.WriteText(&bytes.Buffer{}, verify.Indonesian); err != nil {
			t.Fatal(err)
		}
		if report.Err() != nil {
			return
		}
		for _, s := range report.Signatures {
			if s.Revision == 0 || s.Intact != verify.Yes {
				t.Fatalf("called valid: %v", codes(report))
			}
			covered := document[:report.Document.Revisions[s.Revision-1].End]
			if !isPrefixOfAny(bytes.TrimRight(covered, "\r\n"), whole) {
				t.Fatalf("called valid, but nobody signed it")
			}
		}
	})
}

func isPrefixOfAny(data []byte, whole [][]byte) bool {
	data = withoutValues(data)
	for _, w := range whole {
		if bytes.HasPrefix(withoutValues(w), data) {
			return true
		}
	}
	return false
}

// withoutValues blanks the signature values: they hold parts that no signature
// covers, such as further certificates.
func withoutValues(document []byte) []byte {
	blank := bytes.Clone(document)
	for _, gap := range gapsOf(document) {
		for i := gap[0]; i < gap[1]; i++ {
			blank[i] = '0'
		}
	}
	return blank
}
