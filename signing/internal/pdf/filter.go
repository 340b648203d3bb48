package pdf

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
	"io"
)

// maxFilters bounds the filters of one stream.
const maxFilters = 16

// decoder returns a reader of a stream's decrypted bytes; with filters, also
// decoded.
func (d *Document) decoder(s *Stream, filters bool) (io.Reader, error) {
	var r io.Reader = bytes.NewReader(s.data)
	if s.read {
		r = io.NewSectionReader(d.r, s.offset, s.length)
	}
	names, params, err := d.filters(s.Dict)
	if err != nil {
		return nil, err
	}
	if s.read && s.doc != nil && s.doc.crypt != nil {
		method := s.doc.crypt.streamMethod(s.Dict, names, params)
		if r, err = s.doc.crypt.decryptStream(r, s.ref, method); err != nil {
			return nil, err
		}
		if c, ok := r.(*cbcReader); ok {
			c.strict = d.opts.Strict
		}
	}
	if !filters {
		return r, nil
	}
	if len(names) == 0 {
		return r, nil
	}
	m := &meter{work: d.work}
	for i, name := range names {
		r = m.stage(r)
		if r, err = d.filter(r, name, params[i]); err != nil {
			return nil, err
		}
	}
	return m.end(r), nil
}

// meter counts what the filters of a stream read beyond what they yield, as the
// document's work.
type meter struct {
	work    *work
	most    int64 // read by one of the filters
	yielded int64
	charged int64
}

func (m *meter) charge() error {
	excess := max(0, m.most-m.yielded)
	err := m.work.waste(excess - m.charged)
	m.charged = excess
	return err
}

func (m *meter) stage(r io.Reader) io.Reader { return &meteredReader{r: r, meter: m} }
func (m *meter) end(r io.Reader) io.Reader   { return &meteredReader{r: r, meter: m, last: true} }

type meteredReader struct {
	r     io.Reader
	meter *meter
	last  bool
	n     int64
}

// Read implements io.Reader.
func (r *meteredReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += int64(n)
	if r.last {
		r.meter.yielded = r.n
	} else {
		r.meter.most = max(r.meter.most, r.n)
	}
	if over := r.meter.charge(); over != nil {
		return n, over
	}
	return n, err
}

// filters returns a stream's filters and their parameters, one each.
func (d *Document) filters(dict Dict) ([]Name, []Dict, error) {
	names, err := d.list(dict["Filter"])
	if err != nil {
		return nil, nil, err
	}
	key := Name("DecodeParms")
	if dict[key] == nil {
		key = "DP"
	}
	given, err := d.list(dict[key])
	if err != nil {
		return nil, nil, err
	}
	if len(names) > maxFilters {
		return nil, nil, limitErrorf("stream with more than %d filters", maxFilters)
	}
	var filters []Name
	params := make([]Dict, len(names))
	for i, o := range names {
		o, err := d.Resolve(o)
		if err != nil {
			return nil, nil, err
		}
		name, ok := o.(Name)
		if !ok {
			return nil, nil, syntaxErrorf(-1, "stream filter is a %s", kindOf(o))
		}
		filters = append(filters, name)
		if i >= len(given) {
			continue
		}
		if params[i], err = d.Dict(given[i]); err != nil {
			if err := d.repair(RepairSyntax, -1, "decode parameters are no dictionary"); err != nil {
				return nil, nil, err
			}
		}
	}
	return filters, params, nil
}

// list resolves o to an array; a single value is an array of one.
func (d *Document) list(o Object) (Array, error) {
	v, err := d.Resolve(o)
	switch v := v.(type) {
	case nil:
		return nil, err
	case Array:
		return v, err
	default:
		return Array{v}, err
	}
}

// filter adds one filter (ISO 32000-2, table 6) to a reader.
func (d *Document) filter(r io.Reader, name Name, params Dict) (io.Reader, error) {
	switch name {
	case "FlateDecode", "Fl":
		f := &flateReader{in: r, doc: d}
		if d.checking {
			f.sum = adler32.New()
		}
		return d.predictor(f, params)
	case "LZWDecode", "LZW":
		early, err := d.param(params, "EarlyChange", 1)
		if err != nil {
			return nil, err
		}
		return d.predictor(newLZWReader(r, early != 0), params)
	case "ASCIIHexDecode", "AHx":
		return &asciiHexReader{r: bufio.NewReader(r)}, nil
	case "ASCII85Decode", "A85":
		return &ascii85Reader{r: bufio.NewReader(r)}, nil
	case "RunLengthDecode", "RL":
		return &runLengthReader{r: bufio.NewReader(r)}, nil
	case "Crypt":
		return r, nil // done before all filters
	}
	return nil, fmt.Errorf("%w: %.40q", ErrFilter, string(name))
}

// param reads an integer decode parameter.
func (d *Document) param(params Dict, key Name, missing int64) (int64, error) {
	if params[key] == nil {
		return missing, nil
	}
	return d.integer(params[key])
}

// damaged turns what a decoder says about its data into a [SyntaxError]; the
// end of the data and errors of reading pass.
func damaged(filter string, err error) error {
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SyntaxError{Offset: -1, Reason: filter + " data: " + err.Error()}
	}
	return err
}

func damagedf(filter, reason string) error {
	return &SyntaxError{Offset: -1, Reason: filter + " data: " + reason}
}

// inflater is a decompressor with its input buffer, which a document keeps for
// its next stream.
type inflater struct {
	src   *bufio.Reader
	flate io.ReadCloser // nil until first used
}

