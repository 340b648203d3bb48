package signing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

var (
	// ErrNotTried: the batch ended before it came to the document.
	ErrNotTried = errors.New("signing: the batch ended before this document")
	// ErrSource: a document of a batch cannot be opened or read.
	ErrSource = errors.New("signing: document cannot be read")
	// ErrDuplicate: the batch has the same bytes twice, with a journal that
	// allows one signature.
	ErrDuplicate = errors.New("signing: the batch has this document twice")
)

// BatchItem is one document of a batch.
type BatchItem struct {
	// Document is read from and written to. Required. [FileDocument] is one.
	Document BatchDocument

	// Request is as for [DocumentSigner]; its Credential is the batch's.
	Request Request
}

// BatchDocument is where a document comes from and where the signed one goes.
// One with a method HasOutput(sha256 [32]byte) error is asked, when the journal
// knows its signature, whether the signed document is still there.
type BatchDocument interface {
	// Name names the document in results.
	Name() string
	// Open opens the document for reading. Its errors are [ErrSource].
	Open() (BatchSource, error)
	// Create begins the output. It is called once for a document, before it is
	// signed.
	Create() (BatchSink, error)
}

// BatchSource is an open document.
type BatchSource interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// BatchSink takes a signed document. Commit puts it in its place, Discard
// throws away what was written; exactly one of them is called, Commit also when
// it fails.
type BatchSink interface {
	io.Writer
	Commit() error
	Discard() error
}

// BatchOptions says how a batch runs. The zero value signs one document after
// another.
type BatchOptions struct {
	// Credential is used for every document.
	Credential Credential

	// Workers is how many documents are signed at once, at most 256. Zero: 1,
	// which is what a signing service should be asked for.
	Workers int

	// Progress is called after each document, by one goroutine at a time. Nil:
	// not called.
	Progress func(BatchProgress)

	// Scope tells whether a failure lets the batch go on. Nil: [ScopeOf].
	Scope func(error) Scope

	// Journal remembers what was signed, so that a batch that is started again
	// signs nothing twice. Nil: none.
	Journal BatchJournal

	// Purpose tells apart several signatures under the same documents in one
	// journal: who signs and as what, such as "camat". No personal number. It
	// is that of each request that has none.
	Purpose string

	// Now is the clock for [BatchResult.Elapsed]. Nil: time.Now.
	Now func() time.Time
}

// BatchProgress is how far a batch is.
type BatchProgress struct {
	Done, Total int
	// Last is the result of the document that was just done.
	Last BatchResult
}

// BatchOutcome is what became of a document.
type BatchOutcome int

// Outcomes. The zero value is the careful one.
const (
	BatchNotTried BatchOutcome = iota // the batch ended before, see BatchResult.Err
	BatchFailed                       // see BatchResult.Err
	BatchSigned                       // signed and committed
	BatchResumed                      // signed earlier, as the journal knows
)

var batchOutcomes = [...]string{"not tried", "failed", "signed", "resumed"}

// String returns the outcome in a word or two.
func (o BatchOutcome) String() string {
	if o >= 0 && int(o) < len(batchOutcomes) {
		return batchOutcomes[o]
	}
	return fmt.Sprintf("BatchOutcome(%d)", int(o))
}

// BatchResult is what became of one document.
type BatchResult struct {
	// Index is the document's place in the batch, Name its name.
	Index int
	Name  string

	Outcome BatchOutcome
	// Receipt is set for BatchSigned; for BatchResumed it has the digests and
	// the signing time alone.
	Receipt Receipt
	// Err is set for BatchFailed and BatchNotTried, and for BatchSigned when the
	// journal could not be written; Scope says what it is about.
	Err   error
	Scope Scope
	// Elapsed is the time from opening to committing.
	Elapsed time.Duration
}

// maxWorkers bounds what is done at once.
const maxWorkers = 256

// Batch signs documents and returns one result for each, in their order. The
// first document is signed alone, and the next ones too until one succeeded, so
// that a mistyped passphrase costs one attempt. A failure about one document
// lets the batch go on; any other ends it, and then the documents being signed
// are finished and the others not tried. So does the end of the context, which
// the signer is given too.
//
// The error is the one that ended the batch, nil when it came to its end; then
// single documents may still have failed.
func Batch(ctx context.Context, signer DocumentSigner, items []BatchItem, opts BatchOptions) ([]BatchResult, error) {
	if signer == nil || opts.Workers < 0 || opts.Workers > maxWorkers {
		return nil, fmt.Errorf("signing: batch: no signer, or %d workers of at most %d", opts.Workers, maxWorkers)
	}
	b := &batch{signer: signer, items: items, opts: opts, results: make([]BatchResult, len(items)), seen: map[[32]byte]int{}}
	for i, item := range items {
		if item.Document == nil {
			return nil, fmt.Errorf("signing: batch: item %d has no document", i)
		}
		b.results[i] = BatchResult{Index: i, Name: item.Document.Name(), Err: ErrNotTried}
	}
	if b.opts.Now == nil {
		b.opts.Now = time.Now
	}
	if b.opts.Scope == nil {
		b.opts.Scope = ScopeOf
	}
	next := 0
	for next < len(items) && !b.proven && b.goOn(ctx) {
		b.do(ctx, next)
		next++
	}
	b.fan(ctx, next)
	if b.stopped == nil {
		return b.results, nil
	}
	for i := range b.results {
		if r := &b.results[i]; r.Outcome == BatchNotTried {
			r.Err = &notTried{b.stopped}
			r.Scope = b.scope
		}
	}
	return b.results, b.stopped
}

