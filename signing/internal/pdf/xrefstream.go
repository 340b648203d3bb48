package pdf

import (
	"bufio"
	"io"
)

// readXRefStream reads the cross-reference stream at an absolute position
// (ISO 32000-2, 7.5.8).
func (d *Document) readXRefStream(at int64) (*section, error) {
	in, err := d.readIndirect(at)
	if err != nil {
		return nil, err
	}
	stream, ok := in.object.(*Stream)
	if !ok || stream.Dict.Name("Type") != "XRef" {
		return nil, syntaxErrorf(at, "no cross-reference stream here")
	}
	s := &section{offset: in.offset, end: in.end, stream: true, trailer: stream.Dict}
	if err := d.plainContainer(in.ref.Num, stream, "XRef", in.offset, "Size"); err != nil {
		return nil, err
	}
	if _, ok := stream.Dict["Index"].(Array); !ok && stream.Dict["Index"] != nil {
		if err := d.ambiguous(AmbiguityError{Kind: AmbiguousStream, Num: in.ref.Num, Offset: in.offset}); err != nil {
			return nil, err
		}
	}
	if d.opts.Strict && !plainRows(stream.Dict) {
		return nil, syntaxErrorf(at, "cross-reference stream with entries that not all readers take")
	}
	widths, err := d.widths(stream.Dict, at)
	if err != nil {
		return nil, err
	}
	index, err := d.subsections(stream.Dict, at)
	if err != nil {
		return nil, err
	}
	d.checking = d.opts.Strict
	r, err := d.decoder(stream, true)
	d.checking = false
	if err != nil {
		return nil, err
	}
	rows := &rowReader{r: bufio.NewReader(io.LimitReader(r, d.opts.MaxStream)), widths: widths}
	s.entries = make([]entry, 0, rowsExpected(index, widths, stream.length, d.opts.MaxObjects))
	for ; len(index) > 0; index = index[2:] {
		for i := range index[1] {
			row, err := rows.next()
			if err != nil {
				return nil, syntaxErrorf(at, "cross-reference stream is too short")
			}
			if len(s.entries) == d.opts.MaxObjects {
				return nil, limitErrorf("more than %d cross-reference entries", d.opts.MaxObjects)
			}
			e, err := d.streamEntry(index[0]+i, row, at)
			if err != nil {
				return nil, err
			}
			s.entries = append(s.entries, e)
		}
	}
	if d.opts.Strict && !rows.ended() {
		return nil, syntaxErrorf(at, "cross-reference stream of another length than Index says")
	}
	s.entries, err = d.sorted(s.entries, at)
	return s, err
}

// maxExpansion is the most that Flate can make of a byte.
const maxExpansion = 1032

// rowsExpected is how many rows to make room for: what Index says, as far as
// length encoded bytes can hold it.
func rowsExpected(index []int64, widths [3]int, length int64, limit int) int64 {
	total := int64(0)
	for i := 1; i < len(index); i += 2 {
		total += index[i]
	}
	room := length * maxExpansion / int64(widths[0]+widths[1]+widths[2])
	return min(total, room, int64(limit))
}

// widths reads W, the sizes of a row's three fields.
func (d *Document) widths(dict Dict, at int64) (w [3]int, err error) {
	a, _ := dict["W"].(Array)
	if len(a) < 3 || len(a) > 3 && d.opts.Strict {
		return w, syntaxErrorf(at, "cross-reference stream without W")
	}
	for i := range w {
		n, ok := a[i].(Integer)
		if !ok || n < 0 || n > 8 || i == 0 && n > 1 && d.opts.Strict {
			return w, syntaxErrorf(at, "cross-reference stream with a bad W")
		}
		w[i] = int(n)
	}
	if w[1] == 0 {
		return w, syntaxErrorf(at, "cross-reference stream with a bad W")
	}
	return w, nil
}

// subsections reads Index as pairs of first number and count.
func (d *Document) subsections(dict Dict, at int64) ([]int64, error) {
	a, ok := dict["Index"].(Array)
	if !ok {
		size, ok := dict.Int("Size")
		if !ok || size < 0 {
			return nil, syntaxErrorf(at, "cross-reference stream without Size")
		}
		return []int64{0, min(size, maxObjectNumber+1)}, nil
	}
	var index []int64
	for i := 0; i+1 < len(a); i += 2 {
		first, ok1 := a[i].(Integer)
		count, ok2 := a[i+1].(Integer)
		if !ok1 || !ok2 || first < 0 || count < 0 || first > maxObjectNumber || count > maxObjectNumber || first+count > maxObjectNumber+1 {
			return nil, syntaxErrorf(at, "cross-reference stream with a bad Index")
		}
		if count == 0 && d.opts.Strict {
			return nil, syntaxErrorf(at, "cross-reference stream with an empty subsection")
		}
		index = append(index, int64(first), int64(count))
	}
	if len(a)%2 != 0 {
		return index, d.repair(RepairXRef, at, "Index has an odd number of elements")
	}
	return index, nil
}

// rowReader reads rows of big-endian fields.
type rowReader struct {
	r      *bufio.Reader
	widths [3]int
}

func (r *rowReader) next() (row [3]uint64, err error) {
	size := r.widths[0] + r.widths[1] + r.widths[2]
	b, err := r.r.Peek(size)
	if err != nil {
		return row, err
	}
	row[0] = 1 // the type when its width is 0
	for i, w := range r.widths {
		if w == 0 {
			continue
		}
		row[i] = 0
		for _, c := range b[:w] {
			row[i] = row[i]<<8 | uint64(c)
		}
		b = b[w:]
	}
	_, err = r.r.Discard(size)
	return row, err
}

// ended reports whether the data ends here, whole.
func (r *rowReader) ended() bool {
	_, err := r.r.Peek(1)
	return err == io.EOF
}

func (d *Document) streamEntry(num int64, row [3]uint64, at int64) (entry, error) {
	e := entry{num: uint32(num), gen: 65535}
	ok := true
	switch row[0] {
	case 0:
		e.gen = uint16(min(row[2], 65535))
	case 1:
		if ok = row[1] > 0 && row[1] < 1<<60 && row[2] <= 65535; ok {
			e.kind, e.pos, e.gen = EntryInUse, int64(row[1])+d.base, uint16(row[2])
		}
	case 2:
		if ok = row[1] <= maxObjectNumber && row[2] <= maxObjectNumber; ok {
			e.kind, e.pos, e.gen = EntryCompressed, int64(row[1]<<32|row[2]), 0
		}
	default:
		// A type of a later version of the standard: a null object (7.5.8.3).
		// Some readers rebuild the cross-reference for it.
		if d.opts.Strict {
			return e, syntaxErrorf(at, "cross-reference entry of an unknown type")
		}
	}
	if !ok {
		return e, d.repair(RepairXRef, at, "entry of no use read as free")
	}
	return e, nil
}
