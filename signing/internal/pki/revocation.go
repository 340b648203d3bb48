package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Status is what revocation evidence says of a certificate.
type Status uint8

const (
	// StatusUnknown is the zero value: nothing acceptable speaks of the
	// certificate. It is never to be shown as good.
	StatusUnknown Status = iota
	// StatusGood means not revoked at the judged time.
	StatusGood
	// StatusRevoked means revoked at or before the judged time.
	StatusRevoked
	// StatusRevokedLater means revoked after the judged time: a signature
	// proved to be older stands.
	StatusRevokedLater
)

// String returns the status's name.
func (s Status) String() string {
	switch s {
	case StatusGood:
		return "good"
	case StatusRevoked:
		return "revoked"
	case StatusRevokedLater:
		return "revoked later"
	}
	return "unknown"
}

// Kind is the form of a piece of evidence.
type Kind uint8

const (
	// KindOCSP is an OCSP response (RFC 6960).
	KindOCSP Kind = iota + 1
	// KindCRL is a certificate revocation list (RFC 5280 section 5).
	KindCRL
)

// String returns the kind's name.
func (k Kind) String() string {
	switch k {
	case KindOCSP:
		return "OCSP"
	case KindCRL:
		return "CRL"
	}
	return "unknown"
}

// ReasonHold is the RFC 5280 reason certificateHold, the one that can be
// lifted. The others are as in section 5.3.1 there; 0 is unspecified or absent.
const ReasonHold = 6

// Evidence is one authentic statement of an issuer about one certificate. Only
// [CheckOCSP] and [CheckCRL] make it.
type Evidence struct {
	Kind Kind
	// Raw is the DER as it was given.
	Raw []byte
	// Status is what the piece itself says, without regard to a judged time:
	// StatusUnknown, StatusGood or StatusRevoked.
	Status Status
	// ProducedAt is zero for a CRL, NextUpdate when the piece has none.
	ThisUpdate, NextUpdate, ProducedAt time.Time
	// RevokedAt, Reason and InvalidityDate (zero when absent) are set when
	// Status is StatusRevoked.
	RevokedAt, InvalidityDate time.Time
	Reason                    int
	// Signer signed the piece: the issuer, or an OCSP responder delegated by
	// it.
	Signer *x509.Certificate
	// Nonce is the nonce of an OCSP response, nil when it has none.
	Nonce []byte
	// ResponderUnchecked is set for a delegated responder without
	// id-pkix-ocsp-nocheck: its own status must be known before the answer
	// counts (RFC 6960 section 4.2.2.2.1). Judge sees to it.
	ResponderUnchecked bool

	// speaksOfExpired is the earliest expiry of which the piece still knows
	// (archiveCutoff, expiredCertsOnCRL); zero when it does not say.
	speaksOfExpired time.Time
}

// effective is the instant from which the certificate is not to be relied on.
func (e *Evidence) effective() time.Time {
	if !e.InvalidityDate.IsZero() && e.InvalidityDate.Before(e.RevokedAt) {
		return e.InvalidityDate
	}
	return e.RevokedAt
}

// Times says at which time a certificate is judged, and by which clock.
type Times struct {
	// At is the judged time, such as the proven time of a signature. Required.
	At time.Time
	// Now is the judge's clock; evidence from later is refused. Required.
	Now time.Time
	// Skew is by how much evidence may be ahead of Now. Zero means five
	// minutes.
	Skew time.Duration
	// Tolerance is by how much an answer without nextUpdate may precede At,
	// for clocks that differ. Zero means none; fractions of a second in At are
	// ignored, since OCSP times have none.
	Tolerance time.Duration
}

func (t Times) check() error {
	if t.At.IsZero() || t.Now.IsZero() {
		return errors.New("pki: Times.At and Times.Now are required")
	}
	return nil
}

func (t Times) latest() time.Time {
	if t.Skew == 0 {
		return t.Now.Add(5 * time.Minute)
	}
	return t.Now.Add(t.Skew)
}

