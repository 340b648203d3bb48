package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// expiringSoon is how long before its end a certificate is worth a warning.
const expiringSoon = 30 * 24 * time.Hour

// Preflight looks for everything that would stop a signature or spoil it, and
// reports all of it at once, in order of weight. It uses no secret but the
// document's password: Options.Key may be nil or carry the certificate alone,
// and then what needs more is left out. An existing field keeps its place.
//
// Of a long document the first 500 pages are looked at, of what they show 64 MiB,
// decoded, and 400,000 entries, of all objects the first 50,000. What lies beyond
// is signed unseen, and no finding says so.
//
// The error means that nothing could be said: the document could not be read
// from its source, or the context ended.
func Preflight(ctx context.Context, src io.ReaderAt, size int64, opts Options) (Findings, error) {
	f := &preflight{opts: opts, now: opts.signingTime()}
	if f.opts.Key == nil {
		f.opts.Key = &Key{}
	}
	f.certificate()
	f.option(f.opts.check())
	for _, step := range []func(io.ReaderAt, int64) error{f.open, f.document, f.shown, f.closing, f.looks} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("signing: %w", err)
		}
		if err := step(src, size); err != nil {
			return nil, err
		}
	}
	return append(f.stops, f.warnings...), nil
}

type preflight struct {
	opts            Options
	now             time.Time
	doc             *pdf.Document // nil when it cannot be read
	catalog         pdf.Dict
	form            *form // nil when it cannot be read
	field           *sigField
	name            string // of the field
	plan            *plan  // nil where there is nothing to plan with
	stops, warnings Findings
}

// stop notes an error that Sign would return. One that says nothing about the
// document, a failing disk for instance, is given back.
func (f *preflight) stop(err error) error { return f.stopOn(err, 0) }

// stopOn is stop for a page, from 1; zero takes those that the error names.
func (f *preflight) stopOn(err error, page int) error {
	code, known := findingOf(err)
	if !known {
		return err
	}
	found := f.finding(code, page, err.Error())
	found.Stops, found.err = true, err
	var on *pagesError
	if page == 0 && errors.As(err, &on) {
		if found.Page = on.pages[0]; len(on.pages) > 1 {
			found.Pages = on.pages
		}
	}
	var character *appearance.CharacterError
	if errors.As(err, &character) {
		found.Subject = named(character.Char)
	}
	for _, s := range f.stops {
		if s.Code == code && s.Page == found.Page {
			return nil
		}
	}
	f.stops = append(f.stops, found)
	return nil
}

// finding makes one that names the tag or field of the request where its text
// has room for a name.
func (f *preflight) finding(code FindingCode, page int, detail string) *Finding {
	found := &Finding{Code: code, Page: page, Helper: code.entry().helper, Detail: strings.ReplaceAll(detail, prefix, "")}
	switch code {
	case FindingTagUnusable, FindingTagMissing, FindingTagAmbiguous, FindingTagVisible:
		found.Subject = subject(f.opts.Placement.Anchor)
	case FindingField, FindingFieldMissing:
		found.Subject = subject(f.opts.Field)
	}
	return found
}

func (f *preflight) warn(code FindingCode, page int, detail string) {
	f.warnings = append(f.warnings, f.finding(code, page, detail))
}

// findingOf names an error; known is false for one that is not about document,
// block or certificate.
func findingOf(err error) (code FindingCode, known bool) {
	var unsupported *UnsupportedError
	var character *appearance.CharacterError
	switch {
	case errors.As(err, &unsupported):
		return FindingUnsupported, true
	case errors.As(err, &character):
		return FindingCharacter, true
	}
	for _, m := range findingErrors {
		if errors.Is(err, m.err) {
			return m.code, true
		}
	}
	return "", false
}

var findingErrors = [...]struct {
	err  error
	code FindingCode
}{
	{ErrNotPDF, FindingNotPDF},
	{ErrAmbiguousStructure, FindingAmbiguous},
	{ErrDamaged, FindingDamaged},
	{ErrLimit, FindingLimit},
	{ErrDocumentPassword, FindingPassword},
	{ErrForbidden, FindingForbidden},
	{ErrNotFirst, FindingNotFirst},
	{errNoField, FindingFieldMissing},
	{ErrField, FindingField},
	{text.ErrTag, FindingTagUnusable},
	{ErrPlacement, FindingPlacement},
	{ErrNoPage, FindingNoPage},
	{ErrOutsidePage, FindingOutsidePage},
	{ErrPlaceSigned, FindingPlaceSigned},
	{ErrTagNotFound, FindingTagMissing},
	{ErrTagAmbiguous, FindingTagAmbiguous},
	{appearance.ErrTooSmall, FindingTooSmall},
	{appearance.ErrLogo, FindingPicture},
	{appearance.ErrEmpty, FindingBlock},
	{appearance.ErrTooLong, FindingBlock},
	{appearance.ErrLink, FindingLink},
	{appearance.ErrLevel, FindingBlock},
	{ErrNotYetValid, FindingNotYetValid},
	{ErrExpired, FindingExpired},
	{ErrKeyUsage, FindingKeyUsage},
	{ErrWeakKey, FindingWeakKey},
	{ErrKeyMismatch, FindingKeyMismatch},
}

