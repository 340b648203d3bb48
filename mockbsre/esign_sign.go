package mockbsre

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// Sizes of what real signatures hold: 16 KiB are reserved, of which a token
// takes the smaller part.
const (
	contentsSize = 16 << 10
	tokenSize    = 8 << 10
)

// signParts is what all signatures share.
type signParts struct {
	stamps   signing.Timestamper
	evidence *signing.Evidence
}

func (e *esign) newSignParts() (*signParts, error) {
	stamps, err := e.srv.Timestamper()
	if err != nil {
		return nil, err
	}
	parts := &signParts{stamps: stamps}
	if e.cfg.Level == signing.LevelBLT {
		parts.evidence, err = e.srv.Evidence()
	}
	return parts, err
}

// document is a file to be signed, and how.
type document struct {
	data                      []byte
	password                  passphrase.Secret
	reason, location, contact string
	visible                   *visible // nil for an invisible signature
}

// visible says where a signature shows, in a version's own terms.
type visible struct {
	page int // from 1, or signing.LastPage
	tag  string
	// place gives the rectangle on a page of so many points; of an anchor tag
	// its size alone counts.
	place func(pageWidth, pageHeight float64) signing.Rect
	// picture draws into a size, nil for the signer's name in words.
	picture func(width, height float64) ([]byte, error)
}

// errInput means that a request cannot be used.
var errInput = errors.New("mockbsre: unusable input")

// signAll signs the documents of one request, all or none.
func (e *esign) signAll(ctx context.Context, c *call, person found, factor certificate.Factor, docs []document) ([]signedFile, *reply) {
	person, err := e.revoked(ctx, c, person)
	if err != nil {
		refusal := e.springError(http.StatusInternalServerError, c.Request)
		return nil, &refusal
	}
	if person.Status != certificate.StatusIssue {
		refusal := e.refuseStatus(person.Status)
		return nil, &refusal
	}
	if !factor.OneTimeCode.IsZero() {
		// A code that works for fewer files is left as it is.
		if code, ok := e.codes.live(person.Person); ok && code.files < len(docs) {
			refusal := e.wrongCredential(factor)
			return nil, &refusal
		}
	}
	var files []signedFile
	var made []MadeSignature
	for _, d := range docs {
		signed, receipt, err := e.signOne(ctx, c, person.Person, factor, d)
		if err != nil {
			refusal := e.signError(c, factor, err)
			return nil, &refusal
		}
		files = append(files, signed)
		made = append(made, MadeSignature{
			At: e.srv.Clock.Now(), Operation: c.operation, Person: person.Person, Field: receipt.Field,
			InputSHA256: sha256.Sum256(d.data), OutputSHA256: receipt.OutputSHA256,
		})
	}
	e.recordSignatures(made)
	return files, nil
}

// signOne opens the signer's key and signs.
func (e *esign) signOne(ctx context.Context, c *call, person certificate.PersonID, factor certificate.Factor, d document) (signed signedFile, r signing.Receipt, err error) {
	key, err := e.srv.KeySource(person).Open(ctx, signing.Credential{
		Passphrase: factor.Passphrase, OneTimeCode: factor.OneTimeCode,
	})
	if err != nil {
		return signed, r, err
	}
	defer func() { err = errors.Join(err, key.Close()) }()
	return e.signWith(ctx, c, key, d, signing.NoCertification)
}

// signWith signs with an open key.
func (e *esign) signWith(ctx context.Context, c *call, key *signing.Key, d document, certify signing.Certification) (signedFile, signing.Receipt, error) {
	parts, err := e.signer()
	if err != nil {
		return signedFile{}, signing.Receipt{}, err
	}
	opts := signing.Options{
		Key: key, Reason: d.reason, Location: d.location, ContactInfo: d.contact, Password: d.password,
		Timestamper: parts.stamps, TimestampSize: tokenSize, Evidence: parts.evidence, Reserve: contentsSize,
		Zone: local, Certify: certify, Now: c.now(e.srv.Clock),
	}
	if c.skewed() {
		opts.Evidence = nil
	}
	if d.visible != nil {
		if err := e.show(d, key.Certificate.Subject.CommonName, &opts); err != nil {
			return signedFile{}, signing.Receipt{}, err
		}
	}
	for try := 1; ; try++ {
		opts.Field = e.fieldName()
		file, r, err := e.signInField(ctx, d, opts)
		if errors.Is(err, signing.ErrField) && try < 100 {
			continue // an earlier fake used the name
		}
		return file, r, err
	}
}

