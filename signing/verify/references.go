package verify

import (
	"cmp"
	"context"
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// references says how many objects of a revision refer to a number. Two
// attacks need it: an object changed for one use that has another (a form
// field's appearance drawn on the page too), and an object added where the
// signed revision already had a reference that led nowhere.
type references struct {
	ctx   context.Context
	loose *looseRefs
	// older is the revision asked about, end where it ends.
	older *pdf.Document
	end   int64

	strict strictObjects

	// streams are the numbers of the object streams in which revisions have
	// placed objects, whether or not they exist, with the first such revision;
	// inside counts what stands in them. next is the revision after those met.
	streams map[uint32]int
	inside  tally
	next    int

	exact   *exactRefs
	tooMany bool
	err     error
}

// turn makes revision i of the newest document the older one that is asked
// about; it comes after those before it. Of the first one all entries are
// looked at, of the others what they wrote.
func (r *references) turn(newest *pdf.Document, i int, older *pdf.Document, end int64) {
	r.older, r.end = older, end
	if r.streams == nil {
		r.streams = make(map[uint32]int)
		r.meet(i, older.Entries())
		r.next = i + 1
	}
	for ; r.next <= i; r.next++ {
		r.meet(r.next, newest.RevisionEntries(r.next))
	}
}

// meet takes in the entries of revision i.
func (r *references) meet(i int, entries iter.Seq[pdf.Entry]) {
	for e := range entries {
		r.strict.confirm(e)
		switch e.Kind {
		case pdf.EntryCompressed:
			if _, ok := r.streams[e.Stream]; ok {
				continue
			}
			r.streams[e.Stream] = i
			if r.exact == nil && !r.loose.unsure {
				r.open(e.Stream)
			}
		case pdf.EntryInUse:
			if met, ok := r.streams[e.Num]; ok && met < i {
				r.loose.unsure = true // what it holds now was not searched
			}
		}
	}
}

// open counts what stands in an object stream.
func (r *references) open(num uint32) {
	nums, ok := r.loose.inStream(r.older, num)
	if !ok {
		r.loose.unsure = true
		return
	}
	if r.inside.dense == nil {
		r.inside = newTally(r.older.EntryCount())
	}
	for _, to := range nums {
		r.inside.add(to)
	}
}

// possible is how often the older revision may at most refer to the number.
func (r *references) possible(num uint32) int {
	return r.loose.upTo(r.older, r.end).of(num) + r.inside.of(num)
}

// count is how often the older revision refers to the number. A number under
// which it looks for an object stream counts as used: the stream may be yet to
// come. When the count cannot be found out, tooMany or err is set and the
// number counts as used too.
func (r *references) count(num uint32) int {
	if _, ok := r.streams[num]; ok {
		return math.MaxInt32
	}
	if r.exact == nil && !r.loose.unsure && r.possible(num) == 0 {
		return 0
	}
	if r.exact == nil && !r.tooMany && r.err == nil {
		r.exact, r.err = scanReferences(r.ctx, r.older)
		r.tooMany = r.exact == nil && r.err == nil
	}
	if r.exact == nil {
		return math.MaxInt32
	}
	return r.exact.count[num]
}

// shared reports whether more than one place refers to the number.
func (r *references) shared(num uint32) bool {
	if _, ok := r.streams[num]; ok {
		return true // objects stand in it
	}
	if r.exact == nil && !r.loose.unsure && (r.possible(num) <= 1 || r.live(num) <= 1) {
		return false
	}
	return r.count(num) > 1
}

// live is possible, but no more than 2, without what stands in objects that the
// older revision has written over, such as the catalogs of earlier revisions.
func (r *references) live(num uint32) int {
	n := r.inside.of(num)
	for hit := range r.loose.to(num) {
		if !r.strict.superseded(r.older, hit.offset) {
			n++
		}
		if n > 1 {
			break // shared
		}
	}
	return n
}

// forget gives up what is known exactly; it is found out anew when needed.
func (r *references) forget() { r.exact = nil }

// set tells what the next revision made of an object.
func (r *references) set(num uint32, object pdf.Object) {
	if r.exact != nil {
		r.exact.set(num, object)
	}
}

// strictObjects are the objects that strictly read revisions wrote. There every
// byte before the cross-reference belongs to one object, or to none.
type strictObjects struct {
	at []strictObject // by place
	// start is where the first of these revisions begins.
	start int64
	// blurred: an entry of another revision points among them.
	blurred bool
}

type strictObject struct {
	offset int64
	num    uint32
	// until is where the revision's objects end at the latest.
	until int64
}

// add takes the objects of revision i, which is newer than those before.
func (s *strictObjects) add(doc *pdf.Document, i int, rev pdf.Revision) {
	if len(s.at) == 0 {
		s.start = rev.Start
	}
	from := len(s.at)
	for e := range doc.RevisionEntries(i) {
		if e.Kind == pdf.EntryInUse {
			s.at = append(s.at, strictObject{e.Offset, e.Num, rev.XRef})
		}
	}
	slices.SortFunc(s.at[from:], func(a, b strictObject) int { return cmp.Compare(a.offset, b.offset) })
}

// holder is the last object that begins at or before the offset.
func (s *strictObjects) holder(offset int64) (strictObject, bool) {
	i, found := slices.BinarySearchFunc(s.at, offset, func(o strictObject, at int64) int { return cmp.Compare(o.offset, at) })
	switch {
	case found:
		return s.at[i], true
	case i == 0:
		return strictObject{}, false
	}
	return s.at[i-1], true
}

// confirm makes sure that an entry is of the revision it points into.
func (s *strictObjects) confirm(e pdf.Entry) {
	if e.Kind != pdf.EntryInUse || e.Offset < s.start || len(s.at) == 0 {
		return
	}
	if o, _ := s.holder(e.Offset); o.offset != e.Offset || o.num != e.Num {
		s.blurred = true
	}
}

// superseded reports whether the offset is within an object that is not the
// revision's any more.
func (s *strictObjects) superseded(older *pdf.Document, offset int64) bool {
	o, ok := s.holder(offset)
	if s.blurred || !ok || offset >= o.until {
		return false
	}
	e, ok := older.Entry(o.num)
	return !ok || e.Kind != pdf.EntryInUse || e.Offset != o.offset
}

// exactRefs are the references between the objects of a revision.
type exactRefs struct {
	of    map[uint32][]uint32
	count map[uint32]int
}

// maxScan bounds the objects that are read to compare revisions, maxRefs the
// references kept.
const (
	maxScan = 600_000
	maxRefs = 8_000_000
)

// scanReferences reads every object of a revision. It returns nil when there
// are too many.
func scanReferences(ctx context.Context, doc *pdf.Document) (*exactRefs, error) {
	refs := &exactRefs{of: make(map[uint32][]uint32), count: make(map[uint32]int)}
	refs.set(0, doc.Trailer())
	objects, total := 0, 0
	for e := range doc.Entries() {
		if e.Kind == pdf.EntryFree {
			continue
		}
		if objects++; objects > maxScan {
			return nil, nil
		}
		if objects%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		ref := pdf.Ref{Num: e.Num, Gen: refGen(e)}
		object, err := doc.Get(ref)
		if err != nil {
			if !unreadable(err) {
				return nil, err
			}
			// Another reader may be more lenient: what looks like a
			// reference counts as one.
			object = refsOfUnreadable(doc, ref)
		}
		if total += refs.set(e.Num, object); total > maxRefs {
			return nil, nil
		}
	}
	return refs, nil
}

// refGen is the generation by which an entry in use is referred to.
func refGen(e pdf.Entry) uint16 {
	if e.Kind == pdf.EntryCompressed {
		return 0
	}
	return e.Gen
}

// set replaces what an object refers to.
func (r *exactRefs) set(num uint32, object pdf.Object) int {
	for _, to := range r.of[num] {
		r.count[to]--
	}
	if s, ok := object.(*pdf.Stream); ok && s.Dict.Name("Type") == "XRef" {
		object = without(s.Dict, trailerRefs...) // those are the trailer's
	}
	var out []uint32
	eachRef(object, func(ref pdf.Ref) { out = append(out, ref.Num) })
	for _, to := range out {
		r.count[to]++
	}
	r.of[num] = out
	return len(out)
}

// trailerRefs are the entries of a cross-reference stream that lead to objects
// of the document. A stream that is drawn may call itself one, but nothing draws
// with these.
var trailerRefs = []pdf.Name{"Root", "Info", "Encrypt", "ID"}

// eachRef calls fn for every reference in an object, nested ones included.
func eachRef(object pdf.Object, fn func(pdf.Ref)) {
	switch o := object.(type) {
	case pdf.Ref:
		fn(o)
	case pdf.Array:
		for _, e := range o {
			eachRef(e, fn)
		}
	case pdf.Dict:
		for _, e := range o {
			eachRef(e, fn)
		}
	case *pdf.Stream:
		eachRef(o.Dict, fn)
	}
}

var looseRef = regexp.MustCompile(`(\d{1,9})[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+R`)

// maxLoose bounds the bytes of an unreadable object that are searched.
const maxLoose = 1 << 20

// refsOfUnreadable lists what looks like a reference in an object that cannot
// be read.
func refsOfUnreadable(doc *pdf.Document, ref pdf.Ref) pdf.Array {
	place, err := doc.Locate(ref)
	if err != nil {
		return nil
	}
	raw := make([]byte, max(0, min(place.End-place.Offset, maxLoose)))
	n, _ := doc.Reader().ReadAt(raw, place.Offset)
	var refs pdf.Array
	for _, match := range looseRef.FindAllSubmatch(raw[:n], maxRefs) {
		if num, err := strconv.ParseUint(string(match[1]), 10, 32); err == nil {
			refs = append(refs, pdf.Ref{Num: uint32(num)})
		}
	}
	return refs
}
