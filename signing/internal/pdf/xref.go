package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// section is one cross-reference section (ISO 32000-2, 7.5.4, 7.5.8).
type section struct {
	offset  int64 // absolute: "xref", or the stream object
	end     int64 // the byte after the trailer dictionary, or after endobj
	stream  bool
	hybrid  bool
	trailer Dict
	entries []entry
	hidden  []entry // of a hybrid: what XRefStm names, until joined
	xrefStm Span    // of a hybrid: the stream object
	// stmNamed tells that the hybrid's own table has that object in use.
	stmNamed bool
	prev     int64 // absolute; -1 when there is none
}

// tail is the end of a revision: startxref, a number, %%EOF.
type tail struct {
	offset   int64 // of the keyword startxref
	xref     int64 // absolute position that it names
	eof, end int64 // after %%EOF, and after the end of line that follows
}

// How far from the end startxref is looked for: by the letter, and further
// where junk follows the end.
const (
	strictTail = 1 << 10
	tailWindow = 64 << 10
)

// findTail finds the last startxref of the file.
func (d *Document) findTail() (tail, error) {
	t, err := d.findTailIn(strictTail)
	if err != nil && errors.Is(err, ErrMalformed) && !d.opts.Strict {
		return d.findTailIn(tailWindow)
	}
	return t, err
}

func (d *Document) findTailIn(window int64) (tail, error) {
	from := max(0, d.size-window)
	b, err := d.src.bytes(from, d.size-from)
	if err != nil {
		return tail{}, err
	}
	i := bytes.LastIndex(b, []byte("startxref"))
	if i < 0 {
		return tail{}, syntaxErrorf(d.size, "no startxref near the end")
	}
	t, ok := parseTail(b[i:], from+int64(i), d.base)
	if !ok || d.opts.Strict && !plainTail.Match(b[i:]) {
		return tail{}, syntaxErrorf(from+int64(i), "startxref without a number")
	}
	rest := b[min(int64(len(b)), t.end-from):]
	if len(bytes.Trim(rest, "\x00\t\n\f\r ")) > 0 || t.eof == 0 {
		if err := d.repair(RepairTrailing, t.end, ""); err != nil {
			return tail{}, err
		}
		d.cutShort = anyHead(rest)
	}
	if t.eof == 0 {
		t.eof, t.end = d.size, d.size
	}
	return t, nil
}

// parseTail reads a tail from the beginning of b, which stands at offset. eof
// is 0 when %%EOF does not follow.
func parseTail(b []byte, offset, base int64) (t tail, ok bool) {
	t.offset = offset
	i := len("startxref")
	if len(b) < i || string(b[:i]) != "startxref" {
		return t, false
	}
	i += spaces(b[i:])
	digits := i
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	n, ok := parseInteger(b[digits:i])
	if !ok || n > 1<<62 {
		return t, false
	}
	t.xref = n + base
	t.end = offset + int64(i)
	i += spaces(b[i:])
	if !bytes.HasPrefix(b[i:], []byte("%%EOF")) {
		return t, true
	}
	i += len("%%EOF")
	t.eof = offset + int64(i)
	switch {
	case bytes.HasPrefix(b[i:], []byte("\r\n")):
		i += 2
	case i < len(b) && (b[i] == '\r' || b[i] == '\n'):
		i++
	}
	t.end = offset + int64(i)
	return t, true
}

func spaces(b []byte) int {
	i := 0
	for i < len(b) && classes[b[i]] == space {
		i++
	}
	return i
}

// tailAt returns the tail that stands at or after offset, with nothing but
// white space and comments before it.
func (d *Document) tailAt(offset int64) (tail, bool) {
	offset, err := d.skipSpace(offset)
	if err != nil {
		return tail{}, false
	}
	b, err := d.src.bytes(offset, 256)
	if err != nil {
		return tail{}, false
	}
	t, ok := parseTail(b, offset, d.base)
	return t, ok && t.eof > 0
}

// readChain reads the sections from the newest to the oldest.
func (d *Document) readChain(start int64) error {
	seen := map[int64]bool{}
	total := 0
	for at := start; at >= 0; {
		if seen[at] {
			return syntaxErrorf(at, "cross-reference sections form a loop")
		}
		if len(d.sections) == d.opts.MaxRevisions {
			return limitErrorf("more than %d cross-reference sections", d.opts.MaxRevisions)
		}
		s, err := d.readSection(at)
		if err != nil && at == start && !d.opts.Strict && errors.Is(err, ErrMalformed) {
			s, err = d.nearSection(at, err)
		}
		if err != nil {
			return err
		}
		seen[at], seen[s.offset] = true, true
		if total += len(s.entries) + len(s.hidden); total > d.opts.MaxObjects {
			return limitErrorf("more than %d cross-reference entries", d.opts.MaxObjects)
		}
		d.sections = append(d.sections, s)
		at = s.prev
	}
	return d.joinHybrids()
}