// signInField signs in a new field, which gets an update of its own first.
func (e *esign) signInField(ctx context.Context, d document, opts signing.Options) (signedFile, signing.Receipt, error) {
	file := signedFile{sent: d.data}
	if e.on(QuirkEmptyField) {
		field := behind{skip: len(d.data)}
		if _, err := signing.AddField(ctx, &field, bytes.NewReader(d.data), int64(len(d.data)), signing.FieldOptions{
			Field: opts.Field, Placement: opts.Placement, Password: d.password,
		}); err != nil {
			return file, signing.Receipt{}, err
		}
		file.added, opts.Placement = field.kept, signing.Placement{}
	}
	out := behind{skip: file.size()}
	r, err := signing.Sign(ctx, &out, file, int64(file.size()), opts)
	file.added = append(file.added, out.kept...)
	return file, r, err
}

// fieldName is bcs_ecs_ and the time in milliseconds, as real output has it.
// The fake's clock may stand still, so each name is later than the one before.
func (e *esign) fieldName() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fieldClock = max(e.fieldClock+1, e.srv.Clock.Now().UnixMilli())
	return "bcs_ecs_" + strconv.FormatInt(e.fieldClock, 10)
}

// show turns a version's placement into options.
func (e *esign) show(d document, signer string, opts *signing.Options) error {
	v := d.visible
	var rect signing.Rect
	if v.tag != "" {
		if e.on(QuirkTagOneCharacter) && utf8.RuneCountInString(v.tag) > 1 {
			return errInput
		}
		rect = v.place(0, 0)
		opts.Placement = signing.Placement{Anchor: v.tag, Which: signing.FirstTag, Width: rect.Width, Height: rect.Height}
		if e.on(QuirkTagLast) {
			opts.Placement.Which = signing.LastTag
		}
		if e.on(QuirkTagCentred) {
			opts.Placement.Align = signing.AlignCenter
		}
	} else {
		w, h, err := signing.PageSize(bytes.NewReader(d.data), int64(len(d.data)), d.password, v.page)
		if err != nil {
			return err
		}
		rect = v.place(w, h)
		opts.Placement = signing.Placement{Page: v.page, Rect: rect}
	}
	if !(rect.Width > 0 && rect.Height > 0) {
		return errInput
	}
	if v.picture == nil {
		opts.Block = &appearance.Block{Transparent: true, Lines: []appearance.Line{
			{Role: appearance.RoleIntro, Text: appearance.IntroLine}, {Role: appearance.RoleName, Text: signer},
		}}
		return nil
	}
	picture, err := v.picture(rect.Width, rect.Height)
	if err != nil {
		return err
	}
	opts.Block = &appearance.Block{Logo: picture, Transparent: true}
	return nil
}

// signError answers a signature that failed.
func (e *esign) signError(c *call, factor certificate.Factor, err error) reply {
	var transition *certificate.TransitionError
	switch {
	case errors.Is(err, certificate.ErrWrongFactor), errors.Is(err, signing.ErrCredential):
		return e.wrongCredential(factor)
	case errors.As(err, &transition):
		return e.refuseStatus(transition.From)
	}
	e.srv.cfg.Logger.Info("esign: not signed", "error", err)
	return e.badInput(c)
}

// wrongCredential is the answer to a passphrase or code that does not work. That
// to a code is an inference.
func (e *esign) wrongCredential(factor certificate.Factor) reply {
	if factor.Passphrase.IsZero() && !factor.OneTimeCode.IsZero() {
		return e.refuse(http.StatusBadRequest, codeWrongPassphrase, "TOTP anda salah")
	}
	return e.refuse(http.StatusBadRequest, codeWrongPassphrase, textWrongPassphrase)
}
