package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// signerTrust is what was found out about the signer's certificate.
type signerTrust struct {
	path pki.Path
	// complete: the file holds the chain and the evidence about it, which
	// pieces are.
	complete bool
	pieces   [][]byte
}

// judgeTrust judges the certificate of every signature at its proven time or,
// without one, at the time of judgment.
func (v *verifier) judgeTrust(ctx context.Context) error {
	for _, s := range v.sigs {
		if s.Kind != DocumentTimestamp && s.cms.certificate != nil {
			if err := v.judgeSigner(ctx, s); err != nil {
				return err
			}
		}
		if s.Kind != DocumentTimestamp {
			v.judgeLevel(s)
		}
	}
	return nil
}

func (v *verifier) judgeSigner(ctx context.Context, s *signature) error {
	c := s.cms.certificate
	if !namesAgree(s.Claims.Name, c.Subject.CommonName) {
		s.find(CodeNameContradicts, s.Claims.Name)
	}
	at := v.at
	if !s.proof.proven.IsZero() {
		at = s.proof.proven
	}
	paths, err := v.findPaths(c, s.cms.data.Certificates, pki.PathOptions{
		Roots:        pkiRoots(v.opts.Roots),
		At:           at,
		Purpose:      pki.DocumentSigning,
		AllowIssuers: v.opts.AllowIssuers,
	})
	if err != nil {
		s.Trusted = No
		s.find(pathFinding(err, c, at))
		return nil
	}
	if s.proof.latest().After(c.NotAfter) { // the timestamp admits that it may be later
		s.Trusted = No
		s.find(CodeExpired, c.NotAfter.UTC().Format(time.RFC3339))
		return nil
	}
	s.Trusted = Yes
	path, status, err := v.soundest(ctx, paths, at)
	if err != nil {
		return err
	}
	s.trust.path = path
	s.Signer.setChain(path)
	s.Revocation = status.describe()
	s.trust.complete, s.trust.pieces = status.embedded && v.embedded(path), status.with(path)
	return v.weighStatus(ctx, s, status)
}

// weighStatus turns the status of the path into findings.
func (v *verifier) weighStatus(ctx context.Context, s *signature, status pathStatus) error {
	when := ""
	if !s.Revocation.RevokedAt.IsZero() {
		when = s.Revocation.RevokedAt.Format(time.RFC3339)
	}
	switch status.leaf.Status {
	case pki.StatusRevokedLater:
		if !status.leaf.RevokedAt.After(s.proof.latest()) {
			s.Revocation.State = RevocationRevoked
			s.find(CodeRevokedNoTime, when)
			break
		}
		s.find(CodeRevokedLater, when)
	case pki.StatusRevoked:
		proven, err := v.madeAfterRevocation(ctx, s, status.leaf.Verdict)
		switch {
		case err != nil:
			return err
		case proven:
			s.find(CodeRevoked, when)
		default:
			s.find(CodeRevokedNoTime, when)
		}
	case pki.StatusUnknown:
		if v.opts.InsecureSkipRevocation {
			s.Revocation.State = RevocationNotChecked
			s.find(CodeRevocationSkipped, "")
		} else {
			s.findBecause(CodeRevocationUnknown, s.Signer.CommonName, mainReason(status.leaf.rejected))
		}
	}
	if status.revokedCA != "" {
		s.find(CodeCARevoked, status.revokedCA)
	}
	if status.unknownCA != "" && !v.opts.InsecureSkipRevocation {
		s.findBecause(CodeCARevocationUnknown, status.unknownCA, status.unknownReason)
	}
	return nil
}

func pathFinding(err error, c *x509.Certificate, at time.Time) (Code, string) {
	issuer := c.Issuer.CommonName
	switch {
	case errors.Is(err, pki.ErrNotValidAt) && at.Before(c.NotBefore):
		return CodeNotYetValid, c.NotBefore.UTC().Format(time.RFC3339)
	case errors.Is(err, pki.ErrNotValidAt):
		return CodeExpired, c.NotAfter.UTC().Format(time.RFC3339)
	case errors.Is(err, pki.ErrIssuerNotValidAt):
		return CodeIssuerNotValid, issuer
	case errors.Is(err, pki.ErrNotAllowed):
		return CodeIssuerNotAllowed, issuer
	case errors.Is(err, pki.ErrUsage):
		return CodeUsageWrong, ""
	case errors.Is(err, pki.ErrConstraints), errors.Is(err, pki.ErrTooMany):
		return CodeChainInvalid, issuer
	case errors.Is(err, pki.ErrWeak):
		return CodeKeyWeak, issuer
	}
	return CodeChainMissing, issuer
}