// certificate looks at what is known of the key.
func (f *preflight) certificate() {
	key := f.opts.Key
	if key.Certificate == nil {
		return
	}
	if key.Signer != nil || key.Remote != nil {
		f.option(key.check(f.now))
	}
	f.option(checkCertificate(key.Certificate, f.now))
	if left := key.Certificate.NotAfter.Sub(f.now); left >= 0 && left < expiringSoon {
		f.warn(FindingExpiring, 0, "on "+key.Certificate.NotAfter.UTC().Format(time.RFC3339))
	}
}

// option notes an error of what the caller gave; all of those stop.
func (f *preflight) option(err error) {
	if err == nil || f.stop(err) == nil {
		return
	}
	found := f.finding(FindingOptions, 0, err.Error())
	found.Stops, found.err = true, err
	f.stops = append(f.stops, found)
}

func (f *preflight) open(src io.ReaderAt, size int64) error {
	password := f.opts.Password.Reveal()
	defer clear(password)
	doc, err := pdf.Open(src, size, pdf.Options{Password: password})
	if err != nil {
		return f.stop(fromPDF(err))
	}
	catalog, err := doc.Catalog()
	if err != nil {
		return f.stop(fromPDF(err))
	}
	if doc.CatalogRef().IsZero() {
		return f.stop(fmt.Errorf("%w: the catalog is not an object of its own", ErrDamaged))
	}
	f.doc, f.catalog = doc, catalog
	if e, encrypted := doc.Encryption(); encrypted {
		f.warn(FindingEncrypted, 0, fmt.Sprintf("revision %d, %d bits", e.Revision, e.KeyBits))
	}
	return nil
}

// document looks at earlier signatures and the field.
func (f *preflight) document(io.ReaderAt, int64) error {
	if f.doc == nil {
		return nil
	}
	form, err := readForm(f.doc, f.catalog)
	if err != nil {
		return f.stop(fromPDF(err))
	}
	f.form = form
	field, name, err := form.target(f.opts.Field)
	if err != nil {
		if err := f.stop(err); err != nil {
			return err
		}
		name = f.opts.Field
	}
	f.field, f.name = field, name
	if err := permit(f.doc, f.catalog, form, name, f.opts.Certify); err != nil {
		if err := f.stop(err); err != nil {
			return err
		}
	}
	if err := unrepaired(f.doc, form); err != nil {
		return f.stop(err)
	}
	return nil
}

// shown looks at place and block.
func (f *preflight) shown(io.ReaderAt, int64) error {
	if f.doc == nil || f.form == nil || f.fieldUnusable() {
		return f.blockAlone()
	}
	p := &plan{
		doc: f.doc, catalogRef: f.doc.CatalogRef(), catalog: f.catalog, form: f.form, field: f.field, name: f.name,
		signedOnce: len(f.form.signed()) > 0, opts: f.opts, when: f.now,
	}
	err := p.findPlace()
	if err != nil {
		if err := f.stop(err); err != nil {
			return err
		}
		return f.blockAlone()
	}
	if err := p.vacant(); err != nil {
		if err := f.stop(err); err != nil {
			return err
		}
	}
	f.plan = p
	if f.opts.Block == nil || !p.place.visible {
		return nil
	}
	page := p.place.number + 1
	if err := p.place.inside(); err != nil {
		f.warn(FindingOutsidePage, page, err.Error()) // a part of an existing field, whose place is not ours
	}
	b := f.opts.Block.At(f.now)
	p.opts.Block = &b
	form, err := drawBlock(f.doc, f.catalog, b, p.place.shown.Width, p.place.shown.Height)
	if err != nil {
		if err := f.stopOn(err, page); err != nil {
			return err
		}
	} else {
		p.block = form
		f.drawn(form, page)
	}
	return nil
}

