package verify

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// A revision is judged by its objects, not by paths to them. Every object that
// differs between two neighbouring revisions must be explained by a rule that
// knows what the object is: the catalog, a page, a field, the security store
// and so on. The rule says which of its entries may differ. An object that no
// rule explains is a modification, whether or not anything leads to it.
//
// New objects are explained by being reached from something vouched for, and
// only if nothing in the older revision referred to their numbers already.
// Containers that are changed in place must have had one user.

// comparison is the comparison of one revision with the one before it.
type comparison struct {
	v        *verifier
	old, new *pdf.Document
	// revision is the index of the newer revision.
	revision int
	uses     *references

	oldForm, newForm *form

	// changed holds every object that differs, until a rule explains it.
	changed map[uint32]*changedObject
	all     []*changedObject // in no order
	changes []Change
	// widgets are the annotations of fields that rules vouched for, with the
	// change that reports them.
	widgets map[pdf.Ref]int
	// drawn are those annotations, and remarks, as they are now. ownRole are
	// objects that draw and that a rule for just that settled.
	drawn   []pdf.Dict
	ownRole map[uint32]bool
	// holders are fields and widgets whose value or appearances were written over
	// where they stand; exact is what the pages draw with, nil until asked for.
	holders []uint32
	exact   map[uint32]bool
	// pageRole are pages that gained annotations: they are part of the pages,
	// but nothing may draw with them.
	pageRole map[uint32]bool
	// companions are remarks that were vouched for with others.
	companions map[pdf.Ref]bool
	// offers are the options of choices that several fields may share.
	offers map[offersKey]map[string]bool
	// balances are the streams that draw and were read.
	balances map[balanceKey]bool
}

// changedObject is an object of the newer revision that differs.
type changedObject struct {
	ref    pdf.Ref
	before pdf.Object // nil for an added object
	after  pdf.Object // nil for a freed one
	added  bool
	freed  bool
}

// compareRevisions judges what revision i did to the one before it.
func (v *verifier) compareRevisions(i int, uses *references) ([]Change, error) {
	if !v.spend(i) {
		return nil, errBudget
	}
	older, err := v.revision(i - 1)
	if err != nil {
		return nil, err
	}
	newer, err := v.revision(i)
	if err != nil {
		return nil, err
	}
	uses.turn(v.doc, i-1, older, v.revs[i-1].End)
	c := &comparison{
		v: v, old: older, new: newer, revision: i, uses: uses,
		changed: make(map[uint32]*changedObject),
		widgets: make(map[pdf.Ref]int),
		ownRole: make(map[uint32]bool), pageRole: make(map[uint32]bool), companions: make(map[pdf.Ref]bool), offers: make(map[offersKey]map[string]bool),
	}
	if err := c.collect(); err != nil {
		return nil, err
	}
	c.all = slices.Collect(maps.Values(c.changed))
	c.sharePages()
	defer c.sharePages()
	rules := []func() error{c.trailer, c.containers, c.catalog, c.pages, c.twoRoles, c.dangling, c.leftovers, c.noteDrawings}
	if len(c.all) == 0 {
		rules = rules[:1] // all that can differ is the trailer
	}
	for _, rule := range rules {
		if err := rule(); err != nil {
			return nil, err
		}
	}
	for _, change := range c.changes {
		slices.Sort(change.Objects)
	}
	if uses.err != nil {
		return nil, uses.err
	}
	if uses.tooMany {
		return nil, errBudget
	}
	for _, o := range c.all {
		uses.set(o.ref.Num, o.after)
	}
	uses.set(0, newer.Trailer())
	return c.changes, nil
}

// wasAndIs reads a value in the older revision and its counterpart in the newer.
func wasAndIs[T any](c *comparison, read func(*pdf.Document, pdf.Object) (T, error), before, after pdf.Object) (was, is T, err error) {
	if was, err = read(c.old, before); err == nil {
		is, err = read(c.new, after)
	}
	return was, is, err
}

