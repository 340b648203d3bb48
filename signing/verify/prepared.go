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
// that. They rest on appearance only, so they never change a conclusion. A script
// needs no change at all: that the document has one is all that can be said.
//
// On the way every object that a page draws with is met: one with two readings
// is noticed in a document without later revisions too, and one that is also
// something else when that changes.

const (
	// coverShare is the share of a page from which an annotation counts as
	// covering it.
	coverShare = 1.0 / 3
	// maxPrepared bounds the warnings, maxLooked the objects that are read.
	maxPrepared = 20
	// fieldsShare is that from which the larger fields of a page count as covering
	// it together: forms have such, but not over the whole page.
	fieldsShare = 2.0 / 3
	maxLooked   = 400_000
)

// preparation looks through the signed revision.
type preparation struct {
	v        *verifier
	doc      *pdf.Document
	graph    *objectGraph // nil when nothing can be told from the bytes
	seen     tally
	looked   int
	found    int
	nodes    map[int]bool         // of the page tree, whose resources were read
	kinds    map[pdf.Ref]pdf.Name // of fields above widgets
	followed map[followed]bool    // actions, and fields above widgets for theirs, that were looked at
	acts     bool                 // something can change what is shown
	over     bool                 // more than could be looked at
}

// lookForPrepared warns of content in revision i that prepares a later change.
// What cannot be read shows nothing, and is left to the rules that judge it.
func (v *verifier) lookForPrepared(ctx context.Context, i int) error {
	doc, err := v.revision(i)
	if err != nil {
		return onlyReader(err)
	}
	p := &preparation{v: v, doc: doc, graph: v.graph, seen: newTally(doc.EntryCount()), nodes: make(map[int]bool), kinds: make(map[pdf.Ref]pdf.Name), followed: make(map[followed]bool)}
	if v.loose.unsure {
		p.graph = nil
	}
	if err := p.layers(); err != nil {
		return err
	}
	if err := p.active(); err != nil {
		return err
	}
	if p.graph != nil {
		p.graph.share()
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
		if err := p.missedSome(p.page(n, pages)); err != nil {
			return err
		}
		p.over = p.over || p.looked >= maxLooked
	}
	v.drawings.may = p.seen
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
				if base, err = p.doc.Resolve(config["BaseState"]); p.reader(err) == nil {
					off, err = p.doc.Array(config["OFF"])
				}
			}
		}
	}
	if err := p.reader(err); err != nil {
		return err
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
	if err := p.actions(nil, dict["AA"]); err != nil {
		return err
	}
	if err := p.steps(dict); err != nil {
		return err
	}
	if err := p.read(dict["Contents"]); err != nil {
		return err
	}
	if err := p.read(dict["Resources"]); err != nil {
		return err
	}
	if dict["Resources"] != nil && dict["Annots"] == nil {
		return nil // nothing that is inherited matters
	}
	for node, resources := range p.doc.Inheritable(n, "Resources") {
		if p.nodes[node] {
			break // met with another page, and what is above it too
		}
		p.nodes[node] = true
		if err := p.read(resources); err != nil {
			return err
		}
	}
	return p.annotations(n, dict)
}

// annotations looks at those of page n, from 0.
func (p *preparation) annotations(n int, page pdf.Dict) error {
	annotations, err := p.doc.Array(page["Annots"])
	if err != nil || len(annotations) == 0 {
		return err
	}
	box, err := p.doc.CropBox(n)
	if err != nil {
		if err := p.missedSome(err); err != nil {
			return err
		}
		box = pdf.Rect{URX: 612, URY: 792}
	}
	parts := fieldParts{kids: make(map[pdf.Ref]float64)}
	for _, value := range annotations {
		if p.looked++; p.looked >= maxLooked {
			return nil
		}
		annotation, err := p.doc.Dict(value)
		if err != nil {
			if err := p.reader(err); err != nil {
				return err
			}
			// What it would draw with is perhaps what it refers to.
			if err := p.read(value); err != nil {
				return err
			}
			continue
		}
		if err := p.missedSome(p.annotation(n+1, box, annotation, &parts)); err != nil {
			return err
		}
	}
	return nil
}

// missedSome is reader for what may have kept from sight what is drawn with, so
// that the tally alone is not asked.
func (p *preparation) missedSome(err error) error {
	p.v.drawings.missed = p.v.drawings.missed || err != nil
	return p.reader(err)
}

