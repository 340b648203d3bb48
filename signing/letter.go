package signing

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

var (
	// ErrSigned: the document carries a signature already, so that its pages
	// may not change any more.
	ErrSigned = errors.New("signing: the document is signed already")
	// ErrOverlap: two things would stand on each other.
	ErrOverlap = errors.New("signing: blocks overlap")
	// ErrOverText: what is to be drawn would cover text of the page, or repeat it
	// ([ErrFooterTwice]).
	ErrOverText = errors.New("signing: text of the page is in the way")
)

// letter is an unsigned document whose pages are about to get something drawn
// over them.
type letter struct {
	doc     *pdf.Document
	catalog pdf.Dict
	pages   map[int]*sheet

	structure *structure // nil for a document that is not tagged
}

// sheet is what is drawn over one page: first covers of tags, then the forms.
type sheet struct {
	page  pdf.Page
	tags  []pdf.Rect // in user space
	forms []drawn
}

// drawn is a form at its place on the page as it is shown.
type drawn struct {
	form   *vector.Form
	at     Rect
	footer bool // an artifact of pagination (ISO 32000-2, 14.8.2.2)
	alt    string
}

// openLetter reads a document and refuses one that is signed.
func openLetter(src io.ReaderAt, size int64, password passphrase.Secret) (*letter, error) {
	key := password.Reveal()
	defer clear(key)
	doc, err := pdf.Open(src, size, pdf.Options{Password: key})
	if err != nil {
		return nil, fromPDF(err)
	}
	l := &letter{doc: doc, pages: map[int]*sheet{}}
	if l.catalog, err = doc.Catalog(); err != nil {
		return nil, fromPDF(err)
	}
	form, err := readForm(doc, l.catalog)
	if err != nil {
		return nil, fromPDF(err)
	}
	perms, err := doc.Dict(l.catalog["Perms"])
	if err != nil {
		return nil, fromPDF(err)
	}
	if len(form.signed()) > 0 || len(perms) > 0 {
		return nil, ErrSigned
	}
	return l, nil
}

// sheet returns what is drawn over the page of a place.
func (l *letter) sheet(pl *place) *sheet {
	s := l.pages[pl.number]
	if s == nil {
		s = &sheet{page: pl.page}
		l.pages[pl.number] = s
	}
	return s
}

// write copies the document and appends an update with what was drawn. It
// returns the digest and the size of what it wrote; where nothing was drawn,
// that is the document alone.
func (l *letter) write(ctx context.Context, dst io.Writer, src io.ReaderAt) (sum [32]byte, size int64, err error) {
	u := l.doc.NewUpdate()
	added := map[*vector.Form]pdf.Ref{}
	if l.structure, err = readStructure(l.doc, l.catalog); err != nil {
		return sum, 0, err
	}
	for _, number := range slices.Sorted(maps.Keys(l.pages)) {
		if err := l.draw(u, number, added); err != nil {
			return sum, 0, err
		}
	}
	if err := readable(l.doc); err != nil {
		return sum, 0, err
	}
	// What was read so far is all that is read.
	if err := oneReading(l.doc); err != nil {
		return sum, 0, err
	}
	var update []byte
	if len(l.pages) > 0 {
		built, err := u.Build()
		if err != nil {
			return sum, 0, fromPDF(err)
		}
		update = built.Bytes
	}
	out := newStream(dst, crypto.SHA256)
	if _, err := out.copy(ctx, src, l.doc.Size()); err != nil {
		return sum, 0, err
	}
	if err := out.append(update); err != nil {
		return sum, 0, err
	}
	return out.sum(), l.doc.Size() + int64(len(update)), nil
}

