package signing_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// letters makes n different letters in memory.
func letters(n int) ([]signing.BatchItem, []*signing.MemoryDocument) {
	items, docs := make([]signing.BatchItem, n), make([]*signing.MemoryDocument, n)
	for i := range n {
		docs[i] = &signing.MemoryDocument{ID: fmt.Sprintf("surat-%03d.pdf", i),
			Data: page(fmt.Sprintf("BT /F 11 Tf 60 700 Td (Surat %d) Tj 0 -200 Td (^) Tj ET", i), "")}
		items[i] = signing.BatchItem{Document: docs[i], Request: signing.Request{Block: block(), Placement: atTag("^")}}
	}
	return items, docs
}

// counter is a signer that counts what runs at once.
type counter struct {
	signing.DocumentSigner
	calls, running, most atomic.Int32
	each                 func(call int32) error
}

func (c *counter) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	call := c.calls.Add(1)
	n := c.running.Add(1)
	defer c.running.Add(-1)
	for m := c.most.Load(); n > m && !c.most.CompareAndSwap(m, n); m = c.most.Load() {
	}
	if c.each != nil {
		if err := c.each(call); err != nil {
			return signing.Receipt{}, err
		}
	}
	return c.DocumentSigner.SignDocument(ctx, dst, src, size, req)
}

func batchSigner(t testing.TB) (*counter, signing.Credential) {
	t.Helper()
	local, err := signing.NewLocal(signing.LocalConfig{Keys: lock{person(t, "Budi Contoh", p256())}, Now: now})
	require.NoError(t, err)
	return &counter{DocumentSigner: local}, signing.Credential{Passphrase: passphrase.FromString(sandi)}
}

// lock is a key source for several goroutines.
type lock struct{ key *signing.Key }

func (l lock) Open(_ context.Context, c signing.Credential) (*signing.Key, error) {
	if !c.Passphrase.Equal(passphrase.FromString(sandi)) {
		return nil, fmt.Errorf("lock: %w", signing.ErrCredential)
	}
	return l.key, nil
}

func tally(results []signing.BatchResult) map[signing.BatchOutcome]int {
	n := map[signing.BatchOutcome]int{}
	for _, r := range results {
		n[r.Outcome]++
	}
	return n
}

func TestBatchOf300(t *testing.T) {
	t.Run("a mistyped passphrase costs one attempt", func(t *testing.T) {
		items, _ := letters(300)
		signer, _ := batchSigner(t)
		results, err := signing.Batch(context.Background(), signer, items,
			signing.BatchOptions{Credential: signing.Credential{Passphrase: passphrase.FromString("Keliru-Sekali-1!")}, Workers: 8})
		require.ErrorIs(t, err, signing.ErrCredential)
		require.EqualValues(t, 1, signer.calls.Load())
		require.Len(t, results, 300)
		require.Equal(t, signing.ScopeSigner, results[0].Scope)
		require.Equal(t, map[signing.BatchOutcome]int{signing.BatchFailed: 1, signing.BatchNotTried: 299}, tally(results))
		require.ErrorIs(t, results[299].Err, signing.ErrNotTried)
		require.ErrorIs(t, results[299].Err, signing.ErrCredential)
		require.NotContains(t, fmt.Sprint(results), "Keliru")
	})
	t.Run("three bad letters leave 297 signed", func(t *testing.T) {
		items, docs := letters(300)
		docs[0].Data = []byte("bukan PDF")
		docs[100].Data = docs[100].Data[:100]
		docs[299].Data = page("", "")
		signer, credential := batchSigner(t)
		var seen []int
		results, err := signing.Batch(context.Background(), signer, items, signing.BatchOptions{Credential: credential, Workers: 4,
			Progress: func(p signing.BatchProgress) {
				require.Equal(t, 300, p.Total)
				seen = append(seen, p.Done)
			}})
		require.NoError(t, err)
		require.Equal(t, map[signing.BatchOutcome]int{signing.BatchFailed: 3, signing.BatchSigned: 297}, tally(results))
		for i, want := range map[int]error{0: signing.ErrNotPDF, 100: signing.ErrDamaged, 299: signing.ErrTagNotFound} {
			require.ErrorIs(t, results[i].Err, want)
			require.Nil(t, docs[i].Signed)
		}
		require.Len(t, seen, 300)
		for i, done := range seen {
			require.Equal(t, i+1, done)
		}
		for i, r := range results {
			require.Equal(t, i, r.Index)
			require.Equal(t, docs[i].ID, r.Name)
		}
		require.LessOrEqual(t, signer.most.Load(), int32(4))
		intact(t, docs[150].Signed, 1)
	})
}

