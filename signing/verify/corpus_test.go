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
	"github.com/sertel-id/sertel/signing/internal/corpustest"
	"github.com/sertel-id/sertel/signing/verify"
)

// byProducers runs a test on the documents of the project's own tree and on those of other projects.
func byProducers(t *testing.T, test func(t *testing.T, files []string)) {
	t.Helper()
	t.Run("the tree's", func(t *testing.T) {
		files, err := filepath.Glob("../testdata/producers/*.pdf")
		require.NoError(t, err)
		require.NotEmpty(t, files)
		test(t, files)
	})
	t.Run("other projects'", func(t *testing.T) {
		var files []string
		for _, file := range corpustest.Files(t, os.Getenv("SERTEL_CORPUS"), "../testdata/corpus.tsv") {
			files = append(files, file.File)
		}
		test(t, files)
	})
}

// TestSignedTwiceIsIntact signs every document that the engine accepts twice
// and asks that the verifier calls both signatures good, and no signature that
// the document had before damaged.
func TestSignedTwiceIsIntact(t *testing.T) { byProducers(t, allSignedTwice) }

func allSignedTwice(t *testing.T, files []string) {
	t.Helper()
	w := newWorld(t)
	options := w.online()
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
			if slices.Contains([]verify.Code{verify.CodeCovered, verify.CodeHidden, verify.CodeLayersOff, verify.CodeUnusedContent, verify.CodeActiveContent}, code) {
				warned[code]++
				t.Log(code, file)
			}
		}
		if !soundTwice(report) {
			t.Errorf("%s\n%s", file, text(t, report, verify.English))
		}
	}
	assert.LessOrEqual(t, warned[verify.CodeActiveContent], len(files)/25, "scripts in letters are rare")
	delete(warned, verify.CodeActiveContent)
	warnings := 0
	for _, n := range warned {
		warnings += n
	}
	assert.NotZero(t, signed)
	assert.LessOrEqual(t, warnings, len(files)/50, "warnings of prepared content must stay rare")
	t.Logf("%d documents, %d signed twice, warned of %v", len(files), signed, warned)
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
