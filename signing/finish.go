package signing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/cms"
)

// FinishOptions carries what was made elsewhere. Exactly one of Signature and
// Message is set.
type FinishOptions struct {
	// Signature is the raw signature over [Prepared.Digest].
	Signature []byte

	// Message is a whole CMS SignedData in DER: detached, with one signer, a
	// signing-certificate attribute and no signing-time, over the bytes whose
	// digest is [Prepared.DocumentDigest].
	Message []byte

	// Timestamper adds a time-stamp to a raw signature; a whole message must
	// bring its own. Nil: none.
	Timestamper Timestamper

	// Evidence adds the validation material, for a signature with time-stamp.
	// Nil: none.
	Evidence *Evidence

	// Archive adds a document timestamp after the evidence, by Timestamper.
	// It needs both.
	Archive bool

	// Claim, when set, is called with [Prepared.ID] before the first byte is
	// written, and its error ends Finish. A store that refuses an ID the
	// second time, with an error wrapping [ErrUsed], carries the rule "used
	// once" across processes; within one process Finish keeps it itself.
	Claim func(ctx context.Context, id string) error

	// Password opens an encrypted document again for Evidence. Zero: the
	// empty password.
	Password passphrase.Secret

	// Now is the clock for Evidence. Nil: time.Now.
	Now func() time.Time
}

// Finish writes the prepared document with its signature to dst. The size
// bytes at src must be those that were prepared ([ErrWrongDocument]); a second
// use is [ErrUsed], a message too large [ErrSpace], one that is no PAdES
// signature of this document [ErrCMS], a raw signature that the certificate's
// key did not make [ErrBadSignature].
//
// Whether the bytes are the right ones is known only after they were copied:
// on an error what was written is to be thrown away.
func Finish(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, prepared *Prepared, opts FinishOptions) (Receipt, error) {
	f, err := newFinisher(prepared, opts)
	if err != nil {
		return Receipt{}, err
	}
	if size != f.state.Size {
		return Receipt{}, fmt.Errorf("%w: %d bytes, prepared %d", ErrWrongDocument, size, f.state.Size)
	}
	if err := f.build(ctx); err != nil {
		return Receipt{}, err
	}
	// From here on the signature leaves: once.
	if !prepared.used.CompareAndSwap(false, true) {
		return Receipt{}, ErrUsed
	}
	r, err := f.write(ctx, dst, src)
	if err != nil {
		if !errors.Is(err, ErrUsed) {
			prepared.used.Store(false) // nothing usable was written
		}
		return Receipt{}, err
	}
	return r, nil
}

type finisher struct {
	state   *preparedState
	opts    FinishOptions
	hash    crypto.Hash
	plan    *plan // only what the steps after the message need
	update  *unsigned
	message []byte
	receipt Receipt
}

func newFinisher(prepared *Prepared, opts FinishOptions) (*finisher, error) {
	s := &prepared.state
	if err := s.check(); err != nil {
		return nil, err
	}
	if (opts.Signature == nil) == (opts.Message == nil) {
		return nil, fmt.Errorf("%w: finishing needs either a raw signature or a message", ErrConfig)
	}
	if opts.Evidence != nil {
		if err := opts.Evidence.check(); err != nil {
			return nil, err
		}
	}
	if opts.Archive && (opts.Evidence == nil || opts.Timestamper == nil) {
		return nil, fmt.Errorf("%w: Archive needs Evidence and a Timestamper", ErrConfig)
	}
	key, err := s.key()
	if err != nil {
		return nil, err
	}
	h, err := parseHash(s.Hash)
	if err != nil {
		return nil, err
	}
	return &finisher{
		state: s, opts: opts, hash: h, update: s.unsigned(),
		plan: &plan{name: s.Field, when: s.Time, opts: Options{Key: key, Timestamper: opts.Timestamper, Evidence: opts.Evidence,
			Archive: opts.Archive, Password: opts.Password, Hash: h, PSS: s.PSS, Now: opts.Now}},
		receipt: Receipt{Field: s.Field, Page: s.Page, Rect: s.Rect, Level: LevelBB, Time: s.Time,
			TimeSource: TimeClaimed, InputSize: s.Size, Repairs: s.Repairs},
	}, nil
}

