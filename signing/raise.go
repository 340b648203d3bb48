package signing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// maxRaised bounds the signatures and time-stamps of a document that is raised.
const maxRaised = 256

// raiser does the work of Extend.
type raiser struct {
	opts       ExtendOptions
	doc        growing
	repairs    []string
	signatures []*raised      // to be raised
	stamps     []*judgedProof // in signatures and of the document
	gatherer   *gatherer      // nil without evidence sources
}

// raised is a signature on its way up.
type raised struct {
	ExtendedSignature
	end      int64 // of the bytes that it covers
	contents []byte
	message  *cms.SignedData // nil: cannot be read
	pades    bool
	proof    *judgedProof // what proves its time
	complete *material    // nil: some is missing
}

// judgedProof is a time-stamp and what was found out about it.
type judgedProof struct {
	proof
	of       *raised // the signature that it is in
	added    bool
	path     pki.Path
	late     bool
	missing  error // why it proves nothing, or lacks evidence
	broken   bool  // it proves nothing
	complete *material
}

// read finds the signatures and time-stamps, in the order in which they were
// made.
func (r *raiser) read() error {
	doc, err := r.doc.open()
	if err != nil {
		return err
	}
	catalog, err := doc.Catalog()
	if err != nil {
		return fromPDF(err)
	}
	f, err := readForm(doc, catalog)
	if err != nil {
		return fromPDF(err)
	}
	if err := unrepaired(doc, f); err != nil {
		return err
	}
	signed := f.signed()
	if len(signed) > maxRaised {
		return fmt.Errorf("%w: more than %d signatures", ErrLimit, maxRaised)
	}
	for _, s := range signed {
		if err := r.take(doc, s); err != nil {
			return err
		}
	}
	if n := len(r.signatures); n == 0 || r.opts.Field != "" && n > 1 {
		return fmt.Errorf("%w: %d signatures match", ErrNoSignature, n)
	}
	slices.SortStableFunc(r.signatures, func(a, b *raised) int { return cmp.Compare(a.end, b.end) })
	slices.SortStableFunc(r.stamps, func(a, b *judgedProof) int { return cmp.Compare(a.end, b.end) })
	for _, rep := range doc.Repairs() {
		r.repairs = append(r.repairs, rep.String())
	}
	return r.prepareEvidence(doc)
}

// take notes one signed field.
func (r *raiser) take(doc *pdf.Document, s *sigField) error {
	hole, end, err := signedRange(doc, s.value)
	if err != nil {
		return err
	}
	contents, message, err := readContents(doc, s)
	if err != nil {
		return err
	}
	if s.value.Name("Type") == stampType || s.value.Name("SubFilter") == stampSubFilter {
		r.stamps = append(r.stamps, readStamp(proof{field: s.name, document: true, hole: hole, end: end, contents: contents}, message))
		return nil
	}
	if r.opts.Field != "" && r.opts.Field != s.name {
		return nil
	}
	one := &raised{ExtendedSignature: ExtendedSignature{Field: s.name}, end: end, contents: contents}
	r.signatures = append(r.signatures, one)
	sd, err := cms.Parse(message)
	if err == nil && len(sd.SignerInfos) != 1 {
		err = fmt.Errorf("%d signers in the message", len(sd.SignerInfos))
	}
	if err == nil {
		if one.Certificate = sd.Certificate(sd.SignerInfos[0]); one.Certificate == nil {
			err = errors.New("the message lacks its signer's certificate")
		}
	}
	if err != nil {
		one.Missing = fmt.Errorf("%w: %w", ErrEvidence, err)
		return nil
	}
	one.message = sd
	si := sd.SignerInfos[0]
	_, claims, err := si.SigningTime()
	one.pades = s.value.Name("SubFilter") == subFilter && !claims && err == nil
	if tokens := si.Timestamps(); len(tokens) > 0 {
		p := &judgedProof{proof: proof{field: s.name, end: end}, of: one}
		p.info, p.message, err = openToken(tokens[0], si.Signature)
		p.fail(ErrTimestamp, err)
		r.stamps = append(r.stamps, p)
	}
	return nil
}

// readStamp reads a document timestamp.
func readStamp(p proof, token []byte) *judgedProof {
	j := &judgedProof{proof: p}
	var err error
	j.info, j.message, err = readToken(token)
	if err == nil && (p.hole[0] < 0 || p.hole[0] > p.hole[1]) {
		err = errImprint
	}
	j.fail(ErrTimestamp, err)
	return j
}

// fail notes why a time-stamp proves nothing.
func (p *judgedProof) fail(kind, err error) {
	if err != nil {
		p.broken, p.missing = true, fmt.Errorf("%w: %w", kind, err)
	}
}

// readContents gives a signature's Contents with the padding, and the message
// in it; empty when it holds none.
func readContents(doc *pdf.Document, s *sigField) (contents, message []byte, err error) {
	// Contents is never encrypted, so its raw bytes are the ones wanted.
	sig := s.value
	if !s.where.IsZero() {
		o, err := doc.GetRaw(s.where)
		if err != nil {
			return nil, nil, fromPDF(err)
		}
		sig, _ = o.(pdf.Dict)
	}
	text, ok := sig["Contents"].(pdf.String)
	if !ok {
		return nil, nil, nil
	}
	message, rest, err := cms.Cut(text.Bytes)
	if err != nil || !cms.IsPadding(rest) {
		return text.Bytes, nil, nil
	}
	return text.Bytes, message, nil
}

