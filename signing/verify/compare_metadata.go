package verify

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// infoKeys are the entries of the document information that programs renew
// when they write a revision (ISO 32000-2 section 14.3.3).
var infoKeys = []pdf.Name{"ModDate", "Producer"}

// documentInfo allows the document information to say when and by what
// program it was last written. Title, author and the rest are content.
func (c *comparison) documentInfo(beforeValue, afterValue pdf.Object) error {
	if ref, ok := afterValue.(pdf.Ref); ok && beforeValue == afterValue && c.changed[ref.Num] == nil {
		return nil // whatever it is, it is what it was
	}
	before, after, err := wasAndIs(c, (*pdf.Document).Dict, beforeValue, afterValue)
	if err != nil {
		return err
	}
	ref, _ := afterValue.(pdf.Ref)
	if o := c.changed[ref.Num]; o != nil && !isDict(o.after) {
		return nil // something else than document information: left over and refused
	}
	keys := differingKeys(before, after)
	if o := c.changed[ref.Num]; o != nil && !c.fresh(ref) && (o.added || beforeValue != afterValue) {
		return nil // not the document information before: left over and refused
	}
	for _, key := range keys {
		if _, isText := after[key].(pdf.String); !slices.Contains(infoKeys, key) || after[key] != nil && !isText {
			c.refuse(Change{Kind: ChangeDocumentInfo, Name: printable(string(key))}, ref.Num)
			return nil
		}
	}
	if len(keys) > 0 {
		c.vouch(Change{Kind: ChangeMetadata, Name: "Info"}, ref.Num)
	} else {
		c.settle(ref.Num)
	}
	return nil
}

func isDict(o pdf.Object) bool {
	_, ok := o.(pdf.Dict)
	return ok
}

// maxXMP bounds a metadata stream that is compared. Each byte takes xmpWork from
// the budget of comparisons: taking XML apart is slow.
const (
	maxXMP  = 1 << 20
	xmpWork = 2
)

// xmp compares the metadata streams of the catalog, leaving out what
// infoKeys names too, the identity of the instance and its history.
func (c *comparison) xmp(beforeValue, afterValue pdf.Object) error {
	ref, _ := afterValue.(pdf.Ref)
	o := c.changed[ref.Num]
	if pdf.Equal(beforeValue, afterValue) && o == nil {
		return nil
	}
	change := Change{Kind: ChangeCatalog, Name: "Metadata"}
	before, err := c.xmpOf(c.old, beforeValue)
	if err != nil {
		return err
	}
	after, err := c.xmpOf(c.new, afterValue)
	if err != nil {
		return err
	}
	isFresh := o != nil && c.fresh(ref)
	if before == nil || after == nil || !slices.Equal(before, after) || !isFresh && !c.inPlace(beforeValue, ref) {
		c.refuse(change, ref.Num)
		return nil
	}
	c.vouch(Change{Kind: ChangeMetadata, Name: "XMP"}, ref.Num)
	return nil
}

// xmpOf lists the tokens of a metadata stream that matter; nil if it is none.
func (c *comparison) xmpOf(doc *pdf.Document, value pdf.Object) ([]string, error) {
	object, err := doc.Resolve(value)
	if err != nil {
		return nil, err
	}
	stream, ok := object.(*pdf.Stream)
	if !ok || stream.Dict.Name("Subtype") != "XML" {
		return nil, nil
	}
	place, _, _ := stream.Extent()
	if last := &c.v.metadata; last.place == place && place > 0 {
		return last.tokens, nil
	}
	if c.v.spent > maxSpent {
		return nil, errBudget
	}
	data, err := doc.StreamData(stream, maxXMP)
	if err != nil {
		c.v.spent += maxXMP * xmpWork
		return nil, onlyReader(err)
	}
	c.v.spent += len(data) * xmpWork
	c.v.metadata = metadata{place, xmpTokens(data)}
	return c.v.metadata.tokens, nil
}

// metadata is what was read last, and where it stands: what came after a
// revision comes before the next.
type metadata struct {
	place  int64
	tokens []string
}

// xmpNames are the properties that programs renew with every revision, by the
// names under which those programs write them: readers without regard for name
// spaces go by the prefix.
var xmpNames = []string{
	"xmp:ModifyDate", "xap:ModifyDate", "xmp:MetadataDate", "xap:MetadataDate", "pdf:Producer",
	"xmpMM:InstanceID", "xapMM:InstanceID", "xmpMM:History", "xapMM:History",
}

var (
	xmpRoots  = []string{"x:xmpmeta", "x:xapmeta"}
	xmpToolks = []string{"x:xmptk", "x:xaptk"}
	// xmpEvent are the prefixes within a property that is renewed: a title that
	// stands there might be taken for the document's.
	xmpEvent  = []string{"rdf", "stEvt", "xml"}
	xmpSpaces = map[string]string{
		"rdf":   "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
		"stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
	}

	xmpWrapper = regexp.MustCompile(`^<\?xpacket(\s+(begin|id|end)\s*=\s*("[^"<>?&]*"|'[^'<>?&]*'))+\s*\?>$`)
	xmlWrapper = regexp.MustCompile(`^<\?xml(\s+(version|encoding|standalone)\s*=\s*("[\w.-]+"|'[\w.-]+'))+\s*\?>$`)
	xmlTag     = regexp.MustCompile(`^<[^\s=<>/"'&]+(\s+[^\s=<>/"'&]+\s*=\s*("[^"<>]*"|'[^'<>]*'))*\s*/?>$`)
	xmlAttr    = regexp.MustCompile(`\s([^\s=<>/"'&]+)\s*=\s*("[^"<>]*"|'[^'<>]*')`)
)

