package verify_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// samples are signed documents of several shapes.
func (w *world) samples() map[string][]byte {
	o := w.optionsBB(w.sari)
	o.Field = "Kadis"
	samples := map[string][]byte{
		"letter signed twice": w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.sari)),
		"letter at B-LT":      w.sign(letter(), w.optionsBLT(w.budi)),
		"form":                w.sign(w.sign(formLetter(), w.optionsBB(w.budi)), o),
	}
	for name, file := range map[string]string{
		"cross-reference streams": "../testdata/producers/pdftex.pdf",
		"linearised":              "../testdata/producers/qpdf-linearised.pdf",
		"hybrid":                  "../testdata/producers/hybrid.pdf",
	} {
		document, err := os.ReadFile(file)
		require.NoError(w.t, err)
		samples[name] = w.sign(document, w.optionsBB(w.budi))
	}
	return samples
}

// mutated judges a document and fails the test when a changed one is called
// valid. An error is a refusal too.
func mutated(t *testing.T, document []byte, options verify.Options, what string, at int) {
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), options)
	if err == nil && report.Err() == nil {
		t.Errorf("%s at byte %d: called valid", what, at)
	}
}

// TestOneChangedByte changes every 97th byte that a signature covers; of large
// documents some 300 bytes.
func TestOneChangedByte(t *testing.T) {
	w := newWorld(t)
	options := w.online()
	for name, document := range w.samples() {
		report := judge(t, document, options)
		require.NoError(t, report.Err(), name)
		last := report.Document.Revisions[report.Signatures[len(report.Signatures)-1].Revision-1].End
		gaps := gapsOf(document)
		step := 97
		if len(document) > 32<<10 {
			step = len(document) / 300
		}
		for i := 5; i < int(last); i += step {
			if inside(gaps, i) {
				continue
			}
			changed := bytes.Clone(document)
			changed[i] ^= 1 << (i % 7)
			mutated(t, changed, options, name, i)
		}
	}
}

// gapsOf finds the signature values, which no signature covers itself.
func gapsOf(document []byte) (gaps [][2]int) {
	key := []byte("/Contents <")
	for from := 0; ; {
		i := bytes.Index(document[from:], key)
		if i < 0 {
			return gaps
		}
		start := from + i + len(key)
		length := bytes.IndexByte(document[start:], '>')
		if length < 0 {
			return gaps
		}
		end := start + length
		gaps = append(gaps, [2]int{start, end})
		from = end
	}
}

func inside(gaps [][2]int, i int) bool {
	for _, g := range gaps {
		if g[0] <= i && i < g[1] {
			return true
		}
	}
	return false
}

// TestCutsAndSplices cuts documents off and joins pieces of them.
func TestCutsAndSplices(t *testing.T) {
	w := newWorld(t)
	options := w.online()
	for name, document := range w.samples() {
		end := len(bytes.TrimRight(document, "\r\n"))
		step := max(211, len(document)/200)
		for i := 1; i < end; i += step {
			cut(t, document[:i], options)
			j := (i * 7) % end
			if j == i {
				continue // the whole document again
			}
			mutated(t, append(bytes.Clone(document[:i]), document[j:]...), options, name+", spliced", i)
		}
	}
}
