package signing

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// LocalConfig says how [Local] signs. Only Keys is required.
type LocalConfig struct {
	// Keys opens the signer's key for each document. Required.
	Keys KeySource

	// Hash, PSS, Timestamper, TimestampSize, Evidence, Zone and Now are as in
	// [Options]: with Timestamper and Evidence the level is B-LT.
	Hash          crypto.Hash
	PSS           bool
	Timestamper   Timestamper
	TimestampSize int
	Evidence      *Evidence
	Zone          *time.Location
	Now           func() time.Time
}

// Local is a [DocumentSigner] for a key at hand. It is safe for concurrent use
// if its parts are.
type Local struct{ cfg LocalConfig }

var _ DocumentSigner = (*Local)(nil)

// NewLocal checks a configuration.
func NewLocal(cfg LocalConfig) (*Local, error) {
	if cfg.Keys == nil {
		return nil, errors.New("signing: no key source")
	}
	l := &Local{cfg: cfg}
	o := l.options(Request{})
	o.Key = &Key{}
	return l, o.check()
}

func (l *Local) options(req Request) Options {
	c := l.cfg
	return Options{
		Field: req.Field, Placement: req.Placement, Block: req.Block, Certify: req.Certify,
		Reason: req.Reason, Location: req.Location,
		Hash: c.Hash, PSS: c.PSS, Timestamper: c.Timestamper, TimestampSize: c.TimestampSize,
		Evidence: c.Evidence, Zone: c.Zone, Now: c.Now,
	}
}

// SignDocument implements [DocumentSigner]. The document is read and every
// refusal of it made before the credential is used.
func (l *Local) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (r Receipt, err error) {
	opts := l.options(req)
	opts.Key = &Key{}
	if err := opts.check(); err != nil {
		return Receipt{}, err
	}
	p, err := newPlan(src, size, opts)
	if err != nil {
		return Receipt{}, err
	}
	key, err := l.cfg.Keys.Open(ctx, req.Credential)
	if errors.Is(err, ErrCredential) {
		return Receipt{}, err
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("signing: open the key: %w", err)
	}
	if key == nil {
		return Receipt{}, errors.New("signing: the key source gave no key")
	}
	if key.Close != nil {
		defer func() {
			if e := key.Close(); e != nil && err == nil {
				r, err = Receipt{}, fmt.Errorf("signing: close the key: %w", e)
			}
		}()
	}
	p.opts.Key = key
	return p.sign(ctx, dst, src, key)
}

// PKCS12 is a [KeySource] over a PKCS #12 file, opened by the credential's
// passphrase. It holds the file as it is, encrypted.
type PKCS12 struct{ der []byte }

// NewPKCS12 returns a source over the bytes of a PKCS #12 file.
func NewPKCS12(der []byte) *PKCS12 { return &PKCS12{der: append([]byte(nil), der...)} }

// Open implements [KeySource]. A wrong passphrase matches [ErrCredential].
func (s *PKCS12) Open(ctx context.Context, c Credential) (*Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !c.OneTimeCode.IsZero() {
		return nil, &UnsupportedError{Feature: "one-time code for a PKCS #12 file"}
	}
	f, err := passphrase.ImportPKCS12(s.der, c.Passphrase)
	if errors.Is(err, passphrase.ErrMismatch) || errors.Is(err, passphrase.ErrEmpty) {
		return nil, fmt.Errorf("%w: %w", ErrCredential, err)
	}
	if err != nil {
		return nil, err
	}
	return &Key{Signer: f.Key, Certificate: f.Certificate, Chain: f.Chain}, nil
}
