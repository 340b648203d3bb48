package pdf

import (
	"fmt"
	"iter"
	"math"
)

const (
	maxPageDepth = 64
	maxPageNodes = 1 << 18
)

// Rect is a rectangle in default user space units, LLX <= URX and LLY <= URY.
type Rect struct{ LLX, LLY, URX, URY float64 }

// Page is a page with the attributes that it has or inherits (ISO 32000-2,
// 7.7.3.4).
type Page struct {
	// Ref is the page object; zero when the page stands directly in Kids,
	// which the standard forbids and some files do.
	Ref Ref
	// Dict is the page's own dictionary, without inherited values.
	Dict Dict
	// Resources is resolved one level: a dictionary, empty when missing.
	Resources Dict
	// MediaBox falls back to US Letter as readers do, CropBox to MediaBox, cut
	// to MediaBox.
	MediaBox, CropBox Rect
	// Rotate is 0, 90, 180 or 270, clockwise.
	Rotate int
	// UserUnit is the size of a unit in 1/72 inch; 1 when missing.
	UserUnit float64
}

// pageWalk is a walk over the page tree that goes as far as it is asked to.
type pageWalk struct {
	begun bool
	err   error          // what stopped the walk
	nodes []pageNode     // of the tree, for inheritance
	stack []pageLevel    // from the root to the node whose kids come next
	seen  map[Ref]bool   // nodes of the tree
	found []pagePosition // pages, in order
}

type pageNode struct {
	attrs  Dict // inheritable ones
	parent int  // in nodes; -1 of the root
}

type pageLevel struct {
	kids Array
	node int
}

type pagePosition struct {
	ref    Ref
	direct Dict // of a page without a reference
	parent int32
}

// inheritable attributes of pages (ISO 32000-2, table 31).
var inheritable = []Name{"Resources", "MediaBox", "CropBox", "Rotate"}

// PageCount returns the number of pages, counted by walking the page tree.
func (d *Document) PageCount() (int, error) {
	err := d.walkPages(math.MaxInt)
	return len(d.pages.found), err
}

// Page returns page i, counted from 0. ErrNoPage when there are not so many.
func (d *Document) Page(i int) (Page, error) {
	ref, dict, err := d.PageObject(i)
	if err != nil {
		return Page{}, err
	}
	parent := int(d.pages.found[i].parent)
	p, err := d.frame(ref, dict, parent)
	if err != nil {
		return Page{}, err
	}
	resources, err := d.inherited(dict, parent, "Resources")
	if err != nil {
		return Page{}, err
	}
	if p.Resources, _ = resources.(Dict); p.Resources == nil {
		p.Resources = Dict{}
	}
	return p, nil
}

// PageObject is Page without the attributes: the page's reference and its own
// dictionary. It reads no other object.
func (d *Document) PageObject(i int) (Ref, Dict, error) {
	if i < 0 {
		return Ref{}, nil, fmt.Errorf("%w: page %d", ErrNoPage, i+1)
	}
	if err := d.walkPages(i + 1); err != nil {
		return Ref{}, nil, err
	}
	if i >= len(d.pages.found) {
		return Ref{}, nil, fmt.Errorf("%w: page %d of %d", ErrNoPage, i+1, len(d.pages.found))
	}
	at := d.pages.found[i]
	if at.direct != nil {
		return at.ref, at.direct.Clone(), nil
	}
	dict, err := d.Dict(at.ref)
	return at.ref, dict, err
}

