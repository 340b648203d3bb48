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
	signingKeys = []pdf.Name{"V", "AP", "AS", "F", "M", "MK", "TU"}
	fillingKeys = []pdf.Name{"V", "AP", "AS", "M", "I", "RV"}

	newFieldKeys = []pdf.Name{
		"AP", "AS", "BS", "Border", "C", "Contents", "DA", "DR", "F", "FT", "Ff", "H", "Kids", "Lock", "M", "MK",
		"NM", "P", "Parent", "Q", "Rect", "SV", "StructParent", "Subtype", "T", "TM", "TU", "Type", "V",
	}
)

// form compares the interactive forms.
func (c *comparison) form(beforeValue, afterValue pdf.Object) error {
	before, err := c.old.Dict(beforeValue)
	if err != nil {
		return err
	}
	after, err := c.new.Dict(afterValue)
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
		if key != "Fields" && !formKeyAllowed(key, before, after) {
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

// formKeyAllowed judges entries of the form other than its fields. Defaults
// for drawing fields may be set only where there were no fields to draw.
func formKeyAllowed(key pdf.Name, before, after pdf.Dict) bool {
	switch key {
	case "SigFlags":
		old, _ := before.Int(key)
		now, ok := after.Int(key)
		return ok && old&^now == 0
	case "DR":
		return true // compared by formResources
	case "DA", "Q":
		return before == nil
	}
	return false
}

// formResources allows new default resources under names that were free.
func (c *comparison) formResources(beforeValue, afterValue pdf.Object) error {
	before, err := c.old.Dict(beforeValue)
	if err != nil {
		return err
	}
	after, err := c.new.Dict(afterValue)
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(beforeValue, afterValue)
	for _, category := range differingKeys(before, after) {
		ok = ok && before[category] == nil
	}
	for category := range before {
		kind, err := c.resourceCategory(before[category], after[category])
		if err != nil {
			return err
		}
		ok = ok && kind
	}
	if !ok {
		c.refuse(Change{Kind: ChangeForm, Name: "DR"}, num)
		return nil
	}
	c.explain(after)
	return nil
}

// resourceCategory compares, say, the fonts before and after.
func (c *comparison) resourceCategory(beforeValue, afterValue pdf.Object) (bool, error) {
	before, err := c.old.Resolve(beforeValue)
	if err != nil {
		return false, err
	}
	after, err := c.new.Resolve(afterValue)
	if err != nil {
		return false, err
	}
	x, isDict := before.(pdf.Dict)
	y, _ := after.(pdf.Dict)
	if !isDict {
		return pdf.Equal(before, after), nil
	}
	for key, value := range x {
		if !pdf.Equal(value, y[key]) {
			return false, nil
		}
	}
	_, ok := c.explainOwn(beforeValue, afterValue)
	return ok, nil
}

// fieldList compares the fields of the form or the kids of a parent: what was
// there stays, what is new must be a signature field.
func (c *comparison) fieldList(parent string, beforeValue, afterValue pdf.Object) error {
	before, err := c.old.Array(beforeValue)
	if err != nil {
		return err
	}
	after, err := c.new.Array(afterValue)
	if err != nil {
		return err
	}
	num, ok := c.explainOwn(beforeValue, afterValue)
	more, kept := added(before, after)
	if !ok || !kept {
		c.refuse(Change{Kind: ChangeForm, Name: parent}, num)
	}
	for _, e := range more {
		ref, ok := e.(pdf.Ref)
		f := c.newForm.byRef(ref)
		if !ok || f == nil || !c.fresh(ref) {
			c.refuse(Change{Kind: ChangeForm, Name: parent}, ref.Num)
			continue
		}
		c.newField(f)
	}
	return nil
}

// newField vouches for a field that the revision added: a signature field,
// signed by a signature that covers this very revision, or empty and blank.
func (c *comparison) newField(f *field) {
	change := Change{Kind: ChangeFormField, Name: printable(f.name), created: true}
	if f.kind != "Sig" || !onlyKeys(f.dict, newFieldKeys) || c.oldForm.names[f.name] {
		c.refuse(change, f.ref.Num)
		return
	}
	nums := []uint32{f.ref.Num}
	for _, w := range f.widgets {
		if w.ref != f.ref {
			nums = append(nums, w.ref.Num)
		}
		if !onlyKeys(w.dict, newFieldKeys) || !c.fresh(w.ref) {
			c.refuse(change, nums...)
			return
		}
	}
	switch {
	case f.value != nil:
		s := c.signatureOf(f)
		if s == nil {
			change.Kind = ChangeSigned
			c.refuse(change, nums...)
			return
		}
		change.Kind = signedKind(s)
	case c.blank(f):
		change.Kind = ChangeEmptyField
	default:
		c.refuse(change, nums...)
		return
	}
	c.vouchField(change, f, nums)
}

// vouchField reports a field and settles all that came with it.
func (c *comparison) vouchField(change Change, f *field, nums []uint32) {
	for _, w := range f.widgets {
		if rect, ok := visibleRect(c.new, w.dict); ok && change.Place == nil {
			change.Place = &Place{Rect: rect}
		}
	}
	i := c.vouch(change, nums...)
	reached := c.explain(f.dict)
	for _, w := range f.widgets {
		reached = append(reached, c.explain(w.dict)...)
		c.widgets[w.ref] = i
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
func (c *comparison) blank(f *field) bool {
	for _, w := range append([]widget{{dict: f.dict}}, f.widgets...) {
		if mk, err := c.new.Dict(w.dict["MK"]); err != nil || mk["BG"] != nil || mk["BC"] != nil || mk["CA"] != nil {
			return false
		}
		appearances, err := c.new.Dict(w.dict["AP"])
		if err != nil {
			return false
		}
		for _, value := range appearances {
			if !c.blankAppearance(value) {
				return false
			}
		}
	}
	return true
}

// blankAppearance accepts a form without operators other than comments.
func (c *comparison) blankAppearance(value pdf.Object) bool {
	object, err := c.new.Resolve(value)
	if err != nil {
		return false
	}
	stream, ok := object.(*pdf.Stream)
	if !ok {
		return object == nil
	}
	data, err := c.new.StreamData(stream, 4096)
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
	before, _ := o.before.(pdf.Dict)
	after, _ := o.after.(pdf.Dict)
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
	change := Change{Kind: ChangeSigned, Name: printable(f.name)}
	if f.value != nil {
		c.refuse(change, nums...)
		return
	}
	change.Kind = ChangeFormField
	if now == nil || now.value == nil || !c.onlyDiffer(f, signingKeys) {
		c.refuse(change, nums...)
		return
	}
	s := c.signatureOf(now)
	if s == nil {
		change.Kind = ChangeSigned
		c.refuse(change, nums...)
		return
	}
	change.Kind = signedKind(s)
	c.vouchField(change, now, c.changedOf(nums))
}

// filledField judges another field that differs: its value and appearance may.
// An appearance may also be overwritten in place if nothing else draws it.
func (c *comparison) filledField(f, now *field, touched bool) {
	overwritten := c.overwritten(f)
	if !touched && len(overwritten) == 0 {
		return
	}
	nums := f.objects()
	change := Change{Kind: ChangeFormField, Name: printable(f.name)}
	if now == nil || f.isButton() || !c.onlyDiffer(f, fillingKeys) || !c.plainValue(now) {
		c.refuse(change, nums...)
		return
	}
	change.Kind = ChangeFormValue
	i := c.vouch(change, append(c.changedOf(nums), overwritten...)...)
	reached := c.explain(now.dict)
	for _, w := range now.widgets {
		reached = append(reached, c.explain(w.dict)...)
		c.widgets[w.ref] = i
	}
	c.changes[i].addObjects(reached)
}

// plainValue refuses values that are streams: those of a field could be
// drawn elsewhere too.
func (c *comparison) plainValue(f *field) bool {
	for _, key := range []pdf.Name{"V", "RV"} {
		value, err := c.new.Resolve(f.dict[key])
		if _, isStream := value.(*pdf.Stream); err != nil || isStream {
			return false
		}
	}
	return true
}

// overwritten are the appearance streams of a field that were changed in
// place and have no other user.
func (c *comparison) overwritten(f *field) []uint32 {
	var nums []uint32
	for _, w := range f.widgets {
		eachRef(w.dict["AP"], func(ref pdf.Ref) {
			if o := c.modified(ref.Num); o != nil && !c.uses.shared(ref.Num) {
				nums = append(nums, ref.Num)
				eachRef(o.after, func(below pdf.Ref) {
					if c.fresh(below) {
						nums = append(nums, c.explain(below)...)
					}
				})
			}
		})
	}
	return nums
}

// isButton reports a push button, which has no value (ISO 32000-2 section
// 12.7.5.2.2).
func (f *field) isButton() bool {
	flags, _ := f.dict.Int("Ff")
	return f.kind == "Btn" && flags&(1<<16) != 0
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
// alone.
func (c *comparison) onlyDiffer(f *field, allowed []pdf.Name) bool {
	for _, num := range f.objects() {
		o := c.modified(num)
		if o == nil {
			continue
		}
		before, ok := o.before.(pdf.Dict)
		after, isDict := o.after.(pdf.Dict)
		if !ok || !isDict {
			return false
		}
		for _, key := range differingKeys(before, after) {
			if !slices.Contains(allowed, key) {
				return false
			}
		}
	}
	return true
}