// collect finds the objects that differ. An object that the newer revision does
// not name is the older one's.
func (c *comparison) collect() error {
	for e := range c.v.doc.RevisionEntries(c.revision) {
		before, was := c.old.Entry(e.Num)
		if was && before == e {
			continue
		}
		was = was && before.Kind != pdf.EntryFree
		is := e.Kind != pdf.EntryFree
		if !was && !is {
			if before.Gen == 65535 && e.Num != 0 && c.uses.count(e.Num) > 0 {
				// Perhaps the older entry was one that others can use.
				c.refuse(Change{Kind: ChangeUnexplained}, e.Num)
			}
			continue
		}
		change := &changedObject{ref: pdf.Ref{Num: e.Num, Gen: refGen(e)}, added: !was, freed: !is}
		var err error
		if was {
			oldRef := pdf.Ref{Num: before.Num, Gen: refGen(before)}
			if change.before, err = c.old.Get(oldRef); err != nil {
				return err
			}
			if is && oldRef != change.ref {
				c.refuse(Change{Kind: ChangeUnexplained}, e.Num)
				continue
			}
			change.ref = oldRef
		}
		if is {
			if change.after, err = c.new.Get(change.ref); err != nil {
				return err
			}
		}
		if was && is {
			same, err := c.same(change.before, change.after)
			if err != nil {
				return err
			}
			repaired, err := c.repaired(change.ref)
			if err != nil {
				return err
			}
			if same && !repaired {
				continue
			}
		}
		if change.freed && c.uses.count(e.Num) == 0 {
			continue // nothing used it
		}
		c.changed[e.Num] = change
	}
	return c.arrivals()
}

// repaired reports whether the older revision's object has no strict reading:
// other readers may have seen something else in it than in its cleaner copy.
func (c *comparison) repaired(ref pdf.Ref) (bool, error) {
	_, err := c.old.GetStrictly(ref)
	if err == nil || !unreadable(err) {
		return false, err
	}
	told := 0
	for _, f := range c.v.findings {
		if f.Code == CodeAmbiguous {
			told++
		}
	}
	if told < maxRepairs {
		c.v.findings = append(c.v.findings, finding(CodeAmbiguous, err.Error()))
	}
	return true, nil
}

// arrivals refuses objects that the older revision already named, at places
// behind its end, and that are there now.
func (c *comparison) arrivals() error {
	for _, ref := range c.v.early {
		before, _ := c.old.Entry(ref.Num)
		if now, _ := c.new.Entry(ref.Num); now != before || before.Kind != pdf.EntryInUse || before.Offset < c.v.revs[c.revision-1].End {
			continue
		}
		object, err := c.new.Get(ref)
		switch {
		case err != nil && !unreadable(err):
			return err
		case err == nil && object != nil:
			c.refuse(Change{Kind: ChangeUnexplained}, ref.Num)
		}
	}
	return nil
}

// findEarly lists what the revisions up to the first signed one, which need not
// be strict, name behind its end.
func (v *verifier) findEarly(first int) {
	for i := range first + 1 {
		for e := range v.doc.PlacedFrom(i, v.revs[first].End) {
			if len(v.early) < maxEarly {
				v.early = append(v.early, pdf.Ref{Num: e.Num, Gen: e.Gen})
			}
		}
	}
}

// maxEarly bounds such entries; with more of them nothing is compared.
const maxEarly = 1000

// same compares two objects by value, streams by their stored bytes.
func (c *comparison) same(a, b pdf.Object) (bool, error) {
	x, ok := a.(*pdf.Stream)
	if !ok {
		return pdf.Identical(a, b), nil
	}
	y, ok := b.(*pdf.Stream)
	if !ok || !pdf.Identical(without(x.Dict, "Length"), without(y.Dict, "Length")) {
		return false, nil
	}
	xo, xn, _ := x.Extent()
	yo, yn, _ := y.Extent()
	if xn != yn {
		return false, nil
	}
	// A Length that is wrong hides data from some readers, that is put right shows it.
	if n, err := c.old.Resolve(x.Dict["Length"]); err != nil || n != pdf.Object(pdf.Integer(xn)) {
		return false, onlyReader(err)
	}
	return sameBytes(c.v.r, xo, yo, xn)
}

