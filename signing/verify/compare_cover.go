package verify

import (
	"fmt"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Whoever signs later, or may add remarks, may draw over the page and answers
// for it. Whoever reads the page should know. Of what was there when the
// document was signed, prepared.go warns.

// partShare is the share of a page from which annotations count together: many
// small ones are an ordinary review.
const partShare = 1.0 / 10

// cover is what a page gained in a revision.
type cover struct {
	page  int // from 1
	box   *pdf.Rect
	seen  map[pdf.Ref]bool
	index map[int]int // in parts, by change
	parts []coverPart
}

// coverPart is what one change shows, and hides, as shares of the page.
type coverPart struct {
	name          string
	shown, hidden float64
	blank, remark bool
}

func newCover(page int) *cover {
	return &cover{page: page, seen: make(map[pdf.Ref]bool), index: make(map[int]int)}
}

// addCover adds an annotation that change i vouches for.
func (c *comparison) addCover(g *cover, e pdf.Object, i int) error {
	ref, _ := e.(pdf.Ref)
	if i == byNothing || g.seen[ref] {
		return nil
	}
	g.seen[ref] = true
	dict, err := c.new.Dict(ref)
	if err != nil {
		return onlyReader(err)
	}
	if g.box == nil {
		box, err := c.new.CropBox(g.page - 1)
		if err != nil {
			return onlyReader(err)
		}
		g.box = &box
	}
	if dict.Name("Subtype") == "Popup" && dict["AP"] == nil {
		return nil // shown when asked for
	}
	part := coverPart{name: string(dict.Name("Subtype")), remark: true}
	if i == byCompanion {
		i -= int(ref.Num)
	} else {
		change := c.changes[i]
		part.name, part.blank, part.remark = change.Name, change.Kind == ChangeEmptyField, change.Kind == ChangeAnnotation
	}
	at, ok := g.index[i]
	if !ok {
		at = len(g.parts)
		g.index[i], g.parts = at, append(g.parts, part)
	}
	taken := 1.0 // some readers draw over the whole page
	if c.framed(dict) {
		rect, _ := boxOf(c.new, dict["Rect"])
		taken = share(reach(c.new, dict, rect), *g.box)
	}
	if flags, _ := dict.Int("F"); hides(flags) {
		g.parts[at].hidden += taken
	} else {
		g.parts[at].shown += taken
	}
	return nil
}

// reach is where viewers draw an annotation: without an appearance, at its points
// too, and with its border.
func reach(doc *pdf.Document, dict pdf.Dict, rect pdf.Rect) pdf.Rect {
	if normal, err := normalAppearance(doc, dict); err != nil || normal != nil || dict.Name("Subtype") == "Widget" {
		return rect
	}
	for _, key := range []pdf.Name{"QuadPoints", "Vertices", "L", "CL", "InkList"} {
		points, _ := doc.Array(dict[key])
		lists := []pdf.Array{points}
		if key == "InkList" {
			lists = nil
			for _, e := range points {
				list, _ := doc.Array(e)
				lists = append(lists, list)
			}
		}
		for _, list := range lists {
			numbers, _ := numbersOf(doc, list, len(list))
			for i := 0; i+1 < len(numbers); i += 2 {
				x, y := numbers[i], numbers[i+1]
				rect = pdf.Rect{LLX: min(rect.LLX, x), LLY: min(rect.LLY, y), URX: max(rect.URX, x), URY: max(rect.URY, y)}
			}
		}
	}
	var width float64
	if border, ok := numbersOf(doc, dict["Border"], 3); ok {
		width = border[2]
	}
	if style, err := doc.Dict(dict["BS"]); err == nil && style["W"] != nil {
		if w, ok := numbersOf(doc, pdf.Array{style["W"]}, 1); ok {
			width = w[0]
		}
	}
	width = max(width, 0)
	return pdf.Rect{LLX: rect.LLX - width, LLY: rect.LLY - width, URX: rect.URX + width, URY: rect.URY + width}
}

// warnOfCover warns where what a page gained takes much of it: the widgets of one
// field, one remark, larger ones of both together, or with remarks of earlier
// revisions.
func (c *comparison) warnOfCover(g *cover) {
	var names []string
	var together, remarks float64
	alone := false
	for _, part := range g.parts {
		if part.shown >= coverShare {
			c.v.warnOfPage(CodeCovered, g.page, part.name)
			alone = true
		} else if part.shown >= partShare && !part.blank {
			names = append(names, part.name)
			together += part.shown
			if part.remark {
				remarks += part.shown
			}
		}
		if part.hidden >= coverShare {
			c.v.warnOfPage(CodeHidden, g.page, part.name)
		}
	}
	before := c.v.remarked[g.page]
	if remarks > 0 {
		if c.v.remarked == nil {
			c.v.remarked = make(map[int]float64)
		}
		c.v.remarked[g.page] += remarks
	}
	if !alone && (together >= coverShare || before < coverShare && before+remarks >= coverShare) {
		c.v.warnOfPage(CodeCovered, g.page, strings.Join(names, ", "))
	}
}

// warnOfPage adds a warning that is about a page, up to a number of them.
func (v *verifier) warnOfPage(code Code, page int, name string) {
	count := 0
	for _, f := range v.findings {
		if f.Code == code {
			count++
		}
	}
	if count < maxPrepared {
		v.findings = append(v.findings, finding(code, fmt.Sprintf("%d (%s)", page, name)))
	}
}
