package signing_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestBatchReadsOldJournals: the lines that came before there were stages, of
// documents in their place.
func TestBatchReadsOldJournals(t *testing.T) {
	dir := letterFolder(t, 1)
	letter, err := os.ReadFile(inFolder(dir, "in", 0))
	require.NoError(t, err)
	output := page("", "")
	require.NoError(t, os.WriteFile(inFolder(dir, "out", 0), output, 0o600))
	line := fmt.Sprintf(`{"purpose":"camat","input_sha256":"%x","output_sha256":"%x","input_size":900,"output_size":%d,`+
		`"field":"Signature1","time":"2031-05-04T03:02:01Z"}`+"\n", sha256.Sum256(letter), sha256.Sum256(output), len(output))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), []byte(line), 0o600))

	results, calls := startBatch(t, dir, watched{})
	require.Zero(t, calls)
	require.NoError(t, results[0].Err)
	require.Equal(t, signing.BatchResumed, results[0].Outcome)
	require.Equal(t, "Signature1", results[0].Receipt.Field)
	require.Equal(t, sha256.Sum256(output), results[0].Receipt.OutputSHA256)
	kept, err := os.ReadFile(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	require.Equal(t, line, string(kept))
}

// TestBatchTakesAwayItsOwnFilesOnly whatever a journal says that somebody wrote
// into.
func TestBatchTakesAwayItsOwnFilesOnly(t *testing.T) {
	for name, file := range map[string]string{
		"another document":            "catatan.pdf",
		"another folder":              ".signing-/../catatan.pdf",
		"another program's":           ".signing-rahasia.pdf",
		"a name that is only similar": ".signing-0123456789abcdeg.pdf",
		"a shorter name":              ".signing-0123.pdf",
	} {
		for _, stage := range []signing.BatchStage{signing.BatchBegun, signing.BatchPending, signing.BatchDone} {
			t.Run(fmt.Sprintf("%s, %q", name, stage), func(t *testing.T) {
				dir := letterFolder(t, 1)
				require.NoError(t, os.Mkdir(filepath.Join(dir, ".signing-"), 0o700))
				other := filepath.Join(dir, file)
				require.NoError(t, os.WriteFile(other, page("", ""), 0o600))
				require.NoError(t, os.WriteFile(inFolder(dir, "out", 0), page("", ""), 0o600))
				letter, err := os.ReadFile(inFolder(dir, "in", 0))
				require.NoError(t, err)
				j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
				require.NoError(t, err)
				require.NoError(t, j.Record(t.Context(), signing.BatchKey{Purpose: "camat", SHA256: sha256.Sum256(letter)},
					signing.BatchEntry{Stage: stage, Held: file, OutputSHA256: sha256.Sum256(page("", ""))}))
				require.NoError(t, j.Close())

				_, calls := startBatch(t, dir, watched{})
				require.Zero(t, calls)
				require.FileExists(t, other)
			})
		}
	}
}

// TestBatchOfOtherDocumentsAfterACrash: one that cannot be asked, or says that
// it has no output, is signed again when nobody knows that it was committed.
func TestBatchOfOtherDocumentsAfterACrash(t *testing.T) {
	has := func(answer error) func(*signing.MemoryDocument) signing.BatchDocument {
		return func(d *signing.MemoryDocument) signing.BatchDocument { return askable{d, answer} }
	}
	plain := func(d *signing.MemoryDocument) signing.BatchDocument { return d }
	for name, c := range map[string]struct {
		document func(*signing.MemoryDocument) signing.BatchDocument
		stage    signing.BatchStage
		want     signing.BatchOutcome
	}{
		"begun":                                {plain, signing.BatchBegun, signing.BatchSigned},
		"pending, cannot be asked":             {plain, signing.BatchPending, signing.BatchSigned},
		"pending, has it":                      {has(nil), signing.BatchPending, signing.BatchResumed},
		"pending, has it not":                  {has(signing.ErrOutputMissing), signing.BatchPending, signing.BatchSigned},
		"done, cannot be asked":                {plain, signing.BatchDone, signing.BatchResumed},
		"done, has it not any more":            {has(signing.ErrOutputMissing), signing.BatchDone, signing.BatchFailed},
		"begun, has something under no digest": {has(nil), signing.BatchBegun, signing.BatchSigned},
	} {
		t.Run(name, func(t *testing.T) {
			items, docs := letters(1)
			items[0].Document = c.document(docs[0])
			signer, credential := batchSigner(t)
			j, err := signing.OpenFileJournal(filepath.Join(t.TempDir(), "journal"))
			require.NoError(t, err)
			defer j.Close()
			key := signing.BatchKey{Purpose: "camat", SHA256: sha256.Sum256(docs[0].Data)}
			require.NoError(t, j.Record(t.Context(), key, signing.BatchEntry{Stage: c.stage}))
			results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential, Journal: j, Purpose: "camat"})
			require.NoError(t, err)
			require.Equal(t, c.want, results[0].Outcome)
			if c.want != signing.BatchFailed {
				e, _, err := j.Find(t.Context(), key)
				require.NoError(t, err)
				require.Equal(t, signing.BatchDone, e.Stage)
			}
		})
	}
}

// askable is a document that says whether its output is there.
type askable struct {
	*signing.MemoryDocument
	answer error
}

func (a askable) HasOutput([32]byte) error { return a.answer }

// TestBatchPutsOnlyTheSignedDocumentInPlace: what was held has been changed.
func TestBatchPutsOnlyTheSignedDocumentInPlace(t *testing.T) {
	dir := letterFolder(t, 1)
	tried := 0
	for _, c := range crashes(t, dir) {
		held := holding(t, c.dir)
		if _, err := os.Stat(inFolder(c.dir, "out", 0)); err == nil || known(t, c.dir, 1) == 0 {
			continue
		}
		tried++
		require.NoError(t, os.WriteFile(held[0], page("", ""), 0o600))
		results, calls := startBatch(t, c.dir, watched{})
		require.ErrorIs(t, results[0].Err, signing.ErrOutputMissing)
		require.Zero(t, calls)
		require.NoFileExists(t, inFolder(c.dir, "out", 0))
	}
	require.Equal(t, 1, tried)
}