// build makes or checks the message and sees that it fits.
func (f *finisher) build(ctx context.Context) error {
	var err error
	if f.opts.Message != nil {
		err = f.take(f.opts.Message)
	} else {
		err = f.assemble(ctx)
	}
	if err != nil {
		return err
	}
	return f.update.fill(f.message)
}

func (f *finisher) assemble(ctx context.Context) error {
	cert := f.plan.opts.Key.Certificate
	if cert == nil {
		return fmt.Errorf("%w: what was prepared without a certificate needs a whole message", ErrConfig)
	}
	b, err := f.plan.builder(cert, f.plan.opts.Key.Chain)
	if err != nil {
		return err
	}
	// The attributes are made anew, so that a changed state cannot smuggle in
	// others; the digest that was signed is theirs.
	attrs, err := b.SignedAttributes(f.state.Document)
	if err != nil {
		return fromCMS(err)
	}
	if !bytes.Equal(attrs, f.state.Attributes) {
		return fmt.Errorf("%w: attributes differ", ErrState)
	}
	f.receipt.Certificate, f.receipt.SignerConfirmed = cert, true
	f.message, err = f.plan.assemble(ctx, b, attrs, f.opts.Signature, &f.receipt)
	return err
}

// take checks a whole message that was made elsewhere.
func (f *finisher) take(message []byte) error {
	sd, err := cms.Parse(message)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCMS, err)
	}
	if len(sd.SignerInfos) != 1 || sd.Content != nil || !sd.ContentType.Equal(cms.OIDData) {
		return fmt.Errorf("%w: not detached with one signer", ErrCMS)
	}
	si := sd.SignerInfos[0]
	cert := f.plan.opts.Key.Certificate
	if cert == nil {
		cert = sd.Certificate(si)
	} else {
		f.receipt.SignerConfirmed = true
	}
	if cert == nil {
		return fmt.Errorf("%w: without its signer's certificate", ErrCMS)
	}
	if err := f.checkSigner(si, cert); err != nil {
		return fmt.Errorf("%w: %w", ErrCMS, err)
	}
	if err := cms.CheckKey(cert.PublicKey); err != nil {
		return fromCMS(err)
	}
	f.receipt.Certificate = cert
	f.message = message
	if tokens := si.Timestamps(); len(tokens) > 0 {
		info, _, err := openToken(tokens[0], si.Signature)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrTimestamp, err)
		}
		f.receipt.Level, f.receipt.Time, f.receipt.TimeSource = LevelBT, info.Time, TimeAuthority
	}
	return nil
}

func (f *finisher) checkSigner(si *cms.SignerInfo, cert *x509.Certificate) error {
	h, err := si.Hash()
	if err != nil {
		return err
	}
	if h != f.hash {
		return fmt.Errorf("digest %v, prepared with %v", h, f.hash)
	}
	if err := si.Verify(cert, cms.OIDData, f.state.Document, cms.VerifyOptions{}); err != nil {
		return err
	}
	if err := si.CheckSigningCertificate(cert); err != nil {
		return err
	}
	if _, there, err := si.SigningTime(); err != nil || there {
		return errors.New("signing-time, which PAdES forbids")
	}
	return nil
}

// write copies the document, checks that it is the prepared one and appends.
func (f *finisher) write(ctx context.Context, dst io.Writer, src io.ReaderAt) (Receipt, error) {
	if f.opts.Claim != nil {
		if err := f.opts.Claim(ctx, f.state.ID); errors.Is(err, ErrUsed) {
			return Receipt{}, err
		} else if err != nil {
			return Receipt{}, fmt.Errorf("signing: claim: %w", err)
		}
	}
	out := newStream(dst, f.hash)
	if f.opts.Archive {
		out.stampBy(f.hash)
	}
	sum, err := out.copy(ctx, src, f.state.Size)
	if err != nil {
		return Receipt{}, err
	}
	if !bytes.Equal(sum[:], f.state.SHA256) || !bytes.Equal(out.digest(f.update), f.state.Document) {
		return Receipt{}, fmt.Errorf("%w: its digest differs", ErrWrongDocument)
	}
	f.receipt.InputSHA256 = sum
	return f.plan.finish(ctx, out, src, f.update, f.message, f.receipt)
}
