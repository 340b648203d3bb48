package verify

import (
	"errors"
	"math"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// markup are the annotations that a certification may permit (ISO 32000-2
// section 12.5.6.2): those that show remarks and act on nothing.
var markup = []pdf.Name{
	"Text", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline",
	"Squiggly", "StrikeOut", "Stamp", "Caret", "Ink", "Popup",
}

// pages allows pages nothing but further annotations: the widgets of fields
// that were vouched for, and remarks.
func (c *comparison) pages() error {
	if !c.mayHoldPages() {
		return nil
	}
	list, err := c.v.pagesOf(c.old)
	if err != nil {
		if errors.Is(err, errPageTree) {
			return nil // its objects are left over and refused
		}
		return err
	}
	// A list of annotations may be an object of its own.
	lists := slices.ContainsFunc(c.all, func(o *changedObject) bool {
		_, ok := o.before.(pdf.Array)
		return ok && c.modified(o.ref.Num) != nil
	})
	for ref := range list.nodes {
		c.markedNode(ref)
	}
	// Numbers are settled along the way, so that the page itself goes last.
	for i, ref := range list.refs {
		o := c.modified(ref.Num)
		var before, after pdf.Dict
		if o != nil {
			if !isDict(o.before) || !isDict(o.after) {
				continue // a reference to a page, or no page: left over and refused
			}
			before, after = o.before.(pdf.Dict), o.after.(pdf.Dict)
		} else {
			if !lists {
				continue
			}
			if before, err = c.old.Dict(ref); err != nil {
				return err
			}
			if annots, ok := before["Annots"].(pdf.Ref); !ok || c.modified(annots.Num) == nil {
				continue
			}
			after = before
		}
		if err := c.page(i+1, ref, before, after); err != nil {
			return err
		}
	}
	return nil
}

// markedNode allows a node above pages the mark that iText 2 and its heirs
// leave in it.
func (c *comparison) markedNode(ref pdf.Ref) {
	o := c.modified(ref.Num)
	if o == nil || !isDict(o.before) || !isDict(o.after) {
		return
	}
	before, after := o.before.(pdf.Dict), o.after.(pdf.Dict)
	_, isText := after["ITXT"].(pdf.String)
	if keys := differingKeys(before, after); len(keys) == 1 && keys[0] == "ITXT" && isText {
		c.settle(ref.Num)
		c.ownRole[ref.Num] = true
	}
}

// sharePages lets one list of pages serve both revisions where the page tree did
// not change: to make one means to read every page.
func (c *comparison) sharePages() {
	pages := c.v.pages
	switch before, after := pages[c.old], pages[c.new]; {
	case before == nil && after != nil && c.samePages(after):
		pages[c.old] = after
	case before != nil && after == nil && c.samePages(before):
		pages[c.new] = before
	}
}

// samePages reports whether the list, of one of the revisions, is the other's
// as well.
func (c *comparison) samePages(list *pageList) bool {
	before, err := c.old.Catalog()
	if err != nil {
		return false
	}
	after, err := c.new.Catalog()
	if err != nil || list.indirect || len(c.v.early) > 0 || !pdf.Identical(before["Pages"], after["Pages"]) {
		return false
	}
	isPage := func(o pdf.Object) bool {
		dict, ok := o.(pdf.Dict)
		return ok && dict["Kids"] == nil
	}
	return !slices.ContainsFunc(c.all, func(o *changedObject) bool {
		return list.nodes[o.ref] || list.number[o.ref] > 0 && (!isPage(o.before) || !isPage(o.after))
	})
}

// mayHoldPages reports whether a page or its list of annotations can be among
// the objects that are still unexplained.
func (c *comparison) mayHoldPages() bool {
	for _, o := range c.changed {
		if !o.added && !o.freed {
			return true
		}
	}
	return false
}

// tabOrders are the values of Tabs (ISO 32000-2 table 31).
var tabOrders = []pdf.Name{"R", "C", "S", "A", "W"}

func (c *comparison) page(number int, ref pdf.Ref, before, after pdf.Dict) error {
	for _, key := range differingKeys(before, after) {
		if c.inherited(key, before, after) {
			continue
		}
		switch key {
		case "Annots":
		case "Tabs":
			if before[key] != nil || !slices.Contains(tabOrders, after.Name(key)) {
				c.refuse(Change{Kind: ChangePage, Page: number, Name: string(key)}, ref.Num)
			}
		case "MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox":
			if !sameBox(before[key], after[key]) {
				c.refuse(Change{Kind: ChangePage, Page: number, Name: string(key)}, ref.Num)
			}
		case "Contents", "Resources":
			c.refuse(Change{Kind: ChangePageContent, Page: number}, ref.Num)
		default:
			c.refuse(Change{Kind: ChangePage, Page: number, Name: printable(string(key))}, ref.Num)
		}
	}
	if c.modified(ref.Num) != nil {
		c.settle(ref.Num)
		c.pageRole[ref.Num] = true
	}
	old, now, err := wasAndIs(c, (*pdf.Document).Array, before["Annots"], after["Annots"])
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(before["Annots"], after["Annots"])
	more, kept := added(old, now)
	if !ok || !kept {
		c.refuse(Change{Kind: ChangeAnnotations, Page: number}, ref.Num, num)
	}
	gained := newCover(number)
	for _, e := range more {
		if err := c.addCover(gained, e, c.annotation(number, e)); err != nil {
			return err
		}
	}
	c.warnOfCover(gained)
	return nil
}

// What vouches for an annotation where no change is about it.
const (
	byNothing   = -1
	byCompanion = -2
)

// annotation judges an annotation that a page gained, and returns the index of
// the change that vouches for it.
func (c *comparison) annotation(page int, e pdf.Object) int {
	ref, _ := e.(pdf.Ref)
	if i, ok := c.widgets[ref]; ok && c.changes[i].Kind != ChangeFormValue {
		if place := c.changes[i].Place; place != nil && place.Page == 0 {
			place.Page = page
			c.changes[i].Page = page
		}
		return i
	}
	if c.companions[ref] {
		return byCompanion
	}
	change := Change{Kind: ChangeAnnotations, Page: page}
	o := c.changed[ref.Num]
	if o == nil || !c.fresh(ref) {
		c.refuse(change, ref.Num)
		return byNothing
	}
	dict, ok := o.after.(pdf.Dict)
	if !ok || !slices.Contains(markup, dict.Name("Subtype")) || dict["A"] != nil || dict["AA"] != nil {
		c.refuse(change, ref.Num)
		return byNothing
	}
	change.Kind, change.Name = ChangeAnnotation, string(dict.Name("Subtype"))
	if rect, ok := visibleRect(c.new, dict); ok {
		change.Place = &Place{Page: page, Rect: rect}
	}
	i := c.vouch(change, ref.Num)
	c.drawn = append(c.drawn, dict)
	c.keepCompanions(dict)
	reached := c.explain(dict)
	c.changes[i].addObjects(reached)
	return i
}

// keepCompanions remembers the new remarks that belong to a remark and are listed
// beside it: its popup, the remark of a popup, the one that is answered.
func (c *comparison) keepCompanions(dict pdf.Dict) {
	for _, key := range []pdf.Name{"Popup", "Parent", "IRT"} {
		ref, ok := dict[key].(pdf.Ref)
		if !ok || !c.fresh(ref) {
			continue
		}
		other, ok := c.changed[ref.Num].after.(pdf.Dict)
		if ok && slices.Contains(markup, other.Name("Subtype")) && other["A"] == nil && other["AA"] == nil {
			c.companions[ref] = true
			c.drawn = append(c.drawn, other)
		}
	}
}

// inherited reports whether the page now says itself what it inherited before, as
// iText writes it.
func (c *comparison) inherited(key pdf.Name, before, after pdf.Dict) bool {
	if _, had := before[key]; had || !slices.Contains(inheritable, key) {
		return false
	}
	above := before
	for range maxFieldDepth {
		up, err := c.old.Dict(above["Parent"])
		if err != nil || up == nil {
			return false
		}
		if value, ok := up[key]; ok {
			return pdf.IdenticalUnder(key, value, after[key])
		}
		above = up
	}
	return false
}

// inheritable are the entries that pages take from above (ISO 32000-2 table 31).
var inheritable = []pdf.Name{"MediaBox", "CropBox", "Rotate", "Resources"}

// sameBox compares two direct boxes: poppler writes pages anew with ten decimals.
// One that is nearly empty stays as it is, since readers tell it from an empty
// one.
func sameBox(a, b pdf.Object) bool {
	x, ok := a.(pdf.Array)
	y, isArray := b.(pdf.Array)
	if !ok || !isArray || len(x) != 4 || len(y) != 4 {
		return false
	}
	var was, is [4]float64
	for i := range x {
		was[i], ok = pdf.Coordinate(x[i])
		is[i], isArray = pdf.Coordinate(y[i])
		if !ok || !isArray || math.Abs(was[i]-is[i]) > 1e-4 {
			return false
		}
	}
	return was == is || math.Abs(was[2]-was[0]) >= 1 && math.Abs(was[3]-was[1]) >= 1
}
