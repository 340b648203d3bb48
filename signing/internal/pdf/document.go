// Package pdf reads PDF files by offset from an [io.ReaderAt] and writes
// incremental updates (ISO 32000-2, 7.5.6). It knows nothing of signatures:
// an update may hold placeholders whose byte positions are reported, so that a
// signer can fill them.
//
// Reading is lazy: [Open] reads the header, the end, the cross-reference
// sections and the catalog; any other object is parsed when it is asked for.
// The original is never held in memory, and the cross-reference index takes at
// most 32 bytes per object. Unless [Options].Strict is set, the usual lies of
// real files are repaired where other readers agree on the repair, and each
// repair is listed by [Document.Repairs]; where readers may disagree,
// [Document.Ambiguities] lists the place.
package pdf

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// Options says how a file is read. The zero value reads with repair, with the
// empty password and the default limits.
type Options struct {
	// Password opens an encrypted file as user or owner. For revision 6 it is
	// UTF-8; for older ones the bytes are used as they are and, when that
	// fails and they are UTF-8, as Latin-1. Zero: the empty password.
	Password []byte
	// Strict refuses with ErrMalformed or ErrAmbiguous where the zero value
	// repairs or reports.
	Strict bool
	// MaxObjects bounds the cross-reference entries of all revisions together.
	// Zero: 4,194,304.
	MaxObjects int
	// MaxRevisions bounds the chain of cross-reference sections. Zero: 4,096.
	MaxRevisions int
	// MaxStream bounds one decoded cross-reference or object stream in bytes.
	// Zero: 32 MiB.
	MaxStream int64
}

func (o Options) withDefaults() Options {
	if o.MaxObjects <= 0 {
		o.MaxObjects = 4 << 20
	}
	if o.MaxRevisions <= 0 {
		o.MaxRevisions = 4096
	}
	if o.MaxStream <= 0 {
		o.MaxStream = 32 << 20
	}
	return o
}

// Document is an open PDF file, or one revision of it. It is not safe for
// concurrent use. Objects that it returns are fresh values which the caller
// may change; the bytes of strings are the caller's too.
type Document struct {
	r      io.ReaderAt
	src    *source
	size   int64
	opts   Options
	header int64  // position of "%PDF-"
	base   int64  // where the file's own offsets count from
	level  string // version in the header

	sections  []*section // newest first
	entries   []entry    // what holds, by number; nil until needed
	last      tail
	revisions []Revision // nil until needed
	crypt     *crypt
	rebuilt   bool
	cutShort  bool
	found     []entry // by scanning, when an object was not in its place
	referred  uint32  // the highest number that anything read so far refers to

	idle      []*parser
	inflaters []*inflater     // idle too
	window    []byte          // of readWindow
	stored    []*objectStream // last used first
	nesting   int
	measuring bool      // the Length of a stream is being read
	checking  bool      // checksums are verified
	work      *work     // shared by the revisions of the file
	strict    *Document // of GetStrictly
	probes    int       // of sections, by lookup

	pages pageWalk

	quiet       bool // note no repairs
	repairs     []Repair
	repaired    map[repairKey]bool
	ambiguities []*AmbiguityError
	doubted     map[AmbiguityError]bool
}

func newDocument(r io.ReaderAt, size int64, opts Options) *Document {
	return &Document{
		r: r, src: newSource(r, size), size: size, opts: opts.withDefaults(), work: &work{size: size},
		repaired: map[repairKey]bool{}, doubted: map[AmbiguityError]bool{},
	}
}

