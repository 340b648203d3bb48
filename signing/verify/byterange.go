package verify

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// byteRange is a sound ByteRange: [0,gapStart) and [gapEnd,end).
type byteRange struct{ gapStart, gapEnd, end int64 }

// checkRange accepts a ByteRange only if it is exactly two spans that begin
// at byte 0, leave out this signature's own Contents with its delimiters and
// nothing else, and end with a revision of the file (ISO 32000-2 section
// 12.8.1; ETSI EN 319 142-1 section 5.5). Returned errors are of reading.
func (v *verifier) checkRange(s *signature) error {
	p := &s.place
	contents, span, err := v.findContents(s)
	if err != nil || contents == nil {
		return err
	}
	rng, code, detail := parseByteRange(p.dict["ByteRange"], v.size)
	if code != "" {
		s.find(code, detail)
		return nil
	}
	if rng.gapStart != span.Offset || rng.gapEnd != span.End {
		s.find(CodeByteRangeGap, fmt.Sprintf("%d-%d, Contents %d-%d", rng.gapStart, rng.gapEnd, span.Offset, span.End))
		return nil
	}
	p.rng = rng
	p.revision = v.endsWith(rng.end)
	if p.revision < 0 {
		s.find(CodeByteRangeEnd, fmt.Sprint(rng.end))
		return nil
	}
	s.Revision = p.revision + 1
	s.Coverage = CoverageRevision
	if p.revision == len(v.revs)-1 && v.revs[p.revision].End == v.size {
		s.Coverage = CoverageDocument
	}
	p.contents = contents
	return nil
}

// findContents returns the signature value and its place in the file. The
// value is nil when a finding says what is wrong with it.
func (v *verifier) findContents(s *signature) ([]byte, pdf.Span, error) {
	p := &s.place
	dict := p.dict
	if v.doc.Trailer()["Encrypt"] != nil {
		// Contents is never encrypted (ISO 32000-2 section 7.6.2).
		raw, err := v.doc.GetRaw(p.holder)
		if err != nil {
			return nil, pdf.Span{}, err
		}
		for _, key := range p.path {
			d, _ := raw.(pdf.Dict)
			raw = d[key]
		}
		dict, _ = raw.(pdf.Dict)
	}
	value, ok := dict["Contents"].(pdf.String)
	if !ok || len(value.Bytes) == 0 {
		s.find(CodeContentsMissing, "")
		return nil, pdf.Span{}, nil
	}
	keys := append(append([]pdf.Name{}, p.path...), "Contents")
	span, err := v.doc.ValueSpan(p.holder, keys...)
	if err != nil {
		if unreadable(err) {
			s.find(CodeContentsPlace, err.Error())
			err = nil
		}
		return nil, pdf.Span{}, err
	}
	if span.End-span.Offset > 2*maxContentsSize+2 {
		s.find(CodeContentsPlace, "too large")
		return nil, pdf.Span{}, nil
	}
	token := make([]byte, span.End-span.Offset)
	if _, err := v.r.ReadAt(token, span.Offset); err != nil && err != io.EOF {
		return nil, pdf.Span{}, err
	}
	// Only hexadecimal digits may stand in the gap: white space there would
	// be unsigned bytes.
	digits, open := bytes.CutPrefix(token, []byte("<"))
	digits, closed := bytes.CutSuffix(digits, []byte(">"))
	decoded := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(decoded, digits); err != nil || !open || !closed || !bytes.Equal(decoded, value.Bytes) {
		s.find(CodeContentsPlace, "not one string of hexadecimal digits")
		return nil, pdf.Span{}, nil
	}
	return decoded, span, nil
}

// parseByteRange reads the array, or gives the code of the finding that
// refuses it.
func parseByteRange(o pdf.Object, size int64) (rng byteRange, code Code, detail string) {
	if o == nil {
		return rng, CodeByteRangeMissing, ""
	}
	array, ok := o.(pdf.Array)
	if !ok || len(array) != 4 {
		return rng, CodeByteRangeMalformed, "not an array of four numbers"
	}
	var n [4]int64
	for i, e := range array {
		number, ok := e.(pdf.Integer)
		if !ok || number < 0 || int64(number) > size {
			return rng, CodeByteRangeMalformed, fmt.Sprintf("number %d is not between 0 and the size of the file", i+1)
		}
		n[i] = int64(number)
	}
	switch {
	case n[0] != 0:
		return rng, CodeByteRangeStart, fmt.Sprint(n[0])
	case n[1] > n[2]:
		return rng, CodeByteRangeMalformed, "the spans overlap"
	case n[3] > size-n[2]:
		return rng, CodeByteRangeMalformed, "the second span runs past the end of the file"
	}
	return byteRange{gapStart: n[1], gapEnd: n[2], end: n[2] + n[3]}, "", ""
}

// endsWith returns the index of the revision that ends at the offset, with or
// without the end-of-line after its %%EOF, or -1.
func (v *verifier) endsWith(offset int64) int {
	for i, rev := range v.revs {
		if rev.EOF <= offset && offset <= rev.End {
			return i
		}
	}
	return -1
}
