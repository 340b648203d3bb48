package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Bounds of what is read of a number tree, and written to it.
const (
	maxTreeNodes = 10_000
	maxTreeDepth = 32
	maxTreeKey   = 1<<31 - 2 // as readers of 32 bits count
)

// structure is the logical structure of a tagged document (ISO 32000-2, 14.7),
// as far as something can be added to it.
type structure struct {
	doc  *pdf.Document
	root pdf.Ref
	tree pdf.Object // the number tree that leads from marked content to its element
}

// readStructure returns nil for a document that is not tagged. A tagged one to
// whose structure nothing can be added has a root of zero.
func readStructure(doc *pdf.Document, catalog pdf.Dict) (*structure, error) {
	info, err := doc.Dict(catalog["MarkInfo"])
	if err != nil {
		return nil, unlessDamaged(err)
	}
	marked, err := doc.Resolve(info["Marked"])
	if err != nil || marked != true {
		return nil, unlessDamaged(err)
	}
	s := &structure{doc: doc}
	ref, ok := catalog["StructTreeRoot"].(pdf.Ref)
	if !ok {
		return s, nil
	}
	root, err := doc.Dict(ref)
	if err != nil {
		return s, unlessDamaged(err)
	}
	if root["ParentTree"] != nil {
		s.root, s.tree = ref, root["ParentTree"]
	}
	return s, nil
}

// unlessDamaged forgives a structure that is not in form: the pages can be drawn
// on without it.
func unlessDamaged(err error) error {
	if err == nil || errors.Is(err, pdf.ErrMalformed) {
		return nil
	}
	return fromPDF(err)
}

// figure is something drawn on a page, for readers who cannot see it.
type figure struct {
	page pdf.Ref
	alt  string
	at   pdf.Rect // in user space
}

// mark returns the operator that begins marked content for the figure, and ""
// for a document that is not tagged. In a tagged one everything is either part
// of the structure or an artifact (ISO 14289-1, 7.1): the figure becomes the
// last element of the structure or, where that cannot be extended, an artifact.
// The page, which is about to be written, gets a key to the structure if it has
// none.
func (s *structure) mark(u *pdf.Update, page pdf.Dict, f figure) (string, error) {
	if s == nil {
		return "", nil
	}
	const artifact = "/Artifact BMC"
	if s.root.IsZero() {
		return artifact, nil
	}
	if page["StructParents"] == nil {
		key, err := s.newKey(u)
		if err != nil || key < 0 {
			return artifact, unlessDamaged(err)
		}
		page["StructParents"] = key
	}
	key, err := s.doc.Resolve(page["StructParents"])
	if err != nil {
		return artifact, unlessDamaged(err)
	}
	n, ok := key.(pdf.Integer)
	if !ok {
		return artifact, nil
	}
	parents, err := s.parents(u, int64(n))
	if err != nil || parents == nil {
		return artifact, unlessDamaged(err)
	}
	top, err := s.top(u)
	if err != nil || top.dict == nil {
		return artifact, unlessDamaged(err)
	}
	id := len(parents.elements)
	element := u.Add(pdf.Dict{
		"Type": pdf.Name("StructElem"), "S": pdf.Name("Figure"), "P": top.ref, "Pg": f.page, "K": pdf.Integer(id),
		"Alt": pdf.TextString(f.alt),
		"A": pdf.Dict{"O": pdf.Name("Layout"), "Placement": pdf.Name("Block"),
			"BBox": pdf.Array{number(f.at.LLX), number(f.at.LLY), number(f.at.URX), number(f.at.URY)}},
	})
	parents.add(u, element)
	top.add(u, element)
	return fmt.Sprintf("/Figure <</MCID %d>> BDC", id), nil
}

// parentArray lists the elements of a page by their marks' numbers.
type parentArray struct {
	elements pdf.Array
	ref      pdf.Ref // zero for an array that stands in the leaf itself
	leaf     pdf.Dict
	leafRef  pdf.Ref
	at       int // in Nums of the leaf
}

func (p *parentArray) add(u *pdf.Update, element pdf.Ref) {
	longer := append(p.elements[:len(p.elements):len(p.elements)], element)
	if !p.ref.IsZero() {
		u.Set(p.ref, longer)
		return
	}
	nums := append(pdf.Array(nil), p.leaf["Nums"].(pdf.Array)...)
	nums[p.at] = longer
	leaf := p.leaf.Clone()
	leaf["Nums"] = nums
	u.Set(p.leafRef, leaf)
}

// parents looks a page's array up in the number tree (ISO 32000-2, 7.9.7), as
// the update has it. It returns nil for one that is missing or in no form that
// can be extended.
func (s *structure) parents(u *pdf.Update, key int64) (*parentArray, error) {
	w := treeWalk{s: s, u: u, key: key}
	return w.visit(s.tree, 0)
}

