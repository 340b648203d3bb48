package signing

import (
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// ErrPlaceSigned is an [ErrOverlap]: a signature stands already at a place that
// is to be signed once, see [Placement.Vacant].
var ErrPlaceSigned = fmt.Errorf("%w: the place is signed already", ErrOverlap)

// vacant refuses a place that is to be signed once and on which an earlier
// signature stands.
func (p *plan) vacant() error {
	if !p.opts.Placement.Vacant || !p.place.visible {
		return nil
	}
	signed := map[pdf.Ref]*sigField{}
	for _, s := range p.form.signed() {
		if !s.ref.IsZero() {
			signed[s.ref] = s
		}
	}
	if len(signed) == 0 {
		return nil
	}
	list, err := p.doc.Array(p.place.page.Dict["Annots"])
	if err != nil {
		return fromPDF(err)
	}
	for _, a := range list {
		s, rect, err := p.standing(a, signed)
		if err != nil {
			return err
		}
		if s != nil && rect.fills(p.place.shown) {
			return onPages(fmt.Errorf("%w: by field %.80q on page %d", ErrPlaceSigned, s.name, p.place.number+1), p.place.number+1)
		}
	}
	return nil
}

// standing is the field and the rectangle of an annotation that shows an earlier
// signature; nil for any other. A widget may be apart from its field.
func (p *plan) standing(a pdf.Object, signed map[pdf.Ref]*sigField) (*sigField, Rect, error) {
	dict, err := p.doc.Dict(a)
	if err != nil {
		return nil, Rect{}, unlessBroken(err)
	}
	ref, _ := a.(pdf.Ref)
	parent, _ := dict["Parent"].(pdf.Ref)
	s := signed[ref]
	if s == nil {
		s = signed[parent]
	}
	flags, _ := dict.Int("F")
	if s == nil || flags&unseen != 0 {
		return nil, Rect{}, nil
	}
	rect, area, err := p.doc.ReadRect(dict["Rect"])
	if err != nil {
		return nil, Rect{}, unlessBroken(err)
	}
	if !area {
		return nil, Rect{}, nil
	}
	return s, toShown(p.place.page, rect), nil
}

// fills reports whether a rectangle takes half of a place or more. Less is that
// of a neighbour whose signer rounded its corners.
func (r Rect) fills(place Rect) bool {
	w := min(r.X+r.Width, place.X+place.Width) - max(r.X, place.X)
	h := min(r.Y+r.Height, place.Y+place.Height) - max(r.Y, place.Y)
	return w > 0 && h > 0 && 2*w*h >= place.Width*place.Height
}
