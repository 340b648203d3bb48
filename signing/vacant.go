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
	signed := byRef(p.form.signed())
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

// byRef are fields by their objects. One that stands directly in the form has none.
func byRef(fields []*sigField) map[pdf.Ref]*sigField {
	out := make(map[pdf.Ref]*sigField, len(fields))
	for _, s := range fields {
		if !s.ref.IsZero() {
			out[s.ref] = s
		}
	}
	return out
}

// fieldOf is the field that an annotation shows, of those given: itself, or the
// one above it, since a widget may be apart from its field. Else it is nil.
func fieldOf(annotation pdf.Object, dict pdf.Dict, fields map[pdf.Ref]*sigField) *sigField {
	ref, _ := annotation.(pdf.Ref)
	if s := fields[ref]; s != nil {
		return s
	}
	parent, _ := dict["Parent"].(pdf.Ref)
	return fields[parent]
}

// standing is the field and the rectangle of an annotation that shows an earlier
// signature; nil for any other.
func (p *plan) standing(a pdf.Object, signed map[pdf.Ref]*sigField) (*sigField, Rect, error) {
	dict, err := p.doc.Dict(a)
	if err != nil {
		return nil, Rect{}, unlessBroken(err)
	}
	s := fieldOf(a, dict, signed)
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