func without(d pdf.Dict, keys ...pdf.Name) pdf.Dict {
	out := make(pdf.Dict, len(d))
	for k, v := range d {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}

func sameBytes(r io.ReaderAt, a, b, n int64) (bool, error) {
	if a == b {
		return true, nil
	}
	x, y := make([]byte, min(n, 64<<10)), make([]byte, min(n, 64<<10))
	for done := int64(0); done < n; done += int64(len(x)) {
		m := min(int64(len(x)), n-done)
		if _, err := r.ReadAt(x[:m], a+done); err != nil && err != io.EOF {
			return false, err
		}
		if _, err := r.ReadAt(y[:m], b+done); err != nil && err != io.EOF {
			return false, err
		}
		if !bytes.Equal(x[:m], y[:m]) {
			return false, nil
		}
	}
	return true, nil
}

// vouch reports a change that a rule explains and returns its index.
func (c *comparison) vouch(change Change, objects ...uint32) int {
	change.Vouched = true
	change.addObjects(objects)
	c.changes = append(c.changes, change)
	c.settle(objects...)
	return len(c.changes) - 1
}

// refuse reports a change that nothing explains.
func (c *comparison) refuse(change Change, objects ...uint32) {
	change.Vouched = false
	change.addObjects(objects)
	c.changes = append(c.changes, change)
	c.settle(objects...)
}

func (c *Change) addObjects(nums []uint32) {
	for _, n := range slices.Sorted(slices.Values(nums)) { // the same whatever the order of dictionaries
		if n != 0 && len(c.Objects) < maxListed && !slices.Contains(c.Objects, int(n)) {
			c.Objects = append(c.Objects, int(n))
		}
	}
}

// settle marks objects as reported.
func (c *comparison) settle(nums ...uint32) {
	for _, n := range nums {
		delete(c.changed, n)
	}
}

// modified returns the changed object if it was there before and still is.
func (c *comparison) modified(num uint32) *changedObject {
	if o := c.changed[num]; o != nil && !o.added && !o.freed {
		return o
	}
	return nil
}

// fresh reports whether ref is an object that this revision added under a
// number that nothing in the older revision refers to.
func (c *comparison) fresh(ref pdf.Ref) bool {
	o := c.changed[ref.Num]
	return o != nil && o.added && c.uses.count(ref.Num) == 0
}

// explain settles the new objects reached from a value that is vouched for,
// and lists their numbers. It stops at objects that are not new.
func (c *comparison) explain(value pdf.Object) []uint32 {
	var reached []uint32
	waiting := []pdf.Object{value}
	for len(waiting) > 0 {
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		eachRef(next, func(ref pdf.Ref) {
			if !c.fresh(ref) {
				return
			}
			waiting = append(waiting, c.changed[ref.Num].after)
			c.settle(ref.Num)
			reached = append(reached, ref.Num)
		})
	}
	return reached
}

// explainOwn settles the object that holds a container which a rule has
// compared, but nothing below it. A container that was changed in place must
// have had this use before and no other, which would see the change as well.
func (c *comparison) explainOwn(before, after pdf.Object) (num uint32, ok bool) {
	ref, isRef := after.(pdf.Ref)
	if !isRef {
		return 0, true
	}
	if c.changed[ref.Num] == nil {
		return ref.Num, true
	}
	if !c.fresh(ref) && !c.inPlace(before, ref) {
		return ref.Num, false
	}
	c.settle(ref.Num)
	return ref.Num, true
}

// inPlace reports whether ref is an object that changed where it stood, for a
// user that had it before and was the only one.
func (c *comparison) inPlace(before pdf.Object, ref pdf.Ref) bool {
	return before == pdf.Object(ref) && c.modified(ref.Num) != nil && !c.uses.shared(ref.Num)
}

// differingKeys are the keys under which two dictionaries differ.
func differingKeys(a, b pdf.Dict) []pdf.Name {
	var keys []pdf.Name
	for k, v := range a {
		if !pdf.IdenticalUnder(k, v, b[k]) {
			keys = append(keys, k)
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(x, y pdf.Name) int { return cmp.Compare(x, y) })
	return keys
}
