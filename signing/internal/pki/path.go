// Package pki builds certification paths to roots that the caller names and
// judges revocation evidence (RFC 5280, RFC 6960). It never touches the
// network and trusts nothing on its own.
//
// [FindPath] answers whether a leaf chains to a root at a given time and may
// be used for a purpose. [Judge] answers whether OCSP responses and CRLs say
// that a certificate was revoked at a given time. In both, what is not known
// is never good.
package pki

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Root is a trust anchor and the period in which the caller trusts it.
type Root struct {
	Certificate *x509.Certificate
	// TrustedFrom and TrustedUntil narrow the period of the certificate
	// itself, both inclusive. Zero means no further limit.
	TrustedFrom, TrustedUntil time.Time
}

// PathOptions says what [FindPath] may build on.
type PathOptions struct {
	// Roots are the trust anchors. None means that no path is found.
	Roots []Root
	// Intermediates are certificates that may lie between leaf and root, in
	// any order; they need not be trustworthy. More than 64 are refused.
	Intermediates []*x509.Certificate
	// At is the instant at which every certificate of the path must be
	// valid. Required.
	At time.Time
	// Purpose is what the leaf is used for. Required.
	Purpose Purpose
	// AllowIssuers, when not empty, asks that one of these authorities issued
	// the leaf. An authority is told by its name and key, so that a renewed
	// certificate of it counts too. It narrows a national root to one of the
	// bodies under it.
	AllowIssuers []*x509.Certificate
}

// Path is a certification path: the leaf first, the root last. A leaf that is
// itself a root is a path of one.
type Path []*x509.Certificate

// Leaf is the certificate that the path was built for.
func (p Path) Leaf() *x509.Certificate { return p[0] }

// Root is the trust anchor at the end of the path.
func (p Path) Root() *x509.Certificate { return p[len(p)-1] }

// Issuer is the certificate above the i-th of the path; nil above the root.
func (p Path) Issuer(i int) *x509.Certificate {
	if i+1 >= len(p) {
		return nil
	}
	return p[i+1]
}

// Errors of [FindPath], each wrapped in what is returned.
var (
	// ErrNoPath means that no chain of signatures leads from the leaf to a
	// root.
	ErrNoPath = errors.New("no path to a trusted root")
	// ErrNotValidAt means that the leaf was not valid at the given time.
	ErrNotValidAt = errors.New("certificate not valid at the time")
	// ErrIssuerNotValidAt means that a path exists, but an authority of it was
	// not valid, or not trusted, at the given time.
	ErrIssuerNotValidAt = errors.New("issuer not valid or not trusted at the time")
	// ErrUsage means that key usage, extended key usage or basic constraints
	// forbid the purpose.
	ErrUsage = errors.New("certificate may not be used for the purpose")
	// ErrConstraints means that a path breaks a constraint of RFC 5280
	// section 6: path length, names, policies, unknown critical extension.
	ErrConstraints = errors.New("path breaks a constraint")
	// ErrWeak means that a key or signature algorithm of the path is too weak
	// or not supported: RSA under 2048 or over 8192 bits, a curve other than
	// P-256, P-384 and P-521, SHA-1.
	ErrWeak = errors.New("weak or unsupported key or algorithm")
	// ErrNotAllowed means that a path exists, but that none of
	// PathOptions.AllowIssuers issued the leaf.
	ErrNotAllowed = errors.New("issued by an authority that is not allowed")
	// ErrTooMany means that more certificates were given than are looked at.
	ErrTooMany = errors.New("too many certificates")
)

const (
	maxIntermediates = 64
	maxPathLength    = 10
	maxPaths         = 8
)

// FindPath returns the shortest path from leaf to one of the roots at which
// every certificate is valid at the given time and allowed for the purpose.
// What is wrong with the leaf itself is said only when a path exists: without
// one, nobody vouches for what stands in it.
func FindPath(leaf *x509.Certificate, opts PathOptions) (Path, error) {
	paths, err := FindPaths(leaf, opts)
	if err != nil {
		return nil, err
	}
	return paths[0], nil
}

// FindPaths returns every such path, the shortest first, at most eight: an
// authority that was renewed or cross-certified has several, and one of its
// certificates may be revoked.
func FindPaths(leaf *x509.Certificate, opts PathOptions) ([]Path, error) {
	switch {
	case leaf == nil:
		return nil, fmt.Errorf("pki: no certificate: %w", ErrNoPath)
	case opts.At.IsZero():
		return nil, errors.New("pki: PathOptions.At is required")
	case len(opts.Intermediates) > maxIntermediates:
		return nil, fmt.Errorf("pki: %d intermediates: %w", len(opts.Intermediates), ErrTooMany)
	}
	paths, pathErr := opts.inLifeOf(leaf).find(leaf)
	if pathErr != nil && !errors.Is(pathErr, ErrIssuerNotValidAt) {
		return nil, fmt.Errorf("pki: %w", pathErr)
	}
	if err := opts.checkLeaf(leaf); err != nil {
		return nil, fmt.Errorf("pki: leaf: %w", err)
	}
	if pathErr != nil {
		return nil, fmt.Errorf("pki: %w", pathErr)
	}
	return paths, nil
}

// checkLeaf judges what the leaf says of itself.
func (o PathOptions) checkLeaf(leaf *x509.Certificate) error {
	if err := checkKey(leaf.PublicKey); err != nil {
		return err
	}
	if err := o.Purpose.CheckLeaf(leaf); err != nil {
		return err
	}
	if o.At.Before(leaf.NotBefore) || o.At.After(leaf.NotAfter) {
		return fmt.Errorf("valid from %s to %s: %w",
			leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339), ErrNotValidAt)
	}
	return nil
}

