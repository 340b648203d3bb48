package esign

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/verify"
)

// Cause is something about a document that may have made the service fail.
type Cause string

// The causes.
const (
	CauseRepaired  Cause = "repaired"  // the file's structure is not clean
	CauseEncrypted Cause = "encrypted" // the file is encrypted
	CauseLarge     Cause = "large"     // over 10 MiB
	CausePicture   Cause = "picture"   // the picture is over 1 MiB
	CauseSigned    Cause = "signed"    // earlier signatures make it slow
)

// Text says so to people.
func (c Cause) Text(lang Lang) string {
	for _, t := range causeTexts {
		if t.cause == c {
			if lang == passphrase.English {
				return t.en
			}
			return t.id
		}
	}
	return string(c)
}

var causeTexts = [...]struct {
	cause  Cause
	id, en string
}{
	{CauseRepaired, "Struktur berkas PDF tidak rapi.", "The PDF file's structure is not clean."},
	{CauseEncrypted, "Berkas PDF terenkripsi.", "The PDF file is encrypted."},
	{CauseLarge, "Ukuran berkas melebihi 10 MB.", "The file is larger than 10 MB."},
	{CausePicture, "Ukuran gambar melebihi 1 MB.", "The picture is larger than 1 MB."},
	{CauseSigned, "Dokumen sudah memuat tanda tangan lain.", "The document has other signatures."},
}

// job is one document on its way.
type job struct {
	id   string // of the attempt
	dst  io.Writer
	src  io.ReaderAt
	size int64
	req  Request

	// Known before anything leaves:
	digest  [32]byte
	place   *place         // nil for an invisible signature and with ServerTag
	picture []byte         // what is shown; nil with ServerQR
	before  *verify.Report // of the document as it is; nil when it cannot be judged
	causes  []Cause
	repairs []string

	result Result
	got    *received // what came; nil when nothing did
	came   bool      // it came to its end
	failed *Error    // why it was not signed; nil when it was
}

// preflight does everything that can refuse a document before the credential
// leaves.
func (c *Client) preflight(ctx context.Context, j *job) error {
	if err := j.req.check(c.cfg.Version); err != nil {
		return err
	}
	var err error
	switch {
	case j.src == nil || j.dst == nil || j.size <= 0:
		return local(CodeRequest, errors.New("source, its size and destination are needed"))
	case j.size > c.cfg.MaxDocument:
		return local(CodeTooLarge, fmt.Errorf("document of %d bytes, limit %d", j.size, c.cfg.MaxDocument))
	}
	if j.req.Placement, err = j.req.Place(ctx, j.src, j.size); err != nil {
		return unfit(err)
	}
	if err := j.req.checkShown(); err != nil {
		return err
	}
	if err := c.fit(ctx, j); err != nil {
		return err
	}
	if err := j.drawn(c.cfg.Profile.PictureDPI); err != nil {
		return err
	}
	if j.digest, err = digestOf(ctx, j.src, j.size); err != nil {
		return asError(err, CodeDocument, OutcomeRefused)
	}
	// A document that cannot be judged, such as an encrypted one, can be
	// signed all the same: the answer then has the doubt.
	j.before, err = c.judge(ctx, j.src, j.size)
	if ctx.Err() != nil {
		return local(CodeCanceled, ctx.Err())
	}
	if err == nil && len(j.before.Signatures) > 0 {
		j.causes = append(j.causes, CauseSigned)
	}
	return nil
}

// fit asks package signing whether the document can be signed, and where the
// block would stand: all that our own signer refuses is refused here.
func (c *Client) fit(ctx context.Context, j *job) error {
	opts := signing.Options{
		Block: j.req.stand(), Reason: j.req.Reason, Location: j.req.Location,
		Password: j.req.DocumentPassword, Reserve: 1024, Now: c.cfg.Now,
	}
	if j.req.ServerTag == "" {
		opts.Placement = j.req.Placement
	} else {
		opts.Block = nil
	}
	p, err := signing.Prepare(ctx, j.src, j.size, opts)
	if err != nil {
		return unfit(err)
	}
	password := j.req.DocumentPassword.Reveal()
	defer clear(password)
	doc, err := openPDF(j.src, j.size, password)
	if err != nil {
		return unfit(err)
	}
	if j.req.visible() && j.req.ServerTag == "" {
		page, rect := p.Place()
		at, err := findPlace(doc, page, rect)
		if err != nil {
			return err
		}
		j.place = &at
	}
	for _, r := range doc.Repairs() {
		j.repairs = append(j.repairs, r.String())
	}
	if len(j.repairs) > 0 {
		j.causes = append(j.causes, CauseRepaired)
	}
	if _, encrypted := doc.Encryption(); encrypted {
		j.causes = append(j.causes, CauseEncrypted)
	}
	if j.size > 10<<20 {
		j.causes = append(j.causes, CauseLarge)
	}
	return nil
}

// unfit tells refusals of the place from those of the document.
func unfit(err error) *Error {
	var unsupported *signing.UnsupportedError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return local(CodeCanceled, err)
	case errors.As(err, &unsupported):
		return local(CodeUnsupported, err)
	}
	var character *appearance.CharacterError
	if errors.As(err, &character) {
		return local(CodePlacement, err)
	}
	for _, p := range []error{
		signing.ErrPlacement, signing.ErrNoPage, signing.ErrOutsidePage, signing.ErrTagNotFound, signing.ErrTagAmbiguous,
		signing.ErrRole, signing.ErrOverlap,
		appearance.ErrTooSmall, appearance.ErrEmpty, appearance.ErrTooLong, appearance.ErrLink, appearance.ErrLevel, appearance.ErrLogo,
	} {
		if errors.Is(err, p) {
			return local(CodePlacement, err)
		}
	}
	return local(CodeDocument, err)
}

// drawn makes the picture that is shown.
func (j *job) drawn(dpi float64) error {
	j.picture = j.req.Picture
	if j.req.Block != nil {
		w, h := j.req.Placement.Width, j.req.Placement.Height
		if j.place != nil {
			w, h = j.place.rect.Width, j.place.rect.Height
		}
		var err error
		if j.picture, err = j.req.Block.PNG(w, h, dpi); err != nil {
			return local(CodePlacement, err)
		}
		if len(j.picture) > maxPicture {
			return local(CodeTooLarge, fmt.Errorf("picture of %d bytes", len(j.picture)))
		}
	}
	if len(j.picture) > 1<<20 {
		j.causes = append(j.causes, CausePicture)
	}
	return nil
}

// digestOf is the SHA-256 of a document.
func digestOf(ctx context.Context, src io.ReaderAt, size int64) (sum [32]byte, err error) {
	h := sha256.New()
	if err := copyAll(ctx, h, src, size); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}

// copyAll writes the size bytes of a document, and takes one that ends earlier
// for an error.
func copyAll(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64) error {
	r := exactly(src, size)
	buf := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			return local(CodeCanceled, err)
		}
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := dst.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read document: %w", err)
		}
	}
}
