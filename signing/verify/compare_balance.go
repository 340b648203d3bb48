package verify

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// In an appearance, a Q without its q takes off the clip in some readers, which
// then draw over the whole page, and marked content left open hides what comes
// next in others. What is left saved at the end, readers take back.

const (
	maxAppearance  = 4 << 20 // bytes of one stream
	appearanceUnit = 16      // bytes that cost as much as an entry compared
	maxDrawnDepth  = 12
	maxSavedStates = 256
	maxOperands    = 33 // of one operator; some readers stop at more
	maxNameLength  = 127
)

// balanceKey is a stream that draws, whether another draws it, and the resources
// that it is given if it has none.
type balanceKey struct {
	ref   pdf.Ref
	below bool
	given pdf.Ref
}

// balanced reports whether an appearance, and what it draws with, leaves the
// graphics state as it was for all readers.
func (c *comparison) balanced(value pdf.Object) bool { return c.balancedAt(value, nil, 0) }

// balancedAt judges a stream at some depth; a glyph has the resources of its font.
func (c *comparison) balancedAt(value, resources pdf.Object, depth int) bool {
	ref, _ := value.(pdf.Ref)
	given, isRef := resources.(pdf.Ref)
	key, keep := balanceKey{ref, depth > 0, given}, isRef || resources == nil
	if known, ok := c.balances[key]; ok && keep {
		return known
	}
	if c.balances == nil {
		c.balances = make(map[balanceKey]bool)
	}
	if keep {
		c.balances[key] = false // one that draws itself
	}
	if c.v.spent > maxSpent {
		c.uses.tooMany = true
		return false
	}
	object, err := c.new.Resolve(value)
	stream, ok := object.(*pdf.Stream)
	if err != nil || !ok || depth > maxDrawnDepth || !readAlike(stream) {
		return false
	}
	data, err := c.new.StreamData(stream, maxAppearance)
	if err != nil {
		return false
	}
	c.v.spent += 1 + len(data)/appearanceUnit
	s := operatorScan{data: data}
	if !s.balanced() {
		return false
	}
	if own := stream.Dict["Resources"]; own != nil {
		resources = own
	}
	ok = c.drawsBalanced(s.uses, resources, depth)
	if keep {
		c.balances[key] = ok
	}
	return ok
}

// readAlike reports whether all readers decode a stream alike, or as ReportLab
// writes it.
func readAlike(stream *pdf.Stream) bool {
	if stream.PlainlyEncoded() {
		return true
	}
	return stream.Dict["DecodeParms"] == nil && stream.Dict["F"] == nil && stream.Dict["FFilter"] == nil && stream.Dict["DP"] == nil &&
		pdf.Identical(stream.Dict["Filter"], pdf.Array{pdf.Name("ASCII85Decode"), pdf.Name("FlateDecode")})
}

// drawsBalanced judges what a content draws with.
func (c *comparison) drawsBalanced(uses map[use]bool, value pdf.Object, depth int) bool {
	resources, err := c.new.Dict(value)
	if err != nil || resources == nil && depth > 0 && len(uses) > 0 {
		return false // some readers take those of what draws it
	}
	for u := range uses {
		named, err := c.new.Dict(resources[u.category])
		if err != nil || !c.usedBalanced(u.category, named[u.name], depth) {
			return false
		}
	}
	return true
}

func (c *comparison) usedBalanced(category pdf.Name, value pdf.Object, depth int) bool {
	object, err := c.new.Resolve(value)
	if err != nil {
		return false
	}
	dict, isDict := object.(pdf.Dict)
	stream, isStream := object.(*pdf.Stream)
	switch category {
	case "XObject":
		return isStream && (stream.Dict.Name("Subtype") == "Image" || isForm(stream) && c.balancedAt(value, nil, depth+1))
	case "Pattern":
		return !isStream || c.balancedAt(value, nil, depth+1)
	case "Font":
		return !isDict || c.fontBalanced(dict, depth)
	}
	// A graphics state may have a mask that is drawn, and a font.
	font, err := c.new.Array(dict["Font"])
	if err != nil || len(font) > 0 && !c.usedBalanced("Font", font[0], depth) {
		return false
	}
	mask, err := c.new.Resolve(dict["SMask"])
	if err != nil {
		return false
	}
	masking, _ := mask.(pdf.Dict)
	return masking["G"] == nil || c.balancedAt(masking["G"], nil, depth+1)
}