// nearSection looks for the newest section a few bytes beside where startxref
// points.
func (d *Document) nearSection(at int64, cause error) (*section, error) {
	const slack = 64
	from := max(0, at-slack)
	b, err := d.src.bytes(from, 2*slack)
	if err != nil {
		return nil, err
	}
	for i := range b {
		word := bytes.HasPrefix(b[i:], []byte("xref")) && (i == 0 || b[i-1] != 't')
		number := b[i] >= '0' && b[i] <= '9' && i > 0 && classes[b[i-1]] == space
		if !word && !number {
			continue
		}
		if s, err := d.readSection(from + int64(i)); err == nil {
			return s, d.repair(RepairStartXRef, at, "")
		}
	}
	return nil, cause
}

// readSection reads the section at an absolute position.
func (d *Document) readSection(at int64) (*section, error) {
	if at < 0 || at >= d.size {
		return nil, syntaxErrorf(at, "cross-reference lies outside the file")
	}
	p := d.newParser(at)
	defer d.release(p)
	t := p.read()
	if p.err != nil {
		return nil, p.err
	}
	var s *section
	var err error
	switch {
	case t.is("xref"):
		if t.off != at {
			if err := d.repair(RepairStartXRef, at, ""); err != nil {
				return nil, err
			}
		}
		s, err = d.readTable(p, t.off)
	case t.kind == tokInteger:
		s, err = d.readXRefStream(at)
	default:
		err = syntaxErrorf(at, "no cross-reference here")
	}
	if err != nil {
		return nil, err
	}
	return s, d.readLinks(s)
}

// readLinks reads Prev, XRefStm and Size of a section.
func (d *Document) readLinks(s *section) error {
	s.prev = -1
	var err error
	if prev, ok := s.trailer["Prev"]; ok && prev != nil {
		if s.prev, err = d.link(s, "Prev"); err != nil {
			return err
		}
		if s.prev == d.base {
			// A Prev of 0 is written by some producers for "none".
			if err := d.repair(RepairXRef, s.offset, "Prev is 0"); err != nil {
				return err
			}
			s.prev = -1
		}
	}
	if _, ok := s.trailer["XRefStm"]; ok && !s.stream {
		at, err := d.link(s, "XRefStm")
		if err != nil {
			return err
		}
		hidden, err := d.readXRefStream(at)
		if err != nil {
			return fmt.Errorf("hybrid section: %w", err)
		}
		s.stmNamed = slices.ContainsFunc(s.entries, func(e entry) bool {
			return e.kind == EntryInUse && e.pos == hidden.offset
		})
		s.hybrid, s.hidden, s.xrefStm = true, hidden.entries, Span{hidden.offset, hidden.end}
	}
	size, ok := s.trailer.Int("Size")
	if !ok {
		return d.repair(RepairSize, s.offset, "Size is missing")
	}
	if n := len(s.entries); n > 0 && int64(s.entries[n-1].num) >= size {
		return d.repair(RepairSize, s.offset, "")
	}
	return nil
}

// link reads an offset from a trailer.
func (d *Document) link(s *section, key Name) (int64, error) {
	switch v := s.trailer[key].(type) {
	case Integer:
		if v >= 0 && int64(v) < d.size {
			return int64(v) + d.base, nil
		}
	case Ref:
		// Written for the plain number by at least one producer.
		if err := d.repair(RepairXRef, s.offset, string(key)+" is a reference"); err != nil {
			return 0, err
		}
		return int64(v.Num) + d.base, nil
	}
	return 0, syntaxErrorf(s.offset, "trailer entry %s is no position in the file", key)
}

// maxHybridLookups bounds the work of comparing hybrid sections.
const maxHybridLookups = 20_000_000

// joinHybrids adds what XRefStm names to its section. A reader that knows
// cross-reference streams looks there for what the section's own table does
// not have in use; one that does not sees the tables alone. Where both find an
// object, they must find the same (ISO 32000-2, 7.5.8.4).
func (d *Document) joinHybrids() error {
	work := 0
	for i, s := range d.sections {
		for _, h := range s.hidden {
			if work += len(d.sections) - i; work > maxHybridLookups {
				return limitErrorf("too many hybrid sections")
			}
			for j, older := range d.sections[i:] {
				e, ok := search(older.entries, h.num)
				if !ok || j == 0 && e.kind == EntryFree {
					// What its own table calls free must not have been in use
					// before: some readers then take it for deleted.
					continue
				}
				if e.kind != EntryFree && e != h {
					if err := d.ambiguous(AmbiguityError{Kind: AmbiguousHybrid, Num: h.num, Offset: s.offset}); err != nil {
						return err
					}
				}
				break
			}
		}
	}
	for _, s := range d.sections {
		if s.hidden != nil {
			s.entries = joinHybrid(s.entries, s.hidden)
			s.hidden = nil
		}
	}
	return nil
}

// joinHybrid keeps of the table what is in use or not named by the stream.
func joinHybrid(table, hidden []entry) []entry {
	var used []entry
	for _, e := range table {
		if _, named := search(hidden, e.num); !named || e.kind != EntryFree {
			used = append(used, e)
		}
	}
	return mergeEntries(used, hidden)
}
