package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxStored bounds the decoded object streams that are kept.
const maxStored = 1 << 20

// objectStream is a decoded object stream (ISO 32000-2, 7.5.7).
type objectStream struct {
	num    uint32
	offset int64 // of the container
	data   []byte
	index  []storedIndex
}

type storedIndex struct {
	num    uint32
	offset uint32 // in data
}

// storedObject reads an object out of its object stream.
func (d *Document) storedObject(num uint32, e entry) (Object, error) {
	s, err := d.objectStream(e.container())
	if err != nil {
		return nil, err
	}
	i := e.index()
	if i >= len(s.index) || s.index[i].num != num {
		// Readers look either by index or by number: they may differ.
		if err := d.ambiguous(AmbiguityError{Kind: AmbiguousObject, Num: num, Offset: s.offset}); err != nil {
			return nil, err
		}
		for i = 0; i < len(s.index) && s.index[i].num != num; i++ {
		}
		if i == len(s.index) {
			return nil, syntaxErrorf(s.offset, "object %d is not in object stream %d", num, s.num)
		}
	}
	p := d.memoryParser(s.data, s.offset)
	p.num = num
	p.seek(int64(s.index[i].offset))
	o, err := p.object()
	p.charge()
	if err != nil {
		return nil, fmt.Errorf("object %d in object stream %d: %w", num, s.num, err)
	}
	return o, nil
}

// memoryParser returns a parser of decoded bytes, whose positions count from
// their beginning; reports name the place of the container.
func (d *Document) memoryParser(data []byte, place int64) *parser {
	return &parser{lexer: lexer{buf: data, end: int64(len(data)), strict: d.opts.Strict, doc: d, place: place}}
}

// objectStream returns a decoded object stream, the last few of which are
// kept.
func (d *Document) objectStream(num uint32) (*objectStream, error) {
	for i, s := range d.stored {
		if s.num == num {
			copy(d.stored[1:i+1], d.stored[:i])
			d.stored[0] = s
			return s, nil
		}
	}
	e, ok := d.lookup(num)
	if !ok || e.kind != EntryInUse {
		return nil, syntaxErrorf(-1, "object stream %d does not exist", num)
	}
	in, err := d.locate(Ref{num, e.gen}, e)
	if err != nil {
		return nil, err
	}
	stream, ok := in.object.(*Stream)
	if !ok {
		return nil, syntaxErrorf(in.offset, "object stream %d is no stream", num)
	}
	s, err := d.decodeObjectStream(num, stream, in.offset)
	if err != nil {
		return nil, err
	}
	d.keepStored(s)
	return s, nil
}

// keepStored puts s first and drops the last ones beyond maxStored bytes.
func (d *Document) keepStored(s *objectStream) {
	d.stored = append(d.stored, nil)
	copy(d.stored[1:], d.stored)
	d.stored[0] = s
	total := 0
	for i, s := range d.stored {
		if total += len(s.data) + 8*len(s.index); total > maxStored && i > 0 {
			clear(d.stored[i:])
			d.stored = d.stored[:i]
			return
		}
	}
}

func (d *Document) decodeObjectStream(num uint32, stream *Stream, offset int64) (*objectStream, error) {
	limit, err := d.work.decodable()
	if err != nil {
		return nil, err
	}
	limit = min(limit, d.opts.MaxStream)
	if err := d.plainContainer(num, stream, "ObjStm", offset, "N", "First"); err != nil {
		return nil, err
	}
	data, err := d.StreamData(stream, limit)
	if d.work.decoded += int64(len(data)); errors.Is(err, ErrLimit) {
		d.work.decoded += limit
	}
	if err != nil && (errors.Is(err, ErrLimit) || !errors.Is(err, ErrMalformed)) {
		return nil, err
	}
	if err != nil {
		if err := d.repair(RepairSyntax, offset, "object stream is damaged"); err != nil {
			return nil, err
		}
		// Other readers may go on.
		if err := d.ambiguous(AmbiguityError{Kind: AmbiguousStream, Num: num, Offset: offset}); err != nil {
			return nil, err
		}
	}
	count, err := d.integer(stream.Dict["N"])
	if err != nil {
		return nil, err
	}
	first, err := d.integer(stream.Dict["First"])
	if err != nil {
		return nil, err
	}
	if count < 0 || count > int64(len(data)) || first < 0 || first > int64(len(data)) {
		return nil, syntaxErrorf(offset, "object stream with a bad N or First")
	}
	s := &objectStream{num: num, offset: offset, data: data}
	p := d.memoryParser(data[:first], offset)
	end := int64(0)
	for range count {
		n, off := p.next(), p.next()
		if n.kind != tokInteger || off.kind != tokInteger || n.num < 0 || n.num > maxObjectNumber || off.num < 0 {
			if err := d.repair(RepairSyntax, offset, "object stream holds fewer objects than N"); err != nil {
				return nil, err
			}
			break
		}
		end = off.end
		s.index = append(s.index, storedIndex{uint32(n.num), uint32(min(first+off.num, int64(len(data))))})
	}
	return s, d.plainMembers(s, first, end)
}

// integer resolves o, which must be an integer.
func (d *Document) integer(o Object) (int64, error) {
	v, err := d.Resolve(o)
	if err != nil {
		return 0, err
	}
	n, ok := v.(Integer)
	if !ok {
		return 0, syntaxErrorf(-1, "%s where an integer is wanted", kindOf(v))
	}
	return int64(n), nil
}

// StreamData returns a stream's bytes decrypted and decoded, at most limit
// bytes (ErrLimit beyond; limit must be positive). A filter that this package
// does not decode gives ErrFilter. When the encoded data is damaged, what was
// decoded before the damage is returned together with the error, which then
// matches ErrMalformed.
func (d *Document) StreamData(s *Stream, limit int64) ([]byte, error) {
	r, err := d.decoder(s, true)
	if err != nil {
		return nil, err
	}
	return readAll(r, limit)
}

// RawData returns a stream's bytes decrypted but still encoded, at most limit
// bytes (ErrLimit beyond).
func (d *Document) RawData(s *Stream, limit int64) ([]byte, error) {
	r, err := d.decoder(s, false)
	if err != nil {
		return nil, err
	}
	return readAll(r, limit)
}

// readAll reads up to limit bytes; more is ErrLimit. It holds at most twice
// what it returns.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	var chunks [][]byte
	total, size := int64(0), int64(4<<10)
	var err error
	for err == nil && total <= limit {
		chunk := make([]byte, min(size, limit-total+1))
		var n int
		n, err = io.ReadFull(r, chunk)
		chunks = append(chunks, chunk[:n])
		total += int64(n)
		size = min(2*size, 4<<20)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if total > limit {
		return nil, limitErrorf("stream of more than %d bytes", limit)
	}
	if len(chunks) == 1 {
		return chunks[0], err
	}
	return bytes.Join(chunks, nil), err
}
