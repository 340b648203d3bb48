package verify

import (
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// A script may ask for the size of the file, the date or the signatures, and
// show another amount when the answer changes, without any change of the document
// that a verifier could find. The standard has authors of such documents say so
// (legal content attestation, ISO 32000-2 section 12.8.7).

// maxActions bounds how many actions follow each other, and the levels of a name
// tree. What goes further counts as a script: no writer does.
const maxActions = 32

// acting are the actions that change what is shown, apart from the place in the
// document and other programs (ISO 32000-2 section 12.6.4).
var acting = map[pdf.Name]bool{
	"GoTo3DView": true, "Hide": true, "ImportData": true, "JavaScript": true, "Movie": true, "Rendition": true,
	"ResetForm": true, "RichMediaExecute": true, "SetOCGState": true,
}

// moving are the annotations that show what changes, some by scripts of their own.
var moving = map[pdf.Name]bool{"3D": true, "Movie": true, "RichMedia": true, "Screen": true}

// role is what an object was looked at as. The same one may have several.
type role byte

const (
	asAction role = iota
	asTriggers
	asNames
	asParent
	asField
	asOutline
)

type followed struct {
	role role
	ref  pdf.Ref
}

// active warns of a document that can change what it shows by itself: once for
// all of it. This is what the catalog leads to; pages and annotations are looked
// at where they are met.
func (p *preparation) active() error {
	catalog, err := p.doc.Catalog()
	if err != nil {
		return onlyReader(err)
	}
	if err := p.actions(catalog["OpenAction"], catalog["AA"]); err != nil {
		return err
	}
	names, err := p.doc.Dict(catalog["Names"])
	if err == nil {
		err = p.named(names["JavaScript"], 0)
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
	if err := p.reader(err); err != nil {
		return err
	}
	if err := p.fields(form["Fields"], 0); err != nil {
		return err
	}
	outlines, err := p.doc.Dict(catalog["Outlines"])
	if err != nil {
		return p.reader(err)
	}
	return p.outline(outlines["First"], 0)
}

// fields looks at the actions of fields, which need no widget.
func (p *preparation) fields(value pdf.Object, depth int) error {
	list, err := p.doc.Array(value)
	if err != nil || depth > maxFieldDepth {
		return p.reader(err)
	}
	for _, node := range list {
		if p.looked++; p.acts || p.looked >= maxLooked {
			return nil
		}
		if p.follow(asField, node) {
			continue
		}
		field, err := p.doc.Dict(node)
		if err := p.reader(err); err != nil {
			return err
		}
		if err := p.actions(nil, field["AA"]); err != nil {
			return err
		}
		if field["Kids"] == nil {
			continue
		}
		if err := p.fields(field["Kids"], depth+1); err != nil {
			return err
		}
	}
	return nil
}

// outline looks at the actions of bookmarks: those of a level in a row, the
// levels one below the other.
func (p *preparation) outline(item pdf.Object, depth int) error {
	for item != nil && depth <= maxActions {
		if p.looked++; p.acts || p.looked >= maxLooked || p.follow(asOutline, item) {
			return nil
		}
		dict, err := p.doc.Dict(item)
		if err != nil {
			return p.reader(err)
		}
		if err := p.actions(dict["A"], nil); err != nil {
			return err
		}
		if err := p.outline(dict["First"], depth+1); err != nil {
			return err
		}
		item = dict["Next"]
	}
	return nil
}

// steps looks at what a page does when its parts are shown one after another (ISO
// 32000-2 section 12.4.4.2). It can show and hide layers and annotations.
func (p *preparation) steps(page pdf.Dict) error {
	step, err := p.doc.Dict(page["PresSteps"])
	if err != nil {
		return p.reader(err)
	}
	if err := p.actions(step["NA"], nil); err != nil {
		return err
	}
	return p.actions(step["PA"], nil)
}

// act warns, the first time.
func (p *preparation) act() {
	if !p.acts {
		p.acts = true
		p.v.findings = append(p.v.findings, finding(CodeActiveContent, ""))
	}
}

// actions looks at an action and at a dictionary of them by what sets them off
// (ISO 32000-2 section 12.6.3). Like those below it goes on behind what cannot be
// read.
func (p *preparation) actions(action, additional pdf.Object) error {
	if p.acts || action == nil && additional == nil {
		return nil
	}
	if err := p.action(action, 0); err != nil {
		return err
	}
	if p.follow(asTriggers, additional) {
		return nil
	}
	triggers, err := p.doc.Dict(additional)
	if err != nil {
		return p.reader(err)
	}
	for _, key := range triggers.Keys() {
		if err := p.action(triggers[key], 0); err != nil {
			return err
		}
	}
	return nil
}

// action looks at one action and at those that follow it. A destination is none.
func (p *preparation) action(value pdf.Object, depth int) error {
	if p.looked++; p.acts || value == nil || p.looked >= maxLooked || p.follow(asAction, value) {
		return nil
	}
	if depth > maxActions {
		p.act()
		return nil
	}
	value, err := p.doc.Resolve(value)
	if err != nil {
		return p.reader(err)
	}
	action, ok := value.(pdf.Dict)
	if !ok {
		return nil
	}
	kind, err := p.doc.Resolve(action["S"])
	if err := p.reader(err); err != nil {
		return err
	}
	if name, ok := kind.(pdf.Name); ok && acting[name] {
		p.act()
		return nil
	}
	next, err := p.doc.Resolve(action["Next"])
	if err != nil {
		return p.reader(err)
	}
	several, ok := next.(pdf.Array)
	if !ok {
		several = pdf.Array{action["Next"]}
	}
	for _, one := range several {
		if err := p.action(one, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// follow notes an object and reports whether it was noted before.
func (p *preparation) follow(as role, value pdf.Object) bool {
	ref, ok := value.(pdf.Ref)
	if !ok {
		return false
	}
	before := p.followed[followed{as, ref}]
	p.followed[followed{as, ref}] = true
	return before
}

// named looks for a name in a name tree.
func (p *preparation) named(tree pdf.Object, depth int) error {
	if p.looked++; p.acts || p.looked >= maxLooked || p.follow(asNames, tree) {
		return nil
	}
	if depth > maxActions {
		p.act()
		return nil
	}
	node, err := p.doc.Dict(tree)
	if err != nil {
		return p.reader(err)
	}
	names, err := p.doc.Array(node["Names"])
	if err := p.reader(err); err != nil {
		return err
	}
	if len(names) > 0 {
		p.act()
		return nil
	}
	kids, err := p.doc.Array(node["Kids"])
	if err != nil {
		return p.reader(err)
	}
	for _, kid := range kids {
		if err := p.named(kid, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fieldActions looks at what an annotation and the fields above it do.
func (p *preparation) fieldActions(annotation pdf.Dict) error {
	if moving[annotation.Name("Subtype")] {
		p.act()
	}
	if err := p.actions(annotation["A"], annotation["AA"]); err != nil {
		return err
	}
	for depth := 0; annotation["Parent"] != nil && !p.acts; depth++ {
		if depth >= maxFieldDepth {
			p.act()
		}
		if p.looked++; p.looked >= maxLooked || p.follow(asParent, annotation["Parent"]) {
			return nil
		}
		above, err := p.doc.Dict(annotation["Parent"])
		if err != nil {
			return p.reader(err)
		}
		if err := p.actions(nil, above["AA"]); err != nil {
			return err
		}
		annotation = above
	}
	return nil
}
