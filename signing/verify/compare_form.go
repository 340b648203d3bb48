package verify

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Entries of a signature field or its widget that signing may set. Actions
// (A, AA) are not among them: they would act on the whole document.
var (
	signingKeys = []pdf.Name{"V", "AP", "AS", "F", "M", "MK", "TU", "P", "Rect"}
	stampKeys   = []pdf.Name{"V", "M", "TU"} // for a document timestamp, which shows nothing
	fillingKeys = []pdf.Name{"V", "AP", "AS", "M", "I", "RV", "TI", "Ff"}
	valueKeys   = []pdf.Name{"V", "RV", "I", "TI", "Ff"} // of a field, never of a widget below it
	tickingKeys = []pdf.Name{"V", "AS", "M", "Ff"}       // for a button, which has all its appearances

	newFieldKeys = []pdf.Name{
		"AP", "AS", "BS", "Border", "C", "Contents", "DA", "DR", "F", "FT", "Ff", "H", "Kids", "Lock", "M", "MK",
		"NM", "P", "Parent", "Q", "Rect", "SV", "StructParent", "Subtype", "T", "TM", "TU", "Type", "V",
	}
)

// form compares the interactive forms.
func (c *comparison) form(beforeValue, afterValue pdf.Object) error {
	before, after, err := wasAndIs(c, (*pdf.Document).Dict, beforeValue, afterValue)
	if err != nil {
		return err
	}
	if before == nil && after == nil {
		return nil
	}
	num, ok := c.explainOwn(beforeValue, afterValue)
	if !ok || after == nil {
		c.refuse(Change{Kind: ChangeForm}, num)
		return nil
	}
	for _, key := range differingKeys(before, after) {
		switch {
		case key == "Fields", key == "DR": // compared below
		case (key == "DA" || key == "Q") && before[key] == nil:
			drawn, err := c.drawsByDefault()
			if err != nil {
				return err
			}
			if drawn {
				c.refuse(Change{Kind: ChangeForm, Name: string(key)}, num)
			}
		case !flagsGained(key, before, after):
			c.refuse(Change{Kind: ChangeForm, Name: printable(string(key))}, num)
		}
	}
	if err := c.formResources(before["DR"], after["DR"]); err != nil {
		return err
	}
	if c.oldForm, err = c.v.formOf(c.old); err != nil {
		return err
	}
	if c.newForm, err = c.v.formOf(c.new); err != nil {
		return err
	}
	if err := c.fieldList("", before["Fields"], after["Fields"]); err != nil {
		return err
	}
	return c.existingFields()
}

// flagsGained reports whether an entry is that of the signature flags, and they
// say no less than before.
func flagsGained(key pdf.Name, before, after pdf.Dict) bool {
	old, _ := before.Int(key)
	now, ok := after.Int(key)
	return key == "SigFlags" && ok && old&^now == 0
}

// fieldList compares the fields of the form or the kids of a parent: what was
// there stays, what is new must be a signature field.
func (c *comparison) fieldList(parent string, beforeValue, afterValue pdf.Object) error {
	before, after, err := wasAndIs(c, (*pdf.Document).Array, beforeValue, afterValue)
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(beforeValue, afterValue)
	more, kept := added(before, after)
	if !ok || !kept {
		c.refuse(Change{Kind: ChangeForm, Name: printable(parent)}, num)
	}
	for _, e := range more {
		ref, ok := e.(pdf.Ref)
		f := c.newForm.byRef(ref)
		if !ok || f == nil || !c.fresh(ref) {
			c.refuse(Change{Kind: ChangeForm, Name: printable(parent)}, ref.Num)
			continue
		}
		c.newField(f)
	}
	return nil
}

// aboutField is a change of a field.
func aboutField(kind ChangeKind, f *field, in *form) Change {
	return Change{Kind: kind, Name: printable(f.name), field: f.name, doubtful: !in.sure(f)}
}

// newField vouches for a field that the revision added: a signature field,
// signed by a signature that covers this very revision, or empty and blank.
func (c *comparison) newField(f *field) {
	change := aboutField(ChangeFormField, f, c.newForm)
	change.created = true
	if f.kind != "Sig" || f.strayed || c.newForm.groups(f) || !onlyKeys(f.dict, newFieldKeys) || c.oldForm.names[f.name] {
		c.refuse(change, f.ref.Num)
		return
	}
	nums := []uint32{f.ref.Num}
	for _, w := range f.widgets {
		if w.ref != f.ref {
			nums = append(nums, w.ref.Num)
		}
		if !onlyKeys(w.dict, newFieldKeys) || !c.fresh(w.ref) || !isWidget(w.dict) || !c.framed(w.dict) {
			c.refuse(change, nums...)
			return
		}
	}
	if !c.plainField(f) {
		c.refuse(change, nums...)
		return
	}
	switch {
	case f.value != nil:
		s := c.signatureOf(f)
		if s == nil || s.Kind == DocumentTimestamp && !blank(c.new, f) {
			change.Kind = ChangeSigned
			c.refuse(change, nums...)
			return
		}
		change.Kind = signedKind(s)
	case blank(c.new, f):
		change.Kind = ChangeEmptyField
	default:
		c.refuse(change, nums...)
		return
	}
	c.vouchField(change, f, nums)
}