// fontBalanced judges the glyphs of a font that draws them by streams.
func (c *comparison) fontBalanced(font pdf.Dict, depth int) bool {
	if font.Name("Subtype") != "Type3" {
		return true
	}
	glyphs, err := c.new.Dict(font["CharProcs"])
	if err != nil {
		return false
	}
	for _, name := range glyphs.Keys() {
		if !c.balancedAt(glyphs[name], font["Resources"], depth+1) {
			return false
		}
	}
	return true
}

// use is a resource that a content names.
type use struct{ category, name pdf.Name }

// operatorScan reads the operators of a content stream. It refuses whatever
// readers could split in different ways.
type operatorScan struct {
	data []byte
	at   int
	uses map[use]bool

	saved, marked int
	text          bool
	operands      int
	name          pdf.Name // the operand just passed, if it is a name
	last, earlier pdf.Name // the last two before an operator
}

const (
	contentSpace     = "\x00\t\n\f\r "
	contentDelimiter = "()<>[]{}/%"
)

// operators are those of ISO 32000-2 annex A but BI, ID and EI.
var operators = func() map[string]bool {
	known := make(map[string]bool)
	for _, op := range strings.Fields(`b B b* B* BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX f F f* G g gs h i j J K k
		l m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' "`) {
		known[op] = true
	}
	return known
}()

// usedBy are the operators whose last operand names a resource that may draw.
var usedBy = map[string]pdf.Name{"Do": "XObject", "gs": "ExtGState", "scn": "Pattern", "SCN": "Pattern"}

// balanced reads all operators, and reports whether they leave nothing open and
// close nothing that they did not open.
func (s *operatorScan) balanced() bool {
	s.uses = make(map[use]bool)
	for {
		word, more, ok := s.operand()
		switch {
		case !ok:
			return false
		case !more:
			return s.marked == 0 && !s.text
		case word == "":
			if s.operands++; s.operands > maxOperands {
				return false
			}
			s.earlier, s.last = s.last, s.name
			continue
		case word == "BI":
			if !s.image() {
				return false
			}
		case !operators[word] || !s.operator(word):
			return false
		}
		s.operands, s.last, s.earlier = 0, "", ""
	}
}

func (s *operatorScan) operator(word string) bool {
	switch word {
	case "q":
		s.saved++
	case "Q":
		s.saved--
	case "BMC", "BDC":
		s.marked++
		return s.operands == map[string]int{"BMC": 1, "BDC": 2}[word] // else some pass over it
	case "EMC":
		s.marked--
	case "BT", "ET":
		if s.text == (word == "BT") {
			return false
		}
		s.text = !s.text
	case "Tf":
		s.uses[use{"Font", s.earlier}] = true
		return s.earlier != ""
	default:
		if category := usedBy[word]; category != "" && (s.last != "" || word == "Do") {
			s.uses[use{category, s.last}] = true
		}
	}
	return s.marked >= 0 && s.saved >= 0 && s.saved <= maxSavedStates
}