// walkPages walks on until count pages are known or the tree ends.
func (d *Document) walkPages(count int) error {
	w := &d.pages
	if !w.begun {
		*w = pageWalk{begun: true, seen: map[Ref]bool{}}
		catalog, err := d.Catalog()
		if err == nil {
			err = d.visitPages(catalog["Pages"], -1)
		}
		w.err = err
	}
	for w.err == nil && len(w.found) < count && len(w.stack) > 0 {
		top := &w.stack[len(w.stack)-1]
		if len(top.kids) == 0 {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		kid := top.kids[0]
		top.kids = top.kids[1:]
		if w.err = d.visitPages(kid, top.node); w.err != nil {
			break
		}
	}
	return w.err
}

// visitPages notes a page, or goes down into a node of the page tree.
func (d *Document) visitPages(kid Object, parent int) error {
	w := &d.pages
	ref, _ := kid.(Ref)
	dict, err := d.Dict(kid)
	if err != nil {
		return err
	}
	if dict == nil {
		return d.repair(RepairPages, -1, "page "+ref.String()+" is missing")
	}
	if len(w.found)+len(w.nodes) >= maxPageNodes {
		return limitErrorf("more than %d pages", maxPageNodes)
	}
	kids, hasKids := dict["Kids"]
	if !hasKids || dict.Name("Type") == "Page" {
		p := pagePosition{ref: ref, parent: int32(parent)}
		if ref.IsZero() {
			p.direct = dict
			if err := d.repair(RepairPages, -1, "page without an object of its own"); err != nil {
				return err
			}
		}
		if parent < 0 {
			if err := d.repair(RepairPages, -1, "page where the page tree should be"); err != nil {
				return err
			}
		}
		w.found = append(w.found, p)
		return nil
	}
	if !ref.IsZero() {
		if w.seen[ref] {
			return syntaxErrorf(-1, "page tree has node %s twice", ref)
		}
		w.seen[ref] = true
	}
	if len(w.stack) >= maxPageDepth {
		return limitErrorf("page tree of more than %d levels", maxPageDepth)
	}
	list, err := d.Array(kids)
	if err != nil {
		return err
	}
	node := pageNode{parent: parent, attrs: Dict{}}
	for _, k := range inheritable {
		if v, ok := dict[k]; ok {
			node.attrs[k] = v
		}
	}
	w.nodes = append(w.nodes, node)
	w.stack = append(w.stack, pageLevel{kids: list, node: len(w.nodes) - 1})
	return nil
}

// inherited returns a page's own or inherited value, resolved.
func (d *Document) inherited(dict Dict, parent int, key Name) (Object, error) {
	for {
		v, err := d.Resolve(dict[key])
		if err != nil || v != nil || parent < 0 {
			return v, err
		}
		node := d.pages.nodes[parent]
		dict, parent = node.attrs, node.parent
	}
}

// Inheritable yields what the nodes above page i say under an inheritable key,
// unresolved, with the number of the node; nothing when there are not so many
// pages.
func (d *Document) Inheritable(i int, key Name) iter.Seq2[int, Object] {
	return func(yield func(int, Object) bool) {
		if err := d.walkPages(i + 1); err != nil || i < 0 || i >= len(d.pages.found) {
			return
		}
		for n := int(d.pages.found[i].parent); n >= 0; n = d.pages.nodes[n].parent {
			if !yield(n, d.pages.nodes[n].attrs[key]) {
				return
			}
		}
	}
}

// CropBox returns the CropBox that Page does, and reads no more than it needs.
func (d *Document) CropBox(i int) (Rect, error) {
	ref, dict, err := d.PageObject(i)
	if err != nil {
		return Rect{}, err
	}
	var p Page
	err = d.boxes(&p, ref, dict, int(d.pages.found[i].parent))
	return p.CropBox, err
}

// PageFrame is Page without the Resources, which many pages may share.
func (d *Document) PageFrame(i int) (Page, error) {
	ref, dict, err := d.PageObject(i)
	if err != nil {
		return Page{}, err
	}
	return d.frame(ref, dict, int(d.pages.found[i].parent))
}

func (d *Document) frame(ref Ref, dict Dict, parent int) (Page, error) {
	p := Page{Ref: ref, Dict: dict, UserUnit: 1}
	if err := d.boxes(&p, ref, dict, parent); err != nil {
		return Page{}, err
	}
	o, err := d.inherited(dict, parent, "Rotate")
	if err != nil {
		return Page{}, err
	}
	if n, ok := Number(o); ok && math.Abs(n) < 1e6 && math.Mod(n, 90) == 0 {
		p.Rotate = (int(n)%360 + 360) % 360
	}
	if _, odd := o.(Real); odd && p.Rotate != 0 { // some readers do not turn such a page
		if err := d.repair(RepairPages, -1, "page "+ref.String()+" is turned by a number that is no integer"); err != nil {
			return Page{}, err
		}
	}
	if o, err = d.Resolve(dict["UserUnit"]); err != nil {
		return Page{}, err
	}
	if n, ok := Number(o); ok && n > 0 && n < 1e6 {
		p.UserUnit = n
	}
	return p, nil
}

// boxes reads the boundaries of a page.
func (d *Document) boxes(p *Page, ref Ref, dict Dict, parent int) error {
	var ok bool
	var err error
	if p.MediaBox, ok, err = d.box(dict, parent, "MediaBox"); err != nil {
		return err
	}
	if !ok {
		p.MediaBox = Rect{0, 0, 612, 792}
		if err := d.repair(RepairPages, -1, "page "+ref.String()+" has no proper MediaBox"); err != nil {
			return err
		}
	}
	if p.CropBox, ok, err = d.box(dict, parent, "CropBox"); err != nil {
		return err
	}
	if p.CropBox = intersect(p.CropBox, p.MediaBox); !ok || p.CropBox.empty() {
		p.CropBox = p.MediaBox
	}
	return nil
}

// box reads a page boundary; ok is false when it is missing or empty.
func (d *Document) box(dict Dict, parent int, key Name) (r Rect, ok bool, err error) {
	o, err := d.inherited(dict, parent, key)
	if err != nil {
		return r, false, err
	}
	a, _ := o.(Array)
	return d.rect(a)
}

// rect reads a rectangle given by any two opposite corners (7.9.5).
func (d *Document) rect(a Array) (r Rect, ok bool, err error) {
	if len(a) != 4 {
		return r, false, nil
	}
	var n [4]float64
	for i, o := range a {
		v, err := d.Resolve(o)
		if err != nil {
			return r, false, err
		}
		if n[i], ok = Number(v); !ok || math.IsInf(n[i], 0) || math.IsNaN(n[i]) {
			return r, false, nil
		}
	}
	r = Rect{min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3])}
	return r, !r.empty(), nil
}

// ReadRect resolves o to a rectangle, its corners put in order; ok is false
// when it is none or has no area.
func (d *Document) ReadRect(o Object) (r Rect, ok bool, err error) {
	a, err := d.Array(o)
	if err != nil {
		return r, false, err
	}
	return d.rect(a)
}

func (r Rect) empty() bool { return r.LLX >= r.URX || r.LLY >= r.URY }

func intersect(a, b Rect) Rect {
	return Rect{max(a.LLX, b.LLX), max(a.LLY, b.LLY), min(a.URX, b.URX), min(a.URY, b.URY)}
}
