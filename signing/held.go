package signing

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Bounds of what is looked at in a document; beyond, evidence is fetched anew.
const (
	maxHeld        = 512      // pieces of a kind
	maxHeldSize    = 16 << 20 // bytes of one piece
	maxHeldTotal   = 48 << 20
	maxListHead    = 64 << 10 // bytes in which a CRL has named its issuer
	maxIssuersHeld = 32       // certificates that may stand above a leaf
	maxWeighed     = 4096     // pieces that are judged, each as often as it is
	maxWeighedSize = 96 << 20 // the same in bytes
)

// held is the validation material that a document carries already. Years
// later it is often all that is left of it.
type held struct {
	certs       []*x509.Certificate
	ocsps, crls [][]byte
	total       int64

	answers       map[question]*pki.Evidence
	weighed, size int // of what was judged
}

// question is what the evidence is asked: about a certificate, at a time, with
// so much at hand.
type question struct {
	cert, issuer string
	at           time.Time
	ocsps, crls  int
}

// readHeld reads the document security store (ISO 32000-2, 12.8.4.3).
func readHeld(doc *pdf.Document) (*held, error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil, fromPDF(err)
	}
	dss, err := doc.Dict(catalog["DSS"])
	if err != nil {
		return nil, fromPDF(err)
	}
	h := &held{}
	for _, kind := range []struct {
		key  pdf.Name
		take func([]byte)
	}{
		{"Certs", h.certificate},
		{"OCSPs", func(der []byte) { h.ocsps = addHeld(h.ocsps, der) }},
		{"CRLs", func(der []byte) { h.crls = addHeld(h.crls, der) }},
	} {
		if err := h.read(doc, dss[kind.key], kind.take); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// read gives the streams of an array, each once. One that cannot be read is
// as one that is not there.
func (h *held) read(doc *pdf.Document, list pdf.Object, take func([]byte)) error {
	array, err := doc.Array(list)
	if err != nil {
		return fromPDF(err)
	}
	seen := make(map[pdf.Ref]bool)
	for _, o := range array {
		ref, _ := o.(pdf.Ref)
		if ref.IsZero() || seen[ref] {
			continue
		}
		if seen[ref] = true; len(seen) > maxHeld || h.total >= maxHeldTotal {
			return nil
		}
		o, err := doc.Resolve(ref)
		if err != nil {
			return fromPDF(err)
		}
		s, ok := o.(*pdf.Stream)
		if !ok {
			continue
		}
		// What bursts the bound was decoded too.
		most := min(maxHeldSize, maxHeldTotal-h.total)
		body, err := doc.StreamData(s, most)
		switch {
		case errors.Is(err, pdf.ErrLimit):
			h.total += most
		case errors.Is(err, pdf.ErrFilter), errors.Is(err, pdf.ErrMalformed):
		case err != nil:
			return fromPDF(err)
		default:
			h.total += int64(len(body))
			take(body)
		}
	}
	return nil
}

func (h *held) certificate(der []byte) {
	if c, err := x509.ParseCertificate(der); err == nil && len(h.certs) < maxHeld {
		h.certs = append(h.certs, c)
	}
}

// message takes what a signature or token carries itself.
func (h *held) message(sd *cms.SignedData) {
	for _, der := range sd.CRLs {
		h.crls = addHeld(h.crls, der)
	}
	for _, other := range sd.OtherRevocations {
		if other.Format.Equal(cms.OIDOCSPResponse) {
			h.ocsps = addHeld(h.ocsps, other.Value)
		}
	}
	for _, si := range sd.SignerInfos {
		crls, ocsps, err := si.RevocationArchival()
		if err != nil {
			continue // unusable evidence is no evidence
		}
		for _, der := range crls {
			h.crls = addHeld(h.crls, der)
		}
		for _, der := range ocsps {
			h.ocsps = addHeld(h.ocsps, der)
		}
	}
}

// add takes what the document is about to carry.
func (h *held) add(m *material) {
	for _, der := range m.certs {
		h.certificate(der)
	}
	for _, der := range m.ocsps {
		h.ocsps = addHeld(h.ocsps, der)
	}
	for _, der := range m.crls {
		h.crls = addHeld(h.crls, der)
	}
}

// has reports whether the document carries all of it.
func (h *held) has(m *material) bool {
	all := func(pieces [][]byte, has func([]byte) bool) bool {
		return !slices.ContainsFunc(pieces, func(p []byte) bool { return !has(p) })
	}
	in := func(list [][]byte) func([]byte) bool {
		return func(p []byte) bool {
			return slices.ContainsFunc(list, func(have []byte) bool { return bytes.Equal(have, p) })
		}
	}
	return all(m.ocsps, in(h.ocsps)) && all(m.crls, in(h.crls)) && all(m.certs, func(p []byte) bool {
		return slices.ContainsFunc(h.certs, func(c *x509.Certificate) bool { return bytes.Equal(c.Raw, p) })
	})
}

func addHeld(list [][]byte, der []byte) [][]byte {
	if len(list) >= maxHeld || slices.ContainsFunc(list, func(have []byte) bool { return bytes.Equal(have, der) }) {
		return list
	}
	return append(list, der)
}

// issuersOf picks the authorities whose names could stand above a leaf, so
// that a flood of bystanders costs nothing.
func issuersOf(leaf *x509.Certificate, pools ...[]*x509.Certificate) []*x509.Certificate {
	var picked []*x509.Certificate
	names := [][]byte{leaf.RawIssuer}
	for i := 0; i < len(names); i++ {
		for _, pool := range pools {
			for _, c := range pool {
				if c == nil || !bytes.Equal(c.RawSubject, names[i]) || slices.ContainsFunc(picked, c.Equal) {
					continue
				}
				if len(picked) == maxIssuersHeld {
					return picked
				}
				picked = append(picked, c)
				if !slices.ContainsFunc(names, func(n []byte) bool { return bytes.Equal(n, c.RawIssuer) }) {
					names = append(names, c.RawIssuer)
				}
			}
		}
	}
	return picked
}

// heldFirst is a source that answers from the document where that suffices for
// the judged time, and asks elsewhere only for the rest.
type heldFirst struct {
	once
	held  *held
	times pki.Times
}

// OCSP implements RevocationSource.
func (s heldFirst) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	e, err := s.judge(cert, issuer)
	switch {
	case err != nil:
		return nil, err
	case e == nil:
		return s.once.OCSP(ctx, cert, issuer)
	case e.Kind == pki.KindCRL:
		return nil, errHeldList
	}
	return e.Raw, nil
}