// draw puts one page with what is drawn over it into the update. The old
// content runs within its own graphics state, whatever it leaves behind.
func (l *letter) draw(u *pdf.Update, number int, added map[*vector.Form]pdf.Ref) error {
	s := l.pages[number]
	surplus, open, covers, err := s.old(l.doc, number)
	if err != nil {
		return err
	}
	resources := s.page.Resources.Clone()
	objects, err := l.doc.Dict(resources["XObject"])
	if err != nil {
		return fromPDF(err)
	}
	objects = objects.Clone()

	page := s.page.Dict.Clone()
	var content bytes.Buffer
	content.WriteString(strings.Repeat("Q ", open+1) + "\n")
	for _, c := range covers {
		fmt.Fprintf(&content, "/Artifact BMC q 1 g %s re f Q EMC\n",
			decimals(3, c.LLX, c.LLY, c.URX-c.LLX, c.URY-c.LLY))
	}
	for _, f := range s.forms {
		ref, ok := added[f.form]
		if !ok {
			if ref, err = f.form.AddTo(u); err != nil {
				return fmt.Errorf("signing: draw the block: %w", err)
			}
			added[f.form] = ref
		}
		name := freeName(objects)
		objects[name] = ref
		show := fmt.Sprintf("q %s cm /%s Do Q", decimals(6, shownMatrix(s.page, f.at)...), name)
		mark := "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
		if !f.footer {
			if mark, err = l.structure.mark(u, page, figure{page: s.page.Ref, alt: f.alt, at: toUser(s.page, f.at)}); err != nil {
				return err
			}
		}
		if mark != "" {
			show = mark + " " + show + " EMC"
		}
		content.WriteString(show + "\n")
	}
	resources["XObject"] = objects
	old, err := contentParts(l.doc, s.page)
	if err != nil {
		return err
	}
	page["Resources"] = resources
	page["Contents"] = slices.Concat(
		pdf.Array{u.Add(pdf.NewStream(pdf.Dict{}, []byte(strings.Repeat("q ", surplus+1)+"\n")))},
		old,
		pdf.Array{u.Add(pdf.NewFlateStream(pdf.Dict{}, content.Bytes()))})
	u.Set(s.page.Ref, page)
	return nil
}

// old tells of a page's old content how it leaves the stack of graphics states,
// as [text.Balance] does, and what hides the tags in it.
func (s *sheet) old(doc *pdf.Document, number int) (surplus, open int, covers []pdf.Rect, err error) {
	if len(s.tags) == 0 {
		surplus, open, err = text.Balance(doc, number, text.Limits{})
	} else {
		var page *text.Page
		if page, err = text.Read(doc, number, pdf.Rect{}, text.Limits{}); err == nil {
			surplus, open = page.Balance()
			covers, err = page.Covers(s.tags)
		}
	}
	if err != nil {
		err = fromText(err)
	}
	return surplus, open, covers, err
}

// contentParts lists the streams of a page's content.
func contentParts(doc *pdf.Document, page pdf.Page) (pdf.Array, error) {
	contents := page.Dict["Contents"]
	o, err := doc.Resolve(contents)
	if err != nil {
		return nil, fromPDF(err)
	}
	switch o := o.(type) {
	case pdf.Array:
		return o, nil
	case *pdf.Stream:
		return pdf.Array{contents}, nil
	}
	return nil, nil
}

// freeName is a name that is not in use among the resources.
func freeName(taken pdf.Dict) pdf.Name {
	for n := len(taken); ; n++ {
		name := pdf.Name("Blok" + strconv.Itoa(n))
		if _, there := taken[name]; !there {
			return name
		}
	}
}

// shownMatrix maps points from the lower left corner of a rectangle on the page
// as it is shown to the page's user space.
func shownMatrix(page pdf.Page, at Rect) []float64 {
	scale := 1 / page.UserUnit
	u := toUser(page, at)
	switch page.Rotate {
	case 90:
		return []float64{0, scale, -scale, 0, u.URX, u.LLY}
	case 180:
		return []float64{-scale, 0, 0, -scale, u.URX, u.URY}
	case 270:
		return []float64{0, -scale, scale, 0, u.LLX, u.URY}
	}
	return []float64{scale, 0, 0, scale, u.LLX, u.LLY}
}

// decimals writes numbers for a content stream.
func decimals(digits int, v ...float64) string {
	out := make([]string, len(v))
	for i, n := range v {
		out[i] = strconv.FormatFloat(n, 'f', digits, 64)
	}
	return strings.Join(out, " ")
}

// overlaps reports whether two rectangles share more than an edge.
func (r Rect) overlaps(o Rect) bool {
	const slack = 0.01 // points
	return r.X+slack < o.X+o.Width && o.X+slack < r.X+r.Width &&
		r.Y+slack < o.Y+o.Height && o.Y+slack < r.Y+r.Height
}
