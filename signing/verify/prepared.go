package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// What was signed may be prepared for a later change (the shadow attacks of
// Mainka, Mladenov and Rohlmann, 2021): a picture that covers text until it is
// taken away, a hidden annotation that a changed flag brings up, a layer that
// is switched off, a page that nothing leads to yet. Such a change is found when
// it is made; the warnings here tell the one who receives the document before
// that. They rest on appearance only, so they never change a conclusion.
//
// On the way every object that a page draws with is read, so that one with two
// readings is noticed in a document without later revisions too.

const (
	// coverShare is the share of a page from which an annotation counts as
	// covering it.
	coverShare = 1.0 / 3
	// maxPrepared bounds the warnings, maxLooked the objects that are read.
	maxPrepared = 20
	maxLooked   = 400_000
)

// preparation looks through the signed revision.
type preparation struct {
	v      *verifier
	doc    *pdf.Document
	graph  *objectGraph // nil when nothing can be told from the bytes
	seen   map[uint32]bool
	looked int
	found  int
	over   bool // more than could be looked at
}

// lookForPrepared warns of content in revision i that prepares a later change.
// What cannot be read shows nothing, and is left to the rules that judge it.
func (v *verifier) lookForPrepared(ctx context.Context, i int) error {
	doc, err := v.revision(i)
	if err != nil {
		return onlyReader(err)
	}
	p := &preparation{v: v, doc: doc, graph: graphOf(doc, &v.loose, v.revs[i].End), seen: make(map[uint32]bool)}
	if err := p.layers(); err != nil {
		return err
	}
	if p.graph != nil {
		if err := p.unused(); err != nil {
			return err
		}
	}
	pages, err := v.pagesOf(doc)
	if errors.Is(err, errPageTree) {
		err = nil // the tree may be read with repair
	}
	if err := p.reader(err); err != nil {
		return err
	}
	count, err := p.countPages(pages)
	if err := p.reader(err); err != nil {
		return err
	}
	for n := 0; n < count && !p.over; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.reader(p.page(n, pages)); err != nil {
			return err
		}
		p.over = p.over || p.looked >= maxLooked
	}
	if p.over {
		v.findings = append(v.findings, finding(CodeCompareBudget, ""))
	}
	return nil
}

// reader is onlyReader that notes when a limit stopped the look.
func (p *preparation) reader(err error) error {
	p.over = p.over || errors.Is(err, pdf.ErrLimit)
	return onlyReader(err)
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

// countPages counts the pages, by the list if there is one.
func (p *preparation) countPages(list *pageList) (int, error) {
	if list != nil {
		return len(list.refs), nil
	}
	return p.doc.PageCount()
}

// pageDict is page n, from 0.
func (p *preparation) pageDict(n int, list *pageList) (pdf.Dict, error) {
	if list != nil {
		return p.doc.Dict(list.refs[n])
	}
	_, dict, err := p.doc.PageObject(n)
	return dict, err
}

// page looks at what page n draws with.
func (p *preparation) page(n int, list *pageList) error {
	dict, err := p.pageDict(n, list)
	if err != nil {
		return err
	}
	p.looked++
	if err := p.read(dict["Contents"]); err != nil {
		return err
	}
	if dict["Resources"] != nil && dict["Annots"] == nil {
		return p.read(dict["Resources"]) // nothing that is inherited matters
	}
	page, err := p.doc.Page(n)
	if err != nil {
		return err
	}
	if err := p.read(page.Resources); err != nil {
		return err
	}
	return p.annotations(n+1, page)
}

func (p *preparation) annotations(number int, page pdf.Page) error {
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

// read looks at everything that a value leads to, each object once; what cannot
// be read is left out.
func (p *preparation) read(value pdf.Object) error {
	var waiting []uint32
	meet := func(num uint32) {
		if !p.seen[num] && p.looked < maxLooked {
			p.seen[num] = true
			p.looked++
			waiting = append(waiting, num)
		}
	}
	eachDirectRef(value, func(ref pdf.Ref) { meet(ref.Num) })
	for len(waiting) > 0 {
		num := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		glanced, err := p.glance(num, meet)
		if err != nil {
			return err
		}
		if glanced {
			continue
		}
		e, ok := p.doc.Entry(num)
		if !ok {
			continue
		}
		object, err := p.doc.Get(pdf.Ref{Num: e.Num, Gen: refGen(e)})
		if err := p.reader(err); err != nil {
			return err
		}
		eachDirectRef(object, func(ref pdf.Ref) { meet(ref.Num) })
	}
	return nil
}

// glance meets what an object may refer to, unless it may have a key twice and
// must be read.
func (p *preparation) glance(num uint32, meet func(uint32)) (bool, error) {
	if p.graph == nil {
		return false, nil
	}
	i := p.graph.find(num)
	if i < 0 || p.graph.entries[i].Kind != pdf.EntryInUse || p.graph.entries[i].Offset >= p.graph.end {
		return false, nil
	}
	doubled, err := p.doc.MayDouble(p.graph.entries[i])
	if err != nil || doubled {
		return false, err
	}
	for _, hit := range p.graph.below(i) {
		meet(hit.num)
	}
	return true, nil
}

// annotation warns of one that draws something over much of the page, or would
// if it were not hidden.
func (p *preparation) annotation(page int, area float64, box pdf.Rect, annotation pdf.Dict) error {
	appearance, err := p.doc.Dict(annotation["AP"])
	if err != nil || appearance["N"] == nil {
		return err
	}
	if err := p.read(appearance); err != nil {
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
