package pdf

import (
	"iter"
	"slices"
)

// Revision is one state of the file: what a reader saw when the file ended
// at End.
type Revision struct {
	// Start is the first byte that this revision added: 0 for the oldest,
	// else the End of the one before.
	Start int64
	// XRef is the position of the cross-reference section that startxref
	// names, StartXRef that of the keyword, EOF the byte after "%%EOF", End
	// the byte after the end-of-line that follows it, if any. What covered a
	// whole file may end at either: an update begins with an end-of-line when
	// the file had none.
	XRef, StartXRef, EOF, End int64
	// Stream tells that the section is a cross-reference stream, Hybrid that
	// it is a table with XRefStm.
	Stream, Hybrid bool
	// Sections is the number of cross-reference sections that the revision
	// added: 1, or 2 for a linearised file.
	Sections int

	first int // index of its newest section
}

// Revisions returns the states of the file, oldest first. Bytes after the End
// of the last one belong to none.
func (d *Document) Revisions() []Revision { return slices.Clone(d.states()) }

// states returns the revisions, found once. The caller must not change them.
func (d *Document) states() []Revision {
	if d.revisions == nil {
		d.revisions = d.findRevisions()
	}
	return d.revisions
}

func (d *Document) findRevisions() []Revision {
	var all []Revision
	// Of each section, the last byte of it and all older ones.
	ends := make([]int64, len(d.sections))
	end := int64(0)
	for i, s := range slices.Backward(d.sections) {
		end = max(end, s.end)
		ends[i] = end
	}
	lowest := d.size // where sections of newer revisions begin
	for i, s := range d.sections {
		t, ok := d.last, true
		if i > 0 {
			t, ok = d.tailAt(ends[i])
			ok = ok && d.leadsTo(t.xref, s.offset) && t.end <= lowest
		}
		if ok {
			all = append(all, Revision{
				XRef: s.offset, StartXRef: t.offset, EOF: t.eof, End: t.end,
				Stream: s.stream, Hybrid: s.hybrid, first: i,
			})
		}
		lowest = min(lowest, s.offset)
	}
	slices.Reverse(all)
	for i := range all {
		next := len(d.sections)
		if i > 0 {
			all[i].Start = all[i-1].End
			next = all[i-1].first
		}
		all[i].Sections = next - all[i].first
	}
	return all
}

// At returns the document as it was at revision i of Revisions, read as if
// the file ended at its End. The index must be in range.
func (d *Document) At(i int) (*Document, error) {
	r := d.states()[i]
	n := newDocument(d.r, r.End, d.opts)
	n.header, n.base, n.level, n.rebuilt, n.work = d.header, d.base, d.level, d.rebuilt, d.work
	n.sections = d.sections[r.first:]
	n.last = tail{offset: r.StartXRef, xref: r.XRef, eof: r.EOF, end: r.End}
	if d.rebuilt {
		n.size, n.src = d.size, newSource(d.r, d.size)
	}
	if n.sameKey(d) {
		n.crypt = d.crypt
	} else if err := n.openCrypt(); err != nil {
		return nil, err
	}
	if err := n.checkCatalog(); err != nil {
		return nil, err
	}
	return n, nil
}

// sameKey reports whether two revisions of a file have one encryption
// dictionary and one first half of an ID, so that the key need not be found again.
func (d *Document) sameKey(o *Document) bool {
	a, b := d.sections[0].trailer, o.sections[0].trailer
	if a["Encrypt"] == nil || !Equal(a["Encrypt"], b["Encrypt"]) || !Equal(keyID(a), keyID(b)) {
		return false
	}
	if ref, ok := a["Encrypt"].(Ref); ok {
		x, _ := d.lookup(ref.Num)
		y, _ := o.lookup(ref.Num)
		return x == y
	}
	return true
}

// keyID is what of a file identifier enters the key: its first half, which
// revisions share.
func keyID(trailer Dict) Object {
	if id, ok := trailer["ID"].(Array); ok && len(id) > 0 {
		return id[0]
	}
	return trailer["ID"]
}

// sectionsOf returns the sections that revision i itself wrote.
func (d *Document) sectionsOf(r Revision) []*section {
	return d.sections[r.first : r.first+r.Sections]
}

// RevisionEntryCount is how many entries revision i wrote, counting twice what
// two of its sections name. The index must be in range.
func (d *Document) RevisionEntryCount(i int) int {
	n := 0
	for _, s := range d.sectionsOf(d.states()[i]) {
		n += len(s.entries)
	}
	return n
}

// PlacedFrom yields the entries in use that revision i itself wrote and that
// point to an offset or beyond. The index must be in range.
func (d *Document) PlacedFrom(i int, offset int64) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, e := range mergeSections(d.sectionsOf(d.states()[i])) {
			if e.kind == EntryInUse && e.pos >= offset && !yield(e.export()) {
				return
			}
		}
	}
}

// RevisionEntries yields the entries that revision i itself wrote, by
// ascending object number. The index must be in range.
func (d *Document) RevisionEntries(i int) iter.Seq[Entry] {
	return yieldEntries(mergeSections(d.sectionsOf(d.states()[i])))
}

// leadsTo reports whether startxref names the section, or at most an end of
// line right before it, which every reader skips.
func (d *Document) leadsTo(at, offset int64) bool {
	if at == offset {
		return true
	}
	if at < 0 || at > offset || offset-at > 2 {
		return false
	}
	b, err := d.src.bytes(at, offset-at)
	if err != nil || int64(len(b)) != offset-at {
		return false
	}
	for _, x := range b {
		if x != '\r' && x != '\n' {
			return false
		}
	}
	return true
}
