package pdf

import (
	"bytes"
	"maps"
	"slices"
)

// CheckRevision reads the bytes that revision i added by the letter of the
// standard: whole objects, each named by the revision's cross-reference at
// exactly its place, then the cross-reference, startxref and %%EOF, and
// nothing else but white space and comments between them; every entry in use
// points into them. The error matches ErrMalformed or ErrAmbiguous and says
// what no strict reading explains. The index must be in range.
func (d *Document) CheckRevision(i int) error {
	return d.checkRevision(i, d.states()[i].Start)
}

// checkRevision reads what stands at or after start.
func (d *Document) checkRevision(i int, start int64) error {
	r := d.states()[i]
	if d.rebuilt {
		return syntaxErrorf(-1, "the cross-reference had to be rebuilt")
	}
	strict, err := d.strictAt(r)
	if err != nil {
		return err
	}
	c := &revisionCheck{doc: strict, rev: r, at: map[int64]entry{}}
	return c.run(start)
}

// strictAt reads the revision anew, strictly: its own sections only, and the
// objects of all.
func (d *Document) strictAt(r Revision) (*Document, error) {
	opts := d.opts
	opts.Strict = true
	n := newDocument(d.r, r.End, opts)
	n.header, n.base, n.level, n.work = d.header, d.base, d.level, d.work
	for _, s := range d.sectionsOf(r) {
		again, err := n.readSection(s.offset)
		if err != nil {
			return nil, err
		}
		n.sections = append(n.sections, again)
	}
	own := len(n.sections)
	n.sections = append(n.sections, d.sections[r.first+own:]...)
	if err := n.joinHybrids(); err != nil {
		return nil, err
	}
	n.crypt = d.crypt
	return n, nil
}

// revisionCheck walks over the bytes of one revision.
type revisionCheck struct {
	doc *Document
	rev Revision
	at  map[int64]entry // entries in use, by place
}

func (c *revisionCheck) run(start int64) error {
	d, r := c.doc, c.rev
	own := d.sections[:r.Sections]
	stops := map[int64]int64{} // where sections begin and end
	for _, s := range own {
		stops[s.offset] = s.end
		if s.hybrid {
			stops[s.xrefStm.Offset] = s.xrefStm.End
		}
		if err := c.claims(s); err != nil {
			return err
		}
	}
	if err := c.noHidden(stops); err != nil {
		return err
	}
	if err := c.noStored(own); err != nil {
		return err
	}
	for pos := start; ; {
		var err error
		if pos, err = d.skipSpace(pos); err != nil {
			return err
		}
		if pos >= r.End {
			break
		}
		next, err := c.step(pos, stops)
		if err != nil {
			return err
		}
		pos = next
	}
	if left := c.places(); len(left) > 0 {
		e := c.at[left[0]]
		return syntaxErrorf(e.pos, "object %d is claimed where no object begins", e.num)
	}
	return nil
}

// places are those of the entries from the first on, so that a file always gets
// the same error.
func (c *revisionCheck) places() []int64 { return slices.Sorted(maps.Keys(c.at)) }

// noStored makes sure that streams that hold objects hold those alone which the
// revision names there: readers that rebuild the cross-reference take all.
func (c *revisionCheck) noStored(own []*section) error {
	named := make(map[[3]uint64]bool)
	for _, s := range own {
		for _, e := range s.entries {
			if e.kind == EntryCompressed {
				named[[3]uint64{uint64(e.num), uint64(e.container()), uint64(e.index())}] = true
			}
		}
	}
	for _, at := range c.places() {
		e := c.at[at]
		in, err := c.doc.readIndirect(e.pos)
		if err != nil {
			return err
		}
		stream, ok := in.object.(*Stream)
		if !ok {
			continue
		}
		kind, err := c.doc.Resolve(stream.Dict["Type"])
		if err != nil {
			return err
		}
		if kind != Object(Name("ObjStm")) {
			continue
		}
		objects, err := c.doc.decodeObjectStream(e.num, stream, e.pos)
		if err != nil {
			return err
		}
		for i, o := range objects.index {
			if !named[[3]uint64{uint64(o.num), uint64(e.num), uint64(i)}] {
				return syntaxErrorf(e.pos, "object stream %d holds object %d, which no cross-reference names there", e.num, o.num)
			}
		}
	}
	return nil
}

// maxStrictNumber is the highest object number that readers agree on (ISO
// 32000-1 annex C). Above it some of them rebuild the cross-reference.
const maxStrictNumber = 8_388_607

// claims takes in the entries of a section.
func (c *revisionCheck) claims(s *section) error {
	if size, _ := s.trailer.Int("Size"); size > maxStrictNumber+1 {
		return syntaxErrorf(s.offset, "Size is above what readers take")
	}
	if s.hybrid && !s.stmNamed && c.rev.Start > 0 {
		// Ghostscript rebuilds the cross-reference. PDFBox does name it.
		return syntaxErrorf(s.offset, "hybrid section whose table does not name its stream")
	}
	for _, older := range c.doc.sections[c.rev.Sections:] {
		if n := len(older.entries); n > 0 && s.offset == c.rev.XRef {
			if size, _ := s.trailer.Int("Size"); int64(older.entries[n-1].num) >= size {
				return syntaxErrorf(s.offset, "Size is below the number of object %d", older.entries[n-1].num)
			}
		}
	}
	for _, e := range s.entries {
		switch {
		case e.num > maxStrictNumber:
			return syntaxErrorf(s.offset, "object number %d is above what readers take", e.num)
		case e.kind == EntryCompressed:
			if _, err := c.doc.storedObject(e.num, e); err != nil {
				return err
			}
		case e.kind == EntryInUse:
			if e.pos < c.rev.Start || e.pos >= c.rev.End {
				return syntaxErrorf(s.offset, "object %d is claimed outside the revision", e.num)
			}
			if other, twice := c.at[e.pos]; twice && other.num != e.num {
				return &AmbiguityError{Kind: AmbiguousObject, Num: e.num, Offset: e.pos}
			}
			c.at[e.pos] = e
		}
	}
	return nil
}

// skipSpace returns the position of the first byte at or after pos that is
// neither white space nor in a comment.
func (d *Document) skipSpace(pos int64) (int64, error) {
	p := d.newParser(pos)
	defer d.release(p)
	p.lexer.skipSpace()
	return p.pos(), p.err
}

// step reads what stands at pos and returns where it ends.
func (c *revisionCheck) step(pos int64, stops map[int64]int64) (int64, error) {
	d := c.doc
	if e, ok := c.at[pos]; ok {
		in, err := d.readIndirect(pos)
		if err != nil {
			return 0, err
		}
		if in.ref != (Ref{e.num, e.gen}) {
			return 0, &AmbiguityError{Kind: AmbiguousObject, Num: e.num, Offset: pos}
		}
		delete(c.at, pos)
		return in.end, nil
	}
	if end, ok := stops[pos]; ok {
		return end, nil
	}
	head, err := d.src.bytes(pos, 256)
	if err != nil {
		return 0, err
	}
	if t, ok := parseTail(head, pos, d.base); ok && t.eof > 0 && plainTail.Match(head) {
		if t.eof == c.rev.EOF && d.leadsTo(t.xref, c.rev.XRef) || c.rev.Sections > 1 {
			return t.eof, nil
		}
	}
	if bytes.HasPrefix(head, []byte("startxref")) {
		return 0, syntaxErrorf(pos, "startxref names another cross-reference")
	}
	return 0, syntaxErrorf(pos, "bytes that no cross-reference names")
}
