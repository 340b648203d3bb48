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
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// expiringSoon is how long before its end a certificate is worth a warning.
const expiringSoon = 30 * 24 * time.Hour

// Preflight looks for everything that would stop a signature or spoil it, and
// reports all of it at once, in order of weight. It uses no secret but the
// document's password: Options.Key may be nil or carry the certificate alone,
// and then what needs more is left out. An existing field keeps its place.
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
	for _, step := range []func(io.ReaderAt, int64) error{f.open, f.document, f.shown, f.closing} {
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
	stops, warnings Findings
}

// stop notes an error that Sign would return. One that says nothing about the
// document, a failing disk for instance, is given back.
func (f *preflight) stop(err error) error { return f.stopOn(err, 0) }

func (f *preflight) stopOn(err error, page int) error {
	code, known := findingOf(err)
	if !known {
		return err
	}
	for _, s := range f.stops {
		if s.Code == code && s.Page == page {
			return nil
		}
	}
	f.stops = append(f.stops, &Finding{Code: code, Stops: true, Page: page, Helper: code.entry().helper,
		Detail: strings.ReplaceAll(err.Error(), prefix, ""), err: err})
	return nil
}

func (f *preflight) warn(code FindingCode, page int, detail string) {
	f.warnings = append(f.warnings, &Finding{Code: code, Page: page, Helper: code.entry().helper, Detail: detail})
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
	{ErrField, FindingField},
	{ErrPlacement, FindingPlacement},
	{ErrNoPage, FindingNoPage},
	{ErrOutsidePage, FindingOutsidePage},
	{ErrTagNotFound, FindingTagMissing},
	{ErrTagAmbiguous, FindingTagAmbiguous},
	{appearance.ErrTooSmall, FindingTooSmall},
	{appearance.ErrLogo, FindingPicture},
	{appearance.ErrEmpty, FindingBlock},
	{appearance.ErrTooLong, FindingBlock},
	{appearance.ErrLink, FindingBlock},
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
	f.stops = append(f.stops, &Finding{Code: FindingOptions, Stops: true, Helper: FindingOptions.entry().helper,
		Detail: strings.ReplaceAll(err.Error(), prefix, ""), err: err})
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
	f.field = field
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
	if f.doc == nil || f.form == nil {
		return f.blockAlone()
	}
	p := &plan{doc: f.doc, catalog: f.catalog, form: f.form, field: f.field, opts: f.opts}
	err := p.findPlace()
	if err != nil {
		if err := f.stop(err); err != nil {
			return err
		}
		return f.blockAlone()
	}
	if f.opts.Block == nil || !p.place.visible {
		return nil
	}
	page := p.place.number + 1
	form, err := drawBlock(f.doc, f.catalog, f.opts.Block.At(f.now), p.place.shown.Width, p.place.shown.Height)
	if err != nil {
		if err := f.stopOn(err, page); err != nil {
			return err
		}
	} else {
		f.pictures(form, page)
	}
	if err := f.overSignature(p.place); err != nil {
		return err
	}
	under, err := textUnder(f.doc, p.place, []pdf.Rect{p.place.tag})
	if err != nil {
		return f.stopOn(err, page)
	}
	if under != "" {
		f.warn(FindingOverText, page, fmt.Sprintf("%d characters", len([]rune(under))))
	}
	return nil
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
	f.pictures(form, 0)
	return nil
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

// overSignature looks for the visible signatures below the block.
func (f *preflight) overSignature(pl *place) error {
	for _, s := range f.form.signed() {
		other, err := fieldPlace(f.doc, s)
		if errors.Is(err, ErrField) {
			continue // on no page
		}
		if err != nil {
			return f.stop(err)
		}
		if other.visible && other.number == pl.number && other.shown.overlaps(pl.shown) {
			f.warn(FindingOverSignature, pl.number+1, "")
			return nil
		}
	}
	return nil
}

// closing looks at how the document had to be read.
func (f *preflight) closing(io.ReaderAt, int64) error {
	if f.doc == nil {
		return nil
	}
	for i, r := range f.doc.Repairs() {
		if i == maxRepairFindings {
			break
		}
		f.warn(FindingRepaired, 0, r.String())
	}
	if err := oneReading(f.doc); err != nil {
		return f.stop(err)
	}
	return nil
}

// maxRepairFindings bounds the findings about one document.
const maxRepairFindings = 20
