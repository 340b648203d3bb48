package signing

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/errtext"
)

// LocalConfig says how [Local] signs. Only Keys is required.
type LocalConfig struct {
	// Keys opens the signer's key for each document. Required. One with a
	// method TakesOneTimeCodes() bool says so for [Local.Capabilities].
	Keys KeySource

	// Hash, PSS, Timestamper, TimestampSize, Evidence, Archive, Zone and Now are
	// as in [Options]: with Timestamper and Evidence the level is B-LT, with
	// Archive B-LTA.
	Hash          crypto.Hash
	PSS           bool
	Timestamper   Timestamper
	TimestampSize int
	Evidence      *Evidence
	Archive       bool
	Zone          *time.Location
	Now           func() time.Time

	// Auditor gets one record of each attempt. Nil: none is kept.
	Auditor Auditor

	// Signer stands for the signer in audit records and in the ledger: a hash
	// from [AuditKey], no number. Required with Auditor and with Ledger.
	Signer string

	// Ledger remembers what was signed under a [Request.DedupeKey]; requests
	// without one are not looked up. Nil: one in memory, which a restart
	// forgets.
	Ledger Ledger
}

// Local is a [DocumentSigner] for a key at hand. It is safe for concurrent use
// if its parts are.
type Local struct{ cfg LocalConfig }

var _ Capable = (*Local)(nil)

// NewLocal checks a configuration. The error is [ErrConfig].
func NewLocal(cfg LocalConfig) (*Local, error) {
	if cfg.Keys == nil {
		return nil, fmt.Errorf("%w: LocalConfig.Keys is required", ErrConfig)
	}
	if cfg.Signer == "" && (cfg.Auditor != nil || cfg.Ledger != nil) {
		return nil, fmt.Errorf("%w: an auditor and a ledger need LocalConfig.Signer", ErrConfig)
	}
	if cfg.Ledger == nil {
		cfg.Ledger = NewMemoryLedger()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &Local{cfg: cfg}
	o := l.options(Request{})
	o.Key = &Key{}
	if err := o.check(); err != nil {
		return nil, errtext.Under(ErrConfig, err, ErrConfig.Error(), prefix)
	}
	return l, nil
}

func (l *Local) options(req Request) Options {
	c := l.cfg
	return Options{
		Field: req.Field, Placement: req.Placement, Block: req.Block, Certify: req.Certify,
		Reason: req.Reason, Location: req.Location, Password: req.DocumentPassword,
		Hash: c.Hash, PSS: c.PSS, Timestamper: c.Timestamper, TimestampSize: c.TimestampSize,
		Evidence: c.Evidence, Archive: c.Archive, Zone: c.Zone, Now: c.Now,
	}
}

// Capabilities implements [Capable].
func (l *Local) Capabilities() Capabilities {
	c := Capabilities{Passphrase: true, Block: true, Anchor: true, Field: true, Certify: true, DocumentPassword: true}
	if s, ok := l.cfg.Keys.(interface{ TakesOneTimeCodes() bool }); ok {
		c.OneTimeCode = s.TakesOneTimeCodes()
	}
	return c
}

// SignDocument implements [DocumentSigner]. The document is read and every
// refusal of it made before the credential is used.
func (l *Local) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (Receipt, error) {
	a := &localAttempt{Local: l, id: NewAttemptID(), begun: l.cfg.Now(), req: req}
	var r Receipt
	var err error
	if req.DedupeKey == "" {
		r, err = a.sign(ctx, dst, src, size)
	} else {
		r, err = a.signOnce(ctx, dst, src, size)
	}
	switch {
	case err == nil:
		r.AttemptID, r.Outcome = a.id, OutcomeSigned
	case !errors.Is(err, ErrAlreadySigned):
		r.AttemptID, r.Outcome = a.id, OutcomeRefused
	}
	a.audit(ctx, src, size, &r, err)
	return r, err
}

// localAttempt is one call of SignDocument.
type localAttempt struct {
	*Local
	id    string
	begun time.Time
	req   Request
}

// sign signs without asking whether it was done before. With an error the
// receipt has the certificate at most.
func (a *localAttempt) sign(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64) (r Receipt, err error) {
	if a.req.Placement, err = a.req.Place(ctx, src, size); err != nil {
		return Receipt{}, err
	}
	opts := a.options(a.req)
	opts.Key = &Key{}
	if err := opts.check(); err != nil {
		return Receipt{}, err
	}
	p, err := newPlan(src, size, opts)
	if err != nil {
		return Receipt{}, err
	}
	key, err := a.cfg.Keys.Open(ctx, a.req.Credential)
	if errors.Is(err, ErrCredential) {
		return Receipt{}, err
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("signing: open the key: %w", err)
	}
	if key == nil {
		return Receipt{}, fmt.Errorf("%w: LocalConfig.Keys gave no key", ErrConfig)
	}
	if key.Close != nil {
		defer func() {
			if e := key.Close(); e != nil && err == nil {
				err = fmt.Errorf("signing: close the key: %w", e)
			}
		}()
	}
	defer func() {
		if err != nil {
			r = Receipt{Certificate: key.Certificate}
		}
	}()
	p.opts.Key = key
	return p.sign(ctx, dst, src, key)
}

// PKCS12 is a [KeySource] over a PKCS #12 file, opened by the credential's
// passphrase. It holds the file as it is, encrypted.
type PKCS12 struct{ der []byte }

// NewPKCS12 returns a source over the bytes of a PKCS #12 file.
func NewPKCS12(der []byte) *PKCS12 { return &PKCS12{der: append([]byte(nil), der...)} }

// TakesOneTimeCodes reports that a file is opened by its passphrase alone.
func (s *PKCS12) TakesOneTimeCodes() bool { return false }

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
