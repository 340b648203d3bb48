package signing

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/fetch"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Evidence says where the validation material for level B-LT comes from: the
// certificates up to the roots and, for each below a root, an OCSP response or
// a CRL that says it was not revoked (ETSI EN 319 142-1, clause 6.3).
type Evidence struct {
	// Source gives OCSP responses, CRLs and missing issuers. Required.
	Source RevocationSource

	// Roots end the signer's chain. Required: evidence for a chain that ends
	// nowhere is worth nothing.
	Roots []*x509.Certificate

	// TimestampRoots end the chain of the time-stamping authority. Nil: Roots.
	TimestampRoots []*x509.Certificate

	// Intermediates help to build both chains beyond what key and token
	// carry. Nil is usual.
	Intermediates []*x509.Certificate
}

// RevocationSource gets validation material. What it returns is checked, so it
// need not be trusted. [NewHTTPSource] asks the addresses that certificates
// name.
type RevocationSource interface {
	// OCSP returns the DER of an OCSP response for cert, issued by issuer.
	OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// CRL returns the DER of the CRL on which cert would stand if it were
	// revoked by issuer.
	CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error)
	// Issuers returns the certificates at the addresses that cert names for
	// its issuer.
	Issuers(ctx context.Context, cert *x509.Certificate) ([]*x509.Certificate, error)
}

func (e *Evidence) check() error {
	if e.Source == nil || len(e.Roots) == 0 {
		return fmt.Errorf("%w: Evidence needs Source and Roots", ErrConfig)
	}
	return nil
}

// material is what goes into the document for one signature.
type material struct {
	certs, ocsps, crls [][]byte
}

func (m *material) add(to *[][]byte, pieces ...[]byte) {
next:
	for _, p := range pieces {
		for _, have := range *to {
			if bytes.Equal(have, p) {
				continue next
			}
		}
		*to = append(*to, p)
	}
}

// gatherer collects validation material.
type gatherer struct {
	*Evidence
	chain  []*x509.Certificate // beside what messages carry
	now    func() time.Time
	source once
	held   *held // what the document carries already; nil: nothing
}

// once asks a source once about each certificate: signer and time-stamping
// authority often have the same issuer.
type once struct {
	RevocationSource
	ocsps, crls map[[2]string]answer // by certificate and issuer
}

type answer struct {
	der []byte
	err error
}

func newOnce(s RevocationSource) once {
	return once{s, make(map[[2]string]answer), make(map[[2]string]answer)}
}

// OCSP implements RevocationSource.
func (o once) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	return ask(ctx, o.ocsps, o.RevocationSource.OCSP, cert, issuer)
}

// CRL implements RevocationSource.
func (o once) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	return ask(ctx, o.crls, o.RevocationSource.CRL, cert, issuer)
}

func ask(ctx context.Context, known map[[2]string]answer, source func(_ context.Context, cert, issuer *x509.Certificate) ([]byte, error), cert, issuer *x509.Certificate) ([]byte, error) {
	key := [2]string{string(cert.Raw), string(issuer.Raw)}
	a, ok := known[key]
	if !ok {
		a.der, a.err = source(ctx, cert, issuer)
		known[key] = a
	}
	return a.der, a.err
}

// clockTolerance is by how much an OCSP response may seem older than the
// time-stamp it was fetched after: their clocks are not the same.
const clockTolerance = time.Minute

