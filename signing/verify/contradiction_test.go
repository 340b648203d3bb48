package verify_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// JSON whose conclusion is better than what it rests on is not read, whether it
// was changed or has the key twice.
func TestBetterConclusionIsNotRead(t *testing.T) {
	w := newWorld(t)
	report := judge(t, replaced(w.sign(letter(), w.optionsBB(w.budi)), "Nomor 099", "Nomor 990"), w.online())
	verdict, err := report.JudgeLetter(t.Context(), verify.Expectation{Signers: []verify.ExpectedSigner{byCertificate("", w.budi)}})
	require.NoError(t, err)
	kept := must(json.Marshal(verdict))
	failed, passed := []byte(`"conclusion":{"indication":"TOTAL-FAILED","sub_indication":"HASH_FAILURE"}`), []byte(`"conclusion":{"indication":"TOTAL-PASSED"}`)
	require.Equal(t, 3, bytes.Count(kept, failed), "of the letter, of the report and of the signature")
	require.NoError(t, json.Unmarshal(kept, new(verify.Letter)))
	assert.ErrorIs(t, json.Unmarshal(bytes.Replace(kept, failed, passed, 1), new(verify.Letter)), verify.ErrSchema)
	assert.ErrorIs(t, json.Unmarshal(bytes.Replace(kept, failed, passed, 2), new(verify.Letter)), verify.ErrSchema)

	kept = must(json.Marshal(report))
	require.NoError(t, json.Unmarshal(kept, new(verify.Report)))
	assert.ErrorIs(t, json.Unmarshal(bytes.Replace(kept, failed, passed, 1), new(verify.Report)), verify.ErrSchema)
	twice := append(append(bytes.Clone(kept[:len(kept)-1]), ','), append(passed, '}')...)
	assert.ErrorIs(t, json.Unmarshal(twice, new(verify.Report)), verify.ErrSchema)
}

// A report that was read back has no certificates, so nobody is told by it.
func TestReportFromJSONTellsNobody(t *testing.T) {
	w := newWorld(t)
	var back verify.Report
	require.NoError(t, json.Unmarshal(must(json.Marshal(judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online()))), &back))
	require.NoError(t, back.Err())
	for _, signer := range []verify.ExpectedSigner{byCertificate("", w.budi), {Name: "Budi Contoh"}} {
		verdict, err := back.JudgeLetter(t.Context(), verify.Expectation{Signers: []verify.ExpectedSigner{signer}, AllowOthers: true})
		require.NoError(t, err)
		assert.ErrorIs(t, verdict.Err(), verify.ErrIndeterminate)
	}
	for _, empty := range []string{`{}`, `{"schema":"sertel/verify/2"}`, `[]`, `"x"`, `{"schema":"sertel/verify/letter/1"}`} {
		assert.ErrorIs(t, json.Unmarshal([]byte(empty), new(verify.Report)), verify.ErrSchema, empty)
	}
	assert.Error(t, new(verify.Report).Err())
	assert.Error(t, new(verify.Letter).Err())
}
