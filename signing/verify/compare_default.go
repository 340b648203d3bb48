package verify

import (
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Fields and remarks without an appearance of their own are drawn by the viewer,
// with the form's default resources (ISO 32000-2 section 12.7.4.3). Where there
// are such, a new font under a name that was free is another look of what was
// signed.

// formResources allows new default resources under names that were free.
func (c *comparison) formResources(beforeValue, afterValue pdf.Object) error {
	before, after, err := wasAndIs(c, (*pdf.Document).Dict, beforeValue, afterValue)
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(beforeValue, afterValue)
	gained := false
	for category := range after {
		gained = gained || before[category] == nil
	}
	pictures := false
	for category := range before {
		if category == "XObject" && c.exchanged(before[category], after[category]) {
			pictures = true
		}
		more, kind, err := c.resourceCategory(category, before[category], after[category])
		if err != nil {
			return err
		}
		ok, gained = ok && kind, gained || more
	}
	if ok && gained {
		drawn, err := c.drawsByDefault()
		if err != nil {
			return err
		}
		ok = !drawn
	}
	if ok && pictures {
		borrowed, err := c.borrowsResources()
		if err != nil {
			return err
		}
		ok = !borrowed
	}
	switch {
	case !ok:
		c.refuse(Change{Kind: ChangeForm, Name: "DR"}, num)
	case gained:
		c.vouch(Change{Kind: ChangeDefaults, Name: "DR"}, c.explain(after)...)
	}
	return nil
}

// resourceCategory compares, say, the fonts before and after.
func (c *comparison) resourceCategory(category pdf.Name, beforeValue, afterValue pdf.Object) (gained, ok bool, err error) {
	before, after, err := wasAndIs(c, (*pdf.Document).Resolve, beforeValue, afterValue)
	if err != nil {
		return false, false, err
	}
	x, isDict := before.(pdf.Dict)
	y, _ := after.(pdf.Dict)
	if !isDict {
		return false, pdf.Identical(before, after), nil
	}
	for key, value := range x {
		if !pdf.Identical(value, y[key]) {
			if category != "XObject" || y[key] == nil {
				return false, false, nil
			}
			gained = true // PDFBox names every signer's picture alike
		}
	}
	_, ok = c.explainOwn(beforeValue, afterValue)
	return gained || len(y) > len(x), ok, nil
}

// exchanged reports whether something under a name became something else.
func (c *comparison) exchanged(beforeValue, afterValue pdf.Object) bool {
	before, after, err := wasAndIs(c, (*pdf.Document).Dict, beforeValue, afterValue)
	if err != nil {
		return true
	}
	for key, value := range before {
		if !pdf.Identical(value, after[key]) {
			return true
		}
	}
	return false
}

// borrowsResources reports whether a widget of the older revision has an
// appearance without resources of its own, for which some viewers take the
// form's.
func (c *comparison) borrowsResources() (bool, error) {
	old, err := c.v.formOf(c.old)
	if err != nil {
		return false, err
	}
	for _, f := range old.fields {
		for _, w := range f.widgets {
			normal, err := normalAppearance(c.old, w.dict)
			if err != nil {
				return true, onlyReader(err)
			}
			stream, isStream := normal.(*pdf.Stream)
			if normal != nil && (!isStream || stream.Dict["Resources"] == nil) {
				return true, nil
			}
		}
	}
	return false, nil
}

// normalAppearance is a stream, or a dictionary of one for each state, or nil.
func normalAppearance(doc *pdf.Document, annotation pdf.Dict) (pdf.Object, error) {
	appearances, err := doc.Dict(annotation["AP"])
	if err != nil {
		return nil, err
	}
	return doc.Resolve(appearances["N"])
}

// drawsByDefault reports whether a viewer draws something of the older revision
// by the form's defaults.
func (c *comparison) drawsByDefault() (bool, error) {
	form, err := acroForm(c.old)
	if err != nil {
		return false, err
	}
	old, err := c.v.formOf(c.old)
	if err != nil {
		return false, err
	}
	isText := func(f field) bool { return f.kind != "Sig" }
	if need, _ := c.old.Resolve(form["NeedAppearances"]); need == pdf.Object(true) && slices.ContainsFunc(old.fields, isText) {
		return true, nil
	}
	silent := make(map[pdf.Ref]bool)
	for _, f := range old.fields {
		for _, w := range f.widgets {
			silent[w.ref] = !w.ref.IsZero() && (f.kind == "Sig" || f.kind == "Tx" && f.value == nil)
		}
	}
	list, err := c.v.pagesOf(c.old)
	if err != nil {
		return true, onlyPages(err)
	}
	for _, ref := range list.refs {
		if drawn, err := c.pageDrawsByDefault(ref, silent); drawn || err != nil {
			return true, err
		}
	}
	return false, nil
}

// pageDrawsByDefault looks at the annotations of a page. Widgets that are silent
// have nothing to show.
func (c *comparison) pageDrawsByDefault(ref pdf.Ref, silent map[pdf.Ref]bool) (bool, error) {
	page, err := c.old.Dict(ref)
	if err != nil {
		return true, onlyReader(err)
	}
	annotations, err := c.old.Array(page["Annots"])
	if err != nil {
		return true, onlyReader(err)
	}
	for _, value := range annotations {
		annotation, err := c.old.Dict(value)
		if err != nil {
			return true, onlyReader(err)
		}
		if kind := annotation.Name("Subtype"); kind != "FreeText" && kind != "Widget" {
			continue
		}
		normal, err := normalAppearance(c.old, annotation)
		if err != nil {
			return true, onlyReader(err)
		}
		if states, ok := normal.(pdf.Dict); ok {
			// Of a choice, what its state names.
			if normal, err = c.old.Resolve(states[annotation.Name("AS")]); err != nil {
				return true, onlyReader(err)
			}
		}
		_, shows := normal.(*pdf.Stream)
		if ref, _ := value.(pdf.Ref); !shows && !silent[ref] {
			return true, nil
		}
	}
	return false, nil
}
