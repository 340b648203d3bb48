package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

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

// FuzzReadReport asks that JSON which is read as a report or as a letter can be
// told to people and written again, and is the same after that.
func FuzzReadReport(f *testing.F) {
	for _, name := range []string{"report.json", "letter.json"} {
		data := must(os.ReadFile("testdata/" + name))
		f.Add(data)
		for _, list := range []string{"findings", "changes", "missing", "rejected"} { // entries without their words
			for _, entry := range []string{"null", "{}"} {
				key := []byte(`"` + list + `": [`)
				f.Add(bytes.Replace(data, key, append(bytes.Clone(key), entry+","...), 1))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var report verify.Report
		if json.Unmarshal(data, &report) == nil && report.Schema != "" { // null is read as nothing
			_ = text(t, &report, verify.Indonesian)
			if report.Conclusion.Indication != verify.TotalPassed {
				require.Error(t, report.Err())
			}
			once := must(json.Marshal(report))
			var again verify.Report
			require.NoError(t, json.Unmarshal(once, &again))
			require.Equal(t, string(once), string(must(json.Marshal(again))))
		}
		var verdict verify.Letter
		if json.Unmarshal(data, &verdict) == nil {
			if verdict.Conclusion.Indication != verify.TotalPassed {
				require.Error(t, verdict.Err())
			}
			_ = must(json.Marshal(verdict))
		}
	})
}

// FuzzBalanced makes sure that content that is called balanced is so: more to close
// is then too much.
func FuzzBalanced(f *testing.F) {
	for _, content := range []string{
		"", "q 1 0 0 1 0 0 cm /n0 Do Q", "Q 1 g 0 0 9 9 re f", "/OC /M BDC BT /F1 9 Tf (a\\)b) Tj ET EMC", "BT ET ET", "/Tx BMC q Q EMC %Q\n",
		"q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q", "<</A(Q)/B[1 2]>> /P DP", "<51> Tj", "[(a) -9 (b)] TJ", "1 2 3 4 5 6 c", "/Q", "q q q Q",
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if !verify.Balanced(content) {
			return
		}
		require.False(t, verify.Balanced(append([]byte("Q\n"), content...)))
		for _, closing := range []string{"\nEMC\n", "\nET\n"} {
			require.False(t, verify.Balanced(append(bytes.Clone(content), closing...)))
		}
	})
}
