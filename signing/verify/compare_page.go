package verify

import (
	"errors"
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
	// Numbers are settled along the way, so that the page itself goes last.
	for i, ref := range list.refs {
		o := c.modified(ref.Num)
		var before, after pdf.Dict
		if o != nil {
			before, _ = o.before.(pdf.Dict)
			after, _ = o.after.(pdf.Dict)
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
	if err != nil || list.indirect || len(c.v.early) > 0 || !pdf.Equal(before["Pages"], after["Pages"]) {
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

func (c *comparison) page(number int, ref pdf.Ref, before, after pdf.Dict) error {
	for _, key := range differingKeys(before, after) {
		switch key {
		case "Annots":
		case "Contents", "Resources":
			c.refuse(Change{Kind: ChangePageContent, Page: number}, ref.Num)
		default:
			c.refuse(Change{Kind: ChangePage, Page: number, Name: printable(string(key))}, ref.Num)
		}
	}
	if c.modified(ref.Num) != nil {
		c.settle(ref.Num)
	}
	old, err := c.old.Array(before["Annots"])
	if err != nil {
		return err
	}
	now, err := c.new.Array(after["Annots"])
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(before["Annots"], after["Annots"])
	more, kept := added(old, now)
	if !ok || !kept {
		c.refuse(Change{Kind: ChangeAnnotations, Page: number}, ref.Num, num)
	}
	for _, e := range more {
		c.annotation(number, e)
	}
	return nil
}

// annotation judges an annotation that a page gained.
func (c *comparison) annotation(page int, e pdf.Object) {
	ref, _ := e.(pdf.Ref)
	if i, ok := c.widgets[ref]; ok {
		if place := c.changes[i].Place; place != nil && place.Page == 0 {
			place.Page = page
			c.changes[i].Page = page
		}
		return
	}
	change := Change{Kind: ChangeAnnotations, Page: page}
	o := c.changed[ref.Num]
	if o == nil || !c.fresh(ref) {
		c.refuse(change, ref.Num)
		return
	}
	dict, ok := o.after.(pdf.Dict)
	if !ok || !slices.Contains(markup, dict.Name("Subtype")) || dict["A"] != nil || dict["AA"] != nil {
		c.refuse(change, ref.Num)
		return
	}
	change.Kind, change.Name = ChangeAnnotation, string(dict.Name("Subtype"))
	if rect, ok := visibleRect(c.new, dict); ok {
		change.Place = &Place{Page: page, Rect: rect}
	}
	i := c.vouch(change, ref.Num)
	reached := c.explain(dict)
	c.changes[i].addObjects(reached)
}
