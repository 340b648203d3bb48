package pdf

import (
	"bytes"
	"strconv"
)

const (
	maxDoubledKeys  = 512 // of dictionaries that are open together
	maxDoubledDepth = 16
	maxDoubledBytes = 64 << 10
)

// MayDouble reports whether a dictionary of the object that stands at the
// entry's place, stream data left out, may hold a key twice. It is many times
// faster than reading the object: what it is not sure of may hold one too, and
// reading then tells. What it looks at counts as read, so that objects that
// overlap come to an end with ErrLimit.
func (d *Document) MayDouble(e Entry) (bool, error) {
	if e.Kind != EntryInUse {
		return e.Kind == EntryCompressed, nil
	}
	head := strconv.AppendUint(make([]byte, 0, 32), uint64(e.Num), 10)
	head = strconv.AppendUint(append(head, ' '), uint64(e.Gen), 10)
	head = append(head, " obj"...)
	for size := int64(192); size <= maxDoubledBytes; size *= 16 {
		b := d.readWindow(min(size, max(0, d.size-e.Offset)))
		if err := readFull(d.r, b, e.Offset); err != nil {
			return false, err
		}
		if !bytes.HasPrefix(b, head) {
			break
		}
		s := &d.scanner
		s.done, s.doubled, s.depth, s.count = false, false, 0, 0
		if d.lexed += int64(s.scan(b[len(head):])); d.lexed > maxLexed+8*d.size {
			return false, limitErrorf("objects overlap, or are read too often")
		}
		if s.done {
			return s.doubled, nil
		}
	}
	return true, nil
}

// keyScanner looks for doubled keys in the bytes of an object.
type keyScanner struct {
	done, doubled bool
	levels        [maxDoubledDepth]keyLevel
	depth         int
	keys          [maxDoubledKeys]uint64 // of all open dictionaries
	count         int
}

// keyLevel is an open dictionary or array.
type keyLevel struct {
	dict  bool
	value bool // the value of a key comes next
	from  int  // of its keys
}

// scan goes on until the object's value ends, which it knows by a keyword, and
// returns how far it came.
func (s *keyScanner) scan(b []byte) int {
	i := 0
	for i < len(b) && !s.done {
		switch c := b[i]; {
		case classes[c] == space:
			i++
		case c == '%':
			i = skipTo(b, i, "\r\n")
		case c == '/':
			i = s.name(b, i+1)
		case c == '(':
			i = skipLiteral(b, i+1)
			s.passed()
		case c == '<' && i+1 < len(b) && b[i+1] == '<':
			i += 2
			s.open(true)
		case c == '>' && i+1 < len(b) && b[i+1] == '>':
			i += 2
			s.close(true)
		case c == '<':
			i = skipTo(b, i, ">") + 1
			s.passed()
		case c == '[':
			i++
			s.open(false)
		case c == ']':
			i++
			s.close(false)
		case classes[c] == delimiter:
			s.unsure()
		default:
			i = s.word(b, i)
		}
	}
	return i
}

func (s *keyScanner) unsure() { s.done, s.doubled = true, true }

func skipTo(b []byte, i int, ends string) int {
	if n := bytes.IndexAny(b[i:], ends); n >= 0 {
		return i + n
	}
	return len(b)
}

func skipLiteral(b []byte, i int) int {
	for depth := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// passed notes that a value was met.
func (s *keyScanner) passed() {
	if s.depth > 0 {
		s.levels[s.depth-1].value = false
	}
}

func (s *keyScanner) open(dict bool) {
	if s.depth == len(s.levels) {
		s.unsure()
		return
	}
	s.levels[s.depth] = keyLevel{dict: dict, from: s.count}
	s.depth++
}

func (s *keyScanner) close(dict bool) {
	if s.depth == 0 || s.levels[s.depth-1].dict != dict {
		s.unsure()
		return
	}
	s.depth--
	s.count = s.levels[s.depth].from
	s.passed()
}

// name reads a name from behind its slash: a key, or a value.
func (s *keyScanner) name(b []byte, i int) int {
	hash := uint64(14695981039346656037)
	for ; i < len(b) && classes[b[i]] == regular; i++ {
		if b[i] == '#' {
			s.unsure()
			return i
		}
		hash = (hash ^ uint64(b[i])) * 1099511628211
	}
	if i == len(b) {
		return i // perhaps cut off
	}
	if s.depth == 0 || !s.levels[s.depth-1].dict || s.levels[s.depth-1].value {
		s.passed()
		return i
	}
	level := &s.levels[s.depth-1]
	level.value = true
	for _, key := range s.keys[level.from:s.count] {
		if key == hash {
			s.unsure()
			return i
		}
	}
	if s.count == len(s.keys) {
		s.unsure()
		return i
	}
	s.keys[s.count] = hash
	s.count++
	return i
}

// word reads a number or a keyword.
func (s *keyScanner) word(b []byte, i int) int {
	start := i
	for i < len(b) && classes[b[i]] == regular {
		i++
	}
	if i == len(b) {
		return i // perhaps cut off
	}
	switch string(b[start:i]) {
	case "stream", "endobj":
		if s.done = true; s.depth > 0 {
			s.unsure()
		}
	case "obj":
		s.unsure()
	default:
		s.passed()
	}
	return i
}
