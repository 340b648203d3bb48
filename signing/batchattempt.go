package signing

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// journalTimeout bounds one entry about a document that is signed.
const journalTimeout = 10 * time.Second

// sign signs one document, unless the journal knows it as signed.
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
		if key, earlier, err = b.lookUp(ctx, i, src); earlier != nil {
			return BatchResumed, earlier.receipt(key), err
		}
		if err != nil {
			return BatchFailed, Receipt{}, err
		}
	}
	if file, ok := fileOf(item.Document); ok && b.outputs[file.place()] != i {
		return BatchFailed, Receipt{}, fmt.Errorf("%w: as item %d", ErrSameOutput, b.outputs[file.place()])
	}
	dst, held, err := b.begin(ctx, item.Document, key)
	if err != nil {
		return BatchFailed, Receipt{}, err
	}
	req := item.Request
	req.Credential = b.opts.Credential
	req.Purpose = b.purpose(i)
	receipt, err := b.signer.SignDocument(ctx, dst, readerOf(src), src.Size(), req)
	if err != nil {
		return BatchFailed, Receipt{}, errors.Join(err, dst.Discard())
	}
	if b.opts.Journal == nil {
		if err := dst.Commit(); err != nil {
			return BatchFailed, Receipt{}, outputFailure("commit the output", err)
		}
		return BatchSigned, receipt, nil
	}
	return b.keep(context.WithoutCancel(ctx), dst, held, key, receipt)
}

// lookUp asks the journal for a document. The entry is nil for one that is to be
// signed; with an entry, the error says that the journal could not be told.
func (b *batch) lookUp(ctx context.Context, i int, src BatchSource) (BatchKey, *BatchEntry, error) {
	key, err := b.keyOf(ctx, i, src)
	if err != nil {
		return key, nil, err
	}
	entry, found, err := b.opts.Journal.Find(ctx, key)
	if err != nil {
		return key, nil, journalFailure(err)
	}
	if !found {
		return key, nil, nil
	}
	entry.InputSize = src.Size()
	signed, err := b.resume(ctx, b.items[i].Document, key, &entry)
	if !signed {
		return key, nil, err
	}
	return key, &entry, err
}

// keyOf is the name of a document's signature in the journal.
func (b *batch) keyOf(ctx context.Context, i int, src BatchSource) (BatchKey, error) {
	digest, err := digestOf(ctx, readerOf(src), src.Size())
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, ErrSource) {
			return BatchKey{}, err
		}
		return BatchKey{}, fmt.Errorf("%w: %w", ErrSource, err)
	}
	key := BatchKey{Purpose: b.purpose(i), SHA256: digest}
	b.mu.Lock()
	defer b.mu.Unlock()
	if first, twice := b.seen[key]; twice {
		return BatchKey{}, fmt.Errorf("%w: as item %d", ErrDuplicate, first)
	}
	b.seen[key] = i
	return key, nil
}

// purpose is a document's own, or else the batch's.
func (b *batch) purpose(i int) string {
	if own := b.items[i].Request.Purpose; own != "" {
		return own
	}
	return b.opts.Purpose
}

// begin makes the place for the output, held if it is a file. The journal is
// told before, which also shows that it can be written: nothing is signed that
// could not be noted.
func (b *batch) begin(ctx context.Context, doc BatchDocument, key BatchKey) (dst BatchSink, held *fileSink, err error) {
	file, onDisk := fileOf(doc)
	begun := BatchEntry{Stage: BatchBegun}
	if onDisk {
		begun.Held = newHeldName()
	}
	if b.opts.Journal != nil {
		if err := b.opts.Journal.Record(ctx, key, begun); err != nil {
			return nil, nil, journalFailure(err)
		}
	}
	if onDisk {
		held, err = file.create(begun.Held)
		dst = held
	} else {
		dst, err = doc.Create()
	}
	if err != nil {
		return nil, nil, outputFailure("begin the output", err)
	}
	return dst, held, nil
}

// keep puts a signed document in its place, with the journal in step. The
// document is on the disk before the journal calls it signed, and what holds it
// goes away only after the journal knows it in its place: so wherever this ends,
// the next run finds the document, and knows it for the one that was signed.
func (b *batch) keep(ctx context.Context, dst BatchSink, held *fileSink, key BatchKey, receipt Receipt) (BatchOutcome, Receipt, error) {
	entry := entryOf(receipt)
	if held != nil {
		entry.Held = held.name
		if err := held.hold(); err != nil {
			return BatchFailed, Receipt{}, outputFailure("write the output", errors.Join(err, dst.Discard()))
		}
	}
	entry.Stage = BatchPending
	pending := b.record(ctx, key, entry)
	if err := dst.Commit(); err != nil {
		switch {
		case held == nil:
		case pending != nil:
			held.release() // the next run would not know what it is
		default:
			err = stillHeld(err, held.file.Name())
		}
		return BatchFailed, Receipt{}, outputFailure("commit the output", errors.Join(err, pending))
	}
	entry.Stage = BatchDone
	if err := b.record(ctx, key, entry); err != nil {
		// The document is signed and in its place: that is not undone.
		return BatchSigned, receipt, err
	}
	if held != nil {
		held.release()
	}
	return BatchSigned, receipt, nil
}

// record notes what was done and must not be lost when the caller gives up.
func (b *batch) record(ctx context.Context, key BatchKey, entry BatchEntry) error {
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	if err := b.opts.Journal.Record(ctx, key, entry); err != nil {
		return journalFailure(err)
	}
	return nil
}

// resume goes on from what the journal knows of a document. Signed means that
// the signed document is in its place, also when the error says that the
// journal could not be told; neither, that it is to be signed.
func (b *batch) resume(ctx context.Context, doc BatchDocument, key BatchKey, entry *BatchEntry) (signed bool, err error) {
	file, onDisk := fileOf(doc)
	switch asked, ok := doc.(interface{ HasOutput([32]byte) error }); {
	case onDisk:
		signed, err = file.resume(entry)
	case entry.Stage == BatchBegun:
	case entry.Stage == BatchPending:
		signed = ok && asked.HasOutput(entry.OutputSHA256) == nil
	case ok:
		err = asked.HasOutput(entry.OutputSHA256)
		signed = err == nil
	default:
		signed = true
	}
	if !signed {
		return false, err
	}
	if entry.Stage != BatchDone {
		entry.Stage = BatchDone
		if err := b.record(context.WithoutCancel(ctx), key, *entry); err != nil {
			return true, err
		}
	}
	if onDisk {
		file.release(entry.Held)
	}
	return true, nil
}

// applicationError is a failure of this program's disk or store, whatever it
// wraps.
type applicationError struct{ error }

func (e *applicationError) Unwrap() error       { return e.error }
func (e *applicationError) FailureScope() Scope { return ScopeApplication }

func journalFailure(err error) error {
	return &applicationError{fmt.Errorf("signing: journal: %w", err)}
}

// outputFailure is about the place of all outputs, unless the error is one of
// those about a single document.
func outputFailure(doing string, err error) error {
	if errors.Is(err, ErrOutputExists) || errors.Is(err, ErrSource) {
		return err
	}
	return &applicationError{fmt.Errorf("signing: %s: %w", doing, err)}
}
