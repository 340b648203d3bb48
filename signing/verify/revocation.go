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
	leaf pki.Verdict
	// source is where the leaf's evidence came from.
	source string
	// revokedCA and unknownCA name the first authority of that kind.
	revokedCA, unknownCA string
	// later are revocations after the judged time.
	later []revocation
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
	status := pathStatus{embedded: true}
	for i, c := range path[:len(path)-1] {
		verdict, err := v.judge(ctx, c, path.Issuer(i), at)
		if err != nil {
			return status, err
		}
		name := printable(c.Subject.CommonName)
		if verdict.Evidence != nil {
			status.pieces = append(status.pieces, verdict.Evidence.Raw)
		}
		if verdict.Status == pki.StatusRevokedLater {
			status.later = append(status.later, revocation{name, verdict.RevokedAt, verdict.Evidence.Reason})
		}
		source := v.evidence.sourceOf(verdict.Evidence)
		if source != fromDocument {
			status.embedded = false
		}
		if i == 0 {
			status.leaf, status.source = verdict, source
			continue
		}
		switch verdict.Status {
		case pki.StatusRevoked:
			if status.revokedCA == "" {
				status.revokedCA = name
			}
		case pki.StatusUnknown:
			if status.unknownCA == "" {
				status.unknownCA = name
			}
		}
	}
	if len(path) == 1 {
		// The signer is himself a root: nobody else can revoke him.
		status.leaf.Status = pki.StatusGood
	}
	return status, nil
}

// judge weighs the evidence at hand about one certificate and, when that is
// not enough and a fetcher was given, what the network says.
func (v *verifier) judge(ctx context.Context, c, issuer *x509.Certificate, at time.Time) (pki.Verdict, error) {
	verdict, err := v.weigh(c, issuer, at)
	if err != nil || verdict.Status != pki.StatusUnknown || v.opts.Fetcher == nil || v.fetched[string(c.Raw)] {
		return verdict, err
	}
	v.fetched[string(c.Raw)] = true
	if der, err := v.opts.Fetcher.OCSP(ctx, c, issuer); err == nil && der != nil {
		v.evidence.ocsps = addPiece(v.evidence.ocsps, der, fromNetwork)
		if verdict, err := v.weigh(c, issuer, at); err != nil || verdict.Status != pki.StatusUnknown {
			return verdict, err
		}
	}
	if der, err := v.opts.Fetcher.CRL(ctx, c, issuer); err == nil && der != nil {
		v.evidence.crls = addPiece(v.evidence.crls, der, fromNetwork)
	}
	if err := ctx.Err(); err != nil {
		return pki.Verdict{}, err
	}
	return v.weigh(c, issuer, at)
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
}

// weigh judges a certificate by the evidence at hand, once per question.
func (v *verifier) weigh(c, issuer *x509.Certificate, at time.Time) (pki.Verdict, error) {
	q := question{string(c.Raw), string(issuer.Raw), at, len(v.evidence.ocsps), len(v.evidence.crls)}
	if verdict, ok := v.answers[q]; ok {
		return verdict, nil
	}
	ocsps, crls := v.evidence.about(c, issuer)
	for _, der := range slices.Concat(ocsps, crls) {
		v.weighed += len(der)
	}
	if v.weighed > maxWeighed {
		return pki.Verdict{}, nil // unknown
	}
	verdict, err := v.memory.Judge(c, issuer, ocsps, crls, pki.Times{At: at, Now: v.at, Tolerance: clockTolerance})
	if err == nil {
		v.answers[q] = verdict
	}
	return verdict, err
}

// about picks the evidence that can speak of the certificate: OCSP responses
// that hold its serial number, lists that hold its issuer's name. Checking the
// signatures of everything that a document carries would be costly.
func (e *evidence) about(c, issuer *x509.Certificate) (ocsps, crls [][]byte) {
	serial, err := asn1.Marshal(c.SerialNumber)
	if err != nil {
		return nil, nil
	}
	for _, p := range e.ocsps {
		if bytes.Contains(p.der, serial) {
			ocsps = append(ocsps, p.der)
		}
	}
	for _, p := range e.crls {
		if bytes.Contains(p.der[:min(len(p.der), maxCRLHead)], issuer.RawSubject) {
			crls = append(crls, p.der)
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
	r := Revocation{Source: status.source}
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
	r.Kind = "ocsp"
	if found.Kind == pki.KindCRL {
		r.Kind = "crl"
	}
	r.ProducedAt = found.ThisUpdate.UTC()
	if !status.leaf.RevokedAt.IsZero() {
		r.RevokedAt = status.leaf.RevokedAt.UTC()
		r.Reason = found.Reason
	}
	return r
}
