package pdf

import (
	"bytes"
	"regexp"
)

// maxLeading bounds what may stand before the first signed revision.
const maxLeading = 64 << 10

// structureWord is what no bytes that are read over may hold: words that some
// reader acts on when it looks through the file. "failed to open stream: ..."
// is what PHP says, and no keyword.
var structureWord = regexp.MustCompile(`\bobj\b|endobj|\bstream[\x00\t\f ]*(?:[\r\n]|$)|endstream|xref|trailer|%%EOF|%PDF`)

// CheckFirstSigned is CheckRevision of a revision before which nothing is
// signed. Many programs write something behind the end of a file, which its
// first signer then signs along: it is the revision's to begin with, and read
// over when it holds no structure. How many bytes those are is returned.
func (d *Document) CheckFirstSigned(i int) (leading int64, err error) {
	r := d.states()[i]
	leading, err = d.leadingOf(r)
	if err != nil {
		return 0, err
	}
	return leading, d.checkRevision(i, r.Start+leading)
}

// leadingOf measures the bytes before the first object and cross-reference
// of a revision; 0 when they are white space and comments, or may not be read over.
func (d *Document) leadingOf(r Revision) (int64, error) {
	place := r.StartXRef
	for _, s := range d.sectionsOf(r) {
		if s.offset >= r.Start {
			place = min(place, s.offset)
		}
		for _, e := range s.entries {
			if e.kind == EntryInUse && e.pos >= r.Start {
				place = min(place, e.pos)
			}
		}
		if s.hybrid && s.xrefStm.Offset >= r.Start {
			place = min(place, s.xrefStm.Offset)
		}
	}
	next, err := d.skipSpace(r.Start)
	if err != nil || next >= place || place-r.Start > maxLeading {
		return 0, err
	}
	b, err := d.src.bytes(r.Start, place-r.Start)
	if err != nil || structureWord.Match(b) || !bytes.ContainsRune([]byte("\r\n"), rune(b[len(b)-1])) {
		return 0, err
	}
	return place - r.Start, nil
}
