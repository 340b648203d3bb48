package pdf

import (
	"bytes"
	"slices"
)

const (
	maxDoubledKeys  = 512 // of dictionaries that are open together
	maxDoubledDepth = 16

	hashFactor = 0x9e3779b97f4a7c15 // odd, its bits well mixed
)

// KeyScanner looks for doubled keys in the bytes of objects. It is many times
// faster than reading them: what it is not sure of may hold one too, and
// reading then tells. The zero value is ready; it is not safe for concurrent
// use.
type KeyScanner struct {
	done, doubled bool
	levels        [maxDoubledDepth + 1]keyLevel // the first is outside of all
	depth         int
	level         *keyLevel // levels[depth]
	// number and generation are how many digits the last two whole numbers in
	// a row have, for a reference; 0: none.
	number, generation int
	keys               [maxDoubledKeys]uint64 // of all open dictionaries
	count              int
}

// keyLevel is an open dictionary or array.
type keyLevel struct {
	dict  bool
	value bool // the value of a key comes next
	from  int  // of its keys
	// met has a bit for every key that was met, so that a dictionary of many
	// keys need not be gone through for each.
	met [8]uint64
}

// Single reports whether text begins with the object of the entry and no
// dictionary of the object, stream data left out, holds a key twice. It is
// false where text does not tell.
func (s *KeyScanner) Single(text []byte, e Entry) bool {
	i, ok := numberAt(text, 0, uint64(e.Num), " ")
	if ok {
		i, ok = numberAt(text, i, uint64(e.Gen), " obj")
	}
	if !ok || i == len(text) || classes[text[i]] == regular {
		return false
	}
	s.done, s.doubled, s.depth, s.count, s.level = false, false, 0, 0, &s.levels[0]
	s.number, s.generation = 0, 0
	s.scan(text[i:])
	return s.done && !s.doubled
}

// numberAt reports whether a number stands at i, written plainly and followed
// by a word, and returns what follows the word.
func numberAt(b []byte, i int, want uint64, word string) (int, bool) {
	start, n := i, uint64(0)
	for i < len(b) && i-start < 10 && '0' <= b[i] && b[i] <= '9' {
		n = n*10 + uint64(b[i]-'0')
		i++
	}
	if i == start || n != want || b[start] == '0' && i > start+1 || !bytes.HasPrefix(b[i:], []byte(word)) {
		return i, false
	}
	return i + len(word), true
}

// scan goes on until the object's value ends, which it knows by a keyword.
func (s *KeyScanner) scan(b []byte) {
	for i := 0; i < len(b) && !s.done; {
		next := byte(0)
		if i+1 < len(b) {
			next = b[i+1]
		}
		switch c := b[i]; c {
		case 0, '\t', '\n', '\f', '\r', ' ':
			i++
		case '%':
			i = skipTo(b, i, "\r\n")
		case '/':
			i = s.name(b, i+1)
			s.number, s.generation = 0, 0
		case '(':
			i = skipLiteral(b, i+1)
			s.value()
			s.number, s.generation = 0, 0
		case '<':
			if next == '<' {
				i += 2
				s.open(true)
				break
			}
			i = skipTo(b, i, ">") + 1
			s.value()
			s.number, s.generation = 0, 0
		case '>':
			if next != '>' {
				s.unsure()
			}
			i += 2
			s.close(true)
		case '[':
			i++
			s.open(false)
		case ']':
			i++
			s.close(false)
		case ')', '{', '}':
			s.unsure()
		default:
			i = s.word(b, i)
		}
	}
}

func (s *KeyScanner) unsure() { s.done, s.doubled = true, true }

// value notes that a value begins. Where a key belongs, it is not sure what
// readers make of it.
func (s *KeyScanner) value() {
	if s.level.dict && !s.level.value {
		s.unsure()
	}
	s.level.value = false
}

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

func (s *KeyScanner) open(dict bool) {
	s.value()
	if s.depth+1 == len(s.levels) {
		s.unsure()
		return
	}
	s.depth++
	s.level = &s.levels[s.depth]
	s.level.dict, s.level.value, s.level.from = dict, false, s.count
	s.number, s.generation = 0, 0
	if dict {
		s.level.met = [8]uint64{}
	}
}

func (s *KeyScanner) close(dict bool) {
	if s.depth == 0 || s.level.dict != dict {
		s.unsure()
		return
	}
	s.count = s.level.from
	s.depth--
	s.number, s.generation = 0, 0
	s.level = &s.levels[s.depth]
}

// name reads a name from behind its slash: a key, or a value. Names of up to
// eight bytes have a hash each, longer ones nearly so.
func (s *KeyScanner) name(b []byte, i int) int {
	hash, from := uint64(0), i
	for ; i < len(b) && classes[b[i]] == regular; i++ {
		if b[i] == '#' {
			s.unsure()
			return i
		}
		if hash = hash<<8 ^ hash>>56 ^ uint64(b[i]); (i-from)%8 == 7 {
			hash *= hashFactor
		}
	}
	if i == len(b) {
		return i // perhaps cut off
	}
	if s.level.value || !s.level.dict {
		s.level.value = false
		return i
	}
	s.key(hash * hashFactor)
	return i
}

// key notes a key of the open dictionary by its hash.
func (s *KeyScanner) key(hash uint64) {
	level := s.level
	level.value = true
	word, bit := &level.met[hash>>61], uint64(1)<<(hash>>55%64)
	if s.count == len(s.keys) || *word&bit != 0 && slices.Contains(s.keys[level.from:s.count], hash) {
		s.unsure()
		return
	}
	*word |= bit
	s.keys[s.count] = hash
	s.count++
}

// word reads a number or a keyword.
func (s *KeyScanner) word(b []byte, i int) int {
	start, digits := i, true
	for i < len(b) && classes[b[i]] == regular {
		digits = digits && isDigit(b[i])
		i++
	}
	if i == len(b) {
		return i // perhaps cut off
	}
	if digits {
		// The second number in a row may be the generation of a reference.
		if s.number > 0 || s.generation == 0 {
			s.value()
		}
		s.number, s.generation = s.generation, i-start
		return i
	}
	s.keyword(b[start:i])
	s.number, s.generation = 0, 0
	return i
}

// keyword is not sure of what only some readers take for a reference.
func (s *KeyScanner) keyword(word []byte) {
	switch string(word) {
	case "R":
		// Generations end at 65535, which nothing refers to.
		if s.number == 0 || s.number > 9 || s.generation == 0 || s.generation > 4 {
			s.unsure()
		}
	case "stream", "endobj":
		if s.done = true; s.depth > 0 {
			s.unsure()
		}
	case "true", "false", "null":
		s.value()
	default:
		if s.value(); !plainNumber(word) {
			s.unsure()
		}
	}
}

// plainNumber reports whether a word is a sign, if any, digits and at most one
// point.
func plainNumber(word []byte) bool {
	points := 0
	for i, c := range word {
		switch {
		case isDigit(c), i == 0 && (c == '+' || c == '-'):
		case c == '.':
			points++
		default:
			return false
		}
	}
	return points < 2
}