// run gets the material for the signer and for the authority of the
// time-stamp, both judged at the time-stamp's time.
func (g *gatherer) run(ctx context.Context, message []byte) (*material, error) {
	g.source = newOnce(g.Source)
	sd, err := cms.Parse(message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	if len(sd.SignerInfos) != 1 {
		return nil, fmt.Errorf("%w: %d signers in the message", ErrEvidence, len(sd.SignerInfos))
	}
	si := sd.SignerInfos[0]
	tokens := si.Timestamps()
	if len(tokens) == 0 {
		return nil, ErrNoTimestamp
	}
	info, tsa, err := openToken(tokens[0], si.Signature)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	signer := sd.Certificate(si)
	if signer == nil {
		return nil, fmt.Errorf("%w: the message lacks its signer's certificate", ErrEvidence)
	}
	m := &material{}
	if err := g.path(ctx, m, signer, sd.Certificates, pki.DocumentSigning, info.Time); err != nil {
		return nil, err
	}
	return m, g.path(ctx, m, tsa.Certificate(tsa.SignerInfos[0]), tsa.Certificates, pki.TimeStamping, info.Time)
}

// path adds the material for one certificate and those above it.
func (g *gatherer) path(ctx context.Context, m *material, leaf *x509.Certificate, carried []*x509.Certificate, purpose pki.Purpose, at time.Time) error {
	path, err := g.find(ctx, leaf, carried, purpose, at)
	if err != nil {
		return err
	}
	return g.status(ctx, m, path, purpose, at)
}

// find builds the chain of a certificate as of a time.
func (g *gatherer) find(ctx context.Context, leaf *x509.Certificate, carried []*x509.Certificate, purpose pki.Purpose, at time.Time) (pki.Path, error) {
	opts := pki.PathOptions{At: at, Purpose: purpose}
	roots := g.Roots
	if purpose == pki.TimeStamping && g.TimestampRoots != nil {
		roots = g.TimestampRoots
	}
	for _, r := range roots {
		opts.Roots = append(opts.Roots, pki.Root{Certificate: r})
	}
	pools := [][]*x509.Certificate{carried, g.chain, g.Intermediates}
	if g.held != nil {
		pools = append(pools, g.held.certs)
	}
	opts.Intermediates = issuersOf(leaf, pools...)
	path, err := g.complete(ctx, leaf, opts)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrEvidence, purpose, err)
	}
	return path, nil
}

// status adds the chain and the evidence that none of it was revoked at the
// time.
func (g *gatherer) status(ctx context.Context, m *material, path pki.Path, purpose pki.Purpose, at time.Time) error {
	times := pki.Times{At: at, Now: g.now(), Tolerance: clockTolerance}
	found, err := fetch.Gather(ctx, heldFirst{g.source, g.held, times}, path, times)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEvidence, err)
	}
	for i, v := range found.Verdicts {
		if v.Status == pki.StatusRevoked {
			return &revokedError{i, purpose, v}
		}
	}
	if found.Missing != nil {
		return fmt.Errorf("%w: %s: %w", ErrEvidence, purpose, found.Missing)
	}
	for _, c := range path {
		m.add(&m.certs, c.Raw)
	}
	m.add(&m.ocsps, found.OCSPs...)
	m.add(&m.crls, found.CRLs...)
	return nil
}

// revokedError reports a revoked certificate. It matches [ErrRevoked].
type revokedError struct {
	index   int // in the chain
	purpose pki.Purpose
	verdict pki.Verdict
}

func (e *revokedError) Error() string {
	return fmt.Sprintf("%v: certificate %d of the chain for %s, on %s",
		ErrRevoked, e.index, e.purpose, e.verdict.RevokedAt.UTC().Format(time.RFC3339))
}

func (e *revokedError) Is(target error) bool { return target == ErrRevoked }

// ceased reports reasons (RFC 5280, 5.3.1) that leave the key unbroken.
func (e *revokedError) ceased() bool {
	const affiliationChanged, superseded, cessationOfOperation = 3, 4, 5
	r := e.verdict.Evidence.Reason
	return r == affiliationChanged || r == superseded || r == cessationOfOperation
}

// complete finds the chain, asking for issuers that nobody carried.
func (g *gatherer) complete(ctx context.Context, leaf *x509.Certificate, opts pki.PathOptions) (pki.Path, error) {
	const most = 4 // authorities that may be missing, one above the other
	path, err := pki.FindPath(leaf, opts)
	for below := []*x509.Certificate{leaf}; errors.Is(err, pki.ErrNoPath) && len(below) <= most; {
		more, fetchErr := g.Source.Issuers(ctx, below[len(below)-1])
		if fetchErr != nil || len(more) == 0 {
			return nil, err
		}
		opts.Intermediates = append(opts.Intermediates, more...)
		below = append(below, more[0])
		path, err = pki.FindPath(leaf, opts)
	}
	return path, err
}

// evidence gets the material for the signature just made and writes it as an
// update of its own after the first.
func (p *plan) evidence(ctx context.Context, src io.ReaderAt, u *unsigned, message []byte) ([]byte, error) {
	g := &gatherer{Evidence: p.opts.Evidence, now: p.opts.clock()}
	if p.opts.Key != nil {
		g.chain = p.opts.Key.Chain
	}
	m, err := g.run(ctx, message)
	if err != nil {
		return nil, err
	}
	doc, err := (&growing{base: src, size: u.start, tail: u.bytes, password: p.opts.Password}).open()
	if err != nil {
		return nil, err
	}
	contents := make([]byte, u.room())
	copy(contents, message)
	return writeDSS(doc, []stored{{contents, m}})
}
