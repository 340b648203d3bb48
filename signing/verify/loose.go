package verify

import (
	"bytes"
	"iter"
	"math"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Comparing revisions needs to know whether anything refers to a number. To
// read every object for that would cost more than all the rest, so the pass
// over the bytes notes everything that could be a reference: wherever it may
// stand, in a string or a picture too. What it has not seen is not there; what
// it has seen is then looked at exactly.

// looseRefs are the possible references in the bytes of the file.
type looseRefs struct {
	hits []looseHit
	// unsure: something could not be told apart; nothing may be concluded.
	unsure bool

	counts tally // of the first next hits
	next   int
	// last is the last hit of each number among those in before, which holds
	// the one before each; both count from 1.
	last   tally
	before []int32

	packed   map[int64][]uint32 // by the place of an object stream
	kept     int                // in packed
	searched int64              // bytes of object streams
}

type looseHit struct {
	offset int64
	num    uint32
}

const (
	// maxLooseHits bounds the hits in the file, and those in object streams.
	maxLooseHits = 1 << 20
	// maxOpened bounds the bytes of object streams that are searched.
	maxOpened = 64 << 20
	// lookBack is how far before an R its numbers are looked for.
	lookBack  = 4096
	maxSpaces = 64
	maxDigits = 20
)

func isSpace(b byte) bool {
	return b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == '\f' || b == 0
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// scan looks at every R in a text.
func (l *looseRefs) scan(text []byte) {
	for i := 0; ; i++ {
		n := bytes.IndexByte(text[i:], 'R')
		if n < 0 {
			return
		}
		i += n
		l.meet(text, i, 0)
	}
}

// meet looks at the R at window[i]; window[0] stands at base.
func (l *looseRefs) meet(window []byte, i int, base int64) {
	if l.unsure {
		return
	}
	num, found, unsure := refBefore(window[max(0, i-lookBack):i], i > lookBack || base > 0)
	l.unsure = unsure || len(l.hits) >= maxLooseHits
	if found {
		l.hits = append(l.hits, looseHit{base + int64(i), num})
	}
}

// refBefore reads "num gen" at the end of text, backwards. It is unsure when a
// comment or a length beyond its bounds may hide them; more says that text was
// cut off in front.
func refBefore(text []byte, more bool) (num uint32, found, unsure bool) {
	rest, spaces := trimSpaces(text)
	if spaces > maxSpaces {
		return 0, false, true
	}
	gen, digits := trimDigits(rest)
	if digits == 0 {
		return 0, false, spaces > 0 && hidden(rest, text[len(rest):], more, 2)
	}
	if n := len(gen); n > 0 && (gen[n-1] == '+' || gen[n-1] == '-') {
		gen = gen[:n-1] // a generation with a sign
	}
	rest, spaces = trimSpaces(gen)
	if spaces > maxSpaces || digits > maxDigits {
		return 0, false, true
	}
	if spaces == 0 {
		return 0, false, false
	}
	before, digits := trimDigits(rest)
	if digits == 0 {
		return 0, false, hidden(rest, gen[len(rest):], more, 1)
	}
	if digits > maxDigits || len(before) == 0 && more {
		return 0, false, true
	}
	value := uint64(0)
	for _, d := range rest[len(before):] {
		value = value*10 + uint64(d-'0')
		if value > math.MaxUint32 {
			return 0, false, false
		}
	}
	return uint32(value), true, false
}

func trimSpaces(text []byte) (rest []byte, n int) {
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
		n++
	}
	return text, n
}

func trimDigits(text []byte) (rest []byte, n int) {
	for len(text) > 0 && isDigit(text[len(text)-1]) {
		text = text[:len(text)-1]
		n++
	}
	return text, n
}

// hidden reports whether the line that ends text may be a comment with so many
// numbers before it. spaces is what followed the line.
func hidden(text, spaces []byte, more bool, numbers int) bool {
	if !bytes.ContainsAny(spaces, "\r\n") {
		return false
	}
	start := bytes.LastIndexAny(text, "\r\n") + 1
	if start == 0 && more {
		return true // a line longer than one can see
	}
	for line := text[start:]; ; {
		i := bytes.LastIndexByte(line, '%')
		if i < 0 {
			return false
		}
		line = line[:i]
		before, _ := trimSpaces(line)
		if len(before) == 0 {
			return true // a whole line of comment
		}
		rest, digits := trimDigits(before)
		if digits == 0 {
			continue
		}
		if inner, spaces := trimSpaces(rest); numbers == 1 || len(inner) == 0 ||
			spaces > 0 && isDigit(inner[len(inner)-1]) {
			return true
		}
	}
}

// upTo counts what stands before the offset; offsets must not decrease.
func (l *looseRefs) upTo(doc *pdf.Document, offset int64) *tally {
	if l.counts.dense == nil {
		l.counts = newTally(doc.EntryCount())
	}
	for l.next < len(l.hits) && l.hits[l.next].offset < offset {
		l.counts.add(l.hits[l.next].num)
		l.next++
	}
	return &l.counts
}

// to yields those of the counted hits that name a number, the last one first.
func (l *looseRefs) to(num uint32) iter.Seq[looseHit] {
	if l.last.dense == nil {
		l.last = newTally(len(l.counts.dense))
	}
	for i := len(l.before); i < l.next; i++ {
		l.before = append(l.before, l.last.set(l.hits[i].num, int32(i+1)))
	}
	return func(yield func(looseHit) bool) {
		for i := l.last.of(num); i > 0; i = int(l.before[i-1]) {
			if !yield(l.hits[i-1]) {
				return
			}
		}
	}
}

// inStream searches an object stream, whose references are not seen in the
// bytes of the file; not ok when that cannot be done.
func (l *looseRefs) inStream(doc *pdf.Document, num uint32) (nums []uint32, ok bool) {
	e, ok := doc.Entry(num)
	if !ok || e.Kind != pdf.EntryInUse {
		return nil, false
	}
	if nums, ok := l.packed[e.Offset]; ok {
		return nums, true
	}
	object, err := doc.Get(pdf.Ref{Num: num, Gen: e.Gen})
	stream, ok := object.(*pdf.Stream)
	if err != nil || !ok || l.searched >= maxOpened {
		return nil, false
	}
	data, err := doc.StreamData(stream, maxOpened-l.searched)
	if err != nil {
		return nil, false
	}
	l.searched += int64(len(data))
	var found looseRefs
	found.scan(data)
	if l.kept += len(found.hits); found.unsure || l.kept > maxLooseHits {
		return nil, false
	}
	for _, hit := range found.hits {
		nums = append(nums, hit.num)
	}
	if l.packed == nil {
		l.packed = make(map[int64][]uint32)
	}
	l.packed[e.Offset] = nums
	return nums, true
}
