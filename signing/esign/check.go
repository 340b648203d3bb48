package esign

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// evidence is what a signer can be confirmed by.
type evidence struct {
	certificate [32]byte // SHA-256; zero when unknown
	name        identity.Name
}

// judge looks at a document's signatures. Nothing is fetched: whether a
// certificate was revoked is a matter for whoever verifies the letter.
func (c *Client) judge(ctx context.Context, src io.ReaderAt, size int64) (*verify.Report, error) {
	roots := c.cfg.Roots
	if roots == nil {
		roots = noRoots
	}
	return verify.Verify(ctx, src, size, verify.Options{Roots: roots, InsecureSkipRevocation: true, Now: c.cfg.Now})
}

// check holds what came back against what was sent. Errors are what makes it
// useless, doubts go into the result.
func (c *Client) check(ctx context.Context, j *job, expected evidence) *Error {
	if len(j.got.tail) == 0 {
		return newError(CodeNotSigned, OutcomeUnknown, errors.New("the document came back as it was sent"))
	}
	src, size := j.got.document()
	after, err := c.judge(ctx, src, size)
	switch {
	case err != nil && j.before == nil:
		j.result.Doubt(DoubtUnchecked)
		return nil
	case err != nil:
		return newError(CodeNotSigned, OutcomeUnknown, err)
	case j.before == nil:
		return newError(CodeNotSigned, OutcomeUnknown, errors.New("the structure of the answer is another one"))
	}
	if err := j.earlierStand(after); err != nil {
		return err
	}
	s, err := j.newest(after)
	if err != nil {
		return newError(CodeNotSigned, OutcomeUnknown, err)
	}
	if err := j.confirm(s, expected); err != nil {
		return err
	}
	if len(j.before.Signatures) == 0 && j.replaced(src, size) {
		j.result.Doubt(DoubtChanges)
	}
	if c.cfg.Roots != nil && s.Trusted != verify.Yes {
		j.result.Doubt(DoubtUntrusted)
	}
	if !j.shows(s.Place) {
		j.result.Doubt(DoubtPlace)
	}
	j.receipt(s)
	return nil
}

// same reports whether two judgments are of one signature.
func same(a, b *verify.Signature) bool {
	return a.Field == b.Field && a.Object == b.Object && a.Revision == b.Revision
}

func find(r *verify.Report, s *verify.Signature) *verify.Signature {
	for i := range r.Signatures {
		if same(&r.Signatures[i], s) {
			return &r.Signatures[i]
		}
	}
	return nil
}

// earlierStand compares every earlier signature with what it was before.
func (j *job) earlierStand(after *verify.Report) *Error {
	for i := range j.before.Signatures {
		was := &j.before.Signatures[i]
		now := find(after, was)
		switch {
		case now == nil:
			return newError(CodeEarlierSignature, OutcomeUnknown, errors.New("an earlier signature is gone"))
		case was.Intact == verify.Yes && now.Intact != verify.Yes,
			was.Later != verify.ModificationFound && now.Later == verify.ModificationFound:
			return newError(CodeEarlierSignature, OutcomeUnknown, errors.New("an earlier signature does not permit what was changed"))
		case was.Later != verify.ModificationUnknown && now.Later == verify.ModificationUnknown:
			j.result.Doubt(DoubtChanges)
		}
	}
	return nil
}

// newest finds the signature that was not there before. It must be intact and
// cover all that was sent.
func (j *job) newest(after *verify.Report) (*verify.Signature, error) {
	var found *verify.Signature
	for i := range after.Signatures {
		s := &after.Signatures[i]
		if s.Kind == verify.DocumentTimestamp || find(j.before, s) != nil {
			continue
		}
		if s.Intact != verify.Yes || s.Revision == 0 || after.Document.Revisions[s.Revision-1].End <= j.size {
			continue
		}
		if found != nil {
			j.result.Doubt(DoubtSeveral)
		}
		found = s
	}
	if found == nil {
		return nil, errors.New("there is no intact new signature")
	}
	if found.Valid != verify.Yes {
		j.result.Doubt(DoubtUnclear)
	}
	if found.Later != verify.ModificationNone && found.Later != verify.ModificationPermitted {
		j.result.Doubt(DoubtChanges)
	}
	return found, nil
}

// replaced reports whether the answer may show something else than was sent.
func (j *job) replaced(src io.ReaderAt, size int64) bool {
	before, err := openPDF(j.src, j.size, nil)
	if err != nil {
		return true
	}
	after, err := openPDF(src, size, nil)
	return err != nil || unchanged(before, after) != nil
}

// confirm decides whether it was the signer, by the strongest evidence there
// is. A name alone confirms nobody and refuses nobody: many people share one,
// and registers spell differently.
func (j *job) confirm(s *verify.Signature, expected evidence) *Error {
	if s.Signer == nil || s.Signer.Certificate == nil {
		return newError(CodeNotSigned, OutcomeUnknown, errors.New("the signature has no certificate"))
	}
	j.result.Certificate = s.Signer.Certificate
	if expected.certificate != ([32]byte{}) {
		if sha256.Sum256(s.Signer.Certificate.Raw) != expected.certificate {
			return newError(CodeOtherSigner, OutcomeUnknown, nil)
		}
		j.result.SignerConfirmed = true
		return nil
	}
	if !expected.name.IsZero() {
		name, err := identity.ParseName(s.Signer.CommonName)
		if err != nil || !name.SamePerson(expected.name) {
			j.result.Doubt(DoubtName)
		}
	}
	return nil
}

// shows reports whether the signature stands where it was asked for. Where the
// box looked for a tag itself there is nothing to compare.
func (j *job) shows(at *verify.Place) bool {
	if j.req.ServerTag != "" {
		return at != nil
	}
	if j.place == nil || at == nil {
		return j.place == nil && (at == nil || at.Rect[0] == at.Rect[2] || at.Rect[1] == at.Rect[3])
	}
	const slack = 1 // point: boxes round
	r := j.place.rect
	for i, want := range [4]float64{r.X, r.Y, r.X + r.Width, r.Y + r.Height} {
		if !(math.Abs(at.Rect[i]-want) <= slack) {
			return false
		}
	}
	return at.Page == j.place.page
}

// receipt takes over what the judgment says.
func (j *job) receipt(s *verify.Signature) {
	r := &j.result.Receipt
	r.Field, r.Page = s.Field, 1
	if s.Place != nil {
		p := s.Place.Rect
		r.Page, r.Rect = s.Place.Page, signing.Rect{X: p[0], Y: p[1], Width: p[2] - p[0], Height: p[3] - p[1]}
	}
	switch s.Level {
	case verify.LevelBB:
		r.Level = signing.LevelBB
	case verify.LevelBT:
		r.Level = signing.LevelBT
	case verify.LevelBLT:
		r.Level = signing.LevelBLT
	case verify.LevelBLTA:
		r.Level = signing.LevelBLTA
	}
	switch {
	case !s.Time.Proven.IsZero():
		r.Time, r.TimeSource = s.Time.Proven, signing.TimeAuthority
	case !s.Claims.Time.IsZero():
		r.Time, r.TimeSource = s.Claims.Time, signing.TimeClaimed
	}
}
