package pdf

import (
	"bytes"
	"regexp"
)

// Readers take different things for damage in a cross-reference, and one that
// sees damage looks through the whole file for objects: dead ones come back
// to life. So strict reading takes only what is laid out as all writers do it.

// Lines of a table: its header may follow more than one end of line, a later
// subsection follows the last entry at once, and entries their header.
var (
	firstHeader = regexp.MustCompile(`^ ?[\r\n]{1,2}` + headerForm)
	laterHeader = regexp.MustCompile(`^` + headerForm)
)

const headerForm = `(?:0|[1-9][0-9]{0,9}) (?:0|[1-9][0-9]{0,9}) ?(?:\r\n|\r|\n)`

// plainHeader makes sure, when reading strictly, that the header of a subsection
// is a line of two numbers with a blank between them, and that nothing else
// stands around it. The entries begin where it ends.
func (d *Document) plainHeader(p *parser, s *section, end int64, t token) error {
	if !d.opts.Strict {
		return nil
	}
	b, err := d.src.bytes(end, 64)
	if err != nil {
		return err
	}
	form := laterHeader
	if end == s.offset+int64(len("xref")) {
		form = firstHeader
	}
	line := form.Find(b)
	if line == nil {
		return syntaxErrorf(t.off, "irregular header of a cross-reference subsection")
	}
	p.seek(end + int64(len(line)))
	return nil
}

// plainGap makes sure, when reading strictly, that nothing but a few ends of
// line and blanks stands before the trailer or behind its keyword.
func (d *Document) plainGap(from, to int64) error {
	const longest = 16
	if !d.opts.Strict || from == to {
		return nil
	}
	b, err := d.src.bytes(from, min(to-from, longest))
	if err != nil {
		return err
	}
	if to-from > longest || len(bytes.Trim(b, "\r\n ")) > 0 {
		return syntaxErrorf(from, "more than an end of line in a cross-reference")
	}
	return nil
}

// plainTail is the end of a revision as strict reading takes it.
var plainTail = regexp.MustCompile(`^startxref ?[\r\n]{1,2}(?:0|[1-9][0-9]{0,18}) ?[\r\n]{1,2}%%EOF`)

// plainRows reports whether all readers take the dictionary of a cross-reference
// stream: with no parameters but one dictionary beside FlateDecode by its name,
// and without XRefStm, which is an entry of tables.
func plainRows(dict Dict) bool {
	params, ok := dict["DecodeParms"]
	_, isDict := params.(Dict)
	if ok && (!isDict || dict["Filter"] != Object(Name("FlateDecode"))) {
		return false
	}
	_, ok = dict["XRefStm"]
	return !ok
}
