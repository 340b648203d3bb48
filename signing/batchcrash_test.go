package signing_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// A folder with letters in-0.pdf and so on, of which the signed ones are to be
// out-0.pdf and so on, and a journal.
func letterFolder(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	source, _ := letters(n)
	for i, s := range source {
		require.NoError(t, os.WriteFile(inFolder(dir, "in", i), s.Document.(*signing.MemoryDocument).Data, 0o600))
	}
	return dir
}

func inFolder(dir, what string, i int) string {
	return filepath.Join(dir, fmt.Sprintf("%s-%d.pdf", what, i))
}

// watched is one run of a batch over a folder, until it ends or is killed.
type watched struct {
	step    func(string)             // called at each step. Nil: not
	journal func(stage string) error // what the journal fails with. Nil: it works
	other   signing.BatchJournal     // the journal under it
	signer  *counter
}

// Find implements [signing.BatchJournal].
func (r *watched) Find(ctx context.Context, key signing.BatchKey) (signing.BatchEntry, bool, error) {
	return r.other.Find(ctx, key)
}

// Record implements [signing.BatchJournal].
func (r *watched) Record(ctx context.Context, key signing.BatchKey, e signing.BatchEntry) error {
	stage := map[signing.BatchStage]string{signing.BatchBegun: "begun", signing.BatchPending: "pending", signing.BatchDone: "done"}[e.Stage]
	r.step("before " + stage)
	if r.journal != nil {
		if err := r.journal(stage); err != nil {
			return err
		}
	}
	err := r.other.Record(ctx, key, e)
	r.step("after " + stage)
	return err
}

// SignDocument implements [signing.DocumentSigner].
func (r *watched) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	r.step("signer is asked")
	var signed bytes.Buffer
	receipt, err := r.signer.SignDocument(ctx, &signed, src, size, req)
	if err != nil {
		return receipt, err
	}
	for _, part := range [][]byte{signed.Bytes()[:signed.Len()/2], signed.Bytes()[signed.Len()/2:]} {
		if _, err := dst.Write(part); err != nil {
			return receipt, err
		}
		r.step("part is written")
	}
	return receipt, nil
}

// startBatch runs a batch over a folder and returns how often it signed.
func startBatch(t *testing.T, dir string, r watched) (results []signing.BatchResult, calls int) {
	t.Helper()
	j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	defer j.Close()
	if r.step == nil {
		r.step = func(string) {}
	}
	var credential signing.Credential
	r.signer, credential = batchSigner(t)
	r.other = j
	sources, err := filepath.Glob(filepath.Join(dir, "in-*.pdf"))
	require.NoError(t, err)
	var items []signing.BatchItem
	for i := range sources {
		items = append(items, signing.BatchItem{Document: signing.FileDocument{Source: inFolder(dir, "in", i), Output: inFolder(dir, "out", i)}})
	}
	results, _ = signing.Batch(t.Context(), &r, items, signing.BatchOptions{Credential: credential, Journal: &r, Purpose: "camat"})
	return results, int(r.signer.calls.Load())
}

// copyFolder copies what a crash would leave, with files that have two names.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	entries, err := os.ReadDir(from)
	require.NoError(t, err)
	var done []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		linked := false
		for _, d := range done {
			if os.SameFile(d, info) {
				require.NoError(t, os.Link(filepath.Join(to, d.Name()), filepath.Join(to, e.Name())))
				linked = true
			}
		}
		if !linked {
			b, err := os.ReadFile(filepath.Join(from, e.Name()))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(to, e.Name()), b, 0o600))
		}
		done = append(done, info)
	}
	return to
}

// crash is what a run that was killed left.
type crash struct{ step, dir string }

// crashes are all that a run over a folder can leave: at each step, and in the
// middle of each line of the journal.
func crashes(t *testing.T, dir string) (all []crash) {
	t.Helper()
	n := 0
	note := func(step string) crash {
		n++
		c := crash{fmt.Sprintf("%02d %s", n, step), copyFolder(t, dir)}
		all = append(all, c)
		return c
	}
	startBatch(t, dir, watched{step: func(step string) {
		c := note(step)
		if strings.HasPrefix(step, "after ") {
			torn := note(step + ", its line half written")
			path := filepath.Join(torn.dir, "journal")
			b, err := os.ReadFile(filepath.Join(c.dir, "journal"))
			require.NoError(t, err)
			last := bytes.LastIndexByte(b[:len(b)-1], '\n') + 1
			require.NoError(t, os.WriteFile(path, b[:last+(len(b)-last)/2], 0o600))
		}
	}})
	note("end")
	return all
}