// isWidget tells the annotation of a field from one that draws by itself: a
// FreeText that calls itself a field shows its text all the same.
func isWidget(d pdf.Dict) bool {
	return d.Name("Subtype") == "Widget" && (d["Type"] == nil || d.Name("Type") == "Annot")
}

// ownWidgets reports whether what shows a field of the older revision are widgets
// of it alone, or nothing.
func (c *comparison) ownWidgets(f *field) bool {
	return !c.oldForm.lends(f) && !slices.ContainsFunc(f.widgets, func(w widget) bool { return w.dict["Subtype"] != nil && !isWidget(w.dict) })
}

// sameWidgets reports whether a field is shown by what showed it before. A widget
// with a value of its own has become another field.
func sameWidgets(f, now *field) bool {
	return slices.EqualFunc(f.widgets, now.widgets, func(a, b widget) bool { return a.ref == b.ref })
}

// plainField refuses a field whose own dictionary could be something else, such
// as a page with its content.
func (c *comparison) plainField(f *field) bool {
	if f.dict["Type"] != nil && f.dict.Name("Type") != "Annot" {
		return false
	}
	_, isText := f.dict["Contents"].(pdf.String)
	return f.dict["Contents"] == nil || isText
}

// vouchField reports a field and settles all that came with it.
func (c *comparison) vouchField(change Change, f *field, nums []uint32) {
	for _, w := range f.widgets {
		if rect, ok := visibleRect(c.new, w.dict); ok && change.Place == nil {
			change.Place = &Place{Rect: rect}
		}
	}
	i := c.vouch(change, nums...)
	c.vouchWidgets(i, f)
}

// vouchWidgets settles what a field that was vouched for draws with.
func (c *comparison) vouchWidgets(i int, f *field) {
	reached := c.explain(f.dict)
	for _, w := range f.widgets {
		reached = append(reached, c.explain(w.dict)...)
		c.widgets[w.ref] = i
		c.drawn = append(c.drawn, w.dict)
	}
	c.changes[i].addObjects(reached)
}

// signatureOf is the signature under judgment that the field shows, if it
// covers this revision and stands.
func (c *comparison) signatureOf(f *field) *signature {
	for _, s := range c.v.sigs {
		if s.place.sound() && s.place.holder == f.holderOf() && s.place.revision == c.revision && s.Intact == Yes && s.Valid != No {
			return s
		}
	}
	return nil
}

func signedKind(s *signature) ChangeKind {
	if s.Kind == DocumentTimestamp {
		return ChangeDocumentTimestamp
	}
	return ChangeSignature
}

func onlyKeys(d pdf.Dict, allowed []pdf.Name) bool {
	for key := range d {
		if !slices.Contains(allowed, key) {
			return false
		}
	}
	return true
}

// blank reports whether an empty field draws nothing.
func blank(doc *pdf.Document, f *field) bool {
	for _, w := range append([]widget{{dict: f.dict}}, f.widgets...) {
		if mk, err := doc.Dict(w.dict["MK"]); err != nil || !onlyKeys(mk, []pdf.Name{"R"}) {
			return false
		}
		appearances, err := doc.Dict(w.dict["AP"])
		if err != nil {
			return false
		}
		for _, value := range appearances {
			if !blankAppearance(doc, value) {
				return false
			}
		}
	}
	return true
}

// blankAppearance accepts a form without operators other than comments.
func blankAppearance(doc *pdf.Document, value pdf.Object) bool {
	object, err := doc.Resolve(value)
	if err != nil {
		return false
	}
	stream, ok := object.(*pdf.Stream)
	if !ok {
		return object == nil
	}
	if !stream.PlainlyEncoded() || !isForm(stream) || !onlyKeys(stream.Dict, appearanceKeys) {
		return false // others may see something else
	}
	data, err := doc.StreamData(stream, 4096)
	return err == nil && onlyComments(data)
}

func onlyComments(data []byte) bool {
	comment := false
	for _, b := range data {
		switch {
		case b == '\r' || b == '\n':
			comment = false
		case b == '%':
			comment = true
		case !comment && !slices.Contains([]byte(" \t\f\x00"), b):
			return false
		}
	}
	return true
}

// existingFields judges fields that were there before and differ.
func (c *comparison) existingFields() error {
	for _, ref := range slices.SortedFunc(maps.Keys(c.oldForm.parents), func(a, b pdf.Ref) int { return cmp.Compare(a.Num, b.Num) }) {
		if o := c.modified(ref.Num); o != nil {
			if err := c.parentField(c.oldForm.parents[ref], o); err != nil {
				return err
			}
		}
	}
	for i := range c.oldForm.fields {
		f := &c.oldForm.fields[i]
		touched := c.modified(f.ref.Num) != nil ||
			slices.ContainsFunc(f.widgets, func(w widget) bool { return c.modified(w.ref.Num) != nil })
		if !touched && f.kind == "Sig" {
			continue
		}
		if f.kind == "Sig" {
			c.signedField(f, c.newForm.byRef(f.ref))
		} else {
			c.filledField(f, c.newForm.byRef(f.ref), touched)
		}
	}
	return nil
}