// Errors of [CheckOCSP], [CheckCRL] and, inside [Rejected], of [Judge].
var (
	// ErrMalformed means that the piece is not what it should be.
	ErrMalformed = errors.New("malformed")
	// ErrTooLarge means that the piece is over the size that is looked at.
	ErrTooLarge = errors.New("too large")
	// ErrOtherCertificate means that the piece does not speak of the
	// certificate: another serial, or another issuer.
	ErrOtherCertificate = errors.New("speaks of another certificate")
	// ErrNotAuthorized means that the signer may not speak for the issuer, or
	// that the signature is wrong.
	ErrNotAuthorized = errors.New("not signed by the issuer or its delegate")
	// ErrUnsupported means a critical extension or a scope that is not
	// understood, such as delta and indirect CRLs.
	ErrUnsupported = errors.New("unsupported extension or scope")
	// ErrNoAnswer means an OCSP response with an error status.
	ErrNoAnswer = errors.New("responder gave no answer")
	// ErrFuture means that the piece is from later than the judge's clock.
	ErrFuture = errors.New("from the future")
	// ErrStale means that the piece is too old to say "good" of the judged
	// time.
	ErrStale = errors.New("not fresh enough for the judged time")
	// ErrAfterExpiry means that the piece was made after the certificate had
	// expired and does not say that it still knows expired ones.
	ErrAfterExpiry = errors.New("made after the certificate expired")
	// ErrResponderUnchecked means that the responder's own status is unknown.
	ErrResponderUnchecked = errors.New("responder's own status is unknown")
	// ErrStatusUnknown means that the responder does not know the certificate.
	ErrStatusUnknown = errors.New("responder does not know the certificate")
	// ErrLifted means a hold that later evidence shows to be lifted.
	ErrLifted = errors.New("hold lifted")
)

// fresh tells whether e can say "good" of the judged time: it was made at or
// after it, or the time lies in the period for which it was the newest
// (RFC 6960 section 4.2.2.1, ETSI EN 319 102-1 section 5.2.5).
func (t Times) fresh(e *Evidence, cert *x509.Certificate) error {
	at := t.At.Truncate(time.Second)
	switch {
	case e.ThisUpdate.Add(t.Tolerance).Before(at) && (e.NextUpdate.IsZero() || at.After(e.NextUpdate)):
		return ErrStale
	case e.ThisUpdate.After(cert.NotAfter) && (e.speaksOfExpired.IsZero() || e.speaksOfExpired.After(cert.NotAfter)):
		return ErrAfterExpiry
	}
	return nil
}

func (t Times) notFuture(e *Evidence) error {
	if e.ThisUpdate.After(t.latest()) || e.ProducedAt.After(t.latest()) {
		return ErrFuture
	}
	return nil
}

// Rejected is a piece of evidence that did not count, and why.
type Rejected struct {
	Kind Kind
	// Index is its place in the argument of Judge.
	Index int
	Err   error
}

// Verdict is the answer of [Judge].
type Verdict struct {
	Status Status
	// Evidence is the piece that decided; nil when Status is StatusUnknown.
	Evidence *Evidence
	// RevokedAt is the instant from which the certificate is not to be relied
	// on: the revocation date or an earlier invalidity date. Zero unless
	// revoked.
	RevokedAt time.Time
	// Rejected lists the pieces that did not count, in the order given.
	Rejected []Rejected
}

// Judge weighs all evidence about cert, issued by issuer, for the judged time.
// Pieces about other certificates are expected among them and listed as
// rejected. Revoked wins over good; of several revocations the earliest
// counts, and of several statements about that the newest, since its reason may
// have become known later. A hold counts as lifted only when a later piece from before the
// judged time says good.
func Judge(cert, issuer *x509.Certificate, ocsps, crls [][]byte, t Times) (Verdict, error) {
	return new(Memory).Judge(cert, issuer, ocsps, crls, t)
}

// Memory judges like [Judge] and keeps what each piece said of a certificate:
// the same evidence is asked about at several times, and to check its signature
// costs the most. The zero value is ready. The pieces must not change between
// calls, and it is not safe for concurrent use.
type Memory struct {
	known    map[asked]statement
	verified int // signatures of and about responders
}

// maxVerified bounds those that are checked: a response may enclose many
// certificates that claim to be the responder's. More is ErrTooLarge.
const maxVerified = 2048

// asked is one piece, told by its place in memory, and whom it was asked about.
type asked struct {
	first        *byte
	size         int
	cert, issuer string
}

type statement struct {
	evidence *Evidence
	err      error
}