// xmpTokens lists what matters of a packet; a packet that not all readers read
// alike is taken as a whole.
func xmpTokens(data []byte) []string {
	p := packet{data: data, spaces: map[string]string{}, scope: map[string]int{}}
	if !p.read() {
		return []string{string(data)}
	}
	return p.tokens
}

// packet is metadata as it is read. Names, values and texts are kept as they are
// spelled: that a reader resolves prefixes and references is not sure.
type packet struct {
	data   []byte
	tokens []string
	open   []xmpElement
	spaces map[string]string // by prefix: only one each
	scope  map[string]int    // open elements that declare the prefix
	ended  bool              // the root
	// skipped is the depth of the property that is left out; 0: none.
	skipped int
}

type xmpElement struct {
	name      string
	declared  []string // prefixes
	describes bool     // the document
}

func (p *packet) read() bool {
	decoder := xml.NewDecoder(bytes.NewReader(p.data))
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && p.ended
		}
		raw := p.data[start:decoder.InputOffset()]
		ok := false
		switch token.(type) {
		case xml.StartElement:
			ok = p.start(raw)
		case xml.EndElement:
			ok = true
			p.end()
		case xml.CharData:
			ok = p.text(raw, start == 0)
		case xml.Comment:
			ok = p.skipped == 0 && bytes.Count(raw, []byte("<")) == 1 && bytes.Count(raw, []byte(">")) == 1
			p.tokens = append(p.tokens, string(raw))
		case xml.ProcInst:
			ok = p.instruction(raw, start == 0)
		}
		if !ok { // a declaration of the type too, which readers end elsewhere
			return false
		}
	}
}

// instruction leaves out what wraps a packet.
func (p *packet) instruction(raw []byte, first bool) bool {
	outside := len(p.open) == 0
	switch {
	case bytes.HasPrefix(raw, []byte("<?xpacket")):
		return outside && xmpWrapper.Match(raw) && bytes.Contains(raw, []byte("begin")) != p.ended
	case first && xmlWrapper.Match(raw):
		return true
	}
	p.tokens = append(p.tokens, string(raw))
	return p.skipped == 0 && bytes.Count(raw, []byte("<")) == 1 && bytes.Count(raw, []byte(">")) == 1
}

func (p *packet) text(raw []byte, first bool) bool {
	if first {
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	}
	text := string(bytes.Trim(raw, " \t\r\n"))
	switch {
	case text == "":
		return true
	case len(p.open) == 0 || bytes.ContainsAny(raw, "<>"): // CDATA among them
		return false
	}
	if p.skipped == 0 {
		p.tokens = append(p.tokens, text)
	}
	return true
}

func (p *packet) start(raw []byte) bool {
	if p.ended || !xmlTag.Match(raw) {
		return false // one packet after another, or quotes that some do not heed
	}
	e := xmpElement{name: string(raw[1 : 1+bytes.IndexAny(raw[1:], " \t\r\n/>")])}
	attrs := xmlAttr.FindAllSubmatch(raw, -1)
	seen := map[string]bool{}
	for _, a := range attrs {
		name, value := string(a[1]), string(a[2][1:len(a[2])-1])
		if seen[name] {
			return false
		}
		seen[name] = true
		if prefix, ok := declares(name); ok {
			if before, ok := p.spaces[prefix]; ok && before != value {
				return false
			}
			if known, ok := xmpSpaces[prefix]; ok && known != value {
				return false
			}
			p.spaces[prefix] = value
			p.scope[prefix]++
			e.declared = append(e.declared, prefix)
		}
	}
	var outer xmpElement
	depth := len(p.open)
	if depth > 0 {
		outer = p.open[depth-1]
	}
	root := depth == 0 && slices.Contains(xmpRoots, e.name)
	e.describes = (depth == 1 || depth == 2) && outer.name == "rdf:RDF" && e.name == "rdf:Description"
	p.open = append(p.open, e)
	switch {
	case p.skipped == 0 && outer.describes && slices.Contains(xmpNames, e.name):
		p.skipped = len(p.open)
	case p.skipped > 0 && !isEvent(e.name):
		return false
	case p.skipped == 0:
		p.tokens = append(p.tokens, "<"+p.resolved(e.name))
	}
	for _, a := range attrs {
		name := string(a[1])
		_, declaration := declares(name)
		switch {
		case declaration || e.describes && slices.Contains(xmpNames, name) || root && slices.Contains(xmpToolks, name):
		case p.skipped == 0:
			p.tokens = append(p.tokens, p.resolved(name)+"="+string(a[2][1:len(a[2])-1]))
		case !isEvent(name):
			return false
		}
	}
	return true
}

func (p *packet) end() {
	last := len(p.open) - 1
	for _, prefix := range p.open[last].declared {
		p.scope[prefix]--
	}
	if p.skipped == 0 {
		p.tokens = append(p.tokens, ">")
	}
	if p.skipped > last {
		p.skipped = 0
	}
	p.open = p.open[:last]
	p.ended = last == 0
}

// resolved is a name by its prefix and by its name space.
func (p *packet) resolved(name string) string {
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		prefix = ""
	}
	if p.scope[prefix] == 0 {
		return name
	}
	return name + " " + p.spaces[prefix]
}

// declares gives the prefix that an attribute declares.
func declares(name string) (prefix string, ok bool) {
	if name == "xmlns" {
		return "", true
	}
	return strings.CutPrefix(name, "xmlns:")
}

func isEvent(name string) bool {
	prefix, _, _ := strings.Cut(name, ":")
	return slices.Contains(xmpEvent, prefix)
}