// fieldUnusable reports whether the field named is there, but not one to be
// signed, and no place for another is given.
func (f *preflight) fieldUnusable() bool {
	return f.opts.Field != "" && f.field == nil && f.form.names[f.opts.Field] && f.opts.Placement.invisible()
}

// blockAlone draws the block in the size asked for, where its place is not
// known.
func (f *preflight) blockAlone() error {
	p := f.opts.Placement
	w, h := p.Rect.Width, p.Rect.Height
	if p.Anchor != "" {
		w, h = p.Width, p.Height
	}
	if f.opts.Block == nil || p.check(true) != nil || p.invisible() {
		return nil
	}
	form, err := f.opts.Block.At(f.now).Form(w, h)
	if err != nil {
		return f.stop(fmt.Errorf("signing: draw the block: %w", err))
	}
	f.drawn(form, 0)
	return nil
}

// smallText is the size in points below which printed text is hard to read: that
// of a letter's footer.
const smallText = 7.0

// drawn looks at the block as it is drawn.
func (f *preflight) drawn(form *vector.Form, page int) {
	if size := form.TextSize(); size > 0 && size < smallText {
		f.warn(FindingTextSmall, page, fmt.Sprintf("%g points", size))
	}
	f.pictures(form, page)
}

// Resolutions of pictures in dots per inch. At coarseDPI the smallest text of a
// block is seven dots high; printers of offices show no more than fineDPI, which
// matters for pictures of more than manyPixels: 750 KB before compression.
const (
	coarseDPI  = 100
	fineDPI    = 600
	manyPixels = 500 * 500
)

// pictures looks at how finely the block's pictures are drawn.
func (f *preflight) pictures(form *vector.Form, page int) {
	least, most, pixels := form.Resolution()
	if least > 0 && least < coarseDPI {
		f.warn(FindingPictureCoarse, page, fmt.Sprintf("%.0f dots per inch", least))
	}
	if most > fineDPI && pixels > manyPixels {
		f.warn(FindingPictureLarge, page, fmt.Sprintf("%.0f dots per inch, %d pixels", most, pixels))
	}
}

// closing looks at whether the pages can be read, and in one way, as far as Sign
// reads them, and whether what Sign writes can be written.
func (f *preflight) closing(io.ReaderAt, int64) error {
	if f.doc == nil {
		return nil
	}
	for _, check := range []func(*pdf.Document) error{readable, f.written, oneReading} {
		err := check(f.doc)
		if err == nil || errors.Is(err, ErrDamaged) && f.stops.Has(FindingDamaged) {
			continue
		}
		if err := f.stop(err); err != nil {
			return err
		}
	}
	return nil
}

// written writes the signature without its message, unless something stops it
// already.
func (f *preflight) written(*pdf.Document) error {
	if f.plan == nil || len(f.stops) > 0 {
		return nil
	}
	if key := f.opts.Key; key.Certificate != nil {
		b, err := f.plan.builder(key.Certificate, key.Chain)
		if err == nil {
			_, err = f.plan.room(b)
		}
		if err != nil {
			f.option(err)
			return nil
		}
	}
	_, err := f.plan.build(0)
	return err
}

// looks reads on, beyond what Sign reads: what it finds is a warning.
func (f *preflight) looks(io.ReaderAt, int64) error {
	if f.doc == nil {
		return nil
	}
	doubts := len(f.doc.Ambiguities())
	if !f.stops.Has(FindingDamaged) {
		if err := f.whole(); err != nil {
			return err
		}
		if err := f.cropped(); err != nil {
			return err
		}
	}
	if f.plan != nil && f.opts.Block != nil && f.plan.place.visible {
		if err := f.redrawn(); err != nil {
			return err
		}
		if err := f.below(f.plan.place); err != nil {
			return err
		}
	}
	if err := f.everyObject(); err != nil {
		return err
	}
	if all := f.doc.Ambiguities(); len(all) > doubts {
		f.warn(FindingAmbiguous, 0, all[doubts].Error())
	} else {
		f.displaced()
	}
	for i, r := range f.doc.Repairs() {
		if i == maxRepairFindings {
			break
		}
		f.warn(FindingRepaired, 0, r.String())
	}
	return nil
}

// redrawn looks for what keeps viewers from showing the block, and stays.
func (f *preflight) redrawn() error {
	asked, stays, err := f.plan.redraws()
	if err != nil {
		return f.stop(err)
	}
	if asked && stays {
		f.warn(FindingRedrawn, f.plan.place.number+1, "NeedAppearances")
	}
	return nil
}

// maxRepairFindings bounds the findings about one document.
const maxRepairFindings = 20
