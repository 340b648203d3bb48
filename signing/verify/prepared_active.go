package verify

import (
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// A script may ask for the size of the file, the date or the signatures, and
// show another amount when the answer changes, without any change of the document
// that a verifier could find. The standard has authors of such documents say so
// (legal content attestation, ISO 32000-2 section 12.8.7).

const (
	// maxActions bounds how many actions follow each other.
	maxActions = 32
	// maxNames bounds the levels of a name tree.
	maxNames = 16
)

// acting are the actions that change what is shown, apart from the place in the
// document and other programs (ISO 32000-2 section 12.6.4).
var acting = map[pdf.Name]bool{
	"Hide": true, "ImportData": true, "JavaScript": true, "Rendition": true, "ResetForm": true,
	"RichMediaExecute": true, "SetOCGState": true,
}

// active warns of a document that can change what it shows by itself: once for
// all of it. This is what the catalog leads to, from where pages and annotations
// are not met.
func (p *preparation) active() error {
	catalog, err := p.doc.Catalog()
	if err != nil {
		return onlyReader(err)
	}
	if err := p.actions(catalog["OpenAction"], catalog["AA"]); err != nil {
		return p.reader(err)
	}
	names, err := p.doc.Dict(catalog["Names"])
	if err == nil {
		var scripts bool
		if scripts, err = p.named(names["JavaScript"], 0); scripts {
			p.act()
		}
	}
	if err := p.reader(err); err != nil {
		return err
	}
	form, err := p.doc.Dict(catalog["AcroForm"])
	if err == nil {
		var computed pdf.Array
		if computed, err = p.doc.Array(form["CO"]); len(computed) > 0 || form["XFA"] != nil {
			p.act()
		}
	}
	return p.reader(err)
}

// act warns, the first time.
func (p *preparation) act() {
	if !p.acts {
		p.acts = true
		p.v.findings = append(p.v.findings, finding(CodeActiveContent, ""))
	}
}

// actions looks at an action and at a dictionary of them by what sets them off
// (ISO 32000-2 section 12.6.3).
func (p *preparation) actions(action, additional pdf.Object) error {
	if p.acts || action == nil && additional == nil {
		return nil
	}
	if err := p.action(action, 0); err != nil {
		return err
	}
	if p.follow(additional) {
		return nil
	}
	triggers, err := p.doc.Dict(additional)
	if err != nil {
		return err
	}
	for _, trigger := range triggers {
		if err := p.action(trigger, 0); err != nil {
			return err
		}
	}
	return nil
}

// action looks at one action and at those that follow it. A destination is none.
func (p *preparation) action(value pdf.Object, depth int) error {
	if p.looked++; p.acts || value == nil || depth > maxActions || p.looked >= maxLooked {
		return nil
	}
	if p.follow(value) {
		return nil
	}
	value, err := p.doc.Resolve(value)
	if err != nil {
		return err
	}
	action, ok := value.(pdf.Dict)
	if !ok {
		return nil
	}
	kind, err := p.doc.Resolve(action["S"])
	if err != nil {
		return err
	}
	if name, ok := kind.(pdf.Name); ok && acting[name] {
		p.act()
		return nil
	}
	next, err := p.doc.Resolve(action["Next"])
	if err != nil {
		return err
	}
	several, ok := next.(pdf.Array)
	if !ok {
		several = pdf.Array{next}
	}
	for _, one := range several {
		if err := p.action(one, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// follow notes an object and reports whether it was noted before.
func (p *preparation) follow(value pdf.Object) bool {
	ref, ok := value.(pdf.Ref)
	before := p.followed[ref]
	if ok {
		p.followed[ref] = true
	}
	return ok && before
}

// named reports whether a name tree names anything.
func (p *preparation) named(tree pdf.Object, depth int) (bool, error) {
	node, err := p.doc.Dict(tree)
	if err != nil {
		return false, err
	}
	if names, err := p.doc.Array(node["Names"]); err != nil || len(names) > 0 {
		return err == nil, err
	}
	kids, err := p.doc.Array(node["Kids"])
	if err != nil || depth > maxNames {
		return false, err
	}
	for _, kid := range kids {
		if p.looked++; p.looked >= maxLooked {
			return false, nil
		}
		if found, err := p.named(kid, depth+1); err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// fieldActions looks at what a widget and the fields above it do.
func (p *preparation) fieldActions(annotation pdf.Dict) error {
	if err := p.actions(annotation["A"], annotation["AA"]); err != nil {
		return err
	}
	for depth := 0; depth < maxFieldDepth && !p.acts; depth++ {
		parent, ok := annotation["Parent"].(pdf.Ref)
		if !ok || p.follow(parent) {
			return nil
		}
		p.looked++
		above, err := p.doc.Dict(parent)
		if err != nil {
			return err
		}
		if err := p.actions(nil, above["AA"]); err != nil {
			return err
		}
		annotation = above
	}
	return nil
}
