package signertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// sign signs one document and holds the receipt against both files.
func (s Subject) sign(ctx context.Context, in []byte, req signing.Request) ([]byte, signing.Receipt, error) {
	req.Credential = s.Right
	return s.signAs(ctx, in, req)
}

func (s Subject) signAs(ctx context.Context, in []byte, req signing.Request) ([]byte, signing.Receipt, error) {
	var out bytes.Buffer
	r, err := s.Signer.SignDocument(ctx, &out, bytes.NewReader(in), int64(len(in)), req)
	if err != nil {
		return nil, r, fmt.Errorf("not signed: %w", err)
	}
	switch {
	case r.Outcome != signing.OutcomeSigned:
		return nil, r, fmt.Errorf("the receipt's outcome is %v", r.Outcome)
	case r.AttemptID == "":
		return nil, r, errors.New("the receipt does not name the attempt")
	case !bytes.HasPrefix(out.Bytes(), in):
		return nil, r, errors.New("the signed document does not begin with the original")
	case r.InputSHA256 != sha256.Sum256(in) || r.InputSize != int64(len(in)):
		return nil, r, errors.New("the receipt's input is not the document that was given")
	case r.OutputSHA256 != sha256.Sum256(out.Bytes()) || r.OutputSize != int64(out.Len()):
		return nil, r, errors.New("the receipt's output is not the document that was written")
	}
	return out.Bytes(), r, nil
}

// judge verifies a signed document and holds its newest signature, of so many,
// against the receipt.
func (s Subject) judge(ctx context.Context, out []byte, r signing.Receipt, signatures int) (*verify.Signature, error) {
	report, err := verify.Verify(ctx, bytes.NewReader(out), int64(len(out)), s.Verify)
	if err != nil {
		return nil, fmt.Errorf("the signed document cannot be judged: %w", err)
	}
	if len(report.Signatures) != signatures {
		return nil, fmt.Errorf("%d signatures in the document, want %d", len(report.Signatures), signatures)
	}
	for i := range report.Signatures {
		if err := sound(&report.Signatures[i]); err != nil {
			return nil, fmt.Errorf("signature %d of %d: %w", i+1, signatures, err)
		}
	}
	newest := &report.Signatures[signatures-1]
	return newest, s.compare(newest, r)
}

// sound reports what is wrong with a signature.
func sound(v *verify.Signature) error {
	later := v.Later == verify.ModificationNone || v.Later == verify.ModificationPermitted
	if v.Intact != verify.Yes || v.Valid != verify.Yes || v.Trusted != verify.Yes || !later {
		return fmt.Errorf("intact %v, valid %v, trusted %v, later changes %v: %v", v.Intact, v.Valid, v.Trusted, v.Later, v.Findings)
	}
	if v.SubFilter != "ETSI.CAdES.detached" {
		return fmt.Errorf("subfilter %q is not that of PAdES", v.SubFilter)
	}
	return nil
}

// levels are those of the verifier that a receipt's level stands for.
var levels = map[verify.Level]signing.Level{
	verify.LevelBB: signing.LevelBB, verify.LevelBT: signing.LevelBT,
	verify.LevelBLT: signing.LevelBLT, verify.LevelBLTA: signing.LevelBLTA,
}

func (s Subject) compare(v *verify.Signature, r signing.Receipt) error {
	level := levels[v.Level]
	switch {
	case r.Field != v.Field:
		return fmt.Errorf("the receipt's field is %q, the document's %q", r.Field, v.Field)
	case r.Certificate == nil || !r.Certificate.Equal(v.Signer.Certificate):
		return errors.New("the receipt's certificate is not the one in the signature")
	case s.Certificate != nil && !r.Certificate.Equal(s.Certificate):
		return errors.New("signed with another certificate")
	case r.Level != level:
		return fmt.Errorf("the receipt's level is %v, the document's %v", r.Level, level)
	case level < s.Level:
		return fmt.Errorf("level %v, want %v", level, s.Level)
	case level >= signing.LevelBT && r.TimeSource != signing.TimeAuthority:
		return errors.New("the receipt does not name the authority for a time that is proven")
	case r.TimeSource == signing.TimeUnknown || r.Time.IsZero():
		return errors.New("the receipt has no time")
	}
	return nil
}

// shows compares where a block shows with where it was asked for, within a
// point.
func shows(v *verify.Signature, r signing.Receipt, page int, want signing.Rect) error {
	if v.Place == nil {
		return errors.New("the signature is invisible")
	}
	if r.Page != page || v.Place.Page != page {
		return fmt.Errorf("it shows on page %d and the receipt says %d, want %d", v.Place.Page, r.Page, page)
	}
	at := [4]float64{want.X, want.Y, want.X + want.Width, want.Y + want.Height}
	said := [4]float64{r.Rect.X, r.Rect.Y, r.Rect.X + r.Rect.Width, r.Rect.Y + r.Rect.Height}
	for i := range at {
		if math.Abs(v.Place.Rect[i]-at[i]) > 1 || math.Abs(said[i]-at[i]) > 1 {
			return fmt.Errorf("it shows at %v and the receipt says %v, want %v", v.Place.Rect, r.Rect, want)
		}
	}
	return nil
}

// refused makes sure that a request fails with the error and that nothing was
// written.
func (s Subject) refused(ctx context.Context, in []byte, req signing.Request, want error) error {
	var out bytes.Buffer
	r, err := s.Signer.SignDocument(ctx, &out, bytes.NewReader(in), int64(len(in)), req)
	again := errors.Is(err, signing.ErrAlreadySigned)
	switch {
	case err == nil:
		return errors.New("it was signed")
	case r.AttemptID == "":
		return fmt.Errorf("the receipt does not name the attempt that failed: %w", err)
	case (r.Outcome == signing.OutcomeSigned) != again:
		return fmt.Errorf("the receipt says %v, the error %w", r.Outcome, err)
	case out.Len() > 0:
		return fmt.Errorf("%d bytes were written, and then: %w", out.Len(), err)
	case want != nil && !errors.Is(err, want):
		return fmt.Errorf("got the error %q, want one that matches %q", err, want)
	}
	return nil
}
