package pdf

import "slices"

// Readers disagree on streams that are encoded in unusual ways: whether F is
// Filter, as within content, whether parameters beside an array of filters are
// the first one's, whether a reference is followed. What decides what the
// document is must not be written so.

// PlainlyEncoded reports whether all readers decode a stream in the same way.
func (s *Stream) PlainlyEncoded() bool {
	for _, key := range []Name{"F", "FFilter", "FDecodeParms", "DP"} {
		if s.Dict[key] != nil {
			return false
		}
	}
	switch filter := s.Dict["Filter"].(type) {
	case nil:
		return s.Dict["DecodeParms"] == nil
	case Name:
		return plainFilter(filter, s.Dict["DecodeParms"])
	case Array:
		params, ok := s.Dict["DecodeParms"].(Array)
		if !ok && s.Dict["DecodeParms"] != nil || ok && len(params) != len(filter) {
			return false
		}
		for i, f := range filter {
			var p Object
			if ok {
				p = params[i]
			}
			if !plainFilter(f, p) {
				return false
			}
		}
		return true
	}
	return false
}

func plainFilter(filter, params Object) bool {
	p, isDict := params.(Dict)
	switch {
	case params != nil && !isDict:
		return false
	case filter == Object(Name("ASCIIHexDecode")):
		return len(p) == 0
	case filter != Object(Name("FlateDecode")):
		return false
	}
	for _, v := range p {
		if _, ok := v.(Integer); !ok {
			return false
		}
	}
	predictor, ok := p.Int("Predictor")
	if !ok || predictor == 1 {
		return true
	}
	colors, several := p.Int("Colors")
	bits, sized := p.Int("BitsPerComponent")
	return predictor >= 10 && predictor <= 15 && (!several || colors == 1) && (!sized || bits == 8)
}

// plainContainer makes sure that all readers take a stream for an object stream
// or a cross-reference stream, and decode it in the same way.
func (d *Document) plainContainer(num uint32, stream *Stream, kind Name, offset int64, numbers ...Name) error {
	plain := stream.PlainlyEncoded() && stream.Dict["Type"] == Object(kind)
	for _, key := range numbers {
		_, ok := stream.Dict[key].(Integer)
		plain = plain && ok
	}
	plain = plain && !(d.opts.Strict && stream.anyNull())
	if plain {
		return nil
	}
	return d.ambiguous(AmbiguityError{Kind: AmbiguousStream, Num: num, Offset: offset})
}

// anyNull reports whether an entry of the dictionary is null, which to some
// readers is not the same as a missing one.
func (s *Stream) anyNull() bool {
	for _, v := range s.Dict {
		if v == nil {
			return true
		}
	}
	return false
}

// plainMembers makes sure, when reading strictly, that the objects of a stream
// stand one behind the other with nothing else between them: some readers end
// each where the next begins.
func (d *Document) plainMembers(s *objectStream, first, headEnd int64) error {
	if !d.opts.Strict {
		return nil
	}
	odd := func(from, to int64) bool {
		return to < from || slices.ContainsFunc(s.data[from:to], func(b byte) bool { return classes[b] != space })
	}
	if odd(headEnd, first) {
		return syntaxErrorf(s.offset, "object stream with more than numbers before its objects")
	}
	end := first
	for _, m := range s.index {
		if odd(end, int64(m.offset)) {
			return syntaxErrorf(s.offset, "objects of object stream %d are not one behind the other", s.num)
		}
		p := d.memoryParser(s.data, s.offset)
		p.num = m.num
		p.seek(int64(m.offset))
		_, err := p.object()
		p.charge()
		if err != nil {
			return err
		}
		end = p.stop
	}
	if odd(end, int64(len(s.data))) {
		return syntaxErrorf(s.offset, "object stream %d holds more than its objects", s.num)
	}
	return nil
}