func TestBatchStops(t *testing.T) {
	lost := errors.New("box is gone")
	for name, c := range map[string]struct {
		failure error
		scope   func(error) signing.Scope
		goesOn  bool
	}{
		"unknown failures stop":             {lost, nil, false},
		"a lost time-stamp stops":           {signing.ErrTimestamp, nil, false},
		"a document's fault does not":       {signing.ErrOutsidePage, nil, true},
		"the caller's judgement goes first": {lost, func(error) signing.Scope { return signing.ScopeDocument }, true},
		"the error's own scope":             {scoped{signing.ErrNoPage}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			items, _ := letters(30)
			signer, credential := batchSigner(t)
			signer.each = func(call int32) error {
				if call == 5 {
					return c.failure
				}
				return nil
			}
			results, err := signing.Batch(context.Background(), signer, items,
				signing.BatchOptions{Credential: credential, Workers: 3, Scope: c.scope})
			require.Equal(t, c.goesOn, err == nil)
			n := tally(results)
			require.Equal(t, 1, n[signing.BatchFailed])
			if c.goesOn {
				require.Equal(t, 29, n[signing.BatchSigned])
			} else {
				require.ErrorIs(t, err, c.failure)
				require.LessOrEqual(t, signer.calls.Load(), int32(8), "what ran was finished, nothing begun")
			}
		})
	}
}

type scoped struct{ error }

func (scoped) FailureScope() signing.Scope { return signing.ScopeApplication }

func TestBatchCancelled(t *testing.T) {
	items, docs := letters(20)
	signer, credential := batchSigner(t)
	ctx, cancel := context.WithCancel(context.Background())
	results, err := signing.Batch(ctx, signer, items, signing.BatchOptions{Credential: credential, Workers: 2,
		Progress: func(p signing.BatchProgress) {
			if p.Done == 3 {
				cancel()
			}
		}})
	require.ErrorIs(t, err, context.Canceled)
	n := tally(results)
	require.GreaterOrEqual(t, n[signing.BatchSigned], 2)
	require.Greater(t, n[signing.BatchNotTried], 10)
	for i, r := range results {
		require.Equal(t, r.Outcome == signing.BatchSigned, docs[i].Signed != nil)
	}
}

