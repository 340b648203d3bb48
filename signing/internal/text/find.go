// Package text finds marks in the text of PDF pages: the anchor tags of a
// letter, such as "^" or "${ttd_pengirim1}", where a visible signature goes.
//
// It runs the pages' content streams (ISO 32000-2, 7.8, 9) as far as text needs
// it. Text in pictures, in outlines and in annotations is not found.
package text

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

var (
	// ErrTag: the tag is empty or invisible, longer than MaxTagLength, or holds
	// white space or control characters, which extracted text does not keep.
	ErrTag = errors.New("text: unusable tag")
	// ErrLimit: the document asks for more work than Limits allows.
	ErrLimit = errors.New("text: limit exceeded")
	// ErrHits, which is an ErrLimit: the tag stands in more places than
	// Limits.Hits.
	ErrHits = fmt.Errorf("%w: too many hits", ErrLimit)
	// ErrContent: a page's content cannot be decoded, so that what it shows is
	// unknown.
	ErrContent = errors.New("text: unreadable page content")
)

// MaxTagLength is the longest tag in characters.
const MaxTagLength = 100

// Limits bounds the work of one search. Zero fields take the defaults.
type Limits struct {
	ContentBytes int64 // decoded streams of all pages and fonts; zero: 64 MiB
	Operators    int   // operators of all pages; zero: 16 million
	Characters   int   // shown on all pages; zero: 16 million, 200,000 on one page at most
	Hits         int   // of Find; zero: 1,000
	Depth        int   // Form XObjects in each other; zero: 16
	Pages        int   // zero: 20,000
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{{&l.Operators, 16_000_000}, {&l.Characters, 16_000_000}, {&l.Hits, 1000}, {&l.Depth, 16}, {&l.Pages, 20_000}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	if l.ContentBytes == 0 {
		l.ContentBytes = 64 << 20
	}
	return l
}

// Hit is one place where a tag stands.
type Hit struct {
	// Page counts from 0.
	Page int
	// Rect surrounds the tag from the font's descent to its ascent, in the
	// page's default user space: neither Rotate nor UserUnit is applied.
	Rect pdf.Rect
	// Size is the font size in units of that space.
	Size float64
	// Angle is the writing direction in degrees, counter-clockwise from the
	// x axis of that space, from -180 to 180.
	Angle float64
}

// Find returns every place where the tag is shown, in the order in which one
// reads: by page, from the top as the page is turned, from the left. White and
// invisible text counts, text wholly outside the page's crop box does not. A
// longer tag that begins or ends in a letter or digit is found as a whole word
// only. No hit is no error.
//
// It returns ErrTag, ErrLimit, ErrHits, ErrContent, or an error of the document.
func Find(doc *pdf.Document, tag string, limits Limits) ([]Hit, error) {
	in, pages, err := newSearch(doc, tag, limits)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for i := range pages {
		page, found, err := in.findOn(i)
		if err != nil {
			return nil, err
		}
		// Some hits may be one tag drawn several times.
		if len(found) > 10*in.limits.Hits {
			return nil, fmt.Errorf("%w: more than %d", ErrHits, in.limits.Hits)
		}
		hits = append(hits, inReadingOrder(distinct(found), page.Rotate)...)
		if len(hits) > in.limits.Hits {
			return nil, fmt.Errorf("%w: more than %d", ErrHits, in.limits.Hits)
		}
	}
	return hits, nil
}

// First returns the first place that Find would, however many there are; ok is
// false when there is none. Pages behind it are not read.
//
// It returns ErrTag, ErrLimit, ErrContent, or an error of the document.
func First(doc *pdf.Document, tag string, limits Limits) (hit Hit, ok bool, err error) {
	in, pages, err := newSearch(doc, tag, limits)
	if err != nil {
		return Hit{}, false, err
	}
	for i := range pages {
		page, found, err := in.findOn(i)
		if err != nil {
			return Hit{}, false, err
		}
		if len(found) > 0 {
			ordered := inReadingOrder(found, page.Rotate)
			near := distinct(ordered[:min(len(ordered), nearHits)])
			return inReadingOrder(near, page.Rotate)[0], true, nil
		}
	}
	return Hit{}, false, nil
}

// Last is First from the end of the document: it returns the last place, and
// pages before it are not read.
func Last(doc *pdf.Document, tag string, limits Limits) (hit Hit, ok bool, err error) {
	in, pages, err := newSearch(doc, tag, limits)
	if err != nil {
		return Hit{}, false, err
	}
	for i := pages - 1; i >= 0; i-- {
		page, found, err := in.findOn(i)
		if err != nil {
			return Hit{}, false, err
		}
		if len(found) > 0 {
			ordered := inReadingOrder(found, page.Rotate)
			near := distinct(ordered[max(0, len(ordered)-nearHits):])
			return inReadingOrder(near, page.Rotate)[len(near)-1], true, nil
		}
	}
	return Hit{}, false, nil
}

// nearHits is among how many hits, in the order of reading, a tag that is drawn
// several times has its doubles.
const nearHits = 100

// newSearch prepares the search of a document of so many pages.
func newSearch(doc *pdf.Document, tag string, limits Limits) (in *interpreter, pages int, err error) {
	wanted, err := parseTag(tag)
	if err != nil {
		return nil, 0, err
	}
	limits = limits.withDefaults()
	if pages, err = doc.PageCount(); err != nil {
		return nil, 0, fmt.Errorf("text: %w", err)
	}
	if pages > limits.Pages {
		return nil, 0, fmt.Errorf("%w: %d pages, at most %d", ErrLimit, pages, limits.Pages)
	}
	return newInterpreter(doc, limits, wanted), pages, nil
}

// findOn searches one page. One tag may be found several times.
func (p *interpreter) findOn(i int) (pdf.Page, []Hit, error) {
	page, err := p.doc.Page(i)
	if err == nil {
		p.glyphs = p.glyphs[:0]
		err = p.runPage(page)
	}
	if err != nil {
		return page, nil, fmt.Errorf("page %d: %w", i+1, err)
	}
	found, err := p.whole(match(p.glyphs, p.tag))
	if err != nil {
		return page, nil, fmt.Errorf("page %d: %w", i+1, err)
	}
	for j := range found {
		found[j].Page = i
	}
	return page, found, nil
}

// parseTag returns the characters to look for.
func parseTag(tag string) ([]rune, error) {
	if !utf8.ValidString(tag) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrTag)
	}
	wanted := []rune(fold(tag))
	if len(wanted) == 0 {
		return nil, fmt.Errorf("%w: nothing of it is shown", ErrTag)
	}
	if len(wanted) > MaxTagLength {
		return nil, fmt.Errorf("%w: longer than %d characters", ErrTag, MaxTagLength)
	}
	for _, r := range wanted {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return nil, fmt.Errorf("%w: character %U", ErrTag, r)
		}
	}
	return wanted, nil
}
