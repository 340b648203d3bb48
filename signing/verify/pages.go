package verify

import (
	"errors"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

const (
	maxPages     = 200_000
	maxPageDepth = 64
)

var errPageTree = errors.New("the page tree cannot be read")

// pageList numbers the pages of a revision from 1.
type pageList struct {
	refs   []pdf.Ref
	number map[pdf.Ref]int
	// nodes are the other objects of the page tree; indirect says that a list
	// of kids is an object of its own.
	nodes    map[pdf.Ref]bool
	indirect bool
	// shows are the pages that show an annotation, as far as they were read.
	shows map[pdf.Ref]int
	read  int
}

// listPages walks the page tree (ISO 32000-2 section 7.7.3).
func listPages(doc *pdf.Document) (*pageList, error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil, err
	}
	list := &pageList{number: make(map[pdf.Ref]int), nodes: make(map[pdf.Ref]bool), shows: make(map[pdf.Ref]int)}
	return list, list.walk(doc, catalog["Pages"], make(map[pdf.Ref]bool), 0)
}

func (l *pageList) walk(doc *pdf.Document, node pdf.Object, seen map[pdf.Ref]bool, depth int) error {
	ref, ok := node.(pdf.Ref)
	if !ok || seen[ref] || depth > maxPageDepth || len(l.refs) > maxPages {
		return errPageTree
	}
	seen[ref] = true
	dict, err := doc.Dict(ref)
	if err != nil {
		return err
	}
	kids, err := doc.Array(dict["Kids"])
	if err != nil {
		return err
	}
	if kids == nil {
		l.refs = append(l.refs, ref)
		l.number[ref] = len(l.refs)
		return nil
	}
	l.nodes[ref] = true
	if _, ok := dict["Kids"].(pdf.Ref); ok {
		l.indirect = true
	}
	for _, kid := range kids {
		if err := l.walk(doc, kid, seen, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// pageOf numbers the page that shows a widget; 0 when none is found.
func (v *verifier) pageOf(doc *pdf.Document, w widget) (int, error) {
	pages, err := v.pagesOf(doc)
	if err != nil {
		return 0, err
	}
	if ref, ok := w.dict["P"].(pdf.Ref); ok && pages.number[ref] > 0 {
		return pages.number[ref], nil
	}
	for pages.shows[w.ref] == 0 && pages.read < len(pages.refs) {
		if err := pages.readNext(doc); err != nil {
			return 0, err
		}
	}
	return pages.shows[w.ref], nil
}

// readNext notes the annotations of one page more.
func (l *pageList) readNext(doc *pdf.Document) error {
	page, err := doc.Dict(l.refs[l.read])
	if err != nil {
		return err
	}
	annots, err := doc.Array(page["Annots"])
	if err != nil {
		return err
	}
	l.read++
	for _, a := range annots {
		if ref, ok := a.(pdf.Ref); ok && l.shows[ref] == 0 {
			l.shows[ref] = l.read
		}
	}
	return nil
}

// pagesOf lists the pages of a revision, once.
func (v *verifier) pagesOf(doc *pdf.Document) (*pageList, error) {
	if list, ok := v.pages[doc]; ok {
		return list, nil
	}
	list, err := listPages(doc)
	if err != nil {
		return nil, err
	}
	v.pages[doc] = list
	return list, nil
}

// Annotation flags (ISO 32000-2 section 12.5.3).
const (
	flagHidden = 1 << 1
	flagPrint  = 1 << 2
	flagNoView = 1 << 5
)

// hides reports whether flags keep an annotation from the screen and from paper.
func hides(flags int64) bool {
	return flags&flagHidden != 0 || flags&(flagNoView|flagPrint) == flagNoView
}

// visibleRect is the rectangle of an annotation that shows on the page.
func visibleRect(doc *pdf.Document, dict pdf.Dict) (rect [4]float64, ok bool) {
	array, err := doc.Array(dict["Rect"])
	if err != nil || len(array) != 4 {
		return rect, false
	}
	for i, e := range array {
		n, err := doc.Resolve(e)
		if err != nil {
			return rect, false
		}
		if rect[i], ok = pdf.Number(n); !ok {
			return rect, false
		}
	}
	rect = [4]float64{min(rect[0], rect[2]), min(rect[1], rect[3]), max(rect[0], rect[2]), max(rect[1], rect[3])}
	flags, _ := dict.Int("F")
	return rect, rect[2] > rect[0] && rect[3] > rect[1] && !hides(flags)
}