// CRL implements RevocationSource.
func (s heldFirst) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	e, err := s.judge(cert, issuer)
	if err != nil {
		return nil, err
	}
	if e == nil || e.Kind != pki.KindCRL {
		return s.once.CRL(ctx, cert, issuer)
	}
	return e.Raw, nil
}

var errHeldList = errors.New("the document holds a list about it")

// judge gives the piece that decides about a certificate, nil when none does.
func (s heldFirst) judge(cert, issuer *x509.Certificate) (*pki.Evidence, error) {
	h := s.held
	if h == nil {
		return nil, nil
	}
	q := question{string(cert.Raw), string(issuer.Raw), s.times.At, len(h.ocsps), len(h.crls)}
	if e, ok := h.answers[q]; ok {
		return e, nil
	}
	ocsps, crls, err := h.about(cert, issuer)
	if err != nil || h.weighed > maxWeighed || h.size > maxWeighedSize {
		return nil, err
	}
	v, err := pki.Judge(cert, issuer, ocsps, crls, s.times)
	if err != nil {
		return nil, err
	}
	if h.answers == nil {
		h.answers = make(map[question]*pki.Evidence)
	}
	h.answers[q] = v.Evidence
	return v.Evidence, nil
}

// about picks what can speak of a certificate: OCSP responses that hold its
// serial number, lists that hold its issuer's name. To check the signatures of
// everything that a document carries is costly.
func (h *held) about(cert, issuer *x509.Certificate) (ocsps, crls [][]byte, err error) {
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil {
		return nil, nil, err
	}
	for _, der := range h.ocsps {
		if bytes.Contains(der, serial) {
			ocsps = append(ocsps, der)
			h.size += len(der)
		}
	}
	for _, der := range h.crls {
		if bytes.Contains(der[:min(len(der), maxListHead)], issuer.RawSubject) {
			crls = append(crls, der)
			h.size += len(der)
		}
	}
	h.weighed += len(ocsps) + len(crls)
	return ocsps, crls, nil
}
