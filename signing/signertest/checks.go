package signertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

const link = "https://surat.contoh.go.id/v/7f3a91"

// block is a visible block with a QR code.
func block() *appearance.Block {
	return &appearance.Block{
		Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "Kepala Dinas Contoh", Bold: true}},
		QR:    appearance.QR{Link: link},
	}
}

var place = signing.Rect{X: 60, Y: 100, Width: 220, Height: 100}

func invisible(ctx context.Context, s Subject) error {
	out, r, err := s.sign(ctx, document(1), signing.Request{Reason: "Menyetujui (uji)", Location: "Kota Contoh"})
	if err != nil {
		return err
	}
	v, err := s.judge(ctx, out, r, 1)
	switch {
	case err != nil:
		return err
	case v.Place != nil && v.Place.Rect[0] != v.Place.Rect[2] && v.Place.Rect[1] != v.Place.Rect[3]:
		return fmt.Errorf("it shows at %v", v.Place.Rect)
	case r.Rect.Width != 0 || r.Rect.Height != 0:
		return fmt.Errorf("the receipt says that it shows at %v", r.Rect)
	case v.Claims.Reason != "Menyetujui (uji)" || v.Claims.Location != "Kota Contoh":
		return fmt.Errorf("reason %q and location %q are not those that were asked for", v.Claims.Reason, v.Claims.Location)
	}
	return nil
}

func visible(ctx context.Context, s Subject) error {
	return s.showsAt(ctx, signing.Placement{Page: 1, Rect: place}, 1, place)
}

func lastPage(ctx context.Context, s Subject) error {
	want := signing.Rect{X: pageWidth - 40 - 200, Y: pageHeight - 30 - 80, Width: 200, Height: 80}
	return s.showsAt(ctx, signing.Placement{
		Page: signing.LastPage, Corner: signing.TopRight, Rect: signing.Rect{X: 40, Y: 30, Width: 200, Height: 80},
	}, 2, want)
}

func (s Subject) showsAt(ctx context.Context, p signing.Placement, page int, want signing.Rect) error {
	out, r, err := s.sign(ctx, document(1), signing.Request{Block: block(), Placement: p})
	if err != nil {
		return err
	}
	v, err := s.judge(ctx, out, r, 1)
	if err != nil {
		return err
	}
	return shows(v, r, page, want)
}

func anchored(ctx context.Context, s Subject) error {
	p := signing.Placement{Anchor: tag, Width: 200, Height: 80, Align: signing.AlignTopLeft}
	out, r, err := s.sign(ctx, document(1), signing.Request{Block: block(), Placement: p})
	if err != nil {
		return err
	}
	v, err := s.judge(ctx, out, r, 1)
	if err != nil {
		return err
	}
	// The upper left corner of a letter is its height above the base line,
	// which depends on the reader's idea of the font.
	top := r.Rect.Y + r.Rect.Height
	if top < tagY || top > tagY+14 {
		return fmt.Errorf("the block's upper side is at %.1f, the tag's base line at %d", top, tagY)
	}
	return shows(v, r, 2, signing.Rect{X: tagX, Y: r.Rect.Y, Width: 200, Height: 80})
}