// read looks at everything that a value leads to, each object once; what cannot
// be read is left out.
func (p *preparation) read(value pdf.Object) error {
	var waiting []uint32
	meet := func(num uint32) {
		if p.seen.of(num) == 0 && p.looked < maxLooked {
			p.seen.add(num)
			p.looked++
			waiting = append(waiting, num)
		}
	}
	eachRef(value, func(ref pdf.Ref) { meet(ref.Num) })
	for len(waiting) > 0 {
		num := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if p.glance(num, meet) {
			continue
		}
		e, ok := p.doc.Entry(num)
		if !ok {
			continue
		}
		ref := pdf.Ref{Num: e.Num, Gen: refGen(e)}
		object, err := p.doc.Get(ref)
		if err := p.reader(err); err != nil {
			return err
		}
		if err != nil {
			object = refsOfUnreadable(p.doc, ref)
		}
		eachRef(object, func(ref pdf.Ref) { meet(ref.Num) })
	}
	return nil
}

// glance meets what an object may refer to, unless it may have a key twice and
// must be read.
func (p *preparation) glance(num uint32, meet func(uint32)) bool {
	if p.graph == nil {
		return false
	}
	i := p.graph.find(num)
	if i < 0 || !p.graph.single[i] {
		return false
	}
	for _, hit := range p.graph.below(i) {
		meet(hit.num)
	}
	return true
}

// fieldParts are shares of a page that fields take: the widgets of one, by the
// field, and the larger ones of all.
type fieldParts struct {
	kids map[pdf.Ref]float64
	all  float64
}

// annotation warns of one that draws something over much of the page, or would
// if it were not hidden, or may once it is filled in or signed.
func (p *preparation) annotation(page int, box pdf.Rect, annotation pdf.Dict, parts *fieldParts) error {
	if err := p.fieldActions(annotation); err != nil {
		return err
	}
	for _, key := range drawingKeys {
		if err := p.read(annotation[key]); err != nil {
			return err
		}
	}
	rect, ok, err := p.doc.ReadRect(annotation["Rect"])
	if err != nil || !ok {
		return err
	}
	taken := share(rect, box)
	if taken == 0 {
		return nil
	}
	if may, err := p.mayDraw(annotation); err != nil || !may {
		return err
	}
	subtype := annotation.Name("Subtype")
	flags, _ := annotation.Int("F")
	switch {
	case taken >= coverShare && hides(flags):
		p.warn(CodeHidden, page, string(subtype))
	case taken >= coverShare:
		p.warn(CodeCovered, page, string(subtype))
	case subtype == "Widget" && !hides(flags) && parts.add(annotation, taken):
		p.warn(CodeCovered, page, string(subtype))
	}
	return nil
}

// add adds a widget, and reports whether the page counts as covered with it.
func (f *fieldParts) add(widget pdf.Dict, taken float64) bool {
	passes := func(sum *float64, limit float64) bool {
		before := *sum
		*sum += taken
		return before < limit && *sum >= limit
	}
	covered := taken >= partShare && passes(&f.all, fieldsShare)
	if parent, isKid := widget["Parent"].(pdf.Ref); isKid && widget["T"] == nil {
		sum := f.kids[parent]
		covered = passes(&sum, coverShare) || covered
		f.kids[parent] = sum
	}
	return covered
}

// mayDraw reports whether an annotation has an appearance, or is the widget of a
// field that gets one.
func (p *preparation) mayDraw(annotation pdf.Dict) (bool, error) {
	subtype := annotation.Name("Subtype")
	if subtype == "Link" || subtype == "Popup" {
		return false, nil
	}
	appearance, err := p.doc.Dict(annotation["AP"])
	if err != nil || appearance["N"] != nil {
		return err == nil, err
	}
	if subtype != "Widget" && subtype != "" {
		return false, nil
	}
	kind, err := p.kindOf(annotation, 0)
	return kind == "Tx" || kind == "Ch" || kind == "Sig", err
}

// kindOf is the kind of a widget's field, which it may have from above.
func (p *preparation) kindOf(field pdf.Dict, depth int) (pdf.Name, error) {
	value, err := p.doc.Resolve(field["FT"])
	if err != nil {
		return "", err
	}
	kind, ok := value.(pdf.Name)
	parent, isKid := field["Parent"].(pdf.Ref)
	if ok || !isKid || depth > maxFieldDepth {
		return kind, nil
	}
	if kind, ok := p.kinds[parent]; ok {
		return kind, nil
	}
	above, err := p.doc.Dict(parent)
	if err != nil {
		return "", err
	}
	kind, err = p.kindOf(above, depth+1)
	if err == nil {
		p.kinds[parent] = kind
	}
	return kind, err
}

// share is the part of a page's box that a rectangle takes, from 0 to 1.
func share(rect, box pdf.Rect) float64 {
	width := min(rect.URX, box.URX) - max(rect.LLX, box.LLX)
	height := min(rect.URY, box.URY) - max(rect.LLY, box.LLY)
	area := (box.URX - box.LLX) * (box.URY - box.LLY)
	if width <= 0 || height <= 0 || area <= 0 {
		return 0
	}
	return width * height / area
}