// Open reads the structure of the size bytes of r. Errors match ErrNotPDF,
// ErrMalformed, ErrAmbiguous (strict only), ErrLimit, ErrPassword or
// ErrEncryption, or come from r.
func Open(r io.ReaderAt, size int64, opts Options) (*Document, error) {
	d := newDocument(r, size, opts)
	if err := d.readHeader(); err != nil {
		return nil, err
	}
	err := d.readStructure()
	if err != nil && !d.opts.Strict && d.header > 0 && errors.Is(err, ErrMalformed) {
		// The offsets may count the junk.
		d.forget()
		d.base = 0
		if again := d.readStructure(); again == nil {
			return d, nil
		}
		d.base = d.header
	}
	if err != nil && !d.opts.Strict && errors.Is(err, ErrMalformed) {
		err = d.rebuild(err)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// forget undoes what readStructure did.
func (d *Document) forget() {
	d.sections, d.entries, d.crypt, d.stored, d.found = nil, nil, nil, nil, nil
	d.pages = pageWalk{}
}

// readStructure reads the cross-reference from the end of the file and checks
// that it leads to the document.
func (d *Document) readStructure() error {
	var err error
	if d.last, err = d.findTail(); err != nil {
		return err
	}
	if err := d.readChain(d.last.xref); err != nil {
		return err
	}
	if err := d.openCrypt(); err != nil {
		return err
	}
	if err := d.checkCatalog(); err != nil {
		return err
	}
	return d.checkPlaces()
}

// checkPlaces reports whether the cross-reference can be believed where there
// is reason to doubt it: when it was not written as it should be, every object
// must stand where it says, and what was needed so far must have been there.
func (d *Document) checkPlaces() error {
	if d.found != nil {
		return syntaxErrorf(-1, "objects are not where the cross-reference says")
	}
	doubt := slices.ContainsFunc(d.repairs, func(r Repair) bool {
		return r.Kind == RepairXRef || r.Kind == RepairStartXRef
	})
	if !doubt {
		return nil
	}
	for _, e := range d.index() {
		if e.kind != EntryInUse {
			continue
		}
		head, err := d.src.bytes(e.pos, 40)
		if err != nil {
			return err
		}
		p := &parser{lexer: lexer{buf: head, end: int64(len(head))}}
		num, gen, word := p.read(), p.read(), p.read()
		if num.num != int64(e.num) || gen.num != int64(e.gen) || !word.is("obj") {
			return syntaxErrorf(e.pos, "objects are not where the cross-reference says")
		}
	}
	return nil
}

// checkCatalog reports whether the catalog and the root of the page tree can
// be read.
func (d *Document) checkCatalog() error {
	catalog, err := d.Catalog()
	if err != nil {
		return err
	}
	pages, err := d.Dict(catalog["Pages"])
	if err != nil {
		return err
	}
	if pages == nil {
		return syntaxErrorf(-1, "catalog without pages")
	}
	return nil
}

// headerWindow is how far from the beginning "%PDF-" is looked for.
const headerWindow = 1024

func (d *Document) readHeader() error {
	b, err := d.src.bytes(0, headerWindow+16)
	if err != nil {
		return err
	}
	i := bytes.Index(b, []byte("%PDF-"))
	if i < 0 || i > headerWindow {
		return ErrNotPDF
	}
	d.header, d.base = int64(i), int64(i)
	if i > 0 {
		if err := d.repair(RepairHeader, 0, ""); err != nil {
			return err
		}
	}
	v := b[i+len("%PDF-"):]
	n := 0
	for n < len(v) && (v[n] >= '0' && v[n] <= '9' || v[n] == '.') && n < 8 {
		n++
	}
	d.level = string(v[:n])
	if !validVersion(d.level) {
		d.level = "1.4"
		return d.repair(RepairHeader, d.header, "no version")
	}
	return nil
}

// validVersion reports whether v has the form of a version: 1.0 to 9.9.
func validVersion(v string) bool {
	return len(v) == 3 && v[0] >= '1' && v[0] <= '9' && v[1] == '.' && v[2] >= '0' && v[2] <= '9'
}

// Size returns the number of bytes of the file, or of the file up to the end
// of the revision that the document was opened at.
func (d *Document) Size() int64 { return d.size }

// Reader returns the bytes that the document was opened from.
func (d *Document) Reader() io.ReaderAt { return d.r }

// Version returns the version that applies, such as "1.7": the header's or
// the catalog's, whichever is later (ISO 32000-2, 7.5.2).
func (d *Document) Version() string {
	catalog, err := d.Catalog()
	if err != nil {
		return d.level
	}
	o, err := d.Resolve(catalog["Version"])
	if v, ok := o.(Name); err == nil && ok && validVersion(string(v)) && string(v) > d.level {
		return string(v)
	}
	return d.level
}

// streamKeys are the entries of a cross-reference stream's dictionary that
// describe the stream and not the document.
var streamKeys = []Name{"Type", "W", "Index", "Length", "Filter", "DecodeParms", "DP", "F", "FFilter", "FDecodeParms", "DL"}

// Trailer returns a copy of the newest trailer dictionary, or of the newest
// cross-reference stream's dictionary without the stream's own keys.
func (d *Document) Trailer() Dict {
	s := d.sections[0]
	t := s.trailer.Clone()
	if s.stream {
		for _, k := range streamKeys {
			delete(t, k)
		}
	}
	return t
}

// CatalogRef returns the reference that the trailer's Root holds.
func (d *Document) CatalogRef() Ref {
	ref, _ := d.sections[0].trailer["Root"].(Ref)
	return ref
}

// Catalog returns the document catalog.
func (d *Document) Catalog() (Dict, error) {
	ref := d.CatalogRef()
	if ref.IsZero() {
		return nil, syntaxErrorf(d.sections[0].offset, "trailer without Root")
	}
	o, err := d.Resolve(ref)
	if err != nil {
		return nil, err
	}
	catalog, ok := o.(Dict)
	if !ok {
		return nil, syntaxErrorf(-1, "catalog is a %s", kindOf(o))
	}
	return catalog, nil
}

// Rebuilt reports whether the cross-reference was unusable and was built anew
// by scanning. Such a document has one revision, and an update of it carries a
// whole cross-reference of its own.
func (d *Document) Rebuilt() bool { return d.rebuilt }

// CutShort reports whether objects stand after all that could end the file: the
// last one or the last revision was never finished, or its end is lost.
func (d *Document) CutShort() bool { return d.cutShort }
