package pdf

// Span is a range of absolute positions, End exclusive.
type Span struct{ Offset, End int64 }

// ValueSpan returns where the value under path (keys of nested direct
// dictionaries, from the object's own dictionary) stands in the file, token
// delimiters included. ErrMalformed when there is no such direct value or the
// object is in an object stream, ErrAmbiguous when a key of the path stands
// there twice.
func (d *Document) ValueSpan(ref Ref, path ...Name) (Span, error) {
	loc, err := d.Locate(ref)
	if err != nil {
		return Span{}, err
	}
	if !loc.Container.IsZero() {
		return Span{}, syntaxErrorf(loc.Offset, "object %s is in an object stream", ref)
	}
	p := d.newParser(loc.Offset)
	defer d.release(p)
	for range 3 { // number, generation, obj
		p.read()
	}
	t := p.read()
	for i, key := range path {
		if t.kind != tokDictOpen {
			return Span{}, p.fail(t.off, "no dictionary that could hold %.40q", string(key))
		}
		at, err := p.findKey(ref, key)
		if err != nil {
			return Span{}, err
		}
		if i == len(path)-1 {
			return at, nil
		}
		p.seek(at.Offset)
		t = p.read()
	}
	p.unread(t)
	if _, err := p.object(); err != nil {
		return Span{}, err
	}
	return Span{p.start, p.stop}, p.err
}

// findKey reads a dictionary whose opening was read and returns the span of
// the value of key.
func (p *parser) findKey(ref Ref, key Name) (at Span, err error) {
	p.weight, p.textSize = 0, 0
	found := false
	for {
		t := p.read()
		if t.kind == tokDictClose && p.err == nil {
			break
		}
		if t.kind != tokName {
			return at, p.fail(t.off, "dictionary key is not a name")
		}
		this := Name(t.text)
		if _, err := p.value(p.read(), 0); err != nil {
			return at, err
		}
		if this != key {
			continue
		}
		if found {
			return at, &AmbiguityError{Kind: AmbiguousKey, Num: ref.Num, Key: key, Offset: t.off}
		}
		at, found = Span{p.start, p.stop}, true
	}
	if !found {
		return at, syntaxErrorf(p.start, "object %s has no %.40q", ref, string(key))
	}
	return at, nil
}
