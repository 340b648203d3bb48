package pdf

import (
	"iter"
	"slices"
	"sort"
)

// EntryKind is the type of a cross-reference entry.
type EntryKind uint8

const (
	// EntryFree: the object was deleted or never was.
	EntryFree EntryKind = iota
	// EntryInUse: the object stands at Offset.
	EntryInUse
	// EntryCompressed: the object is in object stream Stream at Index.
	EntryCompressed
)

// Entry is a cross-reference entry.
type Entry struct {
	Num    uint32
	Gen    uint16 // of a free entry: the generation for its next use
	Kind   EntryKind
	Offset int64  // absolute, of an entry in use
	Stream uint32 // of a compressed entry
	Index  uint32 // of a compressed entry
}

// entry is an Entry in 16 bytes.
type entry struct {
	pos  int64 // in use: absolute offset; compressed: stream<<32 | index
	num  uint32
	gen  uint16
	kind EntryKind
}

func (e entry) container() uint32 { return uint32(e.pos >> 32) }
func (e entry) index() int        { return int(uint32(e.pos)) }

func (e entry) export() Entry {
	x := Entry{Num: e.num, Gen: e.gen, Kind: e.kind}
	switch e.kind {
	case EntryInUse:
		x.Offset = e.pos
	case EntryCompressed:
		x.Stream, x.Index = e.container(), uint32(e.index())
	}
	return x
}

// search finds an object number in entries sorted by number.
func search(entries []entry, num uint32) (entry, bool) {
	// Most files number densely: look where the entry then is.
	if len(entries) == 0 {
		return entry{}, false
	}
	if i := int64(num) - int64(entries[0].num); i >= 0 && i < int64(len(entries)) && entries[i].num == num {
		return entries[i], true
	}
	i := sort.Search(len(entries), func(i int) bool { return entries[i].num >= num })
	if i < len(entries) && entries[i].num == num {
		return entries[i], true
	}
	return entry{}, false
}

// sortEntries sorts by number and drops repeated entries; of those that differ
// it keeps the first one read and calls differ.
func sortEntries(entries []entry, differ func(num uint32)) []entry {
	byNum := func(a, b entry) int { return int(int64(a.num) - int64(b.num)) }
	if !slices.IsSortedFunc(entries, byNum) {
		slices.SortStableFunc(entries, byNum)
	}
	out := entries[:0]
	for _, e := range entries {
		if n := len(out); n > 0 && out[n-1].num == e.num {
			if out[n-1] != e {
				differ(e.num)
			}
			continue
		}
		out = append(out, e)
	}
	return out
}

// mergeSections returns the entries that hold when the first sections override
// the later ones. One section's entries are returned as they are.
func mergeSections(sections []*section) []entry {
	switch len(sections) {
	case 0:
		return nil
	case 1:
		return sections[0].entries
	}
	half := halfOf(sections)
	return mergeEntries(mergeSections(sections[:half]), mergeSections(sections[half:]))
}

// halfOf parts two or more sections where about half of their entries come
// before, so that a large one is not copied with every small one.
func halfOf(sections []*section) int {
	all, before := entriesIn(sections), 0
	for i, s := range sections[:len(sections)-1] {
		if before += len(s.entries); 2*before >= all {
			return max(1, i) // a large section goes with the rest
		}
	}
	return len(sections) - 1
}

func entriesIn(sections []*section) int {
	n := 0
	for _, s := range sections {
		n += len(s.entries)
	}
	return n
}

func mergeEntries(newer, older []entry) []entry {
	if len(newer) == 0 {
		return older
	}
	if len(older) == 0 {
		return newer
	}
	out := make([]entry, 0, unionSize(newer, older))
	for len(newer) > 0 && len(older) > 0 {
		switch {
		case newer[0].num < older[0].num:
			out, newer = append(out, newer[0]), newer[1:]
		case newer[0].num > older[0].num:
			out, older = append(out, older[0]), older[1:]
		default:
			out, newer, older = append(out, newer[0]), newer[1:], older[1:]
		}
	}
	return append(append(out, newer...), older...)
}

func unionSize(a, b []entry) int {
	n := len(a) + len(b)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].num < b[0].num:
			a = a[1:]
		case a[0].num > b[0].num:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
			n--
		}
	}
	return n
}

// fewSections is how many sections are always searched one after another; more
// of them only until that has cost about as much as one index does.
const fewSections = 8

// lookup returns the entry that holds for an object number.
func (d *Document) lookup(num uint32) (entry, bool) {
	if d.entries != nil {
		return search(d.entries, num)
	}
	if len(d.sections) > fewSections {
		d.probes += len(d.sections)
		d.work.lexed += int64(len(d.sections))
		if d.probes > entriesIn(d.sections) {
			return search(d.index(), num)
		}
	}
	for _, s := range d.sections {
		if e, ok := search(s.entries, num); ok {
			return e, true
		}
	}
	return entry{}, false
}

// index returns the entries that hold, by number. It is kept.
func (d *Document) index() []entry {
	if d.entries == nil {
		d.entries = mergeSections(d.sections)
		if len(d.sections) > 1 {
			d.work.lexed += int64(entriesIn(d.sections))
		}
	}
	return d.entries
}

// Entry returns the entry that holds for an object number; ok is false when
// no section names it.
func (d *Document) Entry(num uint32) (e Entry, ok bool) {
	found, ok := d.lookup(num)
	return found.export(), ok
}

// EntryCount bounds the number of entries that hold, without joining the
// sections: it is that number when a file numbers its objects densely.
func (d *Document) EntryCount() int {
	named, highest := 0, 0
	for _, s := range d.sections {
		if n := len(s.entries); n > 0 {
			named += n
			highest = max(highest, int(s.entries[n-1].num))
		}
	}
	return min(named, highest+1)
}

// Entries yields the entries that hold, by ascending object number.
func (d *Document) Entries() iter.Seq[Entry] { return yieldEntries(d.index()) }

func yieldEntries(entries []entry) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, e := range entries {
			if !yield(e.export()) {
				return
			}
		}
	}
}
