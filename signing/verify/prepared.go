package verify

import (
	"context"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// What was signed may be prepared for a later change (the shadow attacks of
// Mainka, Mladenov and Rohlmann, 2021): a picture that covers text until it is
// taken away, a hidden annotation that a changed flag brings up, a layer that
// is switched off. Such a change is found when it is made; the warnings here
// tell the one who receives the document before that. They rest on appearance
// only, so they never change a conclusion.
//
// On the way every object that a page begins with is read, so that one with
// two readings is noticed in a document without later revisions too.

const (
	// coverShare is the share of a page from which an annotation counts as
	// covering it.
	coverShare = 1.0 / 3
	// maxPrepared bounds the warnings, maxLooked the objects that are read.
	maxPrepared = 20
	maxLooked   = 200_000
)

// preparation looks through the signed revision.
type preparation struct {
	v      *verifier
	doc    *pdf.Document
	looked int
	found  int
}

// lookForPrepared warns of content in revision i that prepares a later change.
// What cannot be read shows nothing, and is left to the rules that judge it.
func (v *verifier) lookForPrepared(ctx context.Context, i int) error {
	doc, err := v.revision(i)
	if err != nil {
		return onlyReader(err)
	}
	p := &preparation{v: v, doc: doc}
	if err := p.layers(); err != nil {
		return err
	}
	pages, err := doc.PageCount()
	if err != nil {
		return onlyReader(err)
	}
	for n := range pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.looked >= maxLooked {
			v.findings = append(v.findings, finding(CodeCompareBudget, ""))
			break
		}
		page, err := doc.Page(n)
		if err == nil {
			err = p.page(n+1, page)
		}
		if err := onlyReader(err); err != nil {
			return err
		}
	}
	return nil
}

// onlyReader drops errors of the document.
func onlyReader(err error) error {
	if err != nil && unreadable(err) {
		return nil
	}
	return err
}

// warn adds a warning that is about a page and an annotation.
func (p *preparation) warn(code Code, page int, name string) {
	if p.found++; p.found <= maxPrepared {
		p.v.findings = append(p.v.findings, finding(code, fmt.Sprintf("%d (%s)", page, name)))
	}
}

// layers warns of optional content that is switched off (ISO 32000-2 section
// 8.11.4.3).
func (p *preparation) layers() error {
	var off pdf.Array
	var base pdf.Object
	catalog, err := p.doc.Catalog()
	if err == nil {
		var properties, config pdf.Dict
		if properties, err = p.doc.Dict(catalog["OCProperties"]); err == nil {
			if config, err = p.doc.Dict(properties["D"]); err == nil {
				base = config["BaseState"]
				off, err = p.doc.Array(config["OFF"])
			}
		}
	}
	if err != nil {
		return onlyReader(err)
	}
	if len(off) > 0 || base == pdf.Object(pdf.Name("OFF")) {
		p.v.findings = append(p.v.findings, finding(CodeLayersOff, ""))
	}
	return nil
}

func (p *preparation) page(number int, page pdf.Page) error {
	p.looked++
	if err := p.read(page.Dict["Contents"]); err != nil {
		return err
	}
	for _, key := range []pdf.Name{"Font", "XObject", "ExtGState", "Properties", "ColorSpace", "Pattern", "Shading"} {
		if err := p.read(page.Resources[key]); err != nil {
			return err
		}
	}
	annotations, err := p.doc.Array(page.Dict["Annots"])
	if err != nil {
		return err
	}
	box := page.CropBox
	area := (box.URX - box.LLX) * (box.URY - box.LLY)
	for _, value := range annotations {
		if p.looked++; p.looked >= maxLooked {
			return nil
		}
		annotation, err := p.doc.Dict(value)
		if err != nil {
			return err
		}
		if err := p.annotation(number, area, box, annotation); err != nil {
			return err
		}
	}
	return nil
}

// read resolves a value and, of an array, its elements.
func (p *preparation) read(value pdf.Object) error {
	object, err := p.doc.Resolve(value)
	if err != nil {
		return err
	}
	p.looked++
	elements, _ := object.(pdf.Array)
	for _, e := range elements {
		if p.looked++; p.looked >= maxLooked {
			return nil
		}
		if _, err := p.doc.Resolve(e); err != nil {
			return err
		}
	}
	return nil
}

// annotation warns of one that draws something over much of the page, or would
// if it were not hidden.
func (p *preparation) annotation(page int, area float64, box pdf.Rect, annotation pdf.Dict) error {
	appearance, err := p.doc.Dict(annotation["AP"])
	if err != nil || appearance["N"] == nil {
		return err
	}
	p.looked++
	if _, err := p.doc.Resolve(appearance["N"]); err != nil {
		return err
	}
	subtype := annotation.Name("Subtype")
	if subtype == "Link" || subtype == "Popup" {
		return nil
	}
	rect, ok, err := p.doc.ReadRect(annotation["Rect"])
	if err != nil || !ok {
		return err
	}
	width := min(rect.URX, box.URX) - max(rect.LLX, box.LLX)
	height := min(rect.URY, box.URY) - max(rect.LLY, box.LLY)
	if width <= 0 || height <= 0 || width*height < coverShare*area {
		return nil
	}
	flags, _ := annotation.Int("F")
	code := CodeCovered
	if flags&(flagHidden|flagNoView) != 0 {
		code = CodeHidden
	}
	p.warn(code, page, string(subtype))
	return nil
}