type batch struct {
	signer DocumentSigner
	items  []BatchItem
	opts   BatchOptions

	mu      sync.Mutex
	results []BatchResult
	seen    map[[32]byte]int // documents of the batch by digest
	done    int
	proven  bool // a document was signed: the credential is good
	stopped error
	scope   Scope // of what stopped

	report sync.Mutex // one call of Progress at a time
}

// goOn reports whether another document is to be begun.
func (b *batch) goOn(ctx context.Context) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped == nil && ctx.Err() != nil {
		b.stopped, b.scope = fmt.Errorf("signing: batch: %w", ctx.Err()), ScopeApplication
	}
	return b.stopped == nil
}

// fan gives the documents from the given one on to the workers.
func (b *batch) fan(ctx context.Context, from int) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range min(max(b.opts.Workers, 1), len(b.items)-from) {
		wg.Go(func() {
			for i := range jobs {
				b.do(ctx, i)
			}
		})
	}
	for i := from; i < len(b.items) && b.goOn(ctx); i++ {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
}

// do signs one document and notes its result, unless the batch was stopped
// meanwhile.
func (b *batch) do(ctx context.Context, i int) {
	if !b.goOn(ctx) {
		return
	}
	begun := b.opts.Now()
	outcome, receipt, err := b.sign(ctx, i)
	r := BatchResult{Index: i, Name: b.results[i].Name, Outcome: outcome, Receipt: receipt, Err: err, Elapsed: b.opts.Now().Sub(begun)}
	if err != nil {
		r.Scope = b.opts.Scope(err)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			r.Scope = ScopeApplication
		}
	}
	b.report.Lock()
	defer b.report.Unlock()
	b.mu.Lock()
	b.results[i] = r
	b.done++
	progress := BatchProgress{Done: b.done, Total: len(b.items), Last: r}
	b.proven = b.proven || outcome == BatchSigned
	if err != nil && r.Scope != ScopeDocument && b.stopped == nil {
		b.stopped, b.scope = err, r.Scope
	}
	b.mu.Unlock()
	if b.opts.Progress != nil {
		b.opts.Progress(progress)
	}
}

func (b *batch) sign(ctx context.Context, i int) (BatchOutcome, Receipt, error) {
	item := b.items[i]
	src, err := item.Document.Open()
	if err != nil {
		return BatchFailed, Receipt{}, fmt.Errorf("%w: %w", ErrSource, err)
	}
	defer src.Close()
	var key BatchKey
	if b.opts.Journal != nil {
		var earlier *BatchEntry
		if key, earlier, err = b.lookUp(ctx, i, src); err != nil {
			return BatchFailed, Receipt{}, err
		}
		if earlier != nil {
			return BatchResumed, earlier.receipt(key), nil
		}
	}
	dst, err := item.Document.Create()
	if err != nil {
		return BatchFailed, Receipt{}, fmt.Errorf("signing: begin the output: %w", err)
	}
	req := item.Request
	req.Credential = b.opts.Credential
	if req.Purpose == "" {
		req.Purpose = b.opts.Purpose
	}
	receipt, err := b.signer.SignDocument(ctx, dst, readerOf(src), src.Size(), req)
	if err != nil {
		return BatchFailed, Receipt{}, errors.Join(err, dst.Discard())
	}
	if err := dst.Commit(); err != nil {
		return BatchFailed, Receipt{}, &commitError{err}
	}
	if b.opts.Journal != nil {
		if err := b.opts.Journal.Record(ctx, key, entryOf(receipt)); err != nil {
			// The document is signed and in its place: that is not undone.
			return BatchSigned, receipt, fmt.Errorf("signing: journal: %w", err)
		}
	}
	return BatchSigned, receipt, nil
}

// commitError is about the place of the outputs, whatever it wraps.
type commitError struct{ err error }

func (e *commitError) Error() string       { return "signing: commit the output: " + e.err.Error() }
func (e *commitError) Unwrap() error       { return e.err }
func (e *commitError) FailureScope() Scope { return ScopeApplication }

// lookUp asks the journal for a document.
func (b *batch) lookUp(ctx context.Context, i int, src BatchSource) (BatchKey, *BatchEntry, error) {
	h := sha256.New()
	s := &stream{dst: io.Discard, sig: h, file: h}
	if err := s.read(ctx, src, src.Size()); err != nil {
		if ctx.Err() != nil {
			return BatchKey{}, nil, err
		}
		return BatchKey{}, nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	key := BatchKey{Purpose: b.opts.Purpose, SHA256: [32]byte(h.Sum(nil))}
	b.mu.Lock()
	first, twice := b.seen[key.SHA256]
	if !twice {
		b.seen[key.SHA256] = i
	}
	b.mu.Unlock()
	if twice {
		return key, nil, fmt.Errorf("%w: as item %d", ErrDuplicate, first)
	}
	entry, found, err := b.opts.Journal.Find(ctx, key)
	if err != nil {
		return key, nil, fmt.Errorf("signing: journal: %w", err)
	}
	if !found {
		return key, nil, nil
	}
	if k, ok := b.items[i].Document.(interface{ HasOutput([32]byte) error }); ok {
		if err := k.HasOutput(entry.OutputSHA256); err != nil {
			return key, nil, err
		}
	}
	return key, &entry, nil
}

// notTried says which error ended the batch before a document.
type notTried struct{ cause error }

func (e *notTried) Error() string {
	return ErrNotTried.Error() + ": " + strings.ReplaceAll(e.cause.Error(), prefix, "")
}

func (e *notTried) Unwrap() []error { return []error{ErrNotTried, e.cause} }
