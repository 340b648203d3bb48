package verify

import (
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// One object may be two things: the document information that a page names as
// its pictures, a field that is a page. A rule knows what it lets change in the
// one, not what that does to the other. So nothing that pages are made of or
// draw with may change where it stands, whatever vouched for it, but for the
// annotations of a page and the appearance of a field that is filled in.

// drawings are the objects that pages draw with, and perhaps others: what the
// look through the first signed revision met, and what later ones added.
type drawings struct {
	may    tally
	missed bool // more may be drawn with than that
}

// twoRoles refuses objects that a rule settled and that pages draw with.
func (c *comparison) twoRoles() error {
	for _, o := range c.all {
		num := o.ref.Num
		if o.added || o.freed || c.ownRole[num] || c.changed[num] != nil {
			continue // what is still unexplained is refused anyway
		}
		part := false
		if !c.pageRole[num] {
			var err error
			if part, err = c.partOfPages(o); err != nil {
				return err
			}
		}
		var err error
		if !part {
			if part, err = c.drawnBy(num); err != nil {
				return err
			}
		}
		if part {
			c.refuse(Change{Kind: ChangeTwoRoles}, num)
		}
	}
	// What was written over below a field is not drawn through the field.
	for _, num := range c.holders {
		drawn, err := c.drawnBy(num)
		if err != nil {
			return err
		}
		if drawn {
			c.refuse(Change{Kind: ChangeTwoRoles}, num)
		}
	}
	return nil
}

// drawnBy reports whether the pages of the older revision draw with an object.
func (c *comparison) drawnBy(num uint32) (bool, error) {
	if c.v.drawings.may.of(num) == 0 && !c.v.drawings.missed {
		return false, nil
	}
	if c.exact == nil {
		var err error
		if c.exact, err = c.drawnWith(); err != nil {
			return false, err
		}
	}
	return c.exact == nil || c.exact[num], nil
}

// partOfPages reports whether an object is a page or a node above one. Where the
// tree has no strict reading, what looks like one is.
func (c *comparison) partOfPages(o *changedObject) (bool, error) {
	list, err := c.v.pagesOf(c.old)
	if err != nil {
		before, _ := o.before.(pdf.Dict)
		kind := before.Name("Type")
		return kind == "Page" || kind == "Pages" || before["Kids"] != nil, onlyPages(err)
	}
	return list.number[o.ref] > 0 || list.nodes[o.ref], nil
}

// onlyPages drops errors of the page tree and of the document.
func onlyPages(err error) error {
	if err == errPageTree { //nolint:errorlint // it is never wrapped
		return nil
	}
	return onlyReader(err)
}

// drawnWith is everything that the pages of the older revision draw with, nil
// when there is too much or the pages are not known.
func (c *comparison) drawnWith() (map[uint32]bool, error) {
	list, err := c.v.pagesOf(c.old)
	if err != nil {
		return nil, onlyPages(err)
	}
	w := &drawingWalk{doc: c.old, met: make(map[uint32]bool)}
	for node := range list.nodes {
		dict, err := c.old.Dict(node)
		if err != nil {
			return nil, onlyReader(err)
		}
		w.meet(dict["Resources"])
	}
	for _, ref := range list.refs {
		if err := w.page(ref); err != nil {
			return nil, onlyReader(err)
		}
	}
	if err := w.run(); err != nil || len(w.met) >= maxLooked {
		return nil, err
	}
	return w.met, nil
}

// drawingWalk goes from what draws to all that it leads to.
type drawingWalk struct {
	doc     *pdf.Document
	met     map[uint32]bool
	waiting []pdf.Ref
}

func (w *drawingWalk) meet(value pdf.Object) {
	eachRef(value, func(ref pdf.Ref) {
		if !w.met[ref.Num] && len(w.met) < maxLooked {
			w.met[ref.Num] = true
			w.waiting = append(w.waiting, ref)
		}
	})
}

func (w *drawingWalk) page(ref pdf.Ref) error {
	page, err := w.doc.Dict(ref)
	if err != nil {
		return err
	}
	w.meet(page["Contents"])
	w.meet(page["Resources"])
	annotations, err := w.doc.Array(page["Annots"])
	if err != nil {
		return err
	}
	for _, value := range annotations {
		annotation, err := w.doc.Dict(value)
		if err != nil {
			if !unreadable(err) {
				return err
			}
			w.meet(value)
			continue
		}
		for _, key := range drawingKeys {
			w.meet(annotation[key])
		}
	}
	return nil
}

// drawingKeys are the entries of an annotation that lead to what it draws.
var drawingKeys = []pdf.Name{"AP", "MK", "DR"}

func (w *drawingWalk) run() error {
	for len(w.waiting) > 0 {
		ref := w.waiting[len(w.waiting)-1]
		w.waiting = w.waiting[:len(w.waiting)-1]
		object, err := w.doc.Get(ref)
		switch {
		case err == nil:
			w.meet(object)
		case unreadable(err):
			w.meet(refsOfUnreadable(w.doc, ref))
		default:
			return err
		}
	}
	return nil
}

// noteDrawings remembers what the annotations that rules vouched for draw with.
func (c *comparison) noteDrawings() error {
	w := &drawingWalk{doc: c.new, met: make(map[uint32]bool)}
	for _, dict := range c.drawn {
		for _, key := range drawingKeys {
			w.meet(dict[key])
		}
	}
	// What was there before is noted already.
	w.waiting = slices.DeleteFunc(w.waiting, func(ref pdf.Ref) bool { return c.v.drawings.may.of(ref.Num) > 0 })
	if err := w.run(); err != nil {
		return err
	}
	if len(w.met) >= maxLooked {
		return errBudget
	}
	for num := range w.met {
		c.v.drawings.may.add(num)
	}
	return nil
}
