package signing

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/cms"
)

// ExtendOptions says how far a signed document is raised.
type ExtendOptions struct {
	// Level is what every signature is to reach: LevelBT, LevelBLT or
	// LevelBLTA. Zero: LevelBLT.
	Level Level

	// Field is the name of one signature's field: only this signature is
	// raised. Empty: every signature.
	Field string

	// Evidence is where the validation material comes from. What the document
	// holds already is not asked for again. Required above LevelBT.
	Evidence *Evidence

	// Timestamper makes document timestamps: for LevelBLTA, and for signatures
	// that nothing proves the time of. Required for LevelBLTA and LevelBT.
	Timestamper Timestamper

	// TimestampSize is the room kept for each token in bytes. Zero: 12,288. A
	// larger token is ErrSpace.
	TimestampSize int

	// Hash is that of document timestamps: SHA-256, SHA-384 or SHA-512. Zero:
	// SHA-256.
	Hash crypto.Hash

	// Partial writes what can be had and lists the rest in the result. False:
	// a piece that cannot be had is an error.
	Partial bool

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret

	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

func (o *ExtendOptions) check() error {
	switch {
	case o.Level != LevelBT && o.Level != LevelBLT && o.Level != LevelBLTA:
		return fmt.Errorf("%w: a document cannot be raised to level %s", ErrConfig, o.Level)
	case o.Level > LevelBT && o.Evidence == nil:
		return fmt.Errorf("%w: level %s needs ExtendOptions.Evidence", ErrConfig, o.Level)
	case o.Level != LevelBLT && o.Timestamper == nil:
		return fmt.Errorf("%w: level %s needs ExtendOptions.Timestamper", ErrConfig, o.Level)
	case o.TimestampSize < 0 || o.TimestampSize > maxContainer:
		return fmt.Errorf("%w: room for the time-stamp", ErrLimit)
	case !cms.StrongHash(o.Hash):
		return fmt.Errorf("%w: %v", ErrWeakKey, o.Hash)
	case o.Evidence != nil:
		return o.Evidence.check()
	}
	return nil
}

// Extended says what became of a document that was raised.
type Extended struct {
	// Level is the lowest that its signatures have reached, at most the one
	// asked for.
	Level Level

	// Signatures lists the signatures that were to be raised, Timestamps what
	// proves their time, both in the order in which they were made.
	Signatures []ExtendedSignature
	Timestamps []ExtendedTimestamp

	// RenewBefore is when the newest document timestamp needs the next one: the
	// earliest end of a certificate in its chain. Zero without document
	// timestamps, and when their chain is not known.
	RenewBefore time.Time

	// InputSHA256 and OutputSHA256 are digests of the whole files, InputSize
	// and OutputSize their sizes in bytes. They are the same when nothing was
	// missing.
	InputSHA256, OutputSHA256 [32]byte
	InputSize, OutputSize     int64

	// Repairs lists what was wrong with the input and read over, in English.
	Repairs []string
}

// ExtendedSignature is one signature that was to be raised.
type ExtendedSignature struct {
	Field string
	// Certificate is the one that the message names as its signer's. Nil: the
	// message cannot be read.
	Certificate *x509.Certificate
	// Level is what was reached; LevelUnknown for a signature that is none of
	// PAdES, though it has the same material added.
	Level Level
	// Time is when an authority saw it at the latest. Zero: nobody did.
	Time time.Time
	// Missing says why it did not get further; it matches [ErrNoTimestamp],
	// [ErrTimestamp], [ErrEvidence] or [ErrRevoked]. Nil: nothing is missing for
	// the level asked for.
	Missing error
}

// ExtendedTimestamp is one time-stamp of the document.
type ExtendedTimestamp struct {
	Field string
	// Document tells a document timestamp from one inside a signature, Added
	// one that was added now.
	Document, Added bool
	// Authority is the certificate that made it.
	Authority *x509.Certificate
	Time      time.Time
	// Late tells that its certificate had expired before anything newer covered
	// it: the document was raised too late, and whether the time is still
	// believed is up to who verifies.
	Late bool
	// Missing says why it is worth nothing, as in [ExtendedSignature].
	Missing error
}

// Extend adds to a signed document what its signatures lack for a level, as
// incremental updates: no signature is changed and no key is needed. A
// certification that allows no changes allows this (ISO 32000-2, 12.8.2.2).
//
// A signature whose time nothing proves gets a document timestamp (ISO 32000-2,
// 12.8.5); the document security store gets the chain and the evidence for
// every signature and time-stamp (12.8.4.3); and for LevelBLTA a document
// timestamp covers it all, followed by the evidence for its own authority
// unless the store has it. A document of level B-LTA is renewed in the same
// way: the newest document timestamp is judged by the state of today and
// covered by another. Raising to a lower level twice adds nothing.
//
// It does not judge the signatures: verify first. Only the time-stamps are
// judged, since everything else is by their time; a document that has document
// timestamps is read twice for it. Errors beside the refusals of
// the document: [ErrConfig]; [ErrNoSignature]; [ErrNoTimestamp] for a signature without
// time-stamp when there is no Timestamper; [ErrTimestamp]; [ErrEvidence] for
// evidence that cannot be had; [ErrRevoked]; [ErrSpace]. As with [Sign], on an
// error what was written is to be thrown away; [ExtendFile] does so.
func Extend(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts ExtendOptions) (Extended, error) {
	if opts.Level == LevelUnknown {
		opts.Level = LevelBLT
	}
	if opts.Hash == 0 {
		opts.Hash = crypto.SHA256
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := opts.check(); err != nil {
		return Extended{}, err
	}
	out := newStream(dst, crypto.SHA256)
	out.stampBy(opts.Hash)
	r := &raiser{opts: opts, doc: growing{base: src, size: size, password: opts.Password, out: out}}
	if err := r.read(); err != nil {
		return Extended{}, err
	}
	if err := r.raise(ctx); err != nil {
		return Extended{}, err
	}
	return r.result(), nil
}

// ExtendFile raises the PDF file at srcPath and puts the result at dstPath,
// which may be the same, as [SignFile] does. Errors are those of [Extend] and
// of the file system.
func ExtendFile(ctx context.Context, dstPath, srcPath string, opts ExtendOptions) (Extended, error) {
	return writeFile(dstPath, srcPath, func(dst io.Writer, src io.ReaderAt, size int64) (Extended, error) {
		return Extend(ctx, dst, src, size, opts)
	})
}
