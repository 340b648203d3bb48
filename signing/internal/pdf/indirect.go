package pdf

import (
	"errors"
	"fmt"
)

// maxNesting bounds objects that must be read to read an object: a stream's
// Length, the object stream that holds it, and so on.
const maxNesting = 24

// errNoObject tells that no object header, or another object's, stands where
// an entry points.
var errNoObject = errors.New("the cross-reference points elsewhere")

// indirect is an indirect object as it stands in the file.
type indirect struct {
	ref         Ref
	object      Object
	offset, end int64
}

// newParser returns a parser of the file. It should be given back by release.
func (d *Document) newParser(offset int64) *parser {
	var p *parser
	if n := len(d.idle); n > 0 {
		p, d.idle = d.idle[n-1], d.idle[:n-1]
	} else {
		p = &parser{}
	}
	*p = parser{lexer: lexer{
		src: d.src, base: offset, end: d.size, text: p.text[:0], strict: d.opts.Strict, doc: d,
	}}
	return p
}

// maxIdleText bounds the buffer that a parser keeps for its next use.
const maxIdleText = 64 << 10

func (d *Document) release(p *parser) {
	p.charge()
	if cap(p.text) <= maxIdleText && len(d.idle) < maxNesting {
		p.src, p.buf = nil, nil
		d.idle = append(d.idle, p)
	}
}

// readIndirect reads the object at offset. Strings are not decrypted. The
// error matches errNoObject when there is no object header.
func (d *Document) readIndirect(offset int64) (indirect, error) {
	p := d.newParser(offset)
	defer d.release(p)
	in, err := d.readHead(p, offset)
	if err != nil {
		return in, err
	}
	if in.object, err = p.body(); err != nil {
		return in, err
	}
	return in, d.finish(p, &in)
}

// readHead reads "12 0 obj" at offset.
func (d *Document) readHead(p *parser, offset int64) (indirect, error) {
	num, gen, word := p.read(), p.read(), token{}
	if num.kind == tokInteger && gen.kind == tokInteger {
		word = p.read()
	}
	if p.err != nil {
		return indirect{}, p.err
	}
	if !word.is("obj") || num.num < 0 || num.num > maxObjectNumber || gen.num < 0 || gen.num > 65535 {
		return indirect{}, fmt.Errorf("%w: %w", syntaxErrorf(offset, "no object"), errNoObject)
	}
	in := indirect{ref: Ref{uint32(num.num), uint16(gen.num)}, offset: num.off}
	p.num = in.ref.Num
	if num.off != offset {
		return in, d.repair(RepairXRef, offset, "entry points before the object")
	}
	return in, nil
}

// body reads the value of an indirect object; an empty one is null.
func (p *parser) body() (Object, error) {
	p.weight, p.textSize = 0, 0
	t := p.read()
	if t.is("endobj") {
		p.complain(t.off, "empty object")
		p.unread(t)
		return nil, p.err
	}
	o, err := p.value(t, 0)
	if err == nil {
		err = p.err
	}
	return o, err
}

// finish reads what follows an object's value: a stream's data and endobj.
func (d *Document) finish(p *parser, in *indirect) error {
	in.end = p.stop
	t := p.read()
	if dict, ok := in.object.(Dict); ok && t.is("stream") {
		s, end, err := d.readStream(in.ref, dict, t.end)
		if err != nil {
			return err
		}
		in.object, in.end = s, end
		p.seek(end)
		t = p.read()
	}
	if p.err != nil {
		return p.err
	}
	if t.is("endobj") {
		in.end = t.end
		return nil
	}
	return d.repair(RepairSyntax, in.end, "endobj is missing")
}

// Get returns an indirect object, decrypted; nil when the object is free or
// does not exist (ISO 32000-2, 7.3.10).
func (d *Document) Get(ref Ref) (Object, error) {
	o, stored, err := d.get(ref)
	if err != nil || d.crypt == nil || stored {
		return o, err
	}
	return d.crypt.decryptObject(o, ref, d.work)
}

// GetRaw is Get without decryption of strings; RawData and StreamData of a
// stream decrypt all the same.
func (d *Document) GetRaw(ref Ref) (Object, error) {
	o, _, err := d.get(ref)
	return o, err
}