// prepareEvidence takes what the document carries already.
func (r *raiser) prepareEvidence(doc *pdf.Document) error {
	if r.opts.Evidence == nil {
		return nil
	}
	h, err := readHeld(doc)
	if err != nil {
		return err
	}
	for _, s := range r.signatures {
		if s.message != nil {
			h.message(s.message)
		}
	}
	for _, p := range r.stamps {
		if p.message != nil {
			h.message(p.message)
		}
	}
	r.gatherer = &gatherer{Evidence: r.opts.Evidence, now: r.opts.Now, source: newOnce(r.opts.Evidence.Source), held: h}
	return nil
}

// raise takes the document up to the level.
func (r *raiser) raise(ctx context.Context) error {
	if err := r.imprints(ctx); err != nil {
		return err
	}
	for _, p := range r.stamps {
		if err := r.trust(ctx, p); err != nil {
			return err
		}
	}
	if err := r.prove(ctx); err != nil {
		return err
	}
	if r.opts.Level > LevelBT {
		if err := r.store(ctx); err != nil {
			return err
		}
	}
	if r.opts.Level == LevelBLTA {
		if err := r.cover(ctx); err != nil {
			return err
		}
	}
	return r.doc.begin(ctx) // where nothing was missing
}

// trust finds the chain of a time-stamp's authority.
func (r *raiser) trust(ctx context.Context, p *judgedProof) error {
	if p.broken || r.gatherer == nil {
		return nil
	}
	var err error
	p.path, err = r.gatherer.find(ctx, p.authority(), p.message.Certificates, pki.TimeStamping, p.info.Time)
	if ctx.Err() != nil {
		return fmt.Errorf("signing: %w", ctx.Err())
	}
	if err != nil {
		p.broken, p.missing = true, err
	}
	return nil
}

// prove finds what proves the time of each signature: its own time-stamp or the
// first document timestamp over it. Where there is neither, one is made.
func (r *raiser) prove(ctx context.Context) error {
	if r.choose() {
		return nil
	}
	if r.opts.Timestamper != nil {
		if err := r.stamp(ctx); err != nil {
			return err
		}
		if r.choose() {
			return nil
		}
	}
	for _, s := range r.signatures {
		if s.message == nil || s.proof != nil {
			continue
		}
		s.Missing = ErrNoTimestamp
		for _, p := range r.stamps {
			if p.broken && (p.of == s || p.document && p.end > s.end) {
				s.Missing = p.missing
			}
		}
	}
	return r.refuse()
}

// choose reports whether every signature that can be read has its proof.
func (r *raiser) choose() bool {
	all := true
	for _, s := range r.signatures {
		for _, p := range r.stamps {
			own := p.of == s
			if !p.broken && (own || p.document && p.end > s.end) && (s.proof == nil || own) {
				s.proof, s.Time = p, p.info.Time
			}
		}
		all = all && (s.proof != nil || s.message == nil)
	}
	return all
}

// refuse gives an error for the first piece that is missing, unless the caller
// takes what can be had.
func (r *raiser) refuse() error {
	if r.opts.Partial {
		return nil
	}
	for _, s := range r.signatures {
		if s.Missing != nil {
			return fmt.Errorf("%w (field %.80q)", s.Missing, s.Field)
		}
	}
	for _, p := range r.stamps {
		if p.missing != nil && r.concerns(p) {
			return fmt.Errorf("%w (field %.80q)", p.missing, p.field)
		}
	}
	return nil
}

// concerns reports whether a time-stamp is to be sound itself: one that a
// signature to be raised rests on and, unless only one signature is to be
// raised below B-LTA, every document timestamp.
func (r *raiser) concerns(p *judgedProof) bool {
	used := slices.ContainsFunc(r.signatures, func(s *raised) bool { return s.proof == p })
	return used || p.document && (r.opts.Field == "" || r.opts.Level == LevelBLTA)
}

// stamp appends a document timestamp.
func (r *raiser) stamp(ctx context.Context) error {
	var seen time.Time
	for _, p := range r.stamps {
		if !p.broken && p.info.Time.After(seen) {
			seen = p.info.Time
		}
	}
	s := stamper{r.opts.Timestamper, r.opts.Hash, r.opts.TimestampSize}
	if s.room == 0 {
		s.room = defaultTokenSize
	}
	made, err := r.doc.stamp(ctx, s, seen)
	if err != nil {
		return err
	}
	p := &judgedProof{proof: *made, added: true}
	r.stamps = append(r.stamps, p)
	return r.trust(ctx, p)
}