// TestBatchResumes starts a batch on disk again and again.
func TestBatchResumes(t *testing.T) {
	dir := t.TempDir()
	source, _ := letters(6)
	var items []signing.BatchItem
	for i, s := range source {
		in := filepath.Join(dir, fmt.Sprintf("in-%d.pdf", i))
		require.NoError(t, os.WriteFile(in, s.Document.(*signing.MemoryDocument).Data, 0o600))
		items = append(items, signing.BatchItem{Document: signing.FileDocument{Source: in, Output: filepath.Join(dir, fmt.Sprintf("out-%d.pdf", i))}, Request: s.Request})
	}
	signer, credential := batchSigner(t)
	path := filepath.Join(dir, "journal")
	start := func(items []signing.BatchItem) ([]signing.BatchResult, error) {
		j, err := signing.OpenFileJournal(path)
		require.NoError(t, err)
		defer j.Close()
		return signing.Batch(context.Background(), signer, items, signing.BatchOptions{Credential: credential, Workers: 2, Journal: j, Purpose: "camat"})
	}
	signer.each = func(call int32) error {
		if call == 4 {
			return errors.New("power cut")
		}
		return nil
	}
	first, err := start(items)
	require.Error(t, err)
	done := tally(first)[signing.BatchSigned]
	require.GreaterOrEqual(t, done, 3)

	// A crash while the journal was written leaves half a line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"input_sha2`)
	require.NoError(t, errors.Join(err, f.Close()))

	signer.each = nil
	second, err := start(items)
	require.NoError(t, err)
	require.Equal(t, map[signing.BatchOutcome]int{signing.BatchResumed: done, signing.BatchSigned: 6 - done}, tally(second))
	for i, r := range first {
		if r.Outcome == signing.BatchSigned {
			require.Equal(t, r.Receipt.OutputSHA256, second[i].Receipt.OutputSHA256)
			require.Equal(t, r.Receipt.InputSHA256, second[i].Receipt.InputSHA256)
		}
	}
	calls := signer.calls.Load()
	for i := range items {
		b, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("out-%d.pdf", i)))
		require.NoError(t, err)
		intact(t, b, 1)
	}

	t.Run("an output that is gone is for a person to decide", func(t *testing.T) {
		require.NoError(t, os.Remove(filepath.Join(dir, "out-0.pdf")))
		results, err := start(items)
		require.NoError(t, err)
		require.ErrorIs(t, results[0].Err, signing.ErrOutputMissing)
		require.Equal(t, calls, signer.calls.Load(), "nothing was signed again")
	})
	t.Run("without the journal's line nothing is overwritten", func(t *testing.T) {
		require.NoError(t, os.Remove(path))
		results, err := start(items[1:2])
		require.NoError(t, err)
		require.ErrorIs(t, results[0].Err, signing.ErrOutputExists)
	})
	t.Run("the same letter twice", func(t *testing.T) {
		d := items[2].Document.(signing.FileDocument)
		d.Output = filepath.Join(dir, "again.pdf")
		require.NoError(t, os.Remove(filepath.Join(dir, "out-2.pdf")))
		results, err := start([]signing.BatchItem{items[2], {Document: d, Request: items[2].Request}})
		require.NoError(t, err)
		require.Equal(t, signing.BatchSigned, results[0].Outcome)
		require.ErrorIs(t, results[1].Err, signing.ErrDuplicate)
	})
	left, err := filepath.Glob(filepath.Join(dir, ".signing-*"))
	require.NoError(t, err)
	require.Empty(t, left, "nothing half-written stays")
}

func TestBatchFailures(t *testing.T) {
	dir := t.TempDir()
	signer, credential := batchSigner(t)
	opts := signing.BatchOptions{Credential: credential}
	missing := signing.BatchItem{Document: signing.FileDocument{Source: filepath.Join(dir, "none.pdf"), Output: filepath.Join(dir, "o.pdf")}}
	results, err := signing.Batch(context.Background(), signer, []signing.BatchItem{missing}, opts)
	require.NoError(t, err)
	require.ErrorIs(t, results[0].Err, signing.ErrSource)
	require.ErrorIs(t, results[0].Err, os.ErrNotExist)

	in := filepath.Join(dir, "in.pdf")
	require.NoError(t, os.WriteFile(in, page("", ""), 0o600))
	nowhere := signing.BatchItem{Document: signing.FileDocument{Source: in, Output: filepath.Join(dir, "none", "o.pdf")}}
	results, err = signing.Batch(context.Background(), signer, []signing.BatchItem{nowhere, nowhere}, opts)
	require.ErrorIs(t, err, os.ErrNotExist, "a disk that takes no output stops the batch")
	require.Zero(t, signer.calls.Load())
	require.Equal(t, 1, tally(results)[signing.BatchNotTried])

	results, err = signing.Batch(context.Background(), signer, nil, opts)
	require.NoError(t, err)
	require.Empty(t, results)
	for name, o := range map[string]signing.BatchOptions{"too many workers": {Workers: 257}, "fewer than none": {Workers: -1}} {
		_, err := signing.Batch(context.Background(), signer, nil, o)
		require.Error(t, err, name)
	}
	_, err = signing.Batch(context.Background(), signer, []signing.BatchItem{{}}, opts)
	require.Error(t, err, "no document")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), []byte("{}\n"), 0o600))
	_, err = signing.OpenFileJournal(filepath.Join(dir, "journal"))
	require.ErrorIs(t, err, signing.ErrJournal)
}