// get returns an object as it stands in the file; stored tells that it comes
// from an object stream, whose strings are not encrypted by themselves.
func (d *Document) get(ref Ref) (o Object, stored bool, err error) {
	e, ok := d.lookup(ref.Num)
	if !ok || e.kind == EntryFree || e.gen != ref.Gen {
		return nil, false, nil
	}
	if d.nesting++; d.nesting > maxNesting {
		d.nesting--
		return nil, false, limitErrorf("object %d needs too many others to be read", ref.Num)
	}
	defer func() { d.nesting-- }()
	if e.kind == EntryCompressed {
		o, err = d.storedObject(ref.Num, e)
		return o, true, err
	}
	in, err := d.locate(ref, e)
	return in.object, false, err
}

// GetStrictly is Get by the letter of the standard, of a document that is read
// with repair: an error tells that other readers may repair the object otherwise.
func (d *Document) GetStrictly(ref Ref) (Object, error) {
	if d.opts.Strict {
		return d.Get(ref)
	}
	if d.strict == nil {
		opts := d.opts
		opts.Strict = true
		n := newDocument(d.r, d.size, opts)
		n.header, n.base, n.level, n.last = d.header, d.base, d.level, d.last
		n.sections, n.entries, n.crypt, n.work = d.sections, d.entries, d.crypt, d.work
		d.strict = n
	}
	if e, ok := d.lookup(ref.Num); ok && e.kind == EntryCompressed {
		// The stream around it is the affair of whoever reads the revision.
		s, err := d.objectStream(e.container())
		if err != nil {
			return nil, err
		}
		d.strict.stored = []*objectStream{s}
	}
	return d.strict.Get(ref)
}

// locate reads the object of an entry in use; one that is not there is looked
// for by scanning, unless reading is strict.
func (d *Document) locate(ref Ref, e entry) (indirect, error) {
	in, err := d.readIndirect(e.pos)
	if err == nil && in.ref != ref {
		err = fmt.Errorf("%w: %w", &AmbiguityError{Kind: AmbiguousObject, Num: ref.Num, Offset: e.pos}, errNoObject)
	}
	if err == nil || d.opts.Strict || !errors.Is(err, errNoObject) {
		return in, err
	}
	return d.relocate(ref, err)
}

// Location is the place of an indirect object.
type Location struct {
	// Offset is the first byte of "12 0 obj", End the byte after "endobj" (or
	// after the object where endobj is missing). For an object in an object
	// stream they are those of the container.
	Offset, End int64
	// Container is the object stream that holds the object, Index its place
	// there; the zero Ref when the object stands for itself.
	Container Ref
	Index     int
}

// Locate returns where an indirect object stands in the file; ErrMalformed
// when it does not exist.
func (d *Document) Locate(ref Ref) (Location, error) {
	e, ok := d.lookup(ref.Num)
	if !ok || e.kind == EntryFree || e.gen != ref.Gen {
		return Location{}, syntaxErrorf(-1, "object %s does not exist", ref)
	}
	var loc Location
	if e.kind == EntryCompressed {
		loc.Container, loc.Index = Ref{Num: e.container()}, e.index()
		ref = loc.Container
		if e, ok = d.lookup(ref.Num); !ok || e.kind != EntryInUse {
			return Location{}, syntaxErrorf(-1, "object stream %s does not exist", ref)
		}
	}
	in, err := d.locate(ref, e)
	loc.Offset, loc.End = in.offset, in.end
	return loc, err
}

// maxChain bounds references that lead to references.
const maxChain = 32

// Resolve follows o while it is a reference and returns what it refers to. A
// chain that is too long or a loop is ErrMalformed.
func (d *Document) Resolve(o Object) (Object, error) {
	for range maxChain {
		ref, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = d.Get(ref); err != nil {
			return nil, err
		}
	}
	return nil, syntaxErrorf(-1, "reference leads in a loop")
}

// Dict resolves o, which must be a dictionary; null gives nil without error, a
// stream gives its dictionary.
func (d *Document) Dict(o Object) (Dict, error) {
	v, err := d.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case Dict:
		return v, nil
	case *Stream:
		return v.Dict, nil
	}
	return nil, syntaxErrorf(-1, "%s where a dictionary is wanted", kindOf(v))
}

// Array resolves o, which must be an array; null gives nil without error.
func (d *Document) Array(o Object) (Array, error) {
	v, err := d.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case Array:
		return v, nil
	}
	return nil, syntaxErrorf(-1, "%s where an array is wanted", kindOf(v))
}
