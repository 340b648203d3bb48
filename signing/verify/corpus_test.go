package verify_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// corpora are folders of documents by other producers: the project's own and
// a larger one that may lie beside the module.
var corpora = []struct {
	pattern  string
	required bool
}{
	{"../testdata/producers/*.pdf", true},
	{"../../../shared/corpus/files/*.pdf", false},
}

// TestSignedTwiceIsIntact signs every document that the engine accepts twice
// and asks that the verifier calls both signatures good, and no signature that
// the document had before damaged.
func TestSignedTwiceIsIntact(t *testing.T) {
	w := newWorld(t)
	options := w.online()
	for _, corpus := range corpora {
		files, err := filepath.Glob(corpus.pattern)
		require.NoError(t, err)
		if len(files) == 0 {
			require.False(t, corpus.required, "no documents match %s", corpus.pattern)
			t.Logf("no documents match %s", corpus.pattern)
		}
		signed := 0
		warned := map[verify.Code]int{}
		for _, file := range files {
			document, err := os.ReadFile(file)
			require.NoError(t, err)
			once, err := trySign(document, w.optionsBB(w.budi))
			if err != nil {
				continue
			}
			twice, err := trySign(once, w.optionsBB(w.sari))
			if !assert.NoError(t, err, file) {
				continue
			}
			signed++
			report, err := verify.Verify(context.Background(), bytes.NewReader(twice), int64(len(twice)), options)
			if !assert.NoError(t, err, file) {
				continue
			}
			for _, code := range slices.Compact(slices.Sorted(slices.Values(codes(report)))) {
				if slices.Contains([]verify.Code{verify.CodeCovered, verify.CodeHidden, verify.CodeLayersOff, verify.CodeUnusedContent}, code) {
					warned[code]++
					t.Log(code, file)
				}
			}
			if !soundTwice(report) {
				t.Errorf("%s\n%s", file, text(t, report, verify.English))
			}
		}
		warnings := 0
		for _, n := range warned {
			warnings += n
		}
		assert.LessOrEqual(t, warnings, len(files)/50, "warnings of prepared content must stay rare")
		t.Logf("%s: %d documents, %d signed twice, warned of %v", corpus.pattern, len(files), signed, warned)
	}
}

func soundTwice(report *verify.Report) bool {
	for _, f := range report.Findings {
		if f.Code.Severity() >= verify.Open {
			return false
		}
	}
	ours := 0
	for _, s := range report.Signatures {
		switch {
		case s.Intact != verify.Yes || s.Valid != verify.Yes || s.Later == verify.ModificationFound:
			return false
		case s.Conclusion.Indication == verify.TotalPassed:
			ours++
		}
	}
	return ours == 2
}

func trySign(document []byte, opts signing.Options) ([]byte, error) {
	var out bytes.Buffer
	_, err := signing.Sign(context.Background(), &out, bytes.NewReader(document), int64(len(document)), opts)
	return out.Bytes(), err
}
