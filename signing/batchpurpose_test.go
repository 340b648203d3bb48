package signing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestBatchOfSeveralPurposes: a request's own purpose names a signature in the
// journal, the batch's that of a request without one.
func TestBatchOfSeveralPurposes(t *testing.T) {
	dir := letterFolder(t, 1)
	j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	defer j.Close()
	signer, credential := batchSigner(t)
	start := func(purposes ...string) []signing.BatchResult {
		var items []signing.BatchItem
		for i, purpose := range purposes {
			name := fmt.Sprintf("%s-%d.pdf", purpose, i)
			items = append(items, signing.BatchItem{Request: signing.Request{Purpose: purpose},
				Document: signing.FileDocument{Source: inFolder(dir, "in", 0), Output: filepath.Join(dir, name)}})
		}
		results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential, Journal: j, Purpose: "lurah"})
		require.NoError(t, err)
		return results
	}
	for _, want := range []signing.BatchOutcome{signing.BatchSigned, signing.BatchResumed} {
		for _, r := range start("paraf", "camat", "") {
			require.NoError(t, r.Err)
			require.Equal(t, want, r.Outcome)
		}
	}
	require.EqualValues(t, 3, signer.calls.Load())

	results := start("paraf", "camat", "", "lurah", "camat")
	require.NoError(t, results[2].Err)
	require.ErrorIs(t, results[3].Err, signing.ErrDuplicate, "the batch's purpose, named")
	require.ErrorContains(t, results[3].Err, "item 2")
	require.ErrorIs(t, results[4].Err, signing.ErrDuplicate)
	require.ErrorContains(t, results[4].Err, "item 1")
	require.EqualValues(t, 3, signer.calls.Load())
}

// TestBatchOfTwoPurposesAndOneOutput: the first has it.
func TestBatchOfTwoPurposesAndOneOutput(t *testing.T) {
	dir := letterFolder(t, 1)
	signer, credential := batchSigner(t)
	document := signing.FileDocument{Source: inFolder(dir, "in", 0), Output: inFolder(dir, "out", 0)}
	items := []signing.BatchItem{{Document: document, Request: signing.Request{Purpose: "paraf"}}, {Document: document, Request: signing.Request{Purpose: "camat"}}}
	for _, want := range []signing.BatchOutcome{signing.BatchSigned, signing.BatchResumed} {
		j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
		require.NoError(t, err)
		results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential, Journal: j})
		require.NoError(t, err)
		require.NoError(t, j.Close())
		require.Equal(t, want, results[0].Outcome)
		require.ErrorIs(t, results[1].Err, signing.ErrSameOutput)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 3, "the letter, the signed one and the journal")
}