// known counts the letters that a folder's journal calls signed.
func known(t *testing.T, dir string, n int) (signed int) {
	t.Helper()
	j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	defer j.Close()
	for i := range n {
		b, err := os.ReadFile(inFolder(dir, "in", i))
		require.NoError(t, err)
		e, found, err := j.Find(t.Context(), signing.BatchKey{Purpose: "camat", SHA256: sha256.Sum256(b)})
		require.NoError(t, err)
		if found && e.Stage != signing.BatchBegun {
			signed++
		}
	}
	return signed
}

// finished holds that all letters are signed once, and that nothing else is
// there.
func finished(t *testing.T, dir string, n int) {
	t.Helper()
	results, calls := startBatch(t, dir, watched{})
	require.Zero(t, calls, "one more run has nothing to do")
	for i, r := range results {
		require.NoError(t, r.Err)
		require.Equal(t, signing.BatchResumed, r.Outcome)
		b, err := os.ReadFile(inFolder(dir, "out", i))
		require.NoError(t, err)
		require.Equal(t, sha256.Sum256(b), r.Receipt.OutputSHA256)
		require.EqualValues(t, len(b), r.Receipt.OutputSize)
		require.False(t, r.Receipt.Time.IsZero())
		intact(t, b, 1)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2*n+1, "letters, signed letters and the journal")
}

// TestBatchAfterACrash kills a run at each step, and the run after it too.
func TestBatchAfterACrash(t *testing.T) {
	const n = 2
	for _, c := range crashes(t, letterFolder(t, n)) {
		t.Run(c.step, func(t *testing.T) {
			for i, again := range crashes(t, copyFolder(t, c.dir)) {
				if os.Getenv("SERTEL_CI") != "1" && i%5 != 0 {
					continue
				}
				signed := known(t, again.dir, n)
				before := map[int][]byte{}
				for i := range n {
					if b, err := os.ReadFile(inFolder(again.dir, "out", i)); err == nil {
						before[i] = b
					}
				}
				results, calls := startBatch(t, again.dir, watched{})
				for _, r := range results {
					require.NoError(t, r.Err, again.step)
				}
				require.Equal(t, n-signed, calls, "%s: what was signed is not signed again", again.step)
				for i, b := range before {
					after, err := os.ReadFile(inFolder(again.dir, "out", i))
					require.NoError(t, err)
					require.Equal(t, b, after, "%s: what was in its place stays", again.step)
				}
				finished(t, again.dir, n)
			}
		})
	}
}

// TestBatchAfterACrashWithoutLinks: there the output leaves the place where it
// was held when it goes to its own.
func TestBatchAfterACrashWithoutLinks(t *testing.T) {
	tried := 0
	for _, c := range crashes(t, letterFolder(t, 1)) {
		held := holding(t, c.dir)
		if _, err := os.Stat(inFolder(c.dir, "out", 0)); err != nil || len(held) == 0 {
			continue
		}
		tried++
		require.NoError(t, os.Remove(held[0]))
		results, calls := startBatch(t, c.dir, watched{})
		require.NoError(t, results[0].Err, c.step)
		require.Zero(t, calls)
		finished(t, c.dir, 1)
	}
	require.Equal(t, 3, tried)
}

func holding(t *testing.T, dir string) []string {
	t.Helper()
	held, err := filepath.Glob(filepath.Join(dir, ".signing-*.pdf"))
	require.NoError(t, err)
	return held
}

// TestBatchWhoseJournalFails lets the journal fail from each entry on, and for
// one entry alone.
func TestBatchWhoseJournalFails(t *testing.T) {
	const n = 2
	for _, stage := range []string{"begun", "pending", "done"} {
		for _, ever := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, for ever %t", stage, ever), func(t *testing.T) {
				dir := letterFolder(t, n)
				failed := 0
				results, calls := startBatch(t, dir, watched{journal: func(now string) error {
					if now == stage && failed == 0 || ever && failed > 0 {
						failed++
						return errFull
					}
					return nil
				}})
				if stage == "begun" {
					require.Zero(t, calls, "nothing is signed that could not be noted")
					require.Equal(t, signing.BatchFailed, results[0].Outcome)
				} else {
					require.Equal(t, signing.BatchSigned, results[0].Outcome, "a signed letter is not lost")
				}
				if stage == "pending" && !ever {
					require.NoError(t, results[0].Err, "the journal knows all in the end")
				} else {
					require.ErrorIs(t, results[0].Err, errFull)
					require.Equal(t, signing.ScopeApplication, results[0].Scope)
					require.Equal(t, signing.BatchNotTried, results[1].Outcome)
				}

				results, more := startBatch(t, dir, watched{})
				for _, r := range results {
					require.NoError(t, r.Err)
				}
				require.Equal(t, n, calls+more, "each letter was signed once")
				finished(t, dir, n)
			})
		}
	}
}

