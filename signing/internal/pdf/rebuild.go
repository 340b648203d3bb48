package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// scan collects what a pass over the whole file finds.
type scan struct {
	entries  []entry
	trailers []Dict   // oldest first
	streams  []uint32 // object streams, in file order
	catalog  Ref      // the last object that says it is the catalog
	wasted   int64    // bytes parsed in vain
	lastAt   int64    // of the last object
	endAt    int64    // of the last trailer or cross-reference stream
}

const (
	scanBlock   = 64 << 10
	scanOverlap = 64 // longest header that is recognised
	maxTrailers = 4096
)

// rebuild replaces a cross-reference that cannot be used by one made from a
// scan of the file, as other readers do: of several objects with one number
// the last one counts.
func (d *Document) rebuild(cause error) error {
	d.forget()
	s, err := d.scanFile()
	if err != nil {
		return err
	}
	if len(s.entries) == 0 {
		return fmt.Errorf("%w; and no objects found by scanning", cause)
	}
	trailer := s.trailer()
	d.rebuilt, d.cutShort = true, s.lastAt > s.endAt
	d.sections = []*section{{offset: d.size, end: d.size, trailer: trailer, entries: s.entries, prev: -1}}
	if err := d.openCrypt(); err != nil {
		return err
	}
	if err := d.addStored(s.streams); err != nil {
		return err
	}
	trailer["Size"] = Integer(d.index()[len(d.index())-1].num) + 1
	if trailer["Root"] == nil {
		ref, err := d.storedCatalog()
		if err != nil {
			return &thenError{cause, err}
		}
		trailer["Root"] = ref
	}
	d.last = tail{offset: d.size, xref: d.size, eof: d.size, end: d.size}
	_ = d.repair(RepairRebuilt, -1, reason(cause))
	if err := d.checkCatalog(); err != nil {
		return fmt.Errorf("%w; and after scanning: %w", cause, err)
	}
	return nil
}

// reason is an error's text without the package's prefix.
func reason(err error) string {
	var s *SyntaxError
	if errors.As(err, &s) {
		return s.Reason
	}
	return err.Error()
}

// trailer joins the trailers found: of each entry the last value that is not
// null.
func (s *scan) trailer() Dict {
	t := Dict{}
	for _, found := range s.trailers {
		if root, ok := found["Root"].(Ref); ok {
			if _, exists := search(s.entries, root.Num); !exists && len(s.streams) == 0 {
				continue
			}
		}
		for _, k := range []Name{"Root", "Info", "ID", "Encrypt"} {
			if found[k] != nil {
				t[k] = found[k]
			}
		}
	}
	if t["Root"] == nil && !s.catalog.IsZero() {
		t["Root"] = s.catalog
	}
	return t
}

// scanFile reads the file once from the beginning to the end and notes every
// object header and trailer.
func (d *Document) scanFile() (*scan, error) {
	quiet := d.quiet
	d.quiet = true
	defer func() { d.quiet = quiet }()
	s := &scan{}
	buf := make([]byte, scanBlock)
	for pos := d.header; pos < d.size; {
		b := buf[:min(scanBlock, d.size-pos)]
		if err := readFull(d.r, b, pos); err != nil {
			return nil, err
		}
		next, err := d.scanBlock(s, b, pos)
		if err != nil {
			return nil, err
		}
		pos = next
	}
	// The last object with a number counts: sort newest first, keep the first.
	slices.Reverse(s.entries)
	s.entries = sortEntries(s.entries, func(uint32) {})
	return s, nil
}

// scanBlock looks for words in one block and returns where to read on.
func (d *Document) scanBlock(s *scan, b []byte, pos int64) (int64, error) {
	last := pos+int64(len(b)) == d.size
	for i := 0; i < len(b); {
		j, word := nextWord(b[i:])
		if j < 0 {
			break
		}
		at := i + j
		if !last && at > len(b)-scanOverlap && at > scanOverlap {
			return pos + int64(at-scanOverlap), nil
		}
		after := int64(at + len(word))
		if word == "trailer" {
			d.scanTrailer(s, pos+after)
		} else if start, ref, ok := headerBefore(b, at); ok {
			end, err := d.scanObject(s, ref, pos+int64(start), pos+after)
			if err != nil {
				return 0, err
			}
			after = end - pos
		}
		if after >= int64(len(b)) {
			return pos + after, nil
		}
		i = int(after)
	}
	if last {
		return d.size, nil
	}
	return pos + int64(len(b)) - scanOverlap, nil
}

// nextWord finds the next "obj" or "trailer".
func nextWord(b []byte) (int, string) {
	i := bytes.Index(b, []byte("obj"))
	limit := b
	if i >= 0 {
		limit = b[:i]
	}
	if j := bytes.Index(limit, []byte("trailer")); j >= 0 {
		return j, "trailer"
	}
	return i, "obj"
}

// anyHead reports whether the head of an object stands in b.
func anyHead(b []byte) bool {
	for at := 0; ; at += len(objWord) {
		i := bytes.Index(b[at:], objWord)
		if i < 0 {
			return false
		}
		at += i
		if _, _, ok := headerBefore(b, at); ok {
			return true
		}
	}
}

// headerBefore reads "12 0 " backwards from position at of the word obj.
func headerBefore(b []byte, at int) (start int, ref Ref, ok bool) {
	i, gen, ok1 := numberBefore(b, at, 5)
	i, num, ok2 := numberBefore(b, i, 10)
	if !ok1 || !ok2 || num > maxObjectNumber || gen > 65535 || num == 0 {
		return 0, Ref{}, false
	}
	return i, Ref{uint32(num), uint16(gen)}, true
}

