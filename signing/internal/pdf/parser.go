package pdf

import (
	"bytes"
	"slices"
)

const (
	// maxDepth bounds nested arrays and dictionaries.
	maxDepth = 128
	// maxWeight bounds what one object may make of memory: an element counts
	// 1, an array 2, a dictionary 16 more.
	maxWeight = 1 << 19
	// partWork is what a part of weight 1 costs, in bytes lexed.
	partWork = 8
	// stringWork is what decrypting a string costs, in bytes lexed.
	stringWork = 16
	// maxText bounds the strings and names of one object in bytes.
	maxText = 32 << 20
	// maxObjectNumber is the highest object number that is read: other readers
	// keep it in 31 bits.
	maxObjectNumber = 1<<31 - 2
)

// parser reads objects. After a value, start and stop are the positions of
// its first byte and of the byte after it.
type parser struct {
	lexer
	ahead       [2]token
	aheadCount  int
	start, stop int64
	weight      int
	textSize    int
}

// duplicate notes a key that a dictionary has twice with different values.
func (p *parser) duplicate(off int64, key Name) {
	p.twofold(AmbiguityError{Kind: AmbiguousKey, Num: p.num, Key: key, Offset: p.at(off)})
}

// stray notes the end of a reference that has no lawful beginning. Some readers
// make one of it all the same; some look for escapes in words.
func (p *parser) stray(t token) {
	if t.kind == tokKeyword && (t.is("R") || bytes.IndexByte(t.text, '#') >= 0) {
		p.twofold(AmbiguityError{Kind: AmbiguousReference, Num: p.num, Offset: p.at(t.off)})
	}
}

func (p *parser) twofold(e AmbiguityError) {
	switch {
	case p.err != nil:
	case p.doc != nil:
		p.err = p.doc.ambiguous(e)
	case p.strict:
		p.err = &e
	}
}

func (p *parser) seek(pos int64) {
	p.aheadCount = 0
	p.lexer.seek(pos)
}

// read returns the next token, one looked ahead first.
func (p *parser) read() token {
	var t token
	if p.aheadCount > 0 {
		t = p.ahead[0]
		p.ahead[0] = p.ahead[1]
		p.aheadCount--
	} else {
		t = p.next()
	}
	p.start, p.stop = t.off, t.end
	return t
}

func (p *parser) unread(t token) {
	if p.aheadCount > 0 {
		p.ahead[1] = p.ahead[0]
	}
	p.ahead[0] = t
	p.aheadCount++
}

// position is where the next token will be looked for.
func (p *parser) position() int64 {
	if p.aheadCount > 0 {
		return p.ahead[0].off
	}
	return p.pos()
}

func (p *parser) fail(off int64, format string, args ...any) error {
	if p.err != nil {
		return p.err
	}
	return syntaxErrorf(p.at(off), format, args...)
}

// object reads one object, with fresh limits.
func (p *parser) object() (Object, error) {
	p.weight, p.textSize = 0, 0
	o, err := p.value(p.read(), 0)
	if err == nil {
		err = p.err
	}
	return o, err
}

func (p *parser) count(n int) error {
	if p.doc != nil {
		p.doc.work.lexed += int64(n) * partWork
	}
	if p.weight += n; p.weight > maxWeight {
		return limitErrorf("object near byte %d has too many parts", p.start)
	}
	return nil
}

