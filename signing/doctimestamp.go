package signing

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

const (
	stampType      = "DocTimeStamp"
	stampSubFilter = "ETSI.RFC3161" // ISO 32000-2, 12.8.5
)

// documentTimestamp is the dictionary of a document timestamp (ISO 32000-2,
// 12.8.5; ETSI EN 319 142-1, clause 5.4.3). What a person's signature says of
// itself, such as time and reason, is not for it: the token says it all.
func documentTimestamp(contents, ranges *pdf.Placeholder) pdf.Dict {
	return pdf.Dict{
		"Type":      pdf.Name(stampType),
		"Filter":    pdf.Name(filter),
		"SubFilter": pdf.Name(stampSubFilter),
		"ByteRange": ranges,
		"Contents":  contents,
	}
}

// newStamp writes an update with an empty document timestamp. A certification
// that allows no changes allows it (ISO 32000-2, 12.8.2.2), and field locks are
// about the fields that people fill in.
func newStamp(doc *pdf.Document, room int) (*unsigned, string, error) {
	p := &plan{doc: doc, catalogRef: doc.CatalogRef(), signedOnce: true, stamp: true}
	var err error
	if p.catalog, err = doc.Catalog(); err != nil {
		return nil, "", fromPDF(err)
	}
	if p.catalogRef.IsZero() {
		return nil, "", fmt.Errorf("%w: the catalog is not an object of its own", ErrDamaged)
	}
	if p.form, err = readForm(doc, p.catalog); err != nil {
		return nil, "", fromPDF(err)
	}
	for n := 1; p.name == "" || p.form.names[p.name]; n++ {
		p.name = stampType + strconv.Itoa(n)
	}
	if p.place, err = findPlace(doc, Placement{}); err != nil {
		return nil, "", err
	}
	u, err := p.build(room)
	return u, p.name, err
}

// stamper makes document timestamps.
type stamper struct {
	Timestamper
	hash crypto.Hash
	room int
}

// proof is a time-stamp token that was read: in a signature, or of the whole
// document.
type proof struct {
	field    string
	document bool     // a document timestamp
	hole     [2]int64 // of one: where it lies itself
	end      int64    // of the bytes that it covers
	contents []byte
	info     *cms.TSTInfo
	message  *cms.SignedData
}

// authority is the certificate of the time-stamping authority.
func (p *proof) authority() *x509.Certificate {
	return p.message.Certificate(p.message.SignerInfos[0])
}

// stamp appends a document timestamp over everything before it, which was seen
// at the given time at the latest.
func (g *growing) stamp(ctx context.Context, s stamper, seen time.Time) (*proof, error) {
	doc, err := g.open()
	if err != nil {
		return nil, err
	}
	u, field, err := newStamp(doc, s.room)
	if err != nil {
		return nil, err
	}
	if err := g.begin(ctx); err != nil {
		return nil, err
	}
	imprint, err := g.out.stampDigest(u)
	if err != nil {
		return nil, err
	}
	p, raw, err := s.token(ctx, imprint, seen)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	if err := u.fill(raw); err != nil {
		return nil, err
	}
	if err := g.append(u.bytes); err != nil {
		return nil, err
	}
	p.field, p.document, p.end = field, true, g.length()
	p.contents = make([]byte, u.room())
	copy(p.contents, raw)
	return p, nil
}

// token gets a token over a digest and checks it, whoever fetched it.
func (s stamper) token(ctx context.Context, imprint []byte, seen time.Time) (*proof, []byte, error) {
	token, err := s.Timestamp(ctx, s.hash, imprint)
	if err != nil {
		return nil, nil, err
	}
	if token == nil {
		return nil, nil, errors.New("the source gave none")
	}
	p := &proof{}
	if p.info, p.message, err = readToken(token.Raw); err != nil {
		return nil, nil, err
	}
	h, err := p.info.Hash()
	if err != nil || h != s.hash || !bytes.Equal(p.info.HashedMessage, imprint) {
		return nil, nil, errors.New("token is over another document")
	}
	// Two authorities may differ, but what covers cannot be older than what it
	// covers (ETSI EN 319 102-1, clause 5.5.4).
	if p.info.Time.Add(stampSkew).Before(seen) {
		return nil, nil, fmt.Errorf("its time %s lies before that of what it covers", p.info.Time.Format(time.RFC3339))
	}
	return p, token.Raw, nil
}

// stampSkew is by how much the clocks of two authorities may differ.
const stampSkew = 5 * time.Minute

// archive puts a document timestamp over a document that was signed just now,
// up to its evidence, and returns the document's size.
func (p *plan) archive(ctx context.Context, out *stream, src io.ReaderAt, u *unsigned, evidence []byte) (int64, error) {
	tail := append(u.bytes[:len(u.bytes):len(u.bytes)], evidence...)
	r := &raiser{
		opts: ExtendOptions{Level: LevelBLTA, Field: p.name, Evidence: p.opts.Evidence, Timestamper: p.opts.Timestamper,
			TimestampSize: p.opts.TimestampSize, Hash: out.by, Partial: true, Now: p.opts.clock()},
		doc: growing{base: src, size: u.start, password: p.opts.Password, tail: tail, out: out, written: len(tail), begun: true},
	}
	if err := r.read(); err != nil {
		return 0, err
	}
	if p.opts.Key != nil {
		r.gatherer.chain = p.opts.Key.Chain
	}
	if err := r.cover(ctx); err != nil {
		return 0, err
	}
	return r.doc.length(), r.stamps[len(r.stamps)-1].missing
}
