package pdf

const (
	entrySize  = 20      // bytes of a table entry
	tableChunk = 1 << 10 // entries read at once
)

// readTable reads a cross-reference table after its keyword, and its trailer
// (ISO 32000-2, 7.5.4 and 7.5.5).
func (d *Document) readTable(p *parser, offset int64) (*section, error) {
	s := &section{offset: offset}
	end := offset + int64(len("xref")) // of what was read
	for {
		t := p.read()
		if t.is("trailer") {
			if err := d.plainGap(end, t.off); err != nil {
				return nil, err
			}
			end = t.end
			break
		}
		count := p.read()
		if t.kind != tokInteger || count.kind != tokInteger || t.num < 0 || count.num < 0 || t.num+count.num > maxObjectNumber+1 {
			return nil, p.fail(t.off, "bad cross-reference subsection")
		}
		if count.num == 0 && t.num != 0 && d.opts.Strict {
			return nil, p.fail(t.off, "empty cross-reference subsection")
		}
		if err := d.plainHeader(p, s, end, t); err != nil {
			return nil, err
		}
		if err := d.readSubsection(p, s, t.num, count.num); err != nil {
			return nil, err
		}
		end = p.position()
	}
	o, err := p.object()
	if err == nil {
		err = d.plainGap(end, p.start)
	}
	if err != nil {
		return nil, err
	}
	var ok bool
	if s.trailer, ok = o.(Dict); !ok {
		return nil, syntaxErrorf(p.start, "trailer is no dictionary")
	}
	s.end = p.stop
	s.entries, err = d.sorted(s.entries, offset)
	return s, err
}

// sorted sorts the entries of one section; two claims to one object are an
// ambiguity.
func (d *Document) sorted(entries []entry, offset int64) ([]entry, error) {
	var first error
	entries = sortEntries(entries, func(num uint32) {
		err := d.ambiguous(AmbiguityError{Kind: AmbiguousEntry, Num: num, Offset: offset})
		if first == nil {
			first = err
		}
	})
	return entries, first
}

// readSubsection reads count entries from object number first on.
func (d *Document) readSubsection(p *parser, s *section, first, count int64) error {
	if int64(len(s.entries))+count > int64(d.opts.MaxObjects) {
		if count > (d.size-p.position())/(entrySize-2) {
			return syntaxErrorf(p.position(), "cross-reference subsection longer than the file")
		}
		return limitErrorf("more than %d cross-reference entries", d.opts.MaxObjects)
	}
	if room := (d.size-p.position())/(entrySize-2) + 1; cap(s.entries) == 0 {
		s.entries = make([]entry, 0, min(count, room))
	}
	if !d.opts.Strict {
		p.lexer.skipSpace()
	}
	pos := p.pos()
	shift := int64(0)
	for done := int64(0); done < count; {
		b := d.readWindow(min((count-done)*entrySize, tableChunk*entrySize, max(0, d.size-pos)))
		if err := readFull(d.r, b, pos); err != nil {
			return err
		}
		n := 0
		for ; len(b) >= entrySize; b = b[entrySize:] {
			off, gen, used, ok := parseEntry(b)
			if !ok {
				break
			}
			if first == 1 && done == 0 && n == 0 && !used && gen == 65535 {
				// The table claims to begin at 1 but lists object 0.
				if err := d.repair(RepairXRef, pos, "table numbered from 1"); err != nil {
					return err
				}
				shift = -1
			}
			if err := d.addEntry(s, first+shift+done+int64(n), off, gen, used, pos); err != nil {
				return err
			}
			n++
		}
		done += int64(n)
		pos += int64(n) * entrySize
		if done < count && (n == 0 || len(b) > 0) {
			p.seek(pos)
			return d.readIrregular(p, s, first+shift+done, count-done)
		}
	}
	p.seek(pos)
	return nil
}

// parseEntry reads a regular entry: ten digits, a space, five digits, a space,
// n or f, and two bytes of end-of-line.
func parseEntry(b []byte) (off, gen int64, used, ok bool) {
	for _, c := range b[:10] {
		if c < '0' || c > '9' {
			return 0, 0, false, false
		}
		off = off*10 + int64(c-'0')
	}
	for _, c := range b[11:16] {
		if c < '0' || c > '9' {
			return 0, 0, false, false
		}
		gen = gen*10 + int64(c-'0')
	}
	used = b[17] == 'n'
	ok = b[10] == ' ' && b[16] == ' ' && (used || b[17] == 'f') &&
		(b[18] == ' ' && (b[19] == '\n' || b[19] == '\r') || b[18] == '\r' && b[19] == '\n')
	return off, gen, used, ok
}

// readIrregular reads count entries of any width as tokens. A trailer that
// comes too soon ends them.
func (d *Document) readIrregular(p *parser, s *section, first, count int64) error {
	if err := d.repair(RepairXRef, p.pos(), "entries are not 20 bytes each, or too few"); err != nil {
		return err
	}
	for i := range count {
		off := p.read()
		if off.is("trailer") {
			p.unread(off)
			return nil
		}
		gen := p.read()
		word := p.read()
		if off.kind != tokInteger || gen.kind != tokInteger || !word.is("n") && !word.is("f") || off.num < 0 || gen.num < 0 {
			return p.fail(off.off, "bad cross-reference entry")
		}
		if err := d.addEntry(s, first+i, off.num, gen.num, word.is("n"), off.off); err != nil {
			return err
		}
	}
	return nil
}

// addEntry adds an entry read at position at to a section.
func (d *Document) addEntry(s *section, num, off, gen int64, used bool, at int64) error {
	e := entry{num: uint32(num)}
	switch {
	case used && (gen > 65535 || off == 0 || off > 1<<60):
		if err := d.repair(RepairXRef, at, "entry of no use read as free"); err != nil {
			return err
		}
		e.gen = 65535
	case used:
		e.kind, e.gen, e.pos = EntryInUse, uint16(gen), off+d.base
	default:
		if d.opts.Strict && (gen > 65535 || off > maxObjectNumber) {
			return syntaxErrorf(at, "free entry with numbers above what readers take")
		}
		e.gen = uint16(min(gen, 65535))
	}
	s.entries = append(s.entries, e)
	return nil
}
