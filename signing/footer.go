package signing

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/text"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// PageFooter says where a footer stands. The zero value of all but Footer puts
// it at the foot of the last page.
type PageFooter struct {
	// Footer is what is written, [appearance.LegalFooter] for instance.
	Footer appearance.Footer

	// Pages count as in [Placement]; one that is named twice gets one footer.
	// Nil: the last page.
	Pages []int

	// AllPages puts it on every page instead.
	AllPages bool

	// Height is the room for the footer in points. Zero: 28, which with the
	// margin leaves the text of pages with edges of 2 cm alone; 40 with a QR
	// code, a logo or more than three lines, or where the footer cannot be read
	// otherwise.
	Height float64

	// Margin is the distance from the left, right and lower edges of the page
	// in points. Zero: 28, which is 1 cm.
	Margin float64

	// OverText lets the footer stand over text of the page, and on a page that
	// has the words of one of its points already, wherever they stand there and
	// whatever its white space. By default those are [ErrOverText] and
	// [ErrFooterTwice]: the letter may have a footer of its own.
	OverText bool
}

const (
	footerHeight = 28
	footerLines  = 3 // in that height
	footerTall   = 40
	footerMargin = 28
)

// heights are those to try, in ascending order.
func (f *PageFooter) heights() []float64 {
	block := f.Footer.Block()
	switch {
	case f.Height != 0:
		return []float64{f.Height}
	case block.QR.Link != "" || block.Logo != nil || len(block.Lines) > footerLines:
		return []float64{footerTall}
	}
	return []float64{footerHeight, footerTall}
}

// addFooter draws a footer on its pages, clear of the places taken there.
func (l *letter) addFooter(f PageFooter, taken []LayoutPlace) error {
	if f.Margin == 0 {
		f.Margin = footerMargin
	}
	heights := f.heights()
	if h := heights[0]; !(h > 0 && h <= maxSide && f.Margin > 0 && f.Margin <= maxSide) {
		return fmt.Errorf("%w: footer of %g points with a margin of %g", ErrPlacement, h, f.Margin)
	}
	numbers, err := l.footerPages(f)
	if err != nil {
		return err
	}
	forms := map[float64]sizedForm{} // by width: pages differ in it
	for _, number := range numbers {
		pl := &place{number: number, visible: true}
		if err := pl.open(l.doc); err != nil {
			return err
		}
		width, _ := shownSize(pl.page)
		if width -= 2 * f.Margin; width <= 0 {
			return fmt.Errorf("%w: footer between margins of %g points on page %d", ErrOutsidePage, f.Margin, number+1)
		}
		key := math.Round(width * 100)
		form, ok := forms[key]
		if !ok {
			if form, err = l.drawFooter(f.Footer.Block(), width, heights); err != nil {
				return err
			}
			forms[key] = form
		}
		pl.shown = Rect{X: f.Margin, Y: f.Margin, Width: width, Height: form.height}
		if err := l.clear(pl, &f, taken); err != nil {
			return err
		}
		s := l.sheet(pl)
		s.forms = append(s.forms, drawn{form: form.form, at: pl.shown, footer: true})
	}
	return nil
}

// sizedForm is a form with its height in points.
type sizedForm struct {
	form   *vector.Form
	height float64
}

// drawFooter draws a footer in the first height in which it can be read.
func (l *letter) drawFooter(block appearance.Block, width float64, heights []float64) (out sizedForm, err error) {
	for _, out.height = range heights {
		out.form, err = drawBlock(l.doc, l.catalog, block, width, out.height)
		if !errors.Is(err, appearance.ErrTooSmall) {
			break
		}
	}
	return out, err
}

// clear refuses a footer that does not fit, would stand on something, or is
// there already.
func (l *letter) clear(pl *place, f *PageFooter, taken []LayoutPlace) error {
	if err := pl.fit(); err != nil {
		return err
	}
	for _, t := range taken {
		if t.Page == pl.number+1 && t.Rect.overlaps(pl.shown) {
			return fmt.Errorf("%w: the footer and the place of %.80q on page %d", ErrOverlap, t.Role, t.Page)
		}
	}
	if f.OverText {
		return nil
	}
	page, err := text.Read(l.doc, pl.number, pl.rect, text.Limits{})
	if err != nil {
		return fromText(err)
	}
	switch {
	case slices.ContainsFunc(footerWords(f.Footer), page.Holds):
		return fmt.Errorf("%w on page %d", ErrFooterTwice, pl.number+1)
	case page.Inside(pl.rect) != "":
		return fmt.Errorf("%w: below the footer on page %d", ErrOverText, pl.number+1)
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
	var out []int
	for _, p := range pages {
		number, err := pageNumber(l.doc, p)
		if err != nil {
			return nil, err
		}
		out = append(out, number)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