// operand passes one operand, or else returns the word that stands here. more is
// false at the end, ok where it cannot be read.
func (s *operatorScan) operand() (word string, more, ok bool) {
	var open []byte // arrays and dictionaries
	s.name = ""
	for {
		s.space()
		if s.at == len(s.data) {
			return "", false, len(open) == 0
		}
		switch c := s.data[s.at]; {
		case c == '[' || s.starts("<<"):
			open = append(open, c)
			if s.at++; c == '<' {
				s.at++
			}
			if len(open) > maxOperands {
				return "", true, false
			}
			continue
		case c == ']' || s.starts(">>"):
			if len(open) == 0 || (open[len(open)-1] == '[') != (c == ']') {
				return "", true, false
			}
			open = open[:len(open)-1]
			if s.at++; c == '>' {
				s.at++
			}
		case c == '(':
			if !s.literal() {
				return "", true, false
			}
		case c == '<':
			if !s.hexadecimal() {
				return "", true, false
			}
		case c == '/':
			s.at++
			name := s.word()
			if len(name) > maxNameLength {
				return "", true, false
			}
			if len(open) == 0 {
				s.name = unescaped(name)
			}
		case strings.IndexByte(contentDelimiter, c) >= 0:
			return "", true, false
		default:
			word := s.word()
			isNumber := strings.IndexByte("+-.0123456789", c) >= 0
			switch {
			case isNumber && strings.ContainsFunc(word, func(r rune) bool { return !strings.ContainsRune("+-.0123456789", r) }):
				return "", true, false
			case isNumber, word == "true", word == "false", word == "null":
			case len(open) > 0:
				return "", true, false
			default:
				return word, true, true
			}
		}
		if len(open) == 0 {
			return "", true, true
		}
	}
}

func (s *operatorScan) starts(mark string) bool {
	return strings.HasPrefix(string(s.data[s.at:min(s.at+len(mark), len(s.data))]), mark)
}

func isContentSpace(b byte) bool { return strings.IndexByte(contentSpace, b) >= 0 }

// space passes white space and comments.
func (s *operatorScan) space() {
	comment := false
	for ; s.at < len(s.data); s.at++ {
		switch b := s.data[s.at]; {
		case comment:
			comment = b != '\r' && b != '\n'
		case b == '%':
			comment = true
		case !isContentSpace(b):
			return
		}
	}
}

// word passes the bytes up to white space or a delimiter.
func (s *operatorScan) word() string {
	from := s.at
	for s.at < len(s.data) && !isContentSpace(s.data[s.at]) && strings.IndexByte(contentDelimiter, s.data[s.at]) < 0 {
		s.at++
	}
	return string(s.data[from:s.at])
}

func (s *operatorScan) literal() bool {
	for depth := 0; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case '\\':
			s.at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.at++
				return true
			}
		}
	}
	return false
}

func (s *operatorScan) hexadecimal() bool {
	end := bytes.IndexByte(s.data[s.at:], '>')
	if end < 0 {
		return false
	}
	digits := string(s.data[s.at+1 : s.at+end])
	s.at += end + 1
	return !strings.ContainsFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF"+contentSpace, r) })
}

// imageFilters are those of an inline image whose end no reader looks for by
// marks within the data.
var imageFilters = map[pdf.Name]bool{"Fl": true, "FlateDecode": true, "RL": true, "RunLengthDecode": true, "CCF": true, "CCITTFaxDecode": true}

// image passes an inline image. Some readers go by the length of its data, others
// by the first EI: it must be the last one, and nothing open for what follows.
func (s *operatorScan) image() bool {
	var key pdf.Name
	for n := 0; ; n++ {
		word, more, ok := s.operand()
		if !ok || !more || n > 2*maxOperands {
			return false
		}
		if word == "ID" {
			break
		}
		if word != "" {
			return false
		}
		if n%2 == 0 {
			if key = s.name; key == "" {
				return false
			}
		} else if (key == "F" || key == "Filter") && !imageFilters[s.name] {
			return false
		}
	}
	if s.at >= len(s.data) || !isContentSpace(s.data[s.at]) {
		return false
	}
	from := s.at + 1
	end := bytes.Index(s.data[from:], []byte("EI"))
	if end < 0 {
		return false
	}
	s.at = from + end + 2
	return isContentSpace(s.data[from+end-1]) && (s.at == len(s.data) || isContentSpace(s.data[s.at])) &&
		!bytes.Contains(s.data[s.at:], []byte("EI")) && s.marked == 0 && !s.text
}

// unescaped is a name as it is meant.
func unescaped(word string) pdf.Name {
	var name []byte
	for i := 0; i < len(word); i++ {
		b := word[i]
		if b == '#' && i+2 < len(word) {
			if code, err := hex.DecodeString(word[i+1 : i+3]); err == nil {
				b = code[0]
				i += 2
			}
		}
		name = append(name, b)
	}
	return pdf.Name(name)
}
