package verify

import "bytes"

// byteRangeKey shows signature dictionaries that no form field leads to.
// byteRangeEnd is what follows the bytes that may be in an earlier window.
var byteRangeKey, byteRangeEnd = []byte("/ByteRange"), []byte("Range")

// maxHits bounds the places of byteRangeKey that are looked at.
const maxHits = 4096

// search looks at the bytes of the file for what no object need be read for.
type search struct {
	size int64   // of the file
	hits []int64 // places of byteRangeKey
	// loose takes possible references, graph the objects of the first signed
	// revision; nil when nothing is signed soundly.
	loose *looseRefs
	graph *objectGraph
}

func (v *verifier) newSearch() (*search, error) {
	s := &search{size: v.size}
	first := v.firstSigned()
	if first < 0 {
		return s, nil
	}
	s.loose = &v.loose
	v.loose.hits = make([]looseHit, 0, min(v.doc.EntryCount(), 1<<16)+64)
	doc, err := v.revision(first)
	if err != nil {
		return s, onlyReader(err)
	}
	v.graph = graphOf(doc, &v.loose, v.revs[:first+1])
	s.graph = v.graph
	return s, nil
}

// take looks at window[from:], the bytes that are new; window[0] stands at
// base. What is before from was at the end of the last window.
func (s *search) take(window []byte, from int, base int64) {
	if s.graph != nil {
		s.graph.scan(window, base, base+int64(len(window)) < s.size)
	}
	// A key may have begun in the last window.
	for i := max(0, from-len(byteRangeEnd)+1); i < from; i++ {
		s.key(window, i, base)
	}
	for i := from; ; i++ {
		n := bytes.IndexByte(window[i:], 'R')
		if n < 0 {
			return
		}
		i += n
		s.key(window, i, base)
		if s.loose != nil {
			s.loose.meet(window, i, base)
		}
	}
}

// key notes the key of a byte range whose R is at window[i].
func (s *search) key(window []byte, i int, base int64) {
	begin := i - len(byteRangeKey) + len(byteRangeEnd)
	if begin >= 0 && len(s.hits) <= maxHits && bytes.HasPrefix(window[begin:], byteRangeKey) {
		s.hits = append(s.hits, base+int64(begin))
	}
}
