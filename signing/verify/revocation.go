package verify

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// pathStatus is what is known of the revocation of a whole path at one time.
type pathStatus struct {
	leaf answer
	// source is where the leaf's evidence came from.
	source string
	// revokedCA and unknownCA name the first authority of that kind, and why
	// evidence about the second did not count.
	revokedCA, unknownCA string
	unknownReason        RejectReason
	// later are revocations after the judged time.
	later []revocation
	// answers are those about each certificate of the path but the root.
	answers []answer
	// embedded: the file itself holds the evidence for every certificate,
	// which pieces are.
	embedded bool
	pieces   [][]byte
}

type revocation struct {
	name   string
	at     time.Time
	reason int
}

// revokedFor names a certificate whose revocation, though later than the time
// in a timestamp, takes the timestamp's worth: whoever has a stolen key can set
// the clock back. It stands when it is known to have existed before that, or
// when the reason is one that leaves the key alone (RFC 3161 section 4, item 1).
// An unspecified reason is taken as a bad one, since it cannot be told from none.
func (status pathStatus) revokedFor(known bool, since time.Time) string {
	for _, r := range status.later {
		if known && since.Before(r.at) || harmlessReasons[r.reason] {
			continue
		}
		return r.name
	}
	return ""
}

// harmlessReasons are affiliationChanged, superseded and cessationOfOperation
// (RFC 5280 section 5.3.1).
var harmlessReasons = map[int]bool{3: true, 4: true, 5: true}

// with lists the evidence and the certificates of the path but the root.
func (status pathStatus) with(path pki.Path) [][]byte {
	pieces := slices.Clone(status.pieces)
	for _, c := range path[:len(path)-1] {
		pieces = append(pieces, c.Raw)
	}
	return pieces
}

// statusOf judges every certificate of the path but the root, whose trust is
// the caller's word.
func (v *verifier) statusOf(ctx context.Context, path pki.Path, at time.Time) (pathStatus, error) {
	status := pathStatus{embedded: true, answers: make([]answer, len(path)-1)}
	for i, c := range path[:len(path)-1] {
		verdict, err := v.judge(ctx, c, path.Issuer(i), at)
		if err != nil {
			return status, err
		}
		status.answers[i] = verdict
		held, err := v.heldEvidence(c, path.Issuer(i), at, verdict)
		switch {
		case err != nil:
			return status, err
		case held == nil:
			status.embedded = false
		default:
			status.pieces = append(status.pieces, held.Raw)
		}
		name := printable(c.Subject.CommonName)
		if verdict.Status == pki.StatusRevokedLater {
			status.later = append(status.later, revocation{name, verdict.RevokedAt, verdict.Evidence.Reason})
		}
		if i == 0 {
			status.leaf, status.source = verdict, v.evidence.sourceOf(verdict.Evidence)
			continue
		}
		switch verdict.Status {
		case pki.StatusRevoked:
			if status.revokedCA == "" {
				status.revokedCA = name
			}
		case pki.StatusUnknown:
			if status.unknownCA == "" {
				status.unknownCA, status.unknownReason = name, mainReason(verdict.rejected)
			}
		}
	}
	if len(path) == 1 {
		// The signer is himself a root: nobody else can revoke him.
		status.leaf.Status = pki.StatusGood
	}
	return status, v.slide(&status, path, at)
}

// judge weighs the evidence at hand about one certificate and, when that is
// not enough and a fetcher was given, what the network says.
func (v *verifier) judge(ctx context.Context, c, issuer *x509.Certificate, at time.Time) (answer, error) {
	said, err := v.weigh(c, issuer, at, scope{})
	if err != nil || !wanting(said, at) || v.opts.Fetcher == nil {
		return said, err
	}
	if _, asked := v.fetched[string(c.Raw)]; !asked {
		if err := v.ask(ctx, c, issuer, at); err != nil {
			return answer{}, err
		}
		if said, err = v.weigh(c, issuer, at, scope{}); err != nil {
			return said, err
		}
	}
	if said.Status != pki.StatusUnknown {
		return said, nil
	}
	said.rejected = addRejected(slices.Clone(said.rejected), v.fetched[string(c.Raw)]...)
	return said, nil
}