// inLifeOf moves the time to the nearest at which the leaf was valid.
func (o PathOptions) inLifeOf(leaf *x509.Certificate) PathOptions {
	if o.At.After(leaf.NotAfter) {
		o.At = leaf.NotAfter
	}
	if o.At.Before(leaf.NotBefore) {
		o.At = leaf.NotBefore
	}
	return o
}

// find builds the path of a leaf that is valid at the time.
func (o PathOptions) find(leaf *x509.Certificate) ([]Path, error) {
	chains, err := o.verify(leaf, o.At)
	switch {
	case err == nil:
		return o.choose(chains)
	case !errors.Is(err, ErrNoPath):
		return nil, err
	case o.expiredPath(leaf):
		return nil, ErrIssuerNotValidAt
	case o.weakPath(leaf):
		return nil, ErrWeak
	}
	return nil, err
}

// verify runs the path validation of the standard library with our roots. It
// is told to accept every extended key usage, since it knows neither Adobe's
// nor RFC 9336's; checkIssuer looks at them instead.
func (o PathOptions) verify(leaf *x509.Certificate, at time.Time) ([][]*x509.Certificate, error) {
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range o.Roots {
		if r.Certificate != nil && checkKey(r.Certificate.PublicKey) == nil {
			roots.AddCert(r.Certificate)
		}
	}
	for _, c := range o.Intermediates {
		// A key out of bounds is left out, so that hostile certificates cannot
		// buy seconds of modular arithmetic.
		if c != nil && c.IsCA && checkKey(c.PublicKey) == nil {
			inter.AddCert(c)
		}
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots:         roots,
		Intermediates: inter,
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, classify(err)
	}
	return chains, nil
}

// expiredPath tells whether a path exists at some other time: the middle of
// the leaf's life, or of one of the authorities'.
func (o PathOptions) expiredPath(leaf *x509.Certificate) bool {
	tries := 0
	for _, c := range o.Intermediates {
		if c == nil {
			continue
		}
		for _, at := range []time.Time{c.NotBefore, c.NotAfter} {
			if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
				continue
			}
			if tries++; tries > 8 {
				return false
			}
			if _, err := o.verify(leaf, at); err == nil {
				return true
			}
		}
	}
	for _, at := range []time.Time{leaf.NotBefore, leaf.NotAfter} {
		if _, err := o.verify(leaf, at); err == nil {
			return true
		}
	}
	return false
}

// choose picks the acceptable chains, the shortest first; when there is none, it
// returns the reason why the last was refused.
func (o PathOptions) choose(chains [][]*x509.Certificate) ([]Path, error) {
	slices.SortStableFunc(chains, func(a, b []*x509.Certificate) int { return len(a) - len(b) })
	var paths []Path
	err := ErrNoPath
	for _, chain := range chains {
		if err = o.accept(chain); err == nil {
			paths = append(paths, Path(chain))
		}
		if len(paths) == maxPaths {
			break
		}
	}
	if len(paths) > 0 {
		return paths, nil
	}
	return nil, err
}

// Accepts reports whether a path that FindPath found for another time, and
// otherwise the same options, holds at this one too. Its signatures are not
// checked again.
func (o PathOptions) Accepts(path Path) bool {
	for _, c := range path {
		if o.At.Before(c.NotBefore) || o.At.After(c.NotAfter) {
			return false
		}
	}
	return len(path) > 0 && o.accept(path) == nil
}

func (o PathOptions) accept(chain []*x509.Certificate) error {
	if len(chain) > maxPathLength {
		return fmt.Errorf("path of %d certificates: %w", len(chain), ErrTooMany)
	}
	for _, c := range chain[1:] {
		if err := o.Purpose.checkIssuer(c); err != nil {
			return err
		}
		if err := checkNameForms(c); err != nil {
			return err
		}
	}
	if err := checkAddresses(chain); err != nil {
		return err
	}
	if !o.rootTrusted(chain[len(chain)-1]) {
		return ErrIssuerNotValidAt
	}
	if len(o.AllowIssuers) > 0 && !o.allowed(chain) {
		return ErrNotAllowed
	}
	return nil
}

// allowed tells whether one of AllowIssuers issued the leaf. Nobody issued a
// leaf that is itself a root.
func (o PathOptions) allowed(chain []*x509.Certificate) bool {
	return len(chain) > 1 && slices.ContainsFunc(o.AllowIssuers, func(c *x509.Certificate) bool {
		return c != nil && bytes.Equal(c.RawSubject, chain[1].RawSubject) &&
			bytes.Equal(c.RawSubjectPublicKeyInfo, chain[1].RawSubjectPublicKeyInfo)
	})
}

// rootTrusted tells whether one of the given entries for this root covers the
// time.
func (o PathOptions) rootTrusted(root *x509.Certificate) bool {
	return slices.ContainsFunc(o.Roots, func(r Root) bool {
		return r.Certificate != nil && bytes.Equal(r.Certificate.Raw, root.Raw) &&
			!(!r.TrustedFrom.IsZero() && o.At.Before(r.TrustedFrom)) &&
			!(!r.TrustedUntil.IsZero() && o.At.After(r.TrustedUntil))
	})
}

// classify turns an error of crypto/x509 into one of ours. Its text is dropped
// on purpose: it quotes names out of certificates that nobody vouches for.
func classify(err error) error {
	var (
		invalid  x509.CertificateInvalidError
		critical x509.UnhandledCriticalExtension
		insecure x509.InsecureAlgorithmError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return ErrIssuerNotValidAt
	case errors.As(err, &invalid), errors.As(err, &critical):
		return ErrConstraints
	case errors.As(err, &insecure):
		return ErrWeak
	}
	return ErrNoPath
}
