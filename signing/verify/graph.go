package verify

import (
	"cmp"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// objectGraph tells which objects an object may refer to, by the possible
// references that the pass over the bytes has seen, without reading it.
type objectGraph struct {
	doc     *pdf.Document
	loose   *looseRefs
	entries []pdf.Entry // by number
	// hits are, by entry, the first of the possible references that stand
	// between the place of an object in use and the next one's, and the one
	// after the last.
	hits [][2]int32
	end  int64
}

// maxGraph bounds the objects of a document that are ordered.
const maxGraph = 500_000

// graphOf orders the objects of a revision that ends at end; nil when nothing
// can be told from the bytes.
func graphOf(doc *pdf.Document, loose *looseRefs, end int64) *objectGraph {
	if loose.unsure || doc.EntryCount() > maxGraph {
		return nil
	}
	g := &objectGraph{doc: doc, loose: loose, end: end, entries: make([]pdf.Entry, 0, doc.EntryCount())}
	g.entries = slices.AppendSeq(g.entries, doc.Entries())
	g.share()
	return g
}

// share gives every object in use the possible references that follow its place.
func (g *objectGraph) share() {
	places := make([]int32, 0, len(g.entries))
	for i, e := range g.entries {
		if e.Kind == pdf.EntryInUse {
			places = append(places, int32(i))
		}
	}
	slices.SortFunc(places, func(a, b int32) int { return cmp.Compare(g.entries[a].Offset, g.entries[b].Offset) })
	g.hits = make([][2]int32, len(g.entries))
	next, hits := 0, g.loose.hits
	for k, i := range places {
		until := g.end
		if k+1 < len(places) {
			until = min(until, g.entries[places[k+1]].Offset)
		}
		for next < len(hits) && hits[next].offset < g.entries[i].Offset {
			next++
		}
		from := next
		for next < len(hits) && hits[next].offset < until {
			next++
		}
		g.hits[i] = [2]int32{int32(from), int32(next)}
	}
}

// find returns the index of an object number, -1 when there is none.
func (g *objectGraph) find(num uint32) int {
	if n := len(g.entries); n > 0 {
		// Most documents number densely.
		if i := int(num) - int(g.entries[0].Num); i >= 0 && i < n && g.entries[i].Num == num {
			return i
		}
	}
	i, ok := slices.BinarySearchFunc(g.entries, num, func(e pdf.Entry, n uint32) int { return cmp.Compare(e.Num, n) })
	if !ok {
		return -1
	}
	return i
}

// below lists the possible references of the object in use at index i.
func (g *objectGraph) below(i int) []looseHit { return g.loose.hits[g.hits[i][0]:g.hits[i][1]] }

// search marks, by index, the objects to which possible references lead from
// the trailer; not ok when an object stream cannot be searched.
func (g *objectGraph) search() (used []bool, ok bool) {
	used = make([]bool, len(g.entries))
	opened := make(map[uint32]bool)
	var waiting []int
	use := func(num uint32) {
		if i := g.find(num); i >= 0 && !used[i] {
			used[i] = true
			waiting = append(waiting, i)
		}
	}
	eachRef(g.doc.Trailer(), func(ref pdf.Ref) { use(ref.Num) })
	for len(waiting) > 0 {
		i := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		switch e := g.entries[i]; {
		case e.Kind == pdf.EntryInUse:
			for _, hit := range g.below(i) {
				use(hit.num)
			}
		case e.Kind == pdf.EntryCompressed && !opened[e.Stream]:
			// What stands in one object stream counts as one object.
			opened[e.Stream] = true
			nums, ok := g.loose.inStream(g.doc, e.Stream)
			if !ok {
				return nil, false
			}
			use(e.Stream)
			for _, num := range nums {
				use(num)
			}
		}
	}
	return used, true
}
