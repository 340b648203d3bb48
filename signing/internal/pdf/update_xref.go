package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"slices"
)

// writeXRef writes the cross-reference section, the trailer and the end.
func (u *Update) writeXRef(w *writer, entries []entry) error {
	d := u.doc
	if d.rebuilt {
		// Nothing before this can be used by others either: name everything.
		zero := []entry{{gen: 65535}}
		entries = mergeEntries(mergeEntries(entries, d.index()), zero)
	}
	at := d.size + int64(w.buf.Len())
	trailer := u.newTrailer(w)
	size := int64(u.next)
	if n := len(entries); n > 0 {
		size = max(size, int64(entries[n-1].num)+1)
	}
	w.convert = nil
	var err error
	if d.writesStream() {
		entries = mergeEntries([]entry{{num: uint32(size), kind: EntryInUse, pos: at}}, entries)
		trailer["Size"] = Integer(size + 1)
		err = w.xrefStream(uint32(size), entries, trailer, d.base)
	} else {
		trailer["Size"] = Integer(size)
		err = w.xrefTable(entries, trailer, d.base)
	}
	fmt.Fprintf(&w.buf, "startxref\n%d\n%%%%EOF\n", at-d.base)
	return err
}

// writesStream reports whether updates of the document carry a cross-reference
// stream: when its newest section is one, or, where all must be written anew,
// when objects in object streams must be named.
func (d *Document) writesStream() bool {
	if !d.rebuilt {
		return d.sections[0].stream
	}
	return slices.ContainsFunc(d.index(), func(e entry) bool { return e.kind == EntryCompressed })
}

// newTrailer carries over the entries of the old trailer (7.5.6).
func (u *Update) newTrailer(w *writer) Dict {
	d := u.doc
	t := d.Trailer()
	for _, k := range []Name{"Prev", "XRefStm", "Size"} {
		delete(t, k)
	}
	maps.Copy(t, u.trailer)
	// Some readers cannot read a cross-reference stream with a null in it.
	maps.DeleteFunc(t, func(_ Name, v Object) bool { return v == nil })
	if !d.rebuilt {
		t["Prev"] = Integer(d.sections[0].offset - d.base)
	}
	u.renewID(t, w)
	return t
}

// renewID keeps the first element of ID and makes the second one anew from
// what the update writes (14.4). The first element is part of the key of an
// encrypted file and is never made up there.
func (u *Update) renewID(t Dict, w *writer) {
	var first String
	if a, err := u.doc.Array(t["ID"]); err == nil && len(a) > 0 {
		first, _ = a[0].(String)
	}
	h := sha256.New()
	h.Write(first.Bytes)
	fmt.Fprintf(h, "%d ", u.doc.size)
	h.Write(w.buf.Bytes())
	second := String{Bytes: h.Sum(nil)[:16], Hex: true}
	switch {
	case len(first.Bytes) > 0:
		t["ID"] = Array{String{Bytes: first.Bytes, Hex: true}, second}
	case u.doc.crypt == nil:
		t["ID"] = Array{second, second}
	}
}

// maxTableOffset is the largest offset that ten digits hold.
const maxTableOffset = 9_999_999_999

func (w *writer) xrefTable(entries []entry, trailer Dict, base int64) error {
	w.buf.WriteString("xref\n")
	for len(entries) > 0 {
		n := run(entries)
		fmt.Fprintf(&w.buf, "%d %d\n", entries[0].num, n)
		for _, e := range entries[:n] {
			offset, kind := e.pos-base, byte('n')
			if e.kind == EntryFree {
				offset, kind = 0, 'f'
			}
			if offset > maxTableOffset {
				return limitErrorf("file too large for a cross-reference table")
			}
			fmt.Fprintf(&w.buf, "%010d %05d %c\r\n", offset, e.gen, kind)
		}
		entries = entries[n:]
	}
	w.buf.WriteString("trailer\n")
	err := w.object(trailer)
	w.buf.WriteByte('\n')
	return err
}

// run returns how many entries have consecutive numbers.
func run(entries []entry) int {
	n := 1
	for n < len(entries) && entries[n].num == entries[n-1].num+1 {
		n++
	}
	return n
}

func (w *writer) xrefStream(num uint32, entries []entry, trailer Dict, base int64) error {
	var index Array
	for rest := entries; len(rest) > 0; {
		n := run(rest)
		index = append(index, Integer(rest[0].num), Integer(n))
		rest = rest[n:]
	}
	var rows bytes.Buffer
	width := 4
	if slices.ContainsFunc(entries, func(e entry) bool {
		return e.kind == EntryInUse && e.pos-base > math.MaxUint32
	}) {
		width = 8
	}
	for _, e := range entries {
		second, third := uint64(e.pos-base), uint64(e.gen)
		switch e.kind {
		case EntryFree:
			second = 0
		case EntryCompressed:
			second, third = uint64(e.container()), uint64(e.index())
		}
		rows.WriteByte(byte(e.kind))
		for i := width - 1; i >= 0; i-- {
			rows.WriteByte(byte(second >> (8 * i)))
		}
		for i := 3; i >= 0; i-- {
			rows.WriteByte(byte(third >> (8 * i)))
		}
	}
	trailer["Type"], trailer["Index"] = Name("XRef"), index
	trailer["W"] = Array{Integer(1), Integer(width), Integer(4)}
	s := NewFlateStream(trailer, rows.Bytes())
	trailer["Length"] = Integer(len(s.data))
	fmt.Fprintf(&w.buf, "%d 0 obj\n", num)
	if err := w.object(trailer); err != nil {
		return err
	}
	w.buf.WriteString("\nstream\n")
	w.buf.Write(s.data)
	w.buf.WriteString("\nendstream\nendobj\n")
	return nil
}
