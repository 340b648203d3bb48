package verify

import (
	"cmp"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// objectGraph tells of every object, without reading it, which others it may
// refer to, by the possible references that the pass over the bytes has seen,
// and whether its dictionaries have every key once.
type objectGraph struct {
	doc     *pdf.Document
	loose   *looseRefs
	entries []pdf.Entry // by number
	places  []int32     // of entries in use, by offset
	scanner pdf.KeyScanner
	next    int    // of places, to be scanned
	single  []bool // by entry: no dictionary has a key twice; false when not known
	// hits are, by entry, the first of the possible references that stand
	// between the place of an object in use and the next one's, and the one
	// after the last.
	hits [][2]int32
	end  int64
	// xrefs are where cross-references stand, which are no part of the object
	// before them.
	xrefs []int64
}

// maxGraph bounds the objects of a document that are ordered.
const maxGraph = 500_000

// graphOf orders the objects of the newest of some revisions; nil when there are
// too many.
func graphOf(doc *pdf.Document, loose *looseRefs, revs []pdf.Revision) *objectGraph {
	n := doc.EntryCount()
	if n > maxGraph {
		return nil
	}
	g := &objectGraph{doc: doc, loose: loose, end: revs[len(revs)-1].End, entries: make([]pdf.Entry, 0, n), places: make([]int32, 0, n)}
	for e := range doc.Entries() {
		if e.Kind == pdf.EntryInUse {
			g.places = append(g.places, int32(len(g.entries)))
		}
		g.entries = append(g.entries, e)
	}
	slices.SortFunc(g.places, func(a, b int32) int { return cmp.Compare(g.entries[a].Offset, g.entries[b].Offset) })
	g.single = make([]bool, len(g.entries))
	for _, rev := range revs {
		g.xrefs = append(g.xrefs, rev.XRef)
	}
	slices.Sort(g.xrefs)
	return g
}

// until is where the object at a place ends at the latest.
func (g *objectGraph) until(place int) int64 {
	until := g.end
	if place+1 < len(g.places) {
		until = min(until, g.entries[g.places[place+1]].Offset)
	}
	if i, _ := slices.BinarySearch(g.xrefs, g.entries[g.places[place]].Offset+1); i < len(g.xrefs) {
		until = min(until, g.xrefs[i])
	}
	return until
}

// scan looks for doubled keys in the objects that begin in a window of the file
// whose first byte stands at base. Windows come in order and share lookBack
// bytes: an object near the end of one is left to the next if there is more.
// No byte is scanned for two objects, so that those which overlap cost nothing.
func (g *objectGraph) scan(window []byte, base int64, more bool) {
	limit := base + int64(len(window))
	if more {
		limit -= lookBack
	}
	for ; g.next < len(g.places); g.next++ {
		i := g.places[g.next]
		offset, until := g.entries[i].Offset, g.until(g.next)
		if offset >= limit {
			return
		}
		if offset < base || until <= offset {
			continue
		}
		text := window[offset-base : min(int64(len(window)), until-base)]
		g.single[i] = g.scanner.Single(text, g.entries[i])
	}
}

// share gives every object in use the possible references that follow its place.
func (g *objectGraph) share() {
	g.hits = make([][2]int32, len(g.entries))
	next, hits := 0, g.loose.hits
	for place, i := range g.places {
		until := g.until(place)
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
