package signing

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// ExtendOptions says which signature is raised to B-LT.
type ExtendOptions struct {
	// Field is the name of the signature's field. Empty: the document's only
	// signature; with several, [ErrNoSignature].
	Field string

	// Evidence is where the material comes from. Required.
	Evidence *Evidence

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret

	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// Extend raises an existing signature of level B-T to B-LT: it copies the
// document and appends the validation material. No signature is changed and no
// key is needed. A signature without time-stamp is [ErrNoTimestamp]; evidence
// that cannot be had is [ErrEvidence], a revoked certificate [ErrRevoked].
//
// It does not judge the signature: verify first. The receipt's Certificate is
// the one named in the message.
func Extend(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts ExtendOptions) (Receipt, error) {
	if opts.Evidence == nil {
		return Receipt{}, errors.New("signing: no evidence source")
	}
	if err := opts.Evidence.check(); err != nil {
		return Receipt{}, err
	}
	password := opts.Password.Reveal()
	defer clear(password)
	doc, err := pdf.Open(src, size, pdf.Options{Password: password})
	if err != nil {
		return Receipt{}, fromPDF(err)
	}
	field, message, contents, err := findSignature(doc, opts.Field)
	if err != nil {
		return Receipt{}, err
	}
	now := opts.Now
	if now == nil {
		now = time.Now
	}
	m, err := (&gatherer{Evidence: opts.Evidence, now: now}).run(ctx, message)
	if err != nil {
		return Receipt{}, err
	}
	update, err := writeDSS(doc, m, contents)
	if err != nil {
		return Receipt{}, err
	}
	if err := oneReading(doc); err != nil {
		return Receipt{}, err
	}
	return extended(ctx, dst, src, doc, field, message, update)
}

// extended writes the result and its receipt.
func extended(ctx context.Context, dst io.Writer, src io.ReaderAt, doc *pdf.Document, field string, message, update []byte) (Receipt, error) {
	sd, err := cms.Parse(message)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrNoSignature, err)
	}
	r := Receipt{Field: field, Certificate: sd.Certificate(sd.SignerInfos[0]), Level: LevelBLT,
		TimeSource: TimeAuthority, InputSize: doc.Size()}
	token, err := cms.Parse(sd.SignerInfos[0].Timestamps()[0])
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	info, err := cms.ParseTSTInfo(token.Content)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	r.Time = info.Time
	for _, rep := range doc.Repairs() {
		r.Repairs = append(r.Repairs, rep.String())
	}
	out := newStream(dst, crypto.SHA256)
	if r.InputSHA256, err = out.copy(ctx, src, doc.Size()); err != nil {
		return Receipt{}, err
	}
	if err := out.append(update); err != nil {
		return Receipt{}, err
	}
	r.OutputSHA256, r.OutputSize = out.sum(), doc.Size()+int64(len(update))
	return r, nil
}

// findSignature gives the message of a signed field, and its Contents with
// the padding.
func findSignature(doc *pdf.Document, name string) (field string, message, contents []byte, err error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return "", nil, nil, fromPDF(err)
	}
	f, err := readForm(doc, catalog)
	if err != nil {
		return "", nil, nil, fromPDF(err)
	}
	if err := unrepaired(doc, f); err != nil {
		return "", nil, nil, err
	}
	var found []*sigField
	for _, s := range f.signed() {
		if name == "" || s.name == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return "", nil, nil, fmt.Errorf("%w: %d signatures match", ErrNoSignature, len(found))
	}
	// Contents is never encrypted, so its raw bytes are the ones wanted.
	sig := found[0].value
	if ref := found[0].where; !ref.IsZero() {
		o, err := doc.GetRaw(ref)
		if err != nil {
			return "", nil, nil, fromPDF(err)
		}
		sig, _ = o.(pdf.Dict)
	}
	s, ok := sig["Contents"].(pdf.String)
	if !ok {
		return "", nil, nil, fmt.Errorf("%w: signature without Contents", ErrNoSignature)
	}
	message, rest, err := cms.Cut(s.Bytes)
	if err != nil || !cms.IsPadding(rest) {
		return "", nil, nil, fmt.Errorf("%w: Contents is not one message", ErrNoSignature)
	}
	return found[0].name, message, s.Bytes, nil
}
