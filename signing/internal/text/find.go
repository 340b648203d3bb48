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
	// ErrTag: the tag is empty, longer than MaxTagLength, or holds white space
	// or control characters, which extracted text does not keep.
	ErrTag = errors.New("text: unusable tag")
	// ErrLimit: the document asks for more work than Limits allows.
	ErrLimit = errors.New("text: limit exceeded")
	// ErrContent: a page's content cannot be decoded, so that what it shows is
	// unknown.
	ErrContent = errors.New("text: unreadable page content")
)

// MaxTagLength is the longest tag in characters.
const MaxTagLength = 100

// Limits bounds the work of one search. Zero fields take the defaults.
type Limits struct {
	ContentBytes int64 // decoded streams of all pages and fonts; zero: 64 MiB
	Operators    int   // operators of all pages; zero: 4 million
	Characters   int   // shown on all pages; zero: 4 million, 200,000 on one page at most
	Hits         int   // zero: 1,000
	Depth        int   // Form XObjects in each other; zero: 16
	Pages        int   // zero: 20,000
}

func (l Limits) withDefaults() Limits {
	for _, f := range []struct {
		field *int
		value int
	}{{&l.Operators, 4_000_000}, {&l.Characters, 4_000_000}, {&l.Hits, 1000}, {&l.Depth, 16}, {&l.Pages, 20_000}} {
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
// invisible text counts. No hit is no error.
//
// It returns ErrTag, ErrLimit, ErrContent, or an error of the document.
func Find(doc *pdf.Document, tag string, limits Limits) ([]Hit, error) {
	wanted, err := parseTag(tag)
	if err != nil {
		return nil, err
	}
	limits = limits.withDefaults()
	pages, err := doc.PageCount()
	if err != nil {
		return nil, fmt.Errorf("text: %w", err)
	}
	if pages > limits.Pages {
		return nil, fmt.Errorf("%w: %d pages, at most %d", ErrLimit, pages, limits.Pages)
	}
	in := newInterpreter(doc, limits, wanted)
	var hits []Hit
	for i := range pages {
		found, err := in.findOn(i)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
		if hits = append(hits, found...); len(hits) > limits.Hits {
			return nil, fmt.Errorf("%w: more than %d hits", ErrLimit, limits.Hits)
		}
	}
	return hits, nil
}

// findOn searches one page.
func (p *interpreter) findOn(i int) ([]Hit, error) {
	page, err := p.doc.Page(i)
	if err != nil {
		return nil, err
	}
	p.glyphs = p.glyphs[:0]
	if err := p.runPage(page); err != nil {
		return nil, err
	}
	found, err := match(p.glyphs, p.tag, p.limits.Hits)
	if err != nil {
		return nil, err
	}
	for j := range found {
		found[j].Page = i
	}
	return inReadingOrder(found, page.Rotate), nil
}

// parseTag returns the characters to look for.
func parseTag(tag string) ([]rune, error) {
	if !utf8.ValidString(tag) || tag == "" {
		return nil, fmt.Errorf("%w: empty or not UTF-8", ErrTag)
	}
	wanted := []rune(fold(tag))
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