// BenchmarkBatch signs letters with a worker per processor, and reports the
// share of the speed of as many goroutines that do what no signer can do
// without: a SHA-256 of the document and one operation of the key.
func BenchmarkBatch(b *testing.B) {
	key := person(b, "Budi Contoh", rsa2048())
	local, err := signing.NewLocal(signing.LocalConfig{Keys: lock{key}, Now: now})
	require.NoError(b, err)
	credential := signing.Credential{Passphrase: passphrase.FromString(sandi)}
	workers := runtime.GOMAXPROCS(0)
	for _, c := range []struct {
		name          string
		size, letters int
	}{{"100KB", 100 << 10, 100}, {"1MB", 1 << 20, 100}, {"5MB", 5 << 20, 200}} {
		b.Run(c.name, func(b *testing.B) {
			letter := page(strings.Repeat("% isi\n", c.size/6), "")
			items, docs := letters(c.letters)
			for i := range docs {
				docs[i].Data = letter
				items[i] = signing.BatchItem{Document: discarded{docs[i]}}
			}
			var ours, bare float64
			for b.Loop() {
				bare += seconds(func() { limit(b, key, docs, workers) })
				ours += seconds(func() {
					_, err := signing.Batch(context.Background(), local, items, signing.BatchOptions{Credential: credential, Workers: workers})
					require.NoError(b, err)
				})
			}
			b.ReportMetric(bare/ours, "of-limit")
			b.ReportMetric(float64(c.letters*b.N)/ours, "letters/s")
		})
	}
}

// discarded is a document whose signed form is not kept.
type discarded struct{ *signing.MemoryDocument }

func (discarded) Create() (signing.BatchSink, error) { return nothing{io.Discard}, nil }

type nothing struct{ io.Writer }

func (nothing) Commit() error  { return nil }
func (nothing) Discard() error { return nil }

func seconds(f func()) float64 {
	begun := time.Now()
	f()
	return time.Since(begun).Seconds()
}

