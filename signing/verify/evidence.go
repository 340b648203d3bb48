package verify

import (
	"bytes"
	"crypto/x509"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds of the evidence that a document may carry.
const (
	maxEvidence      = 512
	maxEvidenceSize  = 16 << 20 // one piece
	maxEvidenceTotal = 48 << 20
	maxCertificates  = 512
)

// Where evidence comes from.
const (
	fromDocument = "document"
	fromCaller   = "caller"
	fromNetwork  = "network"
)

// evidence is everything that may help to judge certificates. Nothing in it
// is trusted: each piece is checked when it is used.
type evidence struct {
	certificates []*x509.Certificate
	// embedded are the certificates that the file itself holds.
	embedded map[string]bool
	ocsps    []piece
	crls     []piece
	total    int64
	// enclosed is what messages hold, with the index of the first revision
	// that does; stored what the security store of a revision holds.
	enclosed map[string]int
	stored   map[int]map[string]bool
	// streams are those decoded, by their place: revisions share them.
	streams map[int64][]byte
}

type piece struct {
	der    []byte
	source string
}

// gatherEvidence collects what the document's security store (ISO 32000-2
// section 12.8.4.3), the signatures themselves and the caller offer.
func (v *verifier) gatherEvidence() {
	e := &v.evidence
	e.embedded, e.enclosed = make(map[string]bool), make(map[string]int)
	for _, s := range v.sigs {
		if s.cms.data != nil {
			e.addMessage(s.cms.data, s.place.revision)
		}
	}
	if dss := readDSS(v.doc); dss != nil {
		for _, der := range e.readStreams(v.doc, dss["Certs"]) {
			if c, err := x509.ParseCertificate(der); err == nil {
				e.addCertificate(c, true)
			}
		}
		for _, der := range e.readStreams(v.doc, dss["OCSPs"]) {
			e.ocsps = addPiece(e.ocsps, der, fromDocument)
		}
		for _, der := range e.readStreams(v.doc, dss["CRLs"]) {
			e.crls = addPiece(e.crls, der, fromDocument)
		}
	}
	for _, c := range v.opts.Intermediates {
		e.addCertificate(c, false)
	}
	for _, der := range v.opts.OCSP {
		e.ocsps = addPiece(e.ocsps, der, fromCaller)
	}
	for _, der := range v.opts.CRLs {
		e.crls = addPiece(e.crls, der, fromCaller)
	}
}

// addMessage takes the certificates and the revocation data of a CMS message in
// a revision, of Adobe's archive among its attributes, and of its time-stamp
// tokens.
func (e *evidence) addMessage(data *cms.SignedData, revision int) {
	for _, c := range data.Certificates {
		e.addCertificate(c, true)
		e.enclose(c.Raw, revision)
	}
	crls := data.CRLs
	var ocsps [][]byte
	for _, other := range data.OtherRevocations {
		if other.Format.Equal(cms.OIDOCSPResponse) {
			ocsps = append(ocsps, other.Value)
		}
	}
	for _, signer := range data.SignerInfos {
		moreCRLs, moreOCSPs, err := signer.RevocationArchival()
		if err != nil {
			continue // unusable evidence is no evidence
		}
		crls, ocsps = slices.Concat(crls, moreCRLs), append(ocsps, moreOCSPs...)
	}
	for _, der := range crls {
		e.crls = addPiece(e.crls, der, fromDocument)
		e.enclose(der, revision)
	}
	for _, der := range ocsps {
		e.ocsps = addPiece(e.ocsps, der, fromDocument)
		e.enclose(der, revision)
	}
}

func (e *evidence) enclose(der []byte, revision int) {
	if first, ok := e.enclosed[string(der)]; !ok || revision < first {
		e.enclosed[string(der)] = revision
	}
}

func (e *evidence) addCertificate(c *x509.Certificate, embedded bool) {
	if c == nil {
		return
	}
	if embedded {
		e.embedded[string(c.Raw)] = true
	}
	if len(e.certificates) < maxCertificates && !slices.ContainsFunc(e.certificates, c.Equal) {
		e.certificates = append(e.certificates, c)
	}
}

func addPiece(pieces []piece, der []byte, source string) []piece {
	if len(pieces) >= maxEvidence || slices.ContainsFunc(pieces, func(p piece) bool { return bytes.Equal(p.der, der) }) {
		return pieces
	}
	return append(pieces, piece{der, source})
}

// issuersOf picks, out of everything at hand, the certificates whose names
// could stand above a leaf. A flood of bystanders so costs nothing.
func (e *evidence) issuersOf(leaf *x509.Certificate, extra []*x509.Certificate) []*x509.Certificate {
	var picked []*x509.Certificate
	names := [][]byte{leaf.RawIssuer}
	pool := slices.Concat(extra, e.certificates)
	for i := 0; i < len(names); i++ {
		for _, c := range pool {
			if len(picked) == maxIssuers {
				return picked
			}
			if !c.IsCA || !bytes.Equal(c.RawSubject, names[i]) || slices.ContainsFunc(picked, c.Equal) {
				continue
			}
			picked = append(picked, c)
			if !slices.ContainsFunc(names, func(n []byte) bool { return bytes.Equal(n, c.RawIssuer) }) {
				names = append(names, c.RawIssuer)
			}
		}
	}
	return picked
}

// maxIssuers stays below the number that path building accepts.
const maxIssuers = 32

// readDSS returns the document security store, nil if there is none or it
// cannot be read.
func readDSS(doc *pdf.Document) pdf.Dict {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil
	}
	dss, err := doc.Dict(catalog["DSS"])
	if err != nil {
		return nil
	}
	return dss
}

// storedAt is what the security store of a revision holds.
func (v *verifier) storedAt(revision int) map[string]bool {
	e := &v.evidence
	if stored, ok := e.stored[revision]; ok {
		return stored
	}
	stored := make(map[string]bool)
	if doc, err := v.revision(revision); err == nil {
		dss := readDSS(doc)
		for _, list := range storeLists {
			for _, der := range e.readStreams(doc, dss[list]) {
				stored[string(der)] = true
			}
		}
	}
	if e.stored == nil {
		e.stored = make(map[int]map[string]bool)
	}
	e.stored[revision] = stored
	return stored
}

// readStreams returns the decoded streams of an array; those that cannot be
// read are left out, as evidence that does not exist.
func (e *evidence) readStreams(doc *pdf.Document, o pdf.Object) [][]byte {
	array, err := doc.Array(o)
	if err != nil {
		return nil
	}
	var out [][]byte
	for _, item := range array[:min(len(array), maxEvidence)] {
		object, err := doc.Resolve(item)
		if err != nil {
			continue
		}
		if stream, ok := object.(*pdf.Stream); ok {
			if data := e.readStream(doc, stream); data != nil {
				out = append(out, data)
			}
		}
	}
	return out
}

// readStream decodes a stream, once; nil when it cannot be read or there was too
// much.
func (e *evidence) readStream(doc *pdf.Document, stream *pdf.Stream) []byte {
	place, _, ok := stream.Extent()
	if data, known := e.streams[place]; ok && known {
		return data
	}
	left := maxEvidenceTotal - e.total
	if left <= 0 {
		return nil
	}
	data, err := doc.StreamData(stream, min(maxEvidenceSize, left))
	if err != nil {
		return nil
	}
	e.total += int64(len(data))
	if e.streams == nil {
		e.streams = make(map[int64][]byte)
	}
	if ok {
		e.streams[place] = data
	}
	return data
}