// numberBefore reads white space and digits backwards from position at.
func numberBefore(b []byte, at, digits int) (start int, n int64, ok bool) {
	i := at
	for i > 0 && classes[b[i-1]] == space {
		i--
	}
	end := i
	for i > 0 && b[i-1] >= '0' && b[i-1] <= '9' && end-i < digits {
		i--
	}
	n, ok = parseInteger(b[i:end])
	return i, n, ok
}

// scanTrailer notes the trailer dictionary after the keyword.
func (d *Document) scanTrailer(s *scan, at int64) {
	if s.wasted > d.size+(1<<20) {
		return
	}
	p := d.newParser(at)
	defer d.release(p)
	o, err := p.object()
	s.wasted += p.pos() - at
	if t, ok := o.(Dict); ok && err == nil {
		s.addTrailer(t, at)
	}
}

// addTrailer keeps a bounded number of trailers, the last one among them.
func (s *scan) addTrailer(t Dict, at int64) {
	s.endAt = at
	if len(s.trailers) == maxTrailers {
		s.trailers = s.trailers[:maxTrailers-1]
	}
	s.trailers = append(s.trailers, t)
}

// scanObject notes an object and returns where the scan goes on: after a
// stream's data, so that files embedded without compression are not taken for
// objects.
func (d *Document) scanObject(s *scan, ref Ref, start, body int64) (int64, error) {
	if len(s.entries) >= d.opts.MaxObjects {
		return 0, limitErrorf("more than %d objects", d.opts.MaxObjects)
	}
	s.entries = append(s.entries, entry{num: ref.Num, gen: ref.Gen, kind: EntryInUse, pos: start})
	s.lastAt = start
	if s.wasted > 4*d.size+(1<<20) {
		return body, nil
	}
	p := d.newParser(body)
	defer d.release(p)
	t := p.read()
	if t.kind != tokDictOpen {
		return body, nil
	}
	p.unread(t)
	o, err := p.object()
	dict, ok := o.(Dict)
	if err != nil || !ok {
		s.wasted += p.pos() - body
		return body, nil
	}
	kind := dict.Name("Type")
	if kind == "Catalog" && dict["Pages"] != nil {
		s.catalog = ref
	}
	t = p.read()
	if !t.is("stream") {
		return max(body, min(p.start, p.stop)), nil
	}
	switch kind {
	case "ObjStm":
		s.streams = append(s.streams, ref.Num)
	case "XRef":
		s.addTrailer(dict, start)
	}
	return d.scanStream(dict, t.end)
}

// scanStream returns the end of a stream's data.
func (d *Document) scanStream(dict Dict, at int64) (int64, error) {
	start, err := d.streamStart(at)
	if err != nil {
		return 0, err
	}
	if n, ok := dict.Int("Length"); ok && n >= 0 && n <= d.size-start {
		if end, err := d.endStream(start + n); err != nil || end > 0 {
			return end, err
		}
	}
	end, _, err := d.find(start, endStreamWord, endObjectWord)
	if errors.Is(err, ErrLimit) || err == nil && end < 0 {
		return start, nil
	}
	return end, err
}

// addStored adds the objects in object streams that do not stand for
// themselves; of several, the last stream's counts.
func (d *Document) addStored(streams []uint32) error {
	var stored []entry
	seen := map[uint32]bool{}
	for _, num := range slices.Backward(streams) {
		if seen[num] {
			continue
		}
		seen[num] = true
		s, err := d.objectStream(num)
		if errors.Is(err, ErrLimit) {
			return err
		}
		if err != nil {
			continue // damaged beyond use; its objects are missing
		}
		for i, x := range s.index {
			if len(stored)+len(d.sections[0].entries) >= d.opts.MaxObjects {
				return limitErrorf("more than %d objects", d.opts.MaxObjects)
			}
			stored = append(stored, entry{num: x.num, kind: EntryCompressed, pos: int64(num)<<32 | int64(i)})
		}
	}
	stored = sortEntries(stored, func(uint32) {})
	own := d.sections[0]
	own.entries, d.entries = mergeEntries(own.entries, stored), nil
	return nil
}

// storedCatalog looks for the catalog in the object streams.
func (d *Document) storedCatalog() (Ref, error) {
	for _, e := range d.index() {
		if e.kind != EntryCompressed {
			continue
		}
		o, err := d.storedObject(e.num, e)
		if errors.Is(err, ErrLimit) {
			return Ref{}, err
		}
		if dict, ok := o.(Dict); ok && dict.Name("Type") == "Catalog" {
			return Ref{Num: e.num}, nil
		}
	}
	return Ref{}, syntaxErrorf(-1, "no catalog found by scanning")
}

// relocate looks for an object that is not where its entry says.
func (d *Document) relocate(ref Ref, cause error) (indirect, error) {
	if d.found == nil {
		s, err := d.scanFile()
		if err != nil {
			return indirect{}, err
		}
		d.found = s.entries
	}
	e, ok := search(d.found, ref.Num)
	if !ok || e.gen != ref.Gen {
		return indirect{}, cause
	}
	in, err := d.readIndirect(e.pos)
	if err != nil {
		return indirect{}, err
	}
	return in, d.repair(RepairPlace, in.offset, ref.String())
}
