package signing

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/passphrase"
)

// LetterOptions says how a letter is prepared. There must be something to do.
type LetterOptions struct {
	// Roles are the signers whose blocks show, in the order of signing. Signing
	// does not hold them to it: any role can sign first, and whoever passes the
	// letter on sees to the order. Whether it was kept, JudgeLetter of package
	// verify tells.
	Roles []LetterRole

	// Footer is drawn. Nil: none.
	Footer *PageFooter

	// KeepTags leaves the anchor tags visible. By default each is covered in
	// white; its text can still be found.
	KeepTags bool

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret
}

// LetterRole is one signer's place in a letter.
type LetterRole struct {
	// Role names the signer's part, such as "camat". Required, each once.
	Role string

	// Placement says where the block goes, most often by an anchor tag with a
	// size. With AllTags the role gets a place for each tag: one signature
	// shows at one place, so that the signer signs as often.
	Placement Placement
}

// PrepareLetter writes a letter to dst with everything that must be done before
// the first signature: anchor tags found and covered, the footer drawn, in one
// incremental update. The layout says where each signer's block goes; nothing
// that looks signed is drawn yet. Initials (paraf) are invisible signatures and
// need no place.
//
// A document that carries a signature is [ErrSigned]. Tags that are missing or
// ambiguous, blocks that would leave the page ([ErrOutsidePage]) or stand on
// each other ([ErrOverlap]), a footer over text ([ErrOverText]) or on a page that
// has its words already ([ErrFooterTwice]) are refused, all of them at once, before the first byte is written.
func PrepareLetter(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opts LetterOptions) (Layout, error) {
	if err := opts.check(); err != nil {
		return Layout{}, err
	}
	l, err := openLetter(src, size, opts.Password)
	if err != nil {
		return Layout{}, err
	}
	layout, err := l.lay(opts)
	if err != nil {
		return Layout{}, err
	}
	layout.SHA256, layout.Size, err = l.write(ctx, dst, src)
	return layout, err
}

// maxRoles bounds the signers of a letter: its text is searched for each.
const maxRoles = 100

func (o *LetterOptions) check() error {
	if len(o.Roles) == 0 && o.Footer == nil {
		return fmt.Errorf("%w: nothing to prepare in the letter", ErrConfig)
	}
	if len(o.Roles) > maxRoles {
		return fmt.Errorf("%w: %d roles", ErrLimit, len(o.Roles))
	}
	seen := map[string]bool{}
	for _, r := range o.Roles {
		p := r.Placement
		if p.Which == AllTags && p.Anchor != "" {
			p.Which = OnlyTag
		}
		switch {
		case r.Role == "" || len(r.Role) > maxText || seen[r.Role]:
			return fmt.Errorf("%w: role %.80q is empty, too long or there twice", ErrPlacement, r.Role)
		case p.invisible():
			return fmt.Errorf("%w: role %.80q has no place to show at", ErrPlacement, r.Role)
		}
		if err := p.check(true); err != nil {
			return within(fmt.Sprintf("role %.80q", r.Role), err)
		}
		seen[r.Role] = true
	}
	return nil
}

// lay finds every place, notes what is to be drawn, and reports all that is
// wrong.
func (l *letter) lay(opts LetterOptions) (Layout, error) {
	var layout Layout
	var faults []error
	for _, r := range opts.Roles {
		places, err := l.find(r.Placement)
		if err != nil {
			faults = append(faults, within(fmt.Sprintf("role %.80q", r.Role), err))
			continue
		}
		for _, pl := range places {
			p := LayoutPlace{Role: r.Role, Anchor: r.Placement.Anchor, Page: pl.number + 1, Rect: pl.shown.rounded()}
			for _, other := range layout.Places {
				if other.Page == p.Page && other.Rect.overlaps(p.Rect) {
					faults = append(faults, fmt.Errorf("%w: %.80q and %.80q on page %d", ErrOverlap, other.Role, p.Role, p.Page))
					break
				}
			}
			layout.Places = append(layout.Places, p)
			if p.Anchor != "" && !opts.KeepTags {
				s := l.sheet(pl)
				s.tags = append(s.tags, pl.tag)
			}
		}
	}
	if len(layout.Places) > maxLayoutPlaces {
		return layout, fmt.Errorf("%w: %d places", ErrLimit, len(layout.Places))
	}
	if opts.Footer != nil {
		if err := l.addFooter(*opts.Footer, layout.Places); err != nil {
			faults = append(faults, err)
		}
	}
	return layout, errors.Join(faults...)
}

// find gives the places of a role, each wholly on its page.
func (l *letter) find(p Placement) ([]*place, error) {
	if p.Anchor == "" {
		pl, err := findPlace(l.doc, p)
		return []*place{pl}, err
	}
	places, err := findAnchors(l.doc, p)
	if err != nil {
		return nil, err
	}
	for _, pl := range places {
		if err := pl.fit(); err != nil {
			return nil, err
		}
	}
	return places, nil
}