// foundPaths are those for the leaf and the purpose, valid at some time.
type foundPaths struct {
	leaf    string
	purpose pki.Purpose
	paths   []pki.Path
}

// findPaths builds paths with what is at hand and what came with the message.
// Those found before are taken if they hold at this time too: one authority
// stamps many signatures.
func (v *verifier) findPaths(leaf *x509.Certificate, enclosed []*x509.Certificate, opts pki.PathOptions) ([]pki.Path, error) {
	refused := func(path pki.Path) bool { return !opts.Accepts(path) }
	for _, found := range v.paths {
		if found.leaf == string(leaf.Raw) && found.purpose == opts.Purpose && !slices.ContainsFunc(found.paths, refused) {
			return found.paths, nil
		}
	}
	opts.Intermediates = v.evidence.issuersOf(leaf, enclosed)
	paths, err := pki.FindPaths(leaf, opts)
	if err == nil {
		v.paths = append(v.paths, foundPaths{string(leaf.Raw), opts.Purpose, paths})
	}
	return paths, err
}

func pkiRoots(roots []Root) []pki.Root {
	out := make([]pki.Root, len(roots))
	for i, r := range roots {
		out[i] = pki.Root(r)
	}
	return out
}

// embedded reports whether the file holds every certificate of the path but
// the root.
func (v *verifier) embedded(path pki.Path) bool {
	for _, c := range path[:len(path)-1] {
		if !v.evidence.embedded[string(c.Raw)] {
			return false
		}
	}
	return true
}

func (s *Signer) setChain(path pki.Path) {
	s.Certificates = path
	for _, c := range path {
		s.Chain = append(s.Chain, printable(c.Subject.CommonName))
	}
}

// judgeLevel says which level of PAdES the file itself reaches and what the
// next ones need (ETSI EN 319 142-1 section 6.3).
func (v *verifier) judgeLevel(s *signature) {
	if s.Valid != Yes {
		return
	}
	steps := []struct {
		level Level
		piece Piece
		has   bool
	}{
		{LevelNone, PieceCAdES, s.SubFilter == subFilterCAdES && !s.hasSigningTime()},
		{LevelBB, PieceClaimedTime, !s.Claims.Time.IsZero()},
		{LevelBT, PieceTimestamp, !s.proof.proven.IsZero()},
		{LevelBLT, PieceRevocationData, s.trust.complete && s.proof.complete},
		{LevelBLTA, PieceArchiveTime, v.archived(s)},
	}
	for _, step := range steps {
		if !step.has {
			s.Missing = append(s.Missing, step.piece)
		}
		if len(s.Missing) == 0 {
			s.Level = step.level
		}
	}
}

// hasSigningTime reports the CMS attribute that PAdES forbids (ETSI EN 319
// 142-1 section 6.3, table 1).
func (s *signature) hasSigningTime() bool {
	_, present, err := s.cms.signer.SigningTime()
	return present || err != nil
}

// archived reports whether a trusted document timestamp covers the signature
// and all validation data about it.
func (v *verifier) archived(s *signature) bool {
	if !s.trust.complete || !s.proof.complete {
		return false
	}
	pieces := slices.Concat(s.trust.pieces, s.proof.pieces)
	return slices.ContainsFunc(v.sigs, func(d *signature) bool {
		if d.Kind != DocumentTimestamp || d.proof.proven.IsZero() || d.place.revision <= s.place.revision {
			return false
		}
		stored := v.storedAt(d.place.revision)
		return !slices.ContainsFunc(pieces, func(der []byte) bool {
			sum := v.evidence.sumOf(der)
			since, enclosed := v.evidence.enclosed[sum]
			return !stored[sum] && !(enclosed && since < d.place.revision) // no timestamp covers what is in itself
		})
	})
}

// namesAgree compares the claimed name with the certificate's. Titles and
// punctuation may differ: each word of the shorter one must stand in the
// longer.
func namesAgree(claimed, certified string) bool {
	a, b := nameWords(claimed), nameWords(certified)
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	have := make(map[string]bool, len(b))
	for _, w := range b {
		have[w] = true
	}
	for _, w := range a {
		if !have[w] {
			return false
		}
	}
	return true
}

func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