func (m *Memory) check(raw []byte, cert, issuer *x509.Certificate, check func([]byte, *x509.Certificate, *x509.Certificate) (*Evidence, error)) (*Evidence, error) {
	if len(raw) == 0 {
		return check(raw, cert, issuer)
	}
	q := asked{&raw[0], len(raw), string(cert.Raw), string(issuer.Raw)}
	said, ok := m.known[q]
	if !ok {
		said.evidence, said.err = check(raw, cert, issuer)
		if m.known == nil {
			m.known = make(map[asked]statement)
		}
		m.known[q] = said
	}
	return said.evidence, said.err
}

// Judge is [Judge].
func (m *Memory) Judge(cert, issuer *x509.Certificate, ocsps, crls [][]byte, t Times) (Verdict, error) {
	if err := t.check(); err != nil {
		return Verdict{}, err
	}
	if cert == nil || issuer == nil {
		return Verdict{}, errors.New("pki: Judge needs the certificate and its issuer")
	}
	j := judge{memory: m, cert: cert, issuer: issuer, times: t, crls: crls}
	for i, raw := range ocsps {
		e, err := m.check(raw, cert, issuer, m.checkOCSP)
		j.take(KindOCSP, i, e, err)
	}
	for i, raw := range crls {
		e, err := m.check(raw, cert, issuer, CheckCRL)
		j.take(KindCRL, i, e, err)
	}
	return j.verdict(), nil
}

// piece is authentic evidence and its place among what was given.
type piece struct {
	*Evidence
	index int
}

type judge struct {
	memory       *Memory
	cert, issuer *x509.Certificate
	times        Times
	crls         [][]byte

	good, revoked []piece
	rejected      []Rejected
}

func (j *judge) reject(kind Kind, index int, err error) {
	j.rejected = append(j.rejected, Rejected{kind, index, err})
}

func (j *judge) take(kind Kind, index int, e *Evidence, err error) {
	if err == nil {
		err = j.times.notFuture(e)
	}
	if err == nil && e.ResponderUnchecked {
		err = j.checkResponder(e)
	}
	if err == nil && e.Status == StatusUnknown {
		err = ErrStatusUnknown
	}
	if err == nil && e.Status == StatusGood {
		err = j.times.fresh(e, j.cert)
	}
	switch {
	case err != nil:
		j.reject(kind, index, err)
	case e.Status == StatusRevoked:
		j.revoked = append(j.revoked, piece{e, index})
	default:
		j.good = append(j.good, piece{e, index})
	}
}

// checkResponder asks the given CRLs for the status of a responder that does
// not carry id-pkix-ocsp-nocheck. One that says that it was revoked decides,
// wherever it stands.
func (j *judge) checkResponder(e *Evidence) error {
	known := ErrResponderUnchecked
	for _, raw := range j.crls {
		crl, err := j.memory.check(raw, e.Signer, j.issuer, CheckCRL)
		if err != nil || j.times.notFuture(crl) != nil {
			continue
		}
		if crl.Status != StatusGood {
			return fmt.Errorf("responder revoked: %w", ErrNotAuthorized)
		}
		if !crl.ThisUpdate.Before(e.ProducedAt) || !crl.NextUpdate.IsZero() && !e.ProducedAt.After(crl.NextUpdate) {
			known = nil
		}
	}
	return known
}

// lifted tells whether a later piece, from before the judged time, says that
// the hold is over.
func (j *judge) lifted(hold piece) bool {
	if hold.Reason != ReasonHold {
		return false
	}
	for _, g := range j.good {
		if g.ThisUpdate.After(hold.ThisUpdate) && !g.ThisUpdate.After(j.times.At) {
			return true
		}
	}
	return false
}

func (j *judge) verdict() Verdict {
	var v Verdict
	for _, r := range j.revoked {
		switch {
		case j.lifted(r):
			j.reject(r.Kind, r.index, ErrLifted)
		case v.Evidence == nil || r.effective().Before(v.RevokedAt),
			r.effective().Equal(v.RevokedAt) && r.ThisUpdate.After(v.Evidence.ThisUpdate):
			v.Evidence, v.RevokedAt = r.Evidence, r.effective()
		}
	}
	switch {
	case v.Evidence != nil && v.RevokedAt.After(j.times.At):
		v.Status = StatusRevokedLater
	case v.Evidence != nil:
		v.Status = StatusRevoked
	case len(j.good) > 0:
		v.Status, v.Evidence = StatusGood, j.good[0].Evidence
	}
	v.Rejected = j.rejected
	return v
}
