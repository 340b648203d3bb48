package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// ErrNotTried: the batch ended before it came to the document.
	ErrNotTried = errors.New("signing: the batch ended before this document")
	// ErrSource: a document of a batch cannot be opened or read, or a document
	// ends before the size given for it, which is io.ErrUnexpectedEOF too.
	ErrSource = errors.New("signing: document cannot be read")
	// ErrDuplicate: the batch has the same bytes twice for one purpose, with a
	// journal that allows one signature.
	ErrDuplicate = errors.New("signing: the batch has this document twice")
	// ErrSameOutput: another document of the batch goes to the same file.
	ErrSameOutput = errors.New("signing: the batch has this output twice")
)

// BatchItem is one document of a batch.
type BatchItem struct {
	// Document is read from and written to. Required. [FileDocument] is one.
	Document BatchDocument

	// Request is as for [DocumentSigner]; its Credential is the batch's, its
	// DocumentPassword its own.
	Request Request
}

// BatchDocument is where a document comes from and where the signed one goes.
// One with a method HasOutput(sha256 [32]byte) error is asked, when the journal
// knows its signature, whether the signed document is still there. When the
// journal does not know whether it was committed, because the run ended before,
// and there is no such method or it says no, the document is signed again.
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
// it fails. The signer is given the sink itself. An error of Write had better
// have a method FailureScope() Scope that returns [ScopeApplication], or the
// signing service is blamed for it.
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
	// signs nothing twice, wherever the last run ended. It is written before the
	// credential is used, before the output goes to its place and after. Nil:
	// none.
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
	// Err is set for BatchFailed and BatchNotTried, and for the others when the
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
// single documents may still have failed. Without results it is [ErrConfig].
func Batch(ctx context.Context, signer DocumentSigner, items []BatchItem, opts BatchOptions) ([]BatchResult, error) {
	if signer == nil || opts.Workers < 0 || opts.Workers > maxWorkers {
		return nil, fmt.Errorf("%w: batch: no signer, or %d workers of at most %d", ErrConfig, opts.Workers, maxWorkers)
	}
	b := &batch{signer: signer, items: items, opts: opts, results: make([]BatchResult, len(items)), seen: map[BatchKey]int{}, outputs: map[string]int{}}
	for i, item := range items {
		if item.Document == nil {
			return nil, fmt.Errorf("%w: batch: item %d has no document", ErrConfig, i)
		}
		b.results[i] = BatchResult{Index: i, Name: item.Document.Name(), Err: ErrNotTried}
		if file, ok := fileOf(item.Document); ok {
			if _, taken := b.outputs[file.place()]; !taken {
				b.outputs[file.place()] = i
			}
		}
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
	seen    map[BatchKey]int // the first document of the batch that each signature is under
	outputs map[string]int   // the first document of the batch that goes to each file
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

// fan lets the workers take the documents from the given one on, in order.
func (b *batch) fan(ctx context.Context, from int) {
	var next atomic.Int64
	next.Store(int64(from))
	var wg sync.WaitGroup
	for range min(max(b.opts.Workers, 1), len(b.items)-from) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(b.items) && b.goOn(ctx); i = int(next.Add(1)) - 1 {
				b.do(ctx, i)
			}
		})
	}
	wg.Wait()
}

// do signs one document and notes its result.
func (b *batch) do(ctx context.Context, i int) {
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

// notTried says which error ended the batch before a document.
type notTried struct{ cause error }

func (e *notTried) Error() string {
	return ErrNotTried.Error() + ": " + strings.ReplaceAll(e.cause.Error(), prefix, "")
}

func (e *notTried) Unwrap() []error { return []error{ErrNotTried, e.cause} }