// newKey adds an empty array to the number tree and returns its key, which is
// higher than any other; it is negative when the tree cannot be extended.
func (s *structure) newKey(u *pdf.Update) (pdf.Integer, error) {
	ref, ok := s.tree.(pdf.Ref)
	if !ok {
		return -1, nil
	}
	w := treeWalk{s: s, u: u, key: -1}
	if _, err := w.visit(ref, 0); err != nil {
		return -1, err
	}
	root, err := s.dict(u, s.root)
	if err != nil {
		return -1, err
	}
	key := pdf.Integer(w.highest + 1)
	if next, ok := root["ParentTreeNextKey"].(pdf.Integer); ok && next > key {
		key = next
	}
	if key < 0 || key > maxTreeKey {
		return -1, nil
	}
	tree, err := s.dict(u, ref)
	if err != nil || tree == nil || root == nil {
		return -1, err // a reference to nothing
	}
	tree = tree.Clone()
	empty := u.Add(pdf.Array{})
	if kids, ok := tree["Kids"].(pdf.Array); ok {
		leaf := u.Add(pdf.Dict{"Limits": pdf.Array{key, key}, "Nums": pdf.Array{key, empty}})
		tree["Kids"] = append(kids[:len(kids):len(kids)], leaf)
	} else {
		nums, _ := tree["Nums"].(pdf.Array)
		tree["Nums"] = append(nums[:len(nums):len(nums)], key, empty)
	}
	u.Set(ref, tree)
	root = root.Clone()
	root["ParentTreeNextKey"] = key + 1
	u.Set(s.root, root)
	return key, nil
}

// treeWalk looks for a key, and for the highest one when that is negative.
type treeWalk struct {
	s       *structure
	u       *pdf.Update
	key     int64
	highest int64
	nodes   int
}

func (w *treeWalk) visit(node pdf.Object, depth int) (*parentArray, error) {
	if w.nodes++; w.nodes > maxTreeNodes || depth > maxTreeDepth {
		return nil, fmt.Errorf("%w: the structure's number tree", ErrLimit)
	}
	ref, ok := node.(pdf.Ref)
	if !ok {
		return nil, nil
	}
	dict, err := w.s.dict(w.u, ref)
	if err != nil {
		return nil, err
	}
	if limits, err := w.s.doc.Array(dict["Limits"]); err == nil && len(limits) == 2 {
		low, lowOK := limits[0].(pdf.Integer)
		high, highOK := limits[1].(pdf.Integer)
		if w.key >= 0 && lowOK && highOK && (w.key < int64(low) || w.key > int64(high)) {
			return nil, nil
		}
	}
	if nums, ok := dict["Nums"].(pdf.Array); ok {
		return w.leaf(ref, dict, nums)
	}
	kids, err := w.s.doc.Array(dict["Kids"])
	if err != nil {
		return nil, err
	}
	for _, kid := range kids {
		if found, err := w.visit(kid, depth+1); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil
}

func (w *treeWalk) leaf(ref pdf.Ref, dict pdf.Dict, nums pdf.Array) (*parentArray, error) {
	for i := 0; i+1 < len(nums); i += 2 {
		key, ok := nums[i].(pdf.Integer)
		if ok {
			w.highest = max(w.highest, int64(key))
		}
		if !ok || int64(key) != w.key || w.key < 0 {
			continue
		}
		p := &parentArray{leaf: dict, leafRef: ref, at: i + 1}
		value := nums[i+1]
		if r, ok := value.(pdf.Ref); ok {
			o, err := w.u.Get(r)
			if err != nil {
				return nil, err
			}
			p.ref, value = r, o
		}
		elements, ok := value.(pdf.Array)
		if !ok {
			return nil, nil // an element of its own: of no page
		}
		p.elements = elements
		return p, nil
	}
	return nil, nil
}

// dict reads an object as the update has it.
func (s *structure) dict(u *pdf.Update, ref pdf.Ref) (pdf.Dict, error) {
	o, err := u.Get(ref)
	if err != nil {
		return nil, err
	}
	dict, _ := o.(pdf.Dict)
	return dict, nil
}

// parent is where an element is added: the one element under the root, such as
// Document, or the root.
type parent struct {
	ref  pdf.Ref
	dict pdf.Dict
	kids pdf.Array
}

func (p parent) add(u *pdf.Update, element pdf.Ref) {
	dict := p.dict.Clone()
	dict["K"] = append(p.kids[:len(p.kids):len(p.kids)], element)
	u.Set(p.ref, dict)
}

func (s *structure) top(u *pdf.Update) (parent, error) {
	root, err := s.parent(u, s.root)
	if err != nil || len(root.kids) != 1 {
		return root, err
	}
	only, ok := root.kids[0].(pdf.Ref)
	if !ok {
		return root, nil
	}
	under, err := s.parent(u, only)
	if err != nil || under.dict == nil {
		return root, err
	}
	return under, nil
}

// parent reads an element with its kids, of which one may stand alone.
func (s *structure) parent(u *pdf.Update, ref pdf.Ref) (parent, error) {
	dict, err := s.dict(u, ref)
	if err != nil {
		return parent{}, err
	}
	p := parent{ref: ref, dict: dict}
	o, err := s.doc.Resolve(dict["K"])
	if err != nil {
		return parent{}, err
	}
	switch o := o.(type) {
	case nil:
	case pdf.Array:
		p.kids = o
	default:
		p.kids = pdf.Array{dict["K"]}
	}
	return p, nil
}