// wanting reports whether the network may know more: there is no answer, or a
// good one from before the judged time, which says nothing of a revocation in
// between. Whoever made the document chose that answer. A hold may have been
// lifted, and a revocation been dated back or given another reason.
func wanting(said answer, at time.Time) bool {
	switch said.Status {
	case pki.StatusUnknown:
		return true
	case pki.StatusGood:
		return said.Evidence != nil && said.Evidence.ThisUpdate.Add(clockTolerance).Before(at)
	case pki.StatusRevokedLater:
		return true
	case pki.StatusRevoked:
		return said.Evidence.Reason == pki.ReasonHold
	}
	return false
}

// ask gets what the network says of a certificate, once: the CRL only when the
// OCSP answer is not enough.
func (v *verifier) ask(ctx context.Context, c, issuer *x509.Certificate, at time.Time) error {
	v.fetched[string(c.Raw)] = nil
	for _, from := range []struct {
		kind pki.Kind
		get  func(ctx context.Context, certificate, issuer *x509.Certificate) ([]byte, error)
		list *[]piece
	}{
		{pki.KindOCSP, v.opts.Fetcher.OCSP, &v.evidence.ocsps},
		{pki.KindCRL, v.opts.Fetcher.CRL, &v.evidence.crls},
	} {
		der, err := from.get(ctx, c, issuer)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err == nil && len(der) == 0 {
			err = pki.ErrNoAnswer
		}
		if err != nil {
			failed := RejectedEvidence{kindName(from.kind), fromNetwork, reasonOf(err)}
			v.fetched[string(c.Raw)] = append(v.fetched[string(c.Raw)], failed)
			continue
		}
		*from.list = addPiece(*from.list, der, fromNetwork)
		if said, err := v.weigh(c, issuer, at, scope{}); err != nil || !wanting(said, at) {
			return err
		}
	}
	return nil
}

// heldEvidence is what the file itself holds to decide about a certificate,
// whatever others said of it: nil if nothing.
func (v *verifier) heldEvidence(c, issuer *x509.Certificate, at time.Time, said answer) (*pki.Evidence, error) {
	if said.Evidence == nil || v.holds(said.Evidence.Raw) {
		return said.Evidence, nil
	}
	said, err := v.weigh(c, issuer, at, scope{inFile: true})
	return said.Evidence, err
}

// holds reports whether the file holds a piece of evidence, in a message or in
// its newest security store, whoever else has it too.
func (v *verifier) holds(der []byte) bool {
	sum := v.evidence.sumOf(der)
	_, enclosed := v.evidence.enclosed[sum]
	return enclosed || v.storedAt(len(v.revs) - 1)[sum]
}

// clockTolerance is by how much an OCSP answer may be older than a timestamp
// of another authority: their clocks differ.
const clockTolerance = time.Minute

// maxWeighed bounds the evidence, in bytes, that one run reads: a list of
// revoked certificates may be long and be asked about many certificates.
const maxWeighed = 192 << 20

// question is what evidence is asked: about a certificate, at a time, with so
// much at hand.
type question struct {
	certificate, issuer string
	at                  time.Time
	ocsps, crls         int
	of                  scope
}

// scope is the evidence that is asked.
type scope struct {
	inFile bool
	// before is when the evidence must have been there, zero for no such limit;
	// dated when its own word for that is enough.
	before time.Time
	dated  bool
}

// allows reports whether a piece is within the scope.
func (v *verifier) allows(of scope, p piece) bool {
	return (!of.inFile || v.holds(p.der)) && (of.before.IsZero() || of.dated || v.knownBefore(p.sum, of.before))
}

// answer is what the evidence says, and what of it did not count.
type answer struct {
	pki.Verdict
	rejected []RejectedEvidence
}

