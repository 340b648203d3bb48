package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
)

// Update collects new and changed objects and writes them as one incremental
// update (ISO 32000-2, 7.5.6). It is not safe for concurrent use.
type Update struct {
	doc     *Document
	objects map[Ref]Object
	pending map[Ref]bool // reserved, not yet set
	trailer Dict         // changed entries; nil removes
	next    uint32
}

// Placeholder is an object that is written as fixed bytes, never encrypted,
// whose place in the output is reported, so that the bytes can be replaced by
// as many others: a signature's Contents and ByteRange.
type Placeholder struct{ text []byte }

// NewPlaceholder returns a placeholder written as text, which must be one
// whole PDF object, such as "<0000>" or "[0 0 0 0      ]".
func NewPlaceholder(text []byte) *Placeholder { return &Placeholder{text: bytes.Clone(text)} }

// NewUpdate begins an update of the document.
func (d *Document) NewUpdate() *Update {
	return &Update{
		doc: d, objects: map[Ref]Object{}, pending: map[Ref]bool{}, trailer: Dict{},
		next: d.nextNumber(),
	}
}

// nextNumber returns the lowest number that no object has or had. Numbers up
// to the trailer's Size count as taken, unless it is far too large, and those
// that what was read refers to: a reference to one of them means null and must
// not come to mean a new object.
func (d *Document) nextNumber() uint32 {
	next := int64(1)
	for _, s := range d.sections {
		if n := len(s.entries); n > 0 {
			next = max(next, int64(s.entries[n-1].num)+1)
		}
	}
	if size, ok := d.sections[0].trailer.Int("Size"); ok && size > next && size < next+1<<16 {
		next = size
	}
	if referred := int64(d.referred); referred >= next && referred < next+1<<16 {
		next = referred + 1
	}
	return uint32(next)
}

// Document returns the document that the update is for.
func (u *Update) Document() *Document { return u.doc }

// Reserve returns the reference of a new object that Set must fill.
func (u *Update) Reserve() Ref {
	ref := Ref{Num: u.next}
	u.next++
	u.pending[ref] = true
	return ref
}

// Add makes o a new indirect object.
func (u *Update) Add(o Object) Ref {
	ref := u.Reserve()
	u.Set(ref, o)
	return ref
}

// Set gives ref, old or reserved, a new value. The value belongs to the update
// from then on. Strings in it are plain: Build encrypts them when the document
// is encrypted. The zero reference panics.
func (u *Update) Set(ref Ref, o Object) {
	if ref.Num == 0 || ref.Num >= u.next {
		panic("pdf: Set of a reference that was not reserved")
	}
	delete(u.pending, ref)
	u.objects[ref] = o
}

// Get returns the object as the update leaves it: a copy of what was Set or
// Added, else the document's.
func (u *Update) Get(ref Ref) (Object, error) {
	if o, ok := u.objects[ref]; ok {
		return Clone(o), nil
	}
	return u.doc.Get(ref)
}

// SetTrailer changes an entry of the new trailer; nil removes it. Size, Prev,
// ID, Encrypt, XRefStm and the keys of cross-reference streams are the
// writer's own and panic.
func (u *Update) SetTrailer(key Name, value Object) {
	if ownKey(key) || key == "ID" || key == "Encrypt" {
		panic("pdf: SetTrailer of an entry that the writer makes")
	}
	u.trailer[key] = value
}

func ownKey(key Name) bool {
	return key == "Size" || key == "Prev" || key == "XRefStm" || slices.Contains(streamKeys, key)
}

// RaiseVersion makes the catalog's Version at least version, such as "1.7".
// It never lowers it.
func (u *Update) RaiseVersion(version string) error {
	if !validVersion(version) {
		panic("pdf: RaiseVersion to no version")
	}
	o, err := u.Get(u.doc.CatalogRef())
	if err != nil {
		return err
	}
	catalog, ok := o.(Dict)
	if !ok {
		return syntaxErrorf(-1, "catalog is a %s", kindOf(o))
	}
	now := u.doc.Version()
	if v := string(catalog.Name("Version")); validVersion(v) {
		now = max(now, v)
	}
	if now >= version {
		return nil
	}
	catalog["Version"] = Name(version)
	u.Set(u.doc.CatalogRef(), catalog)
	return nil
}

// Built is a written update. The new file is the original followed by Bytes.
type Built struct {
	// Start is the position of Bytes in the new file: the original's size.
	Start int64
	// Bytes is the update, to be patched in place.
	Bytes []byte

	places map[*Placeholder]int
}

// Size returns the size of the new file.
func (b *Built) Size() int64 { return b.Start + int64(len(b.Bytes)) }