// byRole signs by the role of a prepared letter, and the signed letter by
// another one.
func byRole(ctx context.Context, s Subject) error {
	var letter bytes.Buffer
	in := document(1)
	layout, err := signing.PrepareLetter(ctx, &letter, bytes.NewReader(in), int64(len(in)), signing.LetterOptions{Roles: []signing.LetterRole{
		{Role: "camat", Placement: signing.Placement{Anchor: tag, Width: 200, Height: 80}},
		{Role: "sekretaris", Placement: signing.Placement{Page: 1, Rect: place}},
	}})
	if err != nil {
		return err
	}
	doc := letter.Bytes()
	for i, at := range layout.Places {
		out, r, err := s.sign(ctx, doc, signing.Request{Block: block(), Layout: &layout, Role: at.Role})
		if err != nil {
			return err
		}
		v, err := s.judge(ctx, out, r, i+1)
		if err != nil {
			return err
		}
		if err := shows(v, r, at.Page, at.Rect); err != nil {
			return err
		}
		doc = out
	}
	for name, c := range map[string]struct {
		in   []byte
		req  signing.Request
		want error
	}{
		"a role that is not in the layout":    {letter.Bytes(), signing.Request{Layout: &layout, Role: "lurah"}, signing.ErrRole},
		"a letter that the layout is not for": {document(2), signing.Request{Layout: &layout, Role: "camat"}, signing.ErrWrongDocument},
		"a role and a place":                  {letter.Bytes(), signing.Request{Layout: &layout, Role: "camat", Placement: signing.Placement{Page: 1, Rect: place}}, signing.ErrPlacement},
		"a role that is signed already":       {doc, signing.Request{Layout: &layout, Role: layout.Places[0].Role}, signing.ErrPlaceSigned},
		"a role without a layout":             {letter.Bytes(), signing.Request{Role: "camat"}, signing.ErrPlacement},
	} {
		c.req.Block, c.req.Credential = block(), s.Wrong
		if err := s.refused(ctx, c.in, c.req, c.want); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func readable(ctx context.Context, s Subject) error {
	out, _, err := s.sign(ctx, document(1), signing.Request{Block: block(), Placement: signing.Placement{Page: 1, Rect: place}})
	if err != nil {
		return err
	}
	text, err := readQR(ctx, out, 1, place)
	if err == nil && text != link {
		err = fmt.Errorf("the QR code holds %q, want %q", text, link)
	}
	return err
}

func twice(ctx context.Context, s Subject) error {
	first, _, err := s.sign(ctx, document(1), signing.Request{Block: block(), Placement: signing.Placement{Page: 1, Rect: place}})
	if err != nil {
		return err
	}
	second, r, err := s.sign(ctx, first, signing.Request{Reason: "Paraf"})
	if err != nil {
		return fmt.Errorf("the second time: %w", err)
	}
	_, err = s.judge(ctx, second, r, 2)
	return err
}

func parallel(ctx context.Context, s Subject) error {
	const n = 4
	var wg sync.WaitGroup
	failed := make([]error, n)
	for i := range n {
		wg.Go(func() {
			out, r, err := s.sign(ctx, document(i), signing.Request{})
			if err == nil {
				_, err = s.judge(ctx, out, r, 1)
			}
			failed[i] = err
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

func wrongCredential(ctx context.Context, s Subject) error {
	in := document(1)
	if err := s.refused(ctx, in, signing.Request{Credential: s.Wrong}, signing.ErrCredential); err != nil {
		return err
	}
	_, err := s.Signer.SignDocument(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), signing.Request{Credential: s.Wrong})
	for _, secret := range []passphrase.Secret{s.Wrong.Passphrase, s.Wrong.OneTimeCode} {
		text := string(secret.Reveal())
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if text != "" && strings.Contains(fmt.Sprintf(verb, err), text) {
				return fmt.Errorf("the error holds the credential under %s", verb)
			}
		}
	}
	return nil
}

func noCredential(ctx context.Context, s Subject) error {
	return s.refused(ctx, document(1), signing.Request{}, nil)
}

func cancelled(ctx context.Context, s Subject) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return s.refused(ctx, document(1), signing.Request{Credential: s.Right}, context.Canceled)
}

// badDocument asks with the wrong credential: an error that tells of the
// document shows that the credential was not used.
func badDocument(ctx context.Context, s Subject) error {
	forbidden, err := certified(ctx)
	if err != nil {
		return err
	}
	whole := document(1)
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"an empty file", nil, nil},
		{"a file that is no PDF", []byte("Bukan berkas PDF, hanya teks.\n"), signing.ErrNotPDF},
		{"half a PDF", whole[:200], nil},
		{"a document whose certification forbids changes", forbidden, signing.ErrForbidden},
	} {
		err := s.refused(ctx, c.in, signing.Request{Credential: s.Wrong}, c.want)
		if err == nil {
			err = s.unused(ctx, c.in, signing.Request{Credential: s.Wrong})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// unused makes sure that a refusal is not one of the credential.
func (s Subject) unused(ctx context.Context, in []byte, req signing.Request) error {
	_, err := s.Signer.SignDocument(ctx, io.Discard, bytes.NewReader(in), int64(len(in)), req)
	if errors.Is(err, signing.ErrCredential) {
		return fmt.Errorf("the credential was used: %w", err)
	}
	return nil
}

func badPlacement(ctx context.Context, s Subject) error {
	at := func(page int, r signing.Rect) signing.Placement { return signing.Placement{Page: page, Rect: r} }
	for _, c := range []struct {
		name string
		p    signing.Placement
		want error
	}{
		{"a page that does not exist", at(3, place), signing.ErrNoPage},
		{"a block larger than the page", at(1, signing.Rect{Width: pageWidth + 50, Height: 100}), signing.ErrOutsidePage},
		{"a block half outside", at(1, signing.Rect{X: pageWidth - 50, Y: 10, Width: 220, Height: 100}), signing.ErrOutsidePage},
		{"a block larger than any page", at(1, signing.Rect{Width: 1e6, Height: 1e6}), signing.ErrPlacement},
		{"a block without height", at(1, signing.Rect{X: 10, Y: 10, Width: 100}), signing.ErrPlacement},
		{"a block too small for its text", at(1, signing.Rect{X: 10, Y: 10, Width: 12, Height: 4}), appearance.ErrTooSmall},
		{"a tag that is not there", signing.Placement{Anchor: "${tidak-ada}", Width: 200, Height: 80}, signing.ErrTagNotFound},
		{"a tag that is there twice", signing.Placement{Anchor: twiceTag, Width: 200, Height: 80}, signing.ErrTagAmbiguous},
	} {
		req := signing.Request{Credential: s.Wrong, Block: block(), Placement: c.p}
		if err := s.refused(ctx, document(1), req, c.want); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	nothing := signing.Request{Credential: s.Wrong, Placement: at(1, place)}
	if err := s.refused(ctx, document(1), nothing, signing.ErrPlacement); err != nil {
		return fmt.Errorf("a place with nothing to show: %w", err)
	}
	return nil
}

func optional(ctx context.Context, s Subject) error {
	capable, says := s.Signer.(signing.Capable)
	var can signing.Capabilities
	if says {
		can = capable.Capabilities()
	}
	for name, c := range map[string]struct {
		req signing.Request
		can bool
	}{
		"the field's name": {signing.Request{Field: "Persetujuan"}, can.Field},
		"a certification":  {signing.Request{Certify: signing.CertifyFormFilling}, can.Certify},
	} {
		req := c.req
		out, r, err := s.sign(ctx, document(1), req)
		var unsupported *signing.UnsupportedError
		if refused := errors.As(err, &unsupported); says && refused == c.can {
			return fmt.Errorf("%s: its capabilities say %t, and it answers %w", name, c.can, err)
		}
		if unsupported != nil {
			req.Credential = s.Wrong
			err = s.refused(ctx, document(1), req, nil)
			if err == nil {
				err = s.unused(ctx, document(1), req)
			}
		} else if err == nil {
			_, err = s.judge(ctx, out, r, 1)
			if err == nil && req.Field != "" && r.Field != req.Field {
				err = fmt.Errorf("the field is %q", r.Field)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func short(ctx context.Context, s Subject) error {
	in := document(1)
	_, err := s.Signer.SignDocument(ctx, io.Discard, bytes.NewReader(in), int64(len(in))+100, signing.Request{Credential: s.Right})
	if err == nil {
		return errors.New("it was signed")
	}
	return nil
}

var errFull = errors.New("signertest: the disk is full")

// full takes so many bytes and then fails.
type full struct{ left int }

func (w *full) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func brokenDestination(ctx context.Context, s Subject) error {
	in := document(1)
	for _, room := range []int{0, 100, len(in) + 100} {
		_, err := s.Signer.SignDocument(ctx, &full{room}, bytes.NewReader(append(in, fmt.Sprintf("%%%d\n", room)...)),
			int64(len(in)+len(fmt.Sprintf("%%%d\n", room))), signing.Request{Credential: s.Right})
		if !errors.Is(err, errFull) {
			return fmt.Errorf("after %d bytes: got the error %v, want that of the destination", room, err)
		}
	}
	return nil
}
