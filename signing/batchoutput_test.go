package signing_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestBatchOfOneOutputForTwo: the first letter has it, however its path is
// written, and the others are signed.
func TestBatchOfOneOutputForTwo(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			const n = 12
			dir := letterFolder(t, n)
			signer, credential := batchSigner(t)
			var items []signing.BatchItem
			for i := range n {
				items = append(items, signing.BatchItem{Document: signing.FileDocument{Source: inFolder(dir, "in", i), Output: inFolder(dir, "out", i)}})
			}
			same := inFolder(dir, "out", 4)
			items[5].Document = &signing.FileDocument{Source: inFolder(dir, "in", 5), Output: same}
			items[9].Document = signing.FileDocument{Source: inFolder(dir, "in", 9), Output: filepath.Dir(same) + "/./" + filepath.Base(same)}
			results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential, Workers: workers})
			require.NoError(t, err)
			require.Equal(t, map[signing.BatchOutcome]int{signing.BatchSigned: n - 2, signing.BatchFailed: 2}, tally(results))
			for _, i := range []int{5, 9} {
				require.ErrorIs(t, results[i].Err, signing.ErrSameOutput)
				require.Equal(t, signing.ScopeDocument, results[i].Scope)
			}
			require.EqualValues(t, n-2, signer.calls.Load(), "before anything is signed in vain")
		})
	}
}

// TestBatchWhoseOutputAppears: a document that only the file system knows to be
// there, such as under a name in other letters, is no reason to end the batch.
func TestBatchWhoseOutputAppears(t *testing.T) {
	dir := letterFolder(t, 3)
	signer, credential := batchSigner(t)
	signer.each = func(call int32) error {
		if call == 2 {
			return os.WriteFile(inFolder(dir, "out", 1), []byte("somebody else's"), 0o600)
		}
		return nil
	}
	var items []signing.BatchItem
	for i := range 3 {
		items = append(items, signing.BatchItem{Document: signing.FileDocument{Source: inFolder(dir, "in", i), Output: inFolder(dir, "out", i)}})
	}
	results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential})
	require.NoError(t, err)
	require.ErrorIs(t, results[1].Err, signing.ErrOutputExists)
	require.Equal(t, signing.ScopeDocument, results[1].Scope)
	require.Equal(t, signing.BatchSigned, results[2].Outcome)
	kept, err := os.ReadFile(inFolder(dir, "out", 1))
	require.NoError(t, err)
	require.Equal(t, "somebody else's", string(kept))
	require.Empty(t, holding(t, dir))
}