func (p *parser) value(t token, depth int) (Object, error) {
	if depth > maxDepth {
		return nil, limitErrorf("object near byte %d is nested too deeply", t.off)
	}
	if err := p.count(1); err != nil {
		return nil, err
	}
	switch t.kind {
	case tokInteger:
		return p.integer(t), nil
	case tokReal:
		return Real{Value: t.real, Text: string(t.text)}, nil
	case tokString, tokHex, tokName:
		if p.textSize += len(t.text); p.textSize > maxText {
			return nil, limitErrorf("object near byte %d has too much text", t.off)
		}
		if t.kind == tokName {
			return Name(t.text), nil
		}
		return String{Bytes: append([]byte{}, t.text...), Hex: t.kind == tokHex, ends: string(t.ends)}, nil
	case tokArrayOpen:
		return p.array(t, depth)
	case tokDictOpen:
		return p.dict(t, depth)
	case tokKeyword:
		switch string(t.text) {
		case "null":
			return nil, nil
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, p.fail(t.off, "unexpected %.20q", t.text)
	case tokEOF:
		return nil, p.fail(t.off, "unexpected end")
	}
	return nil, p.fail(t.off, "unexpected delimiter")
}

func (p *parser) refer(t token, gen uint16) Ref {
	ref := Ref{Num: uint32(t.num), Gen: gen}
	if p.doc != nil {
		p.doc.referred = max(p.doc.referred, ref.Num)
	}
	return ref
}

// integer returns the integer t, or the reference that it begins.
func (p *parser) integer(t token) Object {
	if t.num < 0 || t.num > maxObjectNumber {
		return Integer(t.num)
	}
	switch p.aheadCount {
	case 0:
		gen, ok, known := p.reference()
		switch {
		case ok:
			p.start, p.stop = t.off, p.pos()
			return p.refer(t, gen)
		case known:
			return Integer(t.num)
		}
	case 1:
		// So that one look ahead is not followed by one for each number after it.
		if !p.maybeR() {
			return Integer(t.num)
		}
	}
	gen := p.read()
	if gen.kind != tokInteger || gen.num < 0 || gen.num > 65535 {
		p.unread(gen)
		p.start, p.stop = t.off, t.end
		return Integer(t.num)
	}
	r := p.read()
	if r.is("R") {
		p.start = t.off
		return p.refer(t, uint16(gen.num))
	}
	p.unread(r)
	p.unread(gen)
	p.start, p.stop = t.off, t.end
	return Integer(t.num)
}

func (p *parser) array(open token, depth int) (Object, error) {
	if err := p.count(2); err != nil {
		return nil, err
	}
	a := Array{}
	for {
		t := p.read()
		switch {
		case t.kind == tokArrayClose:
			p.start = open.off
			return a, nil
		case t.kind == tokDictClose, p.closes(t):
			// An array that is never closed ends with what holds it.
			p.complain(t.off, "array has no end")
			if p.err != nil {
				return nil, p.err
			}
			p.unread(t)
			p.start, p.stop = open.off, t.off
			return a, nil
		case p.oddWord(t):
			a = append(a, nil)
			continue
		}
		v, err := p.value(t, depth+1)
		if err != nil {
			return nil, err
		}
		if len(a) == cap(a) {
			a = slices.Grow(a, len(a)) // append alone grows large ones by a quarter, and copies them as often
		}
		a = append(a, v)
	}
}

// closes reports whether t is a keyword that ends the indirect object.
func (p *parser) closes(t token) bool {
	return t.is("endobj") || t.is("stream") || t.is("obj")
}

// oddWord reports whether t is a keyword with no meaning here, which is read
// over as null.
func (p *parser) oddWord(t token) bool {
	if p.strict || t.kind != tokKeyword || t.is("null") || t.is("true") || t.is("false") || p.closes(t) {
		return false
	}
	p.stray(t)
	p.complain(t.off, "unknown word read as null")
	return p.count(1) == nil
}

func (p *parser) dict(open token, depth int) (Object, error) {
	if err := p.count(16); err != nil {
		return nil, err
	}
	d := Dict{}
	for {
		t := p.read()
		switch {
		case t.kind == tokDictClose:
			p.start = open.off
			return d, nil
		case t.kind == tokEOF:
			return nil, p.fail(open.off, "dictionary has no end")
		case p.closes(t):
			p.complain(t.off, "dictionary has no end")
			if p.err != nil {
				return nil, p.err
			}
			p.unread(t)
			p.start, p.stop = open.off, t.off
			return d, nil
		case t.kind != tokName:
			p.stray(t)
			p.complain(t.off, "dictionary key is not a name")
			if p.err != nil {
				return nil, p.err
			}
			if t.kind == tokArrayOpen || t.kind == tokDictOpen {
				if _, err := p.value(t, depth+1); err != nil {
					return nil, err
				}
			} else if err := p.count(1); err != nil {
				return nil, err
			}
			continue
		}
		key, keyOff := Name(t.text), t.off
		if p.textSize += len(key); p.textSize > maxText {
			return nil, limitErrorf("object near byte %d has too much text", t.off)
		}
		v, err := p.entryValue(depth)
		if err != nil {
			return nil, err
		}
		if old, twice := d[key]; twice && !Identical(old, v) {
			p.duplicate(keyOff, key)
		}
		d[key] = v
	}
}

// entryValue reads the value of a dictionary entry; one that is missing is
// null.
func (p *parser) entryValue(depth int) (Object, error) {
	t := p.read()
	if t.kind == tokDictClose || p.closes(t) {
		p.complain(t.off, "dictionary key has no value")
		if p.err != nil {
			return nil, p.err
		}
		p.unread(t)
		return nil, nil
	}
	if p.oddWord(t) {
		return nil, nil
	}
	return p.value(t, depth+1)
}
