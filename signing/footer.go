package signing

import (
	"fmt"
	"math"

	"github.com/sertel-id/sertel/signing/appearance"
)

// PageFooter says where a footer stands. The zero value of all but Footer puts
// it at the foot of the last page.
type PageFooter struct {
	// Footer is what is written, [appearance.LegalFooter] for instance.
	Footer appearance.Footer

	// Pages count as in [Placement]. Nil: the last page.
	Pages []int

	// AllPages puts it on every page instead.
	AllPages bool

	// Height is the room for the footer in points. Zero: 40.
	Height float64

	// Margin is the distance from the left, right and lower edges of the page
	// in points. Zero: 28, which is 1 cm.
	Margin float64

	// OverText lets the footer stand where the page has text already. By
	// default that is [ErrOverText]: the letter may have a footer of its own.
	OverText bool
}

const (
	footerHeight = 40
	footerMargin = 28
)

// addFooter draws a footer on its pages, clear of the places taken there.
func (l *letter) addFooter(f PageFooter, taken []LayoutPlace) error {
	if f.Height == 0 {
		f.Height = footerHeight
	}
	if f.Margin == 0 {
		f.Margin = footerMargin
	}
	if !(f.Height > 0 && f.Height <= maxSide && f.Margin > 0 && f.Margin <= maxSide) {
		return fmt.Errorf("%w: footer of %g points with a margin of %g", ErrPlacement, f.Height, f.Margin)
	}
	numbers, err := l.footerPages(f)
	if err != nil {
		return err
	}
	block := f.Footer.Block()
	forms := map[float64]drawn{} // by width: pages differ in it
	for _, number := range numbers {
		if l.pages[number] != nil && l.pages[number].hasFooter() {
			return fmt.Errorf("%w: page %d would get two footers", ErrOverlap, number+1)
		}
		pl := &place{number: number, visible: true}
		if err := pl.open(l.doc); err != nil {
			return err
		}
		width, _ := shownSize(pl.page)
		pl.shown = Rect{X: f.Margin, Y: f.Margin, Width: width - 2*f.Margin, Height: f.Height}
		if pl.shown.Width <= 0 {
			return fmt.Errorf("%w: footer between margins of %g points on page %d", ErrOutsidePage, f.Margin, number+1)
		}
		if err := l.clear(pl, f.OverText, taken); err != nil {
			return err
		}
		key := math.Round(pl.shown.Width * 100)
		d, ok := forms[key]
		if !ok {
			if d.form, err = drawBlock(l.doc, l.catalog, block, pl.shown.Width, f.Height); err != nil {
				return err
			}
			forms[key] = d
		}
		s := l.sheet(pl)
		s.forms = append(s.forms, drawn{form: d.form, at: pl.shown, footer: true})
	}
	return nil
}

func (s *sheet) hasFooter() bool {
	for _, f := range s.forms {
		if f.footer {
			return true
		}
	}
	return false
}

// clear refuses a footer that does not fit or would stand on something.
func (l *letter) clear(pl *place, overText bool, taken []LayoutPlace) error {
	if err := pl.fit(); err != nil {
		return err
	}
	for _, t := range taken {
		if t.Page == pl.number+1 && t.Rect.overlaps(pl.shown) {
			return fmt.Errorf("%w: the footer and the place of %.80q on page %d", ErrOverlap, t.Role, t.Page)
		}
	}
	if overText {
		return nil
	}
	under, err := textUnder(l.doc, pl, nil)
	if err != nil {
		return err
	}
	if under != "" {
		return fmt.Errorf("%w: by the footer on page %d", ErrOverText, pl.number+1)
	}
	return nil
}

// footerPages are the pages of a footer, from 0.
func (l *letter) footerPages(f PageFooter) ([]int, error) {
	n, err := l.doc.PageCount()
	if err != nil {
		return nil, fromPDF(err)
	}
	if f.AllPages {
		if f.Pages != nil {
			return nil, fmt.Errorf("%w: footer on all pages and on some", ErrPlacement)
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	pages := f.Pages
	if pages == nil {
		pages = []int{LastPage}
	}
	out := make([]int, len(pages))
	for i, p := range pages {
		if out[i], err = pageNumber(l.doc, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