// TestBatchThatCanNeitherNoteNorPlace: nobody would know later what a file is
// of which the journal knows nothing.
func TestBatchThatCanNeitherNoteNorPlace(t *testing.T) {
	dir := letterFolder(t, 1)
	results, _ := startBatch(t, dir, watched{journal: func(stage string) error {
		if stage == "begun" {
			return nil
		}
		require.NoError(t, os.WriteFile(inFolder(dir, "out", 0), []byte("somebody else's"), 0o600))
		return errFull
	}})
	require.Equal(t, signing.BatchFailed, results[0].Outcome)
	require.ErrorIs(t, results[0].Err, signing.ErrOutputExists)
	require.Empty(t, holding(t, dir))
	require.NotContains(t, results[0].Err.Error(), "the signed document is in", "it points to no file that is gone")
	require.NoError(t, os.Remove(inFolder(dir, "out", 0)))
	results, calls := startBatch(t, dir, watched{})
	require.NoError(t, results[0].Err)
	require.Equal(t, 1, calls)
	finished(t, dir, 1)
}

// TestBatchThatCanNotPlace says where the signed document is.
func TestBatchThatCanNotPlace(t *testing.T) {
	dir := letterFolder(t, 1)
	results, _ := startBatch(t, dir, watched{step: func(step string) {
		if step == "after pending" {
			require.NoError(t, os.WriteFile(inFolder(dir, "out", 0), []byte("somebody else's"), 0o600))
		}
	}})
	require.Equal(t, signing.BatchFailed, results[0].Outcome)
	require.ErrorIs(t, results[0].Err, signing.ErrOutputExists)
	held := holding(t, dir)
	require.Len(t, held, 1)
	require.ErrorContains(t, results[0].Err, held[0])
	require.NoError(t, os.Remove(inFolder(dir, "out", 0)))
	results, calls := startBatch(t, dir, watched{})
	require.NoError(t, results[0].Err)
	require.Zero(t, calls, "it is not signed again")
	finished(t, dir, 1)
}

// TestBatchLeavesOthersFiles puts another document where the output goes, such
// as the same letter signed by somebody else, after each crash.
func TestBatchLeavesOthersFiles(t *testing.T) {
	dir := letterFolder(t, 1)
	letter, err := os.ReadFile(inFolder(dir, "in", 0))
	require.NoError(t, err)
	var foreign bytes.Buffer
	_, err = signing.Sign(t.Context(), &foreign, bytes.NewReader(letter), int64(len(letter)),
		signing.Options{Key: person(t, "Siti Contoh", p256()), Now: now})
	require.NoError(t, err)
	for _, c := range crashes(t, dir) {
		for name, content := range map[string][]byte{"another signature": foreign.Bytes(), "the letter itself": letter, "an empty file": nil} {
			t.Run(c.step+", "+name, func(t *testing.T) {
				dir := copyFolder(t, c.dir)
				out := inFolder(dir, "out", 0)
				signed := known(t, dir, 1)
				held := holding(t, dir)
				require.NoError(t, os.RemoveAll(out))
				require.NoError(t, os.WriteFile(out, content, 0o600))

				results, calls := startBatch(t, dir, watched{})
				require.Zero(t, calls)
				require.Equal(t, signing.BatchFailed, results[0].Outcome)
				require.Equal(t, signing.ScopeDocument, results[0].Scope)
				kept, err := os.ReadFile(out)
				require.NoError(t, err)
				require.Equal(t, len(content), len(kept))
				require.True(t, bytes.Equal(content, kept), "it is not overwritten")
				if signed > 0 {
					require.Equal(t, held, holding(t, dir), "the signed letter is not lost")
				}

				// Somebody takes the other document away.
				require.NoError(t, os.Remove(out))
				results, calls = startBatch(t, dir, watched{})
				if signed > 0 && results[0].Err != nil {
					// It had been in its place: signing again is not for a program to decide.
					require.ErrorIs(t, results[0].Err, signing.ErrOutputMissing)
					require.Zero(t, calls)
					return
				}
				require.NoError(t, results[0].Err)
				require.Equal(t, 1-signed, calls)
				finished(t, dir, 1)
			})
		}
	}
}