// parentField allows a grouping field to gain signature fields.
func (c *comparison) parentField(name string, o *changedObject) error {
	if !isDict(o.before) || !isDict(o.after) {
		return nil // left over and refused
	}
	before, after := o.before.(pdf.Dict), o.after.(pdf.Dict)
	for _, key := range differingKeys(before, after) {
		if key != "Kids" {
			c.refuse(Change{Kind: ChangeFormField, Name: printable(name)}, o.ref.Num)
			return nil
		}
	}
	c.settle(o.ref.Num)
	return c.fieldList(name, before["Kids"], after["Kids"])
}

// signedField judges a signature field that differs: it may have been empty
// and now be signed by a signature that covers this revision.
func (c *comparison) signedField(f, now *field) {
	nums := f.objects()
	change := aboutField(ChangeSigned, f, c.oldForm)
	if f.value != nil {
		c.refuse(change, nums...)
		return
	}
	change.Kind = ChangeFormField
	if now == nil || now.value == nil || !c.ownWidgets(f) || !sameWidgets(f, now) || !c.onlyDiffer(f, signingKeys) || !blank(c.new, now) && !c.framedField(now) {
		c.refuse(change, nums...)
		return
	}
	s := c.signatureOf(now)
	if s == nil || s.Kind == DocumentTimestamp && !(blank(c.old, f) && blank(c.new, now)) && !c.onlyDiffer(f, stampKeys) {
		change.Kind = ChangeSigned
		c.refuse(change, nums...)
		return
	}
	change.Kind = signedKind(s)
	c.vouchField(change, now, c.changedOf(nums))
}

// isPush reports a push button, which has no value (ISO 32000-2 section
// 12.7.5.2.2).
func (f *field) isPush() bool {
	return f.kind == "Btn" && f.flags&(1<<16) != 0
}

// objects are the numbers of the field and its widgets.
func (f *field) objects() []uint32 {
	nums := []uint32{f.ref.Num}
	for _, w := range f.widgets {
		if w.ref != f.ref {
			nums = append(nums, w.ref.Num)
		}
	}
	return nums
}

func (c *comparison) changedOf(nums []uint32) []uint32 {
	return slices.DeleteFunc(slices.Clone(nums), func(n uint32) bool { return c.changed[n] == nil })
}

// onlyDiffer reports whether the field and its widgets differ in these keys
// alone, and the widgets in none that makes a value.
func (c *comparison) onlyDiffer(f *field, allowed []pdf.Name) bool {
	for _, num := range f.objects() {
		if c.changed[num] == nil {
			continue
		}
		o := c.modified(num)
		if o == nil {
			return false // taken away
		}
		before, ok := o.before.(pdf.Dict)
		after, isDict := o.after.(pdf.Dict)
		if !ok || !isDict {
			return false
		}
		for _, key := range differingKeys(before, after) {
			if !slices.Contains(allowed, key) || num != f.ref.Num && slices.Contains(valueKeys, key) || !c.plainEntry(key, after[key]) || !c.completes(f, key, before, after) {
				return false
			}
		}
	}
	return true
}

// completes judges entries that say where a field is: programs that sign add the
// page that it is on where none was named, and take its area from one that had
// nothing to show and is signed invisibly.
func (c *comparison) completes(f *field, key pdf.Name, before, after pdf.Dict) bool {
	switch key {
	case "P":
		ref, _ := after[key].(pdf.Ref)
		list, err := c.v.pagesOf(c.old)
		return err == nil && before[key] == nil && list.number[ref] > 0
	case "Ff":
		// A signature that locks fields makes them read-only too.
		flags, ok := after.Int(key)
		return ok && flags == f.flags|flagReadOnly
	case "Rect":
		rect, ok := after[key].(pdf.Array)
		return ok && len(rect) == 4 && before["AP"] == nil && !slices.ContainsFunc(rect, func(e pdf.Object) bool {
			n, isNumber := pdf.Number(e)
			return !isNumber || n != 0
		})
	}
	return true
}

// plainEntry reports whether an entry of a field or widget is of its own kind,
// so that nothing else can be made of it.
func (c *comparison) plainEntry(key pdf.Name, value pdf.Object) bool {
	object, err := c.new.Resolve(value)
	if err != nil {
		return false
	}
	switch object.(type) {
	case nil:
		return true
	case pdf.String:
		return slices.Contains([]pdf.Name{"M", "TU", "V", "RV"}, key)
	case pdf.Name:
		return key == "AS" || key == "V"
	case pdf.Dict:
		return slices.Contains([]pdf.Name{"AP", "MK", "V", "P"}, key)
	case pdf.Array:
		return key == "I" || key == "V" || key == "Rect"
	case pdf.Integer:
		return slices.Contains([]pdf.Name{"F", "TI", "Ff"}, key)
	}
	return false
}
