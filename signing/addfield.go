package signing

import (
	"context"
	"crypto"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// FieldOptions says what empty signature field is added.
type FieldOptions struct {
	// Field names it. A name that the form has is [ErrField]. Empty: made up.
	Field string

	// Placement says where a signature in it shows. The zero value is an
	// invisible one.
	Placement Placement

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret
}

// AddField copies the document and appends an empty signature field, to be
// signed by its name ([Options].Field), here or by another program (ISO
// 32000-2, 12.7.5.5). It returns the name. Like a signature it is refused
// where an earlier one forbids it ([ErrForbidden]).
func AddField(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts FieldOptions) (name string, err error) {
	if len(opts.Field) > maxText {
		return "", fmt.Errorf("%w: field name of %d bytes", ErrLimit, len(opts.Field))
	}
	if err := opts.Placement.check(true); err != nil {
		return "", err
	}
	p, err := newPlan(src, size, Options{
		Key: &Key{}, Field: opts.Field, Placement: opts.Placement, Password: opts.Password,
	})
	if err != nil {
		return "", err
	}
	if p.field != nil {
		return "", fmt.Errorf("%w: %.80q exists already", ErrField, p.name)
	}
	update, err := p.emptyField()
	if err != nil {
		return "", err
	}
	out := newStream(dst, crypto.SHA256)
	if _, err := out.copy(ctx, src, size); err != nil {
		return "", err
	}
	return p.name, out.append(update)
}

// emptyField writes the update.
func (p *plan) emptyField() ([]byte, error) {
	u := p.doc.NewUpdate()
	catalog := p.catalog.Clone()
	if err := p.newField(u, catalog, pdf.Ref{}); err != nil {
		return nil, err
	}
	if !pdf.Equal(catalog, p.catalog) {
		u.Set(p.catalogRef, catalog)
	}
	built, err := u.Build()
	if err != nil {
		return nil, fromPDF(err)
	}
	return built.Bytes, oneReading(p.doc)
}
