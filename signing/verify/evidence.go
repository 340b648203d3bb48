package verify

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
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
	given        int // of them, by the caller
	// embedded are the certificates that the file itself holds.
	embedded map[string]bool
	ocsps    []piece
	crls     []piece
	total    int64
	// enclosed is what messages hold, with the index of the first revision
	// that does; stored what the security store of a revision holds.
	enclosed map[sum256]int
	stored   map[int]map[sum256]bool
	// streams are those decoded, by their place: revisions share them.
	streams map[int64]piece
	sums    map[memoryPlace]sum256
}

// piece is one piece of evidence; der is nil of a stream that cannot be read.
type piece struct {
	der    []byte
	sum    sum256
	source string
}

// sum256 tells pieces apart, however many there are, without going through
// their bytes again.
type sum256 = [sha256.Size]byte

type memoryPlace struct {
	first *byte
	size  int
}

// sumOf is the digest of a piece, made once of the same memory.
func (e *evidence) sumOf(der []byte) sum256 {
	if len(der) == 0 {
		return sha256.Sum256(nil)
	}
	place := memoryPlace{&der[0], len(der)}
	sum, ok := e.sums[place]
	if !ok {
		sum = sha256.Sum256(der)
		if e.sums == nil {
			e.sums = make(map[memoryPlace]sum256)
		}
		e.sums[place] = sum
	}
	return sum
}

// gatherEvidence collects what the document's security store (ISO 32000-2
// section 12.8.4.3), the signatures themselves and the caller offer.
func (v *verifier) gatherEvidence() {
	e := &v.evidence
	e.embedded, e.enclosed = make(map[string]bool), make(map[sum256]int)
	e.addGiven(v.opts)
	for _, s := range v.sigs {
		if s.cms.data != nil {
			e.addMessage(s.cms.data, s.place.revision)
		}
	}
	if dss := readDSS(v.doc); dss != nil {
		for _, p := range e.readStreams(v.doc, dss["Certs"]) {
			if c, err := x509.ParseCertificate(p.der); err == nil {
				e.addCertificate(c, true)
			}
		}
		for _, p := range e.readStreams(v.doc, dss["OCSPs"]) {
			e.ocsps = p.addTo(e.ocsps)
		}
		for _, p := range e.readStreams(v.doc, dss["CRLs"]) {
			e.crls = p.addTo(e.crls)
		}
	}
}

// addGiven takes what the caller offers. It comes first and is not counted
// against what a document may carry, so that no document can crowd it out.
func (e *evidence) addGiven(opts Options) {
	for _, c := range opts.Intermediates {
		if c != nil && !slices.ContainsFunc(e.certificates, c.Equal) {
			e.certificates = append(e.certificates, c)
		}
	}
	e.given = len(e.certificates)
	for _, der := range opts.OCSP {
		e.ocsps = append(e.ocsps, newPiece(der, fromCaller))
	}
	for _, der := range opts.CRLs {
		e.crls = append(e.crls, newPiece(der, fromCaller))
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
	sum := e.sumOf(der)
	if first, ok := e.enclosed[sum]; !ok || revision < first {
		e.enclosed[sum] = revision
	}
}

func (e *evidence) addCertificate(c *x509.Certificate, embedded bool) {
	if c == nil {
		return
	}
	if embedded {
		e.embedded[string(c.Raw)] = true
	}
	if len(e.certificates)-e.given < maxCertificates && !slices.ContainsFunc(e.certificates, c.Equal) {
		e.certificates = append(e.certificates, c)
	}
}

// addPiece adds one that is new, unless there are too many of its source. What
// the document holds is the document's, whoever gave it too.
func addPiece(pieces []piece, der []byte, source string) []piece {
	return newPiece(der, source).addTo(pieces)
}

func newPiece(der []byte, source string) piece { return piece{der, sha256.Sum256(der), source} }

func (p piece) addTo(pieces []piece) []piece {
	alike := 0
	for i, other := range pieces {
		if other.sum == p.sum {
			if p.source == fromDocument {
				pieces[i].source = p.source
			}
			return pieces
		}
		if other.source == p.source {
			alike++
		}
	}
	if alike >= maxEvidence {
		return pieces
	}
	return append(pieces, p)
}

// issuersOf picks, out of everything at hand, the certificates whose names
// could stand above a leaf. A flood of bystanders so costs nothing.
func (e *evidence) issuersOf(leaf *x509.Certificate, extra []*x509.Certificate) []*x509.Certificate {
	var picked []*x509.Certificate
	names := [][]byte{leaf.RawIssuer}
	pool := slices.Concat(e.certificates[:e.given], extra, e.certificates[e.given:])
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
func (v *verifier) storedAt(revision int) map[sum256]bool {
	e := &v.evidence
	if stored, ok := e.stored[revision]; ok {
		return stored
	}
	stored := make(map[sum256]bool)
	if doc, err := v.revision(revision); err == nil {
		dss := readDSS(doc)
		for _, list := range storeLists {
			for _, p := range e.readStreams(doc, dss[list]) {
				stored[p.sum] = true
			}
		}
	}
	if e.stored == nil {
		e.stored = make(map[int]map[sum256]bool)
	}
	e.stored[revision] = stored
	return stored
}

// readStreams returns the decoded streams of an array, each once; those that
// cannot be read are left out, as evidence that does not exist.
func (e *evidence) readStreams(doc *pdf.Document, o pdf.Object) []piece {
	array, err := doc.Array(o)
	if err != nil {
		return nil
	}
	var out []piece
	met := make(map[int64]bool)
	for _, item := range array[:min(len(array), maxEvidence)] {
		object, err := doc.Resolve(item)
		if err != nil {
			continue
		}
		stream, ok := object.(*pdf.Stream)
		if !ok {
			continue
		}
		place, _, _ := stream.Extent()
		if met[place] {
			continue
		}
		met[place] = true
		if p := e.readStream(doc, stream); p.der != nil {
			out = append(out, p)
		}
	}
	return out
}

// readStream decodes a stream, once, whether or not it can be read; nothing when
// there was too much.
func (e *evidence) readStream(doc *pdf.Document, stream *pdf.Stream) piece {
	place, _, _ := stream.Extent() // the file's are all in the file
	if p, known := e.streams[place]; known {
		return p
	}
	limit := min(maxEvidenceSize, maxEvidenceTotal-e.total)
	if limit <= 0 {
		return piece{}
	}
	data, err := doc.StreamData(stream, limit)
	e.total += int64(len(data))
	if errors.Is(err, pdf.ErrLimit) {
		e.total += limit // decoded and thrown away
	}
	var p piece
	if err == nil {
		p = newPiece(data, fromDocument)
	}
	if e.streams == nil {
		e.streams = make(map[int64]piece)
	}
	e.streams[place] = p
	return p
}