// limit does the bare work for every document.
func limit(b *testing.B, key *signing.Key, docs []*signing.MemoryDocument, workers int) {
	next := atomic.Int32{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(docs); i = next.Add(1) - 1 {
				sum := sha256.Sum256(docs[i].Data)
				if _, err := key.Signer.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// fullDisk takes a document and cannot keep it.
type fullDisk struct{ signing.BatchDocument }

type brokenSink struct{ io.Writer }

var errFull = errors.New("no space left")

func (brokenSink) Commit() error  { return errFull }
func (brokenSink) Discard() error { return nil }

func (d fullDisk) Create() (signing.BatchSink, error) { return brokenSink{io.Discard}, nil }

// TestBatchWhereNothingCanBeKept: the next document would be signed in vain too.
func TestBatchWhereNothingCanBeKept(t *testing.T) {
	items, _ := letters(3)
	items[0].Document = fullDisk{items[0].Document}
	signer, credential := batchSigner(t)
	results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential})
	require.ErrorIs(t, err, errFull)
	require.ErrorContains(t, err, "signing: commit the output: no space left")
	require.Equal(t, signing.ScopeApplication, signing.ScopeOf(err))
	require.Equal(t, signing.BatchFailed, results[0].Outcome)
	require.Equal(t, signing.BatchNotTried, results[2].Outcome)
	require.EqualValues(t, 1, signer.calls.Load())
	require.Equal(t, "BatchOutcome(9)", signing.BatchOutcome(9).String())
}

// TestJournalThatCannotBeUsed: what was signed is kept, and nobody takes a damaged journal for an empty one.
func TestJournalThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	key := signing.BatchKey{Purpose: "camat", SHA256: sha256.Sum256([]byte("surat"))}
	_, err := signing.OpenFileJournal(filepath.Join(dir, "no", "journal"))
	require.ErrorIs(t, err, os.ErrNotExist)
	for name, content := range map[string]string{
		"a line that is no JSON":        "surat\n",
		"a digest that is none":         `{"input_sha256":"zz","output_sha256":"zz"}` + "\n",
		"a digest of another length":    `{"input_sha256":"00","output_sha256":"00"}` + "\n",
		"signed, and nobody knows what": `{"input_sha256":"` + strings.Repeat("ab", 32) + `"}` + "\n",
		"a stage of a later version":    `{"stage":"revoked","input_sha256":"` + strings.Repeat("ab", 32) + `"}` + "\n",
		"a line longer than any here":   strings.Repeat("x", 65<<10) + "\n",
	} {
		path := filepath.Join(dir, "damaged")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := signing.OpenFileJournal(path)
		require.ErrorIs(t, err, signing.ErrJournal, name)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, content, string(kept), name)
	}

	j, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
	require.NoError(t, err)
	require.ErrorIs(t, j.Record(t.Context(), key, signing.BatchEntry{Field: strings.Repeat("x", 65<<10)}), signing.ErrLimit)
	require.NoError(t, j.Close())
	require.ErrorIs(t, j.Record(t.Context(), key, signing.BatchEntry{Field: "Kepala"}), os.ErrClosed)
	_, found, err := j.Find(t.Context(), key)
	require.NoError(t, err)
	require.False(t, found, "not on the disk, so not known")

	items, docs := letters(1)
	signer, credential := batchSigner(t)
	results, err := signing.Batch(t.Context(), signer, items, signing.BatchOptions{Credential: credential, Journal: j, Purpose: "camat"})
	require.ErrorIs(t, err, os.ErrClosed)
	require.Equal(t, signing.ScopeApplication, results[0].Scope)
	require.Nil(t, docs[0].Signed)
	require.Zero(t, signer.calls.Load(), "it is known before the credential is used")
}

func TestFileDocumentRefuses(t *testing.T) {
	dir := t.TempDir()
	letter := filepath.Join(dir, "surat.pdf")
	require.NoError(t, os.WriteFile(letter, page("", ""), 0o600))
	_, err := signing.FileDocument{Source: filepath.Join(dir, "tidak-ada.pdf")}.Open()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = signing.FileDocument{Source: dir}.Open()
	require.ErrorContains(t, err, "not a regular file")
	_, err = signing.FileDocument{Source: filepath.Join(dir, "tidak-ada.pdf"), Output: filepath.Join(dir, "out.pdf")}.Create()
	require.ErrorIs(t, err, signing.ErrSource)
	_, err = signing.FileDocument{Source: letter, Output: filepath.Join(dir, "no", "out.pdf")}.Create()
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = signing.FileDocument{Source: letter, Output: letter}.Create()
	require.ErrorIs(t, err, signing.ErrOutputExists)
	missing := signing.FileDocument{Source: letter, Output: filepath.Join(dir, "out.pdf")}
	require.ErrorIs(t, missing.HasOutput([32]byte{}), signing.ErrOutputMissing)
	require.ErrorIs(t, signing.FileDocument{Output: letter}.HasOutput([32]byte{}), signing.ErrOutputMissing)
	require.ErrorIs(t, signing.FileDocument{Output: dir}.HasOutput([32]byte{}), signing.ErrOutputMissing)

	sink, err := missing.Create()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(missing.Output, []byte("somebody else's"), 0o600))
	require.ErrorIs(t, sink.Commit(), os.ErrExist, "a file that appeared meanwhile stays")
	kept, err := os.ReadFile(missing.Output)
	require.NoError(t, err)
	require.Equal(t, "somebody else's", string(kept))
	left, err := filepath.Glob(filepath.Join(dir, ".signing-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