// flateReader decodes zlib data. The checksum is not verified, unless sum is
// there for it: producers often write a wrong one, and no reader minds.
type flateReader struct {
	in  io.Reader
	doc *Document
	z   *inflater
	sum hash.Hash32
	err error
}

// Read implements io.Reader.
func (f *flateReader) Read(p []byte) (int, error) {
	if f.err == nil && f.z == nil {
		f.err = f.begin()
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.z.flate.Read(p)
	if f.sum != nil {
		_, _ = f.sum.Write(p[:n])
	}
	if err != nil {
		if f.err = damaged("flate", err); err == io.EOF {
			f.err = f.checksum()
		}
		f.doc.inflaters = append(f.doc.inflaters, f.z)
		f.z = nil
	}
	return n, f.err
}

// begin passes the zlib header.
func (f *flateReader) begin() error {
	z := &inflater{}
	if n := len(f.doc.inflaters); n > 0 {
		z, f.doc.inflaters = f.doc.inflaters[n-1], f.doc.inflaters[:n-1]
		z.src.Reset(f.in)
	} else {
		z.src = bufio.NewReader(f.in)
	}
	// Some producers begin with an end-of-line that Length counts.
	for {
		b, err := z.src.Peek(2)
		if len(b) < 2 {
			return damaged("flate", err)
		}
		if b[0]&0x0f == 8 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1]&0x20 == 0 {
			if b[0] > 0x78 && f.doc.opts.Strict {
				return damagedf("flate", "window larger than there are")
			}
			break
		}
		if b[0] != '\r' && b[0] != '\n' || f.doc.opts.Strict {
			return damagedf("flate", "no zlib header")
		}
		_, _ = z.src.Discard(1)
	}
	_, _ = z.src.Discard(2)
	if z.flate == nil {
		z.flate = flate.NewReader(z.src)
	} else if err := z.flate.(flate.Resetter).Reset(z.src, nil); err != nil {
		return err
	}
	f.z = z
	return nil
}

// asciiHexReader decodes ASCIIHexDecode (7.4.2).
type asciiHexReader struct {
	r    *bufio.Reader
	done bool
}

// Read implements io.Reader.
func (a *asciiHexReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && !a.done {
		high, err := a.digit()
		if err != nil {
			return n, err
		}
		if a.done {
			break
		}
		low, err := a.digit()
		if err != nil {
			return n, err
		}
		p[n] = byte(high<<4 | low)
		n++
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// digit returns the next digit; at the end, 0 and done.
func (a *asciiHexReader) digit() (int, error) {
	for {
		c, err := a.r.ReadByte()
		if err == io.EOF || c == '>' {
			a.done = true
			return 0, nil
		}
		if err != nil {
			return 0, damaged("hexadecimal", err)
		}
		if n := hexDigit(c); n >= 0 {
			return n, nil
		}
		if classes[c] != space {
			a.done = true
			return 0, damagedf("hexadecimal", "bad character")
		}
	}
}

// ascii85Reader decodes ASCII85Decode (7.4.3).
type ascii85Reader struct {
	r       *bufio.Reader
	pending []byte
	group   [4]byte
	err     error
}

// Read implements io.Reader.
func (a *ascii85Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(a.pending) == 0 {
			if a.err != nil {
				break
			}
			a.next()
			continue
		}
		c := copy(p[n:], a.pending)
		a.pending = a.pending[c:]
		n += c
	}
	if n == 0 && len(p) > 0 {
		return 0, a.err
	}
	return n, nil
}

// next decodes one group of five characters into pending.
func (a *ascii85Reader) next() {
	var v uint64
	count := 0
	for count < 5 {
		c, err := a.r.ReadByte()
		switch {
		case err != nil && err != io.EOF:
			a.err = damaged("base-85", err)
			return
		case err != nil, c == '~':
			a.err = io.EOF
		case classes[c] == space:
			continue
		case c == 'z' && count == 0:
			a.group = [4]byte{}
			a.pending = a.group[:]
			return
		case c < '!' || c > 'u':
			a.err = damagedf("base-85", "bad character")
			return
		default:
			v = v*85 + uint64(c-'!')
			count++
			continue
		}
		break
	}
	if count < 2 {
		return
	}
	for i := count; i < 5; i++ {
		v = v*85 + 84
	}
	a.group = [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
	a.pending = a.group[:count-1]
}

// runLengthReader decodes RunLengthDecode (7.4.5).
type runLengthReader struct {
	r      *bufio.Reader
	left   int  // bytes of the current run
	repeat bool // the run repeats value
	value  byte
	done   bool
}

// Read implements io.Reader.
func (l *runLengthReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && !l.done {
		if l.left == 0 {
			c, err := l.r.ReadByte()
			if err != nil || c == 128 {
				l.done = true
				if err != nil && err != io.EOF {
					return n, damaged("run-length", err)
				}
				break
			}
			l.repeat = c > 128
			l.left = int(c) + 1
			if l.repeat {
				l.left = 257 - int(c)
				if l.value, err = l.r.ReadByte(); err != nil {
					l.done = true
					return n, damaged("run-length", io.ErrUnexpectedEOF)
				}
			}
		}
		c := l.value
		if !l.repeat {
			var err error
			if c, err = l.r.ReadByte(); err != nil {
				l.done = true
				return n, damaged("run-length", io.ErrUnexpectedEOF)
			}
		}
		p[n] = c
		n++
		l.left--
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
