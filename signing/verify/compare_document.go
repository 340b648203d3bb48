package verify

import (
	"regexp"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// trailer compares the trailers. Where the cross-reference stands is the
// reader's affair; what the document is may not change.
func (c *comparison) trailer() error {
	before, after := c.old.Trailer(), c.new.Trailer()
	for _, key := range differingKeys(before, after) {
		switch key {
		case "Size", "Prev", "XRefStm", "DocChecksum":
		case "Type", "W", "Index", "Filter", "DecodeParms", "Length":
			// Of the section that they stood in, where a table was made from a stream.
			if after[key] != nil {
				c.refuse(Change{Kind: ChangeTrailer, Name: string(key)})
			}
		case "ID":
			if !sameFirst(before["ID"], after["ID"]) && (before["Encrypt"] != nil || after["Encrypt"] != nil || !isID(after["ID"])) {
				c.refuse(Change{Kind: ChangeTrailer, Name: "ID"})
			}
		case "Info":
			// Compared by its entries.
		default:
			c.refuse(Change{Kind: ChangeTrailer, Name: printable(string(key))})
		}
	}
	return c.documentInfo(before["Info"], after["Info"])
}

// sameFirst compares the permanent half of the file identifier, which a file
// without one may gain (ISO 32000-2 section 14.4).
func sameFirst(a, b pdf.Object) bool {
	x, ok := a.(pdf.Array)
	if !ok {
		return a == nil
	}
	y, ok := b.(pdf.Array)
	return ok && len(x) > 0 && len(y) > 0 && pdf.Identical(x[0], y[0])
}

// isID reports whether a value is a file identifier. That of a file that is not
// encrypted decides nothing, and iText 2 and its heirs make a new one.
func isID(o pdf.Object) bool {
	a, ok := o.(pdf.Array)
	if !ok || len(a) != 2 {
		return false
	}
	for _, e := range a {
		if _, ok := e.(pdf.String); !ok {
			return false
		}
	}
	return true
}

// containers settles the objects that hold other objects or the
// cross-reference and mean nothing by themselves.
func (c *comparison) containers() error {
	streams := make(map[uint32]bool)
	for e := range c.v.doc.RevisionEntries(c.revision) {
		if e.Kind == pdf.EntryCompressed {
			streams[e.Stream] = true
		}
	}
	xref := c.v.revs[c.revision].XRef
	for num, o := range c.changed {
		stream, ok := o.after.(*pdf.Stream)
		if !ok || c.uses.count(num) > 0 {
			continue
		}
		switch stream.Dict.Name("Type") {
		case "ObjStm":
			if o.added && streams[num] {
				c.settle(num)
			}
		case "XRef":
			e, _ := c.new.Entry(num)
			was, _ := o.before.(*pdf.Stream)
			if e.Offset == xref && (o.added || was != nil && was.Dict.Name("Type") == "XRef") {
				c.settle(num)
			}
		}
	}
	return nil
}

// catalog compares the document catalogs.
func (c *comparison) catalog() error {
	root := c.old.CatalogRef()
	before, err := c.old.Catalog()
	if err != nil {
		return err
	}
	after, err := c.new.Catalog()
	if err != nil {
		return err
	}
	for _, key := range differingKeys(before, after) {
		switch key {
		case "AcroForm", "DSS", "Metadata":
			// Compared below, whether or not the catalog itself differs.
		case "Extensions", "Version":
			if ok, err := c.declared(key, after[key]); err != nil {
				return err
			} else if !ok {
				c.refuse(Change{Kind: ChangeCatalog, Name: string(key)}, root.Num)
				continue
			}
			c.vouch(Change{Kind: ChangeDeclared, Name: string(key)}, c.explain(after[key])...)
		default:
			c.refuse(Change{Kind: ChangeCatalog, Name: printable(string(key))}, root.Num)
		}
	}
	if c.modified(root.Num) != nil {
		c.settle(root.Num)
	}
	if err := c.form(before["AcroForm"], after["AcroForm"]); err != nil {
		return err
	}
	if err := c.securityStore(before["DSS"], after["DSS"]); err != nil {
		return err
	}
	return c.xmp(before["Metadata"], after["Metadata"])
}

var versionName = regexp.MustCompile(`^[12]\.[0-9]$`)

// declared reports whether a value says of the document what version of PDF it
// uses, or what extensions (ISO 32000-2 section 7.12), and nothing that could be
// drawn.
func (c *comparison) declared(key pdf.Name, value pdf.Object) (bool, error) {
	object, err := c.new.Resolve(value)
	if err != nil {
		return false, err
	}
	if key == "Version" {
		version, _ := object.(pdf.Name)
		return versionName.MatchString(string(version)), nil
	}
	all, ok := object.(pdf.Dict)
	for name, entry := range all {
		if name == "Type" {
			continue
		}
		if object, err = c.new.Resolve(entry); err != nil {
			return false, err
		}
		list, isList := object.(pdf.Array)
		if !isList {
			list = pdf.Array{object}
		}
		for _, e := range list {
			one, isDict := e.(pdf.Dict)
			ok = ok && isDict && onlyKeys(one, extensionKeys)
		}
	}
	return ok, nil
}

var extensionKeys = []pdf.Name{"Type", "BaseVersion", "ExtensionLevel", "URL", "ExtensionRevision"}

// added takes two lists and returns the elements that the newer has in
// addition; ok is false unless the older one is still there in its order.
func added(before, after pdf.Array) (more pdf.Array, ok bool) {
	i := 0
	for _, e := range after {
		if i < len(before) && pdf.Identical(before[i], e) {
			i++
			continue
		}
		more = append(more, e)
	}
	return more, i == len(before)
}

// dangling refuses references to what does not exist, other than those that the
// object had before: some readers rebuild the cross-reference for one, and then
// show what they find in the bytes that were signed.
func (c *comparison) dangling() error {
	for _, o := range c.all {
		if o.freed {
			continue
		}
		if s, ok := o.after.(*pdf.Stream); ok && s.Dict.Name("Type") == "XRef" {
			o = &changedObject{ref: o.ref, before: o.before, after: without(s.Dict, trailerRefs...)} // those are the trailer's
		}
		before := make(map[pdf.Ref]bool)
		eachRef(o.before, func(ref pdf.Ref) { before[ref] = true })
		bad := false
		eachRef(o.after, func(ref pdf.Ref) {
			e, ok := c.new.Entry(ref.Num)
			bad = bad || !before[ref] && (!ok || e.Kind == pdf.EntryFree || refGen(e) != ref.Gen)
		})
		if bad {
			c.refuse(Change{Kind: ChangeUnexplained}, o.ref.Num)
		}
	}
	before := make(map[pdf.Ref]bool)
	eachRef(c.old.Trailer(), func(ref pdf.Ref) { before[ref] = true })
	eachRef(c.new.Trailer(), func(ref pdf.Ref) {
		if e, ok := c.new.Entry(ref.Num); !before[ref] && (!ok || e.Kind == pdf.EntryFree || refGen(e) != ref.Gen) {
			c.refuse(Change{Kind: ChangeTrailer})
		}
	})
	return nil
}

// leftovers reports every object that no rule explained. New ones are not
// reached from anything that was vouched for, nor does the older revision
// refer to them: some writers leave such objects behind.
func (c *comparison) leftovers() error {
	var unused, nums []uint32
	for num, o := range c.changed {
		if o.added && c.fresh(o.ref) {
			unused = append(unused, num)
		} else {
			nums = append(nums, num)
		}
	}
	slices.Sort(unused)
	slices.Sort(nums)
	if len(unused) > 0 {
		c.vouch(Change{Kind: ChangeUnused}, unused[:min(len(unused), maxListed)]...)
	}
	defer c.checkCompany()
	if len(nums) == 0 {
		return nil
	}
	names, err := c.nameLeftovers()
	if err != nil {
		return err
	}
	var rest []uint32
	for _, num := range nums {
		if change, ok := names[num]; ok && len(c.changes) < maxChanges {
			c.refuse(change, num)
		} else {
			rest = append(rest, num)
		}
	}
	if len(rest) > 0 {
		c.refuse(Change{Kind: ChangeUnexplained}, rest[:min(len(rest), maxListed)]...)
	}
	return nil
}

const (
	maxChanges = 1000 // listed for one revision
	maxListed  = 100  // object numbers listed in one change
)

// checkCompany withdraws the vouching for metadata, defaults and unused objects
// when nothing else changed: they go with another change, they are no reason
// for a revision.
func (c *comparison) checkCompany() {
	kinds := []ChangeKind{ChangeMetadata, ChangeDeclared, ChangeDefaults, ChangeUnused}
	company := func(change Change) bool { return slices.Contains(kinds, change.Kind) }
	if slices.ContainsFunc(c.changes, func(change Change) bool { return !company(change) }) {
		return
	}
	for i := range c.changes {
		c.changes[i].Vouched = false
	}
}

// nameLeftovers finds out, for the reader of the report, what the unexplained
// objects are.
func (c *comparison) nameLeftovers() (map[uint32]Change, error) {
	names := make(map[uint32]Change)
	name := func(o pdf.Object, change Change) {
		eachDirectRef(o, func(ref pdf.Ref) {
			if _, named := names[ref.Num]; !named && c.changed[ref.Num] != nil {
				names[ref.Num] = change
			}
		})
	}
	for _, doc := range []*pdf.Document{c.old, c.new} {
		catalog, err := doc.Catalog()
		if err != nil {
			continue
		}
		for key, value := range catalog {
			if key != "Pages" && key != "AcroForm" {
				name(value, Change{Kind: ChangeCatalog, Name: printable(string(key))})
			}
		}
		name(catalog["AcroForm"], Change{Kind: ChangeForm})
		pages, err := c.v.pagesOf(doc)
		if err != nil {
			continue
		}
		for i, ref := range pages.refs {
			if !c.budget() {
				break
			}
			name(ref, Change{Kind: ChangePage, Page: i + 1})
			page, err := doc.Dict(ref)
			if err != nil {
				continue
			}
			name(page["Contents"], Change{Kind: ChangePageContent, Page: i + 1})
			c.nameDeep(doc, page["Contents"], 2, Change{Kind: ChangePageContent, Page: i + 1}, name)
			c.nameDeep(doc, page["Annots"], 4, Change{Kind: ChangeAnnotations, Page: i + 1}, name)
			c.nameDeep(doc, page["Resources"], 5, Change{Kind: ChangePageContent, Page: i + 1}, name)
		}
		name(catalog["Pages"], Change{Kind: ChangePageTree})
		c.nameDeep(doc, catalog["Pages"], 3, Change{Kind: ChangePageTree}, name)
	}
	return names, nil
}

// nameDeep names what lies up to depth references below o, pages excepted.
func (c *comparison) nameDeep(doc *pdf.Document, o pdf.Object, depth int, change Change, name func(pdf.Object, Change)) {
	if depth == 0 {
		return
	}
	pages, err := c.v.pagesOf(doc)
	if err != nil {
		return
	}
	eachDirectRef(o, func(ref pdf.Ref) {
		if pages.number[ref] > 0 {
			return
		}
		name(ref, change)
		if value, err := doc.Resolve(ref); err == nil && c.budget() {
			c.nameDeep(doc, value, depth-1, change, name)
		}
	})
}

// budget counts the objects that are read only to name a change, of all
// revisions.
func (c *comparison) budget() bool {
	c.v.named++
	return c.v.named < maxNamed
}

const maxNamed = 20_000

// eachDirectRef is eachRef without the entries that lead upwards.
func eachDirectRef(o pdf.Object, fn func(pdf.Ref)) {
	switch d := o.(type) {
	case pdf.Dict:
		o = without(d, "Parent", "P")
	case *pdf.Stream:
		o = without(d.Dict, "Parent", "P")
	}
	eachRef(o, fn)
}