// store adds the evidence for every signature and time-stamp to the document.
func (r *raiser) store(ctx context.Context) error {
	var all []stored
	for _, s := range r.signatures {
		if s.message == nil || s.proof == nil {
			continue
		}
		m := &material{}
		err := r.gatherer.path(ctx, m, s.Certificate, s.message.Certificates, pki.DocumentSigning, s.Time)
		if err == nil && s.proof.of == s {
			err = r.judge(ctx, m, s.proof)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("signing: %w", ctx.Err())
		}
		if err != nil {
			s.Missing = err
			continue
		}
		s.complete = m
		all = append(all, stored{s.contents, m})
	}
	for _, p := range r.stamps {
		if !p.document || p.broken || !r.concerns(p) {
			continue
		}
		if err := r.complete(ctx, p); err != nil {
			return err
		}
		if p.complete != nil {
			all = append(all, stored{p.contents, p.complete})
		}
	}
	for _, s := range r.signatures {
		if p := s.proof; p != nil && p.document && p.complete == nil && s.complete != nil {
			s.complete, s.Missing = nil, p.missing
		}
	}
	if err := r.refuse(); err != nil {
		return err
	}
	return r.write(all)
}

// complete gets the evidence for a document timestamp.
func (r *raiser) complete(ctx context.Context, p *judgedProof) error {
	m := &material{}
	err := r.judge(ctx, m, p)
	if ctx.Err() != nil {
		return fmt.Errorf("signing: %w", ctx.Err())
	}
	if err != nil {
		p.missing = err
		return nil
	}
	p.complete = m
	return nil
}

// judge gets the evidence for the authority of a time-stamp. One that nothing
// newer covers yet is believed as of today when a document timestamp is to
// cover it: who has broken its key since could have made it (ETSI EN 319 102-1,
// clause 5.6.2). An authority that only ceased keeps what it stamped before
// (RFC 3161, section 4).
func (r *raiser) judge(ctx context.Context, m *material, p *judgedProof) error {
	at := p.info.Time
	newest := !slices.ContainsFunc(r.stamps, func(d *judgedProof) bool { return d.document && !d.broken && d.end > p.end })
	if now := r.opts.Now(); r.opts.Level == LevelBLTA && newest && now.After(at) {
		if p.late = now.After(p.path.Leaf().NotAfter); !p.late {
			at = now
		}
	}
	err := r.gatherer.status(ctx, m, p.path, pki.TimeStamping, at)
	var revoked *revokedError
	if errors.As(err, &revoked) && at.After(p.info.Time) && revoked.ceased() {
		return r.gatherer.status(ctx, m, p.path, pki.TimeStamping, p.info.Time)
	}
	return err
}

// write appends material to the document's store.
func (r *raiser) write(all []stored) error {
	for _, s := range all {
		r.gatherer.held.add(s.material)
	}
	doc, err := r.doc.open()
	if err != nil {
		return err
	}
	update, err := writeDSS(doc, all)
	if err != nil {
		return err
	}
	if err := oneReading(doc); err != nil {
		return err
	}
	return r.doc.append(update)
}

// cover puts a document timestamp over everything, and after it the evidence
// for its own authority, as far as the store lacks it.
func (r *raiser) cover(ctx context.Context) error {
	if err := r.stamp(ctx); err != nil {
		return err
	}
	newest := r.stamps[len(r.stamps)-1]
	if newest.broken {
		return r.refuse()
	}
	// What was asked before the time-stamp may be too old for it.
	r.gatherer.source = newOnce(r.opts.Evidence.Source)
	if err := r.complete(ctx, newest); err != nil {
		return err
	}
	if err := r.refuse(); err != nil {
		return err
	}
	if newest.complete == nil || r.gatherer.held.has(newest.complete) {
		return nil
	}
	return r.write([]stored{{newest.contents, newest.complete}})
}

// result is the account of the work.
func (r *raiser) result() Extended {
	e := Extended{Level: r.opts.Level, InputSHA256: r.doc.input, OutputSHA256: r.doc.out.sum(),
		InputSize: r.doc.size, OutputSize: r.doc.length(), Repairs: r.repairs}
	for _, s := range r.signatures {
		s.Level = min(s.reached(), r.opts.Level)
		e.Level = min(e.Level, s.Level)
		e.Signatures = append(e.Signatures, s.ExtendedSignature)
	}
	for _, p := range r.stamps {
		t := ExtendedTimestamp{Field: p.field, Document: p.document, Added: p.added, Late: p.late, Missing: p.missing}
		if p.info != nil {
			t.Time = p.info.Time
		}
		if p.message != nil {
			t.Authority = p.authority()
		}
		e.Timestamps = append(e.Timestamps, t)
		if p.document && !p.broken && p.path != nil {
			e.RenewBefore = firstEnd(p.path)
		}
	}
	return e
}

// reached is the level of a signature after all that was asked for was done.
func (s *raised) reached() Level {
	switch {
	case !s.pades:
		return LevelUnknown
	case s.proof == nil:
		return LevelBB
	case s.complete == nil:
		return LevelBT
	}
	return LevelBLTA
}

// firstEnd is when the first certificate of a path ends.
func firstEnd(path pki.Path) time.Time {
	end := path[0].NotAfter
	for _, c := range path[1:] {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end
}