// Span returns the absolute place of a placeholder, its delimiters included.
// It panics when the placeholder is not in the update.
func (b *Built) Span(p *Placeholder) Span {
	at, ok := b.places[p]
	if !ok {
		panic("pdf: placeholder is not in the update")
	}
	return Span{b.Start + int64(at), b.Start + int64(at+len(p.text))}
}

// Patch replaces the bytes of a placeholder. text must be as long as the
// placeholder; another length panics.
func (b *Built) Patch(p *Placeholder, text []byte) {
	s := b.Span(p)
	if int64(len(text)) != s.End-s.Offset {
		panic("pdf: patch of another length than its placeholder")
	}
	copy(b.Bytes[s.Offset-b.Start:], text)
}

// Build writes the update: a new line when the file does not end with one, the
// objects by ascending number, a cross-reference section in the file's own
// kind that names every one of them, and a trailer with the entries of the old
// one. It fails with ErrLimit when an offset does not fit the kind or a number
// is above what all readers take, and when a reserved object was never set. It can be called again after further changes.
func (u *Update) Build() (*Built, error) {
	if len(u.pending) > 0 {
		refs := slices.SortedFunc(maps.Keys(u.pending), compareRefs)
		return nil, fmt.Errorf("pdf: object %s was reserved and never set", refs[0])
	}
	if u.next > maxStrictNumber { // a cross-reference stream may take one more
		return nil, limitErrorf("object numbers above %d, which not all readers take", maxStrictNumber)
	}
	w := &writer{places: map[*Placeholder]int{}}
	d := u.doc
	if d.size > 0 {
		last, err := d.src.bytes(d.size-1, 1)
		if err != nil {
			return nil, err
		}
		if last[0] != '\n' && last[0] != '\r' {
			w.buf.WriteByte('\n')
		}
	}
	var entries []entry
	for _, ref := range slices.SortedFunc(maps.Keys(u.objects), compareRefs) {
		at := d.size + int64(w.buf.Len())
		entries = append(entries, entry{num: ref.Num, gen: ref.Gen, kind: EntryInUse, pos: at})
		if err := u.writeObject(w, ref, u.objects[ref]); err != nil {
			return nil, err
		}
	}
	if err := u.writeXRef(w, entries); err != nil {
		return nil, err
	}
	return &Built{Start: d.size, Bytes: w.buf.Bytes(), places: w.places}, nil
}

func compareRefs(a, b Ref) int {
	if a.Num != b.Num {
		return int(int64(a.Num) - int64(b.Num))
	}
	return int(a.Gen) - int(b.Gen)
}

func (u *Update) writeObject(w *writer, ref Ref, o Object) error {
	c := u.doc.crypt
	w.convert = nil
	if c != nil && c.strings != methodNone && ref != c.dict {
		w.convert = func(b []byte) ([]byte, error) { return c.encryptBytes(b, ref, c.strings) }
	}
	fmt.Fprintf(&w.buf, "%d %d obj\n", ref.Num, ref.Gen)
	var err error
	if s, ok := o.(*Stream); ok {
		err = u.writeStream(w, ref, s)
	} else {
		err = w.object(o)
	}
	w.buf.WriteString("\nendobj\n")
	return err
}

// maxCopied bounds a stream that is taken over from the document into an
// update.
const maxCopied = 64 << 20

func (u *Update) writeStream(w *writer, ref Ref, s *Stream) error {
	data := s.data
	if s.read {
		var err error
		if data, err = s.doc.RawData(s, maxCopied); err != nil {
			return err
		}
	}
	if c := u.doc.crypt; c != nil {
		names, params, err := u.doc.filters(s.Dict)
		if err != nil {
			return err
		}
		if data, err = c.encryptBytes(data, ref, c.streamMethod(s.Dict, names, params)); err != nil {
			return err
		}
	}
	dict := maps.Clone(s.Dict)
	if dict == nil {
		dict = Dict{}
	}
	dict["Length"] = Integer(len(data))
	if err := w.object(dict); err != nil {
		return err
	}
	w.buf.WriteString("\nstream\n")
	w.buf.Write(data)
	w.buf.WriteString("\nendstream")
	return nil
}

// NewFlateStream returns a stream of data compressed with Flate.
func NewFlateStream(dict Dict, data []byte) *Stream {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data) // a Buffer takes everything
	_ = z.Close()
	if dict == nil {
		dict = Dict{}
	}
	dict["Filter"] = Name("FlateDecode")
	delete(dict, "DecodeParms")
	return NewStream(dict, b.Bytes())
}
