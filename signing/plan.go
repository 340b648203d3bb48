package signing

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// plan is everything about one signature that can be known without the key:
// the document was read, nothing forbids the signature, its field and place
// are found.
type plan struct {
	doc        *pdf.Document
	catalogRef pdf.Ref
	catalog    pdf.Dict
	form       *form
	field      *sigField // the existing field to sign; nil for a new one
	name       string    // of the field
	place      *place
	block      *vector.Form // nil for an invisible signature
	signedOnce bool         // the document carries a signature
	stamp      bool         // a document timestamp, no signature of a person
	opts       Options
	when       time.Time
}

// newPlan reads a document and refuses what must not or cannot be signed. It
// does not look at opts.Key.
func newPlan(src io.ReaderAt, size int64, opts Options) (*plan, error) {
	password := opts.Password.Reveal()
	defer clear(password)
	doc, err := pdf.Open(src, size, pdf.Options{Password: password})
	if err != nil {
		return nil, fromPDF(err)
	}
	p := &plan{doc: doc, catalogRef: doc.CatalogRef(), opts: opts, when: opts.signingTime()}
	if p.catalog, err = doc.Catalog(); err != nil {
		return nil, fromPDF(err)
	}
	if p.catalogRef.IsZero() {
		return nil, fmt.Errorf("%w: the catalog is not an object of its own", ErrDamaged)
	}
	if p.form, err = readForm(doc, p.catalog); err != nil {
		return nil, fromPDF(err)
	}
	if p.field, p.name, err = p.form.target(opts.Field); err != nil {
		return nil, err
	}
	p.signedOnce = len(p.form.signed()) > 0
	if err := permit(doc, p.catalog, p.form, p.name, opts.Certify); err != nil {
		return nil, err
	}
	if err := unrepaired(doc, p.form); err != nil {
		return nil, err
	}
	if err := p.findPlace(); err != nil {
		return nil, err
	}
	if err := p.vacant(); err != nil {
		return nil, err
	}
	if opts.Block != nil {
		b := opts.Block.At(p.when)
		p.opts.Block = &b
		if p.block, err = drawBlock(doc, p.catalog, b, p.place.shown.Width, p.place.shown.Height); err != nil {
			return nil, err
		}
	}
	if err := readable(doc); err != nil {
		return nil, err
	}
	if err := oneReading(doc); err != nil {
		return nil, err
	}
	return p, nil
}

// oneReading refuses a document that others may read differently, as far as
// it was read: one with two readings, or one where both the cross-reference
// and the objects had to be guessed. Nor is a file signed that has lost its end,
// as by an upload that broke off: the signature would give it a sound one.
func oneReading(doc *pdf.Document) error {
	if found := doc.Ambiguities(); len(found) > 0 {
		return fmt.Errorf("%w: %w", ErrAmbiguousStructure, found[0])
	}
	if doc.CutShort() {
		return fmt.Errorf("%w: its end is missing", ErrDamaged)
	}
	if !doc.Rebuilt() {
		return nil
	}
	for _, r := range doc.Repairs() {
		if r.Kind == pdf.RepairSyntax {
			return fmt.Errorf("%w: no usable cross-reference, and %s", ErrDamaged, r)
		}
	}
	return nil
}

func (p *plan) findPlace() (err error) {
	if p.field == nil {
		if p.opts.Block != nil && p.opts.Placement.invisible() {
			if p.opts.Field != "" {
				return fmt.Errorf("%w: %.80q", errNoField, p.opts.Field)
			}
			return fmt.Errorf("%w: a block, but nowhere to show it", ErrPlacement)
		}
		p.place, err = findPlace(p.doc, p.opts.Placement)
		return err
	}
	if !p.opts.Placement.invisible() {
		return fmt.Errorf("%w: field %.80q has its own", ErrPlacement, p.name)
	}
	hash := p.opts.Hash
	if hash == 0 {
		hash = crypto.SHA256
	}
	if err := obey(p.doc, p.field, hash); err != nil {
		return err
	}
	if p.place, err = fieldPlace(p.doc, p.field); err != nil {
		return err
	}
	if p.opts.Block != nil && !p.place.visible {
		return fmt.Errorf("%w: field %.80q is invisible", ErrPlacement, p.name)
	}
	if p.opts.Block != nil && p.place.offPage() {
		return p.place.inside()
	}
	return nil
}

// builder checks the signer's certificate against the options and gives the
// writer of the message.
func (p *plan) builder(cert *x509.Certificate, chain []*x509.Certificate) (*cms.Builder, error) {
	cfg := cms.Config{Certificate: cert, Chain: embedded(chain), Hash: p.opts.Hash}
	if p.opts.PSS {
		cfg.Scheme = cms.RSAPSS
	}
	b, err := cms.NewBuilder(cfg)
	if err != nil {
		return nil, fromCMS(err)
	}
	if p.field != nil {
		if err := obey(p.doc, p.field, b.Hash()); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// embedded is the chain without roots, known by their name alone: whoever
// verifies must have his own.
func embedded(chain []*x509.Certificate) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range chain {
		if c != nil && !bytes.Equal(c.RawIssuer, c.RawSubject) {
			out = append(out, c)
		}
	}
	return out
}

// room is the size kept for the message: an upper bound from the real chain,
// the key and the time-stamp's estimate, or what the caller reserves beyond.
func (p *plan) room(b *cms.Builder) (int, error) {
	token := 0
	if p.opts.Timestamper != nil || p.opts.TimestampSize > 0 {
		token = p.opts.tokenSize()
	}
	n, err := b.Size(token)
	if err != nil {
		return 0, fromCMS(err)
	}
	if n > maxContainer {
		return 0, fmt.Errorf("%w: signature of %d bytes", ErrLimit, n)
	}
	if p.opts.Reserve == 0 {
		return n, nil
	}
	if n > p.opts.Reserve {
		return 0, fmt.Errorf("%w: may need %d bytes, reserved %d", ErrSpace, n, p.opts.Reserve)
	}
	return p.opts.Reserve, nil
}

// receipt starts the account of a signature.
func (p *plan) receipt(cert *x509.Certificate) Receipt {
	r := Receipt{
		Field:           p.name,
		Page:            p.place.number + 1,
		Rect:            p.place.shown,
		Certificate:     cert,
		SignerConfirmed: cert != nil,
		Level:           LevelBB,
		Time:            p.when,
		TimeSource:      TimeClaimed,
		InputSize:       p.doc.Size(),
	}
	for _, rep := range p.doc.Repairs() {
		r.Repairs = append(r.Repairs, rep.String())
	}
	return r
}