// weigh judges a certificate by the evidence at hand, once per question.
func (v *verifier) weigh(c, issuer *x509.Certificate, at time.Time, of scope) (answer, error) {
	q := question{string(c.Raw), string(issuer.Raw), at, len(v.evidence.ocsps), len(v.evidence.crls), of}
	if said, ok := v.answers[q]; ok {
		return said, nil
	}
	ocsps, crls := v.evidence.about(c, issuer)
	if of != (scope{}) { // it was read before
		others := func(p piece) bool { return !v.allows(of, p) }
		ocsps, crls = slices.DeleteFunc(ocsps, others), slices.DeleteFunc(crls, others)
	} else {
		for _, p := range slices.Concat(ocsps, crls) {
			v.weighed += len(p.der)
		}
	}
	var said answer
	if v.weighed > maxWeighed {
		said.reject(pki.KindOCSP, errTooMuch, ocsps...)
		said.reject(pki.KindCRL, errTooMuch, crls...)
		return said, nil // unknown
	}
	times := pki.Times{At: at, Now: v.at, Tolerance: clockTolerance}
	if of.dated {
		times.Now, times.Skew = of.before, -1
	}
	verdict, err := v.memory.Judge(c, issuer, ders(ocsps), ders(crls), times)
	if err != nil {
		return answer{}, err
	}
	said.Verdict = verdict
	for _, r := range verdict.Rejected {
		if r.Kind == pki.KindOCSP {
			said.reject(r.Kind, r.Err, ocsps[r.Index])
		} else {
			said.reject(r.Kind, r.Err, crls[r.Index])
		}
	}
	if of.before.IsZero() || of.dated { // else the next timestamp may prove more
		v.answers[q] = said
	}
	return said, nil
}

func (a *answer) reject(kind pki.Kind, err error, pieces ...piece) {
	for _, p := range pieces {
		a.rejected = addRejected(a.rejected, RejectedEvidence{kindName(kind), p.source, reasonOf(err)})
	}
}

func ders(pieces []piece) [][]byte {
	out := make([][]byte, len(pieces))
	for i, p := range pieces {
		out[i] = p.der
	}
	return out
}

// about picks the evidence that can speak of the certificate: OCSP responses
// that hold its serial number, lists that hold its issuer's name. Checking the
// signatures of everything that a document carries would be costly.
func (e *evidence) about(c, issuer *x509.Certificate) (ocsps, crls []piece) {
	serial, err := asn1.Marshal(c.SerialNumber)
	if err != nil {
		return nil, nil
	}
	for _, p := range e.ocsps {
		if bytes.Contains(p.der, serial) {
			ocsps = append(ocsps, p)
		}
	}
	for _, p := range e.crls {
		if bytes.Contains(p.der[:min(len(p.der), maxCRLHead)], issuer.RawSubject) {
			crls = append(crls, p)
		}
	}
	return ocsps, crls
}

// maxCRLHead is where, at the latest, a list has named its issuer.
const maxCRLHead = 64 << 10

// sourceOf tells where a piece of evidence came from.
func (e *evidence) sourceOf(found *pki.Evidence) string {
	if found == nil {
		return ""
	}
	for _, p := range slices.Concat(e.ocsps, e.crls) {
		if bytes.Equal(p.der, found.Raw) {
			return p.source
		}
	}
	return ""
}

// describe turns the judgment of the leaf into its part of the report.
func (status pathStatus) describe() Revocation {
	r := Revocation{Source: status.source, Rejected: status.leaf.rejected}
	switch status.leaf.Status {
	case pki.StatusGood:
		r.State = RevocationGood
	case pki.StatusRevoked:
		r.State = RevocationRevoked
	case pki.StatusRevokedLater:
		r.State = RevocationAfter
	}
	found := status.leaf.Evidence
	if found == nil {
		return r
	}
	r.Kind = kindName(found.Kind)
	r.ProducedAt = found.ThisUpdate.UTC()
	if !status.leaf.RevokedAt.IsZero() {
		r.RevokedAt = status.leaf.RevokedAt.UTC()
		r.Reason = found.Reason
	}
	return r
}

func kindName(kind pki.Kind) string {
	if kind == pki.KindCRL {
		return "crl"
	}
	return "ocsp"
}
