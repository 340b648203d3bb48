package verify

import (
	"cmp"
	"context"
	"crypto"
	"crypto/x509"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// timeProof is what proves that a signature existed at a time.
type timeProof struct {
	proven    time.Time
	source    TimeSource
	authority string
	// accuracy is by how much the authority admits that the time may be wrong.
	accuracy time.Duration
	// own is set when the signature's own timestamp is the proof; complete
	// when the file holds all evidence about its authority, which pieces are.
	own      bool
	complete bool
	// sure: the authority is known not to be revoked.
	sure   bool
	pieces [][]byte
	// ends is when the first certificate of the authority's path does.
	ends   time.Time
	ending string // its name
}

// latest and earliest bound the time in the token (RFC 3161 section 2.4.2).
func (p timeProof) latest() time.Time   { return p.proven.Add(p.accuracy) }
func (p timeProof) earliest() time.Time { return p.proven.Add(-p.accuracy) }

// judgeTime finds the earliest proven time of every signature. Document
// timestamps come first, since they prove a time for what they cover too, and
// of them the newest: each is judged as of the time that the next one proves
// (ETSI EN 319 102-1 section 5.6).
func (v *verifier) judgeTime(ctx context.Context) error {
	var stamps []*signature
	for _, s := range v.sigs {
		if s.Kind == DocumentTimestamp && s.Valid == Yes {
			stamps = append(stamps, s)
		}
	}
	slices.SortStableFunc(stamps, func(a, b *signature) int { return cmp.Compare(b.place.revision, a.place.revision) })
	for _, s := range stamps {
		proof, err := v.trustStamp(ctx, s, &stampToken{s.cms.stamp, s.cms.certificate, s.cms.data})
		if err != nil {
			return err
		}
		proof.source = TimeDocumentTimestamp
		s.proof = proof
	}
	for _, s := range v.sigs {
		if s.Kind != DocumentTimestamp && s.Intact == Yes {
			if err := v.ownStamps(ctx, s); err != nil {
				return err
			}
		}
		v.laterStamps(s)
		s.Time = Time{Source: s.proof.source, Authority: s.proof.authority}
		if !s.proof.proven.IsZero() {
			s.Time.Proven = s.proof.proven.UTC()
		}
		s.checkClaim(v.at)
	}
	for _, s := range v.sigs {
		if err := v.checkOrder(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// checkOrder compares the time of a signature with the timestamps that the
// signer signed: none can be newer (ETSI EN 319 102-1 section 5.5.4).
func (v *verifier) checkOrder(ctx context.Context, s *signature) error {
	if s.Kind == DocumentTimestamp || s.proof.proven.IsZero() || s.cms.signer == nil {
		return nil
	}
	limit := s.proof.latest().Add(maxClockSkew)
	content, err := v.contentStamp(ctx, s)
	switch {
	case err != nil:
		return err
	case v.stampedBefore(s).After(limit), content.After(limit):
		s.find(CodeTimestampOrder, s.Field)
	}
	return nil
}

// ownStamps judges the time-stamp tokens in a signature: each must be made
// over this signature's value (ETSI EN 319 122-1 section 5.3).
func (v *verifier) ownStamps(ctx context.Context, s *signature) error {
	if s.cms.signer == nil {
		return nil // a format without a message
	}
	for i, der := range s.cms.signer.Timestamps() {
		if i == maxStamps {
			break
		}
		token, err := openStamp(der, func(info *cms.TSTInfo) error {
			return checkImprint(info, func(h crypto.Hash) []byte { return sum(h, s.cms.signer.Signature) })
		}, v.evidence.certificates)
		if err != nil {
			s.find(stampFinding(err))
			continue
		}
		v.evidence.addMessage(token.data, s.place.revision)
		proof, err := v.trustStamp(ctx, s, token)
		if err != nil {
			return err
		}
		if proof.proven.IsZero() {
			continue
		}
		if s.proof.proven.IsZero() || proof.latest().Before(s.proof.latest()) {
			s.proof = proof
			s.proof.source, s.proof.own = TimeSignatureTimestamp, true
		}
	}
	return nil
}

const maxStamps = 8

// openStamp reads a token and checks its imprint, as check does it, and its
// signature.
func openStamp(der []byte, check func(*cms.TSTInfo) error, others []*x509.Certificate) (*stampToken, error) {
	data, err := cms.Parse(der)
	if err != nil {
		return nil, err
	}
	info, signer, err := readStamp(data)
	if err != nil {
		return nil, err
	}
	imprint := check(info)
	if imprint != nil && !isWeak(imprint) {
		return nil, imprint
	}
	token, err := verifyStamp(data, info, signer, others)
	if err == nil {
		err = imprint
	}
	if err != nil {
		return nil, err
	}
	return token, nil
}

// trustStamp asks whether the authority of a checked token is to be believed:
// a path of its own to a timestamp root, and its status at its own time. The
// proof is empty when it is not, and a finding of s says why.
func (v *verifier) trustStamp(ctx context.Context, s *signature, token *stampToken) (timeProof, error) {
	at := token.info.Time
	name := printable(token.certificate.Subject.CommonName)
	if at.After(v.at.Add(maxClockSkew)) {
		s.find(CodeTimestampFuture, at.Format(time.RFC3339))
		return timeProof{}, nil
	}
	if token.info.RawTSA != nil && !namesAuthority(token.info.RawTSA, token.certificate) {
		s.find(CodeTimestampName, name)
	}
	paths, err := v.findPaths(token.certificate, token.data.Certificates, pki.PathOptions{
		Roots:   pkiRoots(v.opts.timestampRoots()),
		At:      at,
		Purpose: pki.TimeStamping,
	})
	if err != nil {
		if s.Kind == DocumentTimestamp {
			s.Trusted = No
		}
		s.find(stampPathFinding(err), name)
		return timeProof{}, nil
	}
	path, status, err := v.soundest(ctx, paths, at)
	if err != nil {
		return timeProof{}, err
	}
	// next is when the token is known to have existed.
	next := v.at
	cover := v.coveredBy(s)
	if cover != nil {
		next = cover.proof.latest()
	}
	switch revoked := status.revokedFor(cover != nil, next); {
	case status.leaf.Status == pki.StatusRevoked:
		s.find(CodeTimestampRevoked, name)
		return timeProof{}, nil
	case status.revokedCA != "":
		s.find(CodeTimestampRevoked, status.revokedCA)
		return timeProof{}, nil
	case revoked != "":
		s.find(CodeTimestampRevoked, revoked)
		return timeProof{}, nil
	case v.opts.InsecureSkipRevocation:
	case status.leaf.Status == pki.StatusUnknown:
		s.findBecause(CodeTimestampStatus, name, mainReason(status.leaf.rejected))
	case status.unknownCA != "":
		s.findBecause(CodeTimestampStatus, status.unknownCA, status.unknownReason)
	}
	proof := timeProof{proven: at, authority: name, accuracy: token.info.Accuracy, complete: status.embedded && v.embedded(path), pieces: status.with(path)}
	proof.sure = status.leaf.Status != pki.StatusUnknown && status.unknownCA == ""
	proof.ends, proof.ending = v.endOf(path)
	if next.After(proof.ends) {
		s.find(CodeTimestampExpired, proof.ending)
	}
	if s.Kind == DocumentTimestamp {
		s.Trusted = Yes
		s.Revocation = status.describe()
		s.Signer.setChain(path)
	}
	return proof, nil
}

// coveredBy is the trusted document timestamp that comes next after the
// signature, nil if there is none.
func (v *verifier) coveredBy(s *signature) *signature {
	var next *signature
	for _, d := range v.sigs {
		if d.Kind != DocumentTimestamp || d.proof.proven.IsZero() || s.place.revision < 0 || d.place.revision <= s.place.revision {
			continue
		}
		if next == nil || d.place.revision < next.place.revision {
			next = d
		}
	}
	return next
}

// nextTimestamp finds the first end among the timestamps that nothing covers.
func (v *verifier) nextTimestamp() *NextTimestamp {
	var next *NextTimestamp
	for _, s := range v.sigs {
		if s.proof.ends.IsZero() || s.Intact != Yes || v.coveredBy(s) != nil {
			continue
		}
		if next == nil || s.proof.ends.Before(next.Due) {
			next = &NextTimestamp{Due: s.proof.ends, Certificate: s.proof.ending, Field: s.Field, Overdue: v.at.After(s.proof.ends)}
		}
	}
	return next
}

// endOf is when the first certificate of a path to a timestamp root ends, or
// the caller's trust in the root.
func (v *verifier) endOf(path pki.Path) (time.Time, string) {
	ends, ending := path[0].NotAfter, path[0]
	for _, c := range path {
		if c.NotAfter.Before(ends) {
			ends, ending = c.NotAfter, c
		}
	}
	for _, root := range v.opts.timestampRoots() {
		if root.Certificate.Equal(path.Root()) && !root.TrustedUntil.IsZero() && root.TrustedUntil.Before(ends) {
			ends, ending = root.TrustedUntil, root.Certificate
		}
	}
	return ends.UTC(), printable(ending.Subject.CommonName)
}

// maxClockSkew is by how much another authority's clock may run ahead.
const maxClockSkew = 5 * time.Minute

// laterStamps looks for a document timestamp that covers the signature and
// proves an earlier time than its own, and checks the order: what covers a
// signature cannot be older than the timestamp inside it (ETSI EN 319 102-1
// section 5.5.4).
func (v *verifier) laterStamps(s *signature) {
	for _, d := range v.sigs {
		if d == s || d.Kind != DocumentTimestamp || d.proof.proven.IsZero() || s.place.revision < 0 || d.place.revision <= s.place.revision {
			continue
		}
		if !s.proof.proven.IsZero() && d.cms.stamp.Time.Add(maxClockSkew).Before(s.ownTime()) {
			s.find(CodeTimestampOrder, d.Field)
		}
		if s.Kind != DocumentTimestamp && (s.proof.proven.IsZero() || d.proof.latest().Before(s.proof.latest())) && !s.proof.own {
			s.proof = timeProof{proven: d.cms.stamp.Time, source: TimeDocumentTimestamp, authority: d.proof.authority, accuracy: d.proof.accuracy, complete: d.proof.complete}
		}
	}
}

// ownTime is the time inside the signature itself.
func (s *signature) ownTime() time.Time {
	if s.Kind == DocumentTimestamp {
		return s.cms.stamp.Time
	}
	return s.proof.proven
}

// checkClaim warns of a claimed time that what is proven contradicts.
func (s *signature) checkClaim(at time.Time) {
	limit := at
	if !s.proof.proven.IsZero() {
		limit = s.proof.proven
	}
	if !s.Claims.Time.IsZero() && s.Claims.Time.After(limit.Add(maxClockSkew)) {
		s.find(CodeClaimedTimeOdd, s.Claims.Time.UTC().Format(time.RFC3339))
	}
}

// claimedTime reads a date string (ISO 32000-2 section 7.9.4); zero when it
// is absent or malformed.
func claimedTime(o pdf.Object) time.Time {
	text, ok := o.(pdf.String)
	if !ok || len(text.Bytes) > 64 {
		return time.Time{}
	}
	return parseDate(pdf.Text(text))
}
