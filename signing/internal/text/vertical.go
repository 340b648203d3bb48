package text

import "github.com/sertel-id/sertel/signing/internal/pdf"

// hanging is how a glyph stands in vertical writing, in thousandths of an em:
// the vector from its origin on the baseline to the one at its top, from which it
// hangs, and how far the next one is, negative as it goes down (9.7.4.3).
type hanging struct{ x, y, advance float64 }

// loadVertical reads DW2 and W2 of a font for vertical writing.
func (p *interpreter) loadVertical(f *font, cid pdf.Dict) error {
	f.hang = hanging{y: 880, advance: -1000}
	if !f.vertical {
		return nil
	}
	list, err := p.array(cid["DW2"])
	if err != nil {
		return err
	}
	if len(list) == 2 {
		y, isY, err := p.number(list[0])
		if err != nil {
			return err
		}
		advance, isAdvance, err := p.number(list[1])
		if err != nil {
			return err
		}
		if isY && isAdvance {
			f.hang.y, f.hang.advance = y, advance
		}
	}
	f.hanging = map[uint32]hanging{}
	if list, err = p.array(cid["W2"]); err != nil {
		return err
	}
	// "c [advance x y ...]" and "first last advance x y"
	return p.eachCIDRange(list, 3, func(first, last int, numbers pdf.Array) error { return p.hang(f, first, last, numbers) })
}

// hang sets what three numbers say for a range of CIDs.
func (p *interpreter) hang(f *font, first, last int, numbers pdf.Array) error {
	var v [3]float64
	for i := range v {
		var err error
		if v[i], _, err = p.number(numbers[i]); err != nil {
			return err
		}
	}
	if err := p.charge(3 * (max(0, last-first) + 1)); err != nil {
		return err
	}
	for cid := first; cid <= last; cid++ {
		f.hanging[uint32(cid)] = hanging{advance: v[0], x: v[1], y: v[2]}
	}
	return nil
}

// hangingOf returns how a glyph of so much width stands, in ems.
func (f *font) hangingOf(cid uint32, width float64) hanging {
	h, ok := f.hanging[cid]
	if !ok {
		h = f.hang
		h.x = width / 2
	}
	return hanging{h.x * f.scale, h.y * f.scale, h.advance * f.scale}
}
